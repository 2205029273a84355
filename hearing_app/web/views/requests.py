"""Requests to an agency: its publishers read what people ask about themselves, and answer."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.requests import waiting_words
from hearing_app.hearings.requests.answering import requests_for
from hearing_app.people.permissions import Act, may
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame, requests_desk
from hearing_app.web.parts.actor import signed_in

member = signed_in()
frame.heading("Requests about people themselves")
if member is None or not may(member.actor, Act.ANSWER_REQUESTS):
    st.html(
        '<div class="doc"><p>This page is for those who publish for an agency. Nobody else reads what people '
        'ask about themselves.</p><p><a href="/sign-in">Sign in</a> · <a href="/rights">How agencies '
        "answer</a></p></div>"
    )
else:
    with reading(current().engine) as db:
        found = requests_for(db, member.actor)
    st.html(waiting_words(found))
    requests_desk.show(found)
