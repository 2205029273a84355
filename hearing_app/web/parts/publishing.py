"""The publishing desk's first page: the agency's entries, its drafts, and what can be begun."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.desk import drafts_html, entries_html, log_html, log_told_html
from hearing_app.documents.text import for_label
from hearing_app.errors import HearingError
from hearing_app.people.permissions import Actor
from hearing_app.registry.desk.acts import begin, begin_from_text
from hearing_app.registry.desk.drafts import drafts_at, entries_of_agency, log_of
from hearing_app.registry.desk.stages import STAGES, Ending, begin_ending
from hearing_app.registry.desk.text import read_yaml
from hearing_app.registry.entry.identity import RetirementReason
from hearing_app.registry.published import PublishedEntry, names_of_agencies
from hearing_app.registry.vocabulary import LifecycleStage
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor as actor_now

_PROBLEM = "publish_problem"
# Which panel of the page stands open: what was refused in it, and is being mended, must not fold itself away.
_OPEN = "publish_open"
_LABELS = {
    "since": "Since when",
    "finding": "What was found",
    "data_fate": "What becomes of the data",
    "decision": "The decision",
}


def show(actor: Actor) -> None:
    """Show what the actor's agency has published and what it is writing."""
    with reading(current().engine) as db:
        entries = entries_of_agency(db, actor.agency)
        open_drafts, closed = drafts_at(db, actor), drafts_at(db, actor, closed=True)
        log = log_of(db, actor)
    # It keeps its place while it is empty: what stands below would be drawn anew, and be folded.
    with st.container():
        if problem := st.session_state.pop(_PROBLEM, None):
            frame.refusal(problem, _LABELS)
    st.html(drafts_html(open_drafts, caption="Drafts", reader=actor.name))
    st.html(entries_html(entries))
    _begin(entries)
    if entries:
        _end(entries)
    with st.expander("Drafts that were published or discarded"):
        st.html(drafts_html(closed, caption="Closed drafts", reader=actor.name))
    with st.expander("What was done at this desk"):
        st.html(log_html(log))


def show_log(actor: Actor) -> None:
    """Show an auditor what was done at the desks; never what was written."""
    with reading(current().engine) as db:
        log, agencies = log_of(db, actor), names_of_agencies(db)
    st.html(log_told_html(log, agencies.get(actor.agency, actor.agency)))


def _begin(entries: list[PublishedEntry]) -> None:
    names = {one.entry.id: one.entry.name for one in entries}
    st.header("Begin a draft", anchor=False)
    with st.container(width=frame.READING_WIDTH):
        st.selectbox(
            "Of which entry",
            ["", *names],
            format_func=lambda name: for_label(names[name]) if name else "A new entry",
            key="publish_of",
        )
        st.button("Begin", type="primary", key="publish_begin", on_click=_begin_one)
        with st.expander("Or begin with a text in YAML", expanded=_is_open("text"), key="publish_text_panel"):
            st.text_area("The text", key="publish_text", height=200)
            st.button("Begin with this text", key="publish_paste", on_click=_begin_with_text)
            st.html('<div class="doc"><p>Or <a href="/desk/entries/upload">send a file</a>.</p></div>')


def _end(entries: list[PublishedEntry]) -> None:
    names = {one.entry.id: one.entry.name for one in entries}
    title = "Suspend a system, or take it out of use"
    with (
        st.expander(title, expanded=_is_open("ending"), key="ending_panel"),
        st.container(width=frame.READING_WIDTH),
    ):
        st.html(
            '<div class="doc"><p>This begins a draft, which a second person approves. The entry and all its '
            "versions stay public.</p></div>"
        )
        st.selectbox("Entry", list(names), format_func=lambda name: for_label(names[name]), key="ending_of")
        st.radio(
            "What happens",
            [str(one) for one in STAGES],
            format_func=lambda name: LifecycleStage(name).label,
            key="ending_stage",
        )
        st.text_input(
            f"{_LABELS['since']}\nA year, a month or a day, such as {datetime.now(UTC):%Y-%m-%d}.",
            key="ending_since",
        )
        st.selectbox(
            "Reason",
            [str(one) for one in RetirementReason],
            format_func=lambda name: RetirementReason(name).label,
            key="ending_reason",
        )
        st.text_area(
            f"{_LABELS['finding']}\nWhat led to this, in a sentence.", key="ending_finding", height=90
        )
        st.text_area(
            f"{_LABELS['data_fate']}\nKept until when and where, or destroyed, and who checked.",
            key="ending_data_fate",
            height=90,
        )
        st.text_input(
            f"{_LABELS['decision']}\nWho decided, and when; it becomes a source of the entry.",
            key="ending_decision",
        )
        st.button("Begin this draft", key="ending_begin", on_click=_begin_ending)


def _is_open(panel: str) -> bool:
    return st.session_state.get(_OPEN) == panel


def _opened(draft_id: str) -> None:
    st.session_state.pop(_OPEN, None)
    st.query_params["draft"] = draft_id


def _begin_one() -> None:
    # What is chosen now: the page that was clicked may be of the choice before.
    try:
        with writing(current().engine) as db:
            _opened(begin(db, actor_now(), system_id=st.session_state["publish_of"]).draft_id)
    except HearingError as error:
        st.session_state[_PROBLEM] = error


def _begin_with_text() -> None:
    try:
        document = read_yaml(st.session_state["publish_text"].encode())
        with writing(current().engine) as db:
            _opened(begin_from_text(db, actor_now(), document).draft_id)
    except HearingError as error:
        st.session_state[_PROBLEM], st.session_state[_OPEN] = error, "text"


def _begin_ending() -> None:
    state = st.session_state
    ending = Ending(
        stage=LifecycleStage(state["ending_stage"]),
        since=state["ending_since"].strip(),
        reason=RetirementReason(state["ending_reason"]),
        finding=state["ending_finding"],
        data_fate=state["ending_data_fate"],
        decision=state["ending_decision"],
    )
    try:
        with writing(current().engine) as db:
            _opened(begin_ending(db, actor_now(), state["ending_of"], ending).draft_id)
    except HearingError as error:
        state[_PROBLEM], state[_OPEN] = error, "ending"
