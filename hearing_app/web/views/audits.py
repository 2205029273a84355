"""Audits: an auditor plans them and states what was found; the audited body's publisher answers."""

from __future__ import annotations

import streamlit as st

from hearing_app.people.permissions import Act, may
from hearing_app.web.parts import frame, supervision_desk
from hearing_app.web.parts.actor import signed_in

frame.heading("Audits")
member = signed_in()
if member is None or not (may(member.actor, Act.CARRY_OUT_AUDITS) or may(member.actor, Act.ANSWER_AUDITS)):
    door = '<p><a href="/sign-in">Sign in</a></p>' if member is None else ""
    st.html(
        '<div class="doc"><p>This page is for auditors, and for publishers whose systems are audited. '
        'Everybody reads the audits on the page <a href="/supervision">Supervision</a>.</p>'
        f"{door}</div>"
    )
else:
    supervision_desk.show(member.actor)
