"""Typing a paper card: the fields that stand on it, in its order, and what they make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from hearing_app.documents.text import isolated
from hearing_app.hearings.comments.cards import Typed, read_day
from hearing_app.hearings.comments.draft import NAMES, Draft
from hearing_app.hearings.vocabulary import LANGUAGES, CommentType, Consent, Stance, Standing, Target
from hearing_app.registry.vocabulary import Term
from hearing_app.web.parts import wish_form

_WORDS = ("concern", "value_seen", "ask", "target_detail", "display_name")
_CHOSEN = ("target", "comment_type", "stance", "consent")
_NAMES = ("system_id", *_CHOSEN, *_WORDS, "standing", "language_declared", "speaking", *wish_form.DETAILS)


def show(systems: Mapping[str, str]) -> None:
    """Show the fields of a card; what was typed stays until it is kept."""
    st.text_input("Number of the card", key="card_number", placeholder="K-7XQ2M4PA")
    st.text_input(
        "Day on the card\nAs year, month and day: 2026-05-30. Empty where there is none: then today counts.",
        key="card_written_on",
    )
    if len(systems) > 1:
        st.selectbox(
            "System", list(systems), format_func=lambda name: isolated(systems[name]), key="card_system_id"
        )
    _choice("About", Target, "target")
    st.text_input(f"{NAMES['target_detail']}\nOptional.", key="card_target_detail")
    _choice("Kind", CommentType, "comment_type")
    for name in ("concern", "value_seen", "ask"):
        st.text_area(NAMES[name], key=f"card_{name}", height=110)
    _choice("View", Stance, "stance")
    st.multiselect(
        "Connection",
        [str(value) for value in Standing],
        format_func=lambda value: Standing(value).label,
        key="card_standing",
        placeholder="Choose as many as are ticked",
    )
    _choice("Who may read it", Consent, "consent")
    st.text_input(f"{NAMES['display_name']}\nOptional.", key="card_display_name")
    st.selectbox("Language", list(LANGUAGES), format_func=LANGUAGES.__getitem__, key="card_language_declared")
    wish_form.show_question("card")
    if st.session_state.get("card_speaking") not in (None, "no"):
        wish_form.show_details("card")


def typed(hearing_id: str, systems: Mapping[str, str], versions: Mapping[str, int]) -> Typed:
    """Return what was typed. What is not ticked on a card is what is most careful: no view, no name."""
    values = {name: st.session_state.get(f"card_{name}") for name in _NAMES}
    system_id = values["system_id"] or next(iter(systems))
    asked = wish_form.asked(values)
    texts: dict[str, Any] = {name: values[name] or "" for name in ("target", "comment_type", *_WORDS)}
    draft = Draft(
        draft_id="",
        hearing_id=hearing_id,
        system_id=system_id,
        system_version=versions[system_id],
        **texts,
        stance=values["stance"] or str(Stance.NO_VIEW),
        consent=values["consent"] or str(Consent.FACILITATORS_ONLY),
        standing=tuple(values["standing"] or ()),
        language_declared=values["language_declared"] or "",
        speaking=asked.how,
        interpreter=asked.interpreter,
        interpreter_language=asked.interpreter_language,
        access_needs=asked.access_needs,
        first_time=asked.first_time,
    )
    return Typed(draft, read_day(st.session_state.get("card_written_on") or ""))


def forget() -> None:
    """Empty the form, once a card is kept."""
    for name in ("number", "written_on", *_NAMES):
        st.session_state.pop(f"card_{name}", None)


def _choice(label: str, vocabulary: type[Term], name: str) -> None:
    st.selectbox(
        label,
        [str(value) for value in vocabulary],
        index=None,
        format_func=lambda value: vocabulary(value).label,
        key=f"card_{name}",
        placeholder="Nothing is ticked",
    )
