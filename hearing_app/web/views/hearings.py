"""Every hearing by its stage: open ones first."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearing_life import next_in_words
from hearing_app.documents.hearings import hearings_html
from hearing_app.hearings.comments.lists import tally
from hearing_app.hearings.hearing import all_hearings
from hearing_app.hearings.life.stages import stage
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame

with reading(current().engine) as db:
    hearings = [(hearing, tally(db, hearing.id)) for hearing in all_hearings(db)]
    known = {one.id: (stage(db, one), next_in_words(db, one)) for one, _ in hearings}

frame.heading("Hearings")
st.html(hearings_html(hearings, known))
