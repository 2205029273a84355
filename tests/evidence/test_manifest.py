"""The manifest as a model: frozen, exact about types, and with words for thresholds."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from hearing_app.evidence.audit import audit
from hearing_app.evidence.contradictions import contradictions
from hearing_app.evidence.datasets import Catalogue, Dataset, check_datasets
from hearing_app.evidence.manifest import Manifest
from hearing_app.evidence.selection import parse_selection
from tests.evidence.conftest import MakeDataset


def test_it_is_frozen_and_refuses_what_it_does_not_know(compas: Dataset) -> None:
    manifest = compas.manifest
    with pytest.raises(ValidationError, match="frozen"):
        manifest.title = "Other"  # type: ignore[misc]  # what is tried here
    with pytest.raises(ValidationError, match="extra"):
        Manifest.model_validate({**manifest.model_dump(), "colour": "red"})
    assert Manifest.model_validate(manifest.model_dump()) == manifest
    assert contradictions(manifest) == []


def test_thresholds_are_worded_as_the_source_words_them(compas: Dataset) -> None:
    manifest = compas.manifest
    assert [manifest.level(n) for n in (4, 5, 6, 8)] == [
        "4 or higher", "medium or high", "6 or higher", "high",
    ]  # fmt: skip


def test_what_is_below_a_threshold_has_words_of_its_own(compas: Dataset) -> None:
    manifest = compas.manifest
    assert [manifest.below(n) for n in (4, 5, 6, 8)] == ["below 4", "low", "below 6", "low or medium"]


def test_only_the_two_places_stand_in_braces(compas: Dataset) -> None:
    assert compas.manifest.decision is not None
    decision = compas.manifest.decision.model_copy(update={"negative": "were {lower}"})
    [fault] = contradictions(compas.manifest.model_copy(update={"decision": decision}))
    assert fault.field == "decision.negative"


def test_values_of_different_types_are_different_values(compas: Dataset) -> None:
    column = compas.manifest.column("in_propublica_6172")
    assert column is not None
    assert column.listed(1) is not None
    assert column.listed("1") is None
    assert column.listed(True) is None
    assert compas.manifest.column("decile_score") is None
    assert compas.manifest.column("n") is None


@pytest.mark.parametrize("role", ["filter", "time", "decision"])
def test_people_can_be_selected_by_what_is_not_compared(make_dataset: MakeDataset, role: str) -> None:
    rows = [("red", 0, 1, 0, 40), ("red", 1, 8, 1, 50), ("blue", 1, 8, 0, 60)]
    folder = make_dataset(rows, 10)
    manifest = folder / "made" / "dataset.yaml"
    manifest.write_text(manifest.read_text().replace("role: filter", f"role: {role}"))
    assert check_datasets(folder) == []
    catalogue = Catalogue(folder)
    dataset = catalogue.dataset("made")
    assert [column.name for column in dataset.manifest.selectable] == ["team", "extra"]
    assert [column.name for column in dataset.manifest.groups] == ["team"]
    chosen = audit(catalogue, parse_selection(dataset, [("by", "team"), ("where", "extra:1")]))
    assert [one.counts["n"] for one in chosen.groups] == [50, 60]
    catalogue.close()


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "|cmd", "%0A", "\u22121", "\t=1"])
def test_a_value_that_a_spreadsheet_would_run_is_refused(compas: Dataset, value: str) -> None:
    given = compas.manifest.model_dump(mode="json")
    given["columns"][0]["values"][0]["value"] = value
    with pytest.raises(ValidationError, match="begins like a formula"):
        Manifest.model_validate(given)
