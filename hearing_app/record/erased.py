"""What was erased or hidden, noted outside the database: no backup brings it back when that is damaged.

One line of JSON for each event that took words away, or hid them from readers: its kind, the comment's
number, its time; no words. The same can happen twice, as when a comment is held back a second time. The
file is only ever added to. It follows the ledger by a few seconds (``note_erased``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from hearing_app.record.ledger import size_of
from hearing_app.store.files import append_line, sync
from hearing_app.store.tables import ledger

FILE = "erased.jsonl"
_SUBJECT = "comment:"
# How far each open record was read. A start reads the whole ledger once: it may be a restored one.
_read_up_to: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Erased:
    """That words or answers of a comment were taken away or hidden: ``kind`` is the ledger event's."""

    kind: str
    comment_id: str
    at: datetime


def note_erased(db: Connection, file: Path, kinds: Iterable[str]) -> None:
    """Add to the file what was erased since the last call; it is on disk when this returns."""
    since, size = _read_up_to.get(db.engine, 0), size_of(db)
    if since == size and file.exists():
        return
    query = select(ledger.c.kind, ledger.c.subject, ledger.c.at).where(
        ledger.c.seq >= (since if file.exists() else 0), ledger.c.kind.in_(tuple(kinds))
    )
    asked = [
        Erased(row.kind, row.subject.removeprefix(_SUBJECT), row.at)
        for row in db.execute(query.order_by(ledger.c.seq))
    ]
    there = set(read_erased(file)[0]) if asked else set()
    new = [one for one in asked if one not in there]
    lines = [
        json.dumps({"kind": one.kind, "comment": one.comment_id, "at": one.at.isoformat()}) for one in new
    ]
    if lines:
        append_line(file, "\n".join(lines))
    elif not file.exists():
        # Empty, it says that nothing was erased; missing, it says nothing.
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        sync(file.parent)
    _read_up_to[db.engine] = size


def read_erased(file: Path) -> tuple[list[Erased], bool]:
    """Return what the file notes, and whether all of it could be read; a missing one could not."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError:
        return [], False
    found, whole = [], True
    for line in lines:
        try:
            given = json.loads(line)
            at = datetime.fromisoformat(given["at"]).astimezone(UTC)
            found.append(Erased(str(given["kind"]), str(given["comment"]), at))
        except (ValueError, KeyError, TypeError):
            whole = False
    return found, whole
