"""Answers: how each agency answers what it was asked, one agency, or one hearing."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.answers import agency_answers_html, answers_html, hearing_answers_html
from hearing_app.hearings.hearing import hearing_of
from hearing_app.registry.published import names_of_agencies
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame

agency, hearing_id = st.query_params.get("agency", ""), st.query_params.get("hearing", "")
with reading(current().engine) as db:
    if agency:
        body = agency_answers_html(db, agency)
        title = f"Answers of {names_of_agencies(db).get(agency, agency)}"
    elif hearing_id:
        title, body = f"Answers: {hearing_of(db, hearing_id).title}", hearing_answers_html(db, hearing_id)
    else:
        title, body = "Answers", answers_html(db)
frame.heading(title)
st.html(body)
