"""Many comments at once, by the ledger's own way of writing: for tests at the size of a promise."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, insert

from hearing_app.hearings.comments.comment import committed_parts
from hearing_app.hearings.vocabulary import RULE_VERSION
from hearing_app.record.ledger import append
from hearing_app.record.receipts import lookup_key, receipt_of
from hearing_app.store.engine import writing
from hearing_app.store.tables import comment

A_TIME = 1000


def words_of(number: int) -> str:
    """The words of one comment, like those of no other."""
    return (
        f"Comment number {number} asks who checks the pictures of camera {number * 7919 % 1000003} at night."
    )


def draft_id_of(number: int) -> str:
    return f"{number:032x}"


def add_comments(
    engine: Engine,
    key: bytes,
    many: int,
    *,
    at: datetime,
    first: int = 0,
    hearing_id: str = "live-recognition",
) -> None:
    """Put many comments of usual size on the record, a thousand in a transaction; no language is detected."""
    for start in range(first, first + many, A_TIME):
        rows = []
        with writing(engine) as db:
            for number in range(start, min(start + A_TIME, first + many)):
                comment_id = f"C-2026-{number:06d}X"
                written = {
                    "comment_id": comment_id,
                    "hearing_id": hearing_id,
                    "system_id": "street-cameras",
                    "system_version": 1,
                    "target": "whole_system",
                    "comment_type": "concern",
                    "concern": words_of(number),
                    "value_seen": "",
                    "ask": "",
                    "stance": "oppose",
                    "standing": ["affected"],
                    "display_name": "",
                    "consent": "text_only",
                    "language_declared": "en",
                    "language_detected": "en",
                    "language_detector": "test",
                    "language_confidence": None,
                    "evidence": [],
                    "pinned": None,
                }
                receipt_key = lookup_key(key, receipt_of(key, draft_id_of(number)))
                content, private = committed_parts(written, receipt_key)
                append(
                    db,
                    actor="public",
                    kind="comment.submitted",
                    subject=f"comment:{comment_id}",
                    content=content,
                    private=private,
                    at=at,
                )
                rows.append(
                    written
                    | {
                        "receipt_key": receipt_key,
                        "submitted_at": at,
                        "state": "submitted",
                        "state_at": at,
                        "reason_id": "",
                        "reason_note": "",
                        "rule_version": RULE_VERSION,
                        "decided_by": "",
                    }
                )
            db.execute(insert(comment), rows)
