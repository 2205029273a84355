"""The figures of requests: exact for full tens, silent below, and never a way to one request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import Connection, Engine

from hearing_app.hearings.requests.answering import Replying, extend, reply
from hearing_app.hearings.requests.asking import Asking, RequestReceipt, lodge
from hearing_app.hearings.requests.erasing import REQUESTS, forget, withdraw
from hearing_app.hearings.requests.statistics import FEWEST, _figures, _Over, counted_until, figures_by_agency
from hearing_app.people.permissions import OPERATOR, Actor, Role
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import publish_entry
from hearing_app.store.engine import reading, writing
from tests.signers import bind, own_entry

KEY = b"k" * 32
MARCH = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NAME = "cameras"
FORCE = Actor(Role.PUBLISHER, "8", "riverton-police")
GIVEN = Replying("explained", "It was searched by hand.")


@pytest.fixture
def house(engine: Engine) -> Engine:
    bind(engine)
    with writing(engine) as db:
        entry = own_entry() | {"id": NAME, "explanation_route": {"days": 10}}
        publish_entry(db, OPERATOR, Entry.model_validate(entry), note="Ours.", at=MARCH)
    return engine


def ask(db: Connection, at: datetime = MARCH) -> RequestReceipt:
    return lodge(db, KEY, Asking(new_draft_id(), "scored", NAME, 1, "What about me?"), at=at)


def answer(db: Connection, receipt: RequestReceipt, days: int) -> None:
    reply(db, FORCE, receipt.request_id, GIVEN, seen=0, at=MARCH + days * DAY)


APRIL, MAY = datetime(2026, 4, 20, tzinfo=UTC), datetime(2026, 5, 20, tzinfo=UTC)


def test_nothing_is_shown_below_ten_nor_before_the_month_is_over(house: Engine) -> None:
    with writing(house) as db:
        sent = [ask(db) for _ in range(FEWEST)]
        for receipt in sent[1:]:
            answer(db, receipt, 1)
        assert figures_by_agency(db, at=MARCH + 9 * DAY) == []
        # One is not over before its day, the tenth after it was asked.
        assert figures_by_agency(db, at=MARCH + 29 * DAY) == [], "the month is not over"
        [shown] = figures_by_agency(db, at=APRIL)
        assert (shown.agency, shown.counted) == ("riverton-police", 10)
        ask(db)
        assert figures_by_agency(db, at=APRIL) == [shown]
    assert counted_until(datetime(2026, 5, 9, 8, tzinfo=UTC)) == datetime(2026, 5, 1, tzinfo=UTC)


def test_what_waits_or_was_taken_back_is_not_counted(house: Engine) -> None:
    with writing(house) as db:
        sent = [ask(db) for _ in range(FEWEST + 1)]
        extend(db, FORCE, sent[0].request_id, (MARCH + 40 * DAY).date(), "The logs are on tape.", at=MARCH)
    withdraw(house, KEY, sent[1].code, at=MARCH + 4 * DAY)
    with reading(house) as db:
        assert figures_by_agency(db, at=APRIL) == [], "nine are past their day; one waits, one was taken back"
        [later] = figures_by_agency(db, at=MAY)
        assert later.counted == 10


def test_counts_are_exact_but_where_one_is_small(house: Engine) -> None:
    with writing(house) as db:
        sent = [ask(db) for _ in range(20)]
        for place, days in enumerate((1, 1, 2, 3, 5, 8, 9, 9, 10, 11, 15)):  # nine in time, two late
            answer(db, sent[place], days)
        [shown] = figures_by_agency(db, at=APRIL)
        assert (shown.counted, shown.in_time_at_least, shown.in_time_at_most) == (20, 8, 12)
        assert shown.median_weeks is None, "nine of twenty were answered by their day"
        # What comes after the day of a request changes nothing: neither a late answer nor erasing.
        answer(db, sent[12], 35)
        assert forget(db, REQUESTS, APRIL, at=APRIL) > 0
        assert figures_by_agency(db, at=APRIL) == [shown]
    withdraw(house, KEY, sent[13].code, at=MARCH + 20 * DAY)
    with reading(house) as db:
        assert figures_by_agency(db, at=APRIL) == figures_by_agency(db, at=MAY) == [shown]


@pytest.mark.parametrize(
    ("in_time", "least", "most"),
    [(0, 0, 4), (2, 0, 4), (3, 3, 5), (13, 11, 13), (17, 15, 17), (18, 16, 20), (19, 16, 20), (20, 16, 20)],
)
def test_a_small_count_is_a_range(house: Engine, in_time: int, least: int, most: int) -> None:
    with writing(house) as db:
        for place, receipt in enumerate([ask(db) for _ in range(20)]):
            if place < in_time:
                answer(db, receipt, 8)
        [shown] = figures_by_agency(db, at=APRIL)
    assert (shown.in_time_at_least, shown.in_time_at_most) == (least, most)
    # Half of twenty were answered on the eighth day, in the second week, or never.
    assert shown.median_weeks == (2 if in_time >= 10 else None)


@pytest.mark.parametrize("before", range(11))
def test_the_figures_of_two_months_tell_no_more_of_the_last_ten(before: int) -> None:
    def ten(in_time: int) -> list[_Over]:
        return [_Over(MARCH, str(place), 8, place < in_time) for place in range(10)]

    def told(in_time: int) -> tuple[int, int]:
        first, both = _figures("a", ten(before)), _figures("a", [*ten(before), *ten(in_time)])
        return (
            both.in_time_at_least - first.in_time_at_least,
            both.in_time_at_most - first.in_time_at_most,
        )

    assert {told(in_time) for in_time in (0, 1, 2)} == {(0, 2)}
    assert {told(in_time) for in_time in (8, 9, 10)} == {(8, 10)}
    assert [told(in_time) for in_time in range(3, 8)] == [(one, one) for one in range(3, 8)]


def test_of_ten_no_median_is_told(house: Engine) -> None:
    with writing(house) as db:
        for receipt in [ask(db) for _ in range(10)]:
            answer(db, receipt, 2)
        [shown] = figures_by_agency(db, at=APRIL)
    assert shown.median_weeks is None


@pytest.mark.parametrize("agencies", [2, 3])
def test_what_is_left_over_tells_of_no_agency(agencies: int) -> None:
    """Whoever knows the total of the ledger and every published ten cannot tell what is left at one agency.

    Every way in which 0 to 9 can be left at each is tried: only "none at any" and "nine at every one" can
    be told.
    """
    left_of = list(product(range(FEWEST), repeat=agencies))
    for total in range(1, 9 * agencies):
        possible = [one for one in left_of if sum(one) == total]
        for place in range(agencies):
            assert len({one[place] for one in possible}) > 1, (total, place)
