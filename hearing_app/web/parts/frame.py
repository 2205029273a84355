"""What stands around every page: one stylesheet, one heading, refusals in one form, the foot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from hearing_app.deployment import current
from hearing_app.documents.record import foot_html
from hearing_app.documents.render import render, stylesheet
from hearing_app.documents.text import for_label, isolated
from hearing_app.errors import HearingError, Invalid, NotFound
from hearing_app.web import charts

READING_WIDTH = 720
# Whether the page that is being made has its first-level heading yet.
_HEADED = "frame_headed"


def style() -> None:
    """Give the page the stylesheet of the documents."""
    st.html(f"<style>{stylesheet()}</style>")


def heading(title: str) -> None:
    """Show the page's one first-level heading, and name the browser's tab after it."""
    st.set_page_config(page_title=f"{isolated(title)} · Hearing")
    st.title(for_label(title), anchor=False)
    st.session_state[_HEADED] = True


def phone_navigation(pages: Sequence[StreamlitPage]) -> None:
    """Show the pages as plain links; the stylesheet shows them on small screens, in place of the header.

    There Streamlit folds its navigation into a drawer that stays open over the page that was chosen.
    """
    with st.container(horizontal=True, key="phone_nav"):
        for page in pages:
            st.page_link(page, label=for_label(page.title))


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
            heading(error.heading or "Nothing is published at this address")
            st.html(render("problem", problem=error))
        else:
            heading(error.heading or "This page cannot be shown now")
            refusal(error)


def refusal(error: HearingError, labels: Mapping[str, str] | None = None) -> None:
    """Show a refusal as a notice with every fault in it; ``labels`` says how a form calls its fields."""
    faults = error.faults if isinstance(error, Invalid) else ()
    # A label may have a hint in its second line, which would stand in the middle of the sentence.
    named = [((labels or {}).get(fault.field, "").partition("\n")[0], fault) for fault in faults]
    st.html(render("refusal", problem=error, faults=named))


def colours() -> charts.Colours:
    """Return the colours of charts in the reader's theme."""
    return charts.DARK if st.context.theme.type == "dark" else charts.LIGHT


def foot(*, signed_in_as: str = "") -> None:
    """Show the foot of the page."""
    st.html(foot_html(current().checkpoint_for_foot(), signed_in_as=signed_in_as))
