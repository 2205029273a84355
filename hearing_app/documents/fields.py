"""The fields of an entry as a page shows them: in the order in which people ask, each in its state.

Nothing here lists what a field holds. A field that the standard adds finds its section by its group, and its
parts are shown with their own titles.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel

from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.publication import Withheld
from hearing_app.registry.entry.stated import Group, Need
from hearing_app.registry.in_words import in_words, name_of, names_itself, title_of
from hearing_app.registry.standard import StandardField, Told, fields, is_needed, told, withheld

SECTIONS = {
    "what": "What it is",
    "effects": "What it may do to you, and who decides",
    "how": "How it works, and on what data",
    "figures": "Does it work, and for whom does it fail?",
    "claims": "What is claimed, and what the evidence supports",
    "law": "Is it allowed?",
    "answerable": "Who answers for it",
    "rights": "What you can do",
    "withheld": "What is withheld",
    "history": "History",
    "sources": "Sources",
}
_GROUPS = {
    Group.A: "history",
    Group.B: "answerable",
    Group.C: "law",
    Group.D: "effects",
    Group.E: "how",
    Group.F: "how",
    Group.G: "law",
    Group.H: "figures",
    Group.I: "rights",
    Group.J: "history",
    Group.K: "rights",
}
# What people ask first in a section, and what they ask there although it is of another group.
_FIRST = {
    "what": (
        *("deployer", "is_police_system", "scope_note", "lifecycle", "functions", "purpose", "not_for"),
        *("geography", "suppliers", "users", "aliases", "external_ids"),
    ),
    "effects": (
        *("decision_supported", "automation_level", "human_review", "output_use", "people_affected"),
        *("scale", "impact_shape", "operator_training", "impact"),
    ),
    "how": ("workings", "method_family", "inputs", "outputs", "learning", "system_versions", "data_used"),
    "figures": ("headline", "success_test", "datasets", "measurements", "subgroup_claims"),
    "claims": ("claims",),
    "law": (
        *("legal_basis", "rulings", "authorisations", "ai_act", "justification", "alternatives_considered"),
        *("previous_process", "assessments", "risks", "incidents", "rule_replies", "screening"),
    ),
    "answerable": ("accountable_role", "unit", "contact", "procurement", "supplier_disclosure"),
    "withheld": ("withheld",),
    "history": ("retirement", "next_review", "compiled", "name", "summary", "id", "lang", "translations"),
    "sources": ("sources",),
}
# Lists of parts that read well beside their title, where others need the width of the page.
_NARROW = frozenset(
    {
        *("external_ids", "suppliers", "people_affected", "inputs", "outputs", "scale", "system_versions"),
        *("protected_attributes", "sharing", "translations"),
    }
)
_WIDE = frozenset({"impact", "screening"})


@dataclass(frozen=True, slots=True)
class Bar:
    """A withheld field, as it is drawn in the place where the field would stand."""

    why: Withheld
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One field in the place where it stands. ``if_needed`` is said where the entry leaves that open."""

    field: StandardField
    told: Told
    value: object
    bar: Bar | None
    if_needed: str

    @property
    def is_wide(self) -> bool:
        """Whether it needs the width of the page, and a heading of its own."""
        if self.told is not Told.STATED or self.field.name in _NARROW:
            return False
        value = self.value
        return self.field.name in _WIDE or (
            isinstance(value, tuple) and any(isinstance(one, BaseModel) for one in value)
        )


@dataclass(frozen=True, slots=True)
class Block:
    """Fields that stand beside their titles; or one, ``is_wide``, under a heading of its own."""

    fields: tuple[Shown, ...]
    is_wide: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """A section before it is opened: which fields it states, which it does not, and which are withheld.

    ``withheld`` holds the fields that are withheld whole or in part; ``blocks`` hold what is
    stated. A field that the page shows in another way stands in none of them.
    """

    blocks: tuple[Block, ...]
    stated: tuple[Shown, ...]
    missing: tuple[Shown, ...]
    withheld: tuple[Shown, ...]

    @property
    def count(self) -> int:
        """How many fields the section has in this entry."""
        whole = [one for one in self.withheld if one.told is not Told.STATED]
        return len(self.stated) + len(self.missing) + len(whole)


