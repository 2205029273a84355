"""The evidence: explore how often a system errs, and for whom."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.evidence import (
    figures_html,
    finding_html,
    limits_html,
    people_html,
    second_opinion_html,
)
from hearing_app.documents.text import for_label
from hearing_app.errors import NotFound
from hearing_app.evidence.audit import audit
from hearing_app.evidence.families import exhibits_of
from hearing_app.evidence.pin import view_query
from hearing_app.evidence.populations import unchanged_words
from hearing_app.evidence.second_opinion import second_opinion
from hearing_app.hearings.hearing import Phase, hearings_on
from hearing_app.store.engine import reading
from hearing_app.web import charts
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import addresses, frame
from hearing_app.web.parts.exhibit import show_exhibit
from hearing_app.web.parts.selection import NO_PICTURE, choose, choose_picture

house = current()
if not house.catalogue.ids():
    raise NotFound("No dataset is published yet.", kept="", next_step="Read the register meanwhile.")

frame.heading("Evidence")
st.html('<div class="doc"><p>Choose a figure; the answer stands below, with how sure it is.</p></div>')
view = choose(house.catalogue)
for note in view.notes:
    st.info(for_label(note))

found = audit(house.catalogue, view.selection)
query = view_query(found, view.metric)
st.html(finding_html(found, view.metric, unchanged_words(house.catalogue, found, view.metric)))
st.plotly_chart(
    charts.forest(found, view.metric, frame.colours()),
    theme=None,
    key="evidence_chart",
    alt=charts.text_alternative(found, view.metric),
    config=charts.config(f"{view.dataset.id}-{view.metric}"),
)
if pictures := people_html(found, view.metric):
    st.html(pictures)
st.html(figures_html(found, view.metric, query))

if st.button("Check these numbers", key="check_numbers"):
    st.html(second_opinion_html(found, second_opinion(house.catalogue, found, view.metric)))
added: tuple[tuple[str, str], ...] = ()
if exhibits_of(view.dataset.manifest):
    picture = choose_picture(view.dataset)
    if picture != NO_PICTURE:
        added = show_exhibit(house.catalogue, found, view, picture, query)
addresses.write("evidence", [*view.parameters, *added])

# A set to compare with is about no system, and no hearing is about it.
system = view.dataset.manifest.system or ""
with reading(house.engine) as db:
    hearings = [one for one in hearings_on(db, system) if one.phase() is Phase.OPEN]
for hearing in hearings:
    st.page_link(
        BY_NAME["comment"].view,
        label="Comment on what I see",
        query_params={"hearing": hearing.id, "system": system, "seen": query},
    )
st.html(limits_html(found))
