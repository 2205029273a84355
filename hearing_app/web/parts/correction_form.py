"""The form of a report on an entry: what is typed belongs to one entry alone, and is sent once."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.text import isolated
from hearing_app.errors import HearingError
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.corrections.receiving import receive
from hearing_app.registry.corrections.report import LONGEST, Report
from hearing_app.registry.corrections.vocabulary import Kind
from hearing_app.registry.published import PublishedEntry
from hearing_app.store.engine import writing
from hearing_app.web.parts.actor import actor, sending

LABELS = {
    "kind": "What do you want to say?",
    "field": "About what in the entry?",
    "words": "What is wrong, and how is it?",
    "source": "Where can one read it? (an address, if there is one)",
}
ABOUT = {
    str(Kind.ERROR): "Something in the entry is wrong",
    str(Kind.CONTESTED): "Our body contests a statement",
    str(Kind.CLAIM): "Our body claims this entry, to write it itself",
}
state = st.session_state


def begin(system: str, asked: str) -> None:
    """Begin an empty form for an entry: what was typed about another one is never sent with this one.

    ``asked`` is the field that the page's address names, "" for the whole.
    """
    if state.get("correction_of") != system:
        forget_sent()
        for name in ("correction_draft", "correction_kept", "correction_refusal", "correction_asked"):
            state.pop(name, None)
        state["correction_of"], state["correction_kind"] = system, str(Kind.ERROR)
        state["correction_words"] = state["correction_source"] = ""
    if state.get("correction_asked") != asked:
        state["correction_asked"] = state["correction_field"] = asked


def forget_sent() -> None:
    """Leave the receipt, because another report follows or this one was taken back."""
    state.pop("correction_receipt", None)


def show(about: PublishedEntry, places: Mapping[str, str], *, speaks: bool) -> None:
    """Show the form; ``speaks`` offers what only the body itself can say."""
    state.setdefault("correction_draft", new_draft_id())
    # Streamlit forgets fields that were not on the screen, and a claim can leave the entry.
    if state.get("correction_field", "-") not in places:
        state["correction_field"] = state["correction_asked"]
    kept = state.get("correction_kept", {})
    for name, first in (("kind", str(Kind.ERROR)), ("words", ""), ("source", "")):
        state.setdefault(f"correction_{name}", kept.get(name, first))
    if not speaks:
        state["correction_kind"] = str(Kind.ERROR)
    with st.form("correction_form", border=False):
        if speaks:
            st.radio(LABELS["kind"], list(ABOUT), format_func=ABOUT.__getitem__, key="correction_kind")
        st.selectbox(
            LABELS["field"],
            list(places),
            format_func=lambda name: isolated(places[name]),
            key="correction_field",
        )
        # A body that claims its entry need not find anything wrong in it.
        asked = "What is wrong, or why do you claim the entry?" if speaks else LABELS["words"]
        st.text_area(f"{asked} (at most {LONGEST:,} signs)", key="correction_words", height=200)
        st.text_input(LABELS["source"], key="correction_source", icon="", placeholder="")
        st.form_submit_button(
            "Send it" if speaks else "Send my report", type="primary", on_click=_send, args=(about,)
        )


def _send(about: PublishedEntry) -> None:
    """Put what stands in the form on the record; the words stay in the form where they are refused."""
    if (draft_id := state.get("correction_draft")) is None or state["correction_of"] != about.entry.id:
        return  # It was pressed twice, and the first time sent it.
    report = Report(
        draft_id,
        state["correction_kind"],
        about.entry.id,
        about.version.version,
        state["correction_field"],
        state["correction_words"],
        state["correction_source"].strip(),
    )
    house = current()
    try:
        with writing(house.engine) as db:
            state["correction_receipt"] = receive(db, actor(), house.key, report, by=sending())
    except HearingError as error:
        state["correction_refusal"] = error
        # Whoever reads the entry once more, before mending it, finds the words again.
        state["correction_kept"] = {"words": report.words, "source": report.source}
    else:
        state.pop("correction_kept", None)
        state["correction_words"] = state["correction_source"] = ""
        state.pop("correction_draft", None)
