"""Themes and campaigns as documents: what people wrote about, and letters that many sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from hearing_app.documents.render import render
from hearing_app.hearings.comments.campaigns import campaigns_of, letters_of
from hearing_app.hearings.comments.themes import themes_by_comment, themes_of
from hearing_app.hearings.hearing import Hearing

# A letter with its senders takes room; the rest is counted.
MOST_LETTERS, MOST_OWN = 5, 20
FEWEST_SENDERS = 5
"""Two or three people who say the same need not have written one letter."""


def themes_section(db: Connection, hearing: Hearing) -> str:
    """Return what a hearing's comments are about, and the letters that several sent; else nothing."""
    themes, letters = themes_of(db, hearing.id), letters_of(db, hearing.id, fewest=FEWEST_SENDERS)
    if not themes and not letters:
        return ""
    return render(
        "themes",
        hearing=hearing,
        themes=themes,
        campaigns=campaigns_of(db, hearing.id, letters[:MOST_LETTERS]),
        more=len(letters) - MOST_LETTERS,
        most_own=MOST_OWN,
    )


def themes_below(db: Connection, hearing: Hearing, comment_ids: Sequence[str]) -> Mapping[str, str]:
    """Return the themes of comments, by their numbers."""
    found = themes_by_comment(db, hearing.id)
    return {one: render("themes_below", themes=found[one]) for one in comment_ids if one in found}
