"""No text stops those who look into it, or holds them for long."""

from __future__ import annotations

import pytest
from hypothesis import given

from hearing_app.hearings.comments.draft import LIMITS
from hearing_app.voices.language import detect
from hearing_app.voices.personal_data import find
from hearing_app.voices.signs import is_blank, runs_right_to_left, shown
from tests.anything import ANY, TEXT, UNITS, is_linear
from tests.soon import soon

LONGEST = LIMITS["concern"] + LIMITS["value_seen"] + LIMITS["ask"] + 2


@pytest.mark.promise("H2")
@ANY
@given(TEXT)
def test_personal_data_is_found_in_order_without_overlap_and_the_same_again(text: str) -> None:
    found = find(text)
    ends = [0]
    for one in found:
        assert ends[-1] <= one.start < one.end <= len(text)
        ends.append(one.end)
    assert find(text) == found


@pytest.mark.promise("H2")
@ANY
@given(TEXT)
def test_what_is_shown_of_a_text_stays_as_it_is(text: str) -> None:
    once = shown(text)
    assert shown(once) == once
    assert "\0" not in once and "\u202e" not in once
    assert isinstance(is_blank(text), bool)
    assert isinstance(runs_right_to_left(text), bool)


@pytest.mark.promise("H2")
@ANY
@given(TEXT)
def test_a_language_is_an_answer_and_the_same_one_again(text: str) -> None:
    assert detect(text) == detect(text)
    assert detect(text).tag


@pytest.mark.promise("H2")
@pytest.mark.parametrize("unit", UNITS)
def test_finding_personal_data_takes_time_in_proportion(unit: str) -> None:
    assert is_linear(find, unit)
    assert is_linear(shown, unit)


@pytest.mark.promise("H2")
@pytest.mark.parametrize("unit", UNITS)
def test_the_longest_comment_is_looked_into_at_once(unit: str) -> None:
    text = (unit * LONGEST)[:LONGEST]
    with soon(2):
        detect(text)
        find(text)


def test_an_address_with_a_very_long_name_is_still_found() -> None:
    (found,) = find("a" * 300 + "@example.org")
    assert found.kind == "an e-mail address"
    assert found.end == len("a" * 300 + "@example.org")
