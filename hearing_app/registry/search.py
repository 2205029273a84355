"""Finding entries: by words, by policing function, by agency, by stage; and how many each choice leaves."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from hearing_app.registry.entry import Entry
from hearing_app.registry.vocabulary import LifecycleStage, PolicingFunction

# Letters that Unicode does not split into a base letter and an accent.
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a reader can filter by, and how many entries it would show."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The choices by policing function, agency and stage."""

    functions: tuple[Choice, ...]
    agencies: tuple[Choice, ...]
    stages: tuple[Choice, ...]


def search(
    entries: Sequence[Entry],
    text: str = "",
    functions: Collection[str] = (),
    agencies: Collection[str] = (),
    stages: Collection[str] = (),
) -> list[Entry]:
    """The entries that match every word of the text and one value of each filter that is set.

    Case, accents and punctuation do not matter; a word matches where a word begins with it. Entries
    whose name or other name holds all the words come first, then those whose name holds some; within
    each rank the given order stays.
    """
    kept = _filtered(entries, functions, agencies, stages)
    words = _fold(text).split()
    ranked = [(_rank(entry, words), entry) for entry in kept if _matches(_everything(entry), words)]
    return [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]


def facets(
    entries: Sequence[Entry],
    text: str = "",
    functions: Collection[str] = (),
    agencies: Collection[str] = (),
    stages: Collection[str] = (),
) -> Facets:
    """The choices that occur among the entries, each with its count under the words and the *other* filters.

    A choice that the other filters leave empty is kept with the count 0, so that the list does not jump.
    Functions and stages stand in the order of the vocabulary, agencies by name.
    """
    found = search(entries, text)
    by_function = Counter(
        function for entry in _filtered(found, (), agencies, stages) for function in entry.functions
    )
    by_agency = Counter(entry.deployer.agency for entry in _filtered(found, functions, (), stages))
    by_stage = Counter(entry.stage for entry in _filtered(found, functions, agencies, ()))
    names = {entry.deployer.agency: entry.deployer.name for entry in entries}
    return Facets(
        functions=tuple(
            Choice(function.value, function.label, by_function[function])
            for function in PolicingFunction
            if any(function in entry.functions for entry in entries)
        ),
        agencies=tuple(
            Choice(agency, name, by_agency[agency])
            for agency, name in sorted(names.items(), key=lambda pair: _fold(pair[1]))
        ),
        stages=tuple(
            Choice(stage.value, stage.label, by_stage[stage])
            for stage in LifecycleStage
            if any(entry.stage is stage for entry in entries)
        ),
    )


def _filtered(
    entries: Iterable[Entry],
    functions: Collection[str],
    agencies: Collection[str],
    stages: Collection[str],
) -> list[Entry]:
    return [
        entry
        for entry in entries
        if (not functions or any(function in functions for function in entry.functions))
        and (not agencies or entry.deployer.agency in agencies)
        and (not stages or entry.stage in stages)
    ]


def _fold(text: str) -> str:
    """Words in small letters without accents, parted by single spaces."""
    # Twice, because some letters (a bold A of mathematics) have a capital only once they are split.
    split = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in split if not unicodedata.combining(letter)).translate(_PLAIN)
    return " ".join(re.findall(r"[^\W_]+", bare))


def _matches(folded: str, words: Iterable[str]) -> bool:
    return all(f" {word}" in folded for word in words)


def _names(entry: Entry) -> str:
    return f" {_fold(' '.join((entry.name, entry.id, *entry.aliases)))}"


def _rank(entry: Entry, words: Sequence[str]) -> int:
    names = _names(entry)
    if _matches(names, words):
        return 0
    return 1 if any(_matches(names, [word]) for word in words) else 2


def _everything(entry: Entry) -> str:
    """What a reader may search: names, people and bodies, purpose, data, claims; not notes on sources."""
    suppliers = [supplier.name for supplier in entry.suppliers]
    inputs = [item.name for item in entry.inputs] + [item.form for item in entry.outputs]
    claims = [part for claim in entry.claims for part in (claim.text, claim.who, claim.figure or "")]
    rest = (
        entry.summary,
        entry.purpose,
        entry.deployer.name,
        entry.deployer.country,
        *entry.users,
        *suppliers,
        *(function.label for function in entry.functions),
        entry.stage.label,
        *inputs,
        *claims,
        entry.headline.text if entry.headline else "",
        *(ruling.title for ruling in entry.rulings),
        *(basis.title for basis in entry.legal_basis),
        *(risk.title for risk in entry.risks),
    )
    return f"{_names(entry)} {_fold(' '.join(rest))}"
