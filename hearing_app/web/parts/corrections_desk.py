"""Answering what was reported or contested: the form of each, for whoever answers for the entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.corrections import correction_status_html
from hearing_app.documents.text import for_label
from hearing_app.documents.words import plural
from hearing_app.errors import HearingError
from hearing_app.people.permissions import Act, Actor, may
from hearing_app.registry.corrections.answering import Answering, answer, suggests_showing, waiting_for
from hearing_app.registry.corrections.reading import Correction
from hearing_app.registry.corrections.vocabulary import Kind, Outcome
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading, writing
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor

state = st.session_state
LABELS = {
    "outcome": "What comes of it",
    "text": "The answer, which everybody can read",
    "version": "In which version of the entry was it changed? (0: in none)",
    "until": "By which day will you know?",
    "shows_words": "Show the words of the report beside the answer",
}

AT_ONCE = 20
"""Forms on the page: hundreds, as after a flood of reports, would not open any more."""


def near(speaker: Actor) -> None:
    """Say on the desk how many reports wait for this reader's answer, and lead to them."""
    if not may(speaker, Act.ANSWER_CORRECTIONS):
        return
    with reading(current().engine) as db:
        waiting = len(waiting_for(db, speaker))
    st.header("Reports on entries", anchor=False)
    said = "wait for your answer" if waiting != 1 else "waits for your answer"
    words = f"{plural(waiting, 'report')} {said}" if waiting else "No report waits for your answer"
    st.html(f'<div class="doc"><p>{words}.</p></div>')
    st.page_link(BY_NAME["corrections"].view, label="Corrections")


def show(waiting: Sequence[Correction], names: Mapping[str, str]) -> None:
    """Show everything that waits for this reader's answer, the oldest due day first."""
    if refused := state.pop("corrections_refusal", None):
        frame.refusal(refused, LABELS)
    _show_unsent(waiting)
    if not waiting:
        st.html('<div class="doc"><p>Nothing waits for your answer.</p></div>')
    for one in waiting[:AT_ONCE]:
        late = ", overdue" if one.is_overdue() else ""
        with st.expander(f"{one.correction_id}: {for_label(names.get(one.system_id, one.system_id))}{late}"):
            _form(one)
    if more := len(waiting[AT_ONCE:]):
        st.html(
            f'<div class="doc"><p>{plural(more, "more waits", "more wait")}, and will follow here.</p></div>'
        )


def _form(one: Correction) -> None:
    house, key = current(), _key(one)
    with reading(house.engine) as db:
        entry = entry_of(db, one.system_id, one.system_version).entry
    st.html(correction_status_html(one, entry, house.settings.backup_days))
    outcomes = [str(each) for each in Outcome if each is not Outcome.HANDED_OVER or one.kind is Kind.CLAIM]
    with st.form(key, border=False):
        st.selectbox(
            LABELS["outcome"], outcomes, format_func=lambda each: Outcome(each).label, key=f"{key}_outcome"
        )
        st.text_area(LABELS["text"], key=f"{key}_text")
        st.number_input(LABELS["version"], min_value=0, step=1, key=f"{key}_version")
        st.date_input(LABELS["until"], value=None, key=f"{key}_until")
        if not one.kind.is_of_a_body:
            st.checkbox(LABELS["shows_words"], value=suggests_showing(one), key=f"{key}_shows_words")
        st.form_submit_button("Answer", type="primary", on_click=_answer, args=(one, key))


def _key(one: Correction) -> str:
    return f"corrections_{one.correction_id}_{len(one.answers)}"


def _show_unsent(waiting: Sequence[Correction]) -> None:
    """Show what was refused because somebody else answered: its form is gone, its words are not."""
    unsent: tuple[str, str] | None = state.get("corrections_unsent")
    if unsent is None or unsent[0] in {_key(one) for one in waiting}:
        return
    st.html(
        '<div class="doc"><p>These words of yours were not sent. Copy what you still need of them:</p></div>'
    )
    st.code(unsent[1], language=None, wrap_lines=True)
    st.button("I need them no more", key="corrections_drop", on_click=state.pop, args=("corrections_unsent",))


def _answer(one: Correction, key: str) -> None:
    day = state.get(f"{key}_until")
    given = Answering(
        str(state[f"{key}_outcome"]),
        state[f"{key}_text"],
        state[f"{key}_version"] or None,
        datetime.combine(day, time(12), tzinfo=UTC) if day else None,
        bool(state.get(f"{key}_shows_words")),
    )
    try:
        with writing(current().engine) as db:
            answer(db, actor(), one.correction_id, given, seen=len(one.answers))
    except HearingError as error:
        state["corrections_refusal"] = error
        state["corrections_unsent"] = (key, given.text)
    else:
        state.pop("corrections_unsent", None)
