"""Answers that do not fit the questionnaire: each is named with its place and what to write instead.

The rules read plain data and pass over whatever has the wrong shape, because the model reports that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic_core import InitErrorDetails

from hearing_app.registry.impact.instrument import VERSION, VERSIONS, Phase, Question, by_id
from hearing_app.registry.impact.scoring import is_shown
from hearing_app.registry.text import refuse


def answer_faults(data: Mapping[str, object]) -> Iterator[InitErrorDetails]:
    """Every fault of the answers in an entry, as read from YAML or dumped from the model in JSON mode."""
    impact = data.get("impact")
    if not isinstance(impact, Mapping):
        return
    version, phase = impact.get("instrument_version"), impact.get("phase")
    if isinstance(version, str) and version not in VERSIONS:
        yield _error(
            ("instrument_version",),
            version,
            f"There is no questionnaire {version[:40]} here.",
            f"Answer that of version {VERSION}, and write “{VERSION}” in quotes.",
        )
    elif isinstance(version, str) and phase in list(Phase):
        answers = impact.get("answers")
        if isinstance(answers, Mapping):
            yield from _answers(answers, Phase(phase), version)


def _answers(answers: Mapping[str, object], phase: Phase, version: str) -> Iterator[InitErrorDetails]:
    asked = by_id(phase, version)
    given = {
        id: [one for one in chosen if isinstance(one, str)]
        for id, chosen in answers.items()
        if isinstance(chosen, (list, tuple))
    }
    for id, chosen in given.items():
        question = asked.get(id)
        if question is None:
            yield _unknown(str(id), phase, version)
            continue
        yield from _options(question, chosen)
        if question.shown_if is not None and not is_shown(question, given, phase, version):
            before = question.shown_if[0]
            yield _error(
                ("answers", id),
                chosen,
                f"This question is not asked, because of the answer to “{before}”.",
                f"Remove this answer, or correct the one to “{before}”.",
            )


def _options(question: Question, chosen: list[str]) -> Iterator[InitErrorDetails]:
    known = [option.id for option in question.options]
    for index, one in enumerate(chosen):
        if one not in known:
            yield _error(
                ("answers", question.id, index),
                one,
                f"“{one[:60]}” is not an answer to this question.",
                f"Use one of {', '.join(known)}.",
            )
    if len(chosen) != 1 and not question.takes_many:
        yield _error(
            ("answers", question.id),
            chosen,
            "This question has one answer." if chosen else "This question has no answer here.",
            "Keep one." if chosen else "Choose one, or leave the question out: it is then open.",
        )


def _unknown(id: str, phase: Phase, version: str) -> InitErrorDetails:
    elsewhere = any(id in by_id(other, version) for other in Phase)
    if elsewhere:
        problem = f"The question “{id}” is not asked in the phase “{phase}”."
        repair = "Answer that of this phase, or correct the phase."
    else:
        problem = f"The questionnaire {version} has no question “{id[:60]}”."
        repair = "Correct its id, or remove the answer."
    return _error(("answers", id), id, problem, repair)


def _error(at: tuple[int | str, ...], value: object, problem: str, repair: str) -> InitErrorDetails:
    return InitErrorDetails(type=refuse(problem, repair), loc=("impact", *at), input=value)
