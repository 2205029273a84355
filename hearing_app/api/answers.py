"""How routes answer: JSON, and problems in the shape of RFC 9457 or as a page, by who asked."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Match, Route

from hearing_app.deployment import current
from hearing_app.documents.record import checkpoint_html
from hearing_app.documents.render import render, rendered
from hearing_app.errors import HearingError, Invalid, NotFound
from hearing_app.record.checkpoint import in_one_line

# Who sends ten thousand unknown fields learns as much from a hundred, in a twentieth of the answer.
MOST_FAULTS = 100
# What no person opens: the data interface, the question whether the service runs, and the feed.
_FOR_PROGRAMS = ("/api/", "/healthz", "/feed.atom")


def json_answer(document: Any, *, status: int = 200, cache_seconds: int = 0) -> JSONResponse:
    """Return JSON; public and unchanging for ``cache_seconds`` where that is not 0."""
    cache = f"public, max-age={cache_seconds}" if cache_seconds else "no-store"
    # Anyone's page may read the public data; writing and signing in are never cross-origin.
    headers = {"Cache-Control": cache, "Access-Control-Allow-Origin": "*", **checkpoint_header()}
    return JSONResponse(document, status_code=status, headers=headers)


def checkpoint_header() -> dict[str, str]:
    """Return the header with the record's signed checkpoint, in base64: for all that is taken away."""
    text = current().checkpoint_for_foot()
    return {"Record-Checkpoint": in_one_line(text)} if text else {}


def page_answer(title: str, body: str, *, status: int = 200, feed: str = "/feed.atom") -> HTMLResponse:
    """Return one of the pages that need no JavaScript; ``feed`` is where its changes are told."""
    # A refusal carries none: it must cost nothing, however often it is asked for.
    text = current().checkpoint_for_foot() if status < HTTPStatus.BAD_REQUEST else ""
    foot = rendered(checkpoint_html(text))
    html = render("standalone", title=title, body=rendered(body), checkpoint=foot, feed=feed)
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})


def problem_answer(request: Request, error: HearingError, *, status: int = 0) -> Response:
    """Return a refusal: problem JSON to programs, a page elsewhere. ``status`` replaces the refusal's own."""
    status = status or error.status
    wait = getattr(error, "retry_after", 0)
    later = {"Retry-After": str(wait)} if wait else {}
    if not request.url.path.startswith(_FOR_PROGRAMS):
        page = page_answer(
            error.title, render("problem", problem=error, path=request.url.path), status=status
        )
        page.headers.update(later)
        return page
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": error.title,
        "status": status,
        "detail": str(error),
        "instance": request.url.path,
    }
    if isinstance(error, Invalid) and error.faults:
        problem["faults"] = [
            {name: value for name, value in asdict(fault).items() if name != "file"}
            for fault in error.faults[:MOST_FAULTS]
        ]
    # Unless told otherwise, a browser may keep "nothing here" and show it after there is something.
    headers = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*", **later}
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
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (allowed := _methods_at(request)):
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def _methods_at(request: Request) -> set[str]:
    """Return the methods that an address takes.

    Starlette names those of the first route alone, and Streamlit's files, which stand at every address that
    is left, those of files.
    """
    found: set[str] = set()
    for route in request.scope["router"].routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return found


def nothing_here() -> NotFound:
    """Return the refusal for an address at which there is nothing."""
    return NotFound("No page or document has this address.", kept="", next_step="Please check it.")
