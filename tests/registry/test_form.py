"""The form is drawn from the model: every field has its control, and what is typed comes back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hearing_app.registry.desk.text import as_yaml, read_yaml, tidy
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_entries
from hearing_app.registry.form import (
    NONE_OF_THESE,
    Control,
    Kind,
    as_text,
    collect,
    control,
    controls,
    fits,
    normal,
    read,
)

REGISTRY = Path(__file__).parents[2] / "registry"
ENTRIES = read_entries(REGISTRY)[0]


def test_every_field_has_a_control_with_a_title() -> None:
    assert [one.name for one in controls()] == list(Entry.model_fields)

    def walk(listed: tuple[Control, ...]) -> Iterator[Control]:
        for one in listed:
            yield one
            yield from walk(one.fields)

    every = list(walk(controls()))
    assert len(every) > 200
    assert all(one.title for one in every)
    assert {one.kind for one in every} == set(Kind) - {Kind.YAML}
    assert all(one.options for one in every if one.kind in {Kind.CHOICE, Kind.CHOICES})


@pytest.mark.parametrize(
    ("name", "kind", "longest"),
    [
        ("id", Kind.LINE, 80),
        ("name", Kind.LINE, 100),
        ("summary", Kind.PROSE, 400),
        ("purpose", Kind.PROSE, 2000),
        ("aliases", Kind.LINES, None),
        ("not_for", Kind.PARAGRAPHS, None),
        ("is_police_system", Kind.ANSWER, None),
        ("functions", Kind.CHOICES, None),
        ("automation_level", Kind.CHOICE, None),
        ("next_review", Kind.DATE, None),
        ("deployer", Kind.PART, None),
        ("suppliers", Kind.PARTS, None),
        ("datasets", Kind.REFERENCES, None),
    ],
)
def test_the_control_follows_from_the_type(name: str, kind: Kind, longest: int | None) -> None:
    assert (control(name).kind, control(name).longest) == (kind, longest)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_comes_back_from_the_form_as_it_went_in(entry: Entry) -> None:
    document = tidy(entry)
    again = normal(document)
    assert Entry.model_validate(again) == entry
    assert all(fits(one, document.get(one.name)) for one in controls())


@pytest.mark.parametrize(
    "document",
    [
        {},
        {
            "functions": "anpr",
            "name": 7,
            "lifecycle": ["proposed"],
            "suppliers": [{"nmae": "x"}, 3],
            "other": 1,
        },
        {"automation_level": "sometimes", "functions": ["anpr", "unheard_of"], "scale": [{"uses": "many"}]},
        {"screening": {"fria_parts": [], "public_space": False, "experts_in_review": 0}},
        {"is_police_system": "yes", "sources": {"a": 1}, "aliases": [1, 2], "withheld": [None]},
        {"impact": {"answers": {"q1": ["a", "b"]}, "phase": "design"}},
    ],
)
def test_a_value_of_any_shape_comes_back(document: dict[str, Any]) -> None:
    assert normal(document) == document


@pytest.mark.parametrize(
    ("path", "given", "value"),
    [
        ("scale.0.uses", " 12 ", 12),
        ("scale.0.uses", "a dozen", "a dozen"),
        ("scale.0.uses", "", None),
        ("human_review.override_rate", "0,25", 0.25),
        ("human_review.second_person", "no", False),
        ("screening.fria_parts", [NONE_OF_THESE], []),
        ("screening.fria_parts", [], None),
        ("not_for", "One.\n\nTwo,\nin two lines.\n\n\n", ["One.", "Two,\nin two lines."]),
        ("aliases", "ANPR\n\n  Readers ", ["ANPR", "Readers"]),
        ("name", "  ", None),
    ],
)
def test_what_is_typed_is_read_as_it_is_meant(path: str, given: Any, value: Any) -> None:
    name = path.partition(".")[0]
    found: Any = collect([name], {"scale": [{"period": "2025"}]}, {path: given})
    for step in path.split("."):
        found = found[int(step)] if step.isdigit() else (found or {}).get(step)
    assert found == value


@pytest.mark.parametrize(
    "document",
    [
        {"aliases": ["One\nname", "Another"]},
        {"aliases": ["One", ""]},
        {"not_for": ["One.\n\nStill the same one.", "Two."]},
        {"impact": {"answers": {"q1: of two": ["a"]}}},
        {"impact": {"answers": {"q1": ["a, b", "c"]}}},
        {"measurements": [{"value": 0.000003, "low": 1e-12, "high": 0.1}]},
    ],
)
def test_nothing_is_divided_or_written_otherwise_by_looking_at_it(document: dict[str, Any]) -> None:
    assert normal(document) == document
    assert read_yaml(as_yaml(document).encode()) == document


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_is_the_same_text_after_the_form_and_after_yaml(entry: Entry) -> None:
    document = tidy(entry)
    assert normal(document) == document
    assert read_yaml(as_yaml(document).encode()) == document


def test_what_was_not_shown_keeps_its_value() -> None:
    document = {"name": "Cameras", "purpose": "To see.", "unheard_of": 1, "lifecycle": {"note": "x"}}
    found = collect(["name"], document, {"name": "Other cameras"})
    assert found == document | {"name": "Other cameras"}
    assert list(found) == ["name", "lifecycle", "purpose", "unheard_of"]


def test_a_part_that_says_nothing_is_none() -> None:
    assert collect(["contact"], {"contact": {"name": "Desk"}}, {"contact.name": ""}) == {}
    # An item of a list stays, so that it can be filled in.
    assert collect(["suppliers"], {"suppliers": [{}]}, {"suppliers.0.name": ""}) == {"suppliers": [{}]}


def test_yaml_that_cannot_be_read_stays_as_it_was_typed() -> None:
    one = as_text(control("functions"))
    assert read(one, "functions: [anpr]\n") == ["anpr"]
    assert read(one, "functions: [anpr") == "functions: [anpr"
    assert read(one, " ") is None


def test_what_says_nothing_falls_away_and_the_rest_stays() -> None:
    given: dict[str, Any] = {
        "aliases": [],
        "unit": None,
        "contact": {"name": "Desk", "phone": None},
        "next_review": 2027,
    }
    assert normal(given) == {"contact": {"name": "Desk"}, "next_review": "2027"}
    assert normal(normal(given)) == normal(given)
