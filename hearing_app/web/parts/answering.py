"""Writing an answer: the comments with their figures beside the box, a draft, a look at it, then for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.answers import preview_html, queue_html, queue_line
from hearing_app.documents.hearings import comments_html
from hearing_app.documents.text import for_label
from hearing_app.errors import HearingError
from hearing_app.hearings.answers import drafts as answer_drafts
from hearing_app.hearings.answers.answering import Answering, as_it_will_stand, check, enter, give
from hearing_app.hearings.answers.like import like
from hearing_app.hearings.answers.reading import Wait
from hearing_app.hearings.answers.terms import AnswerKind
from hearing_app.hearings.comments.draft import MOST_LINKS, Link
from hearing_app.hearings.comments.lists import published_by_number
from hearing_app.hearings.hearing import Hearing
from hearing_app.people.permissions import Act, Actor, may
from hearing_app.registry.published import names_of_systems
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor as actor_now

state = st.session_state
KINDS = [str(one) for one in AnswerKind]
LABELS = {
    "comments": "Which comments do you answer?",
    "kind": "What is the answer?",
    "text": "The answer, which everybody can read\nPlain sentences, at most 2,000 characters. Quote nobody.",
    "version": "In which version of the entry did something change because of it? (0: in none)",
    "find_out_by": "By which day will you know?\nOnly for “Will find out”.",
    "whose": "Whose is it?\nOnly for “Not ours to answer”.",
    "received_on": "On which day did the letter come?",
    **{f"evidence.{place}": f"Link {place + 1}" for place in range(MOST_LINKS)},
}
"""How the form calls its fields."""
LINKS = 2
"""Links that the form has room for at once; the data interface of a draft takes five."""


def in_order(
    hearings: Mapping[str, Hearing], waiting: Mapping[str, Sequence[Wait]], *, everything: bool
) -> list[str]:
    """Return the hearings to choose from: those in which something waits first, by its day."""
    with_work = [name for name in hearings if any(one.is_open for one in waiting[name])]
    with_work.sort(key=lambda name: min(one.due_at for one in waiting[name] if one.is_open))
    rest = [name for name in hearings if name not in with_work and (everything or waiting[name])]
    return with_work + rest


def begin_anew() -> None:
    """Forget what was typed: another hearing has another draft."""
    for name in [name for name in state if str(name).startswith("answering_")]:
        del state[name]


def show(actor: Actor, hearing: Hearing, waits: Sequence[Wait]) -> None:
    """Show what waits in a hearing, and the form."""
    st.html(queue_html(waits))
    if refused := state.pop("answering_refusal", None):
        frame.refusal(refused, LABELS)
    if said := state.pop("answering_said", None):
        st.success(said)
    if not waits:
        return
    _begin(actor, hearing, waits)
    lines = {one.comment_id: queue_line(one) for one in waits}
    state["answering_comments"] = [one for one in state["answering_comments"] if one in lines]
    st.multiselect(
        LABELS["comments"],
        list(lines),
        format_func=lambda one: for_label(lines[one]),
        key="answering_comments",
    )
    chosen = [one for one in waits if one.comment_id in state["answering_comments"]]
    with reading(current().engine) as db:
        alike = like(db, chosen, waits)
    if alike:
        words = f"Add those that look alike, or are about the same part ({len(alike)})"
        st.button(words, key="answering_alike", on_click=_add, args=(tuple(alike),))
    left, right = st.columns(2, gap="large")
    with left:
        _said(hearing, chosen)
    with right:
        _form(actor, hearing, chosen)


def _said(hearing: Hearing, chosen: Sequence[Wait]) -> None:
    with reading(current().engine) as db:
        comments = published_by_number(db, hearing.id, [one.comment_id for one in chosen])
        names = names_of_systems(db)
    st.subheader("What they wrote", anchor=False)
    empty = "Choose at least one comment: it stands here while you write."
    st.html(comments_html(comments, names, zone=hearing.time_zone, empty=empty))


def _form(actor: Actor, hearing: Hearing, chosen: Sequence[Wait]) -> None:
    st.subheader("Your answer", anchor=False)
    st.selectbox(
        LABELS["kind"],
        KINDS,
        index=None,
        format_func=lambda one: AnswerKind(one).label,
        placeholder="Choose one",
        key="answering_kind",
    )
    st.text_area(LABELS["text"], key="answering_text", height=220)
    kind = _kind()
    if kind is AnswerKind.WILL_FIND_OUT:
        st.date_input(LABELS["find_out_by"], value=None, key="answering_find_out_by")
    if kind is AnswerKind.NOT_OURS:
        st.text_input(LABELS["whose"], key="answering_whose")
    if kind is not None and kind.may_name_a_version:
        st.number_input(LABELS["version"], min_value=0, step=1, key="answering_version")
    if may(actor, Act.ENTER_ANSWERS):
        st.date_input(LABELS["received_on"], value=None, key="answering_received_on")
    for place in range(LINKS):
        st.text_input(f"Link {place + 1} (optional): its address", key=f"answering_url_{place}")
        st.text_input(f"Link {place + 1}: its title", key=f"answering_title_{place}")
    with st.container(horizontal=True):
        st.button("Keep as a draft", key="answering_keep", on_click=_keep, args=(hearing.id,))
        st.button("Look at it", key="answering_look", on_click=_look, args=(hearing.id,))
        st.button("Throw the draft away", key="answering_drop", on_click=_drop, args=(hearing.id,))
    if state.get("answering_looks") == _given():
        _confirm(actor, hearing, chosen)


def _confirm(actor: Actor, hearing: Hearing, chosen: Sequence[Wait]) -> None:
    st.subheader("As everybody will read it", anchor=False)
    with reading(current().engine) as db:
        will = as_it_will_stand(_given(), chosen, actor, at=datetime.now(UTC))
        st.html(preview_html(db, will, hearing))
    if not actor.fresh:
        st.html(
            '<div class="doc"><p>An answer is public at once and stays for ever. '
            '<a href="/confirm?next=/answer">Please confirm first that it is you</a>: what you wrote is kept '
            "as a draft.</p></div>"
        )
    st.checkbox("It can be published: it cannot be changed later, only supplemented", key="answering_sure")
    st.button(
        "Publish the answer",
        type="primary",
        key="answering_publish",
        disabled=not actor.fresh or not state.get("answering_sure"),
        on_click=_publish,
        args=(hearing.id, {one.comment_id: len(one.answers) for one in chosen}),
    )


def _begin(actor: Actor, hearing: Hearing, waits: Sequence[Wait]) -> None:
    """Fill the form once: with the draft, else with what is due first."""
    if state.get("answering_of") == hearing.id and "answering_text" in state:
        return
    with reading(current().engine) as db:
        draft = answer_drafts.kept(db, actor, hearing.id)
    first = tuple(one.comment_id for one in waits if one.is_open)[:1]
    # What is accepted in the name of a force is chosen, never found there.
    draft = draft or Answering("", "", first)
    links = [*draft.evidence, *[Link("", "")] * LINKS][:LINKS]
    state["answering_of"] = hearing.id
    state["answering_comments"] = list(draft.comment_ids)
    state["answering_kind"] = draft.kind if draft.kind in KINDS else None
    state["answering_version"] = draft.version or 0
    for name in ("text", "find_out_by", "whose", "received_on"):
        state[f"answering_{name}"] = getattr(draft, name)
    for place, link in enumerate(links):
        state[f"answering_url_{place}"], state[f"answering_title_{place}"] = link.url, link.title


def _given() -> Answering:
    """Return what stands in the form; what its kind does not ask for is left out."""
    kind = _kind()
    links = [Link(state[f"answering_url_{n}"], state[f"answering_title_{n}"]) for n in range(LINKS)]
    day: date | None = state.get("answering_find_out_by")
    return Answering(
        str(kind or ""),
        state["answering_text"],
        tuple(sorted(state["answering_comments"])),
        tuple(link for link in links if link.url.strip() or link.title.strip()),
        (state.get("answering_version") or None) if kind is not None and kind.may_name_a_version else None,
        day if kind is AnswerKind.WILL_FIND_OUT else None,
        state.get("answering_whose", "") if kind is AnswerKind.NOT_OURS else "",
        state.get("answering_received_on"),
    )


def _kind() -> AnswerKind | None:
    """Return the outcome that was chosen; None before."""
    return AnswerKind(state["answering_kind"]) if state.get("answering_kind") else None


def _add(comment_ids: Sequence[str]) -> None:
    state["answering_comments"] = [*state["answering_comments"], *comment_ids]


def _keep(hearing_id: str) -> None:
    try:
        with writing(current().engine) as db:
            answer_drafts.keep(db, actor_now(), hearing_id, _given())
        state["answering_said"] = "Kept. Only you can see it."
    except HearingError as error:
        state["answering_refusal"] = error


def _look(hearing_id: str) -> None:
    """Check what was written, keep it, and show it as it will stand."""
    try:
        with writing(current().engine) as db:
            answer_drafts.keep(db, actor_now(), hearing_id, _given())
            check(db, actor_now(), hearing_id, _given(), at=datetime.now(UTC))
        state["answering_looks"] = _given()
    except HearingError as error:
        state["answering_refusal"] = error


def _drop(hearing_id: str) -> None:
    with writing(current().engine) as db:
        answer_drafts.drop(db, actor_now(), hearing_id)
    begin_anew()


def _publish(hearing_id: str, seen: Mapping[str, int]) -> None:
    try:
        with writing(current().engine) as db:
            who = actor_now()
            put = enter if may(who, Act.ENTER_ANSWERS) else give
            given = put(db, who, hearing_id, _given(), seen=seen)
            answer_drafts.drop(db, who, hearing_id)
        begin_anew()
        state["answering_said"] = f"Published as {given.answer_id}. Everybody reads it now."
    except HearingError as error:
        state["answering_refusal"] = error
