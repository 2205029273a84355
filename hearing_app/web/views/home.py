"""The first page: what this is, what can be done today, what the police use."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.home import hearing_line, newest_html, steps_html
from hearing_app.hearings.hearing import Phase, all_hearings
from hearing_app.registry.register import register_of
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame

with reading(current().engine) as db:
    hearings = [hearing for hearing in all_hearings(db) if hearing.phase() is Phase.OPEN]
    entries = register_of(db).ordered

frame.heading("What algorithms do the police use, and do they work?")
st.html(
    '<div class="doc"><p class="lead">Here you can read what each system does and how often it errs, check '
    "the figures yourself, and say what you think before a public hearing.</p></div>"
)

left, right = st.columns(2, gap="large")
with left:
    st.header("What you can do today", anchor=False)
    for hearing in hearings:
        st.html(hearing_line(hearing))
        with st.container(key=f"primary_{hearing.id}"):
            st.page_link(
                BY_NAME["hearing"].view, label="Read about it and comment", query_params={"id": hearing.id}
            )
    if not hearings:
        st.html('<div class="doc"><p>No hearing is open for comments at the moment.</p></div>')
with right:
    st.header("What the police use", anchor=False)
    with st.form("home_search", border=False):
        wanted = st.text_input("Search the register", key="home_q", help=None)
        if st.form_submit_button("Search"):
            st.switch_page(BY_NAME["register"].view, query_params={"q": wanted} if wanted else None)
    st.html(newest_html(entries))

st.html(steps_html())
