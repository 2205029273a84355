"""One's own account: the second step of signing in, recovery codes, and the sessions that are open."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hearing_app.api.confirm import signed_in
from hearing_app.api.cookies import check_form, session_token
from hearing_app.api.forms import address_of, form_page, read_form
from hearing_app.deployment import current
from hearing_app.documents.pictures import qr_picture
from hearing_app.errors import ConfirmAgain, HearingError
from hearing_app.people.permissions import require_fresh
from hearing_app.people.second_factor import (
    begin_second_factor,
    finish_second_factor,
    new_recovery_codes,
    recovery_codes_left,
    remove_second_factor,
    setup_address,
)
from hearing_app.people.sessions import Present, end_sessions, sessions_of
from hearing_app.store.engine import reading, writing

Form = dict[str, str]


async def account(request: Request) -> Response:
    """Show the account of whoever is signed in."""
    return await run_in_threadpool(_signed_in, request, None, _page)


async def second_factor(request: Request) -> Response:
    """Show the set-up of the second step, or do what one of its forms asks for."""
    form = await read_form(request) if request.method == "POST" else None
    return await run_in_threadpool(_signed_in, request, form, _second_factor if form else _set_up)


async def other_sessions(request: Request) -> Response:
    """End every session but this one."""
    form = await read_form(request)
    return await run_in_threadpool(_signed_in, request, form, _end_others)


def _signed_in(
    request: Request, form: Form | None, answer: Callable[[Request, Present, Form], Response]
) -> Response:
    """Answer to whoever is signed in; the others sign in first, and who must confirm does that first."""
    found = signed_in(request)
    if found is None:
        return RedirectResponse("/sign-in", status_code=303)
    try:
        if form is not None:
            check_form(request, form.get("form", ""))
        return answer(request, found, form or {})
    except ConfirmAgain:
        return RedirectResponse("/confirm?next=/account", status_code=303)


def _page(request: Request, found: Present, _form: Form, problem: HearingError | None = None) -> Response:
    house = current()
    with reading(house.engine) as db:
        left = recovery_codes_left(db, found.account.account_id)
        sessions = sessions_of(db, found.account.account_id, this=session_token(request))
    return form_page(
        request,
        "Your account",
        "account",
        problem=problem,
        found=found,
        codes_left=left,
        sessions=sessions,
        must_have_one=house.settings.needs_second_factor and found.has_password,
    )


def _set_up(request: Request, found: Present, _form: Form, problem: HearingError | None = None) -> Response:
    """Show the secret, the same one again after a code that did not fit."""
    house = current()
    with writing(house.engine) as db:
        secret = begin_second_factor(db, house.factor_key, found.account, session_token(request))
    return form_page(
        request,
        "Set up your second step",
        "second_factor",
        problem=problem,
        picture=qr_picture(setup_address(secret, found.account)),
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
    )


def _second_factor(request: Request, found: Present, form: Form) -> Response:
    house, act = current(), form.get("act", "")
    code, address = form.get("code", ""), address_of(request)
    given = (house.engine, house.factor_key, house.key, found.account, code)
    try:
        if act == "finish":
            return _codes(
                request, finish_second_factor(*given, session=session_token(request), address=address)
            )
        if act == "codes":
            return _codes(request, new_recovery_codes(*given, address=address))
        if act == "remove":
            must_stay = house.settings.needs_second_factor and found.has_password
            remove_second_factor(*given, must_stay=must_stay, address=address)
    except ConfirmAgain:
        raise
    except HearingError as error:
        return (_set_up if act == "finish" else _page)(request, found, form, error)
    return RedirectResponse("/account", status_code=303)


def _codes(request: Request, codes: list[str]) -> Response:
    return form_page(request, "Your recovery codes", "recovery_codes", codes=codes)


def _end_others(request: Request, found: Present, _form: Form) -> Response:
    require_fresh(found.account.actor, "end your other sessions")
    with writing(current().engine) as db:
        end_sessions(db, found.account.account_id, but=session_token(request))
    return RedirectResponse("/account", status_code=303)
