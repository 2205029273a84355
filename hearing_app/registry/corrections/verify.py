"""Corrections against the ledger: whether each row says what was committed to, and nothing came or went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import PRIVATE, Content, Event, contents, exactly, private_contents
from hearing_app.registry.corrections.answering import ANSWERED
from hearing_app.registry.corrections.erasing import ERASING, WITHDRAWN
from hearing_app.registry.corrections.receiving import RECEIVED
from hearing_app.store.tables import correction, correction_answer

_SUBJECT = "correction:"
_Told = tuple[Event, Content | None]


@unreadable_is_a_fault("The corrections")
def faults(db: Connection) -> list[str]:
    """Return every difference between the corrections and the events about them; empty means none."""
    history: dict[str, list[_Told]] = defaultdict(list)
    for event, content in contents(db):
        if event.kind.startswith("correction."):
            history[event.subject.removeprefix(_SUBJECT)].append((event, content))
    private = private_contents(db)
    answers: dict[str, list[Row[Any]]] = defaultdict(list)
    for answered in db.execute(select(correction_answer).order_by(correction_answer.c.number)):
        answers[answered.correction_id].append(answered)
    found = []
    for row in db.execute(select(correction).order_by(correction.c.correction_id)):
        told = history.pop(row.correction_id, [])
        wrong = [
            *_faults_of(row, told, private),
            *_faults_of_answers(answers.pop(row.correction_id, []), told),
        ]
        found += [f"Correction {row.correction_id}: {one}" for one in wrong]
    gone = sorted({*history, *answers})
    return [*found, *(f"Correction {one} is in the ledger, but not among the corrections." for one in gone)]


def _faults_of(row: Row[Any], told: list[_Told], private: dict[int, Content]) -> Iterator[str]:
    if not told or told[0][0].kind != RECEIVED:
        yield "the ledger has no event of its arrival."
        return
    event, content = told[0]
    if content is None:
        # Only the words are ever erased: what the report was about stays, to be compared with.
        yield "what was committed to of its arrival is gone."
        return
    said = dict(content.fields)
    said.pop(PRIVATE, None)
    erased = [one for one, _ in told if one.kind in ERASING]
    hidden = private.get(event.seq)
    if hidden and not erased:
        said |= hidden.fields
    if hidden and erased:
        yield "its words were erased, and still stand beside the ledger."
    if erased:
        said |= {"words": "", "source": ""}
    elif hidden is None:
        yield "what was committed to of its words is gone."
    if wrong := [name for name, value in said.items() if getattr(row, name, None) != value]:
        yield f"its row differs from what was committed to: {', '.join(wrong)}."
    withdrawn = next((one.at for one in erased if one.kind == WITHDRAWN), None)
    if (row.received_at, row.withdrawn_at, row.seq) != (event.at, withdrawn, event.seq):
        yield "its row names other moments than the ledger."


def _faults_of_answers(rows: list[Row[Any]], told: list[_Told]) -> Iterator[str]:
    events = [(event, content) for event, content in told if event.kind == ANSWERED]
    if len(rows) != len(events):
        yield f"it has {len(rows)} answers, and the ledger {len(events)}."
        return
    for row, (event, content) in zip(rows, events, strict=True):
        stands = {
            "number": row.number,
            "outcome": row.outcome,
            "text": row.text,
            "version": row.version,
            "shows_words": row.shows_words,
            "until": exactly(row.until) if row.until else None,
        }
        said = content.fields if content else {}
        if stands != said or (row.at, row.actor, row.seq) != (event.at, event.actor, event.seq):
            yield f"answer {row.number} is not the one that was given."
