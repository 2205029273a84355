"""Entries like another: by what the system does, how, with what, from whom, with what effect; and by its
words.

Five kinds of signs and the words each give a number from 0 to 1. For signs it is the shared share of both
sets (Jaccard), for words the cosine of their TF-IDF vectors (Salton and Buckley 1988). Weighted and added,
they put the entries in order; the number itself is not shown, the reasons are.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearing_app.registry.listed import Listed
from hearing_app.registry.register import Register
from hearing_app.registry.words import fold, is_unspaced

WEIGHTS = {
    **{"functions": 3.0, "methods": 1.5, "suppliers": 2.0, "inputs": 1.0, "consequences": 1.0},
    "words": 2.0,
}
TITLES = {
    "functions": "the same kind of police work",
    "methods": "the same method",
    "suppliers": "the same supplier",
    "inputs": "the same data",
    "consequences": "the same may follow",
    "words": "many of the same words",
}
LEAST = 0.12
"""Of what all weights together give. Below it, two entries have little more in common than the register."""
ALIKE_WORDS = 0.25
"""The cosine from which the shared words are named as a reason."""
SIGNS = tuple(kind for kind in WEIGHTS if kind != "words")
_MOST_WORDS = 4
# Entries from which on a word must stand in two, and not in half of them.
_LARGE = 10
# Of the entries from which the words were learnt: when more have changed, they are learnt anew.
_MOST_CHANGED = 0.1
_COMMON = frozenset(
    fold(
        "about after also been before being between both could does each from have into more most much only "
        "other over same some such than that their them then there these they this those through under used "
        "uses using very were what when where which while will with would your said says system systems "
        "police"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two entries are alike: the kind, in words, and what they share."""

    kind: str
    title: str
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Similar:
    """An entry like another, with the reasons, those that weigh most first. ``score`` is from 0 to 1."""

    entry: Listed
    score: float
    reasons: tuple[Reason, ...]


class _Compared:
    """What the entries of one register are compared by: rows of signs, and TF-IDF vectors of length 1.

    The vectors of entries that did not change are taken from the register before: to learn the words of 5,000
    entries anew takes seconds, and one entry more changes their weights by little.
    """

    def __init__(self, register: Register, before: _Compared | None = None) -> None:
        self.register = register
        self.place = {one.id: row for row, one in enumerate(register.ordered)}
        self.rows_with: dict[tuple[str, str], list[int]] = {}
        self.sizes = {kind: np.zeros(len(register)) for kind in SIGNS}
        for row, one in enumerate(register.ordered):
            for kind in SIGNS:
                values = {value for value, _ in one.signs[kind]}
                self.sizes[kind][row] = len(values)
                for value in values:
                    self.rows_with.setdefault((kind, value), []).append(row)
        changed = self._changed(before) if before else len(register)
        self.vectorizer: Any = None
        self.rows: Any = None
        self.learnt_from = len(register)
        if before and before.rows is not None and changed <= before.learnt_from * _MOST_CHANGED:
            self._follow(before)
        else:
            self._learn()

    def _changed(self, before: _Compared) -> int:
        return sum(one is not before.register.rows_by_id.get(one.id) for one in self.register.ordered)

    def _learn(self) -> None:
        # It takes a second to load, and is needed here alone.
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - see above

        large = len(self.register) >= _LARGE
        self.vectorizer = TfidfVectorizer(
            analyzer=_words_of,
            # Most words of an entry stand in most entries, or in it alone: neither says what is alike.
            min_df=2 if large else 1,
            max_df=0.5 if large else 1.0,
            max_features=20_000,
            sublinear_tf=True,
            dtype=np.float32,
        )
        try:
            self.rows = self.vectorizer.fit_transform(one.folded for one in self.register.ordered).tocsr()
        except ValueError:
            self.rows = None  # There is no word that could be shared.

    def _follow(self, before: _Compared) -> None:
        from scipy.sparse import vstack  # noqa: PLC0415 - loaded with what made the vectors before

        self.vectorizer, self.learnt_from = before.vectorizer, before.learnt_from
        kept = before.register.rows_by_id
        new = [one for one in self.register.ordered if kept.get(one.id) is not one]
        added = {one.id: before.rows.shape[0] + n for n, one in enumerate(new)}
        rows = before.rows
        if new:
            rows = vstack([rows, self.vectorizer.transform(one.folded for one in new)]).tocsr()
        self.rows = rows[[added.get(one.id, before.place.get(one.id, 0)) for one in self.register.ordered]]

    def shared_shares(self, mine: Listed, kind: str) -> NDArray[np.float64]:
        """Return for each entry the share of both sets of signs that both have."""
        wanted = {value for value, _ in mine.signs[kind]}
        both = np.zeros(len(self.register))
        for value in wanted:
            both[self.rows_with[kind, value]] += 1
        either = len(wanted) + self.sizes[kind] - both
        return np.divide(both, either, out=np.zeros_like(both), where=either > 0)

    def cosines(self, id: str) -> NDArray[np.float64]:
        """Return for each entry the cosine of its words with those of one."""
        if self.rows is None:
            return np.zeros(len(self.register))
        one = np.asarray(self.rows[[self.place[id]]].todense()).ravel()
        found: NDArray[np.float64] = np.asarray(self.rows @ one, dtype=np.float64)
        return found

    def words_of_both(self, one: str, other: str) -> tuple[str, ...]:
        """Return the words that add most to the cosine of two entries."""
        both = self.rows[[self.place[one]]].multiply(self.rows[[self.place[other]]]).tocoo()
        heaviest = np.argsort(-both.data, kind="stable")[:_MOST_WORDS]
        words = self.vectorizer.get_feature_names_out()
        return tuple(str(words[both.col[place]]) for place in heaviest.tolist())


