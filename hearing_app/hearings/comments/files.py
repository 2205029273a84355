"""Files of evidence: what is kept of them, who screened them, and taking them out of the record.

``file_adding`` takes them in. A file is public when a facilitator has screened it and its comment is
published, and only as long. Its bytes stand in the database: they are in every backup, and overwritten when
they are erased. Of a file that goes, the ledger keeps that it went; its hash only if it was public before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, Select, String, delete, select, type_coerce, update

from hearing_app.errors import Conflict, Damaged, Fault, Invalid, NotFound
from hearing_app.hearings.vocabulary import Consent, Reason, State
from hearing_app.people.permissions import OPERATOR, Act, Actor, require
from hearing_app.record.before import Before, moment_of
from hearing_app.record.ledger import append, erase_content
from hearing_app.registry.vocabulary import Term
from hearing_app.store.tables import comment, comment_file, comment_file_data, ledger

MOST_PIECES = 5
"""Links and files of one comment together."""
ADDED, SCREENED, ERASED = "file.added", "file.screened", "file.erased"
ERASING = (ERASED,)
HIDING = (SCREENED,)
SUBJECT = "file:"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
_GONE = {"name": "", "title": "", "whose": "", "bytes": 0, "reason_id": ""}


class FileState(Term):
    """Where a file stands. The label completes the sentence "This file …"."""

    WAITING = "waiting", "waits to be looked at by a facilitator"
    PUBLISHED = "published", "is public as long as your comment is"
    REFUSED = "refused", "was not made public"
    ERASED = "erased", "was removed"


# The same reasons as for words; that its author wished it is the author's alone.
REASONS = tuple(reason for reason in Reason if reason.is_given)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it stands: ``bytes`` and ``sha256`` are those of what is kept, after cleaning."""

    file_id: str
    comment_id: str
    hearing_id: str
    number: int
    kind: str
    name: str
    title: str
    whose: str
    bytes: int
    sha256: str
    added_at: datetime
    state: str
    state_at: datetime
    reason_id: str
    decided_by: str

    @property
    def download_name(self) -> str:
        """The name under which it is given out: ours, never the sender's."""
        return f"{self.comment_id}-{self.number}.{self.kind}"

    @property
    def address(self) -> str:
        """Where the public finds it."""
        return f"/record/hearings/{self.hearing_id}/files/{self.file_id}"


COLUMNS = [comment_file.c[name] for name in Kept.__dataclass_fields__]


def files_of(db: Connection, comment_ids: Iterable[str]) -> dict[str, list[Kept]]:
    """Return the files of comments, in the order in which they came, without those that were erased.

    For facilitators, and for the author who has shown the receipt.
    """
    query = select(*COLUMNS).where(
        comment_file.c.comment_id.in_(list(comment_ids)), comment_file.c.state != FileState.ERASED
    )
    return _by_comment(db, query)


def public_files(db: Connection, hearing_id: str) -> dict[str, list[Kept]]:
    """Return the files of a hearing that everybody may have, by their comments."""
    return _by_comment(db, _public().where(comment_file.c.hearing_id == hearing_id))


def public_file(db: Connection, hearing_id: str, file_id: str) -> tuple[Kept, bytes]:
    """Return a file that everybody may have, with its bytes; raise ``NotFound`` for any other."""
    row = db.execute(
        _public().where(comment_file.c.hearing_id == hearing_id, comment_file.c.file_id == file_id)
    ).first()
    if row is None:
        raise _no_file()
    return _with_bytes(db, Kept(**row._mapping))


def file_for_staff(db: Connection, actor: Actor, file_id: str) -> tuple[Kept, bytes]:
    """Return a file with its bytes to a facilitator, in any state; raise ``NotFound`` once it is gone."""
    require(actor, Act.READ_UNPUBLISHED_COMMENTS)
    found = _file(db, file_id)
    if found.state == FileState.ERASED:
        raise _no_file()
    return _with_bytes(db, found)


