"""What changed between two versions of an entry: field by field, item by item, word by word.

The comparison is complete (two entries without a change are equal), and the same two entries always give the
same list in the order of the standard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.stated import Group
from hearing_app.registry.in_words import in_words, name_of, title_of
from hearing_app.registry.standard import fields, is_stated
from hearing_app.registry.vocabulary import Term

MOST_CELLS = 100_000
"""Words before times words after that are compared, about 0.0005 s; longer texts stand whole."""
LEAST_SHARED = 0.4
"""The share of words that two texts have in common, from which one counts as the other's new wording."""
# Items on both sides that are compared each with each; beyond, they are told as removed and added.
_MOST_PAIRS = 2_500
_NOTHING: tuple[object, ...] = (None, (), {})


class ChangeKind(Term):
    """What became of a field, an item or a text."""

    ADDED = "added", "Added"
    REMOVED = "removed", "Removed"
    CHANGED = "changed", "Changed"


class SpanKind(Term):
    """What became of a run of words."""

    SAME = "same", "Unchanged"
    REMOVED = "removed", "Removed"
    ADDED = "added", "Added"


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of a text. Same and removed ones in order are the text before; same and added, after."""

    kind: SpanKind
    text: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One difference within a field.

    ``where`` leads to it from the field down, as titles and names of items; it is empty where the field is
    one value. ``spans`` is empty unless a text has a new wording.
    """

    where: tuple[str, ...]
    kind: ChangeKind
    before: str
    after: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs, with all the differences within it; the whole field in words on both sides."""

    field: str
    title: str
    group: Group
    kind: ChangeKind
    before: str
    after: str
    details: tuple[Detail, ...]


def changes(old: Entry | None, new: Entry) -> tuple[Change, ...]:
    """Return every field in which the entries differ; without an old one, every field that is stated."""
    found = []
    for one in fields():
        after = getattr(new, one.name)
        before = None if old is None else getattr(old, one.name)
        if before == after or (old is None and not is_stated(after)):
            continue
        kind = ChangeKind.CHANGED
        if is_stated(before) != is_stated(after):
            kind = ChangeKind.ADDED if is_stated(after) else ChangeKind.REMOVED
        before_words, after_words = in_words(before), in_words(after)
        details = tuple(_details((), before, after)) or (Detail((), kind, before_words, after_words),)
        found.append(Change(one.name, one.title, one.group, kind, before_words, after_words, details))
    return tuple(found)


def spans(before: str, after: str) -> tuple[Span, ...]:
    """Return the two texts as one run of same, removed and added words.

    Texts that share little, or are too long to compare, are the whole old one and then the whole new one.
    """
    old, new = _words(before), _words(after)
    most = min(len(old), len(new))
    start = 0
    while start < most and old[start][0] == new[start][0]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end][0] == new[-1 - end][0]:
        end += 1
    stop_old, stop_new = len(old) - end, len(new) - end
    pairs = [
        *((place, place) for place in range(start)),
        *_aligned(
            [word for word, _ in old[start:stop_old]], [word for word, _ in new[start:stop_new]], start
        ),
        *((stop_old + place, stop_new + place) for place in range(end)),
    ]
    if len(pairs) < LEAST_SHARED * max(len(old), len(new)):
        return _joined([(SpanKind.REMOVED, before), (SpanKind.ADDED, after)])
    return _joined(_pieces(old, new, pairs))


def _kind(before: object, after: object) -> ChangeKind:
    if before in _NOTHING:
        return ChangeKind.ADDED
    return ChangeKind.REMOVED if after in _NOTHING else ChangeKind.CHANGED


def _details(where: tuple[str, ...], before: object, after: object) -> Iterator[Detail]:
    if before == after or (before in _NOTHING and after in _NOTHING):
        return
    kind = _kind(before, after)
    if kind is ChangeKind.CHANGED:
        if isinstance(before, BaseModel) and isinstance(after, BaseModel):
            model = type(after)
            for name in model.model_fields:
                yield from _details(
                    (*where, title_of(model, name)), getattr(before, name), getattr(after, name)
                )
            return
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            for key in sorted({*before, *after}):
                yield from _details((*where, str(key)), before.get(key), after.get(key))
            return
    # A list that is new or gone is told item by item, and a part field by field, as one that changed is.
    old, new = (() if one is None else one for one in (before, after))
    if isinstance(old, tuple) and isinstance(new, tuple):
        yield from _of_lists(where, old, new)
        return
    part = new if isinstance(new, BaseModel) else old if isinstance(old, BaseModel) else None
    if kind is not ChangeKind.CHANGED and part is not None and not where:
        for name in type(part).model_fields:
            one, other = getattr(before, name, None), getattr(after, name, None)
            yield from _details((title_of(type(part), name),), one, other)
        return
    words: tuple[Span, ...] = ()
    if isinstance(before, str) and isinstance(after, str) and not isinstance(after, (Term, PartialDate)):
        words = spans(before, after)
    yield Detail(where, kind, in_words(before), in_words(after), words)


def _of_lists(
    where: tuple[str, ...], before: tuple[object, ...], after: tuple[object, ...]
) -> Iterator[Detail]:
    """Tell which items left, came or have a new wording, and whether those that stayed changed places."""
    matches = _matched(before, after)
    partner = {new: old for old, new in matches}
    stayed = {old for old, _ in matches}
    for place, item in enumerate(before):
        if place not in stayed:
            yield Detail((*where, name_of(item)), ChangeKind.REMOVED, in_words(item), "")
    for place, item in enumerate(after):
        if place in partner:
            yield from _details((*where, name_of(item)), before[partner[place]], item)
        else:
            yield Detail((*where, name_of(item)), ChangeKind.ADDED, "", in_words(item))
    order = [partner[place] for place in sorted(partner)]
    if order != sorted(order):
        was = "; ".join(name_of(before[place]) for place in sorted(order))
        now = "; ".join(name_of(before[place]) for place in order)
        yield Detail((*where, "Order"), ChangeKind.CHANGED, was, now)


def _matched(before: tuple[object, ...], after: tuple[object, ...]) -> list[tuple[int, int]]:
    """Return which item became which, as places: equal ones, then those of one name, then of like words."""
    old, new = list(range(len(before))), list(range(len(after)))
    found: list[tuple[int, int]] = []

    def take(pairs: Sequence[tuple[int, int]]) -> None:
        for one, other in pairs:
            if one in old and other in new:
                old.remove(one)
                new.remove(other)
                found.append((one, other))

    known: dict[str, list[int]] = {}
    for place in old:
        known.setdefault(repr(before[place]), []).append(place)
    equal = []
    for place in new:
        if waiting := known.get(repr(after[place])):
            equal.append((waiting.pop(0), place))
    take(equal)
    if len(old) * len(new) <= _MOST_PAIRS:
        take([(one, other) for one in old for other in new if _same_name(before[one], after[other])])
        shared = [(_shared(before[one], after[other]), one, other) for one in old for other in new]
        likest = sorted((entry for entry in shared if entry[0] >= LEAST_SHARED), key=lambda it: (-it[0], it))
        take([(one, other) for _, one, other in likest])
    return found


def _same_name(one: object, other: object) -> bool:
    if not isinstance(one, BaseModel) or not isinstance(other, BaseModel):
        return False
    if "id" in type(one).model_fields:
        return bool(one.model_dump(include={"id"}) == other.model_dump(include={"id"}))
    return name_of(one) == name_of(other)


def _shared(one: object, other: object) -> float:
    """Return the share of words that stand in both of all that stand in either, from 0 to 1."""
    if isinstance(one, Term) or (isinstance(one, BaseModel) and "id" in type(one).model_fields):
        return 0.0
    first, second = (set(re.findall(r"\w+", in_words(item).casefold())) for item in (one, other))
    return len(first & second) / len(first | second) if first | second else 0.0


def _words(text: str) -> list[tuple[str, str]]:
    """Return the words of a text, each with the space after it; joined they are the text."""
    return [(word, space) for word, space in re.findall(r"(\S*)(\s*)", text) if word or space]


def _aligned(old: Sequence[str], new: Sequence[str], start: int) -> list[tuple[int, int]]:
    """Return the places of the longest common sequence in both, each counted from ``start``."""
    if len(old) * len(new) > MOST_CELLS:
        return []
    # rows[i] has a bit for each of ``new``, the last one lowest. Of its lowest n bits, as many are clear as
    # old[i:] and the last n of ``new`` have in common: a whole row at a time (Allison and Dix 1986,
    # in the form of Hyyrö 2004), which takes a fiftieth of the time that one cell after another takes.
    places: dict[str, int] = {}
    for place, word in enumerate(reversed(new)):
        places[word] = places.get(word, 0) | 1 << place
    whole = (1 << len(new)) - 1
    rows = [whole] * (len(old) + 1)
    for i in range(len(old) - 1, -1, -1):
        hits = rows[i + 1] & places.get(old[i], 0)
        rows[i] = (rows[i + 1] + hits | rows[i + 1] - hits) & whole

    def shared(i: int, j: int) -> int:
        return (~rows[i] & whole >> j).bit_count()

    found = []
    i = j = 0
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            found.append((start + i, start + j))
            i, j = i + 1, j + 1
        elif shared(i + 1, j) >= shared(i, j + 1):
            i += 1
        else:
            j += 1
    return found


def _pieces(
    old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]], pairs: Sequence[tuple[int, int]]
) -> Iterator[tuple[SpanKind, str]]:
    """Give the pieces of both texts in order; ``pairs`` are the places of the words that stayed."""
    last_old = last_new = 0
    for one, other in [*pairs, (len(old), len(new))]:
        yield from ((SpanKind.REMOVED, "".join(piece)) for piece in old[last_old:one])
        yield from ((SpanKind.ADDED, "".join(piece)) for piece in new[last_new:other])
        if one < len(old):
            (word, space), (_, space_now) = old[one], new[other]
            if space == space_now:
                yield SpanKind.SAME, word + space
            else:
                yield SpanKind.SAME, word
                yield SpanKind.REMOVED, space
                yield SpanKind.ADDED, space_now
        last_old, last_new = one + 1, other + 1


def _joined(pieces: Iterable[tuple[SpanKind, str]]) -> tuple[Span, ...]:
    """Return runs of one kind; between two runs that stay, what was removed precedes what was added."""
    runs: list[dict[SpanKind, str]] = [{}]
    for kind, text in pieces:
        is_same = kind is SpanKind.SAME
        if runs[-1] and (SpanKind.SAME in runs[-1]) != is_same:
            runs.append({})
        runs[-1][kind] = runs[-1].get(kind, "") + text
    order = (SpanKind.SAME, SpanKind.REMOVED, SpanKind.ADDED)
    return tuple(Span(kind, run[kind]) for run in runs for kind in order if run.get(kind))
