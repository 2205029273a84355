"""The whole register as it is now, in memory: entries as they stand in lists, and the index over their words.

It is made once per process and then follows the record: each request asks for the ledger's last event, and
only the entries that were published since are read. What it holds belongs to one state of one record, which
the hash of the last event names; a copy of a record that went another way has another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ModelWrapValidatorHandler, model_validator
from sqlalchemy import Connection, Engine, select

from hearing_app.errors import Unavailable
from hearing_app.record.versions import Version, changed_since, each_latest_version
from hearing_app.registry.entry import Entry
from hearing_app.registry.index import Index, Mask, Rows
from hearing_app.registry.listed import Listed, listed
from hearing_app.registry.older import upgraded
from hearing_app.registry.rules.reading import rules_as_they_are
from hearing_app.registry.rules.rule import Rule
from hearing_app.registry.words import Term
from hearing_app.settings import SHIPPED
from hearing_app.store.tables import ledger

MOST_LATE = 200
"""Entries that changed since the large index was made, before it is made anew."""
# Of how many records a process remembers the register: its own, and copies that it looks into.
MOST_KEPT = 3
_Event = tuple[int, bytes]
_NO_ROWS: Rows = np.empty(0, np.int32)


class _Stored(Entry):
    """An entry from the record: its parts agreed when it was published, and are not compared again.

    That comparison is four fifths of the work of reading one.
    """

    @model_validator(mode="wrap")
    @classmethod
    def _parts_agree(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        return handler(data)


class Part:
    """Some entries with the indexes over their words, their names, and what they can be filtered by."""

    def __init__(self, rows: Sequence[Listed]) -> None:
        self.rows = rows
        self.words = Index([one.folded for one in rows], [one.joined for one in rows])
        self.names = Index([one.names for one in rows], [one.names_joined for one in rows])
        self.labels: dict[str, dict[str, str]] = {}
        gathered: dict[tuple[str, str], list[int]] = {}
        for row, one in enumerate(rows):
            for facet, values in one.facets.items():
                for value, label in values:
                    self.labels.setdefault(facet, {})[value] = label
                    gathered.setdefault((facet, value), []).append(row)
        self.facets: dict[tuple[str, str], Rows] = {
            key: np.array(found, np.int32) for key, found in gathered.items()
        }

    def __len__(self) -> int:
        return len(self.rows)


class Register:
    """Every entry, in the order of a list. It never changes; ``followed_by`` makes the next one."""

    def __init__(
        self, parts: Sequence[Part], ids: Sequence[str] | None = None, *, rules: tuple[Rule, ...] = ()
    ) -> None:
        """Take the parts; of an entry that stands in several the last counts. ``ids`` gives another order.

        ``rules`` are those beside which the entries were listed.
        """
        self.parts, self.rules = tuple(parts), rules
        self.rows = tuple(one for part in self.parts for one in part.rows)
        self.place_of = {one.id: place for place, one in enumerate(self.rows)}
        ids = ids or sorted(self.place_of, key=lambda id: (self[id].name.casefold(), id))
        places = [self.place_of[id] for id in ids]
        self.ordered = tuple(self.rows[place] for place in places)
        self.alive: Mask = np.zeros(len(self.rows), np.bool_)
        self.alive[places] = True
        self.rank: NDArray[np.int64] = np.zeros(len(self.rows), np.int64)
        self.rank[places] = np.arange(len(places))

    @classmethod
    def of(cls, entries: Iterable[Entry], rules: tuple[Rule, ...] = ()) -> Register:
        """Return the register of these entries, in their order, as if each was published on its own day."""
        rows = {one.id: listed(one, 1, _midnight(one), rules=rules) for one in entries}
        return cls([Part(tuple(rows.values()))], tuple(rows), rules=rules)

    def __len__(self) -> int:
        return len(self.ordered)

    def __getitem__(self, id: str) -> Listed:
        return self.rows[self.place_of[id]]

    def __contains__(self, id: object) -> bool:
        return id in self.place_of

    def followed_by(self, changed: Sequence[Listed]) -> Register:
        """Return the register with entries that are new or changed."""
        first, *late = self.parts
        rows = {one.id: one for part in late for one in part.rows} | {one.id: one for one in changed}
        if len(rows) > MOST_LATE:
            whole = {one.id: one for one in self.ordered} | rows
            return Register([Part(tuple(whole.values()))], rules=self.rules)
        return Register([first, Part(tuple(rows.values()))], rules=self.rules)

    def holding(self, term: Term) -> Mask:
        """Return which rows hold a term anywhere."""
        return np.concatenate([part.words.holding(term) for part in self.parts]) & self.alive

    def named(self, term: Term) -> Mask:
        """Return which rows hold a term in their names."""
        return np.concatenate([part.names.holding(term) for part in self.parts]) & self.alive

    def with_value(self, facet: str, value: str) -> Mask:
        """Return which rows have a value of a facet."""
        found = np.zeros(len(self.rows), np.bool_)
        start = 0
        for part in self.parts:
            found[part.facets.get((facet, value), _NO_ROWS) + start] = True
            start += len(part)
        return found & self.alive

    @cached_property
    def rows_by_id(self) -> Mapping[str, Listed]:
        """The entries by their ids."""
        return {one.id: one for one in self.ordered}

    @cached_property
    def values(self) -> Mapping[str, Mapping[str, str]]:
        """The values of each facet that occur, with their labels."""
        found: dict[str, dict[str, str]] = {}
        for one in self.ordered:
            for facet, values in one.facets.items():
                found.setdefault(facet, {}).update(values)
        return found

    def counts(self, facet: str, rows: Mask) -> dict[str, int]:
        """Return how many of these rows have each value of a facet."""
        found: Counter[str] = Counter()
        start = 0
        for part in self.parts:
            these = (rows & self.alive)[start : start + len(part)]
            for value in part.labels.get(facet, {}):
                found[value] += int(np.count_nonzero(these[part.facets[facet, value]]))
            start += len(part)
        return {value: found[value] for value in self.values.get(facet, {})}

    def holds(self, term: Term) -> bool:
        """Return whether any entry holds the term."""
        return bool(self.holding(term).any())

    def near(self, word: str, slips: int) -> set[str]:
        """Return the words of the entries that so many slips at most turn into this one."""
        found = {one for part in self.parts for one in part.words.near(word, slips)}
        late = len(self.parts) > 1
        return {one for one in found if not late or self.holds(Term((f"{one} ",)))}


@dataclass(slots=True)
class _Known:
    """The register as it was made after one event of a record, and the last event that changed nothing in it.

    An event is its number and its hash, which no other record has.
    """

    made: _Event
    seen: _Event
    register: Register


_known: list[_Known] = []
_making = Lock()


def listed_of(db: Connection, ids: Iterable[str]) -> dict[str, Listed]:
    """Return these entries as they stand in lists, by id; those that there are not are left out."""
    register = register_of(db)
    return {id: register[id] for id in ids if id in register}


def beside_rules(engine: Engine, registry: Path) -> None:
    """Let the register of a record be listed beside the rules of a folder instead of the packaged ones."""
    engine.update_execution_options(registry=registry)


def register_of(db: Connection) -> Register:
    """Return the register as this connection sees it, beside the rules that apply now."""
    last, rules = _last_event(db), _rules_beside(db)
    for known in _known:
        if known.seen == last and known.register.rules is rules:
            return known.register
    with _making:
        return _made(db, last, rules)


def _rules_beside(db: Connection) -> tuple[Rule, ...]:
    """Return the rules of the record's folder; none where one of them cannot be read, as pages then say."""
    try:
        return rules_as_they_are(db.get_execution_options().get("registry", SHIPPED / "registry"))
    except Unavailable:
        return ()


