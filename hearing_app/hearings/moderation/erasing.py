"""What leaves with a comment's words of what was written at its moderation: notes, appeals, stretches."""

from __future__ import annotations

from sqlalchemy import Connection, delete, update

from hearing_app.hearings.moderation import holding
from hearing_app.store.tables import appeal, comment_claim, redaction, removal

ENDED = "ended"


def forget_words(db: Connection, comment_id: str) -> None:
    """Erase everything about words that are gone; what was open ends: nothing is left to decide on."""
    forget_notes(db, comment_id)
    db.execute(delete(redaction).where(redaction.c.comment_id == comment_id))
    db.execute(delete(comment_claim).where(comment_claim.c.comment_id == comment_id))
    holding.end(db, comment_id)
    for table in (appeal, removal):
        is_open = (table.c.comment_id == comment_id) & (table.c.outcome == "")
        db.execute(update(table).where(is_open).values(outcome=ENDED))


def forget_notes(db: Connection, comment_id: str) -> None:
    """Erase what an author wrote in an appeal, and what facilitators noted; nothing else changes."""
    db.execute(update(appeal).where(appeal.c.comment_id == comment_id).values(words="", note=""))
    db.execute(update(removal).where(removal.c.comment_id == comment_id).values(note=""))
    of_comment = redaction.c.comment_id == comment_id
    db.execute(update(redaction).where(of_comment).values(note=""))
    db.execute(
        update(redaction).where(of_comment, redaction.c.lifted_note.is_not(None)).values(lifted_note="")
    )
