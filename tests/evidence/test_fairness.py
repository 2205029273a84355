"""The panel of definitions, against counting and against statsmodels and scipy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind
from statsmodels.stats.proportion import confint_proportions_2indep

from hearing_app.evidence.calibration import calibration_differences
from hearing_app.evidence.fairness import DEFINITIONS, Held, overall, panel
from tests.evidence.histograms import compas, made, one_by_one, place, tables

SHARES: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "selection_rate": lambda y, d: (d.sum(), len(d)),
    "true_positive_rate": lambda y, d: (d[y == 1].sum(), (y == 1).sum()),
    "false_positive_rate": lambda y, d: (d[y == 0].sum(), (y == 0).sum()),
    "positive_predictive_value": lambda y, d: (y[d].sum(), d.sum()),
    "negative_predictive_value": lambda y, d: ((1 - y)[~d].sum(), (~d).sum()),
    "accuracy": lambda y, d: ((d == (y == 1)).sum(), len(d)),
    "misses_among_errors": lambda y, d: ((~d & (y == 1)).sum(), (d != (y == 1)).sum()),
}


def one(found: tuple[Held, ...], name: str, group: Any) -> Held:
    (chosen,) = [held for held in found if held.definition.name == name and held.group == group]
    return chosen


@settings(max_examples=40, deadline=None)
@given(people=tables(3, 5, 60), threshold=st.integers(2, 5), reference=st.integers(0, 2))
def test_every_part_is_what_counting_people_and_other_libraries_give(
    people: Any, threshold: int, reference: int
) -> None:
    counted = made(people)
    found = panel(counted, threshold, reference)
    assert len(found) == len(DEFINITIONS) * 2
    each = [one_by_one(counted, g) for g in range(3)]
    for held in found:
        g = counted.groups.index(held.group)
        for part in held.parts:
            if part.rate in SHARES:
                (k, n), (k0, n0) = (
                    SHARES[part.rate](y, s >= threshold) for y, s in (each[g], each[reference])
                )
            elif part.rate == "outcome_by_score":
                (k, n), (k0, n0) = (
                    (y[s == part.score].sum(), (s == part.score).sum()) for y, s in (each[g], each[reference])
                )
            else:
                outcome = int(part.rate == "score_with")
                mine, theirs = (s[y == outcome] for y, s in (each[g], each[reference]))
                _mean_scores_agree(part, mine, theirs)
                continue
            assert (part.n, part.n_reference) == (n, n0)
            if not n or not n0:
                assert math.isnan(part.difference) and (part.state, part.reason) == (
                    "cannot be told",
                    "undefined",
                )
                continue
            assert part.difference == pytest.approx(k / n - k0 / n0, abs=1e-12)
            if part.rate in SHARES:
                limits = confint_proportions_2indep(k, n, k0, n0, compare="diff", method="newcomb")
                assert (part.low, part.high) == pytest.approx(limits, abs=1e-12)


def _mean_scores_agree(part: Any, mine: Any, theirs: Any) -> None:
    assert part.margin == pytest.approx(0.05 * 4)
    if len(mine) and len(theirs):
        assert part.difference == pytest.approx(mine.mean() - theirs.mean(), abs=1e-12)
    if len(mine) < 2 or len(theirs) < 2 or not (mine.std() or theirs.std()):
        assert (part.state, part.reason) == ("cannot be told", "undefined")
    elif mine.std() and theirs.std():
        limits = ttest_ind(mine, theirs, equal_var=False).confidence_interval(0.95)
        assert (part.low, part.high) == pytest.approx(tuple(limits), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(people=tables(2, 4, 400), threshold=st.integers(2, 4))
def test_a_state_follows_from_the_parts(people: Any, threshold: int) -> None:
    for held in panel(made(people), threshold, 1):
        for part in held.parts:
            few = min(part.n, part.n_reference) < 30
            if math.isnan(part.low):
                expected = ("cannot be told", "undefined")
            elif few:
                expected = ("cannot be told", "few")
            elif part.low > 0 or part.high < 0:
                expected = ("differs", "")
            elif part.low >= -part.margin and part.high <= part.margin:
                expected = ("no clear difference", "")
            else:
                expected = ("cannot be told", "wide")
            assert (part.state, part.reason) == expected
        states = {part.state for part in held.parts}
        if "differs" in states:
            assert held.state == "differs"
        elif states == {"no clear difference"}:
            assert held.state == "no clear difference"
        else:
            assert held.state == "cannot be told" and held.reason in {"wide", "few", "undefined"}


def test_compas_at_five_between_black_and_white_defendants() -> None:
    counted = compas()
    black, white = place(counted, "African-American"), place(counted, "Caucasian")
    found = panel(counted, 5, white)
    group = counted.groups[black]
    differs = one(found, "predictive_equality", group)
    assert differs.state == "differs"
    assert differs.parts[0].difference == pytest.approx(805 / 1795 - 349 / 1488, abs=1e-12)
    parity = one(found, "predictive_parity", group)
    assert (parity.state, parity.reason) == ("cannot be told", "wide")
    assert one(found, "equalized_odds", group).state == "differs"
    by_score = one(found, "calibration_within_groups", group)
    assert [part.score for part in by_score.parts] == list(range(1, 11))
    _, low, high = calibration_differences(counted, white, together=True)
    assert [part.low for part in by_score.parts] == low[black].tolist()
    assert [part.high for part in by_score.parts] == high[black].tolist()
    few = one(found, "equal_opportunity", (("race", "Native American"),))
    assert (few.state, few.reason) == ("cannot be told", "few")
    assert overall(found)["predictive_equality"] == "differs"
    assert overall(found)["predictive_parity"] == "cannot be told"
    assert list(overall(found)) == [definition.name for definition in DEFINITIONS]


def test_two_large_groups_that_are_alike_show_no_clear_difference() -> None:
    same = np.array([[[5000, 4000, 3000], [2000, 3000, 4000]]]).repeat(2, axis=0)
    found = panel(made(same), 2, 0)
    assert {held.state for held in found} == {"no clear difference"}
    assert set(overall(found).values()) == {"no clear difference"}


@pytest.mark.parametrize("threshold", [1, 4])
def test_at_the_ends_what_is_the_same_by_definition_is_marked(threshold: int) -> None:
    people = np.array([[[50, 40, 30], [20, 30, 40]], [[150, 30, 10], [20, 20, 20]]])
    found = panel(made(people), threshold, 1)
    marked = {held.definition.name for held in found if held.reason == "definition"}
    assert marked >= {"demographic_parity", "equal_opportunity", "predictive_equality", "treatment_equality"}
    assert one(found, "overall_accuracy_equality", made(people).groups[0]).reason != "definition"


def test_a_score_that_nobody_of_the_two_has_is_no_part() -> None:
    people = np.array([[[50, 0, 30], [20, 0, 40]], [[150, 0, 10], [20, 0, 20]]])
    held = one(panel(made(people), 2, 1), "calibration_within_groups", made(people).groups[0])
    assert [part.score for part in held.parts] == [1, 3]


def test_every_definition_asks_a_question_and_has_a_source() -> None:
    assert len({definition.name for definition in DEFINITIONS}) == len(DEFINITIONS) == 11
    for definition in DEFINITIONS:
        assert definition.question.endswith("?") and definition.source and definition.rates
        words = set(f"{definition.label} {definition.question}".lower().replace("?", "").split())
        assert not {"bias", "fair", "unfair", "fairness"} & words
