"""Corrections: what was reported and contested, as a page of an entry and as data."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import json_answer, page_answer
from hearing_app.deployment import current
from hearing_app.documents.corrections import corrections_html, open_corrections_html
from hearing_app.registry.corrections.reading import Correction, corrections_of, open_corrections
from hearing_app.registry.published import entry_of
from hearing_app.registry.register import listed_of
from hearing_app.store.engine import reading


def page(_request: Request) -> Response:
    """Show everything that is owed an answer."""
    with reading(current().engine) as db:
        owed = open_corrections(db)
        body = open_corrections_html(owed, listed_of(db, [one.system_id for one in owed]))
    return page_answer("Corrections", body)


def page_of_system(request: Request) -> Response:
    """Show what was said to be wrong in one entry, with every answer."""
    system_id = request.path_params["system_id"]
    with reading(current().engine) as db:
        entry = entry_of(db, system_id).entry
        body = corrections_html(corrections_of(db, system_id), entry)
    return page_answer(f"What was said to be wrong: {entry.name}", body)


def of_system(request: Request) -> JSONResponse:
    """Give what was said to be wrong in one entry; of people only words that an answer shows."""
    system_id = request.path_params["system_id"]
    with reading(current().engine) as db:
        entry_of(db, system_id)
        found = corrections_of(db, system_id)
    return json_answer({"corrections": [_as_data(one) for one in found]})


def _as_data(one: Correction) -> dict[str, Any]:
    return {
        "id": one.correction_id,
        "kind": str(one.kind),
        "system": one.system_id,
        "version": one.system_version,
        "field": one.field,
        "agency": one.agency,
        "words": one.public_words,
        "source": one.source if one.public_words else "",
        "received_on": one.received_at.date().isoformat(),
        "state": str(one.standing),
        "due_by": one.due_at.date().isoformat() if one.is_open else None,
        "overdue": one.is_overdue(),
        "answers": [
            {
                "outcome": str(each.outcome),
                "text": each.text,
                "version": each.version,
                "at": each.at.isoformat(),
            }
            for each in one.answers
        ],
    }
