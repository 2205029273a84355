"""The accounts of staff, for administrators: a list, and what can be done with the one that is chosen."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.staff import staff_html
from hearing_app.documents.text import for_label
from hearing_app.errors import HearingError
from hearing_app.people import staff as accounts
from hearing_app.people.permissions import STAFF_ROLES, Actor, Role
from hearing_app.people.staff import Member
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import agency_choice, frame, invitations, invite
from hearing_app.web.parts.actor import actor as actor_now

_SAID, _LINK, _PROBLEM = "staff_said", "staff_link", "staff_problem"
# Who is chosen now: a page that is clicked may still be that of the choice before.
_CHOSEN = "staff_chosen"


def show(actor: Actor) -> None:
    """Show every account and the form for a new one, once the person has shown lately that it is them."""
    state = st.session_state
    said, link, problem = (state.pop(name, None) for name in (_SAID, _LINK, _PROBLEM))
    st.header("Members of staff", anchor=False)
    try:
        with reading(current().engine) as db:
            members = accounts.list_staff(db, actor)
    except HearingError as error:
        # Nothing is typed into forms that would be refused when they are sent.
        frame.refusal(error)
        return
    st.html(staff_html(members, own=actor.account_id))
    if problem:
        frame.refusal(problem)
    if said:
        st.success(said)
    if link:
        st.code(link, language=None)
    others = {one.account.account_id: one for one in members if one.account.account_id != actor.account_id}
    if others:
        _change(others)
    invite.show(actor)
    # After the form: an invitation that was made just now stands in it.
    invitations.show(actor)


def _change(others: dict[str, Member]) -> None:
    st.subheader("Change an account", anchor=False)
    chosen = st.selectbox(
        "Account",
        list(others),
        format_func=lambda name: others[name].account.email,
        key=_CHOSEN,
    )
    member, name = others[chosen], for_label(others[chosen].account.email)
    if member.disabled:
        st.button(f"Enable {name}", key=f"staff_enable_{chosen}", on_click=_enable, args=(chosen,))
        return
    with st.container(horizontal=True, key="staff_ending"):
        st.button(f"Disable {name}", key=f"staff_disable_{chosen}", on_click=_disable, args=(chosen,))
        st.button("Sign them out everywhere", key="staff_sign_out", on_click=_sign_out)
    if member.has_password:
        st.checkbox("The link also removes the second step, as for a lost phone", key="staff_factor")
        st.button("Make a reset link", key="staff_reset", on_click=_reset)
    roles = [str(one) for one in STAFF_ROLES]
    # A choice of its own for each account, which begins with the role that it has.
    role = st.selectbox("Role", roles, index=roles.index(member.account.role), key=f"staff_role_{chosen}")
    if role == Role.PUBLISHER:
        key = f"staff_agency_{chosen}"
        agency_choice.ask("The agency that they speak for", key, present=member.account.agency)
    st.button("Change the role", key="staff_change", on_click=_change_role)


def _disable(account_id: str) -> None:
    try:
        with writing(current().engine) as db:
            accounts.disable(db, actor_now(), account_id)
        st.session_state[_SAID] = "The account is disabled, and signed out everywhere."
    except HearingError as error:
        st.session_state[_PROBLEM] = error


def _enable(account_id: str) -> None:
    try:
        with writing(current().engine) as db:
            accounts.enable(db, actor_now(), account_id)
        st.session_state[_SAID] = "The account can sign in again."
    except HearingError as error:
        st.session_state[_PROBLEM] = error


def _sign_out() -> None:
    try:
        with writing(current().engine) as db:
            accounts.end_all_sessions(db, actor_now(), st.session_state[_CHOSEN])
        st.session_state[_SAID] = "The account is signed out everywhere."
    except HearingError as error:
        st.session_state[_PROBLEM] = error


def _reset() -> None:
    account_id = st.session_state[_CHOSEN]
    removes = bool(st.session_state.get("staff_factor"))
    try:
        with writing(current().engine) as db:
            token = accounts.offer_reset(db, actor_now(), account_id, removes_second_factor=removes)
    except HearingError as error:
        st.session_state[_PROBLEM] = error
        return
    st.session_state[_SAID] = (
        "Give this link to the person yourself. It works once, for 24 hours, and is not shown again."
    )
    st.session_state[_LINK] = f"{current().settings.address}/reset/{token}"


def _change_role() -> None:
    state = st.session_state
    account_id = state[_CHOSEN]
    if f"staff_role_{account_id}" not in state:
        # Its roles were never on the page: the click came before them.
        return
    try:
        with writing(current().engine) as db:
            role = Role(state[f"staff_role_{account_id}"])
            key = f"staff_agency_{account_id}"
            agency = agency_choice.chosen(db, key) if role is Role.PUBLISHER else ""
            accounts.change_role(db, actor_now(), account_id, role, agency=agency)
        state[_SAID] = f"The account's role is now {role}."
    except HearingError as error:
        state[_PROBLEM] = error