def screen(
    db: Connection,
    actor: Actor,
    file_id: str,
    decision: str,
    reason_id: str = "",
    *,
    at: datetime | None = None,
) -> Kept:
    """Make a file public with its comment ("published"), or not ("refused"), and return it as it stands.

    Raises ``Invalid`` for a decision or a reason that there is not, ``Conflict`` for a file that is gone or
    stands so already. Another decision can follow: what was overlooked can be taken down.
    """
    require(actor, Act.MODERATE_COMMENTS)
    when = at or datetime.now(UTC)
    if decision not in (FileState.PUBLISHED, FileState.REFUSED):
        raise Invalid("Nothing was decided.", [Fault("", "decision", "Choose a decision.", "")])
    if decision == FileState.REFUSED and reason_id not in {str(one) for one in REASONS}:
        raise Invalid("Nothing was decided.", [Fault("", "reason_id", "Choose a reason first.", "")])
    found = _file(db, file_id)
    if found.state in (FileState.ERASED, decision):
        raise Conflict(
            "This file was removed by its author."
            if found.state == FileState.ERASED
            else "This was decided on this file since you opened it.",
            next_step="Look at the list again.",
        )
    public = decision == FileState.PUBLISHED
    content: dict[str, object] = {"comment": found.comment_id, "decision": str(decision)}
    if public:
        shown = ("kind", "bytes", "sha256", "title", "whose")
        content |= {name: getattr(found, name) for name in shown}
    else:
        content["reason"] = reason_id
    append(
        db, actor=actor.name, kind=SCREENED, subject=SUBJECT + file_id, content=content, private={}, at=when
    )
    values = {
        "state": str(decision),
        "state_at": when,
        "reason_id": "" if public else reason_id,
        "decided_by": actor.name,
    }
    db.execute(update(comment_file).where(comment_file.c.file_id == file_id).values(values))
    return _file(db, file_id)


def remove(db: Connection, file_id: str, *, at: datetime, period: str = "") -> None:
    """Erase a file: bytes, title and names go. Without a ``period``, its author asked for it.

    ``store.engine.erase_freed_pages`` must follow, once the change is committed.
    """
    found = _file(db, file_id)
    if found.state == FileState.ERASED:
        return
    was_public = _was_public(db, file_id)
    db.execute(delete(comment_file_data).where(comment_file_data.c.file_id == file_id))
    erase_content(db, SUBJECT + file_id)
    content: dict[str, object] = {"comment": found.comment_id}
    content |= {"sha256": found.sha256} if was_public else {}
    append(
        db,
        actor="operator" if period else "author",
        kind=ERASED,
        subject=SUBJECT + file_id,
        content=content | ({"period": period} if period else {}),
        at=at,
    )
    gone: dict[str, object] = {**_GONE, "state": str(FileState.ERASED), "state_at": at, "decided_by": ""}
    gone["sha256"] = found.sha256 if was_public else ""
    db.execute(update(comment_file).where(comment_file.c.file_id == file_id).values(gone))


def remove_all(
    db: Connection, comment_id: str, *, at: datetime, period: str = "", but_public: bool = False
) -> None:
    """Erase every file of a comment; with ``but_public``, only those that readers do not see."""
    kept = {one.file_id for one in _by_comment(db, _public()).get(comment_id, [])} if but_public else set()
    for one in files_of(db, [comment_id]).get(comment_id, []):
        if one.file_id not in kept:
            remove(db, one.file_id, at=at, period=period)


def erase_again(db: Connection, before: Before) -> int:
    """Erase in a restored record the files that were removed since the backup; return how many."""
    asked = [(one.subject, one.at) for one in before.events if one.kind == ERASED]
    asked += [(one.comment_id, one.at) for one in before.noted if one.kind == ERASED]
    gone = set(db.execute(select(ledger.c.subject).where(ledger.c.kind == ERASED)).scalars())
    known = set(db.execute(select(comment_file.c.file_id)).scalars())
    done = 0
    for subject, at in asked:
        file_id = subject.removeprefix(SUBJECT)
        if subject not in gone and file_id in known:
            gone.add(subject)
            remove(db, file_id, at=at)
            done += 1
    return done


