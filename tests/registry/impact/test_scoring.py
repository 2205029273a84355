"""Points and levels: the instrument's own cases, hidden answers, and what open questions leave possible."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearing_app.registry.impact.instrument import Kind, Phase, by_id, questionnaire
from hearing_app.registry.impact.scoring import Points, is_shown, running, score
from tests.registry.impact.answering import (
    FACE_SEARCH,
    Answers,
    answered,
    every_completion,
    slow_adjusted,
    slow_level,
    slow_points,
    some_answers,
)

# A busy machine may be slow; that is no fault of the code.
PATIENT = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PHASES = pytest.mark.parametrize("phase", list(Phase))
BUILT = Phase.IMPLEMENTATION


@pytest.mark.parametrize(
    ("raw", "mit", "adjusted", "level_raw", "level"),
    [
        (41, 0, 41, 1, 1),
        (42, 0, 42, 2, 2),
        (48, 62, 41, 2, 1),
        (49, 62, 42, 2, 2),
        (98, 62, 83, 3, 2),
        (99, 62, 84, 3, 3),
        (147, 62, 125, 4, 3),
        (148, 62, 126, 4, 4),
        (96, 0, 96, 3, 3),
        (96, 77, 82, 3, 2),
        # The cliff: four fifths of 77 are 61.6.
        (96, 61, 96, 3, 3),
        (96, 62, 82, 3, 2),
        # A half is rounded up: 8.5, 25.5, 59.5.
        (10, 62, 9, 1, 1),
        (30, 62, 26, 1, 1),
        (70, 62, 60, 2, 2),
        (0, 77, 0, 1, 1),
        (167, 77, 142, 4, 4),
    ],
)
def test_the_instruments_cases(raw: int, mit: int, adjusted: int, level_raw: int, level: int) -> None:
    points = Points(raw, mit)
    assert (points.adjusted, points.level_raw, points.level_adjusted) == (adjusted, level_raw, level)


def test_every_score_agrees_with_exact_fractions() -> None:
    for raw in range(168):
        for mit in (0, 61, 62, 77):
            points = Points(raw, mit)
            assert points.adjusted == slow_adjusted(raw, mit) <= raw
            assert points.level_raw == slow_level(raw)
            assert points.level_adjusted == slow_level(slow_adjusted(raw, mit))


def test_an_illustrative_search_for_faces_falls_from_three_to_two_with_every_safeguard() -> None:
    bare = score(FACE_SEARCH, BUILT)
    assert (bare.given.raw, bare.given.mit, bare.given.level_adjusted) == (96, 0, 3)
    whole = FACE_SEARCH | {
        id: chosen
        for id, chosen in answered(BUILT, most=True).items()
        if by_id(BUILT)[id].kind is Kind.SAFEGUARD
    }
    guarded = score(whole, BUILT)
    assert guarded.is_complete
    assert guarded.given == guarded.lowest == guarded.highest == Points(96, 77)
    assert (guarded.given.adjusted, guarded.given.level_raw, guarded.given.level_adjusted) == (82, 3, 2)


@PHASES
def test_the_ends_of_the_scale_can_be_reached(phase: Phase) -> None:
    most, fewest = (score(answered(phase, most=most), phase) for most in (True, False))
    # A question behind an answer of no points is not asked by either.
    assert most.given.mit == 77
    assert most.given.raw == 167 - by_id(phase)["impact27"].most + 1
    assert (fewest.given.raw, fewest.given.mit) == (14, 0)
    assert not most.open
    nothing = score({}, phase)
    assert (nothing.given.raw, nothing.given.mit) == (0, 0)
    assert (nothing.lowest, nothing.highest) == (Points(14, 77), Points(167, 0))


def test_an_answer_to_a_hidden_question_gives_no_points() -> None:
    yes: Answers = {"aboutAlgorithm8": ("item1-3",), "aboutAlgorithm8A": ("item2-1",)}
    no = yes | {"aboutAlgorithm8": ("item2-0",)}
    assert score(yes, BUILT).given.raw == 4
    assert score(no, BUILT).given.raw == 0
    # The instrument's page keeps the point while it is filled in.
    assert running(yes, BUILT).raw == 4
    assert running(no, BUILT).raw == 1
    # So it does where the question before it was never answered.
    alone: Answers = {"aboutDataSourceType2": ("item1-2", "item2-4")}
    assert (score(alone, BUILT).given.raw, running(alone, BUILT).raw) == (0, 6)


def test_a_phase_counts_its_own_safeguards_alone() -> None:
    answers: Answers = {"fairnessDesign13": ("item1-2",), "fairnessImplementation16": ("item1-2",)}
    assert score(answers, Phase.DESIGN).given.mit == 2
    assert score(answers, BUILT).given.mit == 2
    both = answers | {"fairnessDesign16": ("item1-2",)}
    assert (score(both, Phase.DESIGN).given.mit, score(both, BUILT).given.mit) == (4, 2)
    assert "riskProfile9" not in by_id(BUILT)
    assert "riskProfile10" not in by_id(Phase.DESIGN)


def test_open_is_neither_no_nor_none_of_these() -> None:
    one_open = answered(BUILT, most=False)
    del one_open["impact9"]
    found = score(one_open, BUILT)
    assert [question.id for question in found.open] == ["impact9"]
    assert (found.given.raw, found.lowest.raw, found.highest.raw) == (13, 14, 17)
    # "None of these" is an answer; where one must be chosen, an empty answer is none.
    assert "decisionSector1" not in {question.id for question in found.open}
    assert score(one_open | {"impact9": ()}, BUILT).highest.raw == 17


def test_a_question_that_may_still_be_asked_counts_in_what_is_possible() -> None:
    answers = answered(BUILT, most=False)
    assert score(answers, BUILT).highest.raw == 14
    del answers["aboutDataSource1"]
    # Answered behind it: the fewest, which count if it is asked. Left out behind it: all that they can give.
    assert score(answers, BUILT).highest.raw == 16
    for behind in ("aboutDataSource9", "aboutDataSource10", "aboutDataSource11", "aboutDataSource14"):
        del answers[behind]
    found = score(answers, BUILT)
    assert (found.lowest.raw, found.highest.raw) == (14, 14 + 2 + 2 + 2 + 1 + 9)
    assert [question.id for question in found.open] == ["aboutDataSource1"]


@pytest.mark.parametrize(
    "among",
    [
        {"aboutDataSource1", "aboutDataSource9", "aboutDataSource14", "impact26", "impact27"},
        {"aboutAlgorithm8", "aboutAlgorithm8A", "aboutDataSourceType1", "aboutDataSourceType2", "impact6"},
        {"dataQualityImplementation5", "dataQualityImplementation7", "fairnessImplementation21"},
        {"fairnessImplementation24", "fairnessImplementation24A", "aboutSystem5", "aboutSystem5B"},
    ],
)
def test_what_is_possible_is_what_trying_every_answer_finds(among: set[str]) -> None:
    answers = {id: chosen for id, chosen in answered(BUILT, most=True).items() if id not in among}
    tried = [slow_points(one, BUILT) for one in every_completion(answers, BUILT, among)]
    found = score(answers, BUILT)
    assert (found.lowest.raw, found.highest.raw) == (min(r for r, _ in tried), max(r for r, _ in tried))
    assert (found.least_safeguards, found.most_safeguards) == (
        min(m for _, m in tried),
        max(m for _, m in tried),
    )
    adjusted = [slow_adjusted(raw, mit) for raw, mit in tried]
    assert (found.lowest.adjusted, found.highest.adjusted) == (min(adjusted), max(adjusted))


@PHASES
@given(data=st.data())
@PATIENT
def test_points_agree_with_the_slow_count(phase: Phase, data: st.DataObject) -> None:
    answers = data.draw(some_answers(phase))
    found = score(answers, phase)
    assert (found.given.raw, found.given.mit) == slow_points(answers, phase)
    assert found.given.raw <= running(answers, phase).raw
    assert found.lowest.raw <= found.highest.raw
    assert found.given.raw <= found.highest.raw
    assert found.lowest.adjusted <= found.highest.adjusted
    assert found.lowest.level_adjusted <= found.highest.level_adjusted


@given(data=st.data())
@PATIENT
def test_one_more_answer_never_lowers_the_points_given_and_never_widens_what_is_possible(
    data: st.DataObject,
) -> None:
    answers = data.draw(some_answers(BUILT))
    before = score(answers, BUILT)
    left = [
        one
        for one in questionnaire(BUILT).questions()
        if one.id not in answers and is_shown(one, answers, BUILT)
    ]
    if not left:
        return
    question = data.draw(st.sampled_from(left))
    chosen = data.draw(st.sampled_from(question.options))
    after = score(answers | {question.id: (chosen.id,)}, BUILT)
    if question.kind is Kind.RISK:
        assert after.given.raw >= before.given.raw + chosen.weight
    else:
        assert after.given.mit >= before.given.mit + chosen.weight
    assert before.lowest.raw <= after.lowest.raw <= after.highest.raw <= before.highest.raw
    assert before.least_safeguards <= after.least_safeguards
    assert after.most_safeguards <= before.most_safeguards
