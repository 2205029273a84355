"""Below an author's comment: changing the wish to speak, and the files."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.errors import HearingError
from hearing_app.hearings.comments.comment import Comment, find_by_receipt
from hearing_app.hearings.comments.file_adding import remove_file
from hearing_app.hearings.comments.files import files_of
from hearing_app.hearings.comments.speaking import Asked, Wish, change, takes_wishes, wish_of
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.vocabulary import Speaking
from hearing_app.store.engine import reading
from hearing_app.web.parts import frame, wish_form
from hearing_app.web.parts.actor import address

_KEY = "own_wish"
_REFUSED = "own_record_refused"


def show(found: Comment, receipt: str) -> None:
    """Show what an author can change beside the words; ``receipt`` is what was typed."""
    if not found.has_words:
        return
    with reading(current().engine) as db:
        hearing, wish = hearing_of(db, found.hearing_id), wish_of(db, found.comment_id)
        kept = files_of(db, [found.comment_id]).get(found.comment_id, [])
    if refused := st.session_state.pop(_REFUSED, None):
        frame.refusal(refused, wish_form.LABELS)
    if takes_wishes(hearing):
        with st.expander("Change whether you wish to speak"):
            _begin(found.comment_id, wish)
            wish_form.show_question(_KEY)
            if st.session_state[f"{_KEY}_speaking"] != Speaking.NO:
                wish_form.show_details(_KEY)
            st.button("Keep this wish", key="own_wish_keep", on_click=_keep, args=(receipt,))
    elif wish:
        st.button("Take back my wish to speak", key="own_wish_back", on_click=_take_back, args=(receipt,))
    for one in kept:
        st.button(
            f"Remove file {one.number}",
            key=f"own_{one.file_id}",
            on_click=_remove,
            args=(receipt, one.file_id),
        )
    add_files("Add a file, or see your files")


def add_files(words: str) -> None:
    """Show the way to the page that takes files, beside this page and not in its place.

    It asks for the receipt, and a page of this app that is left has forgotten the digits when its reader
    comes back. A link within ``st.html`` cannot open a new tab; Streamlit's own does.
    """
    st.link_button(f"{words} (opens a new tab)", "/my-comment/files")
    st.html(
        '<div class="doc"><p class="quiet">Copy the 16 digits first: the new tab asks for them. Files are '
        "sent there; this page stays open.</p></div>"
    )


def _begin(comment_id: str, wish: Wish | None) -> None:
    """Give the fields what was asked for before, once for each comment that is looked at."""
    state = st.session_state
    if state.get(f"{_KEY}_of") == comment_id:
        return
    state[f"{_KEY}_of"] = comment_id
    for name, value in wish_form.values_of(wish).items():
        state[f"{_KEY}_{name}"] = value


def _keep(receipt: str) -> None:
    names = ("speaking", *wish_form.DETAILS)
    _change(receipt, wish_form.asked({name: st.session_state.get(f"{_KEY}_{name}") for name in names}))


def _take_back(receipt: str) -> None:
    _change(receipt, Asked())


def _change(receipt: str, asked: Asked) -> None:
    house = current()
    try:
        own = find_by_receipt(house.engine, house.key, receipt, address())
        change(house.engine, own.comment_id, asked)
    except HearingError as error:
        st.session_state[_REFUSED] = error


def _remove(receipt: str, file_id: str) -> None:
    house = current()
    try:
        remove_file(house.engine, house.key, receipt, address(), file_id)
    except HearingError as error:
        st.session_state[_REFUSED] = error
