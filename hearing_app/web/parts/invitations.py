"""Open invitations, for administrators: a list, and a button that cancels one."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.staff import invitations_html
from hearing_app.documents.text import for_label
from hearing_app.errors import HearingError
from hearing_app.people.invitations import cancel_invitation, open_invitations
from hearing_app.people.permissions import Actor
from hearing_app.registry.published import names_of_agencies
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor as actor_now

_SAID, _PROBLEM = "invitations_said", "invitations_problem"


def show(actor: Actor) -> None:
    """Show every invitation that still works, with the button that ends it."""
    said, problem = (st.session_state.pop(name, None) for name in (_SAID, _PROBLEM))
    st.header("Open invitations", anchor=False)
    if problem:
        frame.refusal(problem)
    if said:
        st.success(said)
    with reading(current().engine) as db:
        listed, agencies = open_invitations(db, actor), names_of_agencies(db)
    if not listed:
        st.html('<div class="doc"><p>No invitation is open.</p></div>')
        return
    st.html(invitations_html(listed, agencies))
    for one in listed:
        whose = for_label(one.email) if one.email else f"number {one.number}"
        key = f"invitation_cancel_{one.number}"
        st.button(f"Cancel the invitation of {whose}", key=key, on_click=_cancel, args=(one.number,))


def _cancel(number: str) -> None:
    try:
        with writing(current().engine) as db:
            cancel_invitation(db, actor_now(), number)
        st.session_state[_SAID] = "The invitation is cancelled: its link works no more."
    except HearingError as error:
        st.session_state[_PROBLEM] = error
