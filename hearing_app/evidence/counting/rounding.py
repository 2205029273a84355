"""Random rounding to a base: each count goes up or down so that it stays right on average, always alike."""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hearing_app.errors import Conflict, HearingError
from hearing_app.evidence.counting.attack import Knowledge
from hearing_app.secret_files import read_private
from hearing_app.store.files import sync

SECRET_BYTES = 32
# Of 32 random bytes some 30 differ; fewer than 16 do in less than one key of 10**15.
_FEWEST_BYTES = 16


def rounded(
    counts: NDArray[np.int64], base: int, key: bytes, dataset: str, names: Sequence[Sequence[str]]
) -> NDArray[np.int64]:
    """Round each count to a neighbouring multiple of ``base``.

    It becomes the one above with the chance (n mod base) / base, so that on average a rounded count is the
    count (Fellegi, 1975, Controlled random rounding, Survey Methodology 1(2)). The draw is made with an
    HMAC-SHA256 of the dataset's id and the cell's own names under ``key``; ``names`` has, for each axis, a
    name for each place. So the same cell is drawn alike in every run and beside whatever other cells, and as
    the count itself is not drawn with, counts that differ by one are rounded apart with the chance 1 / base.
    """
    flat = counts.ravel()
    below, rest = flat // base * base, flat % base
    up = np.fromiter(
        (
            bool(over) and _draw(key, json.dumps([dataset, *cell])) * base < int(over) << 64
            for cell, over in zip(product(*names), rest.tolist(), strict=True)
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
    ``Damaged`` where others can read it, ``Conflict`` where it is no such key or could be guessed,
    ``HearingError`` where the disk does not take it.
    """
    if not path.exists() and not path.is_symlink():
        _make(path)
    key = read_private(path, kept="Nothing was written.")
    if len(key) != SECRET_BYTES:
        raise Conflict(
            f"The file {path} does not hold a key of {SECRET_BYTES} bytes.",
            kept="Nothing was written.",
            next_step="Name another file; where it does not exist, it is made.",
        )
    if len(set(key)) < _FEWEST_BYTES:
        raise Conflict(
            f"The key in {path} repeats itself, so it could be guessed.",
            kept="Nothing was written.",
            next_step="Name a file that does not exist: a random key is made there.",
        )
    return key


def _make(path: Path) -> None:
    """Put a new key there whole, or nothing: it is written beside its place first."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, never takes the place of a key that another run has just put there.
        with suppress(FileExistsError):
            os.link(fresh, path)
        sync(path.parent)
    except OSError as error:
        raise HearingError(
            f"The key could not be written ({error.strerror or type(error).__name__}).",
            kept="Nothing was written.",
            next_step="Name a file in a folder that is there and has room.",
        ) from None
    finally:
        fresh.unlink(missing_ok=True)


def _draw(key: bytes, message: str) -> int:
    """A number from 0 to 2**64 - 1 that nobody without the key can foresee."""
    return int.from_bytes(hmac.digest(key, message.encode(), "sha256")[:8], "big")
