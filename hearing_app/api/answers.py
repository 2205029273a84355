"""How routes answer: JSON, and problems in the shape of RFC 9457 or as a page, by who asked."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from hearing_app.documents.render import render
from hearing_app.errors import HearingError, Invalid, NotFound


def json_answer(document: Any, *, status: int = 200, cache_seconds: int = 0) -> JSONResponse:
    """Return JSON; public and unchanging for ``cache_seconds`` where that is not 0."""
    cache = f"public, max-age={cache_seconds}" if cache_seconds else "no-store"
    # Anyone's page may read the public data; writing and signing in are never cross-origin.
    headers = {"Cache-Control": cache, "Access-Control-Allow-Origin": "*"}
    return JSONResponse(document, status_code=status, headers=headers)


def page_answer(title: str, body: str, *, status: int = 200) -> HTMLResponse:
    """Return one of the pages that need no JavaScript."""
    html = render("standalone", title=title, body=Markup(body))  # noqa: S704 - from `documents`, escaped
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})


def problem_answer(request: Request, error: HearingError, *, status: int = 0) -> Response:
    """Return a refusal: problem JSON below /api/, a page elsewhere. ``status`` replaces the refusal's own."""
    status = status or error.status
    if not request.url.path.startswith("/api/"):
        body = render("problem", problem=error)
        return page_answer(error.title, body, status=status)
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": error.title,
        "status": status,
        "detail": str(error),
        "instance": request.url.path,
    }
    if isinstance(error, Invalid) and error.faults:
        problem["faults"] = [
            {name: value for name, value in asdict(fault).items() if name != "file"} for fault in error.faults
        ]
    # Unless told otherwise, a browser may keep "nothing here" and show it after there is something.
    headers = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}
    return JSONResponse(problem, status, headers, media_type="application/problem+json")


def on_hearing_error(request: Request, error: HearingError) -> Response:
    """Handle every refusal of the house."""
    return problem_answer(request, error)


def on_http_error(request: Request, error: HTTPException) -> Response:
    """Handle what Starlette raises itself: an unknown path, a method that is not offered."""
    if error.status_code == NotFound.status:
        return problem_answer(request, nothing_here())
    problem = HearingError(error.detail, kept="", next_step="Go back and try another way.")
    answer = problem_answer(request, problem, status=error.status_code)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


def nothing_here() -> NotFound:
    """Return the refusal for an address at which there is nothing."""
    return NotFound("No page or document has this address.", kept="", next_step="Please check it.")
