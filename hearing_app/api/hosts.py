"""Whom a request may ask for: a page of another site must not reach the service under a name of its own."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from hearing_app.api.answers import problem_answer
from hearing_app.errors import HearingError

_HOST = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[A-Za-z0-9._-]{1,253}))(?::[0-9]{1,5})?")
# Streamlit answers to these whoever asks; to decide whether another site may, it asks the internet for its
# own address, for two seconds in which nobody else is answered.
_STREAMLIT = "/_stcore/"


class OwnHosts:
    """Refuses foreign names of hosts, and pages of other sites that open a connection to ours.

    A name that was made to point here (DNS rebinding) would let another site's page read what a reader of
    this one sees, and could end up in caches. Addresses are no names and cannot be made to.
    """

    def __init__(self, app: ASGIApp, *, names: Collection[str], public_url: str) -> None:
        self.app, self.names, self.public = app, frozenset(names), public_url.rstrip("/").lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what asks for us."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not is_own_host(headers.get("host", ""), self.names):
            refused = HearingError(
                "This service does not go by the name that was asked for.",
                kept="",
                next_step="Use the address that its operator publishes. Operators: see HEARING_PUBLIC_URL.",
            )
            await self._refuse(scope, receive, send, refused, 421)
        elif self._is_foreign(scope, headers):
            refused = HearingError("This cannot be asked for from another site.", kept="")
            await self._refuse(scope, receive, send, refused, 403)
        else:
            await self.app(scope, receive, send)

    def _is_foreign(self, scope: Scope, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None or not scope["path"].startswith(_STREAMLIT):
            return False
        asked = origin.lower()
        return asked != self.public and asked.partition("://")[2] != headers.get("host", "").lower()

    @staticmethod
    async def _refuse(scope: Scope, receive: Receive, send: Send, why: HearingError, status: int) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await problem_answer(Request(scope), why, status=status)(scope, receive, send)


def is_own_host(host: str, names: Collection[str]) -> bool:
    """Return whether a Host header asks for one of ``names`` (in small letters), an address, or nobody."""
    if not host:
        return True  # HTTP/1.0 has no such header: there is no name to be misled by.
    asked = _HOST.fullmatch(host)
    if asked is None:
        return False
    name = (asked["six"] or asked["name"]).lower().rstrip(".")
    try:
        ip_address(name)
    except ValueError:
        return name in names
    return True
