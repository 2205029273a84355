from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from hearing_app.registry.dates import PartialDate

# A busy machine may be slow; that is no fault of the code.
PATIENT = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


READER = TypeAdapter(PartialDate)
DAYS = st.dates(min_value=date(1000, 1, 1), max_value=date(9999, 12, 31))
PARTIAL = st.builds(lambda day, size: PartialDate(day.isoformat()[:size]), DAYS, st.sampled_from([4, 7, 10]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2018", "2018"),
        ("2018-09", "September 2018"),
        ("2018-09-11", "11 September 2018"),
        ("2020-02-01", "1 February 2020"),
    ],
)
def test_a_date_reads_as_english(text: str, words: str) -> None:
    assert PartialDate(text).words == words


def test_a_date_stands_in_a_sentence() -> None:
    assert [PartialDate(text).when for text in ("2018", "2018-09", "2018-09-11")] == [
        "in 2018",
        "in September 2018",
        "on 11 September 2018",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "18",
        "2018-13",
        "2018-02-29",
        "2018-9",
        "2018-09-31",
        "2018-",
        "201809",
        "0000",
        "2018-09-11T00:00",
        " 2018",
        "soon",
    ],
)
def test_what_is_not_on_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="calendar"):
        PartialDate(text)


def test_a_leap_day_and_the_last_day_of_february() -> None:
    assert PartialDate("2020-02-29").words == "29 February 2020"
    assert PartialDate("2020-02").last_day == date(2020, 2, 29)
    assert PartialDate("2019").last_day == date(2019, 12, 31)


def test_order_is_by_calendar_with_the_vaguer_date_first() -> None:
    texts = ["2018-09-11", "2018", "2017-12-31", "2018-09", "2019"]
    assert sorted(map(PartialDate, texts)) == ["2017-12-31", "2018", "2018-09", "2018-09-11", "2019"]


@PATIENT
@given(PARTIAL, PARTIAL)
def test_order_agrees_with_the_first_day(one: PartialDate, other: PartialDate) -> None:
    if one.first_day < other.first_day:
        assert one < other
    assert not (one.is_after(other) and other.is_after(one))
    assert one.is_after(other) == (one.first_day > other.last_day)
    if one.is_after(other):
        assert one > other


@PATIENT
@given(PARTIAL)
def test_the_first_and_last_day_enclose_exactly_what_the_text_says(partial: PartialDate) -> None:
    assert partial.first_day.isoformat().startswith(partial)
    assert partial.last_day.isoformat().startswith(partial)
    if partial.last_day < date.max:
        assert not (partial.last_day + timedelta(days=1)).isoformat().startswith(partial)


def test_it_reads_a_bare_year_and_refuses_other_types() -> None:
    assert READER.validate_python(2018) == "2018"
    assert READER.dump_json(PartialDate("2018-09")) == b'"2018-09"'
    for value in (True, 2018.0, None, date(2018, 1, 1), 12, -2018):
        with pytest.raises(ValidationError):
            READER.validate_python(value)
