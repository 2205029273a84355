"""The publishing desk: an agency's publishers write entries, and a second person approves them."""

from __future__ import annotations

import streamlit as st

from hearing_app.people.permissions import Act, may
from hearing_app.web.parts import drafting, frame, publishing
from hearing_app.web.parts.actor import signed_in

member = signed_in()
frame.heading("Publishing desk")
if member is None:
    st.html(
        '<div class="doc"><p>This page is for members of staff.</p>'
        '<p><a href="/sign-in">Sign in</a></p></div>'
    )
elif may(member.actor, Act.WRITE_DRAFTS):
    if draft_id := st.query_params.get("draft", ""):
        drafting.show(member.actor, draft_id)
    else:
        publishing.show(member.actor)
elif may(member.actor, Act.READ_DESK_LOG):
    publishing.show_log(member.actor)
else:
    st.html(
        '<div class="doc"><p>This page is for publishers, who write the entries of their own body, and for '
        "auditors, who read what was done. Everybody reads the entries in the "
        '<a href="/register">register</a>.</p></div>'
    )
