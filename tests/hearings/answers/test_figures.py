"""The median days taken: against SciPy's estimate for censored data, and by hand."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy.stats import CensoredData, ecdf

from hearing_app.hearings.answers.figures import Quartiles, quartiles


def oracle(answered: list[int], waiting: list[int]) -> Quartiles:
    """Return the quartiles that SciPy's Kaplan-Meier curve gives; its sums are not exact, so near is at."""
    if not answered:
        return Quartiles(None, None, None)
    data = CensoredData(uncensored=answered, right=waiting)
    curve = ecdf(data).sf
    found = []
    for share in (0.25, 0.5, 0.75):
        reached = np.flatnonzero(curve.probabilities <= 1 - share + 1e-9)
        found.append(int(curve.quantiles[reached[0]]) if len(reached) else None)
    return Quartiles(*found)


def test_it_is_what_scipy_says_of_censored_data() -> None:
    dice = random.Random(11)
    for _ in range(300):
        answered = [dice.randrange(30) for _ in range(dice.randrange(0, 14))]
        waiting = [dice.randrange(60) for _ in range(dice.randrange(0, 14))]
        assert quartiles(answered, waiting) == oracle(answered, waiting), (answered, waiting)


def test_an_example_worked_out_by_hand() -> None:
    # Weeks in remission of 21 patients (Freireich and others 1963, as every textbook has it; 9 events): the
    # curve falls to 0.448 at week 23, and never to a quarter.
    events = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    assert quartiles(events, censored) == Quartiles(13, 23, None)


def test_who_answers_one_and_leaves_nine_lying_is_not_flattered() -> None:
    assert quartiles([1]).median == 1
    assert quartiles([1], [100] * 9) == Quartiles(None, None, None)
    # Of two one is answered: on that day half of all are.
    assert quartiles([1], [100]).median == 1


def test_without_anything_that_waits_it_is_the_lower_median() -> None:
    dice = random.Random(3)
    for _ in range(100):
        days = [dice.randrange(50) for _ in range(dice.randrange(1, 12))]
        expected = [int(np.quantile(days, share, method="inverted_cdf")) for share in (0.25, 0.5, 0.75)]
        assert quartiles(days) == Quartiles(*expected)


@pytest.mark.parametrize("waiting", [[], [5], [0, 900]])
def test_of_nothing_answered_nothing_is_known(waiting: list[int]) -> None:
    assert quartiles([], waiting) == Quartiles(None, None, None)
