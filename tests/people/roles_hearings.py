"""Rows on hearings: the desk's list, slots, the agenda and the room, answers, requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from hearing_app.errors import Conflict, Forbidden, Invalid, NotFound, NotOpen
from hearing_app.hearings.agenda import arranging, lottery, minutes, room
from hearing_app.hearings.agenda.proposal import propose_anew
from hearing_app.hearings.agenda.reading import draft_of
from hearing_app.hearings.agenda.slots import SlotTaken, arrange, book, free, set_slots
from hearing_app.hearings.answers import answering, asking
from hearing_app.hearings.answers import drafts as answer_drafts
from hearing_app.hearings.comments.lists import comments_for_desk, comments_for_export, desk_list
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.requests import drafts as reply_drafts
from hearing_app.hearings.requests.answering import Replying, extend, reply, requests_for
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Act

from .roles import ALLOWED_MOVES, Call, Calls, Row, World


def rows_on_comments(world: World, now: datetime) -> Iterator[Row]:
    """The desk's list and its decisions, in every state of a comment."""
    lists = "hearings/comments/lists.py"
    for state in State:
        yield Row(
            f"{lists}:desk_list",
            Act.READ_UNPUBLISHED_COMMENTS,
            partial(desk_list, hearing_id=world.hearing.id, state=state),
            state,
        )
        yield Row(
            f"{lists}:comments_for_desk",
            Act.READ_UNPUBLISHED_COMMENTS,
            partial(comments_for_desk, comment_ids=[world.comments[state]]),
            state,
        )
        for to in (State.PUBLISHED, State.HELD, State.REJECTED):
            yield Row(
                "hearings/moderation/deciding.py:decide",
                Act.MODERATE_COMMENTS,
                partial(
                    decide,
                    comment_id=world.comments[state],
                    to=to,
                    seen_state=state,
                    reason_id="" if to is State.PUBLISHED else "R2",
                    at=now,
                ),
                f"{state} to {to}",
                None if to in ALLOWED_MOVES[state] else Conflict,
            )
    yield Row(
        f"{lists}:comments_for_export",
        Act.EXPORT_COMMENTS,
        lambda db, actor: list(comments_for_export(db, actor, world.hearing.id)),
    )


def rows_on_slots(world: World, now: datetime) -> Iterator[Row]:
    """Slot 1 is booked, slot 2 is free, and there is no slot 3."""
    for number, says in ((3, None), (2, None), (1, None), (0, Conflict), (-1, Invalid), (201, Invalid)):
        yield Row(
            "hearings/agenda/slots.py:set_slots",
            Act.SET_SLOTS,
            partial(set_slots, hearing_id=world.hearing.id, number=number, at=now),
            f"{number} slots",
            says,
        )
    for place, says_of_published in ((1, SlotTaken), (2, None), (3, NotFound)):
        for state, comment_id in (*world.comments.items(), ("speaking", world.speaking)):
            yield Row(
                "hearings/agenda/slots.py:book",
                Act.BOOK_SLOTS,
                partial(book, hearing_id=world.hearing.id, slot_number=place, comment_id=comment_id, at=now),
                f"slot {place} for one {state}",
                says_of_published if state == "published" or place == 3 else Conflict,
            )
        yield Row(
            "hearings/agenda/slots.py:free",
            Act.BOOK_SLOTS,
            partial(free, hearing_id=world.hearing.id, slot_number=place, comment_id=world.speaking, at=now),
            f"slot {place}",
            {1: None, 2: Conflict, 3: NotFound}[place],
        )


