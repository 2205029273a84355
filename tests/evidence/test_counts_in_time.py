"""A question to the counts that takes too long is broken off; the catalogue goes on."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from hearing_app.errors import TookTooLong
from hearing_app.evidence.counts import count_people
from hearing_app.evidence.datasets import Catalogue, in_time
from hearing_app.settings import Settings
from hearing_app.store.patience import within

ENDLESS = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"


@pytest.fixture(scope="module")
def catalogue() -> Any:
    opened = Catalogue(Settings().datasets)
    yield opened
    opened.close()


def test_a_query_without_end_is_broken_off(catalogue: Catalogue) -> None:
    began = time.monotonic()
    with pytest.raises(TookTooLong), within(0.3), catalogue.cursor() as cursor:
        cursor.execute(ENDLESS).fetchall()
    # Generous for a busy machine; without the limit it would be days.
    assert time.monotonic() - began < 30
    dataset = catalogue.dataset("compas-broward")
    with within(30), catalogue.cursor() as cursor:
        assert count_people(cursor, dataset).people.sum() == 7214


def test_the_watch_ends_with_the_query() -> None:
    interrupted = []
    cursor = SimpleNamespace(interrupt=lambda: interrupted.append(1))
    with within(0.05):
        with in_time(cursor):  # type: ignore[arg-type]  # it interrupts, which is all that is asked of it
            pass
        time.sleep(0.2)
    assert interrupted == []
