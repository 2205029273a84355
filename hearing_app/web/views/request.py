"""Was I scored? Anyone asks an agency about themselves: for an explanation, a human review, or to contest."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.requests import LABELS, kept_by, request_intro_html, request_receipt_html
from hearing_app.documents.text import for_label
from hearing_app.errors import NotFound
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame, request_form

house, state = current(), st.session_state
system_id = st.query_params.get("system", "")
if not system_id:
    raise NotFound(
        "The address of this page does not say which system is meant.",
        kept="",
        next_step="Open a system in the register, and follow “Was I scored?”.",
        heading="No system was named",
    )
kept = kept_by(house.settings.retention, house.settings.backup_days)
with reading(house.engine) as db:
    published = entry_of(db, system_id)
entry = published.entry
request_form.begin(entry.id)
receipt = state.get("request_receipt")
frame.heading("Your receipt" if receipt else "Was I scored?")
with st.container(width=frame.READING_WIDTH):
    # It stays: whatever lets the page run again, a connection that was lost too, must not take it away.
    if receipt:
        with reading(house.engine) as db:
            body = request_receipt_html(db, receipt, kept)
        st.html(body)
        with st.container(key="receipt_copy"):
            st.html(
                '<div class="doc"><p>To copy the digits, press the button at the end of this line:</p></div>'
            )
            st.code(receipt.code, language=None)
        st.button("Ask something else", key="request_again", on_click=request_form.forget_sent)
    else:
        refused = state.pop("request_refusal", None)
        if refused:
            frame.refusal(refused, LABELS)
        st.page_link(BY_NAME["system"].view, label=for_label(entry.name), query_params={"id": entry.id})
        with reading(house.engine) as db:
            body = request_intro_html(db, entry, kept)
        st.html(body)
        request_form.show(published)
        if refused:
            # Whoever pressed the button is still at it: this leads the eye, and the keyboard, to the list.
            st.html(
                '<div class="doc"><p><a href="#refusal">It was not sent. See what to change</a></p></div>'
            )
    st.page_link(BY_NAME["rights"].view, label="How fast agencies answer")
