"""The form of an entry, drawn from the model: which control each field needs, and what is read back from it.

Nothing here lists a field. What somebody typed is never thrown away: a number that is none stays the text
that was typed, and the check then says what is wrong with it; a value of a shape that no control can show is
shown as YAML (``Kind.YAML``) and read back as such.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.desk.text import as_yaml, in_figures
from hearing_app.registry.entry import Entry
from hearing_app.registry.reading import parse
from hearing_app.registry.text import Prose
from hearing_app.registry.vocabulary import Term


class Kind(StrEnum):
    """What a control is."""

    LINE = "line"
    PROSE = "prose"
    LINES = "lines"
    PARAGRAPHS = "paragraphs"
    CHOICE = "choice"
    CHOICES = "choices"
    ANSWER = "answer"
    NUMBER = "number"
    DATE = "date"
    REFERENCES = "references"
    PART = "part"
    PARTS = "parts"
    TABLE = "table"
    YAML = "yaml"


YES, NO, NOT_KNOWN = "yes", "no", ""
NONE_OF_THESE = "none of these"
"""In a list of choices: the answer that none applies, which is another one than no answer."""
_REFERENCES = frozenset({"sources", "datasets"})
_TEXTS = frozenset({Kind.LINE, Kind.PROSE, Kind.DATE})
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}[.,][0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Control:
    """How one field is asked for. ``options`` are (value, label); ``fields`` those of a part.

    ``longest`` is the limit in characters; ``required`` says that its part cannot be without it,
    ``may_be_none`` that an empty list is an answer.
    """

    name: str
    kind: Kind
    title: str
    hint: str = ""
    required: bool = False
    longest: int | None = None
    options: tuple[tuple[str, str], ...] = ()
    fields: tuple[Control, ...] = ()
    may_be_none: bool = False


@cache
def controls(model: type[BaseModel] = Entry) -> tuple[Control, ...]:
    """Return the controls of a model's fields, in their order."""
    hints = get_type_hints(model, include_extras=True)
    return tuple(_control(name, hints[name], info) for name, info in model.model_fields.items())


def control(name: str) -> Control:
    """Return the control of a field of the entry; raise ``KeyError`` where there is none."""
    return {one.name: one for one in controls()}[name]


def fits(one: Control, value: object) -> bool:  # noqa: PLR0911 - a case for each kind
    """Return whether a control can show a value without losing any of it. No value fits everywhere."""
    if value is None:
        return True
    known = {option for option, _ in one.options}
    inside = {field.name: field for field in one.fields}
    match one.kind:
        case Kind.LINE | Kind.PROSE:
            return isinstance(value, str)
        case Kind.DATE:
            return isinstance(value, (str, int)) and not isinstance(value, bool)
        case Kind.NUMBER:
            return isinstance(value, (str, int, float)) and not isinstance(value, bool)
        case Kind.ANSWER:
            return isinstance(value, bool)
        case Kind.CHOICE:
            return value in known if isinstance(value, str) else False
        case Kind.CHOICES:
            return _strings(value) is not None and set(_strings(value) or ()) <= known
        case Kind.LINES | Kind.PARAGRAPHS:
            # An item with a line break of its own would come back as two.
            return (said := _strings(value)) is not None and (read(one, shown(one, value)) or []) == said
        case Kind.REFERENCES:
            return _strings(value) is not None
        case Kind.PART:
            return (
                isinstance(value, Mapping)
                and set(value) <= set(inside)
                and all(fits(inside[name], said) for name, said in value.items())
            )
        case Kind.PARTS:
            return isinstance(value, Sequence) and not isinstance(value, str)
        case Kind.TABLE:
            return (
                isinstance(value, Mapping)
                and all(_strings(said) is not None for said in value.values())
                and (read(one, shown(one, value)) or {}) == value
            )
    return False


