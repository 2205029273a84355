"""What is answered while the service is stopped: the record was found damaged, so nothing of it is shown."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hearing_app import __version__
from hearing_app.api.answers import json_answer, problem_answer
from hearing_app.deployment import current
from hearing_app.errors import Damaged
from hearing_app.store.engine import why_stopped

# What the page that says so looks like is not in the record.
_STILL_THERE = frozenset({"/record/style.css", "/favicon.svg", "/favicon.png", "/robots.txt"})
_RETRY_SECONDS = 600


class Stopped:
    """Answers 503 to everything from the moment at which the record was found damaged."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on while all is well."""
        refusal = None if scope["type"] == "lifespan" else why_stopped(current().engine)
        if refusal is None or scope["path"] in _STILL_THERE:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1013})
        else:
            await _answer(Request(scope, receive), refusal)(scope, receive, send)


def _answer(request: Request, refusal: Damaged) -> Response:
    if request.url.path == "/healthz":
        answer: Response = json_answer({"status": "stopped", "version": __version__}, status=refusal.status)
    else:
        answer = problem_answer(request, refusal)
    answer.headers["Retry-After"] = str(_RETRY_SECONDS)
    return answer
