"""Voting: one statement, three answers, what was answered so far, and the digits that belong to it."""

from __future__ import annotations

import secrets

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.text import for_label
from hearing_app.documents.voting import ballot_html, statement_html
from hearing_app.documents.words import plural
from hearing_app.errors import HearingError
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.voting.casting import (
    Ballot,
    Vote,
    ballot_by_code,
    cast,
    take_back,
    voting_code,
)
from hearing_app.hearings.voting.showing import next_statement, seen_so_far
from hearing_app.hearings.voting.statements import Statement, statements_of
from hearing_app.people.throttle import RECEIPT_BY_ADDRESS, by_network
from hearing_app.record.receipts import new_draft_id
from hearing_app.store.engine import reading, writing
from hearing_app.voices.vote_table import AGREE, DISAGREE, PASS
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import address, sending

WORDS = {AGREE: "Agree", DISAGREE: "Disagree", PASS: "Pass, or not sure"}
_SAID = {AGREE: "You agreed", DISAGREE: "You disagreed", PASS: "You passed"}
state = st.session_state


def show(hearing: Hearing) -> None:
    """Show the next statement, and what this person has answered so far."""
    _begin(hearing)
    house, ballot = current(), state.get("voting_ballot")
    voted = ballot.votes if ballot else {}
    with reading(house.engine) as db:
        statements = statements_of(db, hearing.id)
        so_far = seen_so_far(db, hearing.id)
    if refused := state.pop("voting_refusal", None):
        frame.refusal(refused)
    if note := state.pop("voting_note", ""):
        st.info(note)
    by_number = {one.number: one for one in statements if one.is_shown}
    one = by_number.get(state.get("voting_now", 0))
    if one is None or one.number in voted:
        # What is on the screen stays there until it is answered, however often the page runs again.
        one = next_statement(statements, voted, so_far, secrets.SystemRandom())
        state["voting_now"] = one.number if one else 0
    answered = len(voted.keys() & by_number.keys())
    st.html(
        f'<div class="doc"><p role="status">You have answered {answered} of '
        f"{plural(len(by_number), 'statement')}.</p></div>"
    )
    if one is not None:
        st.html(statement_html(one))
        _answers(hearing, one, "voting")
    elif by_number:
        st.html('<div class="doc"><p>You have answered every statement. Thank you.</p></div>')
    else:
        st.html(
            '<div class="doc"><p>There is no statement yet. Facilitators make them from comments.</p></div>'
        )
    if ballot:
        st.html(ballot_html(ballot.code))
        _earlier(hearing, by_number, ballot)
    _come_back(hearing, ballot)


def _begin(hearing: Hearing) -> None:
    """Begin anew for a hearing: digits are for one alone."""
    if state.get("voting_hearing") == hearing.id:
        return
    for name in ("voting_ballot", "voting_now", "voting_refusal", "voting_note"):
        state.pop(name, None)
    state["voting_hearing"] = hearing.id
    state["voting_code"] = voting_code(current().key, hearing.id, new_draft_id())


def _answers(hearing: Hearing, one: Statement, key: str, *, but: int | None = None) -> None:
    """Show the answers; where one was given before, the others, which name their statement."""
    with st.container(horizontal=True, key=f"{key}_answers_{one.number}"):
        for given, words in WORDS.items():
            if given == but:
                continue
            st.button(
                words if but is None else f"{one.number}: {words.lower()} instead",
                key=f"{key}_{one.number}_{given}",
                on_click=_cast,
                args=(hearing, one.number, given),
            )


def _cast(hearing: Hearing, number: int, given: int) -> None:
    house = current()
    sent = Vote(hearing.id, state["voting_code"], number, given, is_new="voting_ballot" not in state)
    try:
        with writing(house.engine) as db:
            state["voting_ballot"] = cast(db, house.key, sent, by=sending())
    except HearingError as error:
        state["voting_refusal"] = error


def _earlier(hearing: Hearing, by_number: dict[int, Statement], ballot: Ballot) -> None:
    with st.expander("Change what you answered", key="voting_earlier"):
        for number, given in ballot.votes.items():
            if number in by_number:
                st.html(f'<div class="doc"><p><strong>{_SAID[given]}:</strong></p></div>')
                st.html(statement_html(by_number[number]))
                _answers(hearing, by_number[number], "voting_again", but=given)
        st.button("Take all my votes back", key="voting_take_back", on_click=_take_back, args=(hearing,))


def _take_back(hearing: Hearing) -> None:
    house, ballot = current(), state["voting_ballot"]
    try:
        take_back(house.engine, house.key, hearing.id, ballot.code)
    except HearingError as error:
        state["voting_refusal"] = error
    else:
        state.pop("voting_hearing")
        state["voting_taken"] = True


def _come_back(hearing: Hearing, ballot: Ballot | None) -> None:
    if state.pop("voting_taken", False):
        st.info("Your votes are taken back. They are in no table and no count any more.")
    if ballot is None:
        with st.expander("I have voted here before", key="voting_before"):
            st.text_input("The 16 digits", key="voting_typed", autocomplete="off", icon="", placeholder="")
            st.button("Go on", key="voting_go_on", on_click=_go_on, args=(hearing,))


def _go_on(hearing: Hearing) -> None:
    house = current()
    guesses = by_network(RECEIPT_BY_ADDRESS, house.key, address())
    try:
        found = ballot_by_code(house.engine, house.key, hearing.id, state.get("voting_typed", ""), guesses)
    except HearingError as error:
        state["voting_refusal"] = error
        return
    state["voting_ballot"], state["voting_code"] = found, found.code
    state["voting_note"] = for_label(f"Welcome back. {plural(len(found.votes), 'vote')} of yours stand here.")
