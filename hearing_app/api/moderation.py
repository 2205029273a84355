"""How a hearing's comments were moderated: as a page, as data, and as a log for facilitators."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import json_answer, page_answer
from hearing_app.api.cookies import actor_of
from hearing_app.deployment import current
from hearing_app.documents.exports import csv_bytes
from hearing_app.documents.moderation import figures_document, moderation_page, rules_html
from hearing_app.documents.text import visible
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.moderation.figures import LOG_COLUMNS, decisions_of, figures_of, log_of
from hearing_app.store.engine import reading


def page(request: Request) -> Response:
    """Show how a hearing's comments were moderated."""
    with reading(current().engine) as db:
        found = hearing_of(db, request.path_params["hearing_id"])
        body = moderation_page(db, found)
    return page_answer(f"Moderation: {found.title}", body + rules_html(heading=False))


def data(request: Request) -> JSONResponse:
    """Give the same figures as data, with every decision and its event."""
    with reading(current().engine) as db:
        found = hearing_of(db, request.path_params["hearing_id"])
        document = figures_document(found, figures_of(db, found), decisions_of(db, found.id))
    return json_answer(document)


def log(request: Request) -> Response:
    """Give the log of a hearing's moderation as CSV; the role is checked by the function that reads it."""
    with reading(current().engine) as db:
        found = hearing_of(db, request.path_params["hearing_id"])
        rows = log_of(db, actor_of(request), found.id)
    shown = [[visible(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    return Response(
        csv_bytes(LOG_COLUMNS, shown),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{found.id}-moderation.csv"',
            "Cache-Control": "no-store",
        },
    )
