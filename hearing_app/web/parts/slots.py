"""Speaking slots on the desk: how many there are, which comment speaks in which, and freeing one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import speaking_order_html
from hearing_app.errors import HearingError
from hearing_app.hearings.agenda.reading import agenda_of
from hearing_app.hearings.agenda.slots import MINUTES, MOST_MINUTES, MOST_SLOTS, book, free, set_slots
from hearing_app.hearings.comments.lists import speaking_order, without_slot
from hearing_app.store.engine import reading, writing
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor

_SAID, _PROBLEM = "slots_said", "slots_problem"
_LABELS = {"number": "Number of slots", "minutes": "Minutes for each"}


def show(hearing_id: str, zone: str) -> None:
    """Show a hearing's speaking order, and what a facilitator can do with it."""
    said, problem = (st.session_state.pop(name, None) for name in (_SAID, _PROBLEM))
    st.header("Speaking order", anchor=False)
    with reading(current().engine) as db:
        order, others = speaking_order(db, hearing_id), without_slot(db, hearing_id)
        follows_agenda = agenda_of(db, hearing_id) is not None
    st.html(speaking_order_html(order, zone))
    st.page_link(BY_NAME["agenda"].view, label="Agenda", query_params={"hearing": hearing_id})
    if problem:
        frame.refusal(problem, _LABELS)
    if said:
        st.success(said)
    if follows_agenda:
        st.html('<div class="doc"><p class="quiet">They follow the agenda, which is published.</p></div>')
        return
    places = [one for one, _ in order]
    key = f"slots_{hearing_id}"
    with st.expander("How many may speak, and for how long", expanded=not places, key=f"{key}_setting"):
        st.number_input(_LABELS["number"], 0, MOST_SLOTS, len(places), key=f"{key}_number")
        minutes = places[0].minutes if places else MINUTES
        st.number_input(_LABELS["minutes"], 1, MOST_MINUTES, minutes, key=f"{key}_minutes")
        st.button("Set the slots", key=f"{key}_set", on_click=_set, args=(hearing_id,))
    # Nothing is chosen to begin with: a second press, by mistake, must not reach another slot.
    empty = [one.number for one in places if one.is_free]
    if empty and others:
        st.selectbox("Free slot", empty, key=f"{key}_empty")
        chosen = st.selectbox(
            "Published comment that has no slot",
            ["", *others],
            format_func=lambda one: one or "Choose one",
            key=f"{key}_comment",
        )
        st.button(
            "Give this slot to this comment",
            key=f"{key}_book",
            disabled=not chosen,
            on_click=_book,
            args=(hearing_id,),
        )
    elif empty:
        st.html('<div class="doc"><p class="quiet">No other published comment could have a slot.</p></div>')
    taken = {one.number: one.comment_id for one in places if one.comment_id}
    if taken:
        place = st.selectbox(
            "Booked slot",
            [0, *taken],
            format_func=lambda one: f"{one}: {taken.get(one, '')}" if one else "Choose one",
            key=f"{key}_taken",
        )
        st.button(
            "Free this slot",
            key=f"{key}_free",
            disabled=not place,
            on_click=_free,
            args=(hearing_id, taken),
        )


def _set(hearing_id: str) -> None:
    number, minutes = (int(st.session_state[f"slots_{hearing_id}_{name}"]) for name in ("number", "minutes"))
    _do("The slots are set.", set_slots, hearing_id, number, minutes)


def _book(hearing_id: str) -> None:
    place, chosen = (st.session_state[f"slots_{hearing_id}_{name}"] for name in ("empty", "comment"))
    _do(f"Comment {chosen} speaks in slot {place}.", book, hearing_id, place, chosen)


def _free(hearing_id: str, taken: Mapping[int, str]) -> None:
    """Free the slot of the comment that stood in it when the button was drawn, and of no other."""
    place = st.session_state[f"slots_{hearing_id}_taken"]
    _do(f"Slot {place} is free.", free, hearing_id, place, taken[place])


def _do(done: str, act: Callable[..., object], *given: str | int) -> None:
    try:
        with writing(current().engine) as db:
            act(db, actor(), *given)
        st.session_state[_SAID] = done
    except HearingError as error:
        st.session_state[_PROBLEM] = error
