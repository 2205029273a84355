"""Holds: until when at most, on every calendar; and what happens when the time is over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select

from hearing_app.hearings.comments.lists import Only, desk_list, published_comments
from hearing_app.hearings.comments.verify import faults
from hearing_app.hearings.hearing import Hearing, Question, hearing_of, publish_hearing
from hearing_app.hearings.moderation.figures import figures_of
from hearing_app.hearings.moderation.holding import Hold, date_holds, due_at, holds_of
from hearing_app.hearings.moderation.lapses import keep_up, lapse
from hearing_app.hearings.moderation.moves import comment_of
from hearing_app.hearings.moderation.redactions import redact
from hearing_app.hearings.moderation.verify import faults as moderation_faults
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import COMPILATION, Actor
from hearing_app.record.ledger import contents, day_of
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import comment_hold, ledger, ledger_content
from tests.hearings.conftest import Decide, Look, Send

LONDON = ZoneInfo("Europe/London")


def held_in(zone: str, holidays: str | None = None) -> Hearing:
    return Hearing(
        id="a-hearing",
        title="A hearing",
        summary="What residents think.",
        convened_by="The board",
        demonstration=False,
        systems=("street-cameras",),
        questions=(Question(id="use", text="Should it be used?"),),
        time_zone=zone,
        opens_at=datetime(2026, 1, 1, tzinfo=UTC),
        closes_at=datetime(2027, 12, 1, tzinfo=UTC),
        what_happens_next="The board answers.",
        holidays=holidays,
    )


@pytest.mark.parametrize(
    ("zone", "holidays", "since", "last_day"),
    [
        # A Monday; a Thursday, with the weekend between; a Saturday.
        ("Europe/London", None, "2026-06-01T12:00+01:00", "2026-06-04"),
        ("Europe/London", None, "2026-06-04T23:59+01:00", "2026-06-09"),
        ("Europe/London", None, "2026-06-06T00:00+01:00", "2026-06-10"),
        # Christmas and Boxing Day (taken on the Monday), with a zone's own new year; none of them without.
        ("Europe/London", "GB-ENG", "2026-12-23T12:00+00:00", "2026-12-30"),
        ("Europe/London", None, "2026-12-23T12:00+00:00", "2026-12-28"),
        ("Europe/London", "GB-SCT", "2026-12-30T12:00+00:00", "2027-01-06"),
        ("Europe/London", "GB-ENG", "2026-12-30T12:00+00:00", "2027-01-05"),
        # It is Tuesday in Auckland already; summer time ends and begins on a Sunday between.
        ("Pacific/Auckland", None, "2026-06-01T23:00+00:00", "2026-06-05"),
        ("Europe/London", None, "2026-10-23T12:00+01:00", "2026-10-28"),
        ("Europe/London", None, "2026-03-27T12:00+00:00", "2026-04-01"),
    ],
)
def test_a_hold_is_over_at_the_end_of_the_third_working_day(
    zone: str, holidays: str | None, since: str, last_day: str
) -> None:
    due = due_at(held_in(zone, holidays), datetime.fromisoformat(since))
    midnight = date.fromisoformat(last_day) + timedelta(days=1)
    assert due == datetime(midnight.year, midnight.month, midnight.day, tzinfo=ZoneInfo(zone))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 11, 1), timezones=st.just(UTC)), st.booleans())
def test_between_a_hold_and_its_end_lie_three_working_days(since: datetime, in_england: bool) -> None:
    import holidays

    free = holidays.country_holidays("GB", subdiv="ENG") if in_england else {}
    due = due_at(held_in("Europe/London", "GB-ENG" if in_england else None), since).astimezone(LONDON)
    day, last = since.astimezone(LONDON).date(), due.date() - timedelta(days=1)
    between = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    working = [one for one in between if one.isoweekday() <= 5 and one not in free]
    assert (len(working), working[-1], due.hour) == (3, last, 0)


def test_when_nobody_decides_it_is_published_by_rule_at_the_promised_moment(
    engine: Engine, send: Send, look: Look, move: Decide, now: datetime
) -> None:
    receipt = send()
    held = move(receipt.comment_id, State.HELD, reason_id="R1")
    with reading(engine) as db:
        hold = holds_of(db, [held.comment_id])[held.comment_id]
    assert (hold.due_at, hold.lapses) == (datetime(2026, 6, 4, 23, tzinfo=UTC), True)
    assert keep_up(engine, at=hold.due_at - timedelta(microseconds=1)) == []
    assert look(receipt.code).state == "held"
    # Whenever it is looked at: it stands as published since the moment that was promised.
    assert keep_up(engine, at=hold.due_at + timedelta(days=3)) == [held.comment_id]
    assert keep_up(engine, at=hold.due_at + timedelta(days=3)) == []
    shown = look(receipt.code)
    assert (shown.state, shown.state_at, shown.decided_by, shown.reason_id) == (
        "published",
        hold.due_at,
        "rule",
        "",
    )
    with reading(engine) as db:
        assert [one.comment_id for one in published_comments(db, held.hearing_id)] == [held.comment_id]
        *_, (event, content) = contents(db, subject=f"comment:{held.comment_id}")
        assert content is not None
        assert (event.kind, event.actor, event.at) == ("comment.published", "rule", day_of(hold.due_at))
        assert content.fields["because"] == "lapse"
        assert db.execute(select(comment_hold)).all() == []
        assert faults(db) == []


@pytest.mark.parametrize("reason", ["R2", "R3", "R7"])
def test_what_could_do_harm_stays_held_and_stands_in_public_as_overdue(
    engine: Engine, hearing: Hearing, *, send: Send, move: Decide, facilitator: Actor, reason: str
) -> None:
    named = {"authority": "The county court"} if reason == "R7" else {}
    one = move(send().comment_id, State.HELD, reason_id=reason, **named)
    much_later = datetime(2026, 6, 9, 12, tzinfo=UTC)
    assert keep_up(engine, at=much_later) == []
    with reading(engine) as db:
        figures = figures_of(db, hearing, at=much_later)
        # Due at the end of Thursday: late on Friday, Monday and Tuesday.
        assert [(late.comment_id, late.reason_id, late.days) for late in figures.overdue] == [
            (one.comment_id, reason, 3)
        ]
        found = desk_list(db, facilitator, hearing.id, State.HELD, only=Only.OVERDUE, at=much_later)
        assert found == [one.comment_id]
        assert desk_list(db, facilitator, hearing.id, State.HELD, only=Only.OVERDUE, at=one.state_at) == []


def test_personal_data_in_the_words_keeps_any_hold_from_ending_until_it_is_taken_out(
    engine: Engine, send: Send, move: Decide, facilitator: Actor, now: datetime
) -> None:
    words = "Ring 020 7946 0123 at once."
    one = move(send(concern=words).comment_id, State.PUBLISHED, State.HELD)
    one = move(one.comment_id, State.HELD, State.PUBLISHED, reason_id="R1")
    assert keep_up(engine, at=now + timedelta(days=30)) == []
    with writing(engine) as db:
        redact(
            db,
            facilitator,
            one.comment_id,
            field="concern",
            start=5,
            stop=18,
            kind="phone",
            reason_id="R2",
            seen_state=State.HELD,
            at=now,
        )
    assert keep_up(engine, at=now + timedelta(days=30)) == [one.comment_id]
    with reading(engine) as db:
        [seen] = published_comments(db, one.hearing_id)
    assert seen.concern == "Ring [telephone number removed] at once."


def test_holidays_that_a_hearing_names_later_do_not_move_what_was_promised(
    engine: Engine, hearing: Hearing, send: Send, move: Decide
) -> None:
    one = move(send().comment_id, State.HELD, reason_id="R1")
    with writing(engine) as db:
        before = holds_of(db, [one.comment_id])
        publish_hearing(db, COMPILATION, hearing.model_copy(update={"holidays": "GB-ENG"}), note="Holidays.")
        assert hearing_of(db, hearing.id).holidays == "GB-ENG"
        assert holds_of(db, [one.comment_id]) == before


def test_days_overdue_begin_with_the_first_one() -> None:
    hearing = held_in("Europe/London")
    hold = Hold("C", datetime(2026, 6, 5, tzinfo=LONDON), False)
    at = [hold.due_at - timedelta(seconds=1), hold.due_at, hold.due_at + timedelta(days=2)]
    # A Friday, and the Sunday after it.
    assert [hold.days_overdue(hearing, one) for one in at] == [0, 1, 1]


@pytest.mark.parametrize(("reason", "lapses"), [("R1", True), ("R3", False)])
def test_what_was_held_before_holds_had_an_end_gets_one(
    engine: Engine, send: Send, move: Decide, now: datetime, reason: str, *, lapses: bool
) -> None:
    number = send().comment_id
    move(number, State.HELD, reason_id=reason)
    mine = send(consent="facilitators_only").comment_id
    with writing(engine) as db:
        # As an earlier version left it: its event promises nothing, and no row says until when.
        event = db.execute(
            select(ledger).where(ledger.c.kind == "comment.held").order_by(ledger.c.seq)
        ).first()
        assert event is not None
        db.execute(delete(comment_hold))
        db.execute(delete(ledger_content).where(ledger_content.c.seq == event.seq))
        assert moderation_faults(db) == []
    with writing(engine) as db:
        assert date_holds(db, at=now) == [number]
        assert date_holds(db, at=now) == [], "once"
        hold = holds_of(db, [number, mine])
        hearing = hearing_of(db, comment_of(db, number).hearing_id)
        assert hold == {number: Hold(number, due_at(hearing, now), lapses)}
        assert moderation_faults(db) == []
        assert lapse(db, at=due_at(hearing, now) - timedelta(seconds=1)) == []
        assert lapse(db, at=due_at(hearing, now)) == ([number] if lapses else [])
    with writing(engine) as db:
        assert moderation_faults(db) == []
        db.execute(delete(comment_hold))
        assert moderation_faults(db) == (
            [] if lapses else [f"Comment {number}: the end of its hold is gone."]
        )
