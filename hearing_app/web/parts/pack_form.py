"""Choosing what a pack takes of a hearing: which comments, and which columns of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from hearing_app.deployment import current, served_address
from hearing_app.documents.pack.making import begin, count_of, making_of
from hearing_app.documents.pack.progress import STATES, choice_from, language_in_words
from hearing_app.documents.pack.staff import STAFF_COMMENTS, Choice
from hearing_app.documents.text import for_label, isolated
from hearing_app.documents.words import number, plural
from hearing_app.errors import HearingError, Invalid
from hearing_app.hearings.comments.lists import languages_of, tally
from hearing_app.hearings.comments.themes import themes_of
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.vocabulary import CommentType, State
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame, pack_progress
from hearing_app.web.parts.actor import actor

state = st.session_state
LABELS = {"since": "From day", "until": "Up to day", "column": "Columns"}
_ALL_COLUMNS = "pack_all_columns"


def show(hearing: Hearing, names: Mapping[str, str]) -> None:
    """Show the form, how many comments it takes, and the button that makes the pack."""
    me, house = actor(), current()
    st.header("Make a pack", anchor=False)
    st.html(
        '<div class="doc"><p>One file with the briefing, a workbook, the comments in three forms, and the '
        "open data. What you choose here says which comments stand in the workbook and in the comments’ "
        "files; the briefing and the open data always hold all that is published.</p></div>"
    )
    if not me.fresh:
        on = f"/confirm?next=/pack%3Fhearing%3D{hearing.id}"
        st.html(
            '<div class="doc"><p>The pack holds words that are not public. To make one, '
            f'<a href="{on}">please confirm first that it is you</a>.</p></div>'
        )
        return
    _fields(hearing, names)
    choice, received = None, 0
    try:
        choice = _choice()
        with reading(house.engine) as db:
            taken, received = count_of(db, me, hearing.id, choice), tally(db, hearing.id).received
        st.html(
            f'<div class="doc" role="status"><p class="lead">This takes <strong>{number(taken)}</strong> of '
            f"{plural(received, 'comment')}.</p></div>"
        )
    except Invalid as error:
        frame.refusal(error, LABELS)
    made = making_of(me, hearing.id, house.settings.data)
    goes_on = made is not None and made.stage.goes_on
    st.button(
        "Your pack is being made" if goes_on else "Make the pack",
        type="primary",
        key="pack_make",
        disabled=choice is None or goes_on,
        on_click=_begin,
        args=(hearing.id, choice),
    )


def forget() -> None:
    """Forget what was chosen for another hearing."""
    for key in [one for one in state if str(one).startswith("pack_") and one != "pack_hearing"]:
        del state[key]


def _fields(hearing: Hearing, names: Mapping[str, str]) -> None:
    with reading(current().engine) as db:
        languages, themes = languages_of(db, actor(), hearing.id), themes_of(db, hearing.id)
    st.caption("Leave a field empty to take all.")
    _several("State", "state", [str(one) for one in STATES], lambda one: STATES[State(one)])
    if len(hearing.systems) > 1:
        _several("System", "system", hearing.systems, lambda one: isolated(names.get(one, one)))
    _several("Kind", "kind", [str(one) for one in CommentType], lambda one: CommentType(one).label)
    _several("Language", "language", languages, language_in_words)
    if themes:
        _several("Theme", "theme", [one.name for one in themes], isolated)
    with st.container(horizontal=True):
        st.date_input(f"{LABELS['since']} (optional)", value=None, format="YYYY-MM-DD", key="pack_since")
        st.date_input(f"{LABELS['until']} (optional)", value=None, format="YYYY-MM-DD", key="pack_until")
    st.caption("The day on which a comment arrived, in UTC; both days are included.")
    st.checkbox("Take every column of the comments", value=True, key=_ALL_COLUMNS)
    if not state[_ALL_COLUMNS]:
        with st.expander("Columns to take", expanded=True, key="pack_columns"):
            for column in STAFF_COMMENTS:
                label = f"{for_label(column.meaning)} `{column.name}`"
                st.checkbox(label, value=True, key=f"pack_column_{column.name}")


def _several(label: str, name: str, values: object, words: Callable[[str], str]) -> None:
    st.multiselect(label, values, format_func=words, key=f"pack_{name}", placeholder="All")  # type: ignore[call-overload]  # any sequence of texts


def _choice() -> Choice:
    """Return what is chosen now. Raises ``Invalid`` for days that hold nothing, and for no column at all."""
    columns = None
    if not state[_ALL_COLUMNS]:
        columns = [one.name for one in STAFF_COMMENTS if state[f"pack_column_{one.name}"]]
    lists = {
        name: state.get(f"pack_{name}") or () for name in ("state", "system", "kind", "language", "theme")
    }
    return choice_from(lists, columns, since=state.get("pack_since"), until=state.get("pack_until"))


def _begin(hearing_id: str, choice: Choice) -> None:
    house = current()
    try:
        begin(
            house.engine,
            actor(),
            hearing_id,
            choice,
            data=house.settings.data,
            base=served_address(house.settings).rstrip("/"),
            checkpoint=house.checkpoint,
        )
    except HearingError as error:
        pack_progress.refuse(error)
