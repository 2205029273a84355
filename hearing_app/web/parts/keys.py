"""Keys of agencies, for administrators: registering one that an agency sent, and revoking one."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st
from pydantic import ValidationError

from hearing_app.deployment import current
from hearing_app.documents.text import for_label
from hearing_app.errors import HearingError, Invalid
from hearing_app.people.permissions import Actor
from hearing_app.record.signatures import SignedKeyRequest, fingerprint_of
from hearing_app.registry.agencies import AgencyKey, register_key, revocable_keys, revoke_key
from hearing_app.registry.faults import faults_of
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor as actor_now

_SAID, _PROBLEM = "keys_said", "keys_problem"


def show(actor: Actor) -> None:
    """Show both forms, once the person has shown lately that it is them."""
    state = st.session_state
    said, problem = (state.pop(name, None) for name in (_SAID, _PROBLEM))
    st.header("Register or revoke a key", anchor=False)
    try:
        with reading(current().engine) as db:
            revocable = {key.key_id: key for key in revocable_keys(db, actor)}
    except HearingError as error:
        # Nothing is typed into forms that would be refused when they are sent.
        frame.refusal(error)
        return
    if problem:
        frame.refusal(problem)
    if said:
        st.success(said)
    with st.container(width=frame.READING_WIDTH):
        st.text_area("The request\nThe whole text that the agency's machine printed.", key="keys_request")
        st.text_input(
            "Fingerprint\nAs the agency told it you over another channel: a call to a number that you looked "
            "up yourself, or on paper. Do not copy it from the request.",
            key="keys_fingerprint",
        )
        st.checkbox(
            "The agency's present key is lost, and could not sign this request. The record will show that "
            "you alone vouch for the new key.",
            key="keys_lost",
        )
        st.button("Register this key", key="keys_register", on_click=_register)
        if revocable:
            _revoking(revocable)


def _revoking(keys: dict[str, AgencyKey]) -> None:
    st.subheader("Revoke a key", anchor=False)
    st.selectbox(
        "Key",
        list(keys),
        format_func=lambda name: f"{for_label(keys[name].agency)}, {fingerprint_of(name)[:19]} …",
        key="keys_chosen",
    )
    st.text_input("Reason\nOne sentence, which stands in public.", key="keys_reason")
    st.datetime_input(
        "Not to be trusted from\nWhere it is known since when the key was in other hands (UTC). Without it: "
        "from now on.",
        value=None,
        key="keys_since",
    )
    st.button("Revoke this key", key="keys_revoke", on_click=_revoke)


def _register() -> None:
    state = st.session_state
    try:
        request = _request(state["keys_request"])
        with writing(current().engine) as db:
            key = register_key(
                db,
                actor_now(),
                request,
                fingerprint=state["keys_fingerprint"],
                old_key_is_lost=state["keys_lost"],
            )
        state[_SAID] = f"{key.agency} signs with {fingerprint_of(key.key_id)} from now on."
        state["keys_request"], state["keys_fingerprint"], state["keys_lost"] = "", "", False
    except HearingError as error:
        state[_PROBLEM] = error


def _request(text: str) -> SignedKeyRequest:
    try:
        return SignedKeyRequest.model_validate_json(text)
    except ValidationError as error:
        raise Invalid(
            "The request cannot be read.", faults_of(error), kept="No key was registered."
        ) from None


def _revoke() -> None:
    state = st.session_state
    since: datetime | None = state["keys_since"]
    try:
        with writing(current().engine) as db:
            key = revoke_key(
                db,
                actor_now(),
                # The page that was clicked may be of the choice before.
                state["keys_chosen"],
                reason=state["keys_reason"],
                untrusted_from=since.replace(tzinfo=UTC) if since else None,
            )
        state[_SAID] = f"Nothing that {key.agency} signs with this key is taken from now on."
        state["keys_reason"] = ""
    except HearingError as error:
        state[_PROBLEM] = error
