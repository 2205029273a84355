"""Writing a comment; what was typed stays until there is a receipt."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import before_sending_html
from hearing_app.documents.text import for_label
from hearing_app.errors import Invalid, NotOpen
from hearing_app.hearings.comments.speaking import takes_wishes
from hearing_app.hearings.hearing import Phase, all_hearings, hearing_of
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.register import register_of
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import comment_form, frame
from hearing_app.web.parts.seen import seen_figures

house, state, asked = current(), st.session_state, st.query_params
with reading(house.engine) as db:
    open_now = [one for one in all_hearings(db) if one.phase() is Phase.OPEN]
    wanted = asked.get("hearing") or (open_now[0].id if open_now else "")
    if not wanted:
        frame.heading("Your comment")
        raise NotOpen("No hearing is open for comments at the moment.", kept="")
    hearing = hearing_of(db, wanted)
    register = register_of(db)
frame.heading("Your comment")
if hearing.phase() is not Phase.OPEN:
    raise NotOpen("This hearing takes no comments now.", kept="", next_step="Its page says when it was open.")
systems = {name: register[name].name for name in hearing.systems if name in register}
versions = {name: register[name].version for name in systems}
pinned, unfit = seen_figures(house.catalogue, asked.get("seen", ""))
if pinned is not None:
    # Figures of one system cannot travel with a comment on another.
    systems = {name: title for name, title in systems.items() if name == pinned["system"]} or systems
    pinned = pinned if pinned["system"] in systems else None
# A link to another hearing, system or view begins a new draft, but nothing that was typed is thrown away.
arrival = (hearing.id, asked.get("system", ""), asked.get("seen", ""))
if state.get("comment_arrival") != arrival or "comment_draft_id" not in state:
    state["comment_arrival"], state["comment_faults"] = arrival, ()
    state["comment_draft_id"] = new_draft_id()
    comment_form.begin(
        arrival[1] if arrival[1] in systems else next(iter(systems)), with_figures=pinned is not None
    )
comment_form.gather(systems)
draft = comment_form.draft(state["comment_draft_id"], hearing.id, versions, pinned)
# What was wrong at the last check, and still is: an error must not outlive its repair.
faults = comment_form.remaining(draft, state["comment_faults"])

with st.container(width=frame.READING_WIDTH):
    if faults:
        refused = Invalid("Your comment was not sent yet.", faults, kept="Your words are still here.")
        frame.refusal(refused, comment_form.LABELS)
    st.html(before_sending_html(hearing, pinned, systems[draft.system_id]))
    if arrival[1] and arrival[1] not in systems:
        st.info(for_label(f"This hearing does not hear a system “{arrival[1][:60]}”. Please choose one."))
    if unfit:
        st.info(for_label(unfit))
    comment_form.show(systems, faults, state["comment_faults"], signs_up=takes_wishes(hearing))
    if faults:
        st.error("Your comment was not sent yet: what is marked above needs another look.")
    elif state["comment_faults"]:
        st.info("Everything that was marked has been changed. Please check again.")
    if st.button("Check before sending", type="primary", key="comment_check"):
        state["comment_faults"] = comment_form.check(draft)
        if state["comment_faults"]:
            st.rerun()
        state["comment_draft"] = draft
        st.switch_page(BY_NAME["check"].view)
