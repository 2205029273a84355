"""Answering requests: each with its form, for the publishers of the agency that was asked."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.requests import kept_by, request_status_html
from hearing_app.documents.words import plural
from hearing_app.errors import HearingError, Invalid
from hearing_app.hearings.requests import drafts as reply_drafts
from hearing_app.hearings.requests.answering import MOST_EXTENDED, Replying, extend, reply
from hearing_app.hearings.requests.reading import Request
from hearing_app.hearings.requests.vocabulary import ReplyKind, RequestState
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor

LABELS = {
    "kind": "What comes of it",
    "text": "The answer, which the person alone reads",
    "office": "Which office looked again, or whom was it passed to? (never a person's name)",
    "until": "Until which day",
    "reason": "Why, for the person",
}
_FIELDS = ("kind", "text", "office")
AT_ONCE = 20
"""Forms on the page: hundreds would not open any more."""
state = st.session_state


def show(found: Sequence[Request]) -> None:
    """Show what the agency was asked, what waits and is due first at the top."""
    if refused := state.pop("requests_refusal", None):
        frame.refusal(refused, LABELS)
    _show_unsent(found)
    for one in found[:AT_ONCE]:
        late = ", overdue" if one.is_overdue() else ""
        with st.expander(f"{one.request_id}: {one.kind.label} · {one.state.label}{late}"):
            _show(one)
    if more := len(found[AT_ONCE:]):
        st.html(
            f'<div class="doc"><p>{plural(more, "more follows", "more follow")}, once these are answered.'
            "</p></div>"
        )


def _show(one: Request) -> None:
    house, key = current(), _key(one)
    kept = kept_by(house.settings.retention, house.settings.backup_days)
    with reading(house.engine) as db:
        body = request_status_html(db, one, kept, of_agency=True)
        draft = reply_drafts.kept(db, actor(), one.request_id)
    st.html(body)
    if draft is not None:
        for name in _FIELDS:
            state.setdefault(f"{key}_{name}", getattr(draft, name))
    if said := state.pop(f"{key}_said", None):
        st.success(said)
    with st.form(key, border=False):
        st.selectbox(
            LABELS["kind"],
            [str(each) for each in ReplyKind],
            format_func=lambda each: ReplyKind(each).label,
            key=f"{key}_kind",
        )
        st.text_input(LABELS["office"], key=f"{key}_office", icon="", placeholder="")
        st.text_area(LABELS["text"], key=f"{key}_text")
        label = "Add to the answer" if one.replies else "Send the answer"
        with st.container(horizontal=True):
            st.form_submit_button(label, type="primary", on_click=_answer, args=(one, key))
            st.form_submit_button("Keep as a draft", on_click=_keep, args=(one, key))
    if draft is not None:
        words = "Throw the draft away"
        st.button(words, key=f"{key}_drop", on_click=_drop, args=(one, key))
    if one.state is RequestState.WAITING and one.extended_until is None and not one.is_overdue():
        with st.form(f"{key}_later", border=False):
            st.html(
                f'<div class="doc"><p>You need more time? Put the day off once, by at most {MOST_EXTENDED} '
                "days. The person reads why.</p></div>"
            )
            st.date_input(LABELS["until"], value=None, key=f"{key}_until")
            st.text_input(LABELS["reason"], key=f"{key}_reason", icon="", placeholder="")
            st.form_submit_button("Put it off", on_click=_put_off, args=(one, key))


def _key(one: Request) -> str:
    return f"requests_{one.request_id}_{len(one.replies)}"


def _given(key: str) -> Replying:
    return Replying(str(state[f"{key}_kind"]), state[f"{key}_text"], state[f"{key}_office"])


def _keep(one: Request, key: str) -> None:
    try:
        with writing(current().engine) as db:
            reply_drafts.keep(db, actor(), one.request_id, _given(key))
        state[f"{key}_said"] = "Kept. Only you can see it."
    except HearingError as error:
        state["requests_refusal"] = error
        state["requests_unsent"] = (key, _given(key).text)


def _drop(one: Request, key: str) -> None:
    with writing(current().engine) as db:
        reply_drafts.drop(db, actor(), one.request_id)
    for name in _FIELDS:
        state.pop(f"{key}_{name}", None)


def _answer(one: Request, key: str) -> None:
    given = _given(key)
    try:
        with writing(current().engine) as db:
            reply(db, actor(), one.request_id, given, seen=len(one.replies))
            reply_drafts.drop(db, actor(), one.request_id)
    except HearingError as error:
        state["requests_refusal"] = error
        state["requests_unsent"] = (key, given.text)
    else:
        state.pop("requests_unsent", None)


def _put_off(one: Request, key: str) -> None:
    day = state.get(f"{key}_until")
    try:
        if day is None:
            raise Invalid("The day was not changed.", kept="", next_step="Please choose the new day.")
        with writing(current().engine) as db:
            extend(db, actor(), one.request_id, day, state[f"{key}_reason"])
    except HearingError as error:
        state["requests_refusal"] = error


def _show_unsent(found: Sequence[Request]) -> None:
    """Show what was refused because its form is gone: a colleague answered, or the request was taken back."""
    unsent: tuple[str, str] | None = state.get("requests_unsent")
    if unsent is None or unsent[0] in {_key(one) for one in found}:
        return
    st.html(
        '<div class="doc"><p>These words of yours were not sent. Copy what you still need of them:</p></div>'
    )
    st.code(unsent[1], language=None, wrap_lines=True)
    st.button("I need them no more", key="requests_drop", on_click=state.pop, args=("requests_unsent",))
