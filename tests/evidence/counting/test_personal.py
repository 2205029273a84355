"""Signs of data about single people: found in names of columns and in values, and not in ordinary ones."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.errors import Invalid
from hearing_app.evidence.counting.asking import parse_asked
from hearing_app.evidence.counting.counting import count_rows
from hearing_app.evidence.counting.personal import (
    is_near_unique,
    kind_of_name,
    kind_of_value,
)
from tests.evidence.counting import made


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("name", "a name"),
        ("Surname", "a name"),
        ("officerName", "a name"),
        ("suspect_first_names", None),
        ("first_name", "a name"),
        ("DOB", "a date of birth"),
        ("date_of_birth", "a date of birth"),
        ("e-mail", "an e-mail address"),
        ("mobile_no", "a telephone number"),
        ("number plate", "a number plate"),
        ("case_no", "a number of a case or a person"),
        ("CrimeRef", "a number of a case or a person"),
        ("person_id", "a number of a case or a person"),
        ("home_address", "an exact place"),
        ("lat", "an exact place"),
        ("officer_notes", "free text"),
        ("mugshot_path", "a picture or a trace of the body"),
        ("ip", "an IP address"),
        ("race", None),
        ("sex", None),
        ("age_cat", None),
        ("district_name", None),
        ("decile_score", None),
        ("two_year_recid", None),
        ("month", None),
        ("is_violent_recid", None),
        ("in_propublica_6172", None),
        ("offence_type", None),
        ("long_sentence", None),
    ],
)
def test_columns_are_told_by_their_names(column: str, kind: str | None) -> None:
    assert kind_of_name(column) == kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("jo@example.org", "an e-mail address"),
        ("0161 496 0123", "a telephone number"),
        ("AB12 CDE", "a number plate"),
        ("M1 1AE", "a postcode"),
        ("1984-03-07", "an exact date"),
        ("07/03/1984", "an exact date"),
        ("AB-2019-001234", "a number of a case or a person"),
        ("1234567", "a number of a case or a person"),
        ("53.4808, -2.2426", "coordinates"),
        ("Mr Smith", "a name"),
        ("12 Example Street", "an address"),
        ("10.0.0.7", "an IP address"),
        ("seen " * 20, "free text"),
        ("African-American", None),
        ("Native American", None),
        ("25 - 45", None),
        ("Less than 25", None),
        ("2023-01", None),
        ("2023-Q1", None),
        ("White: English, Welsh, Scottish, Northern Irish or British", None),
        ("D07", None),
        ("1", None),
    ],
)
def test_values_are_told_by_their_form(value: str, kind: str | None) -> None:
    assert kind_of_value(value) == kind


@settings(deadline=None)
@given(st.text(max_size=3_000))
def test_no_text_is_too_much_for_it(text: str) -> None:
    kind = kind_of_value(text)
    assert kind is None or not set(kind) - set(string.ascii_letters + " -")


def test_nearly_a_value_for_every_row_is_a_mark_of_people() -> None:
    assert is_near_unique(90, 100)
    assert not is_near_unique(30, 100)
    assert not is_near_unique(10, 10)


def test_a_manifest_that_lists_people_is_refused() -> None:
    """A declared column named like a name, and listed values that are e-mail addresses."""
    found = made.data(areas=("jo@example.org", "South"))
    found["columns"][0]["name"] = "officer_name"
    manifest = parse_asked(made.text_of(found))[1]
    with pytest.raises(Invalid) as refused:
        count_rows([], manifest)
    told = "\n".join(map(str, refused.value.faults))
    assert "The column officer_name is named like a name." in told
    assert "columns.1.values.0: It looks like an e-mail address." in told
    assert "jo@" not in told
