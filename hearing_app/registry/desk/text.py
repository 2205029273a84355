"""The text of a draft: what it begins with, as it is kept, and as YAML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import yaml
from sqlalchemy import Connection

from hearing_app.errors import Fault, Invalid
from hearing_app.record.canonical import canonical_json
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import MOST_VALUES, entry_of
from hearing_app.registry.reading import parse
from hearing_app.registry.register import register_of
from hearing_app.registry.vocabulary import CompiledBy

LARGEST_DRAFT = 256 * 1024
_AS_IT_WAS = "The draft is as it was."


def blank(db: Connection, agency: str, when: datetime) -> dict[str, Any]:
    """Return the text of a new entry: what the register knows of its agency."""
    known = [one.id for one in register_of(db).ordered if one.agency == agency]
    deployer: dict[str, Any] = {"agency": agency}
    if known:
        said = entry_of(db, known[0]).entry.deployer.model_dump(
            mode="json", exclude_none=True, exclude={"sources", "note"}
        )
        deployer = {name: value for name, value in said.items() if value}
    return {
        "lang": "en",
        "compiled": {"by": str(CompiledBy.DEPLOYER), "as_of": f"{when:%Y-%m-%d}"},
        "is_police_system": True,
        "deployer": deployer,
    }


def own_text(entry: Entry, when: datetime) -> dict[str, Any]:
    """Return an entry as the text of a draft: its agency's own words, brought up to date today."""
    text = tidy(entry)
    text["compiled"] = {**text["compiled"], "by": str(CompiledBy.DEPLOYER), "as_of": f"{when:%Y-%m-%d}"}
    if entry.compiled.by is not CompiledBy.DEPLOYER:
        # What others said of their work is not what the body says of its own.
        del text["compiled"]["statement"]
    return text


def text_of(document: Mapping[str, Any]) -> str:
    """Return a document as it is kept; raise ``Invalid`` where it is too large, or no plain data."""
    try:
        text = canonical_json(document)
    except (TypeError, ValueError, RecursionError):
        raise Invalid("The draft holds something that cannot be kept.", kept=_AS_IT_WAS) from None
    too_many = _holds_more(document, MOST_VALUES)
    if len(text) > LARGEST_DRAFT or too_many:
        most = f"{MOST_VALUES:,} fields and values" if too_many else f"{LARGEST_DRAFT // 1024} KiB"
        problem = f"The draft is larger than {most}."
        fault = Fault("", "", problem, "Shorten it, or make two entries of it.")
        raise Invalid(problem, [fault], kept=_AS_IT_WAS)
    return text.decode()


def tidy(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain data without what is absent: what an author reads and changes."""
    return entry.model_dump(mode="json", exclude_none=True, exclude_defaults=True)


def as_yaml(document: Mapping[str, Any]) -> str:
    """Return the text of a draft as YAML, to be kept, changed elsewhere, or signed."""

    class Writer(yaml.SafeDumper):
        """SafeDumper that writes small shares as they are read back: "0.000003", never "3.0e-06"."""

    Writer.add_representer(
        float, lambda writer, value: writer.represent_scalar("tag:yaml.org,2002:float", in_figures(value))
    )
    return yaml.dump(dict(document), Dumper=Writer, allow_unicode=True, sort_keys=False, width=100)


def in_figures(value: float) -> str:
    """Return a number as it is written out, without an exponent: 3e-06 is "0.000003"."""
    text = f"{Decimal(repr(value)):f}"
    return text if "." in text else f"{text}.0"


def read_yaml(text: bytes) -> dict[str, Any]:
    """Return the document in a YAML text that somebody hands in; raise ``Invalid`` where it cannot be read.

    It need not be complete: the desk names what is missing. No tags, no anchors, no repeated fields.
    """
    data, faults = parse(text)
    if not faults and not isinstance(data, dict):
        problem = "The document must be a group of fields."
        faults = [Fault("", "", problem, "Begin with “id:” at the left margin.")]
    if faults or not isinstance(data, dict):
        raise Invalid("This text cannot be read.", faults, kept="No draft was made or changed.")
    text_of(data)
    return data


def _holds_more(data: object, most: int) -> bool:
    """Return whether a document holds more fields, values, lists and groups; it is not walked to its end."""
    waiting, seen = [data], 0
    while waiting and seen + len(waiting) <= most:
        one = waiting.pop()
        seen += 1
        if isinstance(one, Mapping):
            waiting += one.values()
        elif isinstance(one, (list, tuple)):
            waiting += one
    return bool(waiting)
