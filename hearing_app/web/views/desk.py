"""The desk: facilitators read, decide and export; administrators invite staff."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.text import isolated
from hearing_app.hearings.comments.lists import comments_for_desk, part_of, tally
from hearing_app.hearings.hearing import all_hearings
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Act, may
from hearing_app.registry.published import names_of_systems
from hearing_app.store.engine import reading
from hearing_app.web.parts import (
    corrections_desk,
    desk_bulk,
    desk_menu,
    desk_tools,
    frame,
    moderation,
    second_reading,
    slots,
    staff,
    supervision_desk,
)
from hearing_app.web.parts.actor import signed_in

PER_PAGE = 10
TABS = {
    "submitted": "Waiting to be read",
    "held": "Held back",
    "published": "Published",
    "rejected": "Not published",
    "withdrawn": "Withdrawn",
}
house, state = current(), st.session_state
member = signed_in()
title = "Facilitator desk" if member is None or may(member.actor, Act.MODERATE_COMMENTS) else "Staff desk"
# The tab says what the page says.
st.set_page_config(page_title=title)
frame.heading(title)


def desk() -> None:
    """Show the comments of one hearing in one state, with what can be done about each."""
    if member is None:
        return
    with reading(house.engine) as db:
        hearings = {one.id: one for one in all_hearings(db)}
        names = names_of_systems(db)
    if not hearings:
        st.html('<div class="doc"><p>There is no hearing yet.</p></div>')
        return
    if "desk_hearing" not in state:
        # The reader comes from another page, which drops the choices made here: the list begins anew, too.
        moderation.close_list()
    chosen = st.selectbox(
        "Hearing",
        list(hearings),
        format_func=lambda name: isolated(hearings[name].title),
        key="desk_hearing",
    )
    with reading(house.engine) as db:
        counts = tally(db, chosen)
    numbers = {
        "submitted": counts.waiting,
        "held": counts.held,
        "published": counts.published,
        "rejected": counts.rejected,
        "withdrawn": counts.withdrawn,
    }
    # Streamlit knows a choice by its label, and the count in the label changes: it is told the value anew.
    state["desk_state"] = state.get("desk_state", "submitted")
    wanted = st.radio(
        "Comments",
        list(TABS),
        format_func=lambda name: f"{TABS[name]} ({numbers[name]})",
        key="desk_state",
        horizontal=True,
    )
    desk_tools.rules()
    choice = desk_tools.choice(chosen)
    now = "what is waiting now" if wanted == "submitted" else "this list as it is now"
    st.button(f"Show {now}", key="desk_anew", on_click=moderation.close_list)
    opening, listed = moderation.opened_list(chosen, State(wanted), **choice)
    part = part_of(len(listed), PER_PAGE)
    if part.pages > 1:
        number = st.pagination(part.pages, key=f"desk_page_{opening}")
        part = part_of(len(listed), PER_PAGE, number)
    with reading(house.engine) as db:
        comments = comments_for_desk(db, member.actor, part.of(listed))
    if not comments:
        st.html('<div class="doc"><p>No comment is in this list.</p></div>')
    here = moderation.shown(hearings[chosen], comments, State(wanted))
    if comments:
        desk_bulk.show(here)
    for place, one in enumerate(comments, part.offset + 1):
        moderation.show(one, names, here, place=place, hearing=hearings[chosen])
    second_reading.show(hearings[chosen], names)
    slots.show(chosen, hearings[chosen].time_zone)
    desk_tools.exports(chosen, counts.received)


if member is None:
    st.html(
        '<div class="doc"><p>This page is for members of staff.</p>'
        '<p><a href="/sign-in">Sign in</a></p></div>'
    )
else:
    desk_menu.show(member.actor)
    if may(member.actor, Act.READ_UNPUBLISHED_COMMENTS):
        desk()
    corrections_desk.near(member.actor)
    if may(member.actor, Act.CARRY_OUT_AUDITS) or may(member.actor, Act.ANSWER_AUDITS):
        supervision_desk.near(member.actor)
    if may(member.actor, Act.INVITE_STAFF):
        staff.show(member.actor)
