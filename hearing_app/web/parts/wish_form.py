"""Asking to speak: one question, and what a hearing must know only of those who wish to."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from hearing_app.hearings.comments.draft import LIMITS
from hearing_app.hearings.comments.speaking import Asked, Wish
from hearing_app.hearings.vocabulary import LANGUAGES, Speaking

DETAILS = ("interpreter", "interpreter_language", "access_needs", "first_time")
LABELS = {
    "speaking": "I would like to speak in the hearing",
    "interpreter": "I need an interpreter",
    "interpreter_language": "Which language do you speak?",
    "access_needs": "What do you need to take part?",
    "first_time": "Is it your first time at a hearing?",
}
# Nobody has to say: what was not said is neither yes nor no.
FIRST_TIME: dict[str, bool | None] = {"": None, "yes": True, "no": False}
_WORDS = {"": "I would rather not say", "yes": "Yes", "no": "No"}


def first_of(name: str) -> object:
    """Return what a field holds before anybody has touched it."""
    return {"speaking": str(Speaking.NO), "interpreter": False}.get(name, "")


def show_question(prefix: str) -> None:
    """Show whether somebody wishes to speak; everything else follows from it."""
    st.radio(
        f"{LABELS['speaking']}\nOptional. Only facilitators read what you say about it.",
        [str(value) for value in Speaking],
        format_func=lambda value: Speaking(value).label,
        key=f"{prefix}_speaking",
    )


def show_details(prefix: str, below: Callable[[str], None] = lambda _name: None) -> None:
    """Show what else is asked of those who wish to speak; none of it is needed.

    ``below`` shows what is to stand under a field, such as its fault.
    """
    st.checkbox(LABELS["interpreter"], key=f"{prefix}_interpreter")
    if st.session_state.get(f"{prefix}_interpreter"):
        st.selectbox(
            LABELS["interpreter_language"],
            list(LANGUAGES),
            format_func=lambda tag: LANGUAGES[tag] if tag else "Choose one",
            key=f"{prefix}_interpreter_language",
        )
    below("interpreter")
    below("interpreter_language")
    st.text_area(
        f"{LABELS['access_needs']}\nOptional: a step-free way, sign language, a break. Only facilitators "
        f"read it, and it is erased after the hearing. At most {LIMITS['access_needs']} characters.",
        key=f"{prefix}_access_needs",
        height=80,
    )
    below("access_needs")
    st.radio(
        f"{LABELS['first_time']}\nOptional. It can bring you forward on the agenda.",
        list(FIRST_TIME),
        format_func=_WORDS.__getitem__,
        key=f"{prefix}_first_time",
    )
    below("first_time")


def values_of(wish: Wish | None) -> dict[str, object]:
    """Return what the fields hold for a wish that was stated before."""
    if wish is None:
        return {name: first_of(name) for name in ("speaking", *DETAILS)}
    first_time = next(text for text, value in FIRST_TIME.items() if value is wish.first_time)
    return {
        "speaking": wish.how,
        "interpreter": wish.interpreter,
        "interpreter_language": wish.interpreter_language,
        "access_needs": wish.access_needs,
        "first_time": first_time,
    }


def asked(values: dict[str, object]) -> Asked:
    """Return the wish that fields make; what belongs to no wish is left out."""
    how = str(values.get("speaking") or Speaking.NO)
    if how == Speaking.NO:
        return Asked()
    needs_one = bool(values.get("interpreter"))
    return Asked(
        how,
        needs_one,
        str(values.get("interpreter_language") or "") if needs_one else "",
        str(values.get("access_needs") or ""),
        FIRST_TIME[str(values.get("first_time") or "")],
    )
