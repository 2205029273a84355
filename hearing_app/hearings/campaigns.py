"""Letters that many people send: read once, counted for everybody, with what each one added.

Found among the published comments of a hearing whenever they are asked for; nothing of it is kept, so no
comment is marked. Where a comment comes from is no reason to hide it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection

from hearing_app.hearings.comment import Comment
from hearing_app.hearings.lists import published_comments
from hearing_app.voices.duplicates import Alike, alike


@dataclass(frozen=True, slots=True)
class Campaign:
    """Comments that share a letter. ``shared`` is the one whose wording most were sent in.

    ``own_words`` gives, by number, what somebody added; who added nothing is not in it.
    """

    shared: Comment
    comment_ids: tuple[str, ...]
    own_words: dict[str, str]


def campaigns_of(db: Connection, hearing_id: str) -> list[Campaign]:
    """Return the campaigns among a hearing's published comments, the largest first."""
    comments = sorted(published_comments(db, hearing_id), key=lambda one: (one.submitted_at, one.comment_id))
    texts = tuple("\n".join((one.concern, one.value_seen, one.ask)) for one in comments)
    found = []
    for one in _alike(texts):
        ids = [comments[place].comment_id for place in one.members]
        own = {comment_id: words for comment_id, words in zip(ids, one.own, strict=True) if words}
        found.append(Campaign(comments[one.shared], tuple(ids), own))
    return found


@lru_cache(maxsize=16)
def _alike(texts: tuple[str, ...]) -> list[Alike]:
    """Return which texts belong together; a page that is read again does not compare them again."""
    return alike(texts)
