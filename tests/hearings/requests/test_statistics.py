"""The figures of requests: exact for full tens, silent below, and never a way to one request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import Connection, Engine

from hearing_app.hearings.requests.answering import Replying, extend, reply
from hearing_app.hearings.requests.asking import Asking, RequestReceipt, lodge
from hearing_app.hearings.requests.erasing import REQUESTS, forget, withdraw
from hearing_app.hearings.requests.statistics import FEWEST, counted_until, figures_by_agency
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


def test_nothing_is_shown_below_ten_nor_before_the_month_is_over(house: Engine) -> None:
    with writing(house) as db:
        for _ in range(FEWEST - 1):
            ask(db)
        assert figures_by_agency(db, at=MARCH + 60 * DAY) == []
        ask(db, at=MARCH + 1 * DAY)
        assert figures_by_agency(db, at=MARCH + 20 * DAY) == []
        [shown] = figures_by_agency(db, at=MARCH + 60 * DAY)
        assert (shown.agency, shown.lodged) == ("riverton-police", 10)
        ask(db)
        assert figures_by_agency(db, at=MARCH + 60 * DAY) == [shown]
    assert counted_until(datetime(2026, 5, 9, 8, tzinfo=UTC)) == datetime(2026, 5, 1, tzinfo=UTC)


def test_every_request_stands_in_one_count_and_the_days_count_those_that_wait(house: Engine) -> None:
    with writing(house) as db:
        sent = [ask(db) for _ in range(20)]
        for place, days in enumerate((1, 1, 2, 3, 5, 10, 11, 15)):  # six in time, two late
            answer(db, sent[place], days)
        until = (MARCH + 40 * DAY).date()
        extend(db, FORCE, sent[8].request_id, until, "The logs are on tape.", at=MARCH)
    for receipt in sent[9:11]:
        withdraw(house, KEY, receipt.code, at=MARCH + 4 * DAY)
    withdraw(house, KEY, sent[0].code, at=MARCH + 4 * DAY)
    at = datetime(2026, 4, 20, tzinfo=UTC)
    with writing(house) as db:
        [shown] = figures_by_agency(db, at=at)
        counts = (shown.in_time, shown.late, shown.waiting, shown.overdue, shown.withdrawn)
        assert counts == (6, 2, 1, 9, 2)
        assert sum(counts) == shown.lodged == 20
        assert shown.put_off == 1
        # By hand: after days 1, 2, 3 there are 18, 17, 16 of 20 left (0.9, 0.85, 0.8). Two are taken back on
        # day 4; on day 5 one of the 14 left is answered: 0.8 x 13/14 = 0.743. After day 15 it is 0.571.
        assert (shown.days.first, shown.days.median) == (5, None)
        # What is answered after the month began, and what is erased, changes nothing in these figures.
        answer(db, sent[12], 35)
        assert forget(db, REQUESTS, at, at=at) > 0
        assert figures_by_agency(db, at=at) == [shown]
    with reading(house) as db:
        [later] = figures_by_agency(db, at=datetime(2026, 5, 20, tzinfo=UTC))
        assert (later.late, later.overdue) == (3, 9)


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
