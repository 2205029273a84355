"""Proofs that a comment is in the record: for anyone by its number, for its author with the words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from hearing_app.errors import NotFound
from hearing_app.hearings.comments.comment import Comment
from hearing_app.record.bundle import inclusion_proof
from hearing_app.record.checkpoint import Signer
from hearing_app.record.ledger import Content, Event, contents


def proof_of_comment(db: Connection, signer: Signer, comment_id: str) -> dict[str, Any]:
    """Return the proof that the comment with this number arrived; raise ``NotFound`` when none did.

    The number is not secret, and the ledger names it anyway: the proof adds nothing about the comment.
    """
    arrival, _ = _arrival(db, comment_id)
    return inclusion_proof(db, signer, arrival.seq)


def proof_for_author(db: Connection, signer: Signer, written: Comment) -> dict[str, Any]:
    """Return the same proof with what was committed to, for whoever showed the comment's receipt.

    With the words in it, it proves what was said. Once they are withdrawn, it proves the arrival alone.
    """
    arrival, content = _arrival(db, written.comment_id)
    return inclusion_proof(db, signer, arrival.seq, content=content)


def _arrival(db: Connection, comment_id: str) -> tuple[Event, Content | None]:
    for event, content in contents(db, subject=f"comment:{comment_id}"):
        if event.kind == "comment.submitted":
            return event, content
    raise NotFound(f"There is no comment {comment_id[:20]}.", kept="")
