"""Everything that stands on a hearing's page, read in one snapshot: both doors show what this gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from hearing_app.documents.hearings import comments_html, hearing_html
from hearing_app.hearings.comment import Comment
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.lists import Tally, opinions, speaking_order

# What stands between what is asked and what was said: each reads what it shows, and gives "" for nothing.
SECTIONS: tuple[Callable[[Connection, Hearing], str], ...] = ()

# What stands below single comments, by their numbers.
BELOW: tuple[Callable[[Connection, Hearing, Sequence[str]], Mapping[str, str]], ...] = ()


def hearing_page(db: Connection, hearing: Hearing, counts: Tally, names: Mapping[str, str]) -> str:
    """Return a hearing's page without its comments; ``names`` gives each system's name by its id."""
    return hearing_html(
        hearing,
        counts,
        opinions(db, hearing),
        names,
        speaking_order(db, hearing.id),
        sections=[section(db, hearing) for section in SECTIONS],
    )


def comments_of_hearing(
    db: Connection, hearing: Hearing, comments: Sequence[Comment], names: Mapping[str, str]
) -> str:
    """Return comments of a hearing as readers see them, each with what was made of it."""
    return comments_html(
        comments,
        names,
        zone=hearing.time_zone,
        beside=below(db, hearing, [one.comment_id for one in comments]),
    )


def below(db: Connection, hearing: Hearing, comment_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return what stands below each of these comments, rendered, in the order of ``BELOW``."""
    found: dict[str, list[str]] = {comment_id: [] for comment_id in comment_ids}
    for part in BELOW:
        for comment_id, html in part(db, hearing, comment_ids).items():
            found[comment_id].append(html)
    return found
