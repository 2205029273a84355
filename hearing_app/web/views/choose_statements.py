"""Choosing the statements of a hearing: facilitators take them from comments, and take some down."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.text import isolated
from hearing_app.hearings.hearing import all_hearings
from hearing_app.people.permissions import Act, require
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame, statements_desk
from hearing_app.web.parts.actor import actor

frame.heading("Choose statements")
require(actor(), Act.CHOOSE_STATEMENTS)
with reading(current().engine) as db:
    hearings = {one.id: one for one in all_hearings(db)}
if hearings:
    chosen = st.selectbox(
        "Hearing",
        list(hearings),
        format_func=lambda name: isolated(hearings[name].title),
        key="statements_hearing",
    )
    statements_desk.show(hearings[chosen])
else:
    st.html('<div class="doc"><p>There is no hearing yet.</p></div>')
