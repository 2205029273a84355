"""The questionnaire holds what the instrument has: counted and added up from the data, and frozen."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest

from hearing_app.registry.impact.instrument import Choice, Kind, Phase, by_id, questionnaire

PHASES = pytest.mark.parametrize("phase", list(Phase))
# For each section: questions of a scored type, those that can give points, and the points.
RISK = {
    "reasons": (4, 3, 5),
    "risk-profile": (8, 6, 15),
    "authority": (1, 1, 2),
    "system": (11, 9, 17),
    "algorithm": (9, 9, 15),
    "decision": (1, 1, 8),
    "impact": (18, 17, 52),
    "data": (18, 16, 53),
}
SAFEGUARDS = {
    "consultation": (7, 4, 10),
    "data-quality": (9, 9, 14),
    "fairness": (23, 23, 44),
    "privacy": (6, 6, 9),
}
# What a change of any id, weight, kind of choice or condition would change; the words may be bettered.
STRUCTURE = {
    Phase.DESIGN: "bbcf04ca7173502df8513bd4a69218b2fc7a0afce34f9962c3fcd5d4e574500e",
    Phase.IMPLEMENTATION: "062cca6475fd532b014a9c5a34a49f9bf7297716608a041318bd6e72422d9a8a",
}


def points_of(option_id: str) -> int:
    """The weight by its definition, written another way than in the code."""
    found = re.search(r"-(\d+)$", option_id)
    return int(found.group(1)) if found else 0


@PHASES
def test_each_section_has_the_questions_and_points_of_the_instrument(phase: Phase) -> None:
    for section in questionnaire(phase).sections:
        weighted = [one for one in section.questions if any(points_of(option.id) for option in one.options)]
        counted = (len(section.questions), len(weighted), section.most)
        wanted = (RISK | SAFEGUARDS)[section.id]
        if section.id == "risk-profile":
            # One of its eight questions is asked in each phase alone.
            wanted = (7, *wanted[1:])
        assert counted == wanted, section.id


def test_the_whole_has_the_counts_and_sums_of_the_instrument() -> None:
    risk = {one.id for phase in Phase for one in questionnaire(phase).questions(Kind.RISK)}
    assert len(risk) == 70 == sum(count for count, _, _ in RISK.values())
    for phase in Phase:
        asked = questionnaire(phase)
        assert (asked.most(Kind.RISK), asked.most(Kind.SAFEGUARD)) == (167, 77)
        assert sum(one.most > 0 for one in asked.questions(Kind.RISK)) == 62
        assert sum(1 for _ in asked.questions(Kind.SAFEGUARD)) == 45
        assert sum(one.most > 0 for one in asked.questions(Kind.SAFEGUARD)) == 42
    ids = {one.id for phase in Phase for one in questionnaire(phase).questions(Kind.SAFEGUARD)}
    assert len(ids) == 90


@PHASES
def test_ids_kinds_weights_and_conditions_stay_as_they_are(phase: Phase) -> None:
    lines = []
    for one in questionnaire(phase).questions():
        condition = f" if {one.shown_if[0]} in {sorted(one.shown_if[1])}" if one.shown_if else ""
        lines.append(f"{one.id} {one.choice} {[option.id for option in one.options]}{condition}")
    assert sha256("\n".join(lines).encode()).hexdigest() == STRUCTURE[phase]


@PHASES
def test_weights_stand_in_the_ids(phase: Phase) -> None:
    for one in questionnaire(phase).questions():
        assert [option.weight for option in one.options] == [points_of(option.id) for option in one.options]
        assert len({option.id for option in one.options}) == len(one.options)
    assert by_id(phase)["aboutDataSource2"].option("item6-3").weight == 3
    assert by_id(phase)["aboutSystem1"].option("item6").weight == 0


def test_the_two_phases_ask_the_same_of_safeguards_under_two_names() -> None:
    design, built = (list(questionnaire(phase).questions(Kind.SAFEGUARD)) for phase in Phase)
    for one, other in zip(design, built, strict=True):
        assert other.id == one.id.replace("Design", "Implementation") != one.id
        assert (one.ask, one.choice, one.options) == (other.ask, other.choice, other.options)
        if one.shown_if and other.shown_if:
            assert other.shown_if[0] == one.shown_if[0].replace("Design", "Implementation")
    assert {one.panel for one in questionnaire(Phase.DESIGN).sections} & {
        "fairnessDesignPanel-MS",
        "aboutDataSourcePanel-RS",
    } == {"fairnessDesignPanel-MS", "aboutDataSourcePanel-RS"}


@PHASES
def test_conditions_lead_to_single_choices_of_the_same_kind_that_stand_before(phase: Phase) -> None:
    """The arithmetic of what is possible rests on this."""
    seen: set[str] = set()
    for one in questionnaire(phase).questions():
        if one.shown_if is not None:
            before = by_id(phase)[one.shown_if[0]]
            assert before.id in seen
            assert before.choice is not Choice.CHECKBOX
            assert before.kind is one.kind
            assert one.shown_if[1] <= {option.id for option in before.options}
        seen.add(one.id)
    assert sum(one.shown_if is not None for one in questionnaire(phase).questions(Kind.RISK)) == 8
    assert sum(one.shown_if is not None for one in questionnaire(phase).questions(Kind.SAFEGUARD)) == 7


@PHASES
def test_the_words_are_short_plain_and_end_as_sentences(phase: Phase) -> None:
    for one in questionnaire(phase).questions():
        assert len(one.ask) <= 130, one.id
        assert one.ask[0].isupper(), one.id
        assert one.ask.endswith(("?", ".")), one.id
        for option in one.options:
            assert len(option.text) <= 90, option.text
            assert not option.text.endswith("."), option.text


def test_a_version_that_is_not_held_is_refused() -> None:
    with pytest.raises(KeyError):
        questionnaire(Phase.DESIGN, "0.9.1")
