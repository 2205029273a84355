"""Preparing a hearing: facilitators draft it, look at it as the public will, announce and follow it up."""

from __future__ import annotations

import streamlit as st

from hearing_app.people.permissions import Act, may
from hearing_app.web.parts import frame, preparing
from hearing_app.web.parts.actor import signed_in

member = signed_in()
frame.heading("Prepare hearings")
if member is None:
    st.html(
        '<div class="doc"><p>This page is for members of staff.</p>'
        '<p><a href="/sign-in">Sign in</a></p></div>'
    )
elif not may(member.actor, Act.PREPARE_HEARINGS):
    st.html('<div class="doc"><p>This page is for facilitators.</p></div>')
elif draft_id := st.query_params.get("draft", ""):
    preparing.show_draft(member.actor, draft_id)
else:
    preparing.show(member.actor)
