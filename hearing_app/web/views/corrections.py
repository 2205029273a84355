"""Corrections: what was reported and contested, and what was answered; who answers does so here."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.corrections import corrections_html, open_corrections_html
from hearing_app.documents.text import for_label
from hearing_app.people.permissions import Act, may
from hearing_app.registry.corrections.answering import waiting_for
from hearing_app.registry.corrections.reading import corrections_of, open_corrections
from hearing_app.registry.published import entry_of
from hearing_app.registry.register import listed_of
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import corrections_desk, frame
from hearing_app.web.parts.actor import actor

house, speaker = current(), actor()
system_id = st.query_params.get("system", "")
if system_id:
    with reading(house.engine) as db:
        entry, found = entry_of(db, system_id).entry, corrections_of(db, system_id)
    frame.heading("What was said to be wrong")
    st.page_link(BY_NAME["system"].view, label=for_label(entry.name), query_params={"id": entry.id})
    st.html(corrections_html(found, entry))
    st.page_link(BY_NAME["correction"].view, label="Report an error", query_params={"system": entry.id})
else:
    frame.heading("Corrections")
    with reading(house.engine) as db:
        waiting = waiting_for(db, speaker) if may(speaker, Act.ANSWER_CORRECTIONS) else []
        owed = open_corrections(db)
        systems = listed_of(db, [one.system_id for one in owed])
    if may(speaker, Act.ANSWER_CORRECTIONS):
        st.header("For you to answer", anchor=False)
        corrections_desk.show(waiting, {id: one.name for id, one in systems.items()})
        st.header("Everything that is owed", anchor=False)
    st.html(open_corrections_html(owed, systems))
