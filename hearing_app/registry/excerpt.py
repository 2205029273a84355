"""Where in an entry the words of a search stand: the field, and a few words around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hearing_app.registry.listed import Passage
from hearing_app.registry.words import (
    FIRST_PART,
    FOLDS,
    JOINING,
    SCRIPTS_MEET,
    Term,
    fold,
    is_unspaced,
    joined_words,
    may_be_later_part,
    without_article,
)

AROUND = 70
"""Letters that are shown before and after what was found."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words of one field in pieces, each with whether it was looked for. ``lang`` is their language."""

    field: str
    lang: str
    pieces: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        """The words without marks."""
        return "".join(text for text, _ in self.pieces)


def excerpt(passages: Iterable[Passage], terms: Sequence[Term]) -> Excerpt | None:
    """Return the passage that holds most of the terms, the first of equals; ``None`` where none holds any."""
    best: tuple[int, Passage] | None = None
    for passage in passages:
        folded = f" {fold(passage.text)}"
        joined = joined_words(passage.text) if passage.lang.split("-")[0] in JOINING else ""
        held = sum(term.stands_in(folded, joined) for term in terms)
        if held and (best is None or held > best[0]):
            best = held, passage
        if held == len(terms):
            break
    if best is None:
        return None
    passage = best[1]
    spans = _merged(_spans(passage, terms))
    # Found as it is spelt otherwise ("Ueberwachung"): then nothing is marked.
    return Excerpt(passage.field, passage.lang, tuple(_pieces(passage.text, spans or [(0, 0)])))


def _spans(passage: Passage, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Return from where to where each found word stands in the text."""
    flat, places = _with_places(passage.text)
    joins = passage.lang.split("-")[0] in JOINING
    return [
        (places[start], places[end - 1] + 1)
        for term in terms
        for way in (*term.ways, *term.pairs)
        for start, end in _found(way, flat, joins=joins)
    ]


def _found(way: str, flat: str, *, joins: bool) -> Iterable[tuple[int, int]]:
    """Yield where a way of saying something stands in a folded text, to the end of its last word."""
    if is_unspaced(way):
        for found in re.finditer(re.escape(way.strip()), flat):
            yield found.span()
        return
    before = rf"(?:(?<= )|(?<=\S{{{FIRST_PART}}}))" if joins and may_be_later_part(way) else "(?<= )"
    after = r"(?= )" if way.endswith(" ") else r"\S*"
    for found in re.finditer(f"{before}{re.escape(way.rstrip())}{after}", f" {flat} "):
        yield found.start() - 1, found.end() - 1


def _with_places(text: str) -> tuple[str, list[int]]:
    """Return the folded text, and for each of its letters the place of the letter that it was."""
    letters = [(letter, place) for place, one in enumerate(text) for letter in FOLDS[ord(one)]]
    bare = "".join(letter for letter, _ in letters)
    flat: list[str] = []
    places: list[int] = []
    for run in re.finditer(r"\S+", bare):
        start = run.start()
        for word in SCRIPTS_MEET.sub(" ", run.group()).split():
            kept = without_article(word)
            first = start + len(word) - len(kept)
            flat += [" "] if flat else []
            places += [letters[first][1]] if places else []
            flat += kept
            places += [place for _, place in letters[first : first + len(kept)]]
            start += len(word)
    return "".join(flat), places


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterable[tuple[str, bool]]:
    """Yield the text around the first span, cut between words, in pieces."""
    first, last = max(0, spans[0][0] - AROUND), min(len(text), spans[0][1] + AROUND)
    if first and (space := text.find(" ", first, spans[0][0])) >= 0:
        first = space + 1
    if last < len(text) and (space := text.rfind(" ", spans[0][1], last)) >= 0:
        last = space
    at = first
    yield ("… ", False) if first else ("", False)
    for start, end in spans:
        if start < last:
            yield text[at:start], False
            yield text[start : min(end, last)], True
            at = min(end, last)
    yield text[at:last], False
    yield (" …", False) if last < len(text) else ("", False)
