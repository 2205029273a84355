"""The state of the service, and the ledger as data."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from hearing_app import __version__
from hearing_app.api.answers import json_answer
from hearing_app.api.bundles import bundle_answer
from hearing_app.deployment import current
from hearing_app.errors import Fault, Invalid
from hearing_app.hearings.comments.proof import proof_of_comment
from hearing_app.people.throttle import HERE, is_shared, network_of
from hearing_app.record import verifier as standalone_verifier
from hearing_app.record.bundle import consistency_proof, inclusion_proof
from hearing_app.record.ledger import events, head
from hearing_app.store.engine import reading
from hearing_app.store.room import can_write

PER_PAGE = 1000
LAST_NUMBER = 2**31 - 1
VERIFIER = Path(standalone_verifier.__file__)


def health(_request: Request) -> JSONResponse:
    """Answer 200 when the record can be read and written, 503 when it cannot; nothing more is said."""
    house = current()
    with reading(house.engine) as db:
        db.execute(text("SELECT 1"))
    writable = can_write(house.engine, house.settings.data)
    status = "ok" if writable else "degraded: cannot write"
    return json_answer({"status": status, "version": __version__}, status=200 if writable else 503)


def ledger_head(_request: Request) -> JSONResponse:
    """Give the ledger's size, its root (RFC 6962, SHA-256), and the checkpoint that signs both."""
    house = current()
    with reading(house.engine) as db:
        now = head(db)
    return json_answer(
        {
            "size": now.size,
            "root": now.root.hex(),
            "origin": house.signer.origin,
            "public_key": house.signer.public_key.hex(),
            "checkpoint": house.signer.checkpoint(now),
        }
    )


def checkpoint(_request: Request) -> Response:
    """Give the present checkpoint as the text that is signed."""
    house = current()
    with reading(house.engine) as db:
        text = house.checkpoint(db)
    headers = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}
    return PlainTextResponse(text, headers=headers)


def inclusion(request: Request) -> JSONResponse:
    """Give the proof that an event is in the record, now or when it held ``size`` events."""
    house = current()
    size = _number(request, "size") if "size" in request.query_params else None
    with reading(house.engine) as db:
        return json_answer(inclusion_proof(db, house.signer, request.path_params["seq"], size=size))


def consistency(request: Request) -> JSONResponse:
    """Give the proof that the record of ``old`` events begins that of ``new`` ones, or the present one."""
    house = current()
    new = _number(request, "new") if "new" in request.query_params else None
    with reading(house.engine) as db:
        return json_answer(consistency_proof(db, house.signer, _number(request, "old"), new))


def comment_proof(request: Request) -> JSONResponse:
    """Give the proof that a comment is in the record, by its number; its words are not in the proof."""
    house = current()
    with reading(house.engine) as db:
        return json_answer(proof_of_comment(db, house.signer, request.path_params["comment_id"]))


def bundle(request: Request) -> Response:
    """Give the whole record as one file that anyone can check."""
    network = network_of(request.client.host if request.client else HERE)
    times = current().settings.trusted_times if is_shared(current().settings, network) else 1
    return bundle_answer(network, times)


def verifier(_request: Request) -> Response:
    """Give the program that checks bundles and proofs without anything of ours."""
    return Response(
        VERIFIER.read_bytes(),
        media_type="text/x-python",
        headers={
            "Content-Disposition": 'attachment; filename="verifier.py"',
            "Cache-Control": "public, max-age=3600",
        },
    )


def ledger_events(request: Request) -> JSONResponse:
    """Give up to 1,000 events from number ``start`` on; their words are only committed to."""
    start = _number(request, "start") if "start" in request.query_params else 0
    with reading(current().engine) as db:
        listed = [
            {**event.entry, "leaf_hash": event.leaf_hash.hex()}
            for event in events(db, start=start, limit=PER_PAGE)
        ]
    return json_answer({"start": start, "events": listed})


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    # The record counts its events with 32 bits.
    if text.isascii() and text.isdigit() and len(text) <= len(str(LAST_NUMBER)) and int(text) <= LAST_NUMBER:
        return int(text)
    fault = Fault("", name, f"“{text[:40]}” is no number of events.", "Use a whole number from 0.")
    raise Invalid("This part of the record was not given.", [fault], kept="")
