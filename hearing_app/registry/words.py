"""A reader's words for a search: other ways to say them, and slips of the hand forgiven.

Everything here is folded first: small letters, no accents, no punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

# Letters that Unicode does not split into a base letter and an accent.
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})

SAME: tuple[tuple[str, ...], ...] = (
    ("number plate", "licence plate", "license plate", "registration plate", "anpr", "alpr", "lpr"),
    ("licence", "license"),
    ("face", "facial"),
    ("recognition", "recognising", "recognizing", "recognise", "recognize"),
    ("predictive", "prediction", "predict", "forecast"),
    ("drone", "uav", "unmanned aircraft"),
    ("camera", "cctv"),
    ("gait", "walking style", "way of walking", "the way they walk"),
    ("jaywalker", "jaywalking", "walk on red", "walked on red"),
    ("recidivism", "re offending", "reoffending", "arrested again", "re arrested"),
    ("uk", "britain", "united kingdom"),
)
"""Ways of saying the same. A search for one finds the others; all stand in the singular."""
SHORTEST_FORGIVEN = 4
"""Letters. Shorter words are one slip away from too many others."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that an entry must hold: any one of these ways of saying it, where a word begins.

    A way that ends with a space must end there, too.
    """

    ways: tuple[str, ...]

    def stands_in(self, folded: str) -> bool:
        """Whether a folded text, which begins with a space, holds it."""
        return any(f" {way}" in f"{folded} " for way in self.ways)


def fold(text: str) -> str:
    """Words in small letters without accents, parted by single spaces."""
    # Twice, because some letters (a bold A of mathematics) have a capital only once they are split.
    split = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in split if not unicodedata.combining(letter)).translate(_PLAIN)
    return " ".join(re.findall(r"[^\W_]+", bare))


def terms(text: str, texts: Collection[str]) -> list[Term]:
    """What the reader looks for, one term for each word or known phrase.

    ``texts`` are the folded texts that are searched. A word that stands in none of them is taken for a slip:
    then the words of the texts that are one slip away count, or the known ways of saying that are.
    """
    words, found = fold(text).split(), []
    while words:
        size = next((n for n in range(min(4, len(words)), 1, -1) if _same(" ".join(words[:n]))), 1)
        said, words = " ".join(words[:size]), words[size:]
        # As a whole word only: "plates" finds "plate", but "compas" finds no "company".
        singular = _singular(said)
        term = Term((said, *_same(said), *([f"{singular} "] if singular != said else [])))
        if len(said) >= SHORTEST_FORGIVEN and not any(term.stands_in(one) for one in texts):
            term = Term((*term.ways, *_meant(said, texts)))
        found.append(term)
    return found


def _singular(said: str) -> str:
    return said[:-1] if len(said) > 3 and said.endswith("s") and not said.endswith("ss") else said


def _same(said: str) -> tuple[str, ...]:
    """The other ways of saying it, if there are any."""
    others = [way for group in SAME if {said, _singular(said)} & set(group) for way in group]
    return tuple(dict.fromkeys(others))


def _meant(said: str, texts: Collection[str]) -> tuple[str, ...]:
    vocabulary = {word for one in texts for word in one.split()} | {way for group in SAME for way in group}
    near = sorted(word for word in vocabulary if one_slip_apart(said, word))
    return tuple(dict.fromkeys(way for word in near for way in (word, *_same(word))))


def one_slip_apart(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether one slip turns one word into the other: a letter wrong, missing or added, or two exchanged."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if len(a) == len(b):
        exchanged = (a[start], a[start + 1 : start + 2]) == (b[start + 1 : start + 2], b[start])
        return a[start + 1 :] == b[start + 1 :] or (exchanged and a[start + 2 :] == b[start + 2 :])
    short, long = sorted((a, b), key=len)
    return short[start:] == long[start + 1 :]
