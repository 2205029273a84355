"""Moderation of one hearing, for everyone: figures, what is overdue, every decision, and the rules."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.moderation import hearings_to_choose_html, moderation_page, rules_html
from hearing_app.hearings.hearing import all_hearings, hearing_of
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame

frame.heading("Moderation")
with reading(current().engine) as db:
    chosen = st.query_params.get("hearing", "")
    body = (
        moderation_page(db, hearing_of(db, chosen)) if chosen else hearings_to_choose_html(all_hearings(db))
    )
st.html(body)
st.html(rules_html(heading=False))
