"""Beside a comment at the desk: taking words out, removals by two people, and answers to appeals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from hearing_app.deployment import current
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.moderation import appeals, redactions, removals
from hearing_app.hearings.moderation.moves import REASONS
from hearing_app.hearings.vocabulary import Reason, Redacted, State, Step
from hearing_app.store.engine import reading

Take = Callable[[Comment, Step, Callable[..., Any]], None]
_FIELDS = {
    "concern": "The comment",
    "value_seen": "What they see as useful",
    "ask": "What the panel should do",
    "target_detail": "What it is about",
}
_HEADINGS = {
    Step.UPHOLD: "Answer the appeal",
    Step.REDACT: "Take words out",
    Step.PROPOSE_REMOVAL: "Propose its removal",
    Step.CONFIRM_REMOVAL: "Decide on its removal",
}
_REASONS = {Step.REDACT: ("R2", "R3", "R4", "R7"), Step.PROPOSE_REMOVAL: tuple(map(str, REASONS))}


def show(one: Comment, allowed: frozenset[Step], *, place: int, take: Take) -> None:
    """Show the steps that a comment allows now; ``take`` does one and shows a refusal."""
    with reading(current().engine) as db:
        marks = redactions.redactions_of(db, [one.comment_id]).get(one.comment_id, [])
        asked = appeals.open_appeal(db, one.comment_id)
    in_force = [mark.number for mark in marks if mark.is_in_force]
    key = f"step_{one.comment_id}"
    # One panel for all, always there: what is possible changes with a decision, and nothing may move then.
    with st.expander(f"Comment {place}: words taken out, removal, appeal", key=f"{key}_panel"):
        if not allowed & set(_HEADINGS):
            st.html('<div class="doc"><p class="quiet">None of these is possible now.</p></div>')
        if asked and Step.UPHOLD in allowed:
            _heading(Step.UPHOLD)
            _answer(one, key, place, take)
        if Step.REDACT in allowed:
            _heading(Step.REDACT)
            _redact(one, key, place, take)
            for number in in_force:
                _lift(one, key, number, place, take)
        if Step.PROPOSE_REMOVAL in allowed:
            _heading(Step.PROPOSE_REMOVAL)
            _propose(one, key, place, take)
        if Step.CONFIRM_REMOVAL in allowed:
            _heading(Step.CONFIRM_REMOVAL)
            _second(one, key, place, take)


def _heading(step: Step) -> None:
    st.html(f'<div class="doc"><h3>{_HEADINGS[step]}</h3></div>')


def _value(key: str) -> str:
    return str(st.session_state.get(key, ""))


def _reason(key: str, step: Step) -> None:
    st.selectbox(
        "Reason",
        ["", *_REASONS[step]],
        format_func=lambda value: Reason(value).label if value else "Choose one",
        key=f"{key}_reason",
    )


def _redact(one: Comment, key: str, place: int, take: Take) -> None:
    there = [name for name in _FIELDS if getattr(one, name)]
    st.selectbox("Where", there, format_func=lambda name: _FIELDS[name], key=f"{key}_field")
    st.text_input("The words that readers shall not see, exactly as they stand there", key=f"{key}_words")
    st.number_input("Which time they stand there", 1, 1000, key=f"{key}_turn")
    st.selectbox(
        "What it is", list(Redacted), format_func=lambda kind: Redacted(kind).label, key=f"{key}_kind"
    )
    _reason(f"{key}_redact", Step.REDACT)
    st.text_input("Note for the author. Optional", key=f"{key}_redact_note")

    def act(db: Any, me: Any) -> None:
        field = _value(f"{key}_field") or there[0]
        turn = int(st.session_state.get(f"{key}_turn", 1))
        start, stop = redactions.place_of(getattr(one, field), _value(f"{key}_words"), turn)
        redactions.redact(
            db,
            me,
            one.comment_id,
            field=field,
            start=start,
            stop=stop,
            kind=_value(f"{key}_kind"),
            reason_id=_value(f"{key}_redact_reason"),
            seen_state=State(one.state),
            note=_value(f"{key}_redact_note"),
        )

    label = f"Take these words out of comment {place}"
    st.button(label, key=f"{key}_redact", on_click=take, args=(one, Step.REDACT, act))


def _lift(one: Comment, key: str, number: int, place: int, take: Take) -> None:
    st.text_input(f"Why the words of {number} come back", key=f"{key}_lift_{number}_note")
    st.button(
        f"Put the words of {number} back into comment {place}",
        key=f"{key}_lift_{number}",
        on_click=take,
        args=(
            one,
            Step.LIFT,
            lambda db, me: redactions.lift(
                db, me, one.comment_id, number, note=_value(f"{key}_lift_{number}_note")
            ),
        ),
    )


def _propose(one: Comment, key: str, place: int, take: Take) -> None:
    st.html('<div class="doc"><p class="quiet">It is held from view until a colleague has decided.</p></div>')
    _reason(f"{key}_removal", Step.PROPOSE_REMOVAL)
    st.text_input("Note for the author. Optional", key=f"{key}_removal_note")
    st.text_input("For a court order: the name of the court, which is public", key=f"{key}_removal_authority")
    st.button(
        f"Propose to remove comment {place}",
        key=f"{key}_propose",
        on_click=take,
        args=(
            one,
            Step.PROPOSE_REMOVAL,
            lambda db, me: removals.propose(
                db,
                me,
                one.comment_id,
                seen_state=State(one.state),
                reason_id=_value(f"{key}_removal_reason"),
                note=_value(f"{key}_removal_note"),
                authority=_value(f"{key}_removal_authority"),
            ),
        ),
    )


def _second(one: Comment, key: str, place: int, take: Take) -> None:
    st.text_input("Note for the author. Optional", key=f"{key}_second_note")
    for step, act, label in (
        (Step.CONFIRM_REMOVAL, removals.confirm, f"Remove comment {place}, as proposed"),
        (Step.REFUSE_REMOVAL, removals.refuse, f"Let comment {place} stand"),
    ):
        st.button(
            label,
            key=f"{key}_{step}",
            on_click=take,
            args=(
                one,
                step,
                lambda db, me, act=act: act(db, me, one.comment_id, note=_value(f"{key}_second_note")),
            ),
        )


def _answer(one: Comment, key: str, place: int, take: Take) -> None:
    st.text_area("Why. Its author reads it; up to 500 characters", key=f"{key}_answer_note", height=80)
    for step, act, label in (
        (Step.UPHOLD, appeals.uphold, f"Let the decision on comment {place} stand"),
        (Step.OVERTURN, appeals.overturn, f"Overturn the decision on comment {place}"),
    ):
        st.button(
            label,
            key=f"{key}_{step}",
            on_click=take,
            args=(
                one,
                step,
                lambda db, me, act=act: act(db, me, one.comment_id, note=_value(f"{key}_answer_note")),
            ),
        )
