"""Another threshold and another population: who is counted differently, one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.errors import Invalid
from hearing_app.evidence.what_if import move, move_sentence, move_sentences
from tests.evidence.histograms import compas, made, one_by_one, place, tables

BLACK, WHITE = (("race", "African-American"),), (("race", "Caucasian"),)
thresholds = st.integers(1, 6)


def test_from_five_to_eight_spares_521_and_268_and_misses_628_and_310() -> None:
    moved = move(compas(), 5, 8)
    black, white = moved.of(BLACK), moved.of(WHITE)
    assert (black.spared, white.spared) == (521, 268)
    assert (black.missed, white.missed) == (628, 310)
    assert black.newly_false == black.found == white.newly_false == white.found == 0
    assert moved.together().people == 7214
    assert black.selected_before - black.selected_after == 521 + 628


@settings(max_examples=100, deadline=None)
@given(people=tables(), before=st.tuples(*[thresholds] * 3), after=st.tuples(*[thresholds] * 3))
def test_a_move_counts_every_person_who_changes_sides(people: Any, before: Any, after: Any) -> None:
    counted = made(people)
    moved = move(counted, before, after)
    assert (moved.before, moved.after) == (before, after)
    for g in range(3):
        outcome, score = one_by_one(counted, g)
        was, now = score >= before[g], score >= after[g]
        one = moved.of(counted.groups[g])
        assert one.people == len(score)
        assert (one.selected_before, one.selected_after) == (was.sum(), now.sum())
        assert one.spared == (was & ~now & (outcome == 0)).sum()
        assert one.newly_false == (~was & now & (outcome == 0)).sum()
        assert one.missed == (was & ~now & (outcome == 1)).sum()
        assert one.found == (~was & now & (outcome == 1)).sum()
        errors = [int(((score >= t) != outcome).sum()) for t in (before[g], after[g])]
        assert moved.more_errors[g] == errors[1] - errors[0]
    together = moved.together()
    assert together.spared == moved.spared.sum() and together.selected_after == moved.selected_after.sum()
    back = move(counted, after, before)
    np.testing.assert_array_equal([back.spared, back.missed], [moved.newly_false, moved.found])


@pytest.mark.parametrize("wrong", [0, 7, (1, 2), (1, 2, 7)])
def test_a_threshold_that_is_none_is_refused(wrong: Any) -> None:
    with pytest.raises(Invalid, match="from 1 to 6"):
        move(made(np.ones((3, 2, 5))), 3, wrong)


def test_the_words_of_a_move_hold_its_numbers() -> None:
    words = ("were re-arrested", "were not re-arrested")
    moved = move(compas(), 5, 8)
    assert move_sentence(moved.of(BLACK), "Black defendants", *words) == (
        "1\u202f149 Black defendants would no longer be singled out: 521 who were not re-arrested and 628 "
        "who were re-arrested."
    )
    all_of_them = move_sentences(moved, lambda group: str(group[0][1]), *words)
    assert len(all_of_them) == 6
    assert "578 Caucasian would no longer be singled out" in all_of_them[place(compas(), "Caucasian")]
    mixed = move(compas(("sex",)), (5, 5), (4, 6)).together()
    both = move_sentence(mixed, "defendants", *words)
    assert "no longer" in both and "more would be singled out" in both
    same = move_sentence(move(compas(), 5, 5).of(BLACK), "Black defendants", *words)
    assert same == "The same Black defendants would be singled out: 2\u202f174."
