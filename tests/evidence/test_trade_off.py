"""Thresholds for each group, against trying everything."""

from __future__ import annotations

import math
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.errors import Invalid
from hearing_app.evidence.trade_off import MEASURES, Bounds, equalise, frontier, setting
from tests.evidence.histograms import compas, made, one_by_one, place, tables

measures = st.sampled_from(sorted(MEASURES))


def slow_value(outcome: Any, above: Any, name: str) -> float:
    """A rate of one group, by counting people."""
    shares = {
        "selection_rate": above,
        "false_positive_rate": above[outcome == 0],
        "false_negative_rate": ~above[outcome == 1],
        "true_positive_rate": above[outcome == 1],
        "positive_predictive_value": outcome[above] == 1,
        "negative_predictive_value": outcome[~above] == 0,
        "accuracy": above == (outcome == 1),
    }
    of = shares[name]
    return float(of.mean()) if len(of) else math.nan


def every_setting(counted: Any, measure: str) -> list[tuple[float, int, int, tuple[int, ...]]]:
    """(gap, errors, selected, thresholds) of every combination that the frontier may use, one by one."""
    people = [one_by_one(counted, g) for g in range(len(counted.groups))]
    ends = range(1, len(counted.scores) + 2)
    table: list[dict[int, tuple[list[float], int, int]]] = []
    for outcome, score in people:
        row: dict[int, tuple[list[float], int, int]] = {}
        for threshold in ends:
            above = score >= threshold
            values = [slow_value(outcome, above, name) for name in MEASURES[measure]]
            row[threshold] = (values, int((above != (outcome == 1)).sum()), int(above.sum()))
        table.append(row)
    counted_at_all = [any(not np.isnan(row[t][0]).any() for t in ends) for row in table]
    found = []
    for thresholds in product(ends, repeat=len(people)):
        at = [row[t] for row, t in zip(table, thresholds, strict=True)]
        used = [one[0] for one, counts in zip(at, counted_at_all, strict=True) if counts]
        if any(np.isnan(one).any() for one in used):
            continue
        gap = max((max(part) - min(part) for part in zip(*used, strict=True)), default=0)
        found.append((round(gap, 12), sum(one[1] for one in at), sum(one[2] for one in at), thresholds))
    return found


@settings(max_examples=80, deadline=None)
@given(people=tables(3, 3, 6), measure=measures)
def test_the_frontier_is_what_is_left_when_everything_is_tried(people: Any, measure: str) -> None:
    counted = made(people)
    every = every_setting(counted, measure)
    best = {
        (gap, errors)
        for gap, errors, _, _ in every
        if not any((g < gap and e <= errors) or (g <= gap and e < errors) for g, e, _, _ in every)
    }
    found = frontier(counted, measure)
    defined = [round(0.0 if math.isnan(one.gap) else one.gap, 12) for one in found]
    assert list(zip(defined, [one.errors for one in found], strict=True)) == sorted(best)
    for one in found:
        assert one == setting(counted, measure, one.thresholds)
        (slow,) = [(gap, e, s) for gap, e, s, thresholds in every if thresholds == one.thresholds]
        assert (one.errors, one.selected) == slow[1:]
        assert math.isnan(one.gap) or one.gap == pytest.approx(slow[0], abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    people=tables(2, 4, 6),
    measure=measures,
    most=st.none() | st.integers(0, 40),
    fewest=st.none() | st.integers(0, 40),
    at_most=st.none() | st.integers(0, 40),
)
def test_bounds_are_kept_and_the_rest_is_as_equal_as_can_be(
    people: Any, measure: str, most: int | None, fewest: int | None, at_most: int | None
) -> None:
    counted = made(people)
    within = [
        (gap, errors)
        for gap, errors, selected, _ in every_setting(counted, measure)
        if (most is None or errors <= most)
        and (fewest is None or selected >= fewest)
        and (at_most is None or selected <= at_most)
    ]
    found = equalise(counted, measure, Bounds(most, fewest, at_most))
    if found is None:
        assert not within
        return
    gap = 0.0 if math.isnan(found.gap) else found.gap
    assert (round(gap, 12), found.errors) == min(within)


