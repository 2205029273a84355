"""The desk of statements: what is voted on, adding one from a comment, taking one down with a reason."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.text import for_label
from hearing_app.documents.voting import results_html, statement_html
from hearing_app.documents.words import plural
from hearing_app.errors import HearingError
from hearing_app.hearings.hearing import Hearing, Phase
from hearing_app.hearings.voting.statements import LONGEST, add, statements_of, take_down
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor

state = st.session_state


def show(hearing: Hearing) -> None:
    """Show a hearing's statements, and what a facilitator can do with them."""
    if refused := state.pop("statements_refusal", None):
        frame.refusal(refused, {"text": "The statement", "why": "The reason"})
    with reading(current().engine) as db:
        listed = statements_of(db, hearing.id)
        votes = results_html(db, hearing)
    if hearing.phase() is not Phase.CLOSED:
        with st.form("statements_add", border=False, clear_on_submit=False):
            st.text_input(
                f"A statement, at most {LONGEST} signs: one thought, that a neighbour can agree with or not",
                key="statements_text",
                icon="",
                placeholder="",
            )
            st.text_input(
                "Number of the comment that it rests on. Optional",
                key="statements_comment",
                icon="",
                placeholder="",
            )
            st.form_submit_button("Add it", type="primary", on_click=_add, args=(hearing,))
    st.header(plural(len([one for one in listed if one.is_shown]), "statement"), anchor=False)
    for one in listed:
        if not one.is_shown:
            continue
        st.html(statement_html(one))
        if hearing.phase() is Phase.CLOSED:
            continue
        with st.expander(f"Take statement {one.number} down", key=f"statements_down_{one.number}"):
            st.text_input(
                "Why? Everybody reads it", key=f"statements_why_{one.number}", icon="", placeholder=""
            )
            st.button(
                for_label(f"Take {one.number} down"),
                key=f"statements_take_{one.number}",
                on_click=_take_down,
                args=(hearing, one.number),
            )
    st.html(votes)


def _add(hearing: Hearing) -> None:
    comment_id = state.get("statements_comment", "").strip().upper() or None
    try:
        with writing(current().engine) as db:
            add(db, actor(), hearing.id, state.get("statements_text", ""), comment_id=comment_id)
    except HearingError as error:
        state["statements_refusal"] = error
    else:
        state["statements_text"] = state["statements_comment"] = ""


def _take_down(hearing: Hearing, number: int) -> None:
    try:
        with writing(current().engine) as db:
            take_down(db, actor(), hearing.id, number, state.get(f"statements_why_{number}", ""))
    except HearingError as error:
        state["statements_refusal"] = error
