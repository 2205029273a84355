"""Below a comment on the desk: its files to look at and decide on, its wish to speak, its translations."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.comment_record import desk_record, translations_html
from hearing_app.documents.hearings import undecided_html
from hearing_app.errors import HearingError
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.files import REASONS, FileState, Kept, files_of, screen
from hearing_app.hearings.comments.speaking import wishes
from hearing_app.hearings.comments.translations import FIELDS, check, translate, translations_of
from hearing_app.hearings.vocabulary import LANGUAGES, Reason
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts.actor import actor

_LABELS = {"concern": "What they say", "value_seen": "What they see as useful", "ask": "What they ask"}


def show(one: Comment, zone: str) -> None:
    """Show what belongs to a comment beside its words, with the decisions on it."""
    if not one.has_words:
        return
    with reading(current().engine) as db:
        kept = files_of(db, [one.comment_id]).get(one.comment_id, [])
        wish = next((w for w in wishes(db, actor(), one.hearing_id) if w.comment_id == one.comment_id), None)
        made = translations_of(db, [one.comment_id], checked_only=False).get(one.comment_id, [])
    if wish or kept:
        st.html(desk_record(wish, kept, zone))
    for file in kept:
        _decisions(file)
    if made:
        st.html(f'<div class="doc">{translations_html(made)}</div>')
    for translation in made:
        if not translation.is_checked:
            st.button(
                f"The translation into {translation.language} is right",
                key=f"check_{one.comment_id}_{translation.language}",
                on_click=_do,
                args=(one.comment_id, check, one.comment_id, translation.language),
                disabled=translation.made_by == actor().name,
            )
    with st.expander(f"Translate {one.comment_id}", key=f"translate_{one.comment_id}_panel"):
        _translating(one)
    if problem := st.session_state.pop(f"beside_{one.comment_id}", None):
        st.html(undecided_html(problem))


def _decisions(file: Kept) -> None:
    key = f"file_{file.file_id}"
    if file.state != FileState.PUBLISHED:
        st.button(
            f"Make file {file.number} of {file.comment_id} public",
            key=f"{key}_publish",
            on_click=_screen,
            args=(file, FileState.PUBLISHED),
        )
    if file.state != FileState.REFUSED:
        st.selectbox(
            f"Why not file {file.number} of {file.comment_id}",
            ["", *(str(reason) for reason in REASONS)],
            format_func=lambda value: Reason(value).label if value else "Choose a reason",
            key=f"{key}_reason",
        )
        st.button(
            f"Do not make file {file.number} of {file.comment_id} public",
            key=f"{key}_refuse",
            on_click=_screen,
            args=(file, FileState.REFUSED),
        )


def _translating(one: Comment) -> None:
    key = f"translate_{one.comment_id}"
    tags = [tag for tag in LANGUAGES if tag and tag != one.language]
    st.selectbox("Into which language", tags, format_func=LANGUAGES.__getitem__, key=f"{key}_language")
    for name in FIELDS:
        if getattr(one, name).strip():
            st.text_area(_LABELS[name], key=f"{key}_{name}", height=110)
    st.text_input("A program that helped, with its version. Optional", key=f"{key}_machine")
    st.button(f"Keep the translation of {one.comment_id}", key=f"{key}_keep", on_click=_keep, args=(one,))


def _keep(one: Comment) -> None:
    key, state = f"translate_{one.comment_id}", st.session_state
    texts = {name: state.get(f"{key}_{name}", "") for name in FIELDS}
    machine = state.get(f"{key}_machine", "")
    _do(one.comment_id, translate, one.comment_id, state[f"{key}_language"], texts, machine=machine)


def _screen(file: Kept, to: FileState) -> None:
    reason = "" if to is FileState.PUBLISHED else st.session_state.get(f"file_{file.file_id}_reason", "")
    _do(file.comment_id, screen, file.file_id, str(to), reason)


def _do(comment_id: str, act, *given: object, **more: object) -> None:  # type: ignore[no-untyped-def]  # any act
    try:
        with writing(current().engine) as db:
            act(db, actor(), *given, **more)
    except HearingError as error:
        st.session_state[f"beside_{comment_id}"] = error
