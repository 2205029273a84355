"""One decision on several comments: those that are chosen in the list, with one reason, each whole or not."""

from __future__ import annotations

from typing import Any

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import undecided_html
from hearing_app.documents.moderation import outcomes_html
from hearing_app.errors import HearingError, Invalid
from hearing_app.hearings.moderation.deciding import Outcome, decide_many
from hearing_app.hearings.vocabulary import State
from hearing_app.store.engine import writing
from hearing_app.web.parts.actor import actor
from hearing_app.web.parts.moderation import CHOSEN, Shown, reason_fields, reason_given

_KEY, _DONE = "desk_bulk", "desk_bulk_done"
_BUTTONS = {
    State.PUBLISHED: "Publish those chosen",
    State.HELD: "Hold those chosen for review",
    State.REJECTED: "Do not publish those chosen",
}


def show(here: Shown) -> None:
    """Show the fields and buttons for the comments that are chosen on this page of the list."""
    seen = {
        one.comment_id: State(one.state)
        for one in here.comments
        if st.session_state.get(f"{CHOSEN}_{one.comment_id}")
    }
    with st.expander(f"Several at once: {len(seen)} chosen on this page", key="desk_bulk_panel"):
        done = st.session_state.get(_DONE)
        if isinstance(done, HearingError):
            st.html(undecided_html(done))
        elif done:
            st.html(outcomes_html(done))
        reason_fields(_KEY)
        for to, label in _BUTTONS.items():
            words = f"{label} ({len(seen)})" if seen else label
            st.button(words, key=f"{_KEY}_{to}", disabled=not seen, on_click=_decide, args=(seen, to))


def _decide(seen: dict[str, State], to: State) -> None:
    given: dict[str, Any] = {} if to is State.PUBLISHED else reason_given(_KEY)
    try:
        with writing(current().engine) as db:
            outcomes = decide_many(db, actor(), seen, to, **given)
    except HearingError as error:
        st.session_state[_DONE] = error
        return
    for comment_id in seen:
        st.session_state[f"{CHOSEN}_{comment_id}"] = False
    st.session_state[_DONE] = [_said(one) for one in outcomes]


def _said(one: Outcome) -> tuple[str, str, str]:
    if one.error is None:
        return one.comment_id, f"It {State(one.written.state).label}." if one.written else "", ""
    problems = [fault.problem for fault in one.error.faults] if isinstance(one.error, Invalid) else []
    return one.comment_id, " ".join([*problems, one.error.what]), one.error.next_step
