"""Statements of a hearing: agree, disagree or pass, one at a time; after it has closed, what votes say."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.text import for_label
from hearing_app.documents.voting import before_voting_html, results_html
from hearing_app.errors import NotFound
from hearing_app.hearings.hearing import Phase, hearing_of
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame, voting

house = current()
if not (hearing_id := st.query_params.get("hearing", "")):
    raise NotFound(
        "The address of this page does not say which hearing is meant.",
        kept="",
        next_step="Please choose one under “Hearings”.",
        heading="No hearing was named",
    )
with reading(house.engine) as db:
    hearing = hearing_of(db, hearing_id)
    results = "" if hearing.phase() is Phase.OPEN else results_html(db, hearing)
frame.heading(f"Statements: {hearing.title}")
if hearing.phase() is Phase.OPEN:
    with st.container(width=frame.READING_WIDTH):
        st.html(before_voting_html(hearing))
        voting.show(hearing)
else:
    st.html(results)
st.page_link(BY_NAME["hearing"].view, label=for_label(hearing.title), query_params={"id": hearing.id})
