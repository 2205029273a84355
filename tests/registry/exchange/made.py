"""Entries made up from the model: every field, with words that look like what carries them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry

# Words that a label, a list, a heading, HTML or a spreadsheet could be made of.
WORDS = (
    *("Cameras at four roads.", "Name: Jo", "- a point", "  - and another", "# Heading"),
    *("## What it is for", "yes", "What it is for: x\nWhat it is not for:\n  - y", "a\nb", "a\n\nb"),
    *("a\n  b\n c", "Note:", "Who? Me", "<p>5 < 6 & 7 > 2</p>", "&amp;lt; <br>", "=1+2", "'=1+2", "; -3"),
    *("a, b; c", "\\# x", "---", "é ü 中文", "In operation: no", "2018", "Race: Black", "x: y: z"),
    *("* star", "`code`", "…", "a: b", "It recommends an", "Jalan 5\tkiri", "“quoted”", "{x}"),
    *("[y](z)", "| a |", "Title: One\nNote: Two", "https://a.example.org/x"),
)
DATES = ("2018", "2018-09", "2018-09-11", "2020-01-31")
_GIVEN: dict[str, Any] = {
    "Contact.email": "records@example.org",
    "Contact.phone": "+44 20 7946 0000",
    "Withheld.field": "outputs",
    "RuleReply.rule": "R-20",
    "Deployer.places": ["nl-amsterdam"],
}
_POST = "Head of the information unit"
# Fields in which what is said must agree with what is said elsewhere: made below, or not at all.
KEPT = frozenset({"id", "lifecycle", "compiled", "sources", "lang", "impact", "withheld", "headline"})
_USED = {"stage": "operational", "since": "2018-05", "until": "2019-01"}
LIVES: tuple[list[dict[str, Any]], ...] = (
    [{"stage": "proposed", "since": "2019"}],
    [{"stage": "operational", "since": "2019-03-04", "note": "a\nb"}],
    [{"stage": "operational", "since": "2018", "since_is": "latest_possible"}],
    [{**_USED, "stage": "pilot_live"}, {"stage": "suspended", "since": "2019"}],
    [_USED, {"stage": "retired", "since": "2019-01"}],
    [{**_USED, "stage": "development"}, {"stage": "cancelled", "since": "2020-02"}],
)
IMPACT = {
    "instrument_version": "1.0.1",
    "phase": "implementation",
    "answered_by": "Riverton Police, data office",
    "answers": {
        "businessDrivers1": ["item1"],
        "businessDrivers11": ["item1-2", "item3-0"],
        "riskProfile1": ["item1-3"],
    },
    "note": "Answered in a meeting.",
}


def _takes(metadata: Sequence[Any], text: str) -> bool:
    try:
        TypeAdapter(Annotated[(str, *metadata)] if metadata else str).validate_python(text)
    except ValidationError:
        return False
    return True


def value(kind: Any, metadata: Sequence[Any] = (), name: str = "") -> st.SearchStrategy[Any]:  # noqa: PLR0911 - a line for each kind
    """Return a strategy for one field, as JSON has it."""
    origin = get_origin(kind)
    if name in _GIVEN:
        return st.just(_GIVEN[name])
    if origin is Annotated:
        return value(kind.__origin__, [*kind.__metadata__, *metadata], name)
    if origin in {Union, UnionType}:
        return value(next(one for one in get_args(kind) if one is not type(None)), metadata, name)
    if origin is tuple:
        return st.lists(value(get_args(kind)[0], (), name), min_size=1, max_size=2, unique_by=repr)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return part(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from([one.value for one in kind])
    if kind is PartialDate:
        return st.sampled_from(DATES)
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(1, 10**6)
    if kind is float:
        return st.sampled_from((0.5, 1.0, 0.25, 1e-9))
    return st.sampled_from(_words(tuple(map(repr, metadata)), metadata))


_KNOWN: dict[tuple[str, ...], list[str]] = {}


def _words(key: tuple[str, ...], metadata: Sequence[Any]) -> list[str]:
    if key not in _KNOWN:
        taken = [word for word in (*WORDS, "a-slug", "0" * 64, _POST) if _takes(metadata, word)]
        # What is stripped would come back otherwise than it was given.
        _KNOWN[key] = [word for word in taken if word == word.strip()]
    return _KNOWN[key]


def part(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for a part: what it must have, and some of the rest."""
    must: dict[str, Any] = {}
    may: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        key = f"{model.__name__}.{name}"
        if name == "sources":
            (must if field.is_required() else may)[name] = st.just(["made"])
            continue
        chosen = value(field.annotation, field.metadata, key)
        (must if field.is_required() else may)[name] = chosen
    return st.fixed_dictionaries(must, optional=may)


def entries() -> st.SearchStrategy[Entry]:
    """Return a strategy for valid entries, with any of the fields."""
    fields = {
        name: value(field.annotation, field.metadata, f"Entry.{name}")
        for name, field in Entry.model_fields.items()
        if name not in KEPT
    }
    must = {name: fields.pop(name) for name in ("name", "summary", "deployer", "functions", "purpose")}
    must["lifecycle"] = st.sampled_from(LIVES).map(_life)
    must["lang"] = st.sampled_from(("en", "nl", "pt-BR"))
    fields["impact"] = st.just(IMPACT)
    tried = st.fixed_dictionaries(must, optional=fields).map(lambda made: valid(_BASE | made))
    return tried.filter(lambda entry: entry is not None).map(lambda entry: cast(Entry, entry))


def _life(stages: list[dict[str, Any]]) -> dict[str, Any]:
    return {"stages": [{**one, "sources": ["made"]} for one in stages]}


_BASE: dict[str, Any] = {
    "id": "made-up",
    "compiled": {"by": "deployer", "as_of": "2026-01-31", "statement": "Published by Riverton Police."},
    "is_police_system": True,
    "sources": [{"id": "made", "title": "Made up", "publisher": "Nobody", "kind": "official"}],
}


def valid(data: Mapping[str, Any]) -> Entry | None:
    """Return the entry, or ``None`` where what was made up does not agree."""
    try:
        return Entry.model_validate(data)
    except ValidationError:
        return None
