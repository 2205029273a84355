"""Fields as a text that a person reads and that this program reads back, word for word.

Every field stands on a line of its own behind its label; what belongs to it follows, indented by two
spaces; items of a list begin with a hyphen. Words of fixed meaning stand with their label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.exchange.kinds import is_list, is_part, item_of, parts_of
from hearing_app.registry.vocabulary import Term

Labelled = Mapping[str, tuple[str, Any]]
"""The label and the kind of each field, by its name."""
_INDENT = "  "


def write(value: Any, kind: Any) -> str:
    """Return the text of a value as JSON has it; raise ``ValueError`` for what it is not."""
    if is_list(kind):
        return "\n".join(_item(write(one, item_of(kind))) for one in value)
    return write_fields(value, parts_of(kind)) if is_part(kind) else _word(value, kind)


def write_fields(values: Mapping[str, Any], fields: Labelled) -> str:
    """Return the text of several fields, those of ``values`` that are named in ``fields``."""
    lines = []
    for name, (label, kind) in fields.items():
        if name not in values:
            continue
        text = write(values[name], kind)
        if is_list(kind) or is_part(kind):
            lines += [_head(label), *_indented(text.split("\n"))]
        else:
            first, *rest = text.split("\n")
            lines += [f"{_head(label)} {first}", *_indented(rest)]
    return "\n".join(lines)


def read(text: str, kind: Any) -> Any:
    """Return the value of a text; raise ``ValueError`` where it was not written so."""
    if is_list(kind):
        return [read(one, item_of(kind)) for one in _items(text)]
    return read_fields(text, parts_of(kind)) if is_part(kind) else _value(text, kind)


def read_fields(text: str, fields: Labelled) -> dict[str, Any]:
    """Return the values of several fields; raise ``ValueError`` where the text is not made of them."""
    heads = {_head(label): name for name, (label, _) in fields.items()}
    found: dict[str, Any] = {}
    for first, rest in _blocks(text):
        head = next((one for one in heads if first == one or first.startswith(f"{one} ")), None)
        if head is None or heads[head] in found:
            raise ValueError(first)
        name = heads[head]
        kind = fields[name][1]
        own = [first[len(head) + 1 :]] if len(first) > len(head) else []
        found[name] = read("\n".join([*own, *rest]), kind)
    if not found:
        raise ValueError(text)
    return found


def _head(label: str) -> str:
    return label if label.endswith("?") else f"{label}:"


def _item(text: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join([f"- {first}", *_indented(rest)])


def _items(text: str) -> Iterator[str]:
    for first, rest in _blocks(text):
        if not first.startswith("- "):
            raise ValueError(first)
        yield "\n".join([first[2:], *rest])


def _indented(lines: list[str]) -> list[str]:
    return [f"{_INDENT}{line}" if line else "" for line in lines]


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Split a text into its lines at the margin, each with the indented lines below it."""
    first: str | None = None
    rest: list[str] = []
    for line in text.split("\n"):
        if not line or line.startswith(_INDENT):
            if first is None:
                raise ValueError(line)
            rest.append(line[2:])
            continue
        if first is not None:
            yield first, rest
        first, rest = line, []
    if first is None:
        raise ValueError(text)
    yield first, rest


def _word(value: Any, kind: Any) -> str:
    if kind is bool:
        return "yes" if value else "no"
    if isinstance(kind, type) and issubclass(kind, Term):
        return kind(value).label
    if kind in {int, float}:
        return repr(value)
    if kind in {str, PartialDate}:
        return str(value)
    raise ValueError(f"no text is made of {kind}")


def _value(text: str, kind: Any) -> Any:
    if kind is bool:
        return {"yes": True, "no": False}[text] if text in {"yes", "no"} else _refuse(text)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next((one.value for one in kind if getattr(one, "label", "") == text), None) or _refuse(text)
    if kind in {int, float}:
        # Python reads any number of digits, and underscores between them; a count has few.
        number = kind(text) if len(text) < 30 and "_" not in text else _refuse(text)
        return number if abs(number) < float("inf") else _refuse(text)
    return str(PartialDate(text)) if kind is PartialDate else text


def _refuse(text: str) -> Any:
    raise ValueError(text[:80])
