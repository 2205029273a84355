"""Showing again that it is you: what a sensitive act asks for, ten minutes after the last proof."""

from __future__ import annotations

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hearing_app.api.cookies import check_form, session_token
from hearing_app.api.forms import address_of, form_page, read_form
from hearing_app.deployment import current
from hearing_app.errors import HearingError
from hearing_app.people.accounts import authenticate
from hearing_app.people.outside import has_identity
from hearing_app.people.second_factor import check_code
from hearing_app.people.sessions import Present, confirm_session, present
from hearing_app.store.engine import reading, writing

# Where the page may lead afterwards: our own pages for staff, named one by one. Anything else is the desk.
_WAYS_ON = re.compile(
    r"/desk|/account|/desk/exports/[a-z0-9-]{1,80}\.(csv|xlsx|jsonl)|/desk/packs/[a-z0-9-]{1,80}\.zip|"
    r"/desk/packs-made/P-[0-9a-f]{16}|/pack\?hearing=[a-z0-9-]{1,80}|/publish(\?draft=D-[0-9a-f]{12})?"
)


async def confirm(request: Request) -> Response:
    """Ask for the password or a code, or check it and go on to where the reader came from."""
    form = await read_form(request) if request.method == "POST" else None
    return await run_in_threadpool(_confirm, request, form)


def way_on(wanted: str) -> str:
    """Return where to go after a confirmation: a page of ours that was asked for, or the desk."""
    return wanted if _WAYS_ON.fullmatch(wanted) else "/desk"


def signed_in(request: Request) -> Present | None:
    """Return who holds a session here, also where a second factor is needed and still to be set up."""
    with reading(current().engine) as db:
        return present(db, session_token(request))


def _confirm(request: Request, form: dict[str, str] | None) -> Response:
    house, found = current(), signed_in(request)
    if found is None:
        return RedirectResponse("/sign-in", status_code=303)
    sent = form or {}
    on = way_on(sent.get("next", "") or request.query_params.get("next", ""))
    problem = None
    if form is not None:
        try:
            check_form(request, sent.get("form", ""))
            _check(request, found, sent)
            with writing(house.engine) as db:
                confirm_session(db, session_token(request))
            return RedirectResponse(on, status_code=303)
        except HearingError as error:
            problem = error
    with reading(house.engine) as db:
        outside = has_identity(db, found.account.account_id)
    return form_page(
        request,
        "Confirm that it is you",
        "confirm",
        problem=problem,
        on=on,
        found=found,
        provider=house.settings.oidc_label if outside else "",
    )


def _check(request: Request, found: Present, sent: dict[str, str]) -> None:
    """Take a code where there is a second factor and one was given, else the password."""
    house = current()
    if found.has_second_factor and sent.get("code", "").strip():
        check_code(
            house.engine,
            house.factor_key,
            house.key,
            found.account,
            sent["code"],
            address=address_of(request),
        )
        return
    authenticate(
        house.engine,
        house.key,
        email=found.account.email,
        password=sent.get("password", ""),
        address=address_of(request),
    )
