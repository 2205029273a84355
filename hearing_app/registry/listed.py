"""What a list, a search, a count and a comparison of entries need of each: a small part of the entry.

A register of 5,000 entries is searched in memory. An entry that was read whole takes about 50 KiB there; this
takes a tenth, most of it the words in which one searches.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.publication import Ground
from hearing_app.registry.facets import FACETS, Values
from hearing_app.registry.rules.marks import marks_of, touched_rules
from hearing_app.registry.rules.rule import Rule
from hearing_app.registry.standard import completeness, fields
from hearing_app.registry.state import State
from hearing_app.registry.vocabulary import AgencyKind, CompiledBy, PolicingFunction, Term
from hearing_app.registry.words import JOINING, fold, joined_words

# Not what the entry says, but how it is written down; and what others wrote, about more than the system.
_PASSED_OVER = frozenset({"id", "lang", "translations", "sources", "compiled", "datasets", "screening"})
_NO_WORDS = frozenset({"sources", "address", "lang", "field", "dataset", "run", "dataset_hash", "code_hash"})


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of an entry, the field in which they stand, and their language."""

    field: str
    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry as it stands in lists. ``needed`` and ``stated`` count the fields of the standard.

    ``withheld_needed`` are those of the needed ones that are withheld with a reason; ``withheld`` names every
    withheld field with its ground. ``signs`` are what it does, with what and for whom, to be compared.
    ``marks`` are what the rules say about it (see ``rules.marks``), ``sha256`` names the version's text.
    """

    id: str
    name: str
    summary: str
    lang: str
    agency: str
    agency_name: str
    agency_kind: AgencyKind
    country: str
    functions: tuple[PolicingFunction, ...]
    state: State
    compiled_by: CompiledBy
    datasets: tuple[str, ...]
    next_review: PartialDate | None
    needed: int
    stated: int
    withheld_needed: int
    withheld: tuple[tuple[str, Ground], ...]
    facets: Mapping[str, Values]
    signs: Mapping[str, Values]
    folded: str
    joined: str
    names: str
    names_joined: str
    packed: bytes
    version: int
    published_at: datetime
    marks: bytes
    sha256: str

    @property
    def passages(self) -> list[Passage]:
        """The words of the entry, those of its names first."""
        return [Passage(*one) for one in json.loads(zlib.decompress(self.packed))]


def listed(
    entry: Entry, version: int, published_at: datetime, *, rules: Sequence[Rule] = (), sha256: str = ""
) -> Listed:
    """Return an entry as it stands in lists, beside these rules."""
    passages = list(_passages(entry))
    names = [one for one in passages if one.field in {"name", "aliases"}]
    complete = completeness(entry)
    marks = marks_of(entry, rules)
    found = {facet.name: facet.of(entry, complete) for facet in FACETS}
    return Listed(
        id=entry.id,
        name=entry.name,
        summary=entry.summary,
        lang=entry.lang,
        agency=entry.deployer.agency,
        agency_name=entry.deployer.name,
        agency_kind=entry.deployer.kind,
        country=entry.deployer.country,
        functions=entry.functions,
        state=entry.state,
        compiled_by=entry.compiled.by,
        datasets=entry.datasets,
        next_review=entry.next_review,
        needed=complete.needed,
        stated=len(complete.stated),
        withheld_needed=len(complete.withheld),
        withheld=tuple((one.field, one.ground) for one in entry.withheld),
        facets=found | {"rule": touched_rules(marks, rules)},
        signs=_signs(entry),
        folded=_folded(passages, entry.id),
        joined=_joined(passages),
        names=_folded(names, entry.id),
        names_joined=_joined(names),
        packed=zlib.compress(json.dumps([(one.field, one.lang, one.text) for one in passages]).encode(), 1),
        version=version,
        published_at=published_at,
        marks=marks,
        sha256=sha256,
    )


def _folded(passages: list[Passage], id: str) -> str:
    return f" {fold(' '.join((*(one.text for one in passages), id)))}"


def _joined(passages: list[Passage]) -> str:
    return joined_words(" ".join(one.text for one in passages if one.lang.split("-")[0] in JOINING))


def _passages(entry: Entry) -> Iterator[Passage]:
    translated = entry.translations
    yield Passage("name", entry.lang, entry.name)
    yield from (Passage("name", one.lang, one.name) for one in translated)
    yield from (Passage("aliases", entry.lang, alias) for alias in entry.aliases)
    yield Passage("summary", entry.lang, entry.summary)
    yield from (Passage("summary", one.lang, one.summary) for one in translated)
    yield Passage("lifecycle", entry.lang, entry.state.label)
    for one in fields():
        if one.name not in _PASSED_OVER and one.name not in {"name", "aliases", "summary"}:
            for text in _texts(getattr(entry, one.name)):
                yield Passage(one.name, entry.lang, text)


def _texts(value: object) -> Iterator[str]:
    """Yield the words in a value of the model: text as it stands, and the label of what was chosen."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name not in _NO_WORDS:
                yield from _texts(getattr(value, name))
    elif isinstance(value, Term):
        yield value.label
    elif isinstance(value, str):
        if not isinstance(value, PartialDate) and not value.startswith(("http://", "https://")):
            yield value
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from _texts(one)


def _signs(entry: Entry) -> dict[str, Values]:
    consequences = entry.output_use.consequences if entry.output_use else ()
    return {
        "functions": tuple((one.value, one.label) for one in entry.functions),
        "methods": tuple((one.value, one.label) for one in entry.method_family),
        "consequences": tuple((one.value, one.label) for one in consequences),
        "suppliers": tuple((fold(one.name), one.name) for one in entry.suppliers),
        "inputs": tuple((fold(one.name), one.name) for one in entry.inputs),
    }
