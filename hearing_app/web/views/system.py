"""One system: its entry, in the order in which people ask."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.systems import links_to_figures, system_html
from hearing_app.errors import NotFound
from hearing_app.hearings.hearing import Phase, hearings_on
from hearing_app.record.versions import versions_of
from hearing_app.registry.published import entry_of
from hearing_app.registry.signed import signatures_of
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame

house = current()
system_id = st.query_params.get("id", "")
if not system_id:
    raise NotFound(
        "The address of this page does not say which system is meant.",
        kept="",
        next_step="Please choose one in the register.",
        heading="No system was named",
    )
with reading(house.engine) as db:
    published = entry_of(db, system_id)
    history, hearings = versions_of(db, "system", system_id), hearings_on(db, system_id)
    signatures = signatures_of(db, "system", system_id)
entry = published.entry

frame.heading(entry.name)
with st.container(horizontal=True):
    for dataset, words in links_to_figures(entry, house.catalogue):
        st.page_link(BY_NAME["evidence"].view, label=words, query_params={"dataset": dataset})
    for hearing in hearings:
        if hearing.phase() is Phase.OPEN:
            st.page_link(
                BY_NAME["comment"].view,
                label="Comment on it",
                query_params={"hearing": hearing.id, "system": entry.id},
            )
st.html(system_html(published, history, hearings, house.catalogue, signatures))
