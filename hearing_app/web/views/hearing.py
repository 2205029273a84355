"""One hearing: what is heard, when, and what was said so far."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearing_page import comments_of_hearing, hearing_page
from hearing_app.documents.hearings import pages_html
from hearing_app.documents.text import for_label
from hearing_app.errors import NotFound
from hearing_app.hearings.comments.lists import part_of, published_comments, tally
from hearing_app.hearings.hearing import Phase, hearing_of
from hearing_app.registry.published import names_of_systems
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame

PER_PAGE = 20
if not (hearing_id := st.query_params.get("id", "")):
    raise NotFound(
        "The address of this page does not say which hearing is meant.",
        kept="",
        next_step="Please choose one under “Hearings”.",
        heading="No hearing was named",
    )
with reading(current().engine) as db:
    hearing = hearing_of(db, hearing_id)
    names = names_of_systems(db)
    counts = tally(db, hearing.id)
    # Comments can be withdrawn while a reader stands on the last page.
    part = part_of(counts.published, PER_PAGE, st.query_params.get("page", ""))
    comments = published_comments(db, hearing.id, limit=part.size, offset=part.offset)
    # Who turns the page wants to read on, not to pass the whole hearing again.
    page = hearing_page(db, hearing, counts, names) if part.number == 1 else ""
    said = comments_of_hearing(db, hearing, comments, names)

frame.heading(hearing.title)
if part.number == 1:
    if hearing.phase() is Phase.OPEN:
        with st.container(horizontal=True, key="primary_comment"):
            for system in hearing.systems:
                st.page_link(
                    BY_NAME["comment"].view,
                    label=f"Comment on {for_label(names.get(system, system))}",
                    query_params={"hearing": hearing.id, "system": system},
                )
    st.html(page)
else:
    st.html(pages_html(hearing, part, above=True))
st.html(said)
if part.pages > 1:
    st.html(pages_html(hearing, part))
