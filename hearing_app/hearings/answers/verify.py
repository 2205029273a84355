"""Answers against the ledger: whether each row says what was committed to, and nothing came or went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from hearing_app.hearings.answers.answering import GIVEN
from hearing_app.hearings.answers.asking import ASKED
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import Event, contents, exactly
from hearing_app.store.tables import (
    answer_ask,
    answer_ask_comment,
    hearing_answer,
    hearing_answer_comment,
)

_SUBJECT = "hearing:"
_Told = tuple[Event, dict[str, Any]]


@unreadable_is_a_fault("The answers")
def faults(db: Connection) -> list[str]:
    """Return every difference between the answers and the events about them; empty means none."""
    told: dict[str, dict[str, _Told]] = {ASKED: {}, GIVEN: {}}
    for event, content in contents(db):
        if event.kind in told:
            fields = content.fields if content else {}
            name = "ask_id" if event.kind == ASKED else "answer_id"
            told[event.kind][str(fields.get(name, f"of event {event.seq}"))] = (event, fields)
    return [*_faults_of_asks(db, told[ASKED]), *_faults_of_answers(db, told[GIVEN])]


def _faults_of_asks(db: Connection, told: dict[str, _Told]) -> Iterator[str]:
    about: dict[str, list[str]] = defaultdict(list)
    for one in db.execute(select(answer_ask_comment).order_by(answer_ask_comment.c.comment_id)):
        about[one.ask_id].append(one.comment_id)
    for row in db.execute(select(answer_ask).order_by(answer_ask.c.ask_id)):
        if row.ask_id not in told:
            yield f"Mark {row.ask_id}: the ledger has no event of it."
            continue
        event, said = told.pop(row.ask_id)
        stands = {
            "ask_id": row.ask_id,
            "agency": row.agency,
            "heading": row.heading,
            "comments": about[row.ask_id],
        }
        if stands != said or not _is_of(row, event):
            yield f"Mark {row.ask_id}: it is not the one that was made."
    yield from (f"Mark {gone} is in the ledger, but not among the marks." for gone in sorted(told))


def _faults_of_answers(db: Connection, told: dict[str, _Told]) -> Iterator[str]:
    about: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in db.execute(select(hearing_answer_comment).order_by(hearing_answer_comment.c.comment_id)):
        about[one.answer_id].append(
            {
                "comment_id": one.comment_id,
                "number": one.number,
                "waited_from": exactly(one.waited_from),
                "due_at": exactly(one.due_at),
            }
        )
    names = ("answer_id", "agency", "kind", "text", "whose", "evidence", "system_id", "version")
    for row in db.execute(select(hearing_answer).order_by(hearing_answer.c.answer_id)):
        if row.answer_id not in told:
            yield f"Answer {row.answer_id}: the ledger has no event of it."
            continue
        event, said = told.pop(row.answer_id)
        stands = {
            **{name: getattr(row, name) for name in (*names, "on_paper", "received_on")},
            "find_out_by": exactly(row.find_out_by) if row.find_out_by else None,
            "comments": about.pop(row.answer_id, []),
        }
        ordered = sorted(said.get("comments", ()), key=lambda one: str(one.get("comment_id")))
        if stands != {**said, "comments": ordered} or not _is_of(row, event):
            yield f"Answer {row.answer_id}: it is not the one that was given."
    gone = sorted({*told, *about})
    yield from (f"Answer {one} is in the ledger, but not among the answers." for one in gone)


def _is_of(row: Row[Any], event: Event) -> bool:
    stands = (row.at, row.actor, row.seq, f"{_SUBJECT}{row.hearing_id}")
    return stands == (event.at, event.actor, event.seq, event.subject)
