"""The state of the service, and the ledger as data."""

from __future__ import annotations

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse

from hearing_app import __version__
from hearing_app.api.answers import json_answer
from hearing_app.deployment import current
from hearing_app.errors import Fault, Invalid
from hearing_app.record.ledger import events, head
from hearing_app.store.engine import reading

PER_PAGE = 1000


def health(_request: Request) -> JSONResponse:
    """Answer 200 when the record can be read, 503 when it cannot."""
    with reading(current().engine) as db:
        db.execute(text("SELECT 1"))
    return json_answer({"status": "ok", "version": __version__})


def ledger_head(_request: Request) -> JSONResponse:
    """Give the ledger's size and its root (RFC 6962, SHA-256)."""
    with reading(current().engine) as db:
        now = head(db)
    return json_answer({"size": now.size, "root": now.root.hex()})


def ledger_events(request: Request) -> JSONResponse:
    """Give up to 1,000 events from number ``start`` on; their words are only committed to."""
    start = request.query_params.get("start", "0")
    if not (start.isascii() and start.isdigit() and len(start) < 16):
        problem = Fault("", "start", f"“{start[:40]}” is no event's number.", "Use a whole number from 0.")
        raise Invalid("The events were not listed.", [problem])
    with reading(current().engine) as db:
        listed = [
            {
                "seq": event.seq,
                "at": event.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "kind": event.kind,
                "subject": event.subject,
                "actor": event.actor,
                "commitment": event.commitment.hex(),
                "leaf_hash": event.leaf_hash.hex(),
            }
            for event in events(db, start=int(start), limit=PER_PAGE)
        ]
    return json_answer({"start": int(start), "events": listed})
