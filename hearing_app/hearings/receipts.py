"""What belongs to a receipt: a comment, a report on an entry, or a request. Its holder need not know."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from hearing_app.hearings.comments.comment import Comment, comment_by_receipt, guesses_of
from hearing_app.hearings.requests.reading import Request, request_by_receipt
from hearing_app.people.throttle import tried
from hearing_app.record.receipts import read_receipt
from hearing_app.registry.corrections.reading import Correction, correction_by_receipt
from hearing_app.store.engine import reading


def found_by_receipt(
    engine: Engine, key: bytes, receipt: str, address: str, *, at: datetime | None = None
) -> Comment | Correction | Request:
    """Return what belongs to a receipt to someone at a network address, who may guess five times a minute.

    Raises ``Invalid`` for what is no receipt, ``NotFound`` for one that belongs to nothing, ``TooMany``.
    """
    code = read_receipt(receipt)
    with tried(engine, *guesses_of(key, code, address, at), at=at), reading(engine) as db:
        asked = correction_by_receipt(db, key, code) or request_by_receipt(db, key, code)
        return asked or comment_by_receipt(db, key, code)
