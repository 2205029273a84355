"""Two to four systems side by side; the address names them."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.compare import compare_html, offered_html
from hearing_app.registry.compare import MOST
from hearing_app.registry.published import entry_of
from hearing_app.registry.register import register_of
from hearing_app.registry.search import LONGEST
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame

PAGE = "/compare"

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
    st.html(offered_html(register, typed[:LONGEST], ids, PAGE, only_differences=only))
