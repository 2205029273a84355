"""Sign-in, its second step, sign-out, invitations and resets: plain forms, as Streamlit sets no cookie."""

from __future__ import annotations

from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hearing_app.api.cookies import check_form, clear_session, session_token, set_session
from hearing_app.api.forms import address_of, form_page, read_form
from hearing_app.deployment import current
from hearing_app.errors import HearingError, NotFound
from hearing_app.people.accounts import Account, Invitation, accept_invitation, authenticate, open_invitation
from hearing_app.people.passwords import SHORTEST
from hearing_app.people.second_factor import has_second_factor, with_code
from hearing_app.people.sessions import end_session, pass_second_step, present, start_session
from hearing_app.people.staff import Reset, open_reset, use_reset
from hearing_app.registry.published import names_of_agencies
from hearing_app.store.engine import reading, writing


async def sign_in(request: Request) -> Response:
    """Show the form, or check what was sent and begin a session."""
    form = await read_form(request) if request.method == "POST" else None
    return await run_in_threadpool(_sign_in, request, form)


async def code(request: Request) -> Response:
    """Ask for the code of the second step, or check it and begin the session."""
    form = await read_form(request) if request.method == "POST" else None
    return await run_in_threadpool(_code, request, form)


async def sign_out(request: Request) -> Response:
    """Ask, and then end the session, here and in the record."""
    form = await read_form(request) if request.method == "POST" else None  # HEAD, too, only asks.
    return await run_in_threadpool(_sign_out, request, form)


async def invitation(request: Request) -> Response:
    """Show what the invitation is for, or make the account and sign in with it."""
    form = await read_form(request) if request.method == "POST" else None
    return await run_in_threadpool(_invitation, request, request.path_params["token"], form)


async def reset(request: Request) -> Response:
    """Ask for the new password of a reset, or set it."""
    form = await read_form(request) if request.method == "POST" else None
    return await run_in_threadpool(_reset, request, request.path_params["token"], form)


def begin(
    request: Request, member: Account, *, at_provider: bool = False, confirmed_at: datetime | None = None
) -> Response:
    """Answer to a right password, or a right return from the provider: with a session, or the second step.

    ``confirmed_at`` is when the person signed in at the provider; ``None`` where it does not say so.
    Whatever token the browser had before ends: one that somebody planted there opens nothing afterwards.
    """
    house = current()
    with writing(house.engine) as db:
        end_session(db, session_token(request))
        awaits_code = has_second_factor(db, member.account_id)
        token = start_session(
            db,
            member,
            awaits_code=awaits_code,
            second_step=at_provider,
            confirmed=not at_provider or confirmed_at is not None,
            confirmed_at=confirmed_at,
        )
        found = present(db, token)
    lacks_one = found is not None and found.has_password and house.settings.needs_second_factor
    way = "/sign-in/code" if awaits_code else "/account" if lacks_one else "/desk"
    answer = RedirectResponse(way, status_code=303)
    set_session(answer, token)
    return answer


def _sign_in(request: Request, form: dict[str, str] | None) -> Response:
    house = current()
    email, problem = (form or {}).get("email", ""), None
    if form is not None:
        try:
            check_form(request, form.get("form", ""))
            member = authenticate(
                house.engine,
                house.key,
                email=email,
                password=form.get("password", ""),
                address=address_of(request),
            )
            return begin(request, member)
        except HearingError as error:
            problem = error
    provider = house.settings.oidc_label
    return form_page(request, "Sign in", "sign_in", problem=problem, email=email[:254], provider=provider)


def _code(request: Request, form: dict[str, str] | None) -> Response:
    house, token = current(), session_token(request)
    with reading(house.engine) as db:
        found = present(db, token, awaits_code=True)
    if found is None:
        return RedirectResponse("/sign-in", status_code=303)
    problem = None
    if form is not None:
        try:
            check_form(request, form.get("form", ""))
            opened = with_code(
                house.engine,
                house.factor_key,
                house.key,
                found.account,
                form.get("code", ""),
                then=lambda db: pass_second_step(db, token),
                address=address_of(request),
            )
            answer = RedirectResponse("/desk", status_code=303)
            set_session(answer, opened)
            return answer
        except HearingError as error:
            problem = error
    return form_page(request, "Sign in: your code", "sign_in_code", problem=problem)


def _sign_out(request: Request, form: dict[str, str] | None) -> Response:
    if form is None:
        return form_page(request, "Sign out", "sign_out")
    # Without the proof another site could take the cookie away and leave the session alive.
    check_form(request, form.get("form", ""))
    with writing(current().engine) as db:
        end_session(db, session_token(request))
    answer = RedirectResponse("/", status_code=303)
    clear_session(answer)
    return answer


def _invitation(request: Request, token: str, form: dict[str, str] | None) -> Response:
    house = current()
    invited: Invitation | None = None
    problem: HearingError | None = None
    email, agency = (form or {}).get("email", ""), ""
    try:
        with reading(house.engine) as db:
            invited = open_invitation(db, token)
            agency = names_of_agencies(db).get(invited.agency, invited.agency)
        if form is not None:
            check_form(request, form.get("form", ""))
            member = accept_invitation(house.engine, token, email=email, password=form.get("password", ""))
            return begin(request, member)
    except NotFound as error:
        invited, problem = None, error
    except HearingError as error:
        problem = error
    return form_page(
        request,
        "Your invitation",
        "invitation",
        problem=problem,
        invited=invited,
        agency=agency,
        token=token,
        email=email[:254],
        shortest=SHORTEST,
        provider=house.settings.oidc_label,
    )


def _reset(request: Request, token: str, form: dict[str, str] | None) -> Response:
    house = current()
    opened: Reset | None = None
    problem: HearingError | None = None
    changed = False
    try:
        with reading(house.engine) as db:
            opened = open_reset(db, token)
        if form is not None:
            check_form(request, form.get("form", ""))
            use_reset(house.engine, token, password=form.get("password", ""))
            changed = True
    except NotFound as error:
        opened, problem = None, error
    except HearingError as error:
        problem = error
    return form_page(
        request,
        "Your new password",
        "reset",
        problem=problem,
        opened=opened,
        changed=changed,
        token=token,
        shortest=SHORTEST,
    )
