"""Answers for tests, and a slow second way to count them that shares no code with the first."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from hearing_app.registry.impact import instrument
from hearing_app.registry.impact.instrument import Phase

Answers = dict[str, tuple[str, ...]]
_FOLDER = Path(instrument.__file__).parent / "1.0.1"


@cache
def plain_questions(phase: Phase) -> list[dict[str, Any]]:
    """Read the questions from the files themselves: id, kind, choice, options with points, condition."""
    found = []
    for kind, name in (("risk", "risk"), ("safeguard", "safeguards")):
        for section in yaml.safe_load((_FOLDER / f"{name}.yaml").read_text())["sections"]:
            for one in section["questions"]:
                if one.get("phase") not in (None, phase.value):
                    continue
                id = one["id"] if isinstance(one["id"], str) else one["id"][phase.value]
                condition = None
                for before, opening in one.get("shown_if", {}).items():
                    name_then = before if isinstance(one["id"], str) else _in_phase(before, phase)
                    condition = (name_then, set(opening))
                points = {option: int((option + "-0").split("-")[1]) for option in one["options"]}
                found.append(
                    {
                        "id": id,
                        "kind": kind,
                        "many": one["choice"] == "checkbox",
                        "points": points,
                        "condition": condition,
                    }
                )
    return found


def _in_phase(id: str, phase: Phase) -> str:
    return id if phase is Phase.DESIGN else id.replace("Design", "Implementation")


def slow_points(answers: Answers, phase: Phase) -> tuple[int, int]:
    """Points of risk and of safeguards, question by question; what is hidden gives none."""
    total = {"risk": 0, "safeguard": 0}
    for one in plain_questions(phase):
        shown = one["condition"] is None or any(
            option in one["condition"][1] for option in answers.get(one["condition"][0], ())
        )
        if shown:
            total[one["kind"]] += sum(one["points"][option] for option in answers.get(one["id"], ()))
    return total["risk"], total["safeguard"]


def slow_adjusted(raw: int, mit: int) -> int:
    """The reduction in exact fractions, a half rounded up."""
    if mit < Fraction(8, 10) * 77:
        return raw
    return math.floor(Fraction(85, 100) * raw + Fraction(1, 2))


def slow_level(points: int) -> int:
    """The level in exact fractions of 167."""
    share = Fraction(points, 167)
    if share <= Fraction(1, 4):
        return 1
    if share <= Fraction(1, 2):
        return 2
    return 3 if share <= Fraction(3, 4) else 4


def every_completion(answers: Answers, phase: Phase, among: set[str]) -> list[Answers]:
    """Every way in which the questions in ``among`` can still be answered, whether they are asked or not."""
    choices = []
    for one in plain_questions(phase):
        if one["id"] in among and one["id"] not in answers:
            options = list(one["points"])
            if one["many"]:
                sets = [
                    tuple(o for o, keep in zip(options, kept, strict=True) if keep)
                    for kept in product([False, True], repeat=len(options))
                ]
            else:
                sets = [(option,) for option in options]
            choices.append([(one["id"], chosen) for chosen in sets])
    return [answers | dict(chosen) for chosen in product(*choices)]


def answered(phase: Phase, *, most: bool) -> Answers:
    """All questions answered so that they give the most points, or the fewest."""
    found: Answers = {}
    for one in plain_questions(phase):
        best = (max if most else min)(one["points"], key=one["points"].__getitem__)
        if not one["many"]:
            found[one["id"]] = (best,)
        else:
            found[one["id"]] = tuple(one["points"]) if most else ()
    return found


@st.composite
def some_answers(draw: st.DrawFn, phase: Phase) -> Answers:
    """Answers to some of the questions, hidden ones among them."""
    found: Answers = {}
    for one in plain_questions(phase):
        if draw(st.booleans()):
            options = st.sampled_from(sorted(one["points"]))
            chosen = draw(st.lists(options, max_size=3, unique=True)) if one["many"] else [draw(options)]
            found[one["id"]] = tuple(chosen)
    return found


FACE_SEARCH: Answers = {
    # Illustrative answers for a search for faces in recorded images: 96 points of risk.
    "businessDrivers1": ("item2",),
    "businessDrivers5": ("item2-1",),
    "businessDrivers9": ("item2-1",),
    "businessDrivers11": ("item2-0",),
    "riskProfile1": ("item1-3",),
    "riskProfile2": ("item1-3",),
    "riskProfile3": ("item1-1",),
    "riskProfile4": ("item4-4",),
    "riskProfile7": ("item1-3",),
    "riskProfile8": ("item1-1",),
    "projectAuthority1": ("item2-0",),
    "aboutSystem3": ("item4-1",),
    "aboutSystem4": ("item1-0",),
    "aboutSystem5": ("item3-2",),
    "aboutSystem5B": ("item2-0",),
    "aboutSystem6": ("item1-0",),
    "aboutSystem7": ("item1-0",),
    "aboutSystem8": ("item2-1",),
    "aboutSystem9": ("item1-0",),
    "aboutSystem10A": ("item1-0",),
    "aboutSystem11": ("item1-1",),
    "aboutAlgorithm1": ("item1-1",),
    "aboutAlgorithm2": ("item1-3",),
    "aboutAlgorithm3": ("item2-1",),
    "aboutAlgorithm4": ("item2-1",),
    "aboutAlgorithm8": ("item2-0",),
    "aboutAlgorithm9": ("item2-0",),
    "aboutAlgorithm11": ("item2-2",),
    "decisionSector1": ("item8-1",),
    "impact30": ("item2-2",),
    "impact3": ("item1-4",),
    "impact22": ("item1-2",),
    "impact5": ("item1-2",),
    "impact6": ("item3-3",),
    "impact7": ("item3-3",),
    "impact9": ("item4-4",),
    "impact24": ("item4-4",),
    "impact11": ("item2-2",),
    "impact13": ("item2-2",),
    "impact15": ("item1-1",),
    "impact18": ("item1-3",),
    "impact19I": ("item2-1",),
    "impact23": ("item1-1",),
    "impact26": ("item1-0",),
    "impact27": ("item2-0",),
    "impact28": ("item4-4",),
    "aboutDataSource1": ("item1-2",),
    "aboutDataSource9": ("item1-0",),
    "aboutDataSource10": ("item1-2",),
    "aboutDataSource11": ("item1-0",),
    "aboutDataSource14": ("item1-0",),
    "aboutDataSource15": ("item3-1",),
    "aboutDataSource16": ("item3-1",),
    "aboutDataSource2": ("item2-1",),
    "aboutDataSource17": ("item1-0",),
    "aboutDataSource3": ("item1-1",),
    "aboutDataSource4": ("item1-2",),
    "aboutDataSource5": ("item1-4",),
    "aboutDataSource6": ("item1-4",),
    "aboutDataSource7": ("item4-4",),
    "aboutDataSource8": ("item1-1",),
    "aboutDataSourceType1": ("item1-0",),
    "aboutDataSourceType2": ("item2-4",),
    "aboutDataSourceType3": ("item2-0",),
    "riskProfile10": ("item2-0",),
    "aboutSystem1": ("item1",),
    "aboutAlgorithm5": ("item1-0",),
    "impact4A": ("item2-0",),
}
