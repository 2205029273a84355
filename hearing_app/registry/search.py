"""Finding entries: by words, by policing function, by agency, by stage; and how many each choice leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from hearing_app.registry.entry import Entry
from hearing_app.registry.vocabulary import LifecycleStage, PolicingFunction
from hearing_app.registry.words import Term, fold, terms

LONGEST = 200
"""Characters. What a reader writes beyond them is not searched for, and the reader is told."""


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

    Case, accents and punctuation do not matter; a word matches where a word begins with it, and so does
    another way of saying it ("license plate", "number plate"). A word that no entry holds may have one
    letter wrong. Entries whose name or other name holds all the words come first, then those whose name
    holds some; within each rank the given order stays. Only the first ``LONGEST`` characters count.
    """
    kept = _filtered(entries, functions, agencies, stages)
    texts = {entry.id: _everything(entry) for entry in entries}
    wanted = terms(text[:LONGEST], texts.values())
    ranked = [(_rank(entry, wanted), entry) for entry in kept if _matches(texts[entry.id], wanted)]
    return [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]


def known_values(wanted: Iterable[str], choices: Iterable[Choice]) -> tuple[list[str], list[str]]:
    """The wanted values that are among the choices, and those that are not, each once and in order."""
    offered = {choice.value for choice in choices}
    once = list(dict.fromkeys(wanted))
    return [value for value in once if value in offered], [value for value in once if value not in offered]


def facets(
    entries: Sequence[Entry],
    text: str = "",
    functions: Collection[str] = (),
    agencies: Collection[str] = (),
    stages: Collection[str] = (),
) -> Facets:
    """The choices that occur among the entries, each with its count under the words and the *other* filters.

    A choice that the other filters leave empty is kept with the count 0, so that the list does not jump.
    Functions and stages stand in the order of the vocabulary, agencies by name. A stage that only old sources
    show is a choice of its own ("In use when last seen").
    """
    found = search(entries, text)
    by_function = Counter(
        function for entry in _filtered(found, (), agencies, stages) for function in entry.functions
    )
    by_agency = Counter(entry.deployer.agency for entry in _filtered(found, functions, (), stages))
    by_stage = Counter(entry.state.value for entry in _filtered(found, functions, agencies, ()))
    names = {entry.deployer.agency: entry.deployer.name for entry in entries}
    states = {entry.state.value: entry.state for entry in entries}
    order = list(LifecycleStage)
    return Facets(
        functions=tuple(
            Choice(function.value, function.label, by_function[function])
            for function in PolicingFunction
            if any(function in entry.functions for entry in entries)
        ),
        agencies=tuple(
            Choice(agency, name, by_agency[agency])
            for agency, name in sorted(names.items(), key=lambda pair: fold(pair[1]))
        ),
        stages=tuple(
            Choice(state.value, state.label, by_stage[state.value])
            for state in sorted(states.values(), key=lambda one: (order.index(one.stage), not one.is_known))
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
        and (not stages or entry.state.value in stages)
    ]


def _matches(folded: str, wanted: Iterable[Term]) -> bool:
    return all(term.stands_in(folded) for term in wanted)


def _names(entry: Entry) -> str:
    return f" {fold(' '.join((entry.name, entry.id, *entry.aliases)))}"


def _rank(entry: Entry, wanted: Sequence[Term]) -> int:
    names = _names(entry)
    if _matches(names, wanted):
        return 0
    return 1 if any(term.stands_in(names) for term in wanted) else 2


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
        entry.state.label,
        *inputs,
        *claims,
        entry.headline.text if entry.headline else "",
        *(ruling.title for ruling in entry.rulings),
        *(basis.title for basis in entry.legal_basis),
        *(risk.title for risk in entry.risks),
    )
    return f"{_names(entry)} {fold(' '.join(rest))}"
