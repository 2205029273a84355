"""What a hearing's feed tells beside its events: days that passed without an answer, and cards by the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from hearing_app.hearings.comments.cards import print_cards
from hearing_app.hearings.hearing import Hearing, hearing_of, publish_hearing
from hearing_app.hearings.life.happenings import Happening, happenings
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import COMPILATION
from hearing_app.record.ledger import append
from hearing_app.store.engine import reading, writing
from tests.conftest import Send
from tests.hearings.answered import FAY, Asked

DAY = timedelta(days=1)
# Comments close on 1 December 2026, and 28 days are counted from there: the last second of London's day.
DUE = datetime(2026, 12, 29, 23, 59, 59, tzinfo=UTC)


@pytest.fixture
def asked(
    engine: Engine, hearing: Hearing, now: datetime, send: Send, monkeypatch: pytest.MonkeyPatch
) -> Asked:
    # The entry of these tests is too short to be read for its names.
    monkeypatch.setattr("hearing_app.hearings.life.happenings.names_of_agencies", lambda _: {"met": "Met"})
    with writing(engine) as db:
        real = hearing.model_copy(update={"demonstration": False})
        publish_hearing(db, COMPILATION, real, note="It is meant.", at=now)
    found = Asked(engine, real, now, send)
    found.change_entry()
    return found


def told(asked: Asked, at: datetime) -> list[Happening]:
    with reading(asked.engine) as db:
        found = happenings(db, hearing_of(db, asked.hearing.id), at)
    assert len({one.name for one in found}) == len(found)
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    return found


def overdue(asked: Asked, at: datetime) -> list[Happening]:
    return [one for one in told(asked, at) if one.name.startswith("overdue:")]


def test_a_day_that_passed_without_an_answer_is_one_line_for_ever(asked: Asked) -> None:
    first, second = sorted([asked.published(), asked.published()])
    assert [one.due_at for one in asked.waits()] == [DUE, DUE]
    assert overdue(asked, DUE) == []
    [line] = overdue(asked, DUE + timedelta(seconds=1))
    assert (line.name, line.at) == ("overdue:met:2026-12-29", DUE)
    assert line.words == (f"Met had not answered 2 comments by 29 December 2026: {first}, {second}.")
    # Answered late, the day stays missed, under the same name, and the answer is a line of its own.
    asked.give(first, second, at=DUE + 5 * DAY)
    assert overdue(asked, DUE + 9 * DAY) == [line]
    assert told(asked, DUE + 9 * DAY)[0].title == "An agency answered"


def test_what_was_answered_in_time_or_is_not_public_makes_no_line(asked: Asked) -> None:
    answered, hidden = asked.published(), asked.published()
    asked.give(answered, at=DUE)
    with writing(asked.engine) as db:
        decide(db, FAY, hidden, State.HELD, reason_id="R2", seen_state=State.PUBLISHED, at=asked.now)
    assert overdue(asked, DUE + 9 * DAY) == []


def test_a_promise_that_passed_is_a_second_line_beside_the_first(asked: Asked) -> None:
    late, kept = asked.published(), asked.published()
    promise = date(2027, 2, 1)
    asked.give(late, kind="will_find_out", find_out_by=promise, at=DUE + DAY)
    asked.give(kept, kind="will_find_out", find_out_by=promise, at=DUE - DAY)
    end = datetime(2027, 2, 1, 23, 59, 59, tzinfo=UTC)
    [first] = overdue(asked, end)
    assert (first.at, late in first.words, kept in first.words) == (DUE, True, False)
    asked.give(kept, at=end)
    second, again = overdue(asked, end + DAY)
    assert again == first
    assert (second.name, second.at) == ("overdue:met:2027-02-01", end)
    assert late in second.words
    assert kept not in second.words


def test_many_are_counted_and_not_all_listed(asked: Asked) -> None:
    for _ in range(22):
        asked.published()
    [line] = overdue(asked, DUE + DAY)
    assert "22 comments" in line.words
    assert line.words.endswith(", and 2 more.")
    assert line.words.count("C-2026-") == 20


def test_nobody_owes_anything_in_a_demonstration(
    engine: Engine, hearing: Hearing, now: datetime, send: Send
) -> None:
    trial = Asked(engine, hearing, now, send)
    trial.change_entry()
    trial.published()
    assert trial.waits()[0].is_overdue(DUE + DAY)
    assert overdue(trial, DUE + DAY) == []


def test_cards_are_counted_by_the_day_and_nobody_is_named(asked: Asked, receipt_key: bytes) -> None:
    # In London the second of these is of the next day already.
    for hour in (12, 23):
        at = asked.now.replace(hour=hour, minute=30)
        for count in (2, 3):
            with writing(asked.engine) as db:
                print_cards(db, FAY, receipt_key, asked.hearing.id, count, at=at)
                append(
                    db,
                    actor=FAY.name,
                    kind="card.entered",
                    subject=f"hearing:{asked.hearing.id}",
                    content={"typed_by": "facilitator:finn"},
                    at=at,
                )
    found = {one.name: one for one in told(asked, asked.now + 2 * DAY)}
    assert {name: one.words for name, one in found.items() if "2026" in name} == {
        "printed:2026-06-01": "5 got a number, letters that came without one among them.",
        "printed:2026-06-02": "5 got a number, letters that came without one among them.",
        "entered:2026-06-01": "2 comments.",
        "entered:2026-06-02": "2 comments.",
    }
    assert not [one for one in found.values() if "finn" in one.words or "fay" in one.words]
