"""Checkpoints that were kept outside the database: what a rewritten or shortened record cannot explain away.

One signed checkpoint a line, as JSON, in a file that is only ever added to. A ledger proves by itself that
nothing in it was altered; that its end was not cut off, only somebody who remembers can tell. This file
remembers for the operator; readers who keep checkpoints of their own remember for everyone else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection

from hearing_app.errors import Damaged, Invalid
from hearing_app.record.checkpoint import Signer, read_checkpoint
from hearing_app.record.ledger import Head, head, size_of

# Some ten lines: the last one may have been cut off.
_TAIL = 4096


def keep_checkpoint(db: Connection, signer: Signer, file: Path) -> Head:
    """Add the ledger's checkpoint to the file, unless the last one there is as large; return what it names.

    It is on disk when this returns.
    """
    now = head(db)
    last = kept_checkpoints(file, signer.public_key, last_only=True)
    if not last or last[0].size < now.size:
        line = json.dumps({"checkpoint": signer.checkpoint(now)}) + "\n"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as kept:
            # A line that was cut off when the power failed must not swallow the next one.
            kept.write(line.encode() if _ends_whole(file) else b"\n" + line.encode())
            kept.flush()
            os.fsync(kept.fileno())
    return now


def kept_checkpoints(file: Path, public_key: bytes, *, last_only: bool = False) -> list[Head]:
    """Return every state that was kept, in order, or the last one alone.

    A line that was cut off or altered is left out: it proves nothing.
    """
    found = []
    for line in reversed(_lines(file, last_only=last_only)):
        try:
            found.append(read_checkpoint(json.loads(line)["checkpoint"], public_key))
        except (ValueError, KeyError, TypeError, Invalid):
            continue
        if last_only:
            break
    return found[::-1]


def faults_against(db: Connection, states: Iterable[Head]) -> list[str]:
    """Return where the ledger contradicts states that it once had; empty when it begins with each of them."""
    size, found = size_of(db), []
    for one in states:
        if one.size > size:
            found.append(f"A checkpoint names {one.size} events; the record has {size}: its end is missing.")
        elif head(db, size=one.size).root != one.root:
            found.append(f"The first {one.size} events are not those that a checkpoint names.")
    return found


def check_against_kept(db: Connection, file: Path, public_key: bytes) -> None:
    """Raise ``Damaged`` when the record lacks, or contradicts, what the last kept checkpoint names."""
    found = faults_against(db, kept_checkpoints(file, public_key, last_only=True))
    if found:
        raise Damaged(
            f"The record is not the one that was served before. {' '.join(found)}",
            kept="Nothing was changed.",
            next_step="Restore the newest backup with `hearing restore`; it says what would be missing.",
        )


def _lines(file: Path, *, last_only: bool) -> list[bytes]:
    """Return the file's lines; for the last one alone, its end is enough, however long it has become."""
    if not file.is_file():
        return []
    with file.open("rb") as kept:
        if last_only:
            kept.seek(max(0, kept.seek(0, os.SEEK_END) - _TAIL))
        return kept.read().splitlines()


def _ends_whole(file: Path) -> bool:
    with file.open("rb") as kept:
        if not kept.seek(0, os.SEEK_END):
            return True
        kept.seek(-1, os.SEEK_END)
        return kept.read(1) == b"\n"
