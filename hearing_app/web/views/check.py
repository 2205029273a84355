"""Checking a comment before it is sent, and sending it."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import summary_html
from hearing_app.errors import HearingError, Invalid, NotFound
from hearing_app.hearings.comment import submit
from hearing_app.hearings.draft import Draft
from hearing_app.hearings.hearing import hearing_of
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading, writing
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import comment_form, frame
from hearing_app.web.parts.actor import actor

house, state = current(), st.session_state
draft: Draft | None = state.get("comment_draft")
if draft is None:
    raise NotFound(
        "There is no comment here to check.", kept="", next_step="Open the hearing and write one there."
    )
with reading(house.engine) as db:
    hearing = hearing_of(db, draft.hearing_id)
    name = entry_of(db, draft.system_id).entry.name

frame.heading("Check your comment")
refused: HearingError | None = None
with st.container(width=frame.READING_WIDTH):
    shown = st.empty()
    st.html(summary_html(draft, name, hearing))
    if st.button("Send my comment", type="primary", key="check_send"):
        try:
            with writing(house.engine) as db:
                state["comment_receipt"] = submit(db, actor(), house.key, draft)
        except Invalid as error:
            state["comment_faults"], refused = error.faults, error
        except HearingError as error:
            refused = error
        else:
            comment_form.forget()
            st.switch_page(BY_NAME["receipt"].view)
    if st.button("Change it", key="check_change"):
        arrival = dict(zip(("hearing", "system", "seen"), state["comment_arrival"], strict=True))
        st.switch_page(
            BY_NAME["comment"].view, query_params={name: text for name, text in arrival.items() if text}
        )
    if refused:
        with shown:
            frame.refusal(refused)
