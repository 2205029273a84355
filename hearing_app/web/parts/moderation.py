"""One comment on the desk: everything a facilitator needs to decide, and the decisions."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import desk_html
from hearing_app.errors import HearingError
from hearing_app.hearings.comment import Comment
from hearing_app.hearings.moderation import REASONS, decide, moves
from hearing_app.hearings.vocabulary import Reason, State
from hearing_app.store.engine import writing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor

_OUTCOME = "desk_outcome"
_BUTTONS = {State.HELD: "Hold for review", State.REJECTED: "Do not publish"}


def outcome() -> None:
    """Say what the last decision did, or why it was not done."""
    said = st.session_state.pop(_OUTCOME, None)
    if isinstance(said, HearingError):
        frame.refusal(said)
    elif said:
        st.success(said)


def show(one: Comment, names: Mapping[str, str]) -> None:
    """Show a comment with its private answers and the decisions that its state allows."""
    st.html(desk_html(one, names))
    allowed = moves(one)
    key = f"desk_{one.comment_id}"
    if State.PUBLISHED in allowed:
        st.button(
            f"Publish {one.comment_id}",
            type="primary",
            key=f"{key}_publish",
            on_click=_decide,
            args=(one, State.PUBLISHED),
        )
    negative = [move for move in _BUTTONS if move in allowed]
    if negative:
        with st.expander(
            f"{' or '.join(_BUTTONS[move].lower() for move in negative).capitalize()}: {one.comment_id}"
        ):
            st.selectbox(
                "Reason",
                ["", *(str(reason) for reason in REASONS)],
                format_func=lambda value: Reason(value).label if value else "Choose one",
                key=f"{key}_reason",
            )
            st.text_area("Note for the author. Optional, up to 500 characters", key=f"{key}_note", height=80)
            for move in negative:
                st.button(f"{_BUTTONS[move]}", key=f"{key}_{move}", on_click=_decide, args=(one, move))


def _decide(one: Comment, to: State) -> None:
    key = f"desk_{one.comment_id}"
    refusing = to is not State.PUBLISHED
    try:
        with writing(current().engine) as db:
            decided = decide(
                db,
                actor(),
                one.comment_id,
                to,
                seen_state=State(one.state),
                reason_id=st.session_state.get(f"{key}_reason", "") if refusing else "",
                note=st.session_state.get(f"{key}_note", "") if refusing else "",
            )
    except HearingError as error:
        st.session_state[_OUTCOME] = error
    else:
        st.session_state[_OUTCOME] = f"Comment {decided.comment_id} {State(decided.state).label}."
