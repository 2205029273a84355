"""Entries to take away: as the files of other standards, each with what it cannot hold, and all together."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from hearing_app.documents.exports import as_typed, csv_bytes
from hearing_app.documents.render import render
from hearing_app.errors import Fault, Invalid
from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import About, Export, Import, Unplaced
from hearing_app.registry.exchange.standards import STANDARDS
from hearing_app.registry.exchange.taking import read_json, read_text
from hearing_app.registry.exchange.trip import Standard, lost_between, plain
from hearing_app.registry.published import PublishedEntry
from hearing_app.registry.standard import field

_ROWS = ("reference_number", "attribute", "value")
# The sheet has 64 fields; one that was saved with empty rows has more.
_MOST_ROWS = 2_000
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class File:
    """One file that is made of an entry: its standard, how it is sent, written and read."""

    name: str
    standard: Standard
    media_type: str
    title: str
    written: Callable[[Any], bytes]
    given: Callable[[bytes], tuple[Any, list[Fault]]]


def _as_json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"


def _as_rows(document: Mapping[str, Any]) -> bytes:
    return csv_bytes(_ROWS, ([row[name] for name in _ROWS] for row in document["fields"]))


def _from_rows(raw: bytes) -> tuple[Any, list[Fault]]:
    text, faults = read_text(raw)
    first = text.partition("\n")[0]
    divided = max(",;\t", key=first.count)
    try:
        table = csv.DictReader(io.StringIO(text, newline=""), delimiter=divided, strict=True)
        rows = list(islice(table, _MOST_ROWS + 1))
    except csv.Error as error:
        return None, [Fault("", "", f"This is not CSV ({error}).", "Save the sheet as CSV, in UTF-8.")]
    if len(rows) > _MOST_ROWS:
        problem = f"There are more than {_MOST_ROWS:,} rows."
        return None, [Fault("", "", problem, "Give the sheet of one system.")]
    if not faults and not set(_ROWS[1:]) <= set(rows[0] if rows else ()):
        problem = "The first line does not name the columns."
        return None, [Fault("", "", problem, f"Name them: {', '.join(_ROWS)}.")]
    return [{name: as_typed(row.get(name) or "") for name in _ROWS} for row in rows], faults


def _file(name: str, standard: str, kind: str = _JSON, title: str = "") -> File:
    found = STANDARDS[standard]
    return File(name, found, kind, title or found.title, _as_json, read_json)


_ATRS = _file("atrs.csv", "atrs", "text/csv; charset=utf-8", f"{STANDARDS['atrs'].title} (CSV)")
_CARD = _file("model-card.md", "hugging-face", "text/markdown; charset=utf-8")
FILES: Mapping[str, File] = {
    file.name: file
    for file in (
        replace(_ATRS, written=_as_rows, given=_from_rows),
        _file("atrs.json", "atrs", title=f"{STANDARDS['atrs'].title} (JSON)"),
        _file("nl.json", "nl"),
        _file("annex-viii.json", "annex-viii"),
        _file("aia.json", "aia"),
        _file("model-card.json", "model-card"),
        replace(_CARD, written=str.encode, given=read_text),
        _file("dcat.jsonld", "dcat", "application/ld+json"),
    )
}
NAMES = {
    **{"atrs": "atrs.json", "atrs-csv": "atrs.csv", "nl": "nl.json", "annex-viii": "annex-viii.json"},
    **{"aia": "aia.json", "model-card": "model-card.json", "hugging-face": "model-card.md"},
    "dcat": "dcat.jsonld",
}
"""What the command line calls each file."""


def about(published: PublishedEntry, base: str) -> About:
    """Return what the register knows of a version; ``base`` is the public address, without a slash."""
    version = published.version
    return About(
        base,
        f"{base}/record/systems/{version.document_id}",
        version.published_at.isoformat(),
        version.version,
        version.sha256,
    )


def exported(file: File, entry: Entry, known: About) -> Export:
    """Return an entry as a file has it; what is lost is found by reading the file itself back."""
    before = plain(entry)
    document = file.standard.write(before, known)
    raw = file.written(document)
    lost = lost_between(before, taken(file, raw).draft, file.standard.whys, entry)
    return Export(raw, lost, file.standard.needed(document), file.standard.caveats)


def taken(file: File, raw: bytes) -> Import:
    """Return the draft that a file describes; raise ``Invalid`` with every fault where it cannot be read."""
    document, faults = file.given(raw)
    if faults:
        raise Invalid("Nothing was taken over: the file cannot be read.", faults, kept="")
    return file.standard.read(document)


def exports_index(published: PublishedEntry, base: str) -> dict[str, Any]:
    """Return every file of an entry, with its address and what it cannot hold."""
    entry, known = published.entry, about(published, base)
    here = f"{base}/api/v1/systems/{entry.id}/exports"
    files = []
    for file in FILES.values():
        made = exported(file, entry, known)
        files.append(
            {
                "file": file.name,
                "standard": file.title,
                "media_type": file.media_type,
                "address": f"{here}/{file.name}",
                "not_held": [{"field": lost.field, "why": lost.why} for lost in made.not_held],
                "missing": list(made.missing),
                "caveats": list(made.caveats),
            }
        )
    return {"system": entry.id, "version": known.version, "sha256": known.sha256, "files": files}


@dataclass(frozen=True, slots=True)
class _Same:
    """An entry as a key: published entries never change, and comparing two costs more than keeping them."""

    entry: Entry

    def __hash__(self) -> int:
        return id(self.entry)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.entry is other.entry


def exports_links_html(entry: Entry) -> str:
    """Return the part "Take it with you" of a system's page: its files and feeds.

    What the files cannot hold stands on a page of its own: finding it means writing and reading each of them.
    """
    files = [{"name": file.name, "title": file.title, "lost": (), "in_part": ()} for file in FILES.values()]
    return render("exports", entry=entry, files=files, tried=False)


def exports_html(entry: Entry) -> str:
    """Return the files of an entry, what each of them cannot hold, and its feeds."""
    return _exports_html(_Same(entry))


@lru_cache(maxsize=512)
def _exports_html(same: _Same) -> str:
    entry, files = same.entry, []
    for file in FILES.values():
        lost = exported(file, entry, About()).not_held
        whole, parts = _titles(one.field for one in lost)
        files.append({"name": file.name, "title": file.title, "lost": whole, "in_part": parts})
    return render("exports", entry=entry, files=files, tried=True)


def _titles(paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the titles of fields that are lost whole, and of those that are lost in part."""
    whole: list[str] = []
    parts: list[str] = []
    for path in paths:
        root, dot, _ = path.partition(".")
        title = field(root).title
        kept = parts if dot else whole
        if title not in kept:
            kept.append(title)
    return whole, parts


def unplaced_lines(unplaced: Iterable[Unplaced]) -> list[str]:
    """Return what could not be placed, a line each, for whoever reads it in a terminal."""
    lines = []
    for one in unplaced:
        said = one.said if isinstance(one.said, str) else json.dumps(one.said, ensure_ascii=False)
        short = " ".join(said.split())
        lines.append(f"{one.place}: {one.why} It says: {short[:300]}{'…' if len(short) > 300 else ''}")
    return lines
