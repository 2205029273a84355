"""The identity between error rates, predictive value and prevalence, and the sentences about it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.evidence.incompatible import identity, why_not_all
from tests.evidence.histograms import compas, made, place, tables

WORDS = {"positive": "came late", "negative": "came on time"}
LOW, HIGH = [60, 0], [0, 60]


def say(people: Any, threshold: int = 2) -> tuple[str, ...]:
    return why_not_all(
        identity(made(people), threshold, 1), 0, 1, name=lambda group: f"team {group[0][1]}", **WORDS
    )


@settings(max_examples=200, deadline=None)
@given(people=tables(), threshold=st.integers(1, 6), reference=st.integers(0, 2))
def test_the_false_positive_rate_follows_from_the_other_three(
    people: Any, threshold: int, reference: int
) -> None:
    found = identity(made(people), threshold, reference)
    for g in range(3):
        high, low = people[g, :, threshold - 1 :].sum(axis=1), people[g, :, : threshold - 1].sum(axis=1)
        if high[1] and high[0] + low[0]:
            assert found.follows[g] == pytest.approx(high[0] / (high[0] + low[0]), abs=1e-12)
            assert found.false_positive_rate.value[g] == pytest.approx(found.follows[g], abs=1e-12)
        else:
            assert np.isnan(found.follows[g])
    np.testing.assert_array_equal(found.with_reference[reference], found.follows[reference])


def test_with_the_references_figures_the_false_positive_rate_is_that_of_made_up_people() -> None:
    # Of the first team 60 of 100 come late, of the second 30: give the first team 2/3 right and 1/2 missed.
    people = np.array([[[30, 10], [20, 40]], [[62, 8], [15, 15]]])
    found = identity(made(people), 2, 1)
    right, missed = 15 / 23, 0.5
    selected = 60 * (1 - missed) / right
    assert found.with_reference[0] == pytest.approx(selected * (1 - right) / 40, abs=1e-12)


def test_the_sentences_hold_the_numbers_of_the_dataset() -> None:
    counted = compas()
    black, white = place(counted, "African-American"), place(counted, "Caucasian")
    names = {"African-American": "Black defendants", "Caucasian": "White defendants"}
    text = why_not_all(
        identity(counted, 5, white),
        black,
        white,
        name=lambda group: names[str(group[0][1])],
        positive="were re-arrested within two years",
        negative="were not re-arrested within two years",
    )
    assert text[0] == (
        "Of 100 Black defendants, about 51 (50 to 53) were re-arrested within two years; of 100 White "
        "defendants, about 39 (37 to 41)."
    )
    assert "cannot all be the same" in text[1]
    # p / (1 - p) x (1 - PPV) / PPV x (1 - FNR), with PPV 505/854 and FNR 461/966 of White defendants.
    p, right, missed = 1901 / 3696, 505 / 854, 461 / 966
    would = p / (1 - p) * (1 - right) / right * (1 - missed)
    assert f"about {100 * would:.0f} of 100 Black defendants" in text[2]
    assert "(59 and 48 of 100)" in text[2]
    assert "about 45 (43 to 47) of 100 now, and about 23 (21 to 26)" in text[2]
    assert len(text) == 4


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([[LOW, HIGH], [[20, 0], [0, 90]]], "no mistake in either group"),
        ([[LOW, [30, 30]], [[20, 0], [45, 45]]], "do not exclude each other, whatever"),
        ([[[40, 20], [20, 40]], [[42, 20], [20, 40]]], "do not clearly differ"),
        ([[LOW, [50, 0]], [[20, 5], [9, 90]]], "nothing can be said of the three"),
        ([[[0, 0], [50, 50]], [[20, 5], [9, 90]]], "nothing can be said of the three"),
        ([[[0, 0], [0, 0]], [[20, 5], [9, 90]]], "nobody is counted"),
        ([[[20, 20], [60, 1900]], [[500, 400], [20, 80]]], "more than all"),
        ([[[0, 0], [5, 5]], [[20, 5], [9, 90]]], "too few people to compare: 10 team a and 124 team b"),
        ([[[1, 1], [3, 95]], [[50, 40], [2, 8]]], "too few people to say what one of these would make"),
    ],
)
def test_where_they_can_all_hold_or_nothing_can_be_said_the_sentences_say_so(people: Any, said: str) -> None:
    text = " ".join(say(people))
    assert said in text
    assert ("cannot all be the same" in text) == (said == "more than all" or "would make" in said)
    assert ("about" in text) == ("nobody is counted" not in said and "to compare" not in said)
    assert "nan" not in text
    assert not {"bias", "unfair", "fair"} & set(text.lower().replace(",", "").split())
