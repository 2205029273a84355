"""Second readings at the desk: one decided comment at a time, without what was decided on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import desk_html, undecided_html
from hearing_app.documents.moderation import differences_html
from hearing_app.errors import HearingError
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation import reviews
from hearing_app.hearings.moderation.moves import REASONS
from hearing_app.hearings.vocabulary import Reason, State
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts.actor import actor

_PROBLEM = "review_problem"
_LABELS = {
    State.PUBLISHED: "I would publish it",
    State.HELD: "I would hold it back",
    State.REJECTED: "I would not publish it",
}


def show(hearing: Hearing, names: Mapping[str, str]) -> None:
    """Show the way to a draw, the next comment to read again, and where readers differed."""
    me = actor()
    with reading(current().engine) as db:
        rounds = reviews.rounds_of(db, hearing.id)
        one = reviews.next_reading(db, me, hearing.id)
        found = reviews.differences(db, me, hearing.id)
    st.header("Second readings", anchor=False)
    with st.expander("Read decided comments again, without what was decided", key="review_panel"):
        if problem := st.session_state.pop(_PROBLEM, None):
            st.html(undecided_html(problem))
        is_fixed = bool(rounds) and rounds[-1].drawn_at is None
        act, label = (
            (reviews.draw, "Draw the sample with the seed that was fixed")
            if is_fixed
            else (reviews.announce, "Fix the seed of the next draw, and publish its hash")
        )
        st.button(label, key="review_next", on_click=_do, args=(lambda db, who: act(db, who, hearing.id),))
        if one is None:
            st.html('<div class="doc"><p>No comment waits to be read again by you.</p></div>')
        else:
            st.html(desk_html(one, names, zone=hearing.time_zone))
            st.selectbox(
                "Reason, where you would hold it or not publish it",
                ["", *(str(reason) for reason in REASONS)],
                format_func=lambda value: Reason(value).label if value else "Choose one",
                key=f"review_{one.comment_id}_reason",
            )
            for to, words in _LABELS.items():
                st.button(
                    words, key=f"review_{one.comment_id}_{to}", on_click=_read, args=(one.comment_id, to)
                )
        st.html(differences_html(found))


def _read(comment_id: str, to: State) -> None:
    reason = st.session_state.get(f"review_{comment_id}_reason", "")
    _do(lambda db, me: reviews.read(db, me, comment_id, to, reason_id=reason))


def _do(act: Callable[..., Any]) -> None:
    try:
        with writing(current().engine) as db:
            act(db, actor())
    except HearingError as error:
        st.session_state[_PROBLEM] = error