def shown(one: Control, value: object) -> Any:  # noqa: PLR0911 - a case for each kind
    """Return what a control shows of a value: text, or the chosen options. It fits (``fits``)."""
    match one.kind:
        case Kind.CHOICES | Kind.REFERENCES:
            chosen = _strings(value) or []
            return [NONE_OF_THESE] if one.may_be_none and value is not None and not chosen else chosen
        case Kind.LINES:
            return "\n".join(_strings(value) or [])
        case Kind.PARAGRAPHS:
            return "\n\n".join(_strings(value) or [])
        case Kind.ANSWER:
            return NOT_KNOWN if value is None else YES if value else NO
        case Kind.TABLE:
            rows = value if isinstance(value, Mapping) else {}
            return "\n".join(f"{name}: {', '.join(_strings(said) or [])}" for name, said in rows.items())
        case Kind.YAML:
            return "" if value is None else as_yaml({one.name: value})
    if isinstance(value, float):
        return in_figures(value)
    return "" if value is None else str(value)


def read(one: Control, raw: Any) -> Any:  # noqa: PLR0911 - a case for each kind
    """Return what somebody gave in a control as the value of the field; ``None`` for nothing."""
    match one.kind:
        case Kind.CHOICES | Kind.REFERENCES:
            chosen = [name for name in raw or () if name != NONE_OF_THESE]
            return chosen or ([] if raw and one.may_be_none else None)
        case Kind.LINES:
            return [line.strip() for line in raw.splitlines() if line.strip()] or None
        case Kind.PARAGRAPHS:
            return [part.strip() for part in re.split(r"\n\s*\n", raw) if part.strip()] or None
        case Kind.ANSWER:
            return {YES: True, NO: False}.get(raw)
        case Kind.NUMBER:
            return _number(raw.strip())
        case Kind.TABLE:
            rows = [line.partition(":") for line in raw.splitlines() if line.strip()]
            return {
                name.strip(): [v.strip() for v in said.split(",") if v.strip()] for name, _, said in rows
            } or None
        case Kind.YAML:
            return _from_yaml(one.name, raw)
    return raw.strip() or None


