"""Letters that many people send: read once, counted for everybody, with what each one added.

Found among the published comments of a hearing whenever they are asked for; the record keeps nothing of it,
so no comment is marked. Where a comment comes from is no reason to hide it.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Connection

from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.lists import each_published, published_numbers, published_words, words_of
from hearing_app.record.ledger import size_of
from hearing_app.voices.duplicates import added_to, alike

# Comparing a large hearing takes seconds: which comments share a letter is found once a minute at most.
FRESH_SECONDS, _MOST_KEPT = 60.0, 16


@dataclass(frozen=True, slots=True)
class Letter:
    """Comments that share one wording: the one that most were sent in, and all of them as they arrived."""

    shared: str
    comment_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Campaign:
    """Comments that share a letter. ``shared`` is the one whose wording most were sent in.

    ``own_words`` gives, by number, what somebody added; who added nothing is not in it.
    """

    shared: Comment
    comment_ids: tuple[str, ...]
    own_words: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Found:
    """Which comments shared letters when the ledger had this size, without a word of them."""

    size: int
    at: float
    letters: tuple[Letter, ...]


_kept: OrderedDict[tuple[str, str], _Found] = OrderedDict()
_finding = Lock()


def campaigns_of(db: Connection, hearing_id: str, letters: Sequence[Letter] | None = None) -> list[Campaign]:
    """Return the campaigns among a hearing's published comments, the largest first.

    Words are read as they are now: what was withdrawn or taken out a moment ago is not in them. ``letters``
    are those to read, where not all are wanted.
    """
    return [
        _read(db, hearing_id, one) for one in (letters_of(db, hearing_id) if letters is None else letters)
    ]


def letters_of(db: Connection, hearing_id: str, *, fewest: int = 2) -> list[Letter]:
    """Return which published comments share a letter that at least ``fewest`` sent, the largest first."""
    found = _letters(db, hearing_id)
    public = published_numbers(db, hearing_id) if found else set()
    left = []
    for letter in found:
        ids = tuple(one for one in letter.comment_ids if one in public)
        if len(ids) >= fewest:
            left.append(Letter(letter.shared if letter.shared in public else ids[0], ids))
    return sorted(left, key=lambda one: (-len(one.comment_ids), one.comment_ids))


def _read(db: Connection, hearing_id: str, letter: Letter) -> Campaign:
    [shared] = each_published(db, hearing_id, [letter.shared])
    words, own = words_of(shared), {}
    for one in each_published(db, hearing_id, letter.comment_ids):
        # Most send a letter as it is.
        if (said := words_of(one)) != words and (added := added_to(words, said)):
            own[one.comment_id] = added
    return Campaign(shared, letter.comment_ids, own)


def _letters(db: Connection, hearing_id: str) -> tuple[Letter, ...]:
    key, size = (str(db.engine.url), hearing_id), size_of(db)
    with _finding:
        there = _kept.get(key)
        is_new = there is not None and time.monotonic() - there.at < FRESH_SECONDS and there.size <= size
        if there is not None and (there.size == size or is_new):
            return there.letters
        numbers: list[str] = []
        letters = tuple(
            Letter(numbers[one.shared], tuple(numbers[place] for place in one.members))
            for one in alike(_noted(published_words(db, hearing_id), numbers))
        )
        _kept[key] = _Found(size, time.monotonic(), letters)
        _kept.move_to_end(key)
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
        return letters


def _noted(words: Iterable[tuple[str, str]], numbers: list[str]) -> Iterator[str]:
    """Yield the words alone, and note whose they are."""
    for number, said in words:
        numbers.append(number)
        yield said
