"""The form of a request: what is typed belongs to one system alone, is sent once, and is then forgotten."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.requests import LABELS
from hearing_app.errors import HearingError
from hearing_app.hearings.requests.asking import LONGEST, LONGEST_AROUND, LONGEST_REACH, Asking, lodge
from hearing_app.hearings.requests.vocabulary import RequestKind
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.published import PublishedEntry
from hearing_app.store.engine import writing
from hearing_app.web.parts.actor import sending

_FIELDS = ("words", "around", "reach")
state = st.session_state


def begin(system: str) -> None:
    """Begin an empty form for a system: what was typed about another one is never sent with this one."""
    if state.get("request_of") != system:
        forget_sent()
        for name in ("request_draft", "request_kept", "request_refusal"):
            state.pop(name, None)
        state["request_of"], state["request_kind"] = system, str(RequestKind.SCORED)
        for name in _FIELDS:
            state[f"request_{name}"] = ""


def forget_sent() -> None:
    """Leave the receipt, because another request follows or this one was taken back."""
    state.pop("request_receipt", None)


def show(about: PublishedEntry) -> None:
    """Show the form."""
    state.setdefault("request_draft", new_draft_id())
    # Streamlit forgets fields that were not on the screen.
    kept = state.get("request_kept", {})
    state.setdefault("request_kind", kept.get("kind", str(RequestKind.SCORED)))
    for name in _FIELDS:
        state.setdefault(f"request_{name}", kept.get(name, ""))
    with st.form("request_form", border=False):
        st.radio(
            LABELS["kind"],
            [str(one) for one in RequestKind],
            format_func=lambda one: RequestKind(one).label,
            key="request_kind",
        )
        st.text_area(f"{LABELS['words']} (at most {LONGEST:,} signs)", key="request_words", height=200)
        for name, longest, hint in (
            ("around", LONGEST_AROUND, "Such as “in March, near the station”."),
            ("reach", LONGEST_REACH, "Left empty, you read the answer here with your receipt."),
        ):
            st.text_input(
                f"{LABELS[name]} (at most {longest} signs)",
                key=f"request_{name}",
                icon="",
                placeholder="",
                autocomplete="off",
            )
            st.html(f'<div class="doc"><p class="quiet">{hint}</p></div>')
        st.form_submit_button("Send my request", type="primary", on_click=_send, args=(about,))


def _send(about: PublishedEntry) -> None:
    """Put what stands in the form on the record; the words stay in the form where they are refused."""
    if (draft_id := state.get("request_draft")) is None or state["request_of"] != about.entry.id:
        return  # It was pressed twice, and the first time sent it.
    typed = {name: state[f"request_{name}"] for name in _FIELDS}
    words, around, reach = (typed[name] for name in _FIELDS)
    asking = Asking(
        draft_id,
        str(state["request_kind"]),
        about.entry.id,
        about.version.version,
        words,
        around.strip(),
        reach.strip(),
    )
    house = current()
    try:
        with writing(house.engine) as db:
            state["request_receipt"] = lodge(db, house.key, asking, by=sending())
    except HearingError as error:
        state["request_refusal"] = error
        state["request_kept"] = {**typed, "kind": asking.kind}
    else:
        for name in ("request_kept", "request_draft"):
            state.pop(name, None)
        for name in _FIELDS:
            state[f"request_{name}"] = ""
