"""How fast each agency answers people who ask about themselves."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.requests import rights_html
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame

frame.heading("How agencies answer requests")
with reading(current().engine) as db:
    body = rights_html(db)
st.html(body)
