"""Checking a comment before it is sent, and sending it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import summary_html
from hearing_app.errors import HearingError, Invalid, NotFound
from hearing_app.hearings.comments.comment import AlreadySent, submit
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.hearing import hearing_of
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading, writing
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import comment_form, frame
from hearing_app.web.parts.actor import actor, sending

house, state = current(), st.session_state
draft: Draft | None = state.get("comment_draft")
if draft is None:
    raise NotFound(
        "There is no comment here to check.",
        kept="",
        next_step="Open the hearing and write one there.",
        heading="There is no comment to check",
    )
with reading(house.engine) as db:
    hearing = hearing_of(db, draft.hearing_id)
    name = entry_of(db, draft.system_id).entry.name


def ask_to_send(draft: Draft) -> None:
    """Show what will be sent, and the two ways on."""
    refused: HearingError | None = None
    shown = st.empty()
    st.html(summary_html(draft, name, hearing))
    if st.button("Send my comment", type="primary", key="check_send"):
        try:
            with writing(house.engine) as db:
                state["comment_receipt"] = submit(db, actor(), house.key, draft, by=sending())
        except AlreadySent as error:
            # The author reads what is on the record; the new words stay in the form, as another comment.
            state["comment_receipt"], state["comment_changed"] = error.receipt, True
            state["comment_draft_id"] = new_draft_id()
            state["comment_draft"] = replace(draft, draft_id=state["comment_draft_id"])
            st.switch_page(BY_NAME["receipt"].view)
        except Invalid as error:
            state["comment_faults"], refused = error.faults, error
        except HearingError as error:
            refused = error
        else:
            state["comment_sent"], state["comment_changed"] = draft.draft_id, False
            comment_form.forget()
            st.switch_page(BY_NAME["receipt"].view)
    if st.button("Change it", key="check_change"):
        arrival = dict(zip(("hearing", "system", "seen"), state["comment_arrival"], strict=True))
        st.switch_page(
            BY_NAME["comment"].view, query_params={name: text for name, text in arrival.items() if text}
        )
    if refused:
        with shown:
            frame.refusal(refused, comment_form.LABELS)


if state.get("comment_sent") == draft.draft_id:
    # The reader came back: there is nothing to send any more, and an emptied form to change it in.
    frame.heading("This comment was sent")
    with st.container(width=frame.READING_WIDTH):
        st.html('<div class="doc"><p>Nothing more needs to be done. Its receipt is still here.</p></div>')
        st.page_link(BY_NAME["receipt"].view, label="See the receipt again")
        st.page_link(BY_NAME["hearing"].view, label="Back to the hearing", query_params={"id": hearing.id})
else:
    frame.heading("Check your comment")
    with st.container(width=frame.READING_WIDTH):
        ask_to_send(draft)
