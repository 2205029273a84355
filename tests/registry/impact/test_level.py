"""A system's level: answers, floors with the field that sets each, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.stated import When
from hearing_app.registry.impact.instrument import Phase, by_id
from hearing_app.registry.impact.level import NAMES, floors, impact_of, is_at_least, level_of
from hearing_app.registry.impact.scoring import is_shown
from hearing_app.registry.needs import holds
from hearing_app.registry.standard import field, is_needed
from hearing_app.registry.vocabulary import Consequence, PolicingFunction
from tests.registry.impact.answering import FACE_SEARCH, Answers, answered

BUILT = Phase.IMPLEMENTATION
NO_CHILDREN = [{"group": "Drivers", "how": "Their plates are read.", "minors": False}]

WITHHELD = {
    "ground": "security",
    "explanation": "It is not for the public.",
    "review_date": "2027-06-01",
    "approver_role": "Chief of Police",
    "full_copy_with": "The city auditor",
}


def entry(data: dict[str, Any], answers: Answers | None = None, **changes: Any) -> Entry:
    """The small entry, with nothing in it that sets a floor, and with answers."""
    quiet: dict[str, Any] = {
        "people_affected": NO_CHILDREN,
        "output_use": {"consequences": ["fine"]},
    }
    if answers is not None:
        quiet["impact"] = {
            "instrument_version": "1.0.1",
            "phase": "implementation",
            "answered_by": "Riverton Police",
            "answers": answers,
        }
    return Entry.model_validate(data | quiet | changes)


def shown(answers: Answers) -> Answers:
    """The answers to questions that are asked."""
    return {id: chosen for id, chosen in answers.items() if is_shown(by_id(BUILT)[id], answers, BUILT)}


LOWEST, HIGHEST = shown(answered(BUILT, most=False)), shown(answered(BUILT, most=True))


def test_full_answers_settle_the_level(data: dict[str, Any]) -> None:
    found = impact_of(entry(data, LOWEST))
    assert (found.level, found.highest, found.is_lower_bound, found.open_questions) == (1, 1, False, 0)
    assert (level_of(entry(data, LOWEST)), level_of(entry(data, HIGHEST))) == (1, 4)
    assert is_at_least(entry(data, LOWEST), 2) is False


def test_obligations_go_by_the_level_before_safeguards(data: dict[str, Any]) -> None:
    guarded = FACE_SEARCH | {id: one for id, one in HIGHEST.items() if "Implementation" in id}
    found = impact_of(entry(data, guarded))
    assert found.score is not None
    assert (found.score.given.level_raw, found.score.given.level_adjusted) == (3, 2)
    assert (found.level, found.is_settled) == (3, True)


def test_without_answers_and_floors_nothing_is_known(data: dict[str, Any]) -> None:
    found = impact_of(entry(data))
    assert (found.level, found.highest, found.is_lower_bound, found.open_questions) == (None, 4, False, None)
    assert level_of(entry(data)) is None
    assert is_at_least(entry(data), 3) is None
    assert is_at_least(entry(data), 1) is None
    # Answers of which none is given say as much.
    assert impact_of(entry(data, {})).level is None


@pytest.mark.parametrize(
    ("floor", "changes"),
    [
        ("identification", {"functions": ["rbi_realtime"]}),
        ("identification", {"functions": ["search", "rbi_post"]}),
        ("person-risk", {"functions": ["person_offending_risk"]}),
        ("person-risk", {"functions": ["person_victim_risk"]}),
        ("custody", {"functions": ["custody_bail_support"]}),
        ("minors", {"people_affected": [*NO_CHILDREN, {"group": "Pupils", "how": "Seen.", "minors": True}]}),
        ("liberty", {"output_use": {"consequences": ["fine", "arrest"]}}),
        ("liberty", {"output_use": {"consequences": ["stop_or_search"]}}),
        ("liberty", {"output_use": {"consequences": ["detention_bail"]}}),
        ("liberty", {"output_use": {"consequences": ["charge_or_disposal"]}}),
    ],
)
def test_a_floor_holds_whatever_is_answered(
    data: dict[str, Any], floor: str, changes: dict[str, Any]
) -> None:
    for answers, highest in ((None, 4), (LOWEST, 3)):
        system = entry(data, answers, **changes)
        found = impact_of(system)
        assert [one.id for one in found.floors] == [floor]
        assert found.floors[0].field in changes
        assert (found.level, found.highest, found.floor) == (3, highest, 3)
        assert found.is_lower_bound is (answers is None)
        assert (level_of(system), is_at_least(system, 3)) == (3, True)
        assert is_at_least(system, 4) is (None if answers is None else False)


@pytest.mark.parametrize(
    ("changes", "unknown"),
    [
        ({"functions": ["other"]}, {"identification", "person-risk", "custody"}),
        ({"people_affected": []}, {"minors"}),
        ({"people_affected": [{"group": "Anybody", "how": "Seen."}]}, {"minors"}),
        ({"output_use": None}, {"liberty"}),
        # What a body withholds in part may be what sets a floor.
        ({"withheld": [WITHHELD | {"field": "functions"}]}, {"identification", "person-risk", "custody"}),
        ({"withheld": [WITHHELD | {"field": "people_affected"}]}, {"minors"}),
        ({"withheld": [WITHHELD | {"field": "output_use"}]}, {"liberty"}),
        ({"output_use": {"consequences": [], "sole_basis": False}}, {"liberty"}),
    ],
)
def test_a_floor_of_which_nothing_is_told_stays_possible(
    data: dict[str, Any], changes: dict[str, Any], unknown: set[str]
) -> None:
    system = entry(data, LOWEST, **changes)
    found = impact_of(system)
    assert {one.id for one in found.unknown_floors} == unknown
    assert (found.level, found.highest, found.is_lower_bound) == (1, 3, True)
    assert level_of(system) is None
    assert is_at_least(system, 3) is None
    assert is_at_least(system, 4) is False


def test_open_questions_leave_a_range(data: dict[str, Any]) -> None:
    some = {id: one for id, one in HIGHEST.items() if not id.startswith(("impact", "aboutData"))}
    found = impact_of(entry(data, some))
    assert found.score is not None
    assert (found.score.lowest.level_raw, found.level, found.highest) == (2, 2, 4)
    assert found.is_lower_bound
    assert found.open_questions == len(found.score.open) > 20
    # Nobody may take "at least II" for "below III".
    assert level_of(entry(data, some)) is None
    assert is_at_least(entry(data, some), 2) is True


def test_training_is_needed_from_level_three_on(data: dict[str, Any]) -> None:
    training = field("operator_training")
    for answers, needed in ((HIGHEST, True), (LOWEST, False), (None, None)):
        assert holds(When.HIGH_IMPACT, entry(data, answers)) is needed
        assert is_needed(training, entry(data, answers)) is needed


def test_the_floors_name_fields_and_values_that_exist() -> None:
    for one in floors():
        field(one.field)
        known = {*map(str, PolicingFunction), *map(str, Consequence)}
        assert set(one.values) <= known
        assert one.level in NAMES
