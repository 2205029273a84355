"""Which answer moves the level: each other answer that a question could have, and what would follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hearing_app.registry.impact.instrument import VERSION, Option, Phase, Question, questionnaire
from hearing_app.registry.impact.level import Floor, ImpactLevel, level_from
from hearing_app.registry.impact.scoring import Answers, Score, is_answered, is_shown, score


@dataclass(frozen=True, slots=True)
class Move:
    """One other answer to one question, all others staying as they are.

    ``option`` is chosen by it; where several may be chosen together and ``adds`` is false, it is taken
    away. The points are those given, with open questions as zero; the levels are the lowest and highest
    still possible.
    """

    question: Question
    option: Option
    adds: bool
    was_open: bool
    answers: Answers
    before: Score
    after: Score
    levels_before: tuple[int, int]
    levels_after: tuple[int, int]

    @property
    def raw(self) -> int:
        """By how much the points of risk change."""
        return self.after.given.raw - self.before.given.raw

    @property
    def safeguards(self) -> int:
        """By how much the points of safeguards change."""
        return self.after.given.mit - self.before.given.mit

    @property
    def adjusted(self) -> int:
        """By how much the points after safeguards change."""
        return self.after.given.adjusted - self.before.given.adjusted

    @property
    def moves_level(self) -> bool:
        """Whether the level itself changes, or how far it is known."""
        return self.levels_after != self.levels_before

    @property
    def moves_adjusted_level(self) -> bool:
        """Whether the level after safeguards changes, with open questions as zero: Canada's own result."""
        return self.after.given.level_adjusted != self.before.given.level_adjusted

    @property
    def size(self) -> tuple[int, int, int, int]:
        """How much it moves, for sorting: the level first, then Canada's level, then the points."""
        (low, high), (low_after, high_after) = self.levels_before, self.levels_after
        by_canada = abs(self.after.given.level_adjusted - self.before.given.level_adjusted)
        moved = abs(low_after - low) + abs(high_after - high)
        return moved, by_canada, abs(self.adjusted), abs(self.raw) + abs(self.safeguards)


def what_moves(
    answers: Answers,
    phase: Phase,
    *,
    floors: Sequence[Floor] = (),
    unknown_floors: Sequence[Floor] = (),
    version: str = VERSION,
) -> list[Move]:
    """Return every other answer to the questions that are asked, those that move most first.

    Answers that change nothing are left out. An answer that closes a question takes that one's points along.
    """
    before = score(answers, phase, version)
    at_first = _levels(level_from(before, floors, unknown_floors))
    found = []
    for question in questionnaire(phase, version).questions():
        if not is_shown(question, answers, phase, version):
            continue
        for option, adds, changed in _others(question, answers):
            after = score(changed, phase, version)
            levels = _levels(level_from(after, floors, unknown_floors))
            open_before = not is_answered(question, answers)
            found.append(Move(question, option, adds, open_before, changed, before, after, at_first, levels))
    return sorted((move for move in found if any(move.size)), key=lambda move: move.size, reverse=True)


def _levels(found: ImpactLevel) -> tuple[int, int]:
    return found.level or 1, found.highest


def _others(question: Question, answers: Answers) -> Iterator[tuple[Option, bool, Answers]]:
    """Each other answer, with whether its option is chosen or taken away, and all answers then."""
    chosen = tuple(answers.get(question.id, ()))
    for option in question.options:
        if not question.takes_many:
            if option.id not in chosen:
                yield option, True, {**answers, question.id: (option.id,)}
        elif option.id in chosen:
            left = tuple(one for one in chosen if one != option.id)
            yield option, False, {**answers, question.id: left}
        else:
            yield option, True, {**answers, question.id: (*chosen, option.id)}
