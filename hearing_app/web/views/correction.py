"""Something is wrong here: anyone reports an error, the body claims its entry or contests a statement."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.corrections import correction_intro_html, correction_receipt_html
from hearing_app.documents.text import for_label
from hearing_app.errors import NotFound
from hearing_app.people.permissions import Act, may
from hearing_app.registry.corrections.report import places_in
from hearing_app.registry.published import entry_of
from hearing_app.registry.vocabulary import CompiledBy
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import correction_form, frame
from hearing_app.web.parts.actor import actor

house, state = current(), st.session_state
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
places, asked = places_in(entry), st.query_params.get("field", "")
correction_form.begin(entry.id, asked if asked in places else "")
receipt = state.get("correction_receipt")
frame.heading("Your receipt" if receipt else "Something is wrong here")
with st.container(width=frame.READING_WIDTH):
    # It stays: whatever lets the page run again, a connection that was lost too, must not take it away.
    if receipt:
        st.html(correction_receipt_html(receipt, entry.id, of_body=receipt.of_body))
        with st.container(key="receipt_copy"):
            st.html(
                '<div class="doc"><p>To copy the digits, press the button at the end of this line:</p></div>'
            )
            st.code(receipt.code, language=None)
        st.button("Report something else", key="correction_again", on_click=correction_form.forget_sent)
    else:
        refused = state.pop("correction_refusal", None)
        if refused:
            frame.refusal(refused, correction_form.LABELS)
        theirs = may(speaker, Act.CLAIM_ENTRIES) and speaker.agency == entry.deployer.agency
        speaks = theirs and entry.compiled.by is not CompiledBy.DEPLOYER
        st.html(correction_intro_html(entry, speaks=speaks))
        st.page_link(BY_NAME["system"].view, label=for_label(entry.name), query_params={"id": entry.id})
        correction_form.show(published, places, speaks=speaks)
        if refused:
            # Whoever pressed the button is still at it: this leads the eye, and the keyboard, to the list.
            st.html(
                '<div class="doc"><p><a href="#refusal">It was not sent. See what to change</a></p></div>'
            )
    st.page_link(BY_NAME["corrections"].view, label="What was reported", query_params={"system": entry.id})
