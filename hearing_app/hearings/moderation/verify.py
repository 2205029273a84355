"""The rows of moderation against the ledger: holds, redactions, appeals, removals, second readings, rates.

What was erased with a comment's words is gone from both; then the rows must not have it again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from hearing_app.hearings.comments.erasure import ERASED, PRIVATE_ERASED, WITHDRAWN
from hearing_app.hearings.moderation.appeals import APPEALED
from hearing_app.hearings.moderation.erasing import ENDED
from hearing_app.hearings.moderation.holding import DATED, STAYS
from hearing_app.hearings.moderation.rates import RELEASED
from hearing_app.hearings.moderation.redactions import LIFTED, REDACTED
from hearing_app.hearings.moderation.removals import PROPOSED
from hearing_app.hearings.moderation.reviews import ANNOUNCED, DRAWN, READ, hash_of, sample
from hearing_app.hearings.vocabulary import State
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import Content, Event, contents, exactly, private_contents
from hearing_app.store import tables

_Told = tuple[Event, dict[str, Any] | None, dict[str, Any] | None]
_PROMISING = ("comment.held", DATED)
_OF_ROUND = (ANNOUNCED, DRAWN, RELEASED)


@unreadable_is_a_fault("The decisions")
def faults(db: Connection) -> list[str]:
    """Return every difference between the rows of moderation and the events about them; empty means none."""
    private = private_contents(db)
    history: dict[str, list[_Told]] = defaultdict(list)
    for event, content in contents(db):
        if event.kind.startswith("comment.") or event.kind in _OF_ROUND:
            hidden = private.get(event.seq)
            history[event.subject].append((event, _fields(content), _fields(hidden)))
    by_seq = {event.seq: one for told in history.values() for one in told for event in one[:1]}
    gone = {
        subject: {event.kind for event, _, _ in told} & {WITHDRAWN, ERASED, PRIVATE_ERASED}
        for subject, told in history.items()
    }
    found = [
        *_faults_of_holds(db, by_seq),
        *_faults_of_redactions(db, history, gone),
        *_faults_of_cases(db, tables.appeal, history, gone),
        *_faults_of_cases(db, tables.removal, history, gone),
        *_faults_of_rounds(db, history),
        *_faults_of_reviews(db, by_seq, history),
        *_faults_of_rates(db, history),
    ]
    return sorted(set(found))


def _faults_of_holds(db: Connection, by_seq: dict[int, _Told]) -> Iterator[str]:
    row, hold = tables.comment.c, tables.comment_hold.c
    query = select(tables.comment_hold, row.state, row.reason_id).join(
        tables.comment, row.comment_id == hold.comment_id
    )
    for one in db.execute(query):
        name = f"Comment {one.comment_id}"
        event, told, _ = by_seq.get(one.seq, (None, None, None))
        if one.state != State.HELD:
            yield f"{name}: it has an end of a hold, and is not held."
        elif event is None or event.kind not in _PROMISING or event.subject != f"comment:{one.comment_id}":
            yield f"{name}: no event says until when it is held."
        elif told is not None and told.get("due") != exactly(one.due_at):
            yield f"{name}: it is held until another moment than was promised."
        elif one.lapses and one.reason_id in STAYS:
            yield f"{name}: its hold may not end by itself."
    promised = {
        one[0].subject: one[0].seq
        for one in by_seq.values()
        if one[0].kind == DATED or one[0].kind in {f"comment.{state}" for state in State}
    }
    there = {f"comment:{one}" for one in db.execute(select(hold.comment_id)).scalars()}
    for one in db.execute(select(row.comment_id).where(row.state == State.HELD)):
        subject = f"comment:{one.comment_id}"
        _, told, _ = by_seq.get(promised.get(subject, -1), (None, None, None))
        if told and "due" in told and subject not in there:
            yield f"Comment {one.comment_id}: the end of its hold is gone."


def _faults_of_redactions(
    db: Connection, history: dict[str, list[_Told]], gone: dict[str, set[str]]
) -> Iterator[str]:
    rows: dict[str, dict[int, Row[Any]]] = defaultdict(dict)
    for row in db.execute(select(tables.redaction)):
        rows[f"comment:{row.comment_id}"][row.number] = row
    for subject in {*rows, *history}:
        name, there = _name(subject), rows.get(subject, {})
        if gone.get(subject, set()) & {WITHDRAWN, ERASED}:
            if there:
                yield f"{name}: it has again what said where words were taken out."
            continue
        made = [one for one in history.get(subject, []) if one[0].kind == REDACTED]
        lifted = {
            told["number"]: event
            for event, told, _ in history.get(subject, [])
            if event.kind == LIFTED and told
        }
        if len(made) != len(there):
            yield f"{name}: {len(there)} redactions are in force or lifted, and the ledger has {len(made)}."
            continue
        for event, told, hidden in made:
            one = there.get(told["number"] if told else -1)
            said = {**(told or {}), **(hidden or {})}
            fits = one is not None and all(
                getattr(one, {"reason": "reason_id"}.get(field, field), said[field]) == said[field]
                for field in said
                if field not in {"rule_version", "private", *(("note",) if gone.get(subject) else ())}
            )
            if one is None or not fits or (one.at, one.actor, one.seq) != (event.at, event.actor, event.seq):
                yield f"{name}: a redaction is not the one that was made."
                continue
            end = lifted.get(one.number)
            ended = (end.at, end.actor, end.seq) if end else (None, None, None)
            if (one.lifted_at, one.lifted_by, one.lifted_seq) != ended:
                yield f"{name}: redaction {one.number} was not lifted as its row says."


def _faults_of_cases(
    db: Connection, table: Any, history: dict[str, list[_Told]], gone: dict[str, set[str]]
) -> Iterator[str]:
    """Yield what is wrong with appeals, or with proposals to take a comment down."""
    noun, begun = ("appeal", APPEALED) if table is tables.appeal else ("removal", PROPOSED)
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in db.execute(select(table).order_by(table.c.number)):
        rows[f"comment:{row.comment_id}"].append(row)
    for subject in {*rows, *history}:
        name, told = _name(subject), history.get(subject, [])
        there, without = rows.get(subject, []), gone.get(subject, set())
        begins = [one for one in told if one[0].kind == begun]
        ends = [one for one in told if one[0].kind.startswith(f"comment.{noun}_") and one[0].kind != begun]
        if len(begins) != len(there):
            yield f"{name}: its rows have {len(there)} {noun}s, and the ledger {len(begins)}."
            continue
        for row, (event, said, hidden) in zip(there, begins, strict=True):
            if row.seq != event.seq or not _says(row, said, hidden):
                yield f"{name}: {noun} {row.number} is not the one that was made."
            if without and any(getattr(row, one, "") for one in ("words", "note")):
                yield f"{name}: {noun} {row.number} has again what was erased."
            end = next((one for one in ends if one[0].seq == row.decided_seq), None)
            outcome = end[0].kind.removeprefix(f"comment.{noun}_") if end else ""
            ended_with_words = row.outcome == ENDED and without & {WITHDRAWN, ERASED}
            if row.outcome != outcome and not ended_with_words:
                yield f"{name}: {noun} {row.number} did not end as its row says."
            if end and (row.decided_at, row.decided_by) != (end[0].at, end[0].actor):
                yield f"{name}: {noun} {row.number} was decided by somebody else, or at another time."
        if {one[0].seq for one in ends} - {row.decided_seq for row in there}:
            yield f"{name}: a decision on its {noun} is in the ledger alone."


def _says(row: Row[Any], said: dict[str, Any] | None, hidden: dict[str, Any] | None) -> bool:
    """Return whether the row of an appeal or a removal says what its first event committed to."""
    given = {**(said or {}), **(hidden or {})}
    columns = {
        "number": "number",
        "reason": "reason_id",
        "authority": "authority",
        "decision": "decision_seq",
    }
    if any(getattr(row, column) != given[field] for field, column in columns.items() if field in given):
        return False
    # A removal's note can be a later one; an appeal's words never change.
    return "words" not in given or row.words in {given["words"], ""}


def _faults_of_rounds(db: Connection, history: dict[str, list[_Told]]) -> Iterator[str]:
    announced = {one[0].seq: one for told in history.values() for one in told if one[0].kind == ANNOUNCED}
    drawn = {one[0].seq: one for told in history.values() for one in told if one[0].kind == DRAWN}
    for row in db.execute(select(tables.review_round)):
        name = f"Round {row.number} of second readings in hearing {row.hearing_id}"
        before, after = announced.pop(row.announced_seq, None), drawn.pop(row.drawn_seq, None)
        said = {"round": row.number, "seed_hash": row.seed_hash}
        if before is None or before[1] != said or hash_of(row.seed) != row.seed_hash:
            yield f"{name}: its seed is not the one whose hash was announced."
        if (after is None) != (row.drawn_at is None):
            yield f"{name}: it was not drawn when its row says."
        if after is not None and after[1] is not None:
            of_round = (tables.review.c.hearing_id == row.hearing_id) & (tables.review.c.round == row.number)
            there = list(db.execute(select(tables.review.c.comment_id).where(of_round)).scalars())
            told = after[1]
            same = (told["seed"], told["decided"], told["drawn"]) == (row.seed, row.decided, len(there))
            if not same or set(sample(row.seed, there)) != set(there):
                yield f"{name}: it is not the sample that was drawn."
    yield from (f"{_name(one[0].subject)}: a round of second readings is gone." for one in announced.values())


def _faults_of_reviews(
    db: Connection, by_seq: dict[int, _Told], history: dict[str, list[_Told]]
) -> Iterator[str]:
    read = {one[0].seq for told in history.values() for one in told if one[0].kind == READ}
    for row in db.execute(select(tables.review)):
        name = f"Comment {row.comment_id}"
        first = by_seq.get(row.first_seq)
        if first is None or (first[0].kind, first[0].actor) != (f"comment.{row.first_state}", row.first_by):
            yield f"{name}: its first decision is not the one that a second was compared with."
        if row.seq is None:
            continue
        read.discard(row.seq)
        event, _, hidden = by_seq.get(row.seq, (None, None, None))
        same = event is not None and (event.actor, event.at) == (row.actor, row.at)
        if not same or (hidden and hidden != {"state": row.state, "reason": row.reason_id}):
            yield f"{name}: its second reading is not the one that was written down."
    for seq in sorted(read):
        yield f"{_name(by_seq[seq][0].subject)}: a second reading is gone."


def _faults_of_rates(db: Connection, history: dict[str, list[_Told]]) -> Iterator[str]:
    made = {subject: one for subject, told in history.items() for one in told if one[0].kind == RELEASED}
    for row in db.execute(select(tables.moderation_release)):
        event = made.pop(f"hearing:{row.hearing_id}", None)
        said = {"rejected": row.rejected, "others": row.others, "counts": row.counts}
        if event is None or event[1] != said or event[0].at != row.at:
            yield f"Hearing {row.hearing_id}: the rates are not those that were released."
    yield from (f"{_name(subject)}: the rates that were released are gone." for subject in made)


def _fields(content: Content | None) -> dict[str, Any] | None:
    return content.fields if content else None


def _name(subject: str) -> str:
    noun, _, name = subject.partition(":")
    return f"{noun.capitalize()} {name}"
