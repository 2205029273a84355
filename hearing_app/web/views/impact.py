"""The impact level: of one system, or of any that a reader has in mind, and which answer moves it."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.impact import asked_html, moves_html, result_html
from hearing_app.documents.render import render
from hearing_app.documents.text import for_label
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame, questionnaire

system_id = st.query_params.get("system", "")
entry = None
if system_id:
    with reading(current().engine) as db:
        entry = entry_of(db, system_id).entry

frame.heading(f"Impact level: {entry.name}" if entry else "Impact level")
st.html(render("impact_intro", entry=entry))
questionnaire.start(entry)
left, right = st.columns(2, gap="large")
with left:
    st.header("The questions", anchor=False)
    phase = questionnaire.choose_phase()
    floors = [] if entry else questionnaire.choose_floors()
    questionnaire.ask(phase)
found, moves = questionnaire.result(entry, phase, floors)
with right:
    st.header("The result", anchor=False)
    st.html(result_html(found, entry))
if asked := asked_html(found, entry):
    st.html(asked)
st.html(moves_html(moves))
if entry:
    st.page_link(
        BY_NAME["system"].view, label=for_label(f"Back to {entry.name}"), query_params={"id": entry.id}
    )
