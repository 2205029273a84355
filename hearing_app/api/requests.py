"""How agencies answer people who ask about themselves, in figures: a page, and data. No request is told."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import json_answer, page_answer
from hearing_app.deployment import current
from hearing_app.documents.requests import rights_data, rights_html
from hearing_app.store.engine import reading


def page(_request: Request) -> Response:
    """Show how fast each agency answers."""
    with reading(current().engine) as db:
        body = rights_html(db)
    return page_answer("How agencies answer requests", body)


def data(_request: Request) -> JSONResponse:
    """Give the figures of each agency that was asked often enough."""
    with reading(current().engine) as db:
        found = rights_data(db)
    return json_answer(found)
