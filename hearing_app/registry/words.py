"""A reader's words for a search: other ways to say them, slips of the hand forgiven, in every script.

Everything here is folded first: small letters, no accents, no punctuation. Where a script puts no spaces
between words (Chinese, Japanese, Thai), a word is found wherever it stands; elsewhere where a word begins,
and in languages that join words to one ("Kennzeichenerkennung") also where a part of a word does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

# Letters that Unicode does not split into a base letter and an accent; in Arabic those that are written for
# one another, and the line that only stretches a word.
_PLAIN = str.maketrans(
    {
        **{"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"},
        **{"\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643", "\u0629": "\u0647", "\u0640": ""},
    }
)
# Han, kana, Thai, Lao, Burmese, Khmer.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\U00020000-\U000323af"
)
_AN_UNSPACED = re.compile(f"[{_UNSPACED}]")
SCRIPTS_MEET = re.compile(f"(?<=[{_UNSPACED}])(?=[^ {_UNSPACED}])|(?<=[^ {_UNSPACED}])(?=[{_UNSPACED}])")
# "the", "and the", "with the", "like the", "so the", "for the": they are written as a part of the word.
_LAM = "\u0644"
_ARTICLE = re.compile("(?:[\u0648\u0628\u0643\u0641]?\u0627\u0644|\u0644\u0644)(?=\\S{3})")
# What chooses the look of the letter before it.
_VARIANTS = range(0xFE00, 0xFE10)

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
JOINING = frozenset(
    {"af", "da", "de", "et", "fi", "fo", "fy", "hu", "is", "lb", "nb", "nl", "nn", "no", "sv"}
)
"""Languages that join words to one: there a word is also found as a later part of another."""
FIRST_PART, LATER_PART = 3, 4
"""Letters: of what stands before a later part of a word at least, and of that part."""
SHORTEST_FORGIVEN = 4
"""Letters. Shorter words are one slip away from too many others."""
SHORTEST_FORGIVEN_TWICE = 8
MOST_FORGIVEN = 6
"""Words of one search whose slips are looked into; it is work, and a text full of slips has no meaning."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that an entry must hold: any one of these ways of saying it, where a word begins.

    A way that ends with a space must end there, too. ``pairs`` are the pairs of neighbours in a run of
    letters without spaces that stands nowhere as a whole: two thirds of them are enough.
    """

    ways: tuple[str, ...]
    pairs: tuple[str, ...] = ()

    def stands_in(self, folded: str, joined: str = "") -> bool:
        """Whether a folded text, which begins with a space, holds it.

        ``joined`` is the part of it that is in a language that joins words.
        """
        if any(way_stands_in(way, folded, joined) for way in self.ways):
            return True
        there = sum(pair in folded for pair in self.pairs)
        return bool(self.pairs) and there >= enough_of(self.pairs)


class Held(Protocol):
    """Texts that can be asked what they hold."""

    def holds(self, term: Term) -> bool:
        """Whether any of them holds the term."""
        ...

    def near(self, word: str, slips: int) -> Iterable[str]:
        """Words of theirs that so many slips at most turn into this one."""
        ...


def way_stands_in(way: str, folded: str, joined: str = "") -> bool:
    """Whether one way of saying something stands in a folded text."""
    if is_unspaced(way):
        return way.strip() in folded
    if f" {way}" in f"{folded} ":
        return True
    return may_be_later_part(way) and any(
        start - f"{joined} ".rfind(" ", 0, start) > FIRST_PART for start in _starts(way, f"{joined} ")
    )


def _starts(way: str, text: str) -> Iterator[int]:
    start = text.find(way)
    while start >= 0:
        yield start
        start = text.find(way, start + 1)


def may_be_later_part(way: str) -> bool:
    """Whether a way is one word, and long enough to be looked for within others."""
    word = way.rstrip()
    return len(word) >= LATER_PART and " " not in word and not is_unspaced(word)


def enough_of(pairs: Sequence[str]) -> int:
    """How many of the pairs must be there."""
    return -(-2 * len(pairs) // 3)


def is_unspaced(word: str) -> bool:
    """Whether a word is written in letters between which no spaces stand."""
    return bool(word) and _AN_UNSPACED.match(word) is not None


class _Folds(dict[int, str]):
    """What becomes of each letter, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        # Twice, because some letters (a bold A of mathematics) have a capital only once they are split.
        split = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code)).casefold())
        bare = "".join(letter for letter in split if not unicodedata.combining(letter)).translate(_PLAIN)
        made = self[code] = "".join(_kept(letter) for letter in bare)
        return made


