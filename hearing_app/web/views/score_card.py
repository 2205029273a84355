"""The score card: what is promised, and what was measured."""

from __future__ import annotations

import streamlit as st

from hearing_app.documents.score_card import results, score_card_html
from hearing_app.web.parts import frame

frame.heading("Score card")
with st.container(width=frame.READING_WIDTH):
    st.html(score_card_html(results()))