def rows_on_agenda(world: World, now: datetime) -> Iterator[Row]:
    """The hearing is open: it can be arranged, and nothing can be published, started or noted yet."""
    arranging_it, running = Act.ARRANGE_AGENDA, Act.RUN_ROOM
    turns = partial(room.pause, hearing_id=world.hearing.id, seen=1, at=now)
    calls: Calls = (
        ("agenda/slots.py:arrange", arranging_it, arrange, {"wanted": []}, None),
        ("agenda/lottery.py:commit", arranging_it, lottery.commit, {}, None),
        ("agenda/arranging.py:change", arranging_it, arranging.change, {"seen": 0, "made": None}, Conflict),
        ("agenda/arranging.py:publish", arranging_it, arranging.publish, {"seen": 0, "note": ""}, NotOpen),
        ("agenda/proposal.py:propose_anew", arranging_it, propose_anew, {"seen": 0, "minutes": 60}, NotOpen),
        ("agenda/room.py:start", running, room.start, {"item_id": 1, "comment_id": None, "seen": 0}, NotOpen),
        ("agenda/room.py:_running", running, turns, {}, Conflict),
        (
            "agenda/minutes.py:_may_write",
            running,
            minutes.note,
            {"item_id": None, "text": "A note."},
            NotOpen,
        ),
        ("agenda/minutes.py:correct", running, minutes.correct, {"number": 1, "text": "A note."}, NotFound),
        ("agenda/minutes.py:settle", running, minutes.settle, {"number": 1, "text": "A note."}, NotFound),
        ("agenda/minutes.py:publish_minutes", running, minutes.publish_minutes, {}, Conflict),
    )
    for where, act, function, more, says in calls:
        call: Call = partial(function, **({"hearing_id": world.hearing.id, "at": now} | more))
        yield Row(f"hearings/{where}", act, call, "open", says)
    here: dict[str, Any] = {"hearing_id": world.hearing.id}
    yield Row("hearings/agenda/reading.py:draft_of", arranging_it, partial(draft_of, **here), "open")
    shown = partial(minutes.minutes_for_office, **here)
    yield Row("hearings/agenda/minutes.py:minutes_for_office", running, shown, "open")


def rows_on_answers(now: datetime) -> Iterator[Row]:
    """The doors of answers; whose agency it is, and every state, is in ``tests/hearings/test_answering``."""
    given = answering.Answering("accepted", "We look into each of these cases.", ("C-2026-AAAAAAA",))
    for door, put, act in (
        ("hearings/answers/answering.py:give", answering.give, Act.ANSWER_COMMENTS),
        ("hearings/answers/answering.py:enter", answering.enter, Act.ENTER_ANSWERS),
    ):
        call = partial(put, hearing_id="live-recognition", given=given, seen={}, at=now)
        yield Row(door, act, call, "a comment that waits for nothing", Invalid)
    asked = partial(asking.ask, hearing_id="live-recognition", comment_ids=[], heading="", at=now)
    yield Row("hearings/answers/asking.py:ask", Act.ASK_FOR_ANSWERS, asked, "no comment", Invalid)
    for door, function, says in (
        ("hearings/answers/answering.py:check", partial(answering.check, given=given), Invalid),
        ("hearings/answers/drafts.py:keep", partial(answer_drafts.keep, given=given), NotFound),
        ("hearings/answers/drafts.py:kept", answer_drafts.kept, None),
        ("hearings/answers/drafts.py:drop", answer_drafts.drop, None),
    ):
        # A draft needs an account, which these actors do not have.
        place = "nothing" if says is NotFound else "live-recognition"
        yield Row(door, Act.WRITE_ANSWERS, partial(function, hearing_id=place), "", says)
    yield Row(
        "hearings/answers/answering.py:queue_of",
        Act.WRITE_ANSWERS,
        lambda db, actor: answering.queue_of(db, actor, hearing_of(db, "live-recognition")),
    )


def rows_on_requests(now: datetime) -> Iterator[Row]:
    """The doors of requests; whose agency it is, and every state, is in ``tests/hearings/requests``."""
    answering_ = "hearings/requests/answering.py"
    given = Replying("explained", "It was looked up by hand.")
    put_off = partial(extend, until=now.date(), reason="More time.", at=now)
    for call in (partial(reply, given=given, seen=0, at=now), put_off):
        number = partial(call, request_id="Q-2026-AAAAAAA")
        yield Row(f"{answering_}:asked_of", Act.ANSWER_REQUESTS, number, "an unknown one", Forbidden)
    yield Row(f"{answering_}:requests_for", Act.ANSWER_REQUESTS, requests_for)
    for name, call_it in (("kept", reply_drafts.kept), ("drop", reply_drafts.drop)):
        unsent = partial(call_it, request_id="Q-2026-AAAAAAA")
        yield Row(f"hearings/requests/drafts.py:{name}", Act.ANSWER_REQUESTS, unsent)
