"""What stands around every page: one stylesheet, one heading, refusals in one form, the foot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from hearing_app.documents.render import render, stylesheet
from hearing_app.documents.text import for_label
from hearing_app.errors import HearingError, Invalid, NotFound

READING_WIDTH = 720
# Whether the page that is being made has its first-level heading yet.
_HEADED = "frame_headed"


def style() -> None:
    """Give the page the stylesheet of the documents."""
    st.html(f"<style>{stylesheet()}</style>")


def heading(title: str) -> None:
    """Show the page's one first-level heading."""
    st.title(for_label(title), anchor=False)
    st.session_state[_HEADED] = True


@contextmanager
def refusals() -> Iterator[None]:
    """Show a refusal where the page would have been: what happened, what was kept, what to do next.

    A page has one heading, also when it is refused before it has shown its own.
    """
    st.session_state[_HEADED] = False
    try:
        yield
    except HearingError as error:
        if st.session_state[_HEADED]:
            refusal(error)
        elif isinstance(error, NotFound):
            heading("Nothing is published at this address")
            st.html(render("problem", problem=error))
        else:
            heading("This page cannot be shown now")
            refusal(error)


def refusal(error: HearingError) -> None:
    """Show a refusal as a notice with every fault in it."""
    faults = error.faults if isinstance(error, Invalid) else ()
    st.html(render("refusal", problem=error, faults=faults))


def foot(*, signed_in_as: str = "") -> None:
    """Show the foot of the page."""
    st.html(render("foot", signed_in_as=signed_in_as))
