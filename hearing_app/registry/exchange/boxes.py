"""The places of another standard, each as a line of a table that both writes it and reads it.

A ``Box`` is a text. Where it holds one plain field, the field's words stand in it as they are; otherwise the
fields stand with their labels (``labelled``). A text that was not written so goes to the box's ``home``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import Any

from pydantic import BaseModel

from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import Draft, Unplaced, labelled
from hearing_app.registry.exchange.kinds import is_list, is_part, item_of, kind_of, label_of, refusal
from hearing_app.registry.exchange.trip import get, put

NO_FIELD = "No field of an entry takes this text as a whole."
NOT_TEXT = "This is not a text."
NOT_LISTED = "This is not one of the words that are known here."
TOO_LONG = "With it, the text would be longer than {most:,} characters."
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|ul|ol)>", re.IGNORECASE)
_ITEM = re.compile(r"<li\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:p|div|ul|ol|li|br)\s*/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a text goes that has no labels: the field at ``path``, or its part ``part``.

    In a list it makes the only item.
    """

    path: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A text at ``place`` that holds the fields at these dotted paths.

    ``most`` is the number of characters that it takes: fields are left out from the last one on until the
    others fit, and with ``cut`` the last words of the only one. ``html`` says that it takes HTML.
    """

    place: str
    fields: tuple[str, ...]
    home: Home | None = None
    most: int = 0
    html: bool = False
    cut: bool = False
    root: type[BaseModel] = Entry

    @property
    def is_word(self) -> bool:
        """Whether it holds the words of one field and nothing else."""
        kind = kind_of(self.root, self.fields[0])
        return len(self.fields) == 1 and not is_list(kind) and not is_part(kind)


@dataclass(frozen=True, slots=True)
class Choice:
    """A word from a list at ``place`` for the term at ``path``.

    ``pairs`` are (ours, theirs). Where several of ours have one word there, the first of them is what the
    word is read as, unless ``also``, which are (theirs, ours) and only read, says otherwise.
    """

    place: str
    path: str
    pairs: tuple[tuple[str, str], ...]
    also: tuple[tuple[str, str], ...] = ()

    def written(self, ours: str | None) -> str | None:
        """Return their word for a term of ours."""
        return dict(self.pairs).get(ours or "")

    def read(self, theirs: object) -> str | None:
        """Return our term for a word of theirs, whatever its capitals and spaces."""
        said = " ".join(str(theirs).casefold().split())
        return next((ours for word, ours in self._words() if word.casefold() == said), None)

    def _words(self) -> Iterable[tuple[str, str]]:
        yield from self.also
        yield from ((theirs, ours) for ours, theirs in self.pairs)

    @property
    def collapse(self) -> str:
        """Return the sentence that names the words that stand for several of ours."""
        words = {theirs: [ours for ours, word in self.pairs if word == theirs] for _, theirs in self.pairs}
        several = [f"“{word}” for {', '.join(ours)}" for word, ours in words.items() if len(ours) > 1]
        return f"It has one word for several: {'; '.join(several)}." if several else ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of objects at ``place`` for the list at ``path``; each column is a box of one item's fields."""

    place: str
    path: str
    columns: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Several texts for one list at ``path``: each column's text has a line for each item, in order."""

    path: str
    columns: tuple[Box, ...]


Line = Box | Items | Columns


def write_box(box: Box, data: Mapping[str, Any]) -> str | None:
    """Return the text of a box, or ``None`` where there is nothing that it can hold."""
    values = {path: value for path in box.fields if (value := get(data, path)) is not None}
    while values:
        text = _text(box, values)
        text = _as_html(text) if box.html else text
        if not box.most or len(text) <= box.most:
            return text
        if len(values) == 1 and box.cut:
            return _cut(text, box.most)
        values.popitem()
    return None


def read_box(box: Box, text: object) -> tuple[dict[str, Any], str]:
    """Return the values of a box's fields, and why the text could not be placed; one of the two is empty."""
    if not isinstance(text, str):
        return {}, NOT_TEXT
    said = (_from_html(text) if box.html else text).strip()
    if not said:
        return {}, ""
    return _values(box, said)


