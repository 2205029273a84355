"""What each agency has published: counts by agency, and what is known and has no entry."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.coverage import coverage_html
from hearing_app.registry.coverage import coverage_in
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame

house, today = current(), datetime.now(UTC).date()
with reading(house.engine) as db:
    covered = coverage_in(db, house.settings.registry, today)

frame.heading("What each agency has published")
st.html(coverage_html(covered, today))
