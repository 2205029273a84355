"""An index over folded texts: which of them hold a word, without reading them again.

It answers exactly what ``words.Term.stands_in`` would answer for each text in turn; a test compares the two.
Python and numpy are enough: 5,000 entries need no search engine beside the record, and what it holds is made
anew from the record at each start.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hearing_app.registry.words import (
    FIRST_PART,
    LATER_PART,
    Term,
    are_apart,
    enough_of,
    is_unspaced,
    may_be_later_part,
    way_stands_in,
)

Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]
_LETTERS = 32
_NO_ROWS: Rows = np.empty(0, np.int32)


class Index:
    """Where each word stands among some texts. It never changes once it is built."""

    def __init__(self, texts: Sequence[str], joined: Sequence[str]) -> None:
        """Read the texts: folded, each with the part of it that is in languages that join words (or "")."""
        self.texts, self.joined = texts, joined
        self._words = _Sorted(_words(texts))
        self._later_parts = _Sorted(_later_parts(joined))
        self._runs = _gathered(_runs(texts))

    def __len__(self) -> int:
        return len(self.texts)

    def holding(self, term: Term) -> Mask:
        """Return which texts hold a term."""
        found = np.zeros(len(self), np.bool_)
        for way in term.ways:
            found[self._rows_of(way)] = True
        if term.pairs:
            counts = np.zeros(len(self), np.int32)
            for pair in term.pairs:
                counts[self._runs.get(pair, _NO_ROWS)] += 1
            found |= counts >= enough_of(term.pairs)
        return found

    def near(self, word: str, slips: int) -> Iterator[str]:
        """Yield the words that so many slips at most turn into this one."""
        # A slip changes how often a letter occurs by two in all at most; what differs more is not read.
        differing = np.abs(self._letters - _letter_counts([word])).sum(axis=1)
        for place in np.flatnonzero(differing <= 2 * slips):
            one = self._words.keys[place]
            if are_apart(word, one, slips):
                yield one

    @cached_property
    def _letters(self) -> NDArray[np.int16]:
        return _letter_counts(self._words.keys)

    def _rows_of(self, way: str) -> Rows:
        if is_unspaced(way):
            return self._rows_of_run(way.strip())
        *first, last = way.split(" ") if not way.endswith(" ") else [*way.split(), ""]
        if not first:
            found = self._words.beginning_with(way)
        elif not last and len(first) == 1:
            found = self._words.exactly(first[0])
        else:
            rows = self._words.beginning_with(last) if last else self._words.exactly(first.pop())
            for word in first:
                rows = np.intersect1d(rows, self._words.exactly(word))
            return self._read_again(rows, way)
        if may_be_later_part(way):
            parts = self._later_parts
            later = parts.exactly(way.rstrip()) if way.endswith(" ") else parts.beginning_with(way)
            found = np.concatenate([found, later])
        return found

    def _rows_of_run(self, run: str) -> Rows:
        if len(run) < 2:
            return self._runs.get(run, _NO_ROWS)
        pairs = [run[n : n + 2] for n in range(len(run) - 1)]
        rows = self._runs.get(pairs[0], _NO_ROWS)
        for pair in pairs[1:]:
            rows = np.intersect1d(rows, self._runs.get(pair, _NO_ROWS))
        return rows if len(pairs) == 1 else self._read_again(rows, run)

    def _read_again(self, rows: Rows, way: str) -> Rows:
        """Keep the texts that hold the words side by side."""
        return np.array([row for row in rows if way_stands_in(way, self.texts[row])], np.int32)


class _Sorted:
    """Words in order, each with the rows in which it stands."""

    def __init__(self, pairs: Iterable[tuple[str, int]]) -> None:
        gathered = _gathered(pairs)
        self.keys = sorted(gathered)
        self._rows = [gathered[key] for key in self.keys]

    def exactly(self, word: str) -> Rows:
        place = bisect_left(self.keys, word)
        return self._rows[place] if place < len(self.keys) and self.keys[place] == word else _NO_ROWS

    def beginning_with(self, start: str) -> Rows:
        first = last = bisect_left(self.keys, start)
        while last < len(self.keys) and self.keys[last].startswith(start):
            last += 1
        return np.concatenate(self._rows[first:last]) if last > first else _NO_ROWS


def _gathered(pairs: Iterable[tuple[str, int]]) -> Mapping[str, Rows]:
    found: dict[str, list[int]] = {}
    for word, row in pairs:
        found.setdefault(word, []).append(row)
    return {word: np.array(rows, np.int32) for word, rows in found.items()}


def _words(texts: Sequence[str]) -> Iterator[tuple[str, int]]:
    for row, text in enumerate(texts):
        for word in set(text.split()):
            yield word, row


def _later_parts(joined: Sequence[str]) -> Iterator[tuple[str, int]]:
    for row, text in enumerate(joined):
        parts = {
            word[start:]
            for word in set(text.split())
            if not is_unspaced(word)
            for start in range(FIRST_PART, len(word) - LATER_PART + 1)
        }
        for part in parts:
            yield part, row


def _runs(texts: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield every letter, and every two neighbours, of what is written without spaces."""
    for row, text in enumerate(texts):
        if text.isascii():
            continue
        found: set[str] = set()
        for word in set(text.split()):
            if is_unspaced(word):
                found.update(word)
                found.update(word[n : n + 2] for n in range(len(word) - 1))
        for run in found:
            yield run, row


def _letter_counts(words: Sequence[str]) -> NDArray[np.int16]:
    """Count how often each letter stands in each word; letters that share a column only let more by."""
    counts = np.zeros((len(words), _LETTERS), np.int16)
    for row, word in enumerate(words):
        for letter in word:
            counts[row, ord(letter) % _LETTERS] += 1
    return counts
