"""Which answer moves the level: every other answer is tried, and those that move most stand first."""

from __future__ import annotations

import pytest

from hearing_app.registry.impact.instrument import Phase, questionnaire
from hearing_app.registry.impact.level import floors
from hearing_app.registry.impact.scoring import is_shown, score
from hearing_app.registry.impact.what_if import Move, what_moves
from tests.registry.impact.answering import FACE_SEARCH, Answers, answered, slow_level, slow_points

BUILT = Phase.IMPLEMENTATION
NO_SAFEGUARDS = FACE_SEARCH | {
    id: chosen for id, chosen in answered(BUILT, most=False).items() if "Implementation" in id
}
SHOWN: Answers = {
    one.id: tuple(NO_SAFEGUARDS[one.id])
    for one in questionnaire(BUILT).questions()
    if one.id in NO_SAFEGUARDS and is_shown(one, NO_SAFEGUARDS, BUILT)
}


def of(moves: list[Move], question: str, option: str) -> Move:
    [found] = [one for one in moves if (one.question.id, one.option.id) == (question, option)]
    return found


def test_every_other_answer_is_counted_anew() -> None:
    moves = what_moves(SHOWN, BUILT)
    assert len(moves) > 100
    for one in moves:
        raw, mit = slow_points({id: tuple(chosen) for id, chosen in one.answers.items()}, BUILT)
        assert (one.after.given.raw, one.after.given.mit) == (raw, mit)
        assert (one.raw, one.safeguards) == (raw - 96, mit)
        assert one.moves_level is (one.levels_after != (3, 3))
        if one.after.is_complete:
            assert one.levels_after == (slow_level(raw),) * 2


def test_what_moves_most_stands_first() -> None:
    moves = what_moves(SHOWN, BUILT)
    assert [one.size for one in moves] == sorted((one.size for one in moves), reverse=True)
    # 84 is the first score above one half: 96 has twelve points to lose before level II.
    assert not any(one.moves_level for one in moves if one.after.is_complete)
    near = SHOWN | {"aboutDataSource1": ("item2-0",)}
    for behind in ("aboutDataSource9", "aboutDataSource10", "aboutDataSource11", "aboutDataSource14"):
        del near[behind]
    near |= {"aboutDataSource7": ("item1-1",), "aboutDataSource5": ("item2-0",)}
    assert score(near, BUILT).given.raw == 85
    moves = what_moves(near, BUILT)
    assert moves[0].moves_level
    assert moves[0].levels_after == (2, 2)
    assert of(moves, "impact9", "item1-1").levels_after == (2, 2)
    assert not of(moves, "impact23", "item2-0").moves_level


def test_an_answer_that_opens_questions_widens_what_is_possible() -> None:
    fewest = {
        one.id: answered(BUILT, most=False)[one.id]
        for one in questionnaire(BUILT).questions()
        if is_shown(one, answered(BUILT, most=False), BUILT)
    }
    moves = what_moves(fewest, BUILT)
    opened = of(moves, "aboutDataSource1", "item1-2")
    assert (opened.raw, opened.after.lowest.raw, opened.after.highest.raw) == (2, 16, 30)
    assert len(opened.after.open) == 4


def test_several_choices_are_added_and_taken_away_one_at_a_time() -> None:
    answers: Answers = {"decisionSector1": ("item8-1",)}
    moves = what_moves(answers, BUILT)
    away, more = (of(moves, "decisionSector1", option) for option in ("item8-1", "item5-1"))
    assert (away.adds, away.raw, away.answers["decisionSector1"]) == (False, -1, ())
    assert (more.adds, more.raw) == (True, 1)
    assert more.answers["decisionSector1"] == ("item8-1", "item5-1")


def test_a_floor_is_not_left() -> None:
    holding = [one for one in floors() if one.id == "identification"]
    fewest = answered(BUILT, most=False)
    for one in what_moves(fewest, BUILT, floors=holding):
        assert one.levels_before == (3, 3)
        assert one.levels_after == (3, 3)


@pytest.mark.parametrize("phase", list(Phase))
def test_open_questions_are_tried_too(phase: Phase) -> None:
    moves = what_moves({}, phase)
    assert all(one.was_open for one in moves)
    assert {one.question.phase for one in moves} <= {None, phase}
    assert of(moves, "impact30", "item1-4").raw == 4


def test_safeguards_move_canadas_result_and_not_the_level() -> None:
    whole = SHOWN | {
        one.id: answered(BUILT, most=True)[one.id]
        for one in questionnaire(BUILT).questions()
        if "Implementation" in one.id
    }
    # 63 of 77: one safeguard of two points less, and the 15 % are gone.
    for id, chosen in (("fairnessImplementation13", "item2-0"), ("fairnessImplementation16", "item2-0")):
        whole[id] = (chosen,)
    for id in ("dataQualityImplementation1", "consultationImplementation1", "consultationImplementation3"):
        whole[id] = ("item2-0",)
    for id in ("dataQualityImplementation2", "consultationImplementation2", "consultationImplementation4"):
        del whole[id]
    whole["fairnessImplementation21"] = ("item1-1", "item2-1", "item3-1")
    assert score(whole, BUILT).given.mit == 77 - 4 - 3 - 1 - 4 - 2
    moves = what_moves(whole, BUILT)
    less = of(moves, "fairnessImplementation2", "item2-0")
    assert (less.safeguards, less.raw, less.adjusted) == (-2, 0, 14)
    assert less.moves_adjusted_level
    assert not less.moves_level
