"""One system: its entry, in the order in which people ask."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.system_page import system_page
from hearing_app.documents.systems import links_to_figures
from hearing_app.documents.text import for_label
from hearing_app.errors import NotFound
from hearing_app.hearings.hearing import Phase
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame, versions

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
    page = system_page(db, house.catalogue, house.settings.registry, system_id)
entry = page.published.entry

frame.heading(entry.name)
with st.container(horizontal=True):
    for dataset, words in links_to_figures(entry, house.catalogue):
        st.page_link(BY_NAME["evidence"].view, label=words, query_params={"dataset": dataset})
    # Two links with the same words and another end would be one to whoever hears them.
    hearings = [hearing for hearing in page.hearings if hearing.phase() is Phase.OPEN]
    for hearing in hearings:
        st.page_link(
            BY_NAME["comment"].view,
            label=f"Comment on it in “{for_label(hearing.title)}”" if len(hearings) > 1 else "Comment on it",
            query_params={"hearing": hearing.id, "system": entry.id},
        )
st.html(page.html)
versions.compare(page)
