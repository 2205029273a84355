"""The address of a comment's own feed, for who holds its receipt."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.answers import follow_html
from hearing_app.hearings.receipt_feed import token_for


def show(comment_id: str, receipt: str) -> None:
    """Show the address at which a feed reader learns what becomes of a comment, and what it is for."""
    house = current()
    st.html(follow_html(f"{house.settings.address}/follow/{token_for(house.key, comment_id, receipt)}"))
