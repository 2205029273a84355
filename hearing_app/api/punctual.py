"""Before anything about comments is read, what was held for longer than it may be is published by rule.

So no answer, kept or new, shows a comment as held after its time. Where nothing is due, that costs one look
at an index.
"""

from __future__ import annotations

import asyncio
import logging

from starlette.types import ASGIApp, Receive, Scope, Send

from hearing_app.deployment import current
from hearing_app.errors import HearingError
from hearing_app.hearings.moderation.lapses import keep_up

log = logging.getLogger(__name__)
_ABOUT_COMMENTS = ("/api/v1/hearings", "/api/v1/record", "/record", "/feed.atom", "/desk/exports")


class Punctual:
    """Middleware that lets holds end before a page or an answer about comments is made."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let holds end that are over, then go on; what keeps that from happening keeps no answer back."""
        if scope["type"] == "http" and scope["path"].startswith(_ABOUT_COMMENTS):
            try:
                await asyncio.to_thread(keep_up, current().engine)
            except HearingError as error:
                log.warning("holds could not end yet: %s", error)
        await self.app(scope, receive, send)