def section_of(one: StandardField) -> str:
    """Return the section of the page in which a field stands."""
    placed = {name: section for section, names in _FIRST.items() for name in names}
    return placed.get(one.name, _GROUPS[one.group])


def in_sections(entry: Entry, today: date) -> dict[str, list[Block]]:
    """Return the blocks of each section. What this entry needs not state, and does not, stands in none."""
    order = {name: place for names in _FIRST.values() for place, name in enumerate(names)}
    found: dict[str, list[Block]] = {section: [] for section in SECTIONS}
    for one in sorted(fields(), key=lambda one: order.get(one.name, len(order))):
        shown = _shown(one, entry, today)
        if shown.told is Told.NOT_NEEDED:
            continue
        blocks = found[section_of(one)]
        if shown.is_wide or not blocks or blocks[-1].is_wide:
            blocks.append(Block((shown,), shown.is_wide))
        else:
            blocks[-1] = Block((*blocks[-1].fields, shown), is_wide=False)
    return found


def outlines(blocks: Mapping[str, Sequence[Block]], elsewhere: Collection[str] = ()) -> dict[str, Outline]:
    """Return the outline of each section, from its blocks; those named ``elsewhere`` are left out."""
    return {section: _outline(within, elsewhere) for section, within in blocks.items()}


def _outline(within: Sequence[Block], elsewhere: Collection[str]) -> Outline:
    stated = [
        Block(
            tuple(one for one in block.fields if one.told is Told.STATED and one.field.name not in elsewhere),
            block.is_wide,
        )
        for block in within
    ]
    shown = [one for block in within for one in block.fields]
    return Outline(
        blocks=tuple(block for block in stated if block.fields),
        stated=tuple(one for block in stated for one in block.fields),
        missing=tuple(one for one in shown if one.told is Told.NOT_STATED),
        withheld=tuple(one for one in shown if one.bar),
    )


def by_state(entry: Entry) -> Mapping[Told, tuple[StandardField, ...]]:
    """Return every field of the standard by what the entry says in it."""
    return {state: tuple(one for one in fields() if told(one, entry) is state) for state in Told}


def rows_of(part: BaseModel, but: Collection[str] = ()) -> list[tuple[str, object]]:
    """Return the title and value of each field of a part that says something; sources are noted elsewhere.

    ``but`` names fields that the page shows in another way.
    """
    model = type(part)
    told = [(name, getattr(part, name)) for name in model.model_fields if name not in {*but, "sources"}]
    return [(title_of(model, name), value) for name, value in told if in_words(value)]


def rest_of(item: BaseModel) -> list[tuple[str, object]]:
    """Return the rows of an item of a list, without the field by which it is called."""
    return rows_of(item, (names_itself(item),))


def kind_of(value: object) -> str:
    """Return how a value is shown: "part", "parts", "list", "answers", "link", "number" or "text"."""
    match value:
        case BaseModel():
            kind = "part"
        case Mapping():
            kind = "answers"
        case tuple():
            kind = "parts" if any(isinstance(one, BaseModel) for one in value) else "list"
        case bool():
            kind = "text"
        case int():
            kind = "number"
        case str() if value.startswith(("https://", "http://")):
            kind = "link"
        case _:
            kind = "text"
    return kind


def called(item: BaseModel) -> str:
    """Return the words by which an item of a list is called, whole."""
    return in_words(getattr(item, names_itself(item))) or name_of(item)


def _shown(one: StandardField, entry: Entry, today: date) -> Shown:
    why = withheld(one, entry)
    bar = Bar(why, why.review_date.last_day < today) if why else None
    is_open = one.need is Need.CONDITIONAL and is_needed(one, entry) is None
    return Shown(one, told(one, entry), getattr(entry, one.name), bar, one.when.label if is_open else "")
