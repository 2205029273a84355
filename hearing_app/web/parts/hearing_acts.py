"""What is done with a hearing that is announced: saying that it was held, following up, cancelling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

import streamlit as st
from sqlalchemy import Connection

from hearing_app.deployment import current
from hearing_app.documents.text import for_label
from hearing_app.errors import HearingError
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life.announcing import LONGEST_REASON, cancel, may_be_cancelled
from hearing_app.hearings.life.heard import follow_up, mark_heard
from hearing_app.hearings.life.stages import Deed, is_possible, stage
from hearing_app.people.permissions import Actor
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts.actor import actor as actor_now

state = st.session_state


class DraftAct(Protocol):
    """An act on a draft that asks for nothing more."""

    def __call__(self, db: Connection, actor: Actor, draft_id: str, /, *, revision: int) -> object:
        """Do it."""


PROBLEM, SAID = "prepare_problem", "prepare_said"
# Which hearing is chosen now: a page that is clicked may still be that of the choice before.
_CHOSEN = "prepare_announced"


def show(hearings: dict[str, Hearing]) -> None:
    """Choose an announced hearing, and show what can be done with it now."""
    chosen = st.selectbox(
        "Announced hearing",
        list(hearings),
        format_func=lambda name: for_label(hearings[name].title),
        key=_CHOSEN,
    )
    hearing = hearings[chosen]
    with reading(current().engine) as db:
        here = stage(db, hearing)
        heard = is_possible(db, hearing, Deed.MARK_HEARD)
        follows = is_possible(db, hearing, Deed.FOLLOW_UP)
    st.html(f'<div class="doc"><p>It is at the stage “{here.label}”.</p></div>')
    if heard:
        _noting("heard", "Say that it was held", mark_heard)
    if follows:
        _noting("followed", "Say what came of it", follow_up)
    if may_be_cancelled(here):
        with st.expander("Cancel this hearing"):
            st.text_area(
                "Why it is cancelled\nIt stands in public, and so do the comments that are there. "
                f"At most {LONGEST_REASON} characters.",
                key="prepare_cancel_reason",
                height=90,
            )
            st.button("Cancel the hearing", key="prepare_cancel", on_click=_cancel)
    elif not (heard or follows):
        st.html('<div class="doc"><p>Nothing can be done with it here now.</p></div>')


def _noting(name: str, label: str, act: Callable[..., None]) -> None:
    with st.expander(label):
        st.text_input("On which day\nSuch as 2027-05-03.", key=f"prepare_{name}_on")
        st.text_area("Note\nEverybody can read it.", key=f"prepare_{name}_note", height=110)
        st.button(label, key=f"prepare_{name}", on_click=_note, args=(name, act))


def _note(name: str, act: Callable[..., None]) -> None:
    hearing_id = state[_CHOSEN]
    typed, note = state[f"prepare_{name}_on"].strip(), state[f"prepare_{name}_note"]
    try:
        on = date.fromisoformat(typed)
    except ValueError:
        # A day before every hearing: the act names it as a fault, and says which days fit.
        on = date.min
    if _done(lambda db: act(db, actor_now(), hearing_id, on=on, note=note), "It is noted."):
        state[f"prepare_{name}_on"] = state[f"prepare_{name}_note"] = ""


def _cancel() -> None:
    hearing_id, reason = state[_CHOSEN], state["prepare_cancel_reason"]
    if _done(lambda db: cancel(db, actor_now(), hearing_id, reason), "The hearing is cancelled."):
        state["prepare_cancel_reason"] = ""


def _done(act: Callable[[Connection], Any], said: str) -> bool:
    try:
        with writing(current().engine) as db:
            act(db)
    except HearingError as error:
        state[PROBLEM] = error
        return False
    state[SAID] = said
    return True