def screen_again(db: Connection, before: Before, *, at: datetime | None = None) -> int:
    """Let files wait in a restored record that were decided on anew since the backup; return how many.

    One that is public in the backup was refused meanwhile, or its decision is not known: a person looks.
    """
    when, row = at or datetime.now(UTC), comment_file.c
    have = select(ledger.c.subject, ledger.c.at).where(ledger.c.kind == SCREENED)
    known = {(one.subject, one.at) for one in db.execute(have)}
    by_restores = have.where(ledger.c.actor == OPERATOR.name).order_by(ledger.c.seq)
    since = {one.subject: one.at for one in db.execute(by_restores)}
    lost = {(one.subject, one.at) for one in before.events if one.kind == SCREENED}
    lost |= {(one.comment_id, one.at) for one in before.noted if one.kind == SCREENED}
    if not before.whole:
        # The events may be lost where the rows are not.
        refused = select(row.file_id, type_coerce(row.state_at, String).label("at"))
        rows = before.rows(refused.where(row.state == FileState.REFUSED))
        lost |= {(f"{SUBJECT}{one.file_id}", moment_of(one.at)) for one in rows}
    asked = {
        subject.removeprefix(SUBJECT)
        for subject, moment in lost - known
        if subject not in since or moment > since[subject]
    }
    if before.holds and before.whole:
        # Decided on twice, it was public again at the end.
        public = before.rows(select(row.file_id).where(row.state == FileState.PUBLISHED))
        asked -= {one.file_id for one in public}
    here = select(row.file_id, row.comment_id).where(row.state == FileState.PUBLISHED)
    found = [one for one in db.execute(here.order_by(row.file_id)) if one.file_id in asked]
    for one in found:
        content = {"comment": one.comment_id, "decision": str(FileState.WAITING), "because": "restored"}
        subject = SUBJECT + one.file_id
        event = append(
            db, actor=OPERATOR.name, kind=SCREENED, subject=subject, content=content, private={}, at=when
        )
        values = {"state": str(FileState.WAITING), "state_at": event.at, "decided_by": OPERATOR.name}
        db.execute(update(comment_file).where(row.file_id == one.file_id).values(reason_id="", **values))
    return len(found)


def _public() -> Select[Any]:
    shown = (comment.c.state == State.PUBLISHED) & comment.c.consent.in_(
        [str(one) for one in Consent if one.is_public]
    )
    query = select(*COLUMNS).join(comment, comment.c.comment_id == comment_file.c.comment_id)
    return query.where(shown, comment_file.c.state == FileState.PUBLISHED)


def _by_comment(db: Connection, query: Select[Any]) -> dict[str, list[Kept]]:
    found: dict[str, list[Kept]] = defaultdict(list)
    for row in db.execute(query.order_by(comment_file.c.comment_id, comment_file.c.number)):
        found[row.comment_id].append(Kept(**row._mapping))
    return dict(found)


def _file(db: Connection, file_id: str) -> Kept:
    row: Row[Any] | None = db.execute(select(*COLUMNS).where(comment_file.c.file_id == file_id)).first()
    if row is None:
        raise _no_file()
    return Kept(**row._mapping)


def _with_bytes(db: Connection, found: Kept) -> tuple[Kept, bytes]:
    query = select(comment_file_data.c.data).where(comment_file_data.c.file_id == found.file_id)
    data: bytes | None = db.execute(query).scalar_one_or_none()
    if data is None or sha256(data).hexdigest() != found.sha256:
        raise Damaged(
            f"File {found.file_id} is not what was kept.",
            kept="It was left as it is, and is not given out.",
            next_step="Run `hearing record verify`, and restore the newest backup that verifies.",
        )
    return found, data


def _was_public(db: Connection, file_id: str) -> bool:
    query = select(ledger.c.seq).where(ledger.c.kind == SCREENED, ledger.c.subject == SUBJECT + file_id)
    state = select(comment_file.c.state).where(comment_file.c.file_id == file_id)
    return (
        db.execute(query.limit(1)).first() is not None
        and db.execute(state).scalar_one() == FileState.PUBLISHED
    )


def _no_file() -> NotFound:
    return NotFound("There is no such file.", kept="", next_step="It may have been removed by its author.")
