"""What every screen of a room shows, made anew each second from what is stored; facilitators drive it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.agenda import names_of_speakers
from hearing_app.documents.room import behind_html, room_html, signal_html
from hearing_app.documents.text import for_label
from hearing_app.errors import HearingError
from hearing_app.hearings.agenda.room import Room, Step, Turn, add_time, end, go_on, pause, room_of, start
from hearing_app.hearings.comments.lists import published_by_number
from hearing_app.hearings.hearing import Hearing
from hearing_app.registry.published import names_of_systems
from hearing_app.store.engine import reading, writing
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor

# Two screens differ by one round at most.
EVERY_SECONDS = 1.0
MINUTE = 60
_PROBLEM, _MOVED = "room_problem", "room_moved"


@st.fragment(run_every=EVERY_SECONDS)
def screen(hearing: Hearing, *, drives: bool) -> None:
    """Show what runs and what comes next; with the buttons for who drives."""
    with reading(current().engine) as db:
        room, names = room_of(db, hearing.id), names_of_speakers(db, hearing.id)
    if room is None:
        st.html('<div class="doc"><p>The agenda of this hearing is not published yet.</p></div>')
        return
    now = datetime.now(UTC)
    st.html(room_html(room, names, now))
    st.html(signal_html(room, now))
    if problem := st.session_state.pop(_PROBLEM, None):
        frame.refusal(problem)
    if drives:
        _drive(hearing, room)
        if st.session_state.pop(_MOVED, False):
            # The field beside it that says what a note is about is drawn with the page.
            st.rerun()


@st.fragment(run_every=2 * EVERY_SECONDS)
def behind(hearing: Hearing) -> None:
    """Show the comments behind the item that runs, word for word."""
    with reading(current().engine) as db:
        room = room_of(db, hearing.id)
        comments = published_by_number(db, hearing.id, room.item.comment_ids if room and room.item else ())
        names = names_of_systems(db) if comments else {}
    if comments:
        st.header("Written about this item", anchor=False)
        st.html(behind_html(comments, names, hearing))


def _drive(hearing: Hearing, room: Room) -> None:
    turn = room.turn
    with st.container(horizontal=True, key="room_drive"):
        if room.coming:
            _button("Next", "next", "N", start_step, hearing.id, room.coming[0], turn, kind="primary")
        if turn is not None:
            _button(
                "Go on" if turn.is_paused else "Pause",
                "pause",
                "P",
                _do,
                go_on if turn.is_paused else pause,
                hearing.id,
                turn.number,
            )
            _button("One minute more", "more", "M", _do, add_time, hearing.id, MINUTE, turn.number)
            _button("End", "end", "E", _do, end, hearing.id, turn.number)
    if room.coming:
        with st.popover("Give the floor to another", key="room_drive_other"):
            for place, step in enumerate(room.coming[1:], 1):
                who = f"{step.comment_id}: " if step.comment_id else ""
                st.button(
                    f"{who}{for_label(step.title)}",
                    key=f"room_other_{place}",
                    on_click=start_step,
                    args=(hearing.id, step, turn),
                )
    elif turn is None:
        st.page_link(BY_NAME["prepare"].view, label="Say that the hearing was held")


def start_step(hearing_id: str, step: Step, turn: Turn | None) -> None:
    """Give the floor to a step, if what has it is still what the screen showed."""
    try:
        with writing(current().engine) as db:
            start(db, actor(), hearing_id, step.item_id, step.comment_id, seen=turn.number if turn else 0)
    except HearingError as error:
        st.session_state[_PROBLEM] = error
        return
    # Who drives writes about what has the floor; who only takes minutes chooses for themselves.
    st.session_state["minutes_item"] = step.item_id
    st.session_state[_MOVED] = True


def _do(act: Callable[..., object], *given: str | int) -> None:
    try:
        with writing(current().engine) as db:
            act(db, actor(), *given)
    except HearingError as error:
        st.session_state[_PROBLEM] = error


def _button(
    label: str, name: str, shortcut: str, act: Callable[..., None], *given: object, kind: str = ""
) -> None:
    st.button(
        label,
        key=f"room_{name}",
        shortcut=shortcut,
        type="primary" if kind == "primary" else "secondary",
        on_click=act,
        args=given,
    )
