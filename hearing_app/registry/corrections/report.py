"""What somebody writes about an entry, and whether it fits: every fault at its field, nothing cut."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from hearing_app.errors import Fault
from hearing_app.registry.corrections.vocabulary import Kind
from hearing_app.registry.entry import Entry
from hearing_app.registry.faults import faults_of
from hearing_app.registry.standard import fields
from hearing_app.registry.text import Address
from hearing_app.voices.signs import length, shown, unstorable

SHORTEST, LONGEST = 20, 2000
"""Characters of the words, as a person counts them."""
_DRAFT_ID = re.compile(r"[0-9a-f]{32}")
_CLAIM = "claims."


@dataclass(frozen=True, slots=True)
class Report:
    """Words about one field of one version of an entry, before they are sent.

    ``draft_id`` makes sending twice the same as sending once. ``field`` is the name of a field of the
    standard, ``claims.ID`` for one claim, or "" for the entry as a whole. ``source`` is the address at which
    one can read how it is, or "".
    """

    draft_id: str
    kind: str
    system_id: str
    system_version: int
    field: str = ""
    words: str = ""
    source: str = ""


def places_in(entry: Entry) -> dict[str, str]:
    """Return what a report can be about: each field and claim with its title, "" for the whole."""
    claims = {f"{_CLAIM}{claim.id}": f"The claim “{claim.text}”" for claim in entry.claims}
    return {"": "The entry as a whole", **{one.name: one.title for one in fields()}, **claims}


def faults_of_report(report: Report, entry: Entry) -> list[Fault]:
    """Return everything that is wrong with a report on this entry; an empty list means it can be sent."""
    found = []
    if report.kind not in list(Kind):
        found.append(Fault("", "kind", "There is no such kind.", f"Use one of: {', '.join(Kind)}."))
    if report.field not in places_in(entry):
        found.append(Fault("", "field", "The entry has no such field.", "Choose one from the list."))
    found += _faults_of_words(report.words)
    if report.source:
        try:
            TypeAdapter(Address).validate_python(report.source)
        except ValidationError as error:
            found += [Fault("", "source", one.problem, one.repair) for one in faults_of(error)]
    if not _DRAFT_ID.fullmatch(report.draft_id):
        found.append(Fault("", "draft_id", "The form has no valid number.", "Open the form again."))
    return found


def _faults_of_words(words: str) -> list[Fault]:
    if unstorable(words):
        return [Fault("", "words", "The text holds a sign that cannot be stored.", "Type it again.")]
    if (long := length(words)) > LONGEST:
        problem = f"The text has {long:,} characters; at most {LONGEST:,} fit."
        return [Fault("", "words", problem, f"Please shorten it by {long - LONGEST:,}. Nothing was cut.")]
    if (seen := length(shown(words).strip())) < SHORTEST:
        problem = f"Please write at least one sentence ({SHORTEST} characters)."
        return [Fault("", "words", problem, f"There are {seen} so far.")]
    return []
