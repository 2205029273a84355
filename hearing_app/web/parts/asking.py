"""Marking comments for an answer: a facilitator chooses like ones, and writes neutral words over them."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import comments_html
from hearing_app.errors import HearingError
from hearing_app.hearings.answers.asking import ask, may_be_asked
from hearing_app.hearings.comments.lists import published_by_number
from hearing_app.hearings.hearing import Hearing
from hearing_app.registry.published import names_of_systems
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor as actor_now

state = st.session_state
LABELS = {
    "comments": "Comments that ask for the same",
    "heading": "What is asked, in neutral words\nOne line that everybody reads, without naming anybody.",
}


def show(hearing: Hearing) -> None:
    """Show what can be marked in a hearing, and the form."""
    st.header("Mark what is to be answered", anchor=False)
    st.html(
        '<div class="doc"><p>A question to the force waits by itself. What else a comment asks for waits '
        "once you mark it; like ones together are answered at once.</p></div>"
    )
    if refused := state.pop("asking_refusal", None):
        frame.refusal(refused, LABELS)
    with reading(current().engine) as db:
        numbers = may_be_asked(db, hearing)
        chosen = [one for one in state.get("asking_comments", []) if one in numbers]
        comments, names = published_by_number(db, hearing.id, chosen), names_of_systems(db)
    if not numbers:
        st.html('<div class="doc"><p>There is nothing to mark.</p></div>')
        return
    state["asking_comments"] = chosen
    with st.container(width=frame.READING_WIDTH):
        st.multiselect(LABELS["comments"], numbers, key="asking_comments")
        st.html(comments_html(comments, names, zone=hearing.time_zone, empty="No comment is chosen yet."))
        st.text_input(LABELS["heading"], key="asking_heading")
        st.button("Ask for an answer", key="asking_ask", on_click=_ask, args=(hearing.id,))


def _ask(hearing_id: str) -> None:
    try:
        with writing(current().engine) as db:
            ask(db, actor_now(), hearing_id, state["asking_comments"], state["asking_heading"])
        state["asking_comments"], state["asking_heading"] = [], ""
    except HearingError as error:
        state["asking_refusal"] = error
