"""Beside the desk's list: the rules, always in reach; what of the list is shown; the keys; the exports."""

from __future__ import annotations

from typing import Any

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.moderation import rules_html
from hearing_app.documents.text import isolated
from hearing_app.documents.words import plural
from hearing_app.hearings.comments.lists import WITHOUT_THEME, Only, languages_of
from hearing_app.hearings.comments.themes import themes_of
from hearing_app.hearings.vocabulary import LANGUAGES
from hearing_app.store.engine import reading
from hearing_app.web.parts.actor import actor
from hearing_app.web.parts.moderation import KEYS, SHORTCUTS


def rules() -> None:
    """Show the rules, folded, in a place that stays in sight while the list is read."""
    with (
        st.container(key="desk_rules"),
        st.expander("The rules of moderation, and keys", key="desk_rules_panel"),
    ):
        st.html(rules_html())
        keys = "; ".join(f"{key}: {words}" for key, words in SHORTCUTS.values())
        st.html(f'<div class="doc"><h2>Keys</h2><p>{keys}.</p></div>')
        st.checkbox("Use these keys", value=True, key=KEYS)


def choice(hearing_id: str) -> dict[str, Any]:
    """Ask which comments of the list are shown, and return the answer."""
    second_look = st.checkbox(
        "Only those that need a second look: they hold what looks like personal data", key="desk_second_look"
    )
    with reading(current().engine) as db:
        languages = languages_of(db, actor(), hearing_id)
        themes = {one.theme_id: one.name for one in themes_of(db, hearing_id)}
    with st.container(horizontal=True):
        only = st.selectbox("Show", list(Only), format_func=lambda value: Only(value).label, key="desk_only")
        language = st.selectbox(
            "Language",
            ["", *languages],
            format_func=lambda tag: (
                LANGUAGES.get(tag, "Could not be told" if tag == "und" else tag) if tag else "Any"
            ),
            key="desk_language",
        )
        theme = st.selectbox(
            "Theme",
            [None, WITHOUT_THEME, *themes],
            format_func=lambda one: (
                "Any" if one is None else isolated(themes[one]) if one in themes else "Without a theme"
            ),
            key=f"desk_theme_{hearing_id}",
        )
    chosen = {"second_look": second_look, "only": Only(only or Only.ALL), "language": language or ""}
    return {**chosen, "theme": theme}


def exports(hearing_id: str, received: int) -> None:
    """Show the ways to take away every comment, and the log of moderation."""
    st.header("Export", anchor=False)
    links = " · ".join(
        f'<a href="/desk/exports/{hearing_id}{end}" download>{words}</a>'
        for end, words in (
            (".csv", "CSV, for reading in a spreadsheet"),
            (".xlsx", "XLSX, typed cells"),
            (".jsonl", "JSON Lines, exactly as written"),
            ("-moderation.csv", "The log of moderation (CSV)"),
        )
    )
    st.html(
        '<div class="doc"><p>For the preparation: '
        f'<a href="/pack?hearing={hearing_id}">the whole pack, in one file</a>: choose what is in it · '
        f'<a href="/desk/briefings/{hearing_id}">the briefing, to read or print</a> · '
        f'<a href="/desk/briefings/{hearing_id}.docx" download>the briefing as a Word document</a></p></div>'
    )
    st.html(
        f'<div class="doc"><p>All {plural(received, "comment")} of this hearing, with what is not '
        f"public. Handle them with care.</p><p>{links}</p>"
        f'<p><a href="/moderation?hearing={hearing_id}">What the public reads about moderation</a></p></div>'
    )
