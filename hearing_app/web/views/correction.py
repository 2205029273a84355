"""Something is wrong here: anyone reports an error, the body claims its entry or contests a statement."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.corrections import correction_receipt_html
from hearing_app.documents.text import isolated
from hearing_app.errors import HearingError, NotFound
from hearing_app.people.permissions import Act, may
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.corrections.receiving import receive
from hearing_app.registry.corrections.report import LONGEST, Report, places_in
from hearing_app.registry.corrections.vocabulary import Kind
from hearing_app.registry.published import PublishedEntry, entry_of
from hearing_app.registry.vocabulary import CompiledBy
from hearing_app.store.engine import reading, writing
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor, sending

house, state = current(), st.session_state
LABELS = {
    "kind": "What do you want to say?",
    "field": "About what in the entry?",
    "words": "What is wrong, and how is it?",
    "source": "Where can one read it? (an address, if there is one)",
}
ABOUT = {
    Kind.ERROR: "Something in the entry is wrong",
    Kind.CONTESTED: "Our body contests a statement",
    Kind.CLAIM: "Our body claims this entry, to write it itself",
}


def send(about: PublishedEntry) -> None:
    """Put what stands in the form on the record; the words stay in the form where they are refused."""
    report = Report(
        state["correction_draft"],
        str(state.get("correction_kind", Kind.ERROR)),
        about.entry.id,
        about.version.version,
        state["correction_field"],
        state["correction_words"],
        state["correction_source"].strip(),
    )
    try:
        with writing(house.engine) as db:
            state["correction_receipt"] = receive(db, actor(), house.key, report, by=sending())
    except HearingError as error:
        state["correction_refusal"] = error
    else:
        state["correction_words"] = state["correction_source"] = ""
        state.pop("correction_draft", None)


system_id = st.query_params.get("system", "")
if not system_id:
    raise NotFound(
        "The address of this page does not say which entry is meant.",
        kept="",
        next_step="Open a system in the register, and follow “Something is wrong here”.",
        heading="No system was named",
    )
with reading(house.engine) as db:
    published = entry_of(db, system_id)
entry, speaker = published.entry, actor()
frame.heading("Something is wrong here")
with st.container(width=frame.READING_WIDTH):
    if receipt := state.pop("correction_receipt", None):
        st.html(correction_receipt_html(receipt, system_id))
        st.code(receipt.code, language=None)
    else:
        if refused := state.pop("correction_refusal", None):
            frame.refusal(refused, LABELS)
        st.html(
            '<div class="doc"><p>Tell what is wrong in the entry. You need no account, and no name is asked. '
            "You get a receipt, and the answer is public. Your words are shown beside it, unless they hold "
            "something private: so please name nobody.</p></div>"
        )
        st.page_link(BY_NAME["system"].view, label=isolated(entry.name), query_params={"id": entry.id})
        state.setdefault("correction_draft", new_draft_id())
        places = places_in(entry)
        asked = st.query_params.get("field", "")
        with st.form("correction_form", border=False):
            theirs = may(speaker, Act.CLAIM_ENTRIES) and speaker.agency == entry.deployer.agency
            if theirs and entry.compiled.by is not CompiledBy.DEPLOYER:
                st.radio(LABELS["kind"], list(ABOUT), format_func=ABOUT.__getitem__, key="correction_kind")
            first = list(places).index(asked) if asked in places else 0
            st.selectbox(
                LABELS["field"],
                list(places),
                index=first,
                format_func=lambda name: isolated(places[name]),
                key="correction_field",
            )
            st.text_area(f"{LABELS['words']} (at most {LONGEST:,} signs)", key="correction_words", height=200)
            st.text_input(LABELS["source"], key="correction_source", icon="", placeholder="")
            st.form_submit_button("Send my report", type="primary", on_click=send, args=(published,))
    st.page_link(BY_NAME["corrections"].view, label="What was reported", query_params={"system": system_id})
