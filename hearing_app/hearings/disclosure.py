"""What of the ledger's contents anyone may read: all about offices, and of comments what is published."""

from __future__ import annotations

from sqlalchemy import Connection, select

from hearing_app.hearings.moderation.redactions import is_redacted
from hearing_app.hearings.vocabulary import Consent, State
from hearing_app.record.bundle import IsPublic
from hearing_app.record.ledger import PRIVATE, Content, Event
from hearing_app.store.tables import comment

_SUBMITTED = "comment.submitted"


def public_contents(db: Connection) -> IsPublic:
    """Return the rule for this snapshot: given an event and its content, may the content be shown?

    Of a comment its words, while it is published, its author let it be and nothing is taken out of it; of
    decisions the reason and the version of the rules. A content without a private part was written before
    there were any, with everything in one: of comments such a content stays closed.
    """
    published = set(
        db.execute(
            select(comment.c.comment_id).where(
                comment.c.state == State.PUBLISHED,
                comment.c.consent.in_([one for one in Consent if one.is_public]),
                # What arrived says what was taken out of the words since.
                ~is_redacted(),
            )
        ).scalars()
    )

    def is_public(event: Event, content: Content) -> bool:
        if event.kind.startswith("file."):
            # What a file shows and whose it is stands there once it was screened, while its comment does.
            return content.fields.get("comment") in published
        if event.kind.startswith("identity."):
            # That an organisation wrote it says something of a comment that nobody may read.
            return event.subject.removeprefix("comment:") in published
        if not event.kind.startswith("comment."):
            return True
        if PRIVATE not in content.fields:
            return False
        return event.kind != _SUBMITTED or event.subject.removeprefix("comment:") in published

    return is_public
