"""Prohibited uses: every rule with which an entry is compared, and what the comparison says."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.rules import prohibited_uses_html
from hearing_app.registry.register import register_of
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame

house = current()
frame.heading("Prohibited uses")
house.check_rules()
with reading(house.engine) as db:
    register = register_of(db)
st.html(prohibited_uses_html(register))
