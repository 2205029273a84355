"""The two cookies: the session of a signed-in member of staff, and the one that ties a form to a browser."""

from __future__ import annotations

import hmac
import logging
import secrets
from hashlib import sha256

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from hearing_app.deployment import current
from hearing_app.errors import Forbidden
from hearing_app.people.cookie import form_cookie, session_cookie
from hearing_app.people.permissions import PUBLIC, Actor
from hearing_app.people.sessions import LASTS, whose_session

log = logging.getLogger(__name__)


def actor_of(connection: HTTPConnection) -> Actor:
    """Return who makes this request: the account of a valid session, read anew each time, else the public."""
    house, token = current(), session_token(connection)
    if not token:
        return PUBLIC
    member = whose_session(house.engine, token, needs_second_factor=house.settings.needs_second_factor)
    return member.actor if member else PUBLIC


def session_token(connection: HTTPConnection) -> str:
    """Return what the browser sends as its session, or ""."""
    return connection.cookies.get(session_cookie(current().settings.is_https), "")


def set_session(answer: Response, token: str) -> None:
    """Give the browser its session; over TLS, under a name that no other host can set."""
    secure = current().settings.is_https
    answer.set_cookie(
        session_cookie(secure),
        token,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def clear_session(answer: Response) -> None:
    """Take the session from the browser."""
    secure = current().settings.is_https
    answer.delete_cookie(session_cookie(secure), path="/", secure=secure, httponly=True, samesite="lax")


def form_token(request: Request) -> tuple[str, str]:
    """Return (cookie, token): a form is taken only with the token of the cookie that came with it."""
    cookie = request.cookies.get(form_cookie(current().settings.is_https)) or secrets.token_urlsafe(24)
    return cookie, _token(cookie)


def set_form_cookie(answer: Response, cookie: str) -> None:
    """Give the browser the form's cookie."""
    secure = current().settings.is_https
    answer.set_cookie(
        form_cookie(secure),
        cookie,
        max_age=3600,
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def check_form(request: Request, token: str) -> None:
    """Refuse a form that another site made the browser send, or that is too old."""
    cookie = request.cookies.get(form_cookie(current().settings.is_https), "")
    if not cookie or not hmac.compare_digest(_token(cookie).encode(), token.encode()):
        log.warning("refused: a form from %s did not come from its page", actor_of(request).name)
        raise Forbidden(
            "This form is too old, or did not come from this page.",
            next_step="Open the page again and send the form from there.",
        )


def _token(cookie: str) -> str:
    return hmac.new(current().key, f"form:{cookie}".encode(), sha256).hexdigest()