def _made(db: Connection, last: _Event, rules: tuple[Rule, ...]) -> Register:
    """Return the register after the event ``last``: a known one, one that follows it, or a new one."""
    for known in _known:
        if known.register.rules is not rules:
            continue
        if known.seen == last:
            return known.register
        start = next((event for event in (known.seen, known.made) if _stands(db, event)), None)
        if start is None:
            continue
        changed = changed_since(db, "system", start[0])
        if not changed:
            known.seen = last
            return known.register
        rows = [_listed(version, rules) for version in each_latest_version(db, "system", changed)]
        return _kept(last, known.register.followed_by(rows))
    all_rows = [_listed(version, rules) for version in each_latest_version(db, "system")]
    return _kept(last, Register([Part(all_rows)], rules=rules))


def _kept(last: _Event, register: Register) -> Register:
    _known[:] = [_Known(last, last, register), *_known][:MOST_KEPT]
    return register


def _stands(db: Connection, event: _Event) -> bool:
    """Return whether an event stands in this record: what was known after it was a state of it."""
    return event[0] >= 0 and _leaf_at(db, event[0]) == event[1]


def _leaf_at(db: Connection, seq: int) -> bytes | None:
    found = db.execute(select(ledger.c.leaf_hash).where(ledger.c.seq == seq)).scalar_one_or_none()
    return None if found is None else bytes(found)


def _last_event(db: Connection) -> _Event:
    row = db.execute(select(ledger.c.seq, ledger.c.leaf_hash).order_by(ledger.c.seq.desc()).limit(1)).first()
    return (-1, b"") if row is None else (row.seq, bytes(row.leaf_hash))


def read_again(document: Mapping[str, Any]) -> Entry:
    """Return the entry of a document of the record, without comparing its parts again."""
    stored = _Stored.model_validate(upgraded(document))
    fields = {name: getattr(stored, name) for name in Entry.model_fields}
    # An ``Entry`` like any other: two of different classes would never be equal.
    return Entry.model_construct(_fields_set=stored.model_fields_set, **fields)


def _listed(version: Version, rules: tuple[Rule, ...]) -> Listed:
    entry = _Stored.model_validate(upgraded(version.document))
    return listed(entry, version.version, version.published_at, rules=rules, sha256=version.sha256)


def _midnight(entry: Entry) -> datetime:
    return datetime.combine(entry.compiled.as_of.first_day, datetime.min.time(), UTC)
