"""Below a comment on the desk: what a facilitator saw of who wrote it, and taking that back."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.comment_record import identity_below
from hearing_app.errors import HearingError
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.identity import Seen, WhyUndone, confirm, confirmed_of, undo
from hearing_app.hearings.hearing import Hearing
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor

state = st.session_state


def show(one: Comment, hearing: Hearing, *, place: int) -> None:
    """Show what is confirmed of a comment's author, or what can be; ``place`` is its place in the list."""
    if not one.has_words:
        return
    key = f"identity_{one.comment_id}"
    with reading(current().engine) as db:
        confirmed = confirmed_of(db, [one.comment_id])
        told = identity_below(db, hearing, [one.comment_id])
    with st.expander(f"Comment {place}: who wrote it", key=f"{key}_panel"):
        if refused := state.pop(f"{key}_refusal", None):
            frame.refusal(refused)
        if one.comment_id in confirmed:
            st.html(f'<div class="doc">{told[one.comment_id]}</div>')
            labels = {"": "Choose one"} | {str(why): why.label for why in WhyUndone}
            st.selectbox("Why undo it?", list(labels), format_func=labels.__getitem__, key=f"{key}_why")
            words = f"Undo what is confirmed of comment {place}"
            st.button(words, key=f"{key}_undo", on_click=_do, args=(one, undo, f"{key}_why"))
            return
        st.html(
            '<div class="doc"><p>Only where somebody showed it of their own accord: nobody has to. Everybody '
            "reads what you choose here beside the comment. Write no name and no number down, anywhere."
            "</p></div>"
        )
        labels = {"": "Choose one"} | {str(seen): f"{seen.label} ({seen.confirms})" for seen in Seen}
        st.selectbox("What did you see?", list(labels), format_func=labels.__getitem__, key=f"{key}_seen")
        words = f"Confirm who wrote comment {place}"
        st.button(words, key=f"{key}_confirm", on_click=_do, args=(one, confirm, f"{key}_seen"))


def _do(one: Comment, act: Callable[..., object], chosen: str) -> None:
    try:
        with writing(current().engine) as db:
            act(db, actor(), one.comment_id, str(state[chosen]))
    except HearingError as error:
        state[f"identity_{one.comment_id}_refusal"] = error
