"""Requests against the ledger: whether each row says what was committed to, and nothing came or went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from hearing_app.hearings.requests.answering import ANSWERED, EXTENDED
from hearing_app.hearings.requests.asking import LODGED, SUBJECT
from hearing_app.hearings.requests.erasing import ERASED, ERASING, WITHDRAWN, facts_of
from hearing_app.hearings.requests.reading import request_of
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import Content, Event, contents, exactly, private_contents
from hearing_app.store.tables import reply_draft, rights_answer, rights_request


@unreadable_is_a_fault("The requests")
def faults(db: Connection) -> list[str]:
    """Return every difference between the requests and the events about them; empty means none."""
    history: dict[str, list[Event]] = defaultdict(list)
    for event, _ in contents(db):
        if event.kind.startswith("request."):
            history[event.subject.removeprefix(SUBJECT)].append(event)
    private = private_contents(db)
    answers: dict[str, list[Row[Any]]] = defaultdict(list)
    for answered in db.execute(select(rights_answer).order_by(rights_answer.c.number)):
        answers[answered.request_id].append(answered)
    found = []
    for row in db.execute(select(rights_request).order_by(rights_request.c.request_id)).all():
        told, given = history.pop(row.request_id, []), answers.pop(row.request_id, [])
        found += [f"Request {row.request_id}: {one}" for one in _faults_of(db, row, given, told, private)]
    gone = sorted({*history, *answers})
    return [*found, *(f"Request {one} is in the ledger, but not among the requests." for one in gone)]


def _faults_of(
    db: Connection, row: Row[Any], given: list[Row[Any]], told: list[Event], private: dict[int, Content]
) -> Iterator[str]:
    if not told or told[0].kind != LODGED:
        yield "the ledger has no event of its arrival."
        return
    ends = [event for event in told if event.kind in ERASING]
    moments = {kind: next((event.at for event in ends if event.kind == kind), None) for kind in ERASING}
    lodged = told[0]
    if (row.lodged_at, row.seq, row.withdrawn_at, row.erased_at) != (
        lodged.at,
        lodged.seq,
        moments[WITHDRAWN],
        moments[ERASED],
    ):
        yield "its row names other moments than the ledger."
    events = [event for event in told if event.kind == ANSWERED]
    if [(one.at, one.seq) for one in given] != [(event.at, event.seq) for event in events]:
        yield f"it has {len(given)} answers, and the ledger {len(events)}, or of other days."
        return
    if not ends:
        yield from _faults_of_words(row, given, told, private)
        return
    if any(event.seq in private for event in told if event not in ends):
        yield "its words were erased, and still stand beside the ledger."
    texts = [row.words, row.around, row.reach, row.extension_reason]
    texts += [text for one in given for text in (one.text, one.office, one.actor)]
    if any(texts):
        yield "its words were erased, and still stand in its row."
    drafts = select(reply_draft.c.request_id).where(reply_draft.c.request_id == row.request_id)
    if db.execute(drafts).first():
        yield "its words were erased, and the draft of an answer to them still stands."
    kept = private.get(ends[-1].seq)
    if kept is None or kept.fields != facts_of(request_of(db, row.request_id)):
        yield "its row differs from what was committed to when its words were erased."


def _faults_of_words(
    row: Row[Any], given: list[Row[Any]], told: list[Event], private: dict[int, Content]
) -> Iterator[str]:
    """Compare a request whose words stand with what its events committed to."""
    put_off = [event for event in told if event.kind == EXTENDED]
    said = [private[event.seq].fields if event.seq in private else None for event in told]
    if None in said:
        yield "what was committed to of its words is gone."
        return
    lodged = private[told[0].seq].fields
    stands = {name: getattr(row, name, None) for name in lodged} | {"due_at": exactly(row.due_at)}
    if stands != lodged:
        yield "its row differs from what was committed to."
    later = private[put_off[-1].seq].fields if put_off else {"until": None, "reason": ""}
    until = exactly(row.extended_until) if row.extended_until else None
    moment = put_off[-1].at if put_off else None
    if len(put_off) > 1 or (until, row.extension_reason, row.extended_at) != (
        later["until"],
        later["reason"],
        moment,
    ):
        yield "it was put off in another way than the ledger says."
    for one in given:
        answer = {name: getattr(one, name) for name in ("number", "kind", "text", "office", "actor")}
        if answer != private[one.seq].fields:
            yield f"answer {one.number} is not the one that was given."
