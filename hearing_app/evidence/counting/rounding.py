"""Random rounding to a base: each count goes up or down so that it stays right on average, always alike."""

from __future__ import annotations

import hmac
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hearing_app.errors import Conflict
from hearing_app.evidence.counting.attack import Knowledge
from hearing_app.secret_files import read_private

SECRET_BYTES = 32


def rounded(counts: NDArray[np.int64], base: int, key: bytes, table: str) -> NDArray[np.int64]:
    """Round each count to a neighbouring multiple of ``base``.

    It becomes the one above with the chance (n mod base) / base, so that on average a rounded count is the
    count (Fellegi, 1975, Controlled random rounding, Survey Methodology 1(2)). The draw is made with an
    HMAC-SHA256 of the table's name, the cell's place and the count, under ``key``: the same cell with the
    same count is rounded the same way whenever it is published, so that nobody can average the rounding away.
    """
    flat = counts.ravel()
    below, rest = flat // base * base, flat % base
    up = np.fromiter(
        (
            bool(over) and _draw(key, f"{table}\n{place}\n{count}") * base < int(over) << 64
            for place, (count, over) in enumerate(zip(flat.tolist(), rest.tolist(), strict=True))
        ),
        dtype=bool,
        count=len(flat),
    )
    found: NDArray[np.int64] = (below + base * up).reshape(counts.shape)
    return found


def known_of(rounded_counts: NDArray[np.int64], base: int) -> Knowledge:
    """What a rounded count says: the count lies less than ``base`` away, and is not below 0."""
    shown = rounded_counts.astype(np.float64)
    return Knowledge(np.maximum(0.0, shown - (base - 1)), shown + (base - 1))


def secret_at(path: Path) -> bytes:
    """The key in the file, or a new one that is put there: 32 random bytes that only the owner can read.

    It must never be published: with it, anybody can see which way each count was rounded. Raises
    ``Damaged`` where others can read it, ``Conflict`` where it is no such key.
    """
    if not path.exists() and not path.is_symlink():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
    key = read_private(path, kept="Nothing was written.")
    if len(key) != SECRET_BYTES:
        raise Conflict(
            f"The file {path} does not hold a key of {SECRET_BYTES} bytes.",
            kept="Nothing was written.",
            next_step="Name another file; where it does not exist, it is made.",
        )
    return key


def _draw(key: bytes, message: str) -> int:
    """A number from 0 to 2**64 - 1 that nobody without the key can foresee."""
    return int.from_bytes(hmac.digest(key, message.encode(), "sha256")[:8], "big")
