"""Preparing hearings: the drafts, and one of them with its form, its faults and its preview."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.preparing import drafts_html, log_html, look_html, preview_html
from hearing_app.documents.text import for_label
from hearing_app.errors import HearingError
from hearing_app.hearings.hearing import all_hearings
from hearing_app.hearings.life.announcing import LONGEST_REASON, Look, announce, look_at, present_versions
from hearing_app.hearings.life.drafts import (
    Draft,
    DraftState,
    begin,
    discard,
    draft_of,
    drafts,
    follow,
    keep_as_own,
    log_of,
)
from hearing_app.people.permissions import Actor
from hearing_app.registry.published import names_of_systems
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import frame, hearing_acts, hearing_form
from hearing_app.web.parts.actor import actor as actor_now
from hearing_app.web.parts.hearing_held import Held, gather, held

state = st.session_state


def show(actor: Actor) -> None:
    """Show the drafts, what can be begun, and what can be done with hearings that are announced."""
    with reading(current().engine) as db:
        listed = drafts(db, actor)
        hearings = {one.id: one for one in all_hearings(db)}
    if problem := state.pop(hearing_acts.PROBLEM, None):
        frame.refusal(problem, hearing_form.LABELS)
    if said := state.pop(hearing_acts.SAID, ""):
        st.success(said)
    st.html(drafts_html(listed, actor.name))
    st.header("Begin a draft", anchor=False)
    with st.container(width=frame.READING_WIDTH):
        st.selectbox(
            "Of which hearing",
            ["", *hearings],
            format_func=lambda name: (
                f"A change to: {for_label(hearings[name].title)}" if name else "A new hearing"
            ),
            key="prepare_of",
        )
        st.button("Begin", type="primary", key="prepare_begin", on_click=_begin)
        if hearings:
            st.header("Hearings that are announced", anchor=False)
            hearing_acts.show(hearings)


def show_draft(actor: Actor, draft_id: str) -> None:
    """Show one draft: to write, to preview and to announce."""
    with reading(current().engine) as db:
        draft = draft_of(db, actor, draft_id)
        present, names = present_versions(db), names_of_systems(db)
        log = log_of(db, actor, draft_id)
    mine = held(draft)
    st.page_link("views/prepare.py", label="All drafts of hearings")
    if draft.state is DraftState.DRAFTED:
        gather(mine, present)
        _write(draft, mine, names)
    else:
        st.header(for_label(draft.name), anchor=False)
        link = f' <a href="/hearing?id={draft.hearing_id}">Its page</a>' if draft.version else ""
        st.html(f'<div class="doc"><p>{draft.state.label}.{link}</p></div>')
    with st.expander("What was done with this draft"):
        st.html(log_html(log, actor.name))


def _write(draft: Draft, mine: Held, names: dict[str, str]) -> None:
    st.header(for_label(mine.form["title"].strip() or draft.name), anchor=False)
    with reading(current().engine) as db:
        look = look_at(db, draft, mine.form, reason=mine.reason)
    with hearing_form.kept_place():
        if mine.problem:
            frame.refusal(mine.problem, hearing_form.LABELS)
        if mine.is_stale:
            with st.container(horizontal=True):
                st.button("Open their text", key="prepare_theirs", on_click=_theirs, args=(mine,))
                st.button("Keep mine as a draft of its own", key="prepare_own", on_click=_own, args=(mine,))
    with st.container(width=frame.READING_WIDTH):
        hearing_form.show(mine, look, names)
        if draft.hearing_id:
            st.subheader("Why it changes", anchor=False)
            st.text_area(
                f"What changed, and why\nIt stands in public. At most {LONGEST_REASON} characters.",
                value=mine.reason,
                key=mine.key("reason"),
                height=90,
            )
    st.html(look_html(look, hearing_form.LABELS))
    _preview(look, names, draft)
    with st.container(horizontal=True):
        label = "Publish this change" if draft.hearing_id else "Announce this hearing"
        st.button(label, type="primary", key="prepare_announce", on_click=_announce, args=(mine,))
        st.button("Lay this draft aside", key="prepare_discard", on_click=_discard, args=(mine,))
        if draft.hearing_id:
            st.button("Follow the newest version", key="prepare_follow", on_click=_follow, args=(mine,))
    st.html('<div class="doc"><p class="quiet">What you type is saved as you leave a field.</p></div>')


def _preview(look: Look, names: dict[str, str], draft: Draft) -> None:
    if look.hearing is None:
        words = "The page can be shown once nothing is missing or at fault in the form."
        st.html(f'<div class="doc"><p class="quiet">{words}</p></div>')
    elif st.checkbox("Show the page as the public will see it", key=f"prepare_preview_{draft.draft_id}"):
        with reading(current().engine) as db:
            page = preview_html(db, look.hearing, names)
        with st.container(border=True):
            st.header(for_label(look.hearing.title), anchor=False)
            st.html(page)


def _begin() -> None:
    # What is chosen now: the page that was clicked may be of the choice before.
    try:
        with writing(current().engine) as db:
            st.query_params["draft"] = begin(db, actor_now(), hearing_id=state["prepare_of"]).draft_id
    except HearingError as error:
        state[hearing_acts.PROBLEM] = error


def _theirs(mine: Held) -> None:
    with reading(current().engine) as db:
        draft = draft_of(db, actor_now(), mine.draft_id)
    mine.is_stale, mine.problem, mine.reason = False, None, draft.reason
    mine.take(dict(draft.form), draft.revision)


def _own(mine: Held) -> None:
    with writing(current().engine) as db:
        other = keep_as_own(db, actor_now(), mine.draft_id, mine.form, reason=mine.reason)
    # This window holds nothing of the colleague's draft any more: opened again, it shows their text.
    state.pop(f"prepare_{mine.draft_id}", None)
    st.query_params["draft"] = other.draft_id


def _announce(mine: Held) -> None:
    _act(mine, announce)


def _discard(mine: Held) -> None:
    _act(mine, discard)


def _follow(mine: Held) -> None:
    _act(mine, follow)


def _act(mine: Held, act: hearing_acts.DraftAct) -> None:
    """Do something with the draft as it was saved; a refusal is shown beside the form."""
    mine.problem = None
    try:
        with writing(current().engine) as db:
            act(db, actor_now(), mine.draft_id, revision=mine.revision)
        with reading(current().engine) as db:
            mine.revision = draft_of(db, actor_now(), mine.draft_id).revision
    except HearingError as error:
        mine.problem = error
