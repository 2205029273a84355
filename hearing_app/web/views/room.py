"""The room of a hearing, full screen: what runs, who speaks, the time left, and who comes next."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.errors import NotFound
from hearing_app.hearings.hearing import hearing_of
from hearing_app.people.permissions import Act, may
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame, minutes_desk, room_screen
from hearing_app.web.parts.actor import actor

if not (hearing_id := st.query_params.get("hearing", "")):
    raise NotFound(
        "The address of this page does not say which hearing is meant.",
        kept="",
        next_step="Please choose one under “Hearings”, and there its room.",
        heading="No hearing was named",
    )
with reading(current().engine) as db:
    hearing = hearing_of(db, hearing_id)

frame.heading(hearing.title)
drives = may(actor(), Act.RUN_ROOM)
left, right = st.columns((5, 3), gap="large")
with left:
    room_screen.screen(hearing, drives=drives)
    if drives:
        minutes_desk.show(hearing)
with right:
    room_screen.behind(hearing)
st.page_link(BY_NAME["hearing"].view, label="The hearing's page", query_params={"id": hearing.id})
