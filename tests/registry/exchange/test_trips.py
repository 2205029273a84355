"""The way there and back, for every standard: what comes back is what was said, and all the rest is named."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import About, Draft, Export
from hearing_app.registry.exchange.standards import STANDARDS
from hearing_app.registry.exchange.trip import NO_PLACE, Standard, export
from hearing_app.registry.files import read_entries
from hearing_app.registry.standard import fields
from tests.registry.exchange.made import entries
from tests.scale import scale

ROOT = Path(__file__).parents[3]
SHIPPED = read_entries(ROOT / "registry")[0]
HERE = "https://hearing.example.org"
ABOUT = About(HERE, "", "2026-01-02T10:00:00+00:00", 3)
Step = str | int
# Notes on how a standard goes about something; no field of it.
_NO_FIELD = ("in text", "guidance only", "proposed", "e-mail workflow")


def about(entry: Entry) -> About:
    return replace(ABOUT, address=f"{HERE}/record/systems/{entry.id}")


def flat(value: Any, at: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Any]]:
    """Give every single value with its place; what says nothing is left out."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from flat(one, (*at, str(name)))
    elif isinstance(value, (list, tuple)):
        for place, one in enumerate(value):
            yield from flat(one, (*at, place))
    elif value is not None:
        yield at, value


def named(at: tuple[Step, ...]) -> str:
    return ".".join(step for step in at if isinstance(step, str))


def stated(entry: Entry) -> dict[tuple[Step, ...], Any]:
    data = entry.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return dict(flat(data))


def is_named(at: tuple[Step, ...], lost: set[str]) -> bool:
    steps = named(at).split(".")
    return any(".".join(steps[:length]) in lost for length in range(1, len(steps) + 1))


def check(standard: Standard, entry: Entry) -> tuple[Export, Draft]:
    """Assert that every stated value came back or is named, and that nothing came that was not said."""
    made = export(standard, entry, about(entry))
    draft = standard.read(made.document).draft
    before, after = stated(entry), dict(flat(draft))
    lost = {one.field for one in made.not_held}
    for at, value in before.items():
        assert after.get(at) == value or is_named(at, lost), (at, value, after.get(at))
    for at, value in after.items():
        assert before.get(at) == value or is_named(at, lost), ("nobody said", at, value)
    for path in lost:
        differing = [at for at, value in before.items() if after.get(at) != value]
        assert any(named(at) == path or named(at).startswith(f"{path}.") for at in differing), path
    for one in made.not_held:
        # A place that is said to hold a field needs a reason where it does not.
        is_held = any(one.field == held or one.field.startswith(f"{held}.") for held in standard.held)
        assert one.why != NO_PLACE or not is_held, one
    return made, draft


@pytest.mark.parametrize("name", STANDARDS)
def test_what_the_register_holds_comes_back_or_is_named(name: str) -> None:
    for entry in SHIPPED:
        made, _ = check(STANDARDS[name], entry)
        assert not STANDARDS[name].read(made.document).unplaced, entry.id
        if not isinstance(made.document, str):
            assert json.loads(json.dumps(made.document, allow_nan=False)) == made.document


@settings(
    max_examples=scale(25, 500), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(entry=entries())
def test_whatever_is_said_comes_back_or_is_named(entry: Entry) -> None:
    for name, standard in STANDARDS.items():
        _, draft = check(standard, entry)
        again = standard.read(standard.write(draft, about(entry)))
        assert again.draft == draft, name
        assert not again.unplaced, name


@pytest.mark.parametrize("name", STANDARDS)
def test_every_place_that_is_named_beside_a_field_is_held_or_has_a_reason(name: str) -> None:
    column = {"annex-viii": "eu"}.get(name, name)
    standard = STANDARDS[name]
    roots = {path.partition(".")[0] for path in standard.held} | set(standard.whys)
    for field in fields():
        places = [
            place
            for place in field.standards.get(column, ())
            if not place.endswith("†") and not place.startswith(_NO_FIELD)
        ]
        assert not places or field.name in roots, f"{field.name} ({', '.join(places)}): no place, no reason"


@pytest.mark.parametrize("name", STANDARDS)
def test_what_is_said_to_be_held_comes_back_from_its_example(name: str) -> None:
    standard = STANDARDS[name]
    for field in fields():
        # The list of sources is not what is left out of the fields here; a language stands beside a title.
        if field.name not in standard.held - {"sources", "lang"} or field.name in standard.whys:
            continue
        example = {field.name: field.example}
        draft = standard.read(standard.write(_without_sources(example), ABOUT)).draft
        assert draft.get(field.name) == _without_sources(example)[field.name], field.name


def _without_sources(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_sources(one) for name, one in value.items() if name != "sources"}
    return [_without_sources(one) for one in value] if isinstance(value, list) else value
