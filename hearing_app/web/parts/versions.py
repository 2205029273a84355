"""Choosing two versions of an entry, and what changed from one to the other."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.history import comparison_html
from hearing_app.documents.system_page import SystemPage
from hearing_app.documents.words import day
from hearing_app.hearings.history import compared
from hearing_app.store.engine import reading


def compare(page: SystemPage) -> None:
    """Offer to compare any two versions; nothing where there is only one."""
    if len(page.history) < 2:
        return
    labels = {one.version: f"Version {one.version}, {day(one.published_at)}" for one in page.history}
    numbers = list(labels)
    with st.expander("Compare two versions of this entry"):
        first = st.selectbox(
            "From", numbers, index=len(numbers) - 2, format_func=labels.__getitem__, key="system_from"
        )
        second = st.selectbox(
            "To", numbers, index=len(numbers) - 1, format_func=labels.__getitem__, key="system_to"
        )
        with reading(current().engine) as db:
            found = compared(db, page.published.entry.id, str(first), str(second))
        st.html(comparison_html(found, page.history))
