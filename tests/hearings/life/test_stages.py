"""The stages of a hearing against a slow reading of the same rules, at every edge, where clocks change."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine

from hearing_app.errors import NotOpen
from hearing_app.hearings.hearing import Cancellation, Hearing, Sitting, publish_hearing
from hearing_app.hearings.life import stages
from hearing_app.hearings.life.stages import (
    POSSIBLE,
    TABLE,
    Deed,
    Stage,
    answers_due,
    is_possible,
    next_step,
    require_possible,
    sign_up_closes,
    stage,
    timeline,
)
from hearing_app.people.permissions import OPERATOR
from hearing_app.record.ledger import append
from hearing_app.store.engine import reading, writing
from tests.hearings.test_hearing import between

# Windows that open or close in the hour that a clock passes over or shows twice, or within a day of it.
WINDOWS = {
    "Europe/London": ("2026-03-28T09:00:00Z", "2026-10-25T01:30:00Z"),
    "America/New_York": ("2026-03-08T07:00:00Z", "2026-11-01T05:30:00Z"),
    "Australia/Lord_Howe": ("2026-04-04T15:15:00Z", "2026-10-03T15:45:00Z"),
    "Asia/Kathmandu": ("2026-03-28T18:15:00Z", "2026-10-24T18:14:00Z"),
    "UTC": ("2026-03-28T00:00:00Z", "2026-10-25T00:00:00Z"),
}
ANNOUNCED = datetime(2026, 3, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def made(zone: str, *, sits: bool = True, **changes: Any) -> Hearing:
    opens, closes = WINDOWS[zone]
    end = datetime.fromisoformat(closes)
    sitting = Sitting(
        starts_at=end + timedelta(days=10),
        ends_at=end + timedelta(days=10, hours=2),
        place="Town hall",
        speaking_minutes=60,
    )
    more = {"sitting": sitting, "sign_up_closes_at": end + timedelta(days=5)} if sits else {}
    return between(opens, closes, time_zone=zone, **(more | changes))


@contextmanager
def record(engine: Engine, hearing: Hearing) -> Iterator[Connection]:
    """A record in which the hearing is announced; what is done to it inside is forgotten."""
    with writing(engine) as db:
        publish_hearing(db, OPERATOR, hearing, note="", at=ANNOUNCED)
    with writing(engine) as db:
        inner = db.begin_nested()
        yield db
        inner.rollback()


def happen(db: Connection, hearing: Hearing, kind: str, at: datetime) -> None:
    append(db, actor="facilitator:fay", kind=kind, subject=f"hearing:{hearing.id}", content={}, at=at)


def slowly(hearing: Hearing, done: dict[str, float], given: list[float], waiting: int, at: datetime) -> Stage:
    """Read the rules one after the other, in seconds since 1970, where no clock is set back."""
    now = at.timestamp()
    opens, closes = hearing.window
    here = Stage.DRAFTED
    for what, moment in (
        (Stage.ANNOUNCED, ANNOUNCED.timestamp()),
        (Stage.OPEN, opens.timestamp()),
        (Stage.CLOSED, closes.timestamp()),
    ):
        if now < moment:
            return here
        here = what
    if "agenda" in done and done["agenda"] <= now:
        here = Stage.AGENDA_PUBLISHED
    was_heard = "heard" in done and done["heard"] <= now
    if was_heard:
        here = Stage.HEARD
    if given and not waiting and max(given) <= now and (was_heard or hearing.sitting is None):
        here = Stage.ANSWERED
    if "followed" in done and done["followed"] <= now:
        here = Stage.FOLLOWED_UP
    return here


def may(hearing: Hearing, here: Stage, deed: Deed, waiting: int, at: datetime) -> bool:
    """Say for each deed by itself when it is possible."""
    now = at.timestamp()
    after = (Stage.AGENDA_PUBLISHED, Stage.HEARD, Stage.ANSWERED, Stage.FOLLOWED_UP)
    sits = hearing.sitting.starts_at.timestamp() if hearing.sitting else float("-inf")
    until = (hearing.sign_up_closes_at or hearing.window[1]).timestamp()
    if here in {Stage.DRAFTED, Stage.CANCELLED}:
        return here is Stage.CANCELLED and deed in {Deed.WITHDRAW, Deed.ANSWER}
    before_the_sitting = here in {Stage.CLOSED, Stage.AGENDA_PUBLISHED}
    return {
        Deed.COMMENT: here is Stage.OPEN,
        Deed.SIGN_UP: here in {Stage.OPEN, Stage.CLOSED} and now < until,
        Deed.WITHDRAW: here is not Stage.ANNOUNCED,
        Deed.ANSWER: here is not Stage.ANNOUNCED,
        Deed.ARRANGE_AGENDA: here not in after[1:],
        Deed.PUBLISH_AGENDA: before_the_sitting and now >= until,
        Deed.TAKE_MINUTES: here in after and now >= sits,
        Deed.MARK_HEARD: before_the_sitting and now >= sits,
        Deed.FOLLOW_UP: here in after[1:] and not waiting,
    }[deed]


@pytest.mark.parametrize("zone", WINDOWS)
@pytest.mark.parametrize("sits", [True, False])
def test_every_stage_and_every_deed_is_as_a_slow_reading_says(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, zone: str, sits: bool
) -> None:
    chance = random.Random(f"{zone} {sits}")
    hearing = made(zone, sits=sits)
    opens, closes = hearing.window
    reached: set[Stage] = set()
    with record(engine, hearing) as db:
        for _ in range(8):
            inner = db.begin_nested()
            start, done = closes.timestamp() + chance.choice((-86400.0, 6 * 86400.0)), {}
            for name, kind in (
                ("agenda", "agenda.published"),
                ("heard", "hearing.heard"),
                ("followed", "hearing.followed_up"),
            ):
                if chance.random() < 0.7:
                    start += chance.randrange(86400, 10 * 86400)
                    done[name] = start
                    happen(db, hearing, kind, datetime.fromtimestamp(start, UTC))
            given = [
                closes.timestamp() + chance.randrange(-5, 40) * 86400 for _ in range(chance.randrange(3))
            ]
            waiting = chance.choice((0, 0, 2))
            told = [SimpleNamespace(given_at=datetime.fromtimestamp(one, UTC)) for one in given]
            monkeypatch.setattr(stages, "answers_of", lambda db, name, told=told: told)
            monkeypatch.setattr(stages, "open_count", lambda db, name, waiting=waiting: waiting)
            edges = [ANNOUNCED, opens, closes, sign_up_closes(hearing), answers_due(hearing)]
            edges += [datetime.fromtimestamp(one, UTC) for one in (*done.values(), *given)]
            edges += [hearing.sitting.starts_at] if hearing.sitting else []
            for edge in edges:
                for at in (edge.astimezone(UTC) - SECOND, edge, edge.astimezone(ZoneInfo(zone))):
                    here = slowly(hearing, done, given, waiting, at)
                    reached.add(here)
                    assert stage(db, hearing, at) is here, (at, done, given, waiting)
                    all_answered = [one for one in timeline(db, hearing, at) if one.stage is Stage.ANSWERED]
                    if here in {Stage.ANNOUNCED, Stage.OPEN}:
                        assert not any(one.is_done for one in all_answered)
                    for deed in Deed:
                        expected = may(hearing, here, deed, waiting, at)
                        assert is_possible(db, hearing, deed, at) is expected, (deed, here, at)
            inner.rollback()
    assert reached >= {Stage.DRAFTED, Stage.ANNOUNCED, Stage.OPEN, Stage.CLOSED, Stage.FOLLOWED_UP}


def test_the_table_has_a_row_for_every_stage_and_a_place_for_every_deed() -> None:
    assert [row.stage for row in TABLE] == list(Stage)
    assert set().union(*POSSIBLE.values()) == set(Deed)
    assert all(row.true_when for row in TABLE)


@pytest.mark.parametrize(
    ("deed", "at", "says", "then"),
    [
        (Deed.COMMENT, "2026-03-20T00:00:00Z", "It becomes possible on 28 March 2026 at 09:00", 0),
        (Deed.SIGN_UP, "2026-03-20T00:00:00Z", "It becomes possible on 28 March 2026 at 09:00", 0),
        # Half past one comes twice on that day; comments close at the second one.
        (Deed.COMMENT, "2026-10-25T01:30:00Z", "It was possible until 25 October 2026 at 01:30", None),
        (Deed.SIGN_UP, "2026-10-30T01:30:00Z", "It was possible until 30 October 2026 at 01:30", None),
        (Deed.PUBLISH_AGENDA, "2026-06-01T00:00:00Z", "It becomes possible on 30 October 2026 at 01:30", 30),
        (Deed.PUBLISH_AGENDA, "2026-10-26T00:00:00Z", "It becomes possible on 30 October 2026 at 01:30", 30),
        (Deed.TAKE_MINUTES, "2026-06-01T00:00:00Z", "on 4 November 2026 at 01:30", None),
        (Deed.MARK_HEARD, "2026-06-01T00:00:00Z", "It becomes possible on 4 November 2026 at 01:30", None),
        (Deed.FOLLOW_UP, "2026-06-01T00:00:00Z", "once a facilitator has said that it was held", None),
    ],
)  # fmt: skip
def test_a_refusal_says_when_it_becomes_possible(
    engine: Engine, deed: Deed, at: str, says: str, then: int | None
) -> None:
    hearing = made("Europe/London")
    with record(engine, hearing) as db:
        with pytest.raises(NotOpen) as refused:
            require_possible(db, hearing, deed, datetime.fromisoformat(at))
        assert says in refused.value.next_step
        if then is not None:
            opens = hearing.window[0] if then == 0 else sign_up_closes(hearing)
            require_possible(db, hearing, deed, opens)
            with pytest.raises(NotOpen):
                require_possible(db, hearing, deed, opens.astimezone(UTC) - SECOND)


def test_the_timeline_says_what_is_done_and_what_comes_next(engine: Engine) -> None:
    hearing = made("Europe/London")
    with record(engine, hearing) as db:
        steps = timeline(db, hearing, datetime(2026, 6, 1, tzinfo=UTC))
        assert [(str(one.stage), one.is_done) for one in steps] == [
            ("drafted", True),
            ("announced", True),
            ("open", True),
            ("closed", False),
            ("agenda_published", False),
            ("heard", False),
            ("answered", False),
            ("followed_up", False),
        ]
        following = next_step(steps)
        assert following is not None
        assert (following.stage, following.at) == (Stage.CLOSED, hearing.window[1].astimezone(UTC))
        happen(db, hearing, "agenda.published", datetime(2026, 10, 31, tzinfo=UTC))
        happen(db, hearing, "hearing.heard", datetime(2026, 11, 5, tzinfo=UTC))
        late = timeline(db, hearing, datetime(2027, 1, 1, tzinfo=UTC))
        assert [one.note for one in late if one.stage is Stage.ANSWERED] == ["no answer has been given"]
        assert late[4].at == datetime(2026, 10, 31, tzinfo=UTC)


def test_answers_are_due_at_the_end_of_a_day_of_the_hearings_calendar() -> None:
    # 28 days after 28 October, across no change; and after the close, across one.
    assert answers_due(made("Europe/London")).isoformat() == "2026-12-02T23:59:00+00:00"
    across = between("2026-09-01T09:00:00Z", "2026-10-01T17:00:00Z", answer_within_days=28)
    assert answers_due(across).isoformat() == "2026-10-29T23:59:00+00:00"


def test_a_cancelled_hearing_ends_there_and_takes_nothing_more(engine: Engine) -> None:
    gone = datetime(2026, 5, 1, tzinfo=UTC)
    hearing = made("Europe/London", cancelled=Cancellation(at=gone, reason="The system was withdrawn."))
    with record(engine, hearing) as db:
        assert stage(db, hearing, gone - SECOND) is Stage.OPEN
        assert stage(db, hearing, gone) is Stage.CANCELLED
        assert [str(one.stage) for one in timeline(db, hearing, gone)] == [
            "drafted",
            "announced",
            "open",
            "cancelled",
        ]
        assert next_step(timeline(db, hearing, gone)) is None
        with pytest.raises(NotOpen, match="does not become possible any more"):
            require_possible(db, hearing, Deed.COMMENT, gone)


def test_a_hearing_that_nobody_announced_is_a_draft(engine: Engine) -> None:
    with reading(engine) as db:
        assert stage(db, made("UTC"), datetime(2026, 6, 1, tzinfo=UTC)) is Stage.DRAFTED
