"""The form of an appeal, on the author's page behind the receipt."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import undecided_html
from hearing_app.errors import HearingError
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.moderation import appeals
from hearing_app.store.engine import reading
from hearing_app.web.parts.actor import address

_KEY, _PROBLEM = "my_appeal", "my_appeal_problem"


def show(found: Comment, receipt: str) -> None:
    """Offer an appeal where a decision stands that can still be appealed against."""
    problem = st.session_state.pop(_PROBLEM, None)
    with reading(current().engine) as db:
        decision = appeals.decision_on(db, found, hearing_of(db, found.hearing_id))
    if problem is not None:
        st.html(undecided_html(problem))
    if decision is None or decision.appealed:
        return
    st.text_area(
        f"What you have against the decision. Up to {appeals.LONGEST} characters",
        key=f"{_KEY}_words",
        height=120,
    )
    st.button("Send my appeal", key=f"{_KEY}_send", on_click=_send, args=(receipt,))


def _send(receipt: str) -> None:
    house = current()
    try:
        words = st.session_state.get(f"{_KEY}_words", "")
        appeals.make(house.engine, house.key, receipt, words, address())
    except HearingError as error:
        st.session_state[_PROBLEM] = error
