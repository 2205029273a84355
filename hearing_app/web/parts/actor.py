"""Who is looking: the one seam between the browser's session and the pages."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.people.accounts import Account
from hearing_app.people.cookie import session_cookie
from hearing_app.people.permissions import PUBLIC, Actor
from hearing_app.people.sessions import whose_session
from hearing_app.people.throttle import HERE, Sender, sender


def signed_in() -> Account | None:
    """Return the account of this browser's session, read anew from the record each time it is asked."""
    house = current()
    token = st.context.cookies.get(session_cookie(house.settings.is_https))
    if not token:
        return None
    return whose_session(house.engine, token, needs_second_factor=house.settings.needs_second_factor)


def actor() -> Actor:
    """Return who acts: the signed-in member of staff, else the public."""
    member = signed_in()
    return member.actor if member else PUBLIC


def address() -> str:
    """Return the reader's network address, for counting; it is never stored as it is."""
    return st.context.ip_address or HERE


def sending() -> Sender:
    """Return what this reader's network may send."""
    return sender(current().settings, current().key, address())
