"""From answers to points and a level, by the rules of Canada's Algorithmic Impact Assessment 1.0.1.

Points of risk are added up ("raw"), and points of safeguards ("mit"). Where the safeguards reach four
fifths of what their phase can give, 15 % is taken off the raw points. The share of all points of risk gives
the level: I up to a quarter, II up to a half, III up to three quarters, IV above. What can be reached is
fixed: a question that an answer hides still counts in it.

An answer to a hidden question gives no points. The instrument's own page goes on counting such points while
it is filled in (its issue 1143); ``running`` repeats that, to compare.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from hearing_app.registry.impact.instrument import (
    VERSION,
    Kind,
    Phase,
    Question,
    by_id,
    questionnaire,
)

Answers = Mapping[str, Sequence[str]]
"""For each question the ids of the chosen options. A question that is left out is open.

No option at all means "none of these" where several may be chosen, and open where one must be."""


@dataclass(frozen=True, slots=True)
class Points:
    """Points of risk and of safeguards, with what can be reached, and what follows from them."""

    raw: int
    mit: int
    raw_max: int = 167
    mit_max: int = 77

    @property
    def reduced(self) -> bool:
        """Whether the safeguards reach four fifths, so that 15 % is taken off."""
        return 10 * self.mit >= 8 * self.mit_max

    @property
    def adjusted(self) -> int:
        """The points after the reduction, a half rounded up as JavaScript does."""
        return (17 * self.raw + 10) // 20 if self.reduced else self.raw

    @property
    def level_raw(self) -> int:
        """The level before safeguards, 1 to 4."""
        return _level(self.raw, self.raw_max)

    @property
    def level_adjusted(self) -> int:
        """The level after safeguards, 1 to 4: the instrument's own result."""
        return _level(self.adjusted, self.raw_max)


@dataclass(frozen=True, slots=True)
class Score:
    """What answers come to.

    ``given`` are the points of what is answered, with open questions as zero: the instrument's result.
    ``lowest`` and ``highest`` are the ends of what is possible once everything is answered: ``lowest`` has
    the fewest points of risk and all the safeguards that can still come, ``highest`` the other way round.
    ``open`` are the questions that are asked and not answered.
    """

    phase: Phase
    given: Points
    lowest: Points
    highest: Points
    open: tuple[Question, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every question that is asked is answered."""
        return not self.open

    @property
    def least_safeguards(self) -> int:
        """The fewest points of safeguards still possible."""
        return self.highest.mit

    @property
    def most_safeguards(self) -> int:
        """The most points of safeguards still possible."""
        return self.lowest.mit


def score(answers: Answers, phase: Phase, version: str = VERSION) -> Score:
    """Return what the answers come to, with everything that open questions leave possible.

    Unknown questions and options give no points here; ``faults.answer_faults`` names them.
    """
    asked = questionnaire(phase, version)
    raw_max, mit_max = asked.most(Kind.RISK), asked.most(Kind.SAFEGUARD)
    low, high, given = dict.fromkeys(Kind, 0), dict.fromkeys(Kind, 0), dict.fromkeys(Kind, 0)
    for question in asked.questions():
        if is_shown(question, answers, phase, version):
            given[question.kind] += _points(question, answers)
        if question.shown_if is None:
            least, most = _span(question, answers, phase, version)
            low[question.kind] += least
            high[question.kind] += most
    risk, safe = Kind.RISK, Kind.SAFEGUARD
    return Score(
        phase=phase,
        given=Points(given[risk], given[safe], raw_max, mit_max),
        lowest=Points(low[risk], high[safe], raw_max, mit_max),
        highest=Points(high[risk], low[safe], raw_max, mit_max),
        open=tuple(
            one
            for one in asked.questions()
            if is_shown(one, answers, phase, version) and not is_answered(one, answers)
        ),
    )


def running(answers: Answers, phase: Phase, version: str = VERSION) -> Points:
    """Return what the instrument's page shows while one fills it in: hidden answers keep their points."""
    asked = questionnaire(phase, version)
    raw, mit = (
        sum(_points(question, answers) for question in asked.questions(kind))
        for kind in (Kind.RISK, Kind.SAFEGUARD)
    )
    return Points(raw, mit, asked.most(Kind.RISK), asked.most(Kind.SAFEGUARD))


def is_shown(question: Question, answers: Answers, phase: Phase, version: str = VERSION) -> bool:
    """Return whether the answers so far open the question."""
    if question.shown_if is None:
        return True
    before, opening = question.shown_if
    return is_shown(by_id(phase, version)[before], answers, phase, version) and not opening.isdisjoint(
        answers.get(before, ())
    )


def is_answered(question: Question, answers: Answers) -> bool:
    """Return whether the question is answered; "none of these" is an answer where several may be chosen."""
    return question.id in answers and (question.takes_many or bool(answers[question.id]))


@cache
def opened_by(id: str, phase: Phase, version: str = VERSION) -> tuple[Question, ...]:
    """Return the questions that an answer to this one can open."""
    asked = questionnaire(phase, version).questions()
    return tuple(one for one in asked if one.shown_if is not None and one.shown_if[0] == id)


def _level(points: int, most: int) -> int:
    return 1 + sum(4 * points > quarters * most for quarters in (1, 2, 3))


def _points(question: Question, answers: Answers) -> int:
    chosen = set(answers.get(question.id, ()))
    return sum(option.weight for option in question.options if option.id in chosen)


def _span(question: Question, answers: Answers, phase: Phase, version: str) -> tuple[int, int]:
    """The fewest and the most points of a question with all that it can open, whatever is answered later."""
    behind = [(one, _span(one, answers, phase, version)) for one in opened_by(question.id, phase, version)]
    ends = []
    for chosen, least, most in _possible(question, answers):
        opened = [span for one, span in behind if one.shown_if is not None and chosen & one.shown_if[1]]
        ends.append((least + sum(low for low, _ in opened), most + sum(high for _, high in opened)))
    return min(least for least, _ in ends), max(most for _, most in ends)


def _possible(question: Question, answers: Answers) -> Iterator[tuple[frozenset[str], int, int]]:
    """Each way in which a question can stand at the end, with its fewest and most points."""
    if is_answered(question, answers):
        points = _points(question, answers)
        yield frozenset(answers[question.id]), points, points
    elif question.takes_many:
        # No question stands behind one of which several options may be chosen; a test watches that.
        yield frozenset(), 0, question.most
    else:
        for option in question.options:
            yield frozenset({option.id}), option.weight, option.weight