def write_items(items: Items, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the objects of a list; an item of which nothing can be held is left out."""
    made = []
    for one in get(data, items.path) or ():
        found = {box.place: text for box in items.columns if (text := write_box(box, one)) is not None}
        made += [found] if found else []
    return made


def read_items(items: Items, given: object) -> tuple[list[dict[str, Any]], list[Unplaced]]:
    """Return the items that a list of objects describes, and what could not be placed."""
    if not isinstance(given, list):
        return [], [Unplaced(items.place, given, "This is not a list.")]
    found, unplaced = [], []
    for number, one in enumerate(given):
        place = f"{items.place}.{number}"
        if not isinstance(one, Mapping):
            unplaced.append(Unplaced(place, one, "This is not a group of fields."))
            continue
        item: Draft = {}
        known = {box.place: box for box in items.columns}
        for name, text in one.items():
            if name not in known:
                unplaced.append(Unplaced(f"{place}.{name}", text, NO_FIELD))
                continue
            values, why = read_box(known[name], text)
            unplaced += [Unplaced(f"{place}.{name}", text, why)] if why else []
            for path, value in values.items():
                put(item, path, value)
        found += [item] if item else []
    return found, unplaced


def write_columns(columns: Columns, data: Mapping[str, Any]) -> dict[str, str]:
    """Return a text for each column: the item's own words where there is one item, else a line for each."""
    items = get(data, columns.path) or []
    made: dict[str, str] = {}
    for box in columns.columns:
        texts = [write_box(box, one) for one in items]
        if len(texts) == 1 and texts[0] is not None and not _is_listed(texts[0]):
            made[box.place] = texts[0]
        elif any(texts):
            made[box.place] = labelled.write([text or "-" for text in texts], tuple[str, ...])
    return made


def read_columns(
    columns: Columns, given: Mapping[str, object]
) -> tuple[list[dict[str, Any]], list[Unplaced]]:
    """Return the items that several texts describe together, and the texts that could not be placed."""
    lists: dict[str, list[str]] = {}
    unplaced: list[Unplaced] = []
    for box in columns.columns:
        text = given.get(box.place)
        if isinstance(text, str) and text.strip():
            said = text.strip()
            lists[box.place] = labelled.read(said, tuple[str, ...]) if _is_listed(said) else [said]
        elif text is not None and not isinstance(text, str):
            unplaced.append(Unplaced(box.place, text, NOT_TEXT))
    size = max((len(texts) for texts in lists.values()), default=0)
    items: list[dict[str, Any]] = [{} for _ in range(size)]
    for box in columns.columns:
        texts = lists.get(box.place, [])
        if texts and len(texts) != size:
            why = f"It has {len(texts)} lines where another text has {size}: whose they are is not told."
            unplaced.append(Unplaced(box.place, given[box.place], why))
            continue
        read = [({}, "") if text == "-" else read_box(box, text) for text in texts]
        if whys := [why for _, why in read if why]:
            unplaced.append(Unplaced(box.place, given[box.place], whys[0]))
            continue
        for item, (values, _) in zip(items, read, strict=bool(texts)) if texts else ():
            for path, value in values.items():
                put(item, path, value)
    return [item for item in items if item], unplaced


def write_lines(table: Sequence[Line], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands at each place of a table."""
    made: dict[str, Any] = {}
    for line in table:
        if isinstance(line, Columns):
            made |= write_columns(line, data)
            continue
        value = write_items(line, data) if isinstance(line, Items) else write_box(line, data)
        if value:
            made[line.place] = value
    return made


def read_lines(table: Sequence[Line], given: Mapping[str, object]) -> tuple[Draft, list[Unplaced]]:
    """Return the draft that the places of a table describe, and what could not be placed."""
    draft: Draft = {}
    unplaced: list[Unplaced] = []
    for line in table:
        if isinstance(line, Box):
            if line.place not in given:
                continue
            values, why = read_box(line, given[line.place])
            unplaced += [Unplaced(line.place, given[line.place], why)] if why else []
            for path, value in values.items():
                put(draft, path, value)
            continue
        if isinstance(line, Items) and line.place not in given:
            continue
        items, missed = (
            read_items(line, given[line.place]) if isinstance(line, Items) else read_columns(line, given)
        )
        unplaced += missed
        if items:
            put(draft, line.path, items)
    return draft, unplaced


def too_long(table: Sequence[Line]) -> dict[str, str]:
    """Return, for each field in a box that has an end, why it may not come back."""
    return {
        path: TOO_LONG.format(most=line.most)
        for line in table
        if isinstance(line, Box) and line.most
        for path in line.fields
    }


def places(table: Sequence[Line]) -> set[str]:
    """Return every place that a table writes or reads."""
    return {one.place for line in table for one in (line.columns if isinstance(line, Columns) else (line,))}


def held(table: Sequence[Line]) -> set[str]:
    """Return the dotted path of every field, or part of one, that a table writes and reads."""
    found: set[str] = set()
    for line in table:
        if isinstance(line, Box):
            found |= set(line.fields)
        else:
            found |= {f"{line.path}.{path}" for box in line.columns for path in box.fields}
    return found


def column(place: str, path: str, *parts: str, home: str = "", **limits: Any) -> Box:
    """Return the box of an item's fields in the list at ``path``; its ``home`` is the first, unless said."""
    box = Box(place, parts, root=item_root(path), **limits)
    return box if box.is_word else replace(box, home=Home(home or parts[0]))


def item_root(path: str) -> type[BaseModel]:
    """Return the model of one item of the list at a path."""
    root: type[BaseModel] = item_of(kind_of(Entry, path))
    return root


def _text(box: Box, values: Mapping[str, Any]) -> str:
    for text in _candidates(box, values):
        if text is not None and _values(box, text) == (dict(values), ""):
            return text
    return labelled.write_fields(values, _labelled(box))


def _candidates(box: Box, values: Mapping[str, Any]) -> Iterable[str | None]:
    if box.is_word:
        yield labelled.write(values[box.fields[0]], kind_of(box.root, box.fields[0]))
    if box.home and len(values) == 1:
        yield _unwrapped(box, values)
    if len(box.fields) == 1:
        yield labelled.write(values[box.fields[0]], kind_of(box.root, box.fields[0]))


def _values(box: Box, text: str) -> tuple[dict[str, Any], str]:
    if box.is_word:
        path = box.fields[0]
        try:
            value = labelled.read(text, kind_of(box.root, path))
        except ValueError:
            return {}, NOT_LISTED
        why = refusal(box.root, path, value)
        return ({}, why) if why else ({path: value}, "")
    try:
        if len(box.fields) == 1:
            return {box.fields[0]: labelled.read(text, kind_of(box.root, box.fields[0]))}, ""
        return labelled.read_fields(text, _labelled(box)), ""
    except ValueError:
        return _wrapped(box, text)


def _labelled(box: Box) -> dict[str, tuple[str, Any]]:
    return {path: (label_of(box.root, path), kind_of(box.root, path)) for path in box.fields}


def _wrapped(box: Box, text: str) -> tuple[dict[str, Any], str]:
    home = box.home
    if home is None:
        return {}, NO_FIELD
    where = f"{home.path}.{home.part}" if home.part else home.path
    kind = kind_of(box.root, home.path)
    whole = [text] if is_list(kind) and not home.part else text
    if why := refusal(box.root, where, whole):
        return {}, why
    value: Any = {home.part: text} if home.part else text
    return {home.path: [value] if is_list(kind) else value}, ""


def _unwrapped(box: Box, values: Mapping[str, Any]) -> str | None:
    home = box.home
    found = values.get(home.path) if home else None
    if home is None or found is None:
        return None
    if is_list(kind_of(box.root, home.path)):
        found = found[0] if len(found) == 1 else None
    if home.part:
        found = found.get(home.part) if isinstance(found, Mapping) and len(found) == 1 else None
    return found if isinstance(found, str) else None


def _is_listed(text: str) -> bool:
    try:
        labelled.read(text, tuple[str, ...])
    except ValueError:
        return False
    return True


def _cut(text: str, most: int) -> str:
    shorter = text[: most - 1].rsplit(" ", 1)[0] or text[: most - 1]
    return f"{shorter}…"


def _as_html(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")


def _from_html(text: str) -> str:
    lines = _BREAK.sub("\n", _ITEM.sub("- ", text))
    return unescape(_TAG.sub("", lines))
