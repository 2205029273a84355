"""A question to the counts that takes too long is broken off; the catalogue goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from duckdb import DuckDBPyConnection

from hearing_app.errors import TookTooLong
from hearing_app.evidence import counts
from hearing_app.evidence.counts import histogram
from hearing_app.evidence.datasets import Catalogue
from hearing_app.settings import Settings
from hearing_app.store.patience import within

ENDLESS = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"


@pytest.fixture(scope="module")
def catalogue() -> Any:
    opened = Catalogue(Settings().datasets)
    yield opened
    opened.close()


def endless(cursor: DuckDBPyConnection, *_rest: object) -> None:
    cursor.execute(ENDLESS).fetchall()


def test_a_query_without_end_is_broken_off(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = catalogue.dataset(catalogue.ids()[0])
    whole: Callable[..., Any] = counts.count_people
    monkeypatch.setattr(counts, "count_people", endless)
    began = time.monotonic()
    with pytest.raises(TookTooLong), within(0.3):
        histogram(catalogue, dataset)
    # Generous for a busy machine; without the limit it would be days.
    assert time.monotonic() - began < 30
    monkeypatch.setattr(counts, "count_people", whole)
    with within(30):
        assert histogram(catalogue, dataset).people.sum() > 0


def test_the_watch_ends_with_the_query(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted = []
    cursor = SimpleNamespace(interrupt=lambda: interrupted.append(1))
    with within(0.05):
        with counts.in_time(cursor):  # type: ignore[arg-type]
            pass
        time.sleep(0.2)
    assert interrupted == []
