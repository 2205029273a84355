"""Paper cards: printing them, typing them, and confirming what a colleague typed."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.cards import FIELDS, differences_html, typed_html
from hearing_app.documents.text import isolated
from hearing_app.documents.words import plural
from hearing_app.errors import HearingError
from hearing_app.hearings.comments import cards
from hearing_app.hearings.hearing import all_hearings
from hearing_app.people.permissions import Act, may
from hearing_app.registry.register import register_of
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import card_form, frame
from hearing_app.web.parts.actor import actor, signed_in

house, state = current(), st.session_state
member = signed_in()
frame.heading("Paper cards")


def keep(hearing_id: str, systems: dict[str, str], versions: dict[str, int], *, instead: bool) -> None:
    """Keep what was typed; the same by a second person enters it."""
    try:
        number = cards.read_number(state.get("card_number", ""))
        typed = card_form.typed(hearing_id, systems, versions)
        with writing(house.engine) as db:
            entered = cards.type_card(db, actor(), house.key, number, typed, instead=instead)
    except HearingError as error:
        state["cards_refused"] = error
    else:
        state["cards_done"] = (
            f"Card {number} is entered as comment {entered}."
            if entered
            else f"Card {number} is kept. It counts as entered when a second person has confirmed it."
        )
        card_form.forget()


def confirm(one: cards.Waiting) -> None:
    """Enter what a colleague typed."""
    try:
        with writing(house.engine) as db:
            entered = cards.confirm(db, actor(), house.key, one.number, one.typed_at)
        state["cards_done"] = f"Card {one.number} is entered as comment {entered}."
    except HearingError as error:
        state["cards_refused"] = error


def show() -> None:
    """Show the cards of one hearing: how many, those that wait, and the form to type one."""
    with reading(house.engine) as db:
        hearings, register = {one.id: one for one in all_hearings(db)}, register_of(db)
    chosen = st.selectbox(
        "Hearing",
        list(hearings),
        format_func=lambda name: isolated(hearings[name].title),
        key="cards_hearing",
    )
    hearing = hearings[chosen]
    systems = {name: register[name].name for name in hearing.systems if name in register}
    versions = {name: register[name].version for name in systems}
    with reading(house.engine) as db:
        printed, waits, entered = cards.counts(db, actor(), chosen)
        waiting = cards.waiting(db, actor(), chosen)
    st.html(
        f'<div class="doc"><p>{plural(printed, "card")} printed, {entered} entered, {waits} waiting for a '
        f'second person.</p><p><a href="/desk/cards/{chosen}">Print cards, or a receipt for a letter</a></p>'
        "</div>"
    )
    if done := state.pop("cards_done", ""):
        st.success(done)
    refused = state.pop("cards_refused", None)
    if refused:
        frame.refusal(refused, FIELDS)
    given = (chosen, systems, versions)
    if isinstance(refused, cards.Differs):
        st.html(differences_html(refused.differences))
        st.button("Put mine in the place of the first", on_click=keep, args=given, kwargs={"instead": True})
    if waiting:
        st.header("Waiting for a second person", anchor=False)
    for one in waiting:
        st.html(typed_html(one, systems))
        mine = one.typed_by == actor().name
        sure = st.checkbox(
            f"I have the card {one.number} in front of me, and this is what it says",
            key=f"cards_sure_{one.number}",
            disabled=mine,
        )
        st.button(
            "You typed it: a colleague confirms it" if mine else f"Enter card {one.number}",
            key=f"cards_enter_{one.number}",
            disabled=mine or not sure,
            on_click=confirm,
            args=(one,),
        )
    st.header("Type a card", anchor=False)
    card_form.show(systems)
    st.button(
        "Keep this card",
        type="primary",
        key="cards_keep",
        on_click=keep,
        args=given,
        kwargs={"instead": False},
    )


with st.container(width=frame.READING_WIDTH):
    if member is not None and may(member.actor, Act.ENTER_CARDS):
        show()
    else:
        st.html(
            '<div class="doc"><p>This page is for facilitators.</p>'
            '<p><a href="/sign-in">Sign in</a></p></div>'
        )
