"""Two to four systems side by side; the address names them."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.compare import choices_html, compare_html
from hearing_app.registry.compare import MOST
from hearing_app.registry.published import entry_of
from hearing_app.registry.register import register_of
from hearing_app.registry.search import LONGEST, find
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame

PAGE, OFFERED = "/compare", 6

ids = list(dict.fromkeys(st.query_params.get_all("system")))
only = st.query_params.get("only") == "differences"
with reading(current().engine) as db:
    register = register_of(db)
    entries = [entry_of(db, id).entry for id in ids[: MOST + 1]]

frame.heading("Systems side by side")
st.html(compare_html(entries, PAGE, only_differences=only))
if len(entries) < MOST:
    typed = st.text_input(
        "Find a system to add", key="compare_q", placeholder="For example: face recognition"
    )
    if typed:
        offered = find(register, typed[:LONGEST]).entries[: OFFERED + len(ids)]
        st.html(choices_html(offered, ids, PAGE, only))
