"""Texts that share most of their words: one letter that many send, each with what they added of their own.

Two texts belong together when at least half of their runs of three words are the same (Jaccard index 0.5 on
3-word shingles, Broder 1997). Up to 2,000 distinct wordings every pair is compared; beyond that a pair may
be missed now and then. Joined texts are read once; they are never counted once: everybody who sent one
counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

ALIKE = 0.5
_RUN = 3
# Of so many distinct wordings all pairs are compared; of more, those that are likely to be alike. With three
# hashes in each of 40 bands, two texts that share half of their runs meet with a chance of 0.995.
_ALL_PAIRS, _BANDS, _ROWS = 2_000, 40, 3
_WORD = re.compile(r"\w+")
_Places = NDArray[np.int64]
# A sentence, or a line: what somebody adds to a letter stands in one of its own.
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")


@dataclass(frozen=True, slots=True)
class Alike:
    """Texts that belong together, by their places. ``shared`` is the place of the one most were sent as."""

    members: tuple[int, ...]
    shared: int


def alike(texts: Sequence[str]) -> list[Alike]:
    """Return the groups of two texts or more that belong together, the largest first.

    Texts without three words are compared as they are. Case, signs and spaces make no difference.
    """
    same: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        if words := _words(text):
            same[words].append(place)
    distinct = list(same)
    found = []
    for group in _joined(distinct):
        members = tuple(sorted(place for one in group for place in same[distinct[one]]))
        if len(members) < 2:
            continue
        # Of equally frequent wordings the one that came first.
        shared = min((same[distinct[one]] for one in group), key=lambda places: (-len(places), places[0]))[0]
        found.append(Alike(members, shared))
    return sorted(found, key=lambda one: (-len(one.members), one.members[0]))


def _joined(texts: Sequence[tuple[str, ...]]) -> Iterator[list[int]]:
    """Yield which texts belong together, directly or through others; also those that stand alone."""
    if not texts:
        return
    runs = [_runs(words) for words in texts]
    left, right = _every_pair(runs) if len(texts) <= _ALL_PAIRS else _likely_pairs(runs)
    pairs = csr_matrix((np.ones(len(left)), (left, right)), shape=(len(texts), len(texts)))
    _, labels = connected_components(pairs, directed=False)
    groups: dict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(labels.tolist()):
        groups[label].append(place)
    yield from groups.values()


def _every_pair(runs: Sequence[frozenset[int]]) -> tuple[_Places, _Places]:
    """Return every pair that is alike, by one sparse product of texts and runs."""
    columns: dict[int, int] = {}
    rows, places = [], []
    for row, found in enumerate(runs):
        for run in found:
            rows.append(row)
            places.append(columns.setdefault(run, len(columns)))
    ones = np.ones(len(rows), dtype=np.int32)
    table = csr_matrix((ones, (rows, places)), shape=(len(runs), max(1, len(columns))))
    sizes = np.array([len(found) for found in runs])
    shared = (table @ table.T).tocoo()
    left, right = shared.row, shared.col
    close = (shared.data / (sizes[left] + sizes[right] - shared.data) >= ALIKE) & (left < right)
    return left[close], right[close]


def _likely_pairs(runs: Sequence[frozenset[int]]) -> tuple[_Places, _Places]:
    """Return enough pairs that are alike to join those who belong together, without comparing all.

    Texts with the same smallest hashes in one of the bands are compared, each with the first of its kind
    there (Broder 1997; Indyk and Motwani 1998). A pair at the limit is missed once in 200 times, one that
    shares two thirds of its runs practically never, and most texts of a letter are near to several others.
    """
    signatures = _smallest(runs)
    left, right = [], []
    joined = list(range(len(runs)))

    def root(place: int) -> int:
        while joined[place] != place:
            joined[place] = joined[joined[place]]
            place = joined[place]
        return place

    for band in range(_BANDS):
        first: dict[bytes, int] = {}
        for place, key in enumerate(signatures[:, band * _ROWS : (band + 1) * _ROWS]):
            other = first.setdefault(key.tobytes(), place)
            if root(other) == root(place):
                continue
            common = len(runs[place] & runs[other])
            if common / (len(runs[place]) + len(runs[other]) - common) >= ALIKE:
                joined[root(place)] = root(other)
                left.append(other)
                right.append(place)
    return np.array(left, dtype=np.int64), np.array(right, dtype=np.int64)


def _smallest(runs: Sequence[frozenset[int]]) -> NDArray[np.uint64]:
    """Return, for each text, the smallest of its runs under each of the hash functions: (texts, hashes)."""
    # Fixed odd numbers: the same texts give the same signatures on every machine.
    factors = np.random.default_rng(20_261_123).integers(1, 2**63, _BANDS * _ROWS, dtype=np.uint64) * 2 + 1
    whole = np.fromiter((run for found in runs for run in sorted(found)), dtype=np.uint64)
    starts = np.cumsum([0, *(len(found) for found in runs[:-1])])
    found = np.empty((len(runs), len(factors)), dtype=np.uint64)
    for place, factor in enumerate(factors):
        mixed = whole * factor
        found[:, place] = np.minimum.reduceat(mixed ^ (mixed >> np.uint64(29)), starts)
    return found


def _runs(words: tuple[str, ...]) -> frozenset[int]:
    size = min(_RUN, len(words))
    return frozenset(
        int.from_bytes(blake2b("\n".join(words[start : start + size]).encode(), digest_size=8).digest())
        for start in range(len(words) - size + 1)
    )


def added_to(shared: str, text: str) -> str:
    """Return the sentences of a text that are not in the shared one, each as often as it is there more."""
    there = Counter(_words(sentence) for sentence in _SENTENCE.findall(shared))
    added = []
    for sentence in _SENTENCE.findall(text):
        words = _words(sentence)
        if not words:
            continue
        if there[words] > 0:
            there[words] -= 1
        else:
            added.append(sentence.strip())
    return " ".join(added)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
