"""Numbers as readers see them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.evidence import format as shown

Words = Callable[[float | None, float | None, float | None], str]


def plain(text: str) -> str:
    """With ordinary spaces, so that a test can be read."""
    return text.replace(shown.NO_BREAK, " ").replace(shown.THIN, " ")


def test_counts_have_thin_spaces_that_do_not_break() -> None:
    assert shown.people(7214) == "7\u202f214"
    assert shown.people(1234567) == "1\u202f234\u202f567"
    assert shown.people(999) == "999"


def test_rates() -> None:
    assert shown.percent(0.4484679, 0.4255949, 0.4715610) == "44.8\u00a0% (42.6 to 47.2)"
    assert plain(shown.percent(None, None, None)) == "not defined"
    assert plain(shown.percent(0.0, 0.0, 0.43)) == "0 % (0 to 43)"
    assert plain(shown.percent_alone(0.448)) == "45 %"
    assert shown.percent_alone(None) == "not defined"


def test_an_interval_earns_its_digits() -> None:
    assert plain(shown.percent(0.9, 0.596, 0.982)) == "90 % (60 to 98)"
    assert plain(shown.percent(0.0512, 0.0508, 0.0530)) == "5.12 % (5.08 to 5.30)"
    assert plain(shown.percent(0.05121, 0.05120, 0.05122)) == "5.121 % (5.120 to 5.122)"


def test_differences_say_which_way() -> None:
    assert plain(shown.points(0.2139, 0.182, 0.245)) == "21.4 points higher (18.2 to 24.5)"
    assert plain(shown.points(-0.1974, -0.2346, -0.1599)) == "19.7 points lower (16.0 to 23.5)"
    assert plain(shown.points(0.012, -0.031, 0.054)) == "1.2 points higher (from 3.1 lower to 5.4 higher)"
    assert plain(shown.points(0.0, -0.031, 0.054)) == "no difference (from 3.1 lower to 5.4 higher)"
    assert plain(shown.points(-0.01, -0.12, 0.10)) == "1 point lower (from 12 lower to 10 higher)"
    assert plain(shown.points(0.038, -0.0003, 0.077)) == "3.8 points higher (from 0 to 7.7 higher)"
    assert plain(shown.points(0.0001, -0.031, 0.054)) == (
        "almost no difference (from 3.1 lower to 5.4 higher)"
    )
    assert plain(shown.points(None, None, None)) == "not defined"
    assert plain(shown.area_difference(0.055, 0.011, 0.099)) == "0.06 higher (0.01 to 0.10)"


def test_ratios_and_areas() -> None:
    assert plain(shown.times(1.912, 1.722, 2.125)) == "1.9 times (1.7 to 2.1)"
    assert plain(shown.times(0.586, 0.532, 0.647)) == "0.59 times (0.53 to 0.65)"
    assert plain(shown.times(14.2, 6.1, 40.3)) == "14 times (6 to 40)"
    assert plain(shown.times_alone(1.912, 1.722, 2.125)) == "1.9 times"
    assert plain(shown.times(0.0, 0.0, 12.2)) == "none (up to 12 times)"
    assert shown.times(0.0, None, None) == "none"
    assert plain(shown.times(0.4, 0.02, 12.2)) == "0.4 times (0.0 to 12.2)"
    assert shown.times(None, None, None) == "not defined"
    assert shown.area(0.6918, 0.6748, 0.7084) == "0.69 (0.67 to 0.71)"
    assert shown.area(1.0, None, None) == "1.00"
    assert shown.area(None, None, None) == "not defined"


def test_an_interval_that_leaves_0_out_is_not_shown_as_touching_it() -> None:
    assert plain(shown.points(-0.0108, -0.0216, -0.0004)) == "1.08 points lower (0.04 to 2.16)"
    assert plain(shown.points(-0.0108, -0.0216, -0.000004)) == "1.08 points lower (almost none to 2.16)"
    assert plain(shown.number(0.1, 0.004, 0.2)) == "0.100 (0.004 to 0.200)"
    assert plain(shown.number_difference(0.1, 0.001, 0.2)) == "0.100 higher (0.001 to 0.200)"


fractions = st.floats(-1, 1, allow_subnormal=False)


@given(limits=st.lists(fractions, min_size=3, max_size=3).map(sorted))
@pytest.mark.parametrize("words", [shown.points, shown.area_difference, shown.number_difference])
def test_which_side_of_0_an_interval_lies_on_is_never_lost(words: Words, limits: list[float]) -> None:
    low, value, high = limits
    said = plain(words(value, low, high))
    inside = said.partition("(")[2].rstrip(")")
    if low <= 0 <= high:
        assert inside.startswith("from ")
    else:
        first, _, last = inside.partition(" to ")
        assert first == "almost none" or float(first) > 0
        assert last == "almost none" or float(last) > 0
        assert ("higher" in said or "almost no difference" in said) or low < 0
        assert ("lower" in said or "almost no difference" in said) or low > 0
