"""One further picture of the evidence: its finding, the picture, its numbers."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from hearing_app.documents.evidence import citation_of
from hearing_app.documents.exhibits import exhibit_finding_html, exhibit_html
from hearing_app.documents.text import for_label
from hearing_app.errors import Invalid
from hearing_app.evidence.audit import Audit
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.exhibit import Exhibit, Question
from hearing_app.evidence.families import draw_exhibit, exhibits_of, shown_instead
from hearing_app.evidence.pin import view_query
from hearing_app.web import charts, exhibit_chart
from hearing_app.web.parts import frame
from hearing_app.web.parts.cuts import choose_cuts
from hearing_app.web.parts.selection import View


def show_exhibit(
    catalogue: Catalogue, found: Audit, view: View, picture: str, query: str
) -> tuple[tuple[str, str], ...]:
    """Show the picture for the view's selection, or say what is possible where there is nothing to draw.

    Returns what the picture adds to the page's address.
    """
    kind = exhibits_of(view.dataset.manifest)[picture]
    cuts = choose_cuts(found) if kind.tries else ()
    added = tuple(("cut", cut) for cut in cuts)
    metric, instead = shown_instead(view.dataset.manifest, kind, view.metric)
    if instead:
        st.info(for_label(instead))
        # The files of the picture are about what it shows.
        query = view_query(found, metric)
    query = "&".join([query, *(urlencode([pair], safe=":,") for pair in added)])
    try:
        question = Question(catalogue, view.dataset, view.selection, metric, cuts)
        exhibit = draw_exhibit(question, picture)
    except Invalid as error:
        st.info(for_label(" ".join([error.what, *(f"{one.problem} {one.repair}" for one in error.faults)])))
        return added
    st.html(exhibit_finding_html(exhibit))
    if exhibit.series:
        _chart(exhibit, f"{view.dataset.id}-{picture}")
    citation = citation_of(view.dataset.manifest, view.dataset.version, query)
    st.html(exhibit_html(exhibit, view.dataset.id, picture, query, citation))
    return added


def _chart(exhibit: Exhibit, name: str) -> None:
    st.plotly_chart(
        exhibit_chart.draw(exhibit, frame.colours()),
        theme=None,
        key=f"exhibit_{name}",
        alt=exhibit_chart.alternative(exhibit),
        config=charts.config(name),
    )
