"""The evidence: explore how often a system errs, and for whom."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.evidence import figures_html, finding_html, limits_html, people_html
from hearing_app.documents.text import for_label
from hearing_app.errors import NotFound
from hearing_app.evidence.audit import audit
from hearing_app.evidence.pin import view_query
from hearing_app.evidence.populations import unchanged_words
from hearing_app.hearings.hearing import Phase, hearings_on
from hearing_app.store.engine import reading
from hearing_app.web import charts
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame
from hearing_app.web.parts.selection import choose

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
    charts.forest(found, view.metric, charts.DARK if st.context.theme.type == "dark" else charts.LIGHT),
    theme=None,
    key="evidence_chart",
    alt=charts.text_alternative(found, view.metric),
    config={"displayModeBar": False, "responsive": True},
)
if pictures := people_html(found, view.metric):
    st.html(pictures)
st.html(figures_html(found, view.metric, query))

with reading(house.engine) as db:
    hearings = [one for one in hearings_on(db, view.dataset.manifest.system) if one.phase() is Phase.OPEN]
for hearing in hearings:
    st.page_link(
        BY_NAME["comment"].view,
        label="Comment on what I see",
        query_params={"hearing": hearing.id, "system": view.dataset.manifest.system, "seen": query},
    )
st.html(limits_html(found))
