"""Wishes, files, translations and cards against the ledger: whether rows and events say the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, func, select

from hearing_app.hearings.comments import cards, files, identity, speaking, translations
from hearing_app.hearings.comments.files import FileState
from hearing_app.hearings.vocabulary import Speaking
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import PRIVATE, Content, Event, contents, exactly, private_contents
from hearing_app.store.tables import (
    comment,
    comment_file,
    comment_file_data,
    comment_identity,
    comment_translation,
    paper_card,
    speaking_wish,
)

_Told = tuple[Event, Content | None]
_KINDS = {
    *(speaking.WISHED, speaking.TAKEN_BACK, speaking.ERASED),
    *(files.ADDED, files.SCREENED, files.ERASED),
    *(translations.TRANSLATED, translations.CHECKED),
    *(cards.PRINTED, cards.ENTERED),
    *(identity.CONFIRMED, identity.UNDONE),
}


@unreadable_is_a_fault("What belongs to comments")
def faults(db: Connection) -> list[str]:
    """Return every difference between these rows and the events about them; empty means none."""
    told: dict[str, list[_Told]] = defaultdict(list)
    for event, content in contents(db):
        if event.kind in _KINDS:
            told[event.subject].append((event, content))
    private = private_contents(db)
    return [
        *_faults_of_wishes(db, told, private),
        *_faults_of_files(db, told, private),
        *_faults_of_translations(db, told),
        *_faults_of_cards(db, told),
        *_faults_of_identity(db, told),
    ]


def _faults_of_wishes(
    db: Connection, told: dict[str, list[_Told]], private: dict[int, Content]
) -> Iterator[str]:
    subjects = {subject for subject in told if subject.startswith("speaking:")}
    rows = db.execute(select(speaking_wish, comment.c.speaking).join(comment))
    there = {f"speaking:{row.comment_id}": row for row in rows}
    for subject in sorted(subjects | there.keys()):
        name = f"The wish to speak of comment {subject.removeprefix('speaking:')}"
        row, events = there.get(subject), told.get(subject, [])
        stands = bool(events) and events[-1][0].kind == speaking.WISHED
        if (row is not None) != stands:
            yield f"{name} is there without its event." if row else f"{name} is gone without an event."
        elif row is not None:
            committed = _fields(private.get(events[-1][0].seq))
            said = {field: getattr(row, field) for field in speaking.Asked.__dataclass_fields__}
            if committed != said | {"at": exactly(row.at)} or row.seq != events[-1][0].seq:
                yield f"{name} is not the one that was committed to."
            if row.speaking != row.how:
                yield f"{name} is not what its comment says."
    wished = {subject.removeprefix("speaking:") for subject in there}
    query = select(comment.c.comment_id).where(comment.c.speaking != Speaking.NO)
    for comment_id in db.execute(query.order_by(comment.c.comment_id)).scalars():
        if comment_id not in wished:
            yield f"Comment {comment_id} says that its author wishes to speak, and there is no wish."


def _faults_of_files(
    db: Connection, told: dict[str, list[_Told]], private: dict[int, Content]
) -> Iterator[str]:
    subjects = {subject for subject in told if subject.startswith(files.SUBJECT)}
    query = select(comment_file).order_by(comment_file.c.file_id)
    for row in db.execute(query):
        subject = files.SUBJECT + row.file_id
        subjects.discard(subject)
        for fault in _faults_of_file(db, row, told.get(subject, []), private):
            yield f"File {row.file_id}: {fault}"
    yield from (
        f"File {gone.removeprefix(files.SUBJECT)} is in the ledger alone." for gone in sorted(subjects)
    )
    orphans = select(comment_file_data.c.file_id).where(
        comment_file_data.c.file_id.not_in(select(comment_file.c.file_id))
    )
    yield from (f"File {one} has bytes, and no row." for one in db.execute(orphans).scalars())


def _faults_of_file(
    db: Connection, row: Row[Any], events: list[_Told], private: dict[int, Content]
) -> Iterator[str]:
    if not events or events[0][0].kind != files.ADDED or events[0][0].seq != row.seq:
        yield "the ledger has no event of its arrival."
        return
    last, content = events[-1]
    query = select(comment_file_data.c.data).where(comment_file_data.c.file_id == row.file_id)
    data: bytes | None = db.execute(query).scalar_one_or_none()
    if last.kind == files.ERASED:
        kept = _fields(content)
        if row.state != FileState.ERASED or data is not None or row.title or row.name or row.whose:
            yield "it has again what was erased."
        if (row.comment_id, row.sha256) != (kept.get("comment"), kept.get("sha256", "")):
            yield "what is left of it is not what was left."
        return
    if data is None or sha256(data).hexdigest() != row.sha256 or len(data) != row.bytes:
        yield "its bytes are not those that were kept."
    committed = _fields(private.get(row.seq))
    shown = {name: getattr(row, name) for name in ("name", "title", "whose", "kind", "bytes", "sha256")}
    if committed != shown | {"added_at": exactly(row.added_at)}:
        yield "its row differs from what was committed to."
    if row.comment_id != _fields(events[0][1]).get("comment"):
        yield "it stands at another comment than it was added to."
    decided = _fields(content) if last.kind == files.SCREENED else {"decision": str(FileState.WAITING)}
    actor = last.actor if last.kind == files.SCREENED else ""
    if (row.state, row.reason_id, row.decided_by) != (decided["decision"], decided.get("reason", ""), actor):
        yield "its row says something else than was decided."


def _faults_of_translations(db: Connection, told: dict[str, list[_Told]]) -> Iterator[str]:
    query = select(comment_translation, comment.c.state).join(comment)
    for row in db.execute(query.order_by(comment_translation.c.comment_id, comment_translation.c.language)):
        name = f"The translation of comment {row.comment_id} into {row.language}"
        about = [
            (event, _fields(content))
            for event, content in told.get(f"comment:{row.comment_id}", [])
            if content is None or content.fields.get("language") == row.language
        ]
        made = next(((event, said) for event, said in about if event.seq == row.seq), None)
        if made is None or made[0].kind != translations.TRANSLATED or made[0].actor != row.made_by:
            yield f"{name} has no event."
            continue
        event, said = made
        words = {
            field: getattr(row, field) for field in ("language", "concern", "value_seen", "ask", "machine")
        }
        if said and {field: value for field, value in said.items() if field != PRIVATE} != words:
            yield f"{name} is not what was committed to."
        checks = [one for one, _ in about if one.kind == translations.CHECKED and one.seq > event.seq]
        checked_by = checks[-1].actor if checks else ""
        if row.checked_by != checked_by or (row.checked_at is not None) != bool(checks):
            yield f"{name} was not checked by whom its row says."


def _faults_of_cards(db: Connection, told: dict[str, list[_Told]]) -> Iterator[str]:
    printed: Counter[str] = Counter()
    entered: Counter[str] = Counter()
    for subject, events in told.items():
        for event, content in events:
            if event.kind == cards.PRINTED:
                printed[subject.removeprefix("hearing:")] += int(_fields(content).get("cards", 0))
            elif event.kind == cards.ENTERED:
                entered[subject.removeprefix("hearing:")] += 1
    rows = db.execute(
        select(paper_card.c.hearing_id, func.count(), func.count(paper_card.c.entered_at)).group_by(
            paper_card.c.hearing_id
        )
    )
    there = {row[0]: (int(row[1]), int(row[2])) for row in rows}
    for hearing_id in sorted({*printed, *entered, *there}):
        if there.get(hearing_id, (0, 0)) != (printed[hearing_id], entered[hearing_id]):
            yield f"Hearing {hearing_id}: its paper cards are not as many as were printed and entered."


def _faults_of_identity(db: Connection, told: dict[str, list[_Told]]) -> Iterator[str]:
    """Compare what is confirmed of authors with the last event about each; without its words it is gone."""
    last: dict[str, _Told] = {}
    for subject, events in told.items():
        for event, content in events:
            if event.kind in (identity.CONFIRMED, identity.UNDONE):
                last[subject.removeprefix("comment:")] = (event, content)
    there = {row.comment_id: row for row in db.execute(select(comment_identity))}
    for comment_id in sorted(last.keys() | there.keys()):
        name = f"What was confirmed of the author of comment {comment_id}"
        told_last, row = last.get(comment_id), there.get(comment_id)
        stands = (
            told_last is not None and told_last[0].kind == identity.CONFIRMED and told_last[1] is not None
        )
        if (row is not None) != stands:
            yield f"{name} is there without its event." if row else f"{name} is gone without an event."
        elif row is not None and told_last is not None:
            event, content = told_last
            said, by = {"basis": row.basis, "seen": row.seen}, (row.at, row.actor, row.seq)
            if said != _fields(content) or by != (event.at, event.actor, event.seq):
                yield f"{name} is not what its event says."


def _fields(content: Content | None) -> dict[str, Any]:
    return content.fields if content else {}
