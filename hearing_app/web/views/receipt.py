"""The receipt: shown once, to the browser that sent the comment."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import receipt_html
from hearing_app.errors import NotFound
from hearing_app.hearings.comment import Receipt
from hearing_app.hearings.hearing import hearing_of
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame

receipt: Receipt | None = st.session_state.get("comment_receipt")
draft = st.session_state.get("comment_draft")
if receipt is None or draft is None:
    raise NotFound(
        "A receipt is shown once, right after a comment was sent.",
        kept="",
        next_step="With the 16 digits you find your comment under “My comment”.",
    )
with reading(current().engine) as db:
    hearing = hearing_of(db, draft.hearing_id)

frame.heading("Your receipt")
with st.container(width=frame.READING_WIDTH):
    st.html(receipt_html(receipt, hearing, draft.consent))
    st.page_link(BY_NAME["my_comment"].view, label="Follow or withdraw it under My comment")
    st.page_link(BY_NAME["hearing"].view, label="Back to the hearing", query_params={"id": hearing.id})
