"""Taking minutes beside the room: notes, decisions and conditions, corrections, what was done, publishing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.agenda import minutes_html, published_of
from hearing_app.documents.text import isolated
from hearing_app.errors import HearingError
from hearing_app.hearings.agenda.minutes import (
    OWNED,
    correct,
    decide,
    minutes_for_office,
    note,
    publish_minutes,
    settle,
)
from hearing_app.hearings.agenda.room import room_of
from hearing_app.hearings.hearing import Hearing
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor

state = st.session_state
LABELS = {
    "text": "What was decided",
    "owner": "Which office owns it",
    "due_on": "Due by",
    "kind": "What it is",
    "comment_ids": "Comments it rests on",
}
_PROBLEM, _SAID = "minutes_problem", "minutes_said"
# The fields of a form are emptied once what they said is on the record, and only then.
_OF_NOTE, _OF_FOLLOWING = {"minutes_text": ""}, {"minutes_about_text": ""}
_OF_DECISION: dict[str, object] = {
    "minutes_decided": "",
    "minutes_owner": "",
    "minutes_due": None,
    "minutes_rests": [],
}


def show(hearing: Hearing) -> None:
    """Show the forms in which minutes are taken, and what was taken so far."""
    with reading(current().engine) as db:
        found = published_of(db, hearing)
        room = room_of(db, hearing.id)
        written = minutes_for_office(db, actor(), hearing.id)
    if found.agenda is None:
        return
    st.header("Minutes", anchor=False)
    if problem := state.pop(_PROBLEM, None):
        frame.refusal(problem, LABELS)
    if said := state.pop(_SAID, None):
        st.success(said)
    titles = {0: "The hearing as a whole"} | {
        one.id: f"{one.number}. {one.title}" for one in found.agenda.items
    }
    running = room.turn.item_id if room and room.turn else 0
    if state.get("minutes_item") not in titles:
        state["minutes_item"] = running if running in titles else 0
    st.selectbox(
        "About",
        list(titles),
        format_func=lambda one: isolated(titles[one]),
        key="minutes_item",
    )
    with st.form("minutes_note", border=False):
        st.text_area("Note", key="minutes_text")
        st.form_submit_button("Take this note", type="primary", on_click=_note, args=(hearing.id,))
    with (
        st.expander("A decision or a condition", key="minutes_deciding"),
        st.form("minutes_decide", border=False),
    ):
        st.radio(LABELS["kind"], [str(one) for one in OWNED], format_func=str.capitalize, key="minutes_kind")
        st.text_area(LABELS["text"], key="minutes_decided")
        st.text_input(f"{LABELS['owner']}, such as Chief Constable", key="minutes_owner")
        st.date_input(LABELS["due_on"], value=None, key="minutes_due")
        behind = sorted({one for item in found.agenda.items for one in item.comment_ids})
        st.multiselect(f"{LABELS['comment_ids']} (optional)", behind, key="minutes_rests")
        st.form_submit_button("Record it", on_click=_decide, args=(hearing.id,))
    if written.entries:
        _follow(hearing.id, {one.number: one.text for one in written.entries})
        st.html(minutes_html(found, written.entries))
        if written.published_at is None:
            st.checkbox(
                "The sitting is over: entries can be corrected later, and never changed", key="minutes_sure"
            )
            st.button(
                "Publish the minutes",
                key="minutes_publish",
                disabled=not state.get("minutes_sure"),
                on_click=_publish,
                args=(hearing.id,),
            )


def _follow(hearing_id: str, texts: Mapping[int, str]) -> None:
    label = "Correct an entry, or say that it is done"
    with st.expander(label, key="minutes_following"), st.form("minutes_follow", border=False):
        st.selectbox(
            "Entry",
            list(texts),
            format_func=lambda one: f"No. {one}: {isolated(texts[one][:60])}",
            key="minutes_about",
        )
        st.text_area("What is right, or how it was carried out", key="minutes_about_text")
        with st.container(horizontal=True):
            st.form_submit_button("Correct it", on_click=_about, args=(correct, hearing_id))
            st.form_submit_button("It is done", on_click=_about, args=(settle, hearing_id))


def _note(hearing_id: str) -> None:
    _do(_OF_NOTE, note, hearing_id, state["minutes_item"] or None, state["minutes_text"])


def _decide(hearing_id: str) -> None:
    _do(
        _OF_DECISION,
        decide,
        hearing_id,
        state["minutes_item"] or None,
        kind=state["minutes_kind"],
        text=state["minutes_decided"],
        owner=state["minutes_owner"],
        due_on=state["minutes_due"],
        comment_ids=state["minutes_rests"],
    )


def _about(act: Callable[..., object], hearing_id: str) -> None:
    _do(_OF_FOLLOWING, act, hearing_id, state["minutes_about"], state["minutes_about_text"])


def _publish(hearing_id: str) -> None:
    _do({}, publish_minutes, hearing_id)


def _do(emptied: Mapping[str, Any], act: Callable[..., object], *given: Any, **more: Any) -> None:
    try:
        with writing(current().engine) as db:
            act(db, actor(), *given, **more)
    except HearingError as error:
        state[_PROBLEM] = error
        return
    state[_SAID] = "It is on the record."
    state.update(emptied)
