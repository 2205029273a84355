"""What entries can be filtered by, and counted: each with the values of an entry and their order.

A value that an entry does not tell is a choice of its own ("Not stated"), never nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.technology import Method
from hearing_app.registry.impact.level import impact_of
from hearing_app.registry.standard import Completeness
from hearing_app.registry.state import STALE
from hearing_app.registry.vocabulary import AutomationLevel, CompiledBy, LifecycleStage, PolicingFunction
from hearing_app.registry.words import fold

Values = tuple[tuple[str, str], ...]
"""Values with their labels."""
Order = tuple[int | bool | str, ...]
NOT_STATED = ("not_stated", "Not stated")
CANNOT_TELL = ("cannot_tell", "A rule of which it cannot be told")
NO_RULE = ("none", "No rule")
LEVELS = {1: "Level I", 2: "Level II", 3: "Level III", 4: "Level IV"}
BANDS = (
    ("0-25", "Under a quarter of the fields stated"),
    ("25-50", "A quarter to half"),
    ("50-75", "Half to three quarters"),
    ("75-100", "Three quarters or more"),
)


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing to filter by: its name in addresses, its title, the values of an entry, and their order."""

    name: str
    title: str
    of: Callable[[Entry, Completeness], Values]
    order: Callable[[str, str], Order]


def _in_order(values: Sequence[str]) -> Callable[[str, str], Order]:
    known = [*values, NOT_STATED[0]]
    return lambda value, _: (known.index(value),)


def _by_label(value: str, label: str) -> Order:
    return fold(label), value


def _stage_order(value: str, _: str) -> Order:
    return list(LifecycleStage).index(LifecycleStage(value.removesuffix(STALE))), value.endswith(STALE)


def _methods(entry: Entry, _: Completeness) -> Values:
    return tuple((one.value, one.label) for one in entry.method_family) or (NOT_STATED,)


def _automation(entry: Entry, _: Completeness) -> Values:
    level = entry.automation_level
    return ((level.value, level.label) if level else NOT_STATED,)


def _impact(entry: Entry, _: Completeness) -> Values:
    found = impact_of(entry)
    return ((str(found.level), LEVELS[found.level]) if found.level and found.is_settled else NOT_STATED,)


def _band(_: Entry, complete: Completeness) -> Values:
    share = complete.share
    return (NOT_STATED if share is None else BANDS[min(len(BANDS) - 1, int(share * len(BANDS)))],)


def _rule_order(value: str, _: str) -> Order:
    return (value == NO_RULE[0], value == CANNOT_TELL[0], value)


def _withheld(entry: Entry, _: Completeness) -> Values:
    return (("yes", "Something is withheld") if entry.withheld else ("no", "Nothing is withheld"),)


FACETS = (
    Facet(
        "function",
        "Kind of police work",
        lambda entry, _: tuple((one.value, one.label) for one in entry.functions),
        _in_order(list(PolicingFunction)),
    ),
    Facet("agency", "Agency", lambda entry, _: ((entry.deployer.agency, entry.deployer.name),), _by_label),
    Facet("stage", "Stage", lambda entry, _: ((entry.state.value, entry.state.label),), _stage_order),
    Facet(
        "country", "Country", lambda entry, _: ((entry.deployer.country, entry.deployer.country),), _by_label
    ),
    Facet("method", "Method", _methods, _in_order(list(Method))),
    Facet("automation", "Does a machine decide?", _automation, _in_order(list(AutomationLevel))),
    Facet("impact", "Impact level", _impact, _in_order([str(level) for level in LEVELS])),
    Facet("complete", "How complete the entry is", _band, _in_order([value for value, _ in BANDS])),
    Facet(
        "written",
        "Who wrote the entry",
        lambda entry, _: ((entry.compiled.by.value, entry.compiled.by.label),),
        _in_order(list(CompiledBy)),
    ),
    Facet("withheld", "Withheld", _withheld, _in_order(["yes", "no"])),
    # An entry alone does not tell it: whoever lists entries knows the rules (see ``listed``).
    Facet("rule", "Rule on prohibited uses that it touches", lambda _, __: (), _rule_order),
)
BY_NAME = {facet.name: facet for facet in FACETS}
