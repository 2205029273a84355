"""The values of an entry in words: what stands in a list of changes, and the titles of a part's fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from pydantic import BaseModel

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.vocabulary import Term

NOTHING_SAID = "Given, without any answer"
# The fields by which a part is called, the first that it has: a list of parts then reads as a list of names.
_NAMED_BY = ("name", "title", "group", "recipient", "form", "text", "indicator", "stage", "attribute")
_LONGEST_NAME = 80


def title_of(model: type[BaseModel], name: str) -> str:
    """Return the title of a part's field: the one that the model gives, else its name in words."""
    return model.model_fields[name].title or name.replace("_", " ").capitalize()


def in_words(value: object) -> str:
    """Return a value in words: "Yes" for true, a label for a term, "Title: value" for each field of a part.

    What is absent gives an empty text. Items of a list are joined by "; ", sentences by a space.
    """
    match value:
        case None:
            words = ""
        case bool():
            words = "Yes" if value else "No"
        case Term():
            words = value.label
        case PartialDate():
            words = value.words
        case float():
            # Never as "3e-06".
            words = f"{Decimal(f'{value:.12g}'):f}"
        case BaseModel():
            words = _joined(f"{title}: {told}" for title, told in _told(value)) or NOTHING_SAID
        case Mapping():
            words = _joined(f"{name}: {in_words(one)}" for name, one in value.items())
        case tuple() | list():
            words = _joined(map(in_words, value))
        case _:
            words = str(value)
    return words


def _joined(parts: Iterable[str]) -> str:
    """Join with semicolons, but for what ends as a sentence does."""
    whole = ""
    for part in parts:
        whole += ("" if not whole else " " if whole[-1] in ".!?" else "; ") + part
    return whole


def _told(part: BaseModel) -> Iterator[tuple[str, str]]:
    """Give the title and the words of each field of a part that says something."""
    for name in type(part).model_fields:
        if words := in_words(getattr(part, name)):
            yield title_of(type(part), name), words


def names_itself(item: BaseModel) -> str:
    """Return the name of the field by which an item of a list is called: the first one where none fits."""
    names = type(item).model_fields
    called = [name for name in _NAMED_BY if name in names and in_words(getattr(item, name))]
    return called[0] if called else next(iter(names))


def name_of(item: object) -> str:
    """Return what an item of a list is called in one short line, such as a claim by its words."""
    if isinstance(item, BaseModel):
        item = getattr(item, names_itself(item))
    return shortened(in_words(item))


def shortened(text: str) -> str:
    """Return the beginning of a text on one line, as long as a name may be."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1].rstrip()}…"
