"""Inviting a member of staff: the link is shown once, here."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.errors import HearingError
from hearing_app.people.accounts import invite
from hearing_app.people.permissions import STAFF_ROLES, Actor, Role
from hearing_app.store.engine import writing
from hearing_app.web.parts import agency_choice, frame


def show(actor: Actor) -> None:
    """Show the form, and the link that it made."""
    st.header("Invite a member of staff", anchor=False)
    # Not a form of Streamlit's: within one, the question for the agency could not follow the role.
    email = st.text_input("E-mail address", key="invite_email")
    role = st.selectbox("Role", [str(one) for one in STAFF_ROLES], key="invite_role")
    if role == Role.PUBLISHER:
        agency_choice.ask("Agency", "invite_agency")
    sent = st.button("Make an invitation link", key="invite_send")
    if not sent:
        return
    try:
        with writing(current().engine) as db:
            agency = agency_choice.chosen(db, "invite_agency") if role == Role.PUBLISHER else ""
            token = invite(db, actor, email=email, role=Role(role), agency=agency)
    except HearingError as error:
        frame.refusal(error)
        return
    st.success(
        "Give this link to the person yourself. It works once, for three days, and is not shown again."
    )
    st.code(f"{current().settings.address}/invitation/{token}", language=None)