def test_without_bounds_hardly_anybody_is_singled_out_so_that_all_are_equal() -> None:
    found = equalise(compas(), "false_positive_rate")
    assert found is not None and found.gap == 0
    assert found.selected < 7214 / 20


def test_no_more_mistakes_than_today_and_a_smaller_gap() -> None:
    counted = compas()
    two = made(counted.people[[place(counted, "African-American"), place(counted, "Caucasian")]])
    today = setting(two, "false_positive_rate", (5, 5))
    assert today.gap == pytest.approx(0.4484679665738162 - 349 / 1488, abs=1e-12)
    assert today.errors == 805 + 532 + 349 + 461
    found = equalise(two, "false_positive_rate", Bounds(most_errors=today.errors))
    assert found is not None and found.errors <= today.errors
    assert found.thresholds == (6, 5)
    assert found.gap < today.gap / 1.9


def test_both_ends_of_a_bound_are_allowed() -> None:
    counted = made(np.array([[[9, 4, 1], [2, 5, 8]], [[7, 3, 2], [1, 4, 9]]]))
    chosen = setting(counted, "accuracy", (2, 3))
    exactly = Bounds(fewest_selected=chosen.selected, most_selected=chosen.selected)
    found = equalise(counted, "accuracy", exactly)
    assert found is not None and found.selected == chosen.selected
    every = [one for one in every_setting(counted, "accuracy") if one[2] == chosen.selected]
    assert (round(found.gap, 12), found.errors) == min(one[:2] for one in every)
    least = equalise(counted, "accuracy", Bounds(most_errors=found.errors))
    assert least is not None and least.errors <= found.errors
    none = Bounds(most_selected=chosen.selected, fewest_selected=chosen.selected + 1)
    assert equalise(counted, "accuracy", none) is None


def test_a_group_without_the_people_to_count_is_named_and_takes_the_fewest_errors() -> None:
    people = np.array([[[9, 4, 1], [2, 5, 8]], [[7, 3, 2], [1, 4, 9]], [[3, 0, 0], [0, 0, 0]]])
    counted = made(people)
    found = frontier(counted, "true_positive_rate")
    for one in found:
        assert one.undefined == (counted.groups[2],)
        assert one.thresholds[2] == 2 and one.gap == one.gap
    only = frontier(made(people[2:]), "true_positive_rate")
    assert len(only) == 1 and math.isnan(only[0].gap) and only[0].errors == 0


def test_six_groups_and_five_hundred_scores_are_answered() -> None:
    rng = np.random.default_rng(2)
    fine = made(rng.poisson(3, (2, 2, 500)))
    found = frontier(fine, "false_positive_rate")
    assert all(a.gap < b.gap and a.errors > b.errors for a, b in pairwise(found))
    least = sum(min(int(g[0, t:].sum() + g[1, :t].sum()) for t in range(501)) for g in fine.people)
    assert found[-1].errors == least
    assert frontier(compas(), "equalized_odds")[0].gap == 0
    assert frontier(compas(("race", "sex")), "selection_rate")[0].gap == 0


def test_too_many_combinations_are_refused_with_what_to_do() -> None:
    with pytest.raises(Invalid, match="fewer groups"):
        frontier(compas(("race", "sex")), "equalized_odds")
    with pytest.raises(Invalid, match="fewer groups"):
        equalise(compas(("race", "sex")), "accuracy", Bounds(most_selected=3000))
    with pytest.raises(Invalid, match="fewer groups"):
        frontier(made(np.ones((12, 2, 500))), "accuracy")


@pytest.mark.parametrize("wrong", [(5,), (5, 12), (0, 5)])
def test_thresholds_that_are_none_are_refused(wrong: tuple[int, ...]) -> None:
    with pytest.raises(Invalid, match="from 1 to 11"):
        setting(compas(("sex",)), "accuracy", wrong)


def test_an_unknown_measure_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        frontier(compas(), "niceness")
