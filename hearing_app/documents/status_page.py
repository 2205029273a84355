"""What an author reads about their comment, by its receipt: where it stands, and what was made of it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from hearing_app.documents import agenda, answers, comment_record, moderation
from hearing_app.documents.hearings import status_html
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.hearing import Hearing

# Below where it stands: each reads what it shows, and gives "" for nothing.
SECTIONS: tuple[Callable[[Connection, Hearing, Comment], str], ...] = (
    moderation.moderation_section,
    comment_record.identity_section,
    comment_record.record_section,
    agenda.status_section,
    answers.author_section,
)


def status_page(db: Connection, hearing: Hearing, written: Comment, backup_days: int) -> str:
    """Return where a comment stands, for its author, with everything that happened to it."""
    stands = status_html(written, hearing, backup_days)
    return stands + "".join(section(db, hearing, written) for section in SECTIONS)
