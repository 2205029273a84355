"""The standard: what an entry can say, what each answer is good for, and how other standards compare."""

from __future__ import annotations

import streamlit as st

from hearing_app.documents.standard import standard_html
from hearing_app.web.parts import frame

frame.heading("The standard")
st.html(standard_html())