def _kept(letter: str) -> str:
    if ord(letter) in _VARIANTS:
        return ""
    # Vowels of Thai and Hindi are signs on a letter, and parts of the word.
    is_part = letter.isalnum() or unicodedata.category(letter) in {"Mn", "Mc"}
    return letter if is_part else " "


FOLDS = _Folds()
"""Each letter folded: nothing, some letters, or a space."""


def fold(text: str) -> str:
    """Words in small letters without accents, parted by single spaces, and where scripts meet."""
    bare = " ".join(text.translate(FOLDS).split())
    if bare.isascii():
        return bare
    if _AN_UNSPACED.search(bare):
        bare = SCRIPTS_MEET.sub(" ", bare)
    if _LAM in bare:
        bare = " ".join(without_article(word) for word in bare.split())
    return bare


def without_article(word: str) -> str:
    """A folded word without the Arabic article."""
    while found := _ARTICLE.match(word):
        word = word[found.end() :]
    return word


def joined_words(text: str) -> str:
    """The folded text of a language that joins words; umlauts also as they are written without them."""
    folded, spelt = fold(text), fold(re.sub("[äöüÄÖÜ]", lambda found: f"{found.group()}e", text))
    return folded if spelt == folded else f"{folded} {spelt}"


def terms(text: str, texts: Collection[str]) -> list[Term]:
    """What the reader looks for, one term for each word or known phrase, among these folded texts."""
    return terms_among(text, _Texts(texts))


def terms_among(text: str, held: Held) -> list[Term]:
    """What the reader looks for, one term for each word or known phrase.

    A word that stands in none of the texts is taken for a slip: then the words of the texts that are nearest
    count (one slip away; two in words of eight letters), or the known ways of saying that are.
    """
    words, found, forgiven = fold(text).split(), dict[str, Term](), 0
    while words:
        size = next((n for n in range(min(4, len(words)), 1, -1) if _same(" ".join(words[:n]))), 1)
        said, words = " ".join(words[:size]), words[size:]
        if said in found:
            continue
        # As a whole word only: "plates" finds "plate", but "compas" finds no "company".
        singular = _singular(said)
        term = Term((said, *_same(said), *([f"{singular} "] if singular != said else [])))
        if forgiven < MOST_FORGIVEN and _may_be_a_slip(said) and not held.holds(term):
            forgiven += 1
            term = _forgiven(term, said, held)
        found[said] = term
    return list(found.values())


def _may_be_a_slip(said: str) -> bool:
    if is_unspaced(said):
        return len(said) > 2
    return len(said) >= SHORTEST_FORGIVEN and not any(letter.isdigit() for letter in said)


def _forgiven(term: Term, said: str, held: Held) -> Term:
    if is_unspaced(said):
        return Term(term.ways, tuple(said[n : n + 2] for n in range(len(said) - 1)))
    return Term((*term.ways, *_meant(said, held)))


def _singular(said: str) -> str:
    return said[:-1] if len(said) > 3 and said.endswith("s") and not said.endswith("ss") else said


def _same(said: str) -> tuple[str, ...]:
    """The other ways of saying it, if there are any."""
    others = [way for group in SAME if {said, _singular(said)} & set(group) for way in group]
    return tuple(dict.fromkeys(others))


def _meant(said: str, held: Held) -> tuple[str, ...]:
    ways = [way for group in SAME for way in group]
    for slips in (1, 2) if len(said) >= SHORTEST_FORGIVEN_TWICE else (1,):
        near = {*held.near(said, slips), *(way for way in ways if are_apart(said, way, slips))}
        if near:
            return tuple(dict.fromkeys(way for word in sorted(near) for way in (word, *_same(word))))
    return ()


def are_apart(a: str, b: str, slips: int) -> bool:
    """Whether one slip, or two at most, turn one word into the other; the same word is none apart."""
    if a == b or abs(len(a) - len(b)) > slips:
        return False
    return one_slip_apart(a, b) if slips == 1 else distance(a, b) <= slips


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


def distance(a: str, b: str) -> int:
    """The least number of slips that turn one word into the other, none of them touching another.

    The restricted Damerau-Levenshtein distance (optimal string alignment).
    """
    before, last = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        row = [i]
        for j, y in enumerate(b, start=1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and (x, a[i - 2]) == (b[j - 2], y):
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


class _Texts:
    """Folded texts that are read one by one."""

    def __init__(self, texts: Collection[str]) -> None:
        self.texts = texts

    def holds(self, term: Term) -> bool:
        return any(term.stands_in(one) for one in self.texts)

    def near(self, word: str, slips: int) -> set[str]:
        return {one for text in self.texts for one in text.split() if are_apart(word, one, slips)}
