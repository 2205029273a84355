"""A system's impact level: as data, and as a page to print."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import json_answer, page_answer
from hearing_app.deployment import current
from hearing_app.documents.impact import impact_document, impact_page_html
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading


def level(request: Request) -> JSONResponse:
    """Give what is known of a system's level, with the reasons and what it asks for."""
    with reading(current().engine) as db:
        found = entry_of(db, request.path_params["system_id"])
    return json_answer({"version": found.version.version, **impact_document(found.entry)})


def page(request: Request) -> Response:
    """Show a system's level with all its answers."""
    with reading(current().engine) as db:
        entry = entry_of(db, request.path_params["system_id"]).entry
    return page_answer(f"Impact level: {entry.name}", impact_page_html(entry))
