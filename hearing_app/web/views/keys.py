"""Keys of agencies: their fingerprints, since when, and how to compare them."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.agencies import keys_html
from hearing_app.people.permissions import Act, may
from hearing_app.record.signatures import name_of_record
from hearing_app.registry.agencies import all_keys
from hearing_app.registry.published import names_of_agencies
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame
from hearing_app.web.parts import keys as registering
from hearing_app.web.parts.actor import signed_in

with reading(current().engine) as db:
    keys, names, record = all_keys(db), names_of_agencies(db), name_of_record(db)
frame.heading("Keys of agencies")
st.html(keys_html(keys, names, record))
member = signed_in()
if member is not None and may(member.actor, Act.REGISTER_KEYS):
    registering.show(member.actor)
