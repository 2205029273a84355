"""Private counts: not protected, for the force alone, so that months and machines can be added up.

Counts of two sets of rows add up exactly; what was withheld, rounded or made noisy does not. So what is kept
for adding up is the counts before they were protected, in a file that must never be published.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from hearing_app.errors import Conflict, Fault, Invalid
from hearing_app.evidence.counting.columns import Counts
from hearing_app.evidence.counting.shape import Axis, shape_of
from hearing_app.evidence.manifest import LARGEST_TOTAL
from hearing_app.secret_files import READABLE_BY_OTHERS, fault_of

MARK = b"PRIVATE: counts of people that are not protected. Never publish this file."
ENDING = ".private.parquet"
_KEPT = "Nothing was written."
_LARGEST = 1 << 30


def write_private(path: Path, counts: Counts, axes: Sequence[Axis], *, away_from: Sequence[Path]) -> None:
    """Write counts to a new file that only its owner can read.

    Raises ``Conflict`` for a name that does not end in ``.private.parquet``, for a file that is there, and
    for a place inside one of the folders ``away_from``, which are published.
    """
    refuse_place(path, away_from)
    place = np.flatnonzero(counts)
    table = pa.table({"place": place, "people": counts.ravel()[place]})
    marks = {"hearing": MARK, "columns": columns_of(axes), "sum": _sum(place, counts.ravel()[place])}
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            pq.write_table(table.replace_schema_metadata(marks), file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        # A link does not replace a file that somebody put there meanwhile, as a rename would.
        os.link(fresh, path)
    except FileExistsError:
        raise Conflict(f"There is a file {path} already.", kept=_KEPT, next_step="Name another.") from None
    finally:
        fresh.unlink(missing_ok=True)


def refuse_place(path: Path, away_from: Sequence[Path]) -> None:
    """Refuse a name or a place that could end in public, before anything is counted."""
    if not path.name.endswith(ENDING):
        raise Conflict(
            f"The name of private counts ends in {ENDING}.", kept=_KEPT, next_step="So that nobody sends it."
        )
    if path.exists() or path.is_symlink():
        raise Conflict(f"There is a file {path} already.", kept=_KEPT, next_step="Name another.")
    if not path.parent.is_dir():
        raise Conflict(f"There is no folder {path.parent}.", kept=_KEPT, next_step="Make it first.")
    for folder in away_from:
        if path.resolve().is_relative_to(folder.resolve()):
            raise Conflict(
                f"{folder} is published, and {path} would lie in it.",
                kept=_KEPT,
                next_step="Name another place.",
            )


def read_private(path: Path, axes: Sequence[Axis]) -> Counts:
    """The counts in a private file, int64 of the axes' shape.

    Raises ``Invalid`` where it is no such file, belongs to other columns, was changed, or can be read by
    others than its owner.
    """
    try:
        status = path.lstat()
        problem = fault_of(path, status)
        if problem is not None and (status.st_mode & READABLE_BY_OTHERS or os.name != "posix"):
            raise _refused(path, f"Others can read {path.name}.", f"Run: chmod 600 {path}")
        if problem is not None or status.st_size > _LARGEST:
            raise _refused(path, "It is no file of private counts of this user.", "Name the right file.")
        table = pq.read_table(path)
        marks = table.schema.metadata or {}
        place, people = (table.column(name).to_numpy().astype(np.int64) for name in ("place", "people"))
    except (pa.ArrowException, OSError, KeyError, ValueError, TypeError):
        raise _refused(path, "It is no file of private counts.", "Name one that `count` wrote.") from None
    if marks.get(b"hearing") != MARK or marks.get(b"sum") != _sum(place, people):
        raise _refused(path, "It is no file of private counts, or it was changed.", "Count the rows again.")
    if marks.get(b"columns") != columns_of(axes):
        repair = "Count with one manifest: the same columns, with the same values in the same order."
        raise _refused(path, "Its columns are not those of the manifest.", repair)
    size = int(np.prod(shape_of(tuple(axes))))
    ascending = len(place) == 0 or (place[0] >= 0 and place[-1] < size and bool((np.diff(place) > 0).all()))
    if not ascending or (people <= 0).any() or people.sum(dtype=object) > LARGEST_TOTAL:
        raise _refused(path, "Its counts are impossible.", "Count the rows again.")
    counts = np.zeros(size, dtype=np.int64)
    counts[place] = people
    return counts.reshape(shape_of(tuple(axes)))


def added(parts: Sequence[Counts]) -> Counts:
    """The counts of all parts together, exactly. Raises ``Invalid`` beyond the largest total of a dataset."""
    if sum(int(part.sum()) for part in parts) > LARGEST_TOTAL:
        raise Invalid(f"Together they count more than {LARGEST_TOTAL:,}.", kept=_KEPT)
    total: Counts = np.zeros_like(parts[0])
    for part in parts:
        total = total + part
    return total


def columns_of(axes: Sequence[Axis]) -> bytes:
    """A fingerprint of the columns and their values, in order: counts add up only where it is the same."""
    said = json.dumps([[axis.name, list(axis.values)] for axis in axes], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest().encode()


def _sum(place: np.ndarray, people: np.ndarray) -> bytes:
    found = hashlib.sha256(place.astype("<i8").tobytes() + people.astype("<i8").tobytes())
    return found.hexdigest().encode()


def _refused(path: Path, problem: str, repair: str) -> Invalid:
    return Invalid("The counts cannot be added up.", [Fault(path.name, "", problem, repair)], kept=_KEPT)
