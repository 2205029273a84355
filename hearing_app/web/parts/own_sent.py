"""What somebody sees of a report or a request behind its receipt, and taking either back."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.corrections import correction_status_html
from hearing_app.documents.requests import kept_by, request_status_html
from hearing_app.hearings.requests.erasing import withdraw as withdraw_request
from hearing_app.hearings.requests.reading import Request
from hearing_app.registry.corrections.erasing import withdraw as withdraw_report
from hearing_app.registry.corrections.reading import Correction
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading
from hearing_app.web.parts import correction_form, request_form


def show(found: Correction | Request) -> bool:
    """Show where it stands, and what it says; return whether there is something to take back."""
    house = current()
    with reading(house.engine) as db:
        if isinstance(found, Request):
            kept = kept_by(house.settings.retention, house.settings.backup_days)
            body = request_status_html(db, found, kept)
        else:
            entry = entry_of(db, found.system_id, found.system_version).entry
            body = correction_status_html(found, entry, house.settings.backup_days)
    st.html(body)
    if isinstance(found, Request):
        return found.has_words
    return bool(found.words) and not found.kind.is_of_a_body


def take_back(found: Correction | Request, receipt: str) -> None:
    """Take it back: its words leave the record, and its receipt this browser."""
    house = current()
    if isinstance(found, Request):
        withdraw_request(house.engine, house.key, receipt)
        request_form.forget_sent()
    else:
        withdraw_report(house.engine, house.key, receipt)
        correction_form.forget_sent()
