"""Who is looking: the one seam between the browser's session and the pages."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.people.accounts import Account
from hearing_app.people.cookie import session_cookie
from hearing_app.people.permissions import PUBLIC, Actor
from hearing_app.people.sessions import account_of_session
from hearing_app.store.engine import reading


def signed_in() -> Account | None:
    """Return the account of this browser's session, read anew from the record each time it is asked."""
    token = st.context.cookies.get(session_cookie(current().settings.is_https))
    if not token:
        return None
    with reading(current().engine) as db:
        return account_of_session(db, token)


def actor() -> Actor:
    """Return who acts: the signed-in member of staff, else the public."""
    member = signed_in()
    return member.actor if member else PUBLIC


def address() -> str:
    """Return the reader's network address, for counting failed tries; it is never stored as it is."""
    return st.context.ip_address or "local"
