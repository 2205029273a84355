"""The pack of a hearing: choosing what is in it, making it, and fetching it."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.text import isolated
from hearing_app.hearings.hearing import all_hearings
from hearing_app.people.permissions import Act, may
from hearing_app.registry.published import names_of_systems
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame, pack_form, pack_progress
from hearing_app.web.parts.actor import signed_in

member = signed_in()
frame.heading("The hearing pack")


def show() -> None:
    """Show the pack that there is of a hearing, and the form for a new one."""
    with reading(current().engine) as db:
        hearings, names = {one.id: one for one in all_hearings(db)}, names_of_systems(db)
    asked = st.query_params.get("hearing", "")
    if asked in hearings and "pack_hearing" not in st.session_state:
        st.session_state["pack_hearing"] = asked
    chosen = st.selectbox(
        "Hearing",
        list(hearings),
        format_func=lambda name: isolated(hearings[name].title),
        key="pack_hearing",
        on_change=pack_form.forget,
    )
    if not chosen:
        st.html('<div class="doc"><p>There is no hearing yet.</p></div>')
        return
    # A page that is loaded again shows the same hearing.
    st.query_params["hearing"] = chosen
    pack_form.show(hearings[chosen], names)
    # Below the button that begins it, where whoever has pressed it looks.
    pack_progress.show(hearings[chosen], names)
    st.page_link(BY_NAME["desk"].view, label="Back to the desk")


with st.container(width=frame.READING_WIDTH):
    if member is not None and may(member.actor, Act.EXPORT_COMMENTS):
        show()
    else:
        st.html(
            '<div class="doc"><p>This page is for facilitators.</p>'
            '<p><a href="/sign-in">Sign in</a></p></div>'
        )
