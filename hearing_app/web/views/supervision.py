"""Supervision: what must be done for each system and until when, and every audit."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.supervision import supervision_html
from hearing_app.registry.published import names_of_systems
from hearing_app.registry.supervision.alarms import alarms
from hearing_app.registry.supervision.audits import all_audits
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame

today = datetime.now(UTC).date()
with reading(current().engine) as db:
    names = names_of_systems(db)
    due, audits = alarms(db, today), all_audits(db)
frame.heading("Supervision")
st.html(supervision_html(due, audits, names, today))
