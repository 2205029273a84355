"""The ways from the desk to its other rooms: each for those who may do there what it is for."""

from __future__ import annotations

import streamlit as st

from hearing_app.people.permissions import Act, Actor, may
from hearing_app.web.pages import BY_NAME

ROOMS: tuple[tuple[str, str, Act], ...] = (
    ("sort_comments", "Themes: what comments are about", Act.SORT_COMMENTS),
    ("choose_statements", "Statements on which people vote", Act.CHOOSE_STATEMENTS),
    ("cards", "Paper cards: print, type, confirm", Act.ENTER_CARDS),
    ("prepare", "Prepare hearings: drafts, announcements, what came of them", Act.PREPARE_HEARINGS),
    ("publish", "Publishing desk: entries and their drafts", Act.READ_DESK_LOG),
    ("agenda", "Agenda of a hearing: who speaks when", Act.ARRANGE_AGENDA),
    ("answer", "Answers: what waits for one, and writing it", Act.WRITE_ANSWERS),
    ("requests", "Requests: what people ask your agency about themselves", Act.ANSWER_REQUESTS),
)
"""Page, the words of its link, and the act of which somebody must be allowed."""


def show(actor: Actor) -> None:
    """Show the links that are open to somebody."""
    for page, label, act in ROOMS:
        if may(actor, act):
            st.page_link(BY_NAME[page].view, label=label)
