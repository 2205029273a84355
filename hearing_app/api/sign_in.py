"""Sign-in, sign-out and invitations: forms on plain pages, because Streamlit cannot set a cookie."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hearing_app.api.answers import page_answer
from hearing_app.api.cookies import (
    check_form,
    clear_session,
    form_token,
    set_form_cookie,
    set_session,
)
from hearing_app.deployment import current
from hearing_app.documents.render import render
from hearing_app.errors import HearingError, Invalid, NotFound
from hearing_app.people.accounts import Account, Invitation, accept_invitation, authenticate, open_invitation
from hearing_app.people.cookie import session_cookie
from hearing_app.people.passwords import SHORTEST
from hearing_app.people.sessions import end_session, start_session
from hearing_app.store.engine import reading, writing


async def sign_in(request: Request) -> Response:
    """Show the form, or check what was sent and begin a session."""
    if request.method != "POST":
        return _sign_in_form(request)
    form = await _form(request)
    return await run_in_threadpool(_sign_in, request, form)


async def sign_out(request: Request) -> Response:
    """Ask, and then end the session, here and in the record."""
    if request.method != "POST":  # HEAD, too, only asks.
        cookie, form_proof = form_token(request)
        asked = page_answer("Sign out", render("sign_out", form_token=form_proof))
        set_form_cookie(asked, cookie)
        return asked
    # Without the proof another site could take the cookie away and leave the session alive.
    check_form(request, (await _form(request)).get("form", ""))
    token = request.cookies.get(session_cookie(current().settings.is_https))
    if token:
        await run_in_threadpool(_end, token)
    answer = RedirectResponse("/", status_code=303)
    clear_session(answer)
    return answer


async def invitation(request: Request) -> Response:
    """Show what the invitation is for, or make the account and sign in with it."""
    token = request.path_params["token"]
    form = await _form(request) if request.method == "POST" else None
    return await run_in_threadpool(_invitation, request, token, form)


def _sign_in(request: Request, form: dict[str, str]) -> Response:
    house = current()
    email = form.get("email", "")
    try:
        check_form(request, form.get("form", ""))
        member = authenticate(
            house.engine,
            house.key,
            email=email,
            password=form.get("password", ""),
            address=request.client.host if request.client else "",
        )
    except HearingError as error:
        return _sign_in_form(request, error, email)
    return _begin(member)


def _sign_in_form(request: Request, problem: HearingError | None = None, email: str = "") -> HTMLResponse:
    cookie, token = form_token(request)
    body = render("sign_in", form_token=token, problem=problem, email=email[:254])
    answer = page_answer("Sign in", body, status=problem.status if problem else 200)
    set_form_cookie(answer, cookie)
    return answer


def _invitation(request: Request, token: str, form: dict[str, str] | None) -> Response:
    house = current()
    invited: Invitation | None = None
    problem: HearingError | None = None
    email = (form or {}).get("email", "")
    try:
        with reading(house.engine) as db:
            invited = open_invitation(db, token)
        if form is not None:
            check_form(request, form.get("form", ""))
            member = accept_invitation(house.engine, token, email=email, password=form.get("password", ""))
            return _begin(member)
    except NotFound as error:
        invited, problem = None, error
    except HearingError as error:
        problem = error
    cookie, made = form_token(request)
    body = render(
        "invitation",
        invited=invited,
        problem=problem,
        faults=problem.faults if isinstance(problem, Invalid) else (),
        token=token,
        form_token=made,
        email=email[:254],
        shortest=SHORTEST,
    )
    answer = page_answer("Your invitation", body, status=problem.status if problem else 200)
    set_form_cookie(answer, cookie)
    return answer


def _begin(member: Account) -> Response:
    with writing(current().engine) as db:
        token = start_session(db, member)
    answer = RedirectResponse("/desk", status_code=303)
    set_session(answer, token)
    return answer


def _end(token: str) -> None:
    with writing(current().engine) as db:
        end_session(db, token)


async def _form(request: Request) -> dict[str, str]:
    """Return the text fields of a form as our own pages send it: no files, a few small fields.

    Other encodings are refused before they are parsed: nobody needs them, and their charsets can be hostile.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "This form was sent in a way that is not taken here.")
    async with request.form(max_files=0, max_fields=10, max_part_size=8192) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}
