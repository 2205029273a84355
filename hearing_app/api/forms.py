"""Plain pages with a form: how they are shown, and how what they send is read."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from hearing_app.api.answers import page_answer
from hearing_app.api.cookies import form_token, set_form_cookie
from hearing_app.documents.render import render
from hearing_app.errors import HearingError, Invalid
from hearing_app.people.throttle import HERE


async def read_form(request: Request, *, largest: int = 8192) -> dict[str, str]:
    """Return the text fields of a form as our own pages send it: no files, a few fields of ``largest`` bytes.

    Other encodings are refused before they are parsed: nobody needs them, and their charsets can be hostile.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "This form was sent in a way that is not taken here.")
    async with request.form(max_files=0, max_fields=10, max_part_size=largest) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def form_page(
    request: Request, title: str, template: str, *, problem: HearingError | None = None, **values: Any
) -> HTMLResponse:
    """Return a page with a form in it, tied to this browser, and with what was refused above it."""
    cookie, token = form_token(request)
    faults = problem.faults if isinstance(problem, Invalid) else ()
    body = render(template, form_token=token, problem=problem, faults=faults, **values)
    answer = page_answer(title, body, status=problem.status if problem else 200)
    wait = getattr(problem, "retry_after", 0)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    set_form_cookie(answer, cookie)
    return answer


def address_of(request: Request) -> str:
    """Return the network address that a request comes from, for counting tries; it is stored nowhere."""
    return request.client.host if request.client else HERE
