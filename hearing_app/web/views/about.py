"""About: what this is, privacy, how figures are made, whom to ask."""

from __future__ import annotations

import streamlit as st

from hearing_app import __version__
from hearing_app.deployment import current
from hearing_app.documents.render import render
from hearing_app.evidence.families import families
from hearing_app.hearings.retention import periods
from hearing_app.hearings.vocabulary import RULE_VERSION
from hearing_app.record.ledger import head
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame

settings = current().settings
with reading(current().engine) as db:
    now = head(db)
frame.heading("About")
st.html(
    render(
        "about",
        operator=settings.operator_name,
        contact=settings.operator_contact,
        families=families().values(),
        periods=periods(settings.retention),
        backup_days=settings.backup_days,
        head=now,
        public_key=current().signer.public_key.hex(),
        version=__version__,
        rules=RULE_VERSION,
    )
)
