"""Letters that many people send: read once, counted for everybody, with what each one added.

Found among the published comments of a hearing whenever they are asked for; the record keeps nothing of it,
so no comment is marked. Where a comment comes from is no reason to hide it.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Connection

from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.lists import every_published, published_by_number
from hearing_app.record.ledger import size_of
from hearing_app.voices.duplicates import added_to, alike

# Comparing a large hearing takes seconds: which comments share a letter is found once a minute at most.
FRESH_SECONDS, _MOST_KEPT = 60.0, 16


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
    """Which comments share letters, without a word of them; ``members`` begin with the shared one."""

    size: int
    at: float
    letters: tuple[tuple[str, ...], ...]


_kept: OrderedDict[tuple[str, str], _Found] = OrderedDict()
_finding = Lock()


def campaigns_of(db: Connection, hearing_id: str) -> list[Campaign]:
    """Return the campaigns among a hearing's published comments, the largest first.

    Words are read as they are now: what was withdrawn or taken out a moment ago is not in them.
    """
    found = []
    for letter in _letters(db, hearing_id):
        members = published_by_number(db, hearing_id, letter)
        if len(members) < 2:
            continue
        shared = members[0]
        added = {one.comment_id: added_to(_text(shared), _text(one)) for one in members[1:]}
        own = {comment_id: words for comment_id, words in added.items() if words}
        ids = sorted((one.submitted_at, one.comment_id) for one in members)
        found.append(Campaign(shared, tuple(comment_id for _, comment_id in ids), own))
    return sorted(found, key=lambda one: (-len(one.comment_ids), one.comment_ids))


def _letters(db: Connection, hearing_id: str) -> tuple[tuple[str, ...], ...]:
    key, size = (str(db.engine.url), hearing_id), size_of(db)
    with _finding:
        there = _kept.get(key)
        is_new = there is not None and time.monotonic() - there.at < FRESH_SECONDS and there.size <= size
        if there is not None and (there.size == size or is_new):
            return there.letters
        numbers, texts = [], []
        for one in every_published(db, hearing_id):
            numbers.append(one.comment_id)
            texts.append(_text(one))
        letters = tuple(
            (
                numbers[one.shared],
                *(numbers[place] for place in one.members if place != one.shared),
            )
            for one in alike(texts)
        )
        _kept[key] = _Found(size, time.monotonic(), letters)
        _kept.move_to_end(key)
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
        return letters


def _text(one: Comment) -> str:
    return "\n".join((one.concern, one.value_seen, one.ask))
