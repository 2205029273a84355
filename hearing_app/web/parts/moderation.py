"""The desk's list, and one comment in it: everything a facilitator needs to decide, and the decisions.

The list stays as it was opened, so that nothing moves under the pointer: a comment that was decided on keeps
its place and its buttons, and those that it allows no more are disabled.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import desk_html, undecided_html
from hearing_app.errors import HearingError
from hearing_app.hearings.comment import Comment
from hearing_app.hearings.lists import desk_list
from hearing_app.hearings.moderation import REASONS, decide, moves
from hearing_app.hearings.vocabulary import Reason, State
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts.actor import actor

_LIST, _NOT_DONE, _OPENED = "desk_list", "desk_not_done", "desk_opened"
_BUTTONS = {State.HELD: "Hold comment {} for review", State.REJECTED: "Do not publish comment {}"}
_PANEL = {
    frozenset({State.HELD, State.REJECTED}): "hold it, or do not publish it",
    frozenset({State.HELD}): "hold it back",
    frozenset({State.REJECTED}): "do not publish it",
    frozenset[State](): "nothing more to decide",
}


def close_list() -> None:
    """Forget the list: it is made anew when it is next asked for."""
    st.session_state.pop(_LIST, None)


def opened_list(hearing_id: str, state: State, *, second_look: bool) -> tuple[int, list[str]]:
    """Return the comments of this choice as they were when it was opened, and which opening that was."""
    session, choice = st.session_state, (hearing_id, state, second_look)
    if session.get(_LIST, (None,))[0] != choice:
        with reading(current().engine) as db:
            found = desk_list(db, actor(), hearing_id, state, second_look=second_look)
        session[_LIST], session[_NOT_DONE] = (choice, found), {}
        session[_OPENED] = session.get(_OPENED, 0) + 1
    return session[_OPENED], session[_LIST][1]


def show(one: Comment, names: Mapping[str, str], *, place: int, listed: State, zone: str) -> None:
    """Show a comment with its private answers and the decisions that its state allows.

    ``place`` is its place in the list, and ``listed`` the state in which the list was opened.
    """
    key = f"desk_{one.comment_id}"
    allowed = moves(one)
    drawn = allowed | moves(one, stood=listed)
    label = State(one.state).label
    tried, error = st.session_state[_NOT_DONE].get(one.comment_id, (None, None))
    with st.container(key=key):
        st.html(desk_html(one, names, place=place, zone=zone, decided=one.state != listed))
        if error and tried is State.PUBLISHED:
            st.html(undecided_html(error))
        if State.PUBLISHED in drawn:
            st.button(
                f"Publish {one.comment_id}",
                type="primary",
                key=f"{key}_publish",
                disabled=State.PUBLISHED not in allowed,
                on_click=_decide,
                args=(one, State.PUBLISHED),
            )
        negative = [move for move in _BUTTONS if move in drawn]
        if not negative:
            return
        open_moves = frozenset(negative) & allowed
        with st.expander(f"Comment {place}: {_PANEL[open_moves]}", key=f"{key}_panel"):
            here = error if tried is not State.PUBLISHED else None
            st.html(undecided_html(here, otherwise=f"Its author will read the reason. It {label}."))
            st.selectbox(
                "Reason",
                ["", *(str(reason) for reason in REASONS)],
                format_func=lambda value: Reason(value).label if value else "Choose one",
                key=f"{key}_reason",
                disabled=not open_moves,
            )
            st.text_area(
                "Note for the author. Optional, up to 500 characters",
                key=f"{key}_note",
                height=80,
                disabled=not open_moves,
            )
            for move in negative:
                st.button(
                    _BUTTONS[move].format(place),
                    key=f"{key}_{move}",
                    disabled=move not in allowed,
                    on_click=_decide,
                    args=(one, move),
                )


def _decide(one: Comment, to: State) -> None:
    """Decide on the comment that the button was drawn for, whatever stands in its place by now."""
    key = f"desk_{one.comment_id}"
    refusing = to is not State.PUBLISHED
    not_done = st.session_state.setdefault(_NOT_DONE, {})
    not_done.pop(one.comment_id, None)
    try:
        with writing(current().engine) as db:
            decide(
                db,
                actor(),
                one.comment_id,
                to,
                seen_state=State(one.state),
                reason_id=st.session_state.get(f"{key}_reason", "") if refusing else "",
                note=st.session_state.get(f"{key}_note", "") if refusing else "",
            )
    except HearingError as error:
        not_done[one.comment_id] = (to, error)
