"""Answers that do not fit are refused with their place and what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from hearing_app.errors import Fault
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import validate


def faults(data: dict[str, Any], answers: object, **changes: Any) -> dict[str, Fault]:
    data["impact"] = {
        "instrument_version": "1.0.1",
        "phase": "implementation",
        "answered_by": "Riverton Police",
        "answers": answers,
    } | changes
    return {fault.field: fault for fault in validate(data, Entry, "")[1]}


def test_fitting_answers_are_taken(data: dict[str, Any]) -> None:
    answers = {"aboutAlgorithm8": ["item1-3"], "aboutAlgorithm8A": ["item2-1"], "decisionSector1": []}
    assert faults(data, answers) == {}


@pytest.mark.parametrize(
    ("answers", "place", "problem", "repair"),
    [
        ({"impact99": ["item1-1"]}, "impact99", "no question “impact99”", "Correct its id"),
        ({"impact9": ["item9-9"]}, "impact9.0", "“item9-9” is not an answer", "item1-1, item2-2, item3-3"),
        ({"impact9": ["item1-1", "item4-4"]}, "impact9", "has one answer", "Keep one."),
        ({"impact9": []}, "impact9", "no answer here", "leave the question out"),
        ({"decisionSector1": ["item1-1"] * 2}, "decisionSector1.1", "stands here twice", "Keep one"),
        (
            {"fairnessDesign13": ["item1-2"]},
            "fairnessDesign13",
            "not asked in the phase",
            "correct the phase",
        ),
        ({"riskProfile9": ["item1-0"]}, "riskProfile9", "not asked in the phase", "correct the phase"),
        ({"impact27": ["item1-1"]}, "impact27", "not asked, because of the answer to “impact26”", "Remove"),
        (
            {"impact26": ["item5-0"], "impact27": ["item1-1"]},
            "impact27",
            "not asked, because of the answer to “impact26”",
            "correct the one to “impact26”",
        ),
    ],
)
def test_each_fault_has_its_place_and_repair(
    data: dict[str, Any], answers: dict[str, list[str]], place: str, problem: str, repair: str
) -> None:
    found = faults(data, answers)
    assert set(found) == {f"impact.answers.{place}"}
    fault = found[f"impact.answers.{place}"]
    assert problem in fault.problem
    assert repair in fault.repair


def test_another_version_is_named_and_nothing_else(data: dict[str, Any]) -> None:
    found = faults(data, {"impact99": ["item1-1"]}, instrument_version="0.9.1")
    assert set(found) == {"impact.instrument_version"}
    assert "no questionnaire 0.9.1" in found["impact.instrument_version"].problem
    assert "1.0.1" in found["impact.instrument_version"].repair


@pytest.mark.parametrize("answers", [[], "x", 1, {"impact9": "item1-1"}, {"impact9": [1]}, {"impact9": None}])
def test_what_has_the_wrong_shape_is_left_to_the_model(data: dict[str, Any], answers: object) -> None:
    assert faults(data, answers)


def test_all_faults_are_named_in_one_run(data: dict[str, Any]) -> None:
    found = faults(data, {"impact99": ["item1-1"], "impact9": ["item9-9"], "impact27": ["item1-1"]})
    data["colour"] = "blue"
    assert len(found) == 3
    assert {"colour", *found} == {fault.field for fault in validate(data, Entry, "")[1]}
