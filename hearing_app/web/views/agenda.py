"""The agenda of a hearing as a facilitator arranges it: proposed, changed, published."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.agenda_desk import draft_html, lottery_html
from hearing_app.documents.text import isolated
from hearing_app.hearings.agenda.arranging import begin
from hearing_app.hearings.agenda.concerns import where_heard
from hearing_app.hearings.agenda.lottery import commit, lottery_of
from hearing_app.hearings.agenda.reading import draft_of, versions_of
from hearing_app.hearings.comments.lists import published_comments
from hearing_app.hearings.hearing import all_hearings
from hearing_app.hearings.life.stages import sign_up_closes
from hearing_app.people.permissions import Act, require
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import agenda_desk, frame
from hearing_app.web.parts.actor import actor

speaker = actor()
frame.heading("Agenda")
require(speaker, Act.ARRANGE_AGENDA)
with reading(current().engine) as db:
    hearings = {one.id: one for one in all_hearings(db)}
asked = st.query_params.get("hearing", "")
if asked in hearings and "agenda_hearing" not in st.session_state:
    st.session_state["agenda_hearing"] = asked
chosen = st.selectbox(
    "Hearing", list(hearings), format_func=lambda name: isolated(hearings[name].title), key="agenda_hearing"
)
agenda_desk.refusals()
if chosen:
    hearing = hearings[chosen]
    with reading(current().engine) as db:
        draft, versions = draft_of(db, speaker, chosen), versions_of(db, chosen)
        lottery = lottery_of(db, chosen)
        comments = {one.comment_id: one for one in published_comments(db, chosen)}
    st.header("Lottery", anchor=False)
    st.html(lottery_html(lottery, hearing))
    if lottery is None and datetime.now(UTC) < sign_up_closes(hearing):
        agenda_desk.button("Fix the seed now", "commit", commit, chosen)
    st.header("Draft", anchor=False)
    if draft is None:
        agenda_desk.button("Begin the agenda", "begin", begin, chosen)
    else:
        names = {one.comment_id: one.public_name for one in comments.values()}
        with reading(current().engine) as db:
            heard = where_heard(db, hearing, draft.arrangement.items)
        st.html(draft_html(draft, hearing, names, heard))
        agenda_desk.proposing(draft, hearing)
        agenda_desk.items(draft, sorted(comments))
        agenda_desk.publishing(draft, versions[-1] if versions else None)
    st.page_link(BY_NAME["room"].view, label="The room", query_params={"hearing": chosen})
