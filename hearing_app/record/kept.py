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
    # The end of the file is enough, however long it has become: a start has compared the whole.
    last = max((_size_named(line) for line in _lines(file, tail=_TAIL)), default=-1)
    if last < now.size:
        line = json.dumps({"checkpoint": signer.checkpoint(now)}) + "\n"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as kept:
            # A line that was cut off when the power failed must not swallow the next one.
            kept.write(line.encode() if _ends_whole(file) else b"\n" + line.encode())
            kept.flush()
            os.fsync(kept.fileno())
    return now


def kept_checkpoints(file: Path, public_key: bytes) -> list[Head]:
    """Return every state that was kept under this key, in order."""
    found = (_read(line, public_key) for line in _lines(file))
    return [state for state in found if isinstance(state, Head)]


def faults_against(db: Connection, states: Iterable[Head]) -> list[str]:
    """Return where the ledger contradicts states that it once had; empty when it begins with each of them."""
    size, found = size_of(db), []
    for one in states:
        if one.size > size:
            found.append(f"A checkpoint names {one.size} events; the record has {size}: its end is missing.")
        elif head(db, size=one.size).root != one.root:
            found.append(f"The first {one.size} events are not those that a checkpoint names.")
    return found


def faults_against_kept(db: Connection, file: Path, public_key: bytes) -> list[str]:
    """Return where the ledger contradicts the file, and the lines of it that this record's key did not sign.

    A line that was cut off when the power failed proves nothing and is passed over. A whole one under another
    key says that there was another record before, or a key that is not told of.
    """
    states, foreign = [], 0
    for line in _lines(file):
        state = _read(line, public_key)
        if isinstance(state, Head):
            states.append(state)
        else:
            foreign += state
    named = "one checkpoint that is" if foreign == 1 else f"{foreign} checkpoints that are"
    unsigned = [f"{file.name} holds {named} not signed with this record's key."] if foreign else []
    return [*unsigned, *faults_against(db, states)]


def check_against_kept(db: Connection, file: Path, public_key: bytes) -> None:
    """Raise ``Damaged`` when the record lacks, or contradicts, the largest state that was kept.

    Only that one's signature is checked, so that a start does not take as long as the file is.
    """
    largest = max(_lines(file), key=_size_named, default=b"")
    state = _read(largest, public_key)
    found = faults_against(db, [state]) if isinstance(state, Head) else []
    if state is True:
        found = [f"The last checkpoint in {file.name} is not signed with this record's key."]
    if found:
        raise Damaged(
            f"The record is not the one that was served before. {' '.join(found)}",
            kept="Nothing was changed.",
            next_step="Restore the newest backup with `hearing restore`; it says what would be missing.",
        )


def _read(line: bytes, public_key: bytes) -> Head | bool:
    """Return the state of a line; ``True`` for a whole one that this key did not sign, else ``False``."""
    text = _checkpoint(line)
    if text is None:
        return False
    try:
        return read_checkpoint(text, public_key)
    except Invalid:
        return True


def _checkpoint(line: bytes) -> str | None:
    try:
        text = json.loads(line)["checkpoint"]
    except (ValueError, KeyError, TypeError):
        return None
    return text if isinstance(text, str) else None


def _size_named(line: bytes) -> int:
    """Return the size that a line names, whether it is signed or not."""
    named = (_checkpoint(line) or "").split("\n")[1:2]
    return int(named[0]) if named and named[0].isdecimal() and len(named[0]) < 20 else -1


def _lines(file: Path, *, tail: int = 0) -> list[bytes]:
    """Return the file's lines, or those of its last ``tail`` bytes."""
    if not file.is_file():
        return []
    with file.open("rb") as kept:
        if tail:
            kept.seek(max(0, kept.seek(0, os.SEEK_END) - tail))
        return kept.read().splitlines()


def _ends_whole(file: Path) -> bool:
    with file.open("rb") as kept:
        if not kept.seek(0, os.SEEK_END):
            return True
        kept.seek(-1, os.SEEK_END)
        return kept.read(1) == b"\n"
