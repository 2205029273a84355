"""Texts that share most of their words: one letter that many send, each with what they added of their own.

Two texts belong together when at least half of their runs of three words are the same (Jaccard index 0.5 on
3-word shingles, Broder 1997). Up to 2,000 distinct wordings every pair is compared; beyond that a pair may
be missed now and then. Joined texts are read once; they are never counted once: everybody who sent one
counts.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
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
_AT_ONCE, _MOST_KNOWN = 2_048, 200_000
# Odd numbers without a pattern: the digits of the golden ratio and two primes that mix well.
_TURNS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_WORD = re.compile(r"\w+")
_Places = NDArray[np.int64]
_Hashed = NDArray[np.uint64]
# A sentence, or a line: what somebody adds to a letter stands in one of its own.
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")


@dataclass(frozen=True, slots=True)
class Alike:
    """Texts that belong together, by their places. ``shared`` is the place of the one most were sent as."""

    members: tuple[int, ...]
    shared: int


def alike(texts: Iterable[str]) -> list[Alike]:
    """Return the groups of two texts or more that belong together, the largest first.

    Texts without three words are compared as they are. Case, signs and spaces make no difference. The texts
    are read one after the other, and none is kept: of each stay eight bytes a run.
    """
    same: dict[bytes, list[int]] = defaultdict(list)
    flat, sizes, known = array("Q"), [], _Hashes()
    for place, text in enumerate(texts):
        if words := _words(text):
            wording = blake2b("\n".join(words).encode("utf-8", "surrogatepass"), digest_size=16).digest()
            if wording not in same:
                runs = _runs(words, known)
                flat.frombytes(runs.tobytes())
                sizes.append(len(runs))
            same[wording].append(place)
    distinct = list(same.values())
    found = []
    for group in _joined(np.frombuffer(flat, dtype=np.uint64), np.array(sizes, dtype=np.int64)):
        members = tuple(sorted(place for one in group for place in distinct[one]))
        if len(members) < 2:
            continue
        # Of equally frequent wordings the one that came first.
        shared = min((distinct[one] for one in group), key=lambda places: (-len(places), places[0]))[0]
        found.append(Alike(members, shared))
    return sorted(found, key=lambda one: (-len(one.members), one.members[0]))


class _Hashes(dict[str, int]):
    """The hashes of words, as they are met; as many as words there are in a language, and no more."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        self[word] = made = int.from_bytes(digest)
        return made


def _joined(flat: _Hashed, sizes: _Places) -> Iterator[list[int]]:
    """Yield which texts belong together, directly or through others; also those that stand alone.

    ``flat`` holds the runs of all texts, one text after the other: ``sizes`` says how many each has.
    """
    if not len(sizes):
        return
    pairs_of = _every_pair if len(sizes) <= _ALL_PAIRS else _likely_pairs
    left, right = pairs_of(flat, sizes)
    pairs = csr_matrix((np.ones(len(left)), (left, right)), shape=(len(sizes), len(sizes)))
    _, labels = connected_components(pairs, directed=False)
    groups: dict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(labels.tolist()):
        groups[label].append(place)
    yield from groups.values()


def _every_pair(flat: _Hashed, sizes: _Places) -> tuple[_Places, _Places]:
    """Return every pair that is alike, by one sparse product of texts and runs."""
    _, columns = np.unique(flat, return_inverse=True)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    # A run that a text says twice counts once.
    rows, columns = np.unique(np.stack((rows, columns.reshape(-1))), axis=1)
    ones = np.ones(len(rows), dtype=np.int32)
    table = csr_matrix((ones, (rows, columns)), shape=(len(sizes), int(columns.max()) + 1))
    different = np.bincount(rows, minlength=len(sizes))
    shared = (table @ table.T).tocoo()
    left, right = shared.row, shared.col
    close = (shared.data / (different[left] + different[right] - shared.data) >= ALIKE) & (left < right)
    return left[close], right[close]


def _likely_pairs(flat: _Hashed, sizes: _Places) -> tuple[_Places, _Places]:
    """Return enough pairs that are alike to join those who belong together, without comparing all.

    Texts with the same smallest hashes in one of the bands are compared, each with the first of its kind
    there (Broder 1997; Indyk and Motwani 1998). A pair at the limit is missed once in 200 times, one that
    shares two thirds of its runs practically never, and most texts of a letter are near to several others.
    """
    ends = np.cumsum(sizes)
    left, right = [], []
    joined = list(range(len(sizes)))

    def root(place: int) -> int:
        while joined[place] != place:
            joined[place] = joined[joined[place]]
            place = joined[place]
        return place

    def runs(place: int) -> set[int]:
        return set(flat[ends[place] - sizes[place] : ends[place]].tolist())

    for keys in _bands(flat, sizes):
        # The texts by their key, and within one key in their order: then the first of each kind is at hand.
        order = np.argsort(keys, kind="stable")
        again = np.concatenate(([False], keys[order][1:] == keys[order][:-1]))
        firsts = order[np.maximum.accumulate(np.where(again, 0, np.arange(len(order))))]
        for other, place in zip(firsts[again].tolist(), order[again].tolist(), strict=True):
            if root(other) == root(place):
                continue
            one, two = runs(place), runs(other)
            common = len(one & two)
            if common / (len(one) + len(two) - common) >= ALIKE:
                joined[root(place)] = root(other)
                left.append(other)
                right.append(place)
    return np.array(left, dtype=np.int64), np.array(right, dtype=np.int64)


def _bands(flat: _Hashed, sizes: _Places) -> _Hashed:
    """Return a key of each text in each band, made of its smallest runs there: (bands, texts)."""
    # Fixed odd numbers: the same texts give the same keys on every machine.
    factors = np.random.default_rng(20_261_123).integers(1, 2**63, _BANDS * _ROWS, dtype=np.uint64) * 2 + 1
    keys = np.zeros((_BANDS, len(sizes)), dtype=np.uint64)
    ends = np.cumsum(sizes)
    # Some texts at a time, so that what is worked on stays near the processor.
    for start in range(0, len(sizes), _AT_ONCE):
        stop = min(start + _AT_ONCE, len(sizes))
        begins = ends[start:stop] - sizes[start:stop]
        part, firsts = flat[begins[0] : ends[stop - 1]], begins - begins[0]
        mixed, shifted = np.empty_like(part), np.empty_like(part)
        for place, factor in enumerate(factors):
            np.multiply(part, factor, out=mixed)
            np.right_shift(mixed, np.uint64(29), out=shifted)
            np.bitwise_xor(mixed, shifted, out=mixed)
            smallest = np.minimum.reduceat(mixed, firsts)
            band = keys[place // _ROWS, start:stop]
            np.add(band * _TURNS[0], smallest * _TURNS[1], out=band)
    return keys


def _runs(words: Sequence[str], known: _Hashes) -> _Hashed:
    """Return the hash of each run of three words, or of all words where there are fewer."""
    hashes = np.fromiter(map(known.__getitem__, words), dtype=np.uint64, count=len(words))
    size = min(_RUN, len(words))
    # Each place in a run has a number of its own: other words, or another order, give another hash.
    found: _Hashed = hashes[: len(words) - size + 1] * _TURNS[0]
    for place in range(1, size):
        found += hashes[place : len(words) - size + 1 + place] * _TURNS[place]
    return found


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