def _words_of(folded: str) -> list[str]:
    """Return the words that may say what is alike, and pairs of neighbours where no spaces stand."""
    found = []
    for word in folded.split():
        if is_unspaced(word):
            found += [word[n : n + 2] for n in range(len(word) - 1)]
        elif len(word) > 3 and not word.isdigit() and word not in _COMMON:
            found.append(word)
    return found


_compared: list[_Compared] = []
_making = Lock()


def _compared_in(register: Register) -> _Compared:
    with _making:
        for known in _compared:
            if known.register is register:
                return known
        made = _Compared(register, _compared[0] if _compared else None)
        _compared[:] = [made]
        return made


def similar(register: Register, id: str, most: int = 5) -> tuple[Similar, ...]:
    """Return the entries most like one of the register, each with why; empty where nothing is alike."""
    mine, compared = register[id], _compared_in(register)
    scores = np.zeros(len(register))
    for kind in SIGNS:
        scores += WEIGHTS[kind] * compared.shared_shares(mine, kind)
    cosines = compared.cosines(id)
    scores = (scores + WEIGHTS["words"] * cosines) / sum(WEIGHTS.values())
    found: list[Similar] = []
    for row in np.argsort(-scores, kind="stable").tolist():
        other = register.ordered[row]
        if scores[row] < LEAST or len(found) == most:
            break
        if other.id != id and (reasons := _reasons(compared, mine, other, float(cosines[row]))):
            found.append(Similar(other, round(float(scores[row]), 4), reasons))
    return tuple(found)


def _reasons(compared: _Compared, mine: Listed, other: Listed, cosine: float) -> tuple[Reason, ...]:
    reasons = []
    for kind in sorted(WEIGHTS, key=lambda one: -WEIGHTS[one]):
        if kind == "words":
            shared = compared.words_of_both(mine.id, other.id) if cosine >= ALIKE_WORDS else ()
        else:
            its = {value for value, _ in other.signs[kind]}
            shared = tuple(label for value, label in mine.signs[kind] if value in its)
        if shared:
            reasons.append(Reason(kind, TITLES[kind], shared))
    return tuple(reasons)
