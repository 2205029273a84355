"""Prohibited uses: every rule with which an entry is compared, and what the comparison says."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.rules import prohibited_uses_html
from hearing_app.registry.published import all_entries
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame

house = current()
frame.heading("Prohibited uses")
with reading(house.engine) as db:
    entries = [one.entry for one in all_entries(db)]
st.html(prohibited_uses_html(house.rules, entries))
