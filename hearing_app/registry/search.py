"""Finding entries: by words, and by what can be counted; how many each choice leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hearing_app.registry.entry import Entry
from hearing_app.registry.facets import BY_NAME
from hearing_app.registry.index import Mask
from hearing_app.registry.listed import Listed
from hearing_app.registry.register import Register
from hearing_app.registry.words import fold, terms_among

LONGEST = 200
"""Characters. What a reader writes beyond them is not searched for, and the reader is told."""
Chosen = Mapping[str, Collection[str]]
"""The chosen values of each facet, by its name; none chosen is no filter."""


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


@dataclass(frozen=True, slots=True)
class Slice:
    """Some entries of a result: from the place ``start`` (from 0) of ``total``.

    ``following`` is the id after which the next slice begins, ``preceding`` that of the one before; empty
    where there is none, or where the one before is the first.
    """

    entries: tuple[Listed, ...]
    start: int
    total: int
    following: str
    preceding: str


class Found:
    """What a search found, in order, and the choices that are left.

    Case, accents and punctuation do not matter; a word matches where a word begins with it, and so does
    another way of saying it ("license plate", "number plate"); see ``words`` for other scripts. A word that
    no entry holds may have a letter wrong, two in long words. What bears the name as it was typed comes
    first, then names that hold all the words, then those that hold some; within each rank the register's
    order stays.
    """

    def __init__(self, register: Register, text: str = "", chosen: Chosen | None = None) -> None:
        """Search; only the first ``LONGEST`` characters of the text count."""
        self._register, self._text = register, text[:LONGEST]
        self._chosen = {name: values for name, values in (chosen or {}).items() if values}
        self.terms = terms_among(self._text, register)
        self._holding = register.alive.copy()
        for term in self.terms:
            self._holding &= register.holding(term)
        self._allowed = {name: self._allow(name, values) for name, values in self._chosen.items()}

    def _allow(self, facet: str, values: Collection[str]) -> Mask:
        allowed = np.zeros(len(self._register.rows), np.bool_)
        for value in set(values):
            allowed |= self._register.with_value(facet, value)
        return allowed

    def _under(self, without: str = "") -> Mask:
        """Return what holds the words and passes the filters, but for one of them."""
        found = self._holding
        for name, allowed in self._allowed.items():
            if name != without:
                found = found & allowed
        return found

    @cached_property
    def _keys(self) -> NDArray[np.int64]:
        """How good each row is, from 0, and then its place in the register, as one number."""
        return self._ranks * len(self._register.rows) + self._register.rank

    @cached_property
    def _places(self) -> NDArray[np.intp]:
        """The rows that were found, in order."""
        places = np.flatnonzero(self._under())
        return places[np.argsort(self._keys[places])]

    @cached_property
    def entries(self) -> tuple[Listed, ...]:
        """The entries that were found, the best first."""
        return self._entries(self._places)

    def _entries(self, places: NDArray[np.intp]) -> tuple[Listed, ...]:
        return tuple(self._register.rows[place] for place in places.tolist())

    def after(self, id: str, most: int) -> Slice:
        """Return the entries that stand after one of the register, or would if it was found; "" is the start.

        A link to the next ones then stays right while others are published.
        """
        places, start = self._places, 0
        if id in self._register:
            key = self._keys[self._register.place_of[id]]
            start = int(np.searchsorted(self._keys[places], key, side="right"))
        shown, total = self._entries(places[start : start + most]), len(places)
        before = places[start - most - 1 : start - most] if start > most else places[:0]
        return Slice(
            shown,
            start,
            total,
            following=shown[-1].id if start + most < total else "",
            preceding="".join(one.id for one in self._entries(before)),
        )

    @cached_property
    def _ranks(self) -> NDArray[np.int64]:
        ranks = np.zeros(len(self._register.rows), np.int64)
        if not self.terms:
            return ranks
        named = [self._register.named(term) for term in self.terms]
        ranks += 3
        ranks[np.any(named, axis=0)] = 2
        in_all = np.all(named, axis=0)
        ranks[in_all] = 1
        said = f" {fold(self._text)}"
        for place in np.flatnonzero(in_all).tolist():
            if said == f" {fold(self._register.rows[place].name)}":
                ranks[place] = 0
        return ranks

    def each_word(self, most: int = 4) -> tuple[tuple[str, int], ...]:
        """Return words of the search that find something alone, with how many entries, the rarest first.

        A reader who asks in a sentence ("what knows faces in my street") finds no entry that holds all of it.
        What nearly every entry holds ("the", "in") tells nothing and is left out. The filters count.
        """
        if len(self.terms) < 2:
            return ()
        allowed, counts = self._register.alive.copy(), dict[str, int]()
        for mask in self._allowed.values():
            allowed &= mask
        common = np.count_nonzero(self._register.alive) * 2 // 3
        for term in self.terms:
            holding = self._register.holding(term)
            if np.count_nonzero(holding) <= common and (count := int(np.count_nonzero(holding & allowed))):
                counts[term.ways[0].strip()] = count
        return tuple(sorted(counts.items(), key=lambda one: one[1])[:most])

    def choices(self, facet: str) -> tuple[Choice, ...]:
        """Return the choices of a facet, each with its count under the words and the *other* filters.

        A choice that the other filters leave empty is kept with the count 0, so that the list does not jump.
        """
        counts = self._register.counts(facet, self._under(facet))
        order, labels = BY_NAME[facet].order, self._register.values.get(facet, {})
        choices = [Choice(value, labels[value], count) for value, count in counts.items()]
        return tuple(sorted(choices, key=lambda one: order(one.value, one.label)))


def find(register: Register, text: str = "", chosen: Chosen | None = None) -> Found:
    """Search the register; see ``Found``."""
    return Found(register, text, chosen)


def search(
    entries: Sequence[Entry],
    text: str = "",
    functions: Collection[str] = (),
    agencies: Collection[str] = (),
    stages: Collection[str] = (),
) -> list[Entry]:
    """The entries among these that match every word of the text and one value of each filter that is set."""
    by_id = {entry.id: entry for entry in entries}
    chosen = {"function": functions, "agency": agencies, "stage": stages}
    return [by_id[one.id] for one in find(Register.of(entries), text, chosen).entries]


def facets(
    entries: Sequence[Entry],
    text: str = "",
    functions: Collection[str] = (),
    agencies: Collection[str] = (),
    stages: Collection[str] = (),
) -> Facets:
    """The choices among these entries, as ``Found.choices`` gives them."""
    chosen = {"function": functions, "agency": agencies, "stage": stages}
    found = find(Register.of(entries), text, chosen)
    return Facets(found.choices("function"), found.choices("agency"), found.choices("stage"))


def known_values(wanted: Iterable[str], choices: Iterable[Choice]) -> tuple[list[str], list[str]]:
    """The wanted values that are among the choices, and those that are not, each once and in order."""
    offered = {choice.value for choice in choices}
    once = list(dict.fromkeys(wanted))
    return [value for value in once if value in offered], [value for value in once if value not in offered]