def collect(names: Sequence[str], document: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with what was given for some of its fields; all the others are left as they are.

    ``raw`` holds what each control says by its path ("lifecycle.stages.0.since"); a path that is not there
    was not shown, and keeps its value. How many parts a list has, the document says.
    """
    said = {name: _collected(control(name), document.get(name), name, raw) for name in names}
    whole = {**document, **said}
    ordered = [name for name in Entry.model_fields if name in whole]
    unknown = [name for name in whole if name not in Entry.model_fields]
    return {name: whole[name] for name in (*ordered, *unknown) if whole[name] is not None}


def normal(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document as the form gives it back when nobody changes anything.

    A draft is kept in this form: else whoever only opens it would seem to have changed it.
    """
    raw = dict(pair for one in controls() for pair in _as_shown(one, document.get(one.name), one.name))
    return collect([name for name in Entry.model_fields if name in document], document, raw)


def _as_shown(one: Control, value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield what each control shows of a value, by its path."""
    if not fits(one, value):
        yield path, shown(as_text(one), value)
    elif one.kind is Kind.PART:
        for field in one.fields:
            yield from _as_shown(field, (value or {}).get(field.name), f"{path}.{field.name}")
    elif one.kind is Kind.PARTS:
        item = Control(one.name, Kind.PART, one.title, fields=one.fields)
        for place, inside in enumerate(value or ()):
            yield from _as_shown(item, inside, f"{path}.{place}")
    else:
        yield path, shown(one, value)


def _collected(one: Control, old: Any, path: str, raw: Mapping[str, Any]) -> Any:
    if path in raw:
        return read(one if fits(one, old) or path not in raw else as_text(one), raw[path])
    if not fits(one, old):
        return old
    if one.kind is Kind.PART:
        return _part(one, old if isinstance(old, Mapping) else {}, path, raw) or None
    if one.kind is Kind.PARTS:
        item = Control(one.name, Kind.PART, one.title, fields=one.fields)
        found = [
            read(as_text(item), raw[f"{path}.{place}"])
            if f"{path}.{place}" in raw
            else _part(one, value, f"{path}.{place}", raw)
            if fits(item, value) and isinstance(value, Mapping)
            else value
            for place, value in enumerate(old or ())
        ]
        return found or None
    return old


def _part(one: Control, old: Mapping[str, Any], path: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    said = {
        field.name: _collected(field, old.get(field.name), f"{path}.{field.name}", raw)
        for field in one.fields
    }
    return {name: value for name, value in said.items() if value is not None}


def as_text(one: Control) -> Control:
    """Return the control that shows a value of the wrong shape, as YAML."""
    return Control(one.name, Kind.YAML, one.title, "Its form is not the expected one. Correct it here.")


def _from_yaml(name: str, raw: str) -> Any:
    if not raw.strip():
        return None
    data, faults = parse(raw.encode())
    if faults or not isinstance(data, dict) or set(data) != {name}:
        # What cannot be read is kept as it was typed; the check says that it does not fit.
        return raw
    return data[name]


def _number(text: str) -> int | float | str | None:
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text.replace(",", "."))
    return text or None


def _strings(value: object) -> list[str] | None:
    if value is None:
        return []
    if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        return list(value)
    return None


def _control(name: str, annotation: Any, info: FieldInfo) -> Control:  # noqa: PLR0911 - a case for each kind
    hint = info.description or ""
    title = info.title or name.replace("_", " ").capitalize()
    base, metadata, is_optional = _unwrapped(annotation)
    given: dict[str, Any] = {"required": info.is_required(), "longest": _longest([*metadata, *info.metadata])}
    if get_origin(base) is tuple:
        inner, about, _ = _unwrapped(get_args(base)[0])
        limits = {**given, "longest": None}
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return Control(name, Kind.PARTS, title, hint, **limits, fields=controls(inner))
        if isinstance(inner, type) and issubclass(inner, Term):
            options = tuple((str(one), one.label) for one in inner)
            return Control(
                name, Kind.CHOICES, title, hint, **limits, options=options, may_be_none=is_optional
            )
        if name in _REFERENCES:
            return Control(name, Kind.REFERENCES, title, hint, **limits)
        kind = Kind.PARAGRAPHS if _is_prose(about) else Kind.LINES
        return Control(name, kind, title, hint, **limits)
    if get_origin(base) is dict:
        return Control(name, Kind.TABLE, title, hint, required=info.is_required())
    if issubclass(base, BaseModel):
        return Control(name, Kind.PART, title, hint, required=info.is_required(), fields=controls(base))
    if issubclass(base, Term):
        options = tuple((str(one), one.label) for one in base)
        return Control(name, Kind.CHOICE, title, hint, **given, options=options)
    if issubclass(base, bool):
        return Control(name, Kind.ANSWER, title, hint, required=info.is_required())
    if issubclass(base, (int, float)):
        return Control(name, Kind.NUMBER, title, hint, required=info.is_required())
    if issubclass(base, PartialDate):
        return Control(name, Kind.DATE, title, hint, required=info.is_required())
    kind = Kind.PROSE if _is_prose([*metadata, *info.metadata]) else Kind.LINE
    return Control(name, kind, title, hint, **given)


def _unwrapped(annotation: Any) -> tuple[Any, list[Any], bool]:
    """Return a type without ``Annotated`` and ``None``, what was said about it, whether it may be absent."""
    metadata: list[Any] = []
    is_optional = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            for one in more:
                metadata += [one, *(one.metadata if isinstance(one, FieldInfo) else ())]
        elif origin in {Union, types.UnionType}:
            is_optional = True
            [annotation] = [one for one in get_args(annotation) if one is not type(None)]
        else:
            return annotation, metadata, is_optional


def _is_prose(metadata: Sequence[Any]) -> bool:
    return all(one in metadata for one in Prose.__metadata__)  # type: ignore[attr-defined]  # of an alias


def _longest(metadata: Sequence[Any]) -> int | None:
    lengths = [one.max_length for one in metadata if isinstance(getattr(one, "max_length", None), int)]
    return min(lengths, default=None)
