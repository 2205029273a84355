"""The pack that somebody has in the making: how far it is, stopping it, and fetching it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.pack.making import Making, Stage, making_of, stop
from hearing_app.documents.pack.progress import progress_html
from hearing_app.errors import HearingError
from hearing_app.hearings.hearing import Hearing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor

EVERY_SECONDS = 2.0
_SEEN, _PROBLEM = "pack_seen", "pack_problem"


def show(hearing: Hearing, names: Mapping[str, str]) -> None:
    """Show the reader's pack of a hearing, if there is one, and look again while something may change."""
    if problem := st.session_state.pop(_PROBLEM, None):
        frame.refusal(problem)
    made = _made(hearing)
    st.session_state[_SEEN] = made.stage if made else None
    if made is None:
        return
    st.header("Your pack", anchor=False)
    if made.stage.goes_on or made.stage is Stage.READY:
        _followed(hearing, names)
    else:
        st.html(progress_html(made, hearing, names))


def refuse(problem: HearingError) -> None:
    """Show a refusal where the pack would stand, when the page is drawn next."""
    st.session_state[_PROBLEM] = problem


@st.fragment(run_every=EVERY_SECONDS)
def _followed(hearing: Hearing, names: Mapping[str, str]) -> None:
    made = _made(hearing)
    if made is None or made.stage != st.session_state.get(_SEEN):
        # What stands beside it is another: the whole page is drawn anew.
        st.rerun()
    st.html(progress_html(made, hearing, names))
    if made.stage is Stage.READY:
        _fetch(made)
    is_ready = made.stage is Stage.READY
    st.button(
        "Remove this pack" if is_ready else "Stop making it",
        key="pack_stop",
        disabled=made.is_stopping,
        on_click=_stop,
        args=(made.pack_id,),
    )


def _fetch(made: Making) -> None:
    address = f"/desk/packs-made/{made.pack_id}"
    if actor().fresh:
        link = f'<a class="button" href="{address}">Fetch the pack</a>'
    else:
        on = f"/confirm?next=/pack%3Fhearing%3D{made.hearing_id}"
        link = f'To fetch it, <a href="{on}">please confirm first that it is you</a>.'
    st.html(f'<div class="doc"><p>{link}</p></div>')


def _made(hearing: Hearing) -> Making | None:
    return making_of(actor(), hearing.id, current().settings.data)


def _stop(pack_id: str) -> None:
    try:
        stop(actor(), pack_id)
    except HearingError as error:
        refuse(error)
