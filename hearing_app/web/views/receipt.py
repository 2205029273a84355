"""The receipt: shown once, to the browser that sent the comment."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import after_sending_html, receipt_html
from hearing_app.errors import NotFound
from hearing_app.hearings.comments.comment import Receipt, comment_by_receipt
from hearing_app.hearings.hearing import hearing_of
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import following, frame, own_record, proof

house, state = current(), st.session_state
kept: Receipt | None = state.get("comment_receipt")
if kept is None:
    raise NotFound(
        "A receipt is shown once, right after a comment was sent. When that page was closed or loaded anew, "
        "its digits cannot be shown again: nobody else has them.",
        kept="",
        next_step="If you kept the 16 digits, type them under “My receipt”: there you find your comment and "
        "can withdraw it. Without them your comment stays in the hearing, and nothing else changes for it.",
        heading="This receipt is no longer shown",
    )
with reading(house.engine) as db:
    sent = comment_by_receipt(db, house.key, kept.code)
    hearing = hearing_of(db, sent.hearing_id)
# A comment may have been withdrawn elsewhere since.
receipt = replace(kept, state=sent.state)

frame.heading("Your receipt")
with st.container(width=frame.READING_WIDTH):
    if state.get("comment_changed"):
        st.info(
            "An earlier text of this comment had already been sent, and that one is on the record. "
            "This is its receipt. Your new words were not sent. They are still in the form."
        )
        st.page_link(BY_NAME["check"].view, label="Go to my new words")
    st.html(receipt_html(receipt))
    with st.container(key="receipt_copy"):
        st.html('<div class="doc"><p>To copy the digits, press the button at the end of this line:</p></div>')
        st.code(receipt.code, language=None)
    st.html(after_sending_html(receipt, hearing, sent.consent))
    if sent.has_words:
        following.show(sent.comment_id, kept.code)
    proof.show(sent)
    if sent.has_words:
        own_record.add_files("Add files to it, such as a picture")
    st.page_link(BY_NAME["my_comment"].view, label="Follow or withdraw it under My receipt")
    st.page_link(BY_NAME["hearing"].view, label="Back to the hearing", query_params={"id": hearing.id})
