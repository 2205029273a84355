"""Answering: what waits, beside the box; and for facilitators, marking what is to be answered."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.text import isolated
from hearing_app.hearings.answers.answering import queue_of
from hearing_app.hearings.hearing import all_hearings
from hearing_app.people.permissions import Act, may
from hearing_app.store.engine import reading
from hearing_app.web.parts import answering, asking, frame
from hearing_app.web.parts.actor import signed_in

member = signed_in()
frame.heading("Answer what was asked")
if member is None or not may(member.actor, Act.WRITE_ANSWERS):
    st.html(
        '<div class="doc"><p>This page is for those who answer for an agency, and for facilitators.</p>'
        '<p><a href="/sign-in">Sign in</a> · <a href="/answers">What was answered</a></p></div>'
    )
else:
    with reading(current().engine) as db:
        hearings = {one.id: one for one in all_hearings(db)}
        waiting = {name: queue_of(db, member.actor, one) for name, one in hearings.items()}
    marks = may(member.actor, Act.ASK_FOR_ANSWERS)
    offered = answering.in_order(hearings, waiting, everything=marks)
    if not offered:
        st.html('<div class="doc"><p>Nothing waits for an answer of your agency.</p></div>')
    else:
        chosen = st.selectbox(
            "Hearing",
            offered,
            format_func=lambda name: isolated(hearings[name].title),
            key="answer_hearing",
            on_change=answering.begin_anew,
        )
        answering.show(member.actor, hearings[chosen], waiting[chosen])
        if marks:
            asking.show(hearings[chosen])
