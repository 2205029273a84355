"""The desk of themes: naming them, putting comments in and out, and what a program suggests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from sqlalchemy import Connection

from hearing_app.deployment import current
from hearing_app.documents.hearings import comments_html
from hearing_app.documents.text import for_label, isolated
from hearing_app.documents.words import plural
from hearing_app.errors import HearingError
from hearing_app.hearings.comments.lists import published_by_number, published_comments
from hearing_app.hearings.comments.themes import Theme, name_theme, sort_comments, suggestions, themes_of
from hearing_app.hearings.hearing import Hearing
from hearing_app.registry.published import names_of_systems
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor

_SUGGESTED = 5
state = st.session_state


def show(hearing: Hearing) -> None:
    """Show a hearing's themes, and what can be done with them."""
    if refused := state.pop("themes_refusal", None):
        frame.refusal(refused, {"name": "The name of the theme"})
    with reading(current().engine) as db:
        themes = themes_of(db, hearing.id)
        everyone = [one.comment_id for one in published_comments(db, hearing.id)]
    with st.form("themes_new", border=False):
        st.text_input("A new theme, in a few words", key="themes_name", icon="", placeholder="")
        st.form_submit_button("Make it", type="primary", on_click=_make, args=(hearing.id,))
    for one in themes:
        _theme(hearing, one, everyone)
    _suggested(hearing, themes)


def _theme(hearing: Hearing, one: Theme, everyone: Sequence[str]) -> None:
    title = f"{isolated(one.name)}: {plural(len(one.comment_ids), 'comment')}"
    key = f"themes_{hearing.id}_{one.theme_id}"
    with st.expander(for_label(title), key=f"{key}_panel"):
        with reading(current().engine) as db:
            comments = published_by_number(db, hearing.id, one.comment_ids)
            names = names_of_systems(db)
        st.html(comments_html(comments, names, zone=hearing.time_zone, empty="No comment is in it yet."))
        others = [comment_id for comment_id in everyone if comment_id not in one.comment_ids]
        st.multiselect("Put these comments into it", others, key=f"{key}_into")
        st.multiselect("Take these out of it", list(one.comment_ids), key=f"{key}_out")
        st.button("Change the theme", key=f"{key}_sort", on_click=_sort, args=(hearing.id, one.theme_id, key))
        st.text_input("Another name", key=f"{key}_name", icon="", placeholder="")
        st.button("Rename it", key=f"{key}_rename", on_click=_rename, args=(hearing.id, one.theme_id, key))


def _suggested(hearing: Hearing, themes: Sequence[Theme]) -> None:
    st.header("Suggestions", anchor=False)
    with reading(current().engine) as db:
        found = suggestions(db, hearing.id)[:_SUGGESTED]
        names = names_of_systems(db)
    if not found:
        st.html(
            '<div class="doc"><p>None now: too few comments are without a theme, or they have too few words '
            "in common.</p></div>"
        )
        return
    st.html(
        '<div class="doc"><p>A program found words that go together in comments without a theme. It knows '
        "nothing of what they mean: read them before you use it.</p></div>"
    )
    called = {str(theme.theme_id): theme.name for theme in themes}
    for place, (one, comments) in enumerate(found):
        words = ", ".join(one.words)
        with st.expander(
            for_label(f"{words}: {plural(len(comments), 'comment')}"), key=f"themes_hint_{place}"
        ):
            st.html(comments_html(comments[:10], names, zone=hearing.time_zone))
            choices = ["", *(str(theme.theme_id) for theme in themes)]
            st.selectbox(
                "Put them into",
                choices,
                format_func=lambda value: isolated(called[value]) if value else "Choose a theme",
                key=f"themes_hint_{place}_theme",
            )
            ids = [comment.comment_id for comment in comments]
            st.button(
                f"Put all {len(ids)} into it",
                key=f"themes_hint_{place}_take",
                on_click=_take,
                args=(hearing.id, place, ids),
            )


def _do(act: Callable[[Connection], object]) -> None:
    """Carry out an act of this page, and show its refusal at the next run."""
    try:
        with writing(current().engine) as db:
            act(db)
    except HearingError as error:
        state["themes_refusal"] = error


def _make(hearing_id: str) -> None:
    name = state.get("themes_name", "")
    _do(lambda db: name_theme(db, actor(), hearing_id, name))
    if "themes_refusal" not in state:
        state["themes_name"] = ""


def _rename(hearing_id: str, number: int, key: str) -> None:
    name = state.get(f"{key}_name", "")
    _do(lambda db: name_theme(db, actor(), hearing_id, name, number=number))


def _sort(hearing_id: str, number: int, key: str) -> None:
    into, out_of = state.get(f"{key}_into", ()), state.get(f"{key}_out", ())
    _do(lambda db: sort_comments(db, actor(), hearing_id, number, into=into, out_of=out_of))


def _take(hearing_id: str, place: int, ids: Sequence[str]) -> None:
    if number := state.get(f"themes_hint_{place}_theme", ""):
        _do(lambda db: sort_comments(db, actor(), hearing_id, int(number), into=ids))
