"""The questionnaire: Canada's Algorithmic Impact Assessment, as data, with its words put for police work.

Source: the instrument as published by the Treasury Board of Canada Secretariat, canada-ca/aia-eia-js,
version 1.0.1. Ids, kinds of choice, weights and conditions are facts of the instrument; every word that a
reader sees is our own. A new version gets a folder of its own, so that old answers keep their questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from hearing_app.registry.vocabulary import Term

_HERE = Path(__file__).parent
VERSION = "1.0.1"
VERSIONS = (VERSION,)


class Phase(Term):
    """For which phase the questionnaire was answered: each has its own questions on safeguards."""

    DESIGN = "design", "Design"
    IMPLEMENTATION = "implementation", "Implementation"


class Choice(Term):
    """How an answer is chosen. The instrument treats the first two alike."""

    RADIO = "radio", "One"
    DROPDOWN = "dropdown", "One, from a list"
    CHECKBOX = "checkbox", "All that apply"


class Kind(Term):
    """What the points of a section do to the level."""

    RISK = "risk", "What raises the level"
    SAFEGUARD = "safeguard", "What can lower the level"


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(_Frozen):
    """One answer that can be chosen."""

    id: str
    text: str

    @property
    def weight(self) -> int:
        """Its points: the number after the last hyphen of its id, 0 where there is none."""
        return _weight(self.id)


class Question(_Frozen):
    """One question with its options.

    ``shown_if`` names the question before it and the answers that open this one; ``phase`` is ``None`` for a
    question that both phases ask.
    """

    id: str
    ask: str
    choice: Choice
    options: tuple[Option, ...]
    section: str
    kind: Kind
    phase: Phase | None = None
    shown_if: tuple[str, frozenset[str]] | None = None

    @property
    def takes_many(self) -> bool:
        """Whether several options may be chosen together."""
        return self.choice is Choice.CHECKBOX

    @property
    def most(self) -> int:
        """The points it can give: the sum where several may be chosen, else the largest."""
        weights = [option.weight for option in self.options]
        return sum(weights) if self.takes_many else max(weights)

    def option(self, id: str) -> Option:
        """Return the option with this id; raise ``KeyError`` where there is none."""
        return {option.id: option for option in self.options}[id]


class Section(_Frozen):
    """One part of the questionnaire in one phase. ``panel`` is its name in the instrument."""

    id: str
    title: str
    kind: Kind
    panel: str
    questions: tuple[Question, ...]

    @property
    def most(self) -> int:
        """The points that its questions can give, those included that an answer hides."""
        return sum(question.most for question in self.questions)


class Questionnaire(_Frozen):
    """All questions of one version, as one phase asks them."""

    version: str
    phase: Phase
    sections: tuple[Section, ...] = Field(repr=False)

    def __hash__(self) -> int:
        return hash((self.version, self.phase))

    def questions(self, kind: Kind | None = None) -> Iterator[Question]:
        """Give every question in its order, or those of one kind."""
        for section in self.sections:
            if kind is None or section.kind is kind:
                yield from section.questions

    def most(self, kind: Kind) -> int:
        """The points that one kind can give: 167 of risk, 77 of safeguards. Answers do not change it."""
        return _most(self, kind)


@cache
def _weight(option_id: str) -> int:
    _, hyphen, number = option_id.rpartition("-")
    return int(number) if hyphen and number.isdecimal() else 0


# What can be reached does not change, and every answer that is tried asks for it.
@cache
def _most(asked: Questionnaire, kind: Kind) -> int:
    return sum(section.most for section in asked.sections if section.kind is kind)


@cache
def questionnaire(phase: Phase, version: str = VERSION) -> Questionnaire:
    """Return the questions of one phase; raise ``KeyError`` for a version that is not held."""
    if version not in VERSIONS:
        raise KeyError(version)
    sections = []
    for kind, name in ((Kind.RISK, "risk"), (Kind.SAFEGUARD, "safeguards")):
        data = yaml.safe_load((_HERE / version / f"{name}.yaml").read_text(encoding="utf-8"))
        sections += [_section(one, kind, phase) for one in data["sections"]]
    return Questionnaire(version=version, phase=phase, sections=tuple(sections))


@cache
def by_id(phase: Phase, version: str = VERSION) -> Mapping[str, Question]:
    """Return the questions of one phase by their ids."""
    return {question.id: question for question in questionnaire(phase, version).questions()}


def _section(data: Mapping[str, Any], kind: Kind, phase: Phase) -> Section:
    # A question on safeguards has one id for each phase, and refers to others by that for the design.
    names = {one["id"]["design"]: one["id"][phase] for one in data["questions"] if _is_double(one)}
    questions = tuple(
        _question(one, data["id"], kind, phase, names)
        for one in data["questions"]
        if one.get("phase", phase.value) == phase.value
    )
    panel = data["panel"] if isinstance(data["panel"], str) else data["panel"][phase]
    return Section(id=data["id"], title=data["title"], kind=kind, panel=panel, questions=questions)


def _is_double(data: Mapping[str, Any]) -> bool:
    return isinstance(data["id"], dict)


def _question(
    data: Mapping[str, Any], section: str, kind: Kind, phase: Phase, names: Mapping[str, str]
) -> Question:
    [condition] = data["shown_if"].items() if "shown_if" in data else [None]
    return Question(
        id=data["id"][phase] if _is_double(data) else data["id"],
        ask=data["ask"],
        choice=Choice(data["choice"]),
        options=tuple(Option(id=id, text=text) for id, text in data["options"].items()),
        section=section,
        kind=kind,
        phase=phase if _is_double(data) or "phase" in data else None,
        shown_if=condition and (names.get(condition[0], condition[0]), frozenset(condition[1])),
    )
