"""One hearing: what is heard, when, and what was said so far."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import comments_html, hearing_html
from hearing_app.documents.text import for_label
from hearing_app.hearings.hearing import Phase, hearing_of
from hearing_app.hearings.lists import opinions, published_comments, tally
from hearing_app.registry.published import all_entries
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame

PER_PAGE = 20
with reading(current().engine) as db:
    hearing = hearing_of(db, st.query_params.get("id", ""))
    names = {one.entry.id: one.entry.name for one in all_entries(db)}
    counts, views = tally(db, hearing.id), opinions(db, hearing.id)
    pages, key = max(1, -(-counts.published // PER_PAGE)), f"hearing_page_{hearing.id}"
    # Comments can be withdrawn while a reader stands on the last page.
    page = st.session_state[key] = min(st.session_state.get(key, 1), pages)
    comments = published_comments(db, hearing.id, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)

frame.heading(hearing.title)
if hearing.phase() is Phase.OPEN:
    with st.container(horizontal=True):
        for system in hearing.systems:
            st.page_link(
                BY_NAME["comment"].view,
                label=f"Comment on {for_label(names.get(system, system))}",
                query_params={"hearing": hearing.id, "system": system},
            )
st.html(hearing_html(hearing, counts, views, names))
st.html(comments_html(comments, names))
if pages > 1:
    st.pagination(pages, key=key)
