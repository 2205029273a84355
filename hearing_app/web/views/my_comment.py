"""My comment, my report or my request: where it stands, by its receipt; and withdrawing it."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import comments_html
from hearing_app.documents.status_page import status_page
from hearing_app.documents.words import plural
from hearing_app.errors import HearingError, Invalid
from hearing_app.hearings.comments.comment import Comment, withdraw
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.receipts import found_by_receipt
from hearing_app.registry.published import names_of_systems
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import appeal, comment_form, following, frame, own_record, own_sent, proof
from hearing_app.web.parts.actor import address

house, state = current(), st.session_state
frame.heading("My receipt")


def take_back() -> None:
    """Withdraw the comment; its author has ticked that this is meant."""
    try:
        if not state.get("my_comment_sure"):
            raise Invalid(
                "Your comment was not withdrawn.", kept="", next_step="Please tick that you mean it."
            )
        receipt = state["my_comment_receipt"]
        found = found_by_receipt(house.engine, house.key, receipt, address())
        if not isinstance(found, Comment):
            own_sent.take_back(found, receipt)
        else:
            gone = withdraw(house.engine, house.key, receipt, address())
            comment_form.forget_sent(gone.comment_id)
    except HearingError as error:
        state["my_comment_refusal"] = error


def show(found: Comment) -> None:
    """Show where the comment stands, what it says, and the way to withdraw it."""
    with reading(house.engine) as db:
        hearing = hearing_of(db, found.hearing_id)
        names = names_of_systems(db)
        stands = status_page(db, hearing, found, house.settings.backup_days)
    st.html(stands)
    appeal.show(found, state["my_comment_receipt"])
    own_record.show(found, state["my_comment_receipt"])
    if found.has_words:
        following.show(found.comment_id, state["my_comment_receipt"])
    proof.show(found)
    if not found.has_words:
        return
    st.header("What you wrote", anchor=False)
    st.html(comments_html([found], names, zone=hearing.time_zone))
    ask_to_withdraw()


def ask_to_withdraw() -> None:
    """Say what withdrawing does, and offer it to who ticks that it is meant."""
    st.header("Withdraw it", anchor=False)
    st.html(
        '<div class="doc"><p>Its words are taken from the pages, the exports and the database at once, and '
        "cannot be brought back. Backups that were made before hold them for "
        f"{plural(house.settings.backup_days, 'day')} more at most. Its number and the fact that it was "
        "withdrawn stay.</p></div>"
    )
    st.checkbox("Yes, remove my words for good", key="my_comment_sure")
    st.button("Withdraw my words", on_click=take_back, key="my_comment_withdraw")


with st.container(width=frame.READING_WIDTH):
    st.html(
        '<div class="doc"><p>Type the 16 digits of your receipt to see where your comment, report or request '
        "stands, and to withdraw it. The digits are not written into the address of this page.</p></div>"
    )
    with st.form("my_comment_form", border=False):
        typed = st.text_input(
            "Receipt",
            key="my_comment_typed",
            # Streamlit has no other way to make a phone show its digits instead of its letters.
            type="phone",
            icon="",
            placeholder="",
            autocomplete="off",
        )
        if st.form_submit_button("Find it", type="primary"):
            state["my_comment_receipt"] = typed
            state.pop("my_comment_sure", None)
    if "comment_receipt" in state:
        st.page_link(BY_NAME["receipt"].view, label="See again the digits of the comment you just sent")
    if refused := state.pop("my_comment_refusal", None):
        frame.refusal(refused)
    if (receipt := state.get("my_comment_receipt")) is not None:
        try:
            mine = found_by_receipt(house.engine, house.key, receipt, address())
            if isinstance(mine, Comment):
                show(mine)
            elif own_sent.show(mine):
                ask_to_withdraw()
        except HearingError as error:
            state.pop("my_comment_receipt", None)
            frame.refusal(error)
