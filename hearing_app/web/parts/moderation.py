"""The desk's list, and one comment in it: everything a facilitator needs to decide, and the decisions.

The list stays as it was opened, so that nothing moves under the pointer: a comment that was decided on keeps
its place and its buttons, and those that it allows no more are disabled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.hearings import desk_html, undecided_html
from hearing_app.documents.moderation import beside_html
from hearing_app.errors import HearingError
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.lists import Only, desk_list
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation.claims import claim
from hearing_app.hearings.moderation.deciding import decide, steps_open_to
from hearing_app.hearings.moderation.moves import REASONS
from hearing_app.hearings.vocabulary import Reason, State, Step
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import desk_steps, file_screening, identity_desk
from hearing_app.web.parts.actor import actor

_LIST, _NOT_DONE, _OPENED, _DRAWN = "desk_list", "desk_not_done", "desk_opened", "desk_drawn"
CHOSEN, KEYS = "desk_chosen", "desk_keys"
_NEGATIVE = {
    Step.HOLD: (State.HELD, "Hold comment {} for review"),
    Step.REJECT: (State.REJECTED, "Do not publish comment {}"),
}
_PANEL = {
    frozenset({Step.HOLD, Step.REJECT}): "hold it, or do not publish it",
    frozenset({Step.HOLD}): "hold it back",
    frozenset({Step.REJECT}): "do not publish it",
    frozenset[Step](): "nothing more to decide",
}
# With Alt and Shift: alone, a letter is typed into a field, and is a command of screen readers.
SHORTCUTS = {
    Step.PUBLISH: ("Alt+Shift+P", "publish the first comment that is not decided"),
    Step.HOLD: ("Alt+Shift+H", "hold it, with the reason that is chosen there"),
    Step.REJECT: ("Alt+Shift+N", "do not publish it, with the reason that is chosen there"),
}


@dataclass(frozen=True)
class Shown:
    """What is shown on one page of the list: the comments, their steps, and what stands beside each."""

    comments: Sequence[Comment]
    steps: Mapping[str, frozenset[Step]]
    beside: Mapping[str, str]
    listed: State

    @property
    def first(self) -> str:
        """The first comment that was not decided on since the list was opened: the keys act on it."""
        deciding = {Step.PUBLISH, Step.HOLD, Step.REJECT}
        left = (one.comment_id for one in self.comments if one.state == self.listed)
        return next((comment_id for comment_id in left if self.steps[comment_id] & deciding), "")


def close_list() -> None:
    """Forget the list: it is made anew when it is next asked for."""
    st.session_state.pop(_LIST, None)


def opened_list(
    hearing_id: str,
    state: State,
    *,
    second_look: bool,
    only: Only = Only.ALL,
    language: str = "",
    theme: int | None = None,
) -> tuple[int, list[str]]:
    """Return the comments of this choice as they were when it was opened, and which opening that was."""
    session, choice = st.session_state, (hearing_id, state, second_look, only, language, theme)
    if session.get(_LIST, (None,))[0] != choice:
        with reading(current().engine) as db:
            found = desk_list(
                db,
                actor(),
                hearing_id,
                state,
                second_look=second_look,
                only=only,
                language=language,
                theme=theme,
            )
        session[_LIST], session[_NOT_DONE], session[_DRAWN] = (choice, found), {}, {}
        session[_OPENED] = session.get(_OPENED, 0) + 1
    return session[_OPENED], session[_LIST][1]


def shown(hearing: Hearing, comments: Sequence[Comment], listed: State) -> Shown:
    """Open the comments of one page, as far as no colleague has them, and return what is known of each."""
    me = actor()
    with writing(current().engine) as db:
        theirs = claim(db, me, [one.comment_id for one in comments])
    with reading(current().engine) as db:
        steps = steps_open_to(db, me, comments)
        return Shown(comments, steps, beside_html(db, hearing, comments, theirs), listed)


def show(one: Comment, names: Mapping[str, str], here: Shown, *, place: int, hearing: Hearing) -> None:
    """Show a comment with its private answers and the decisions that its state allows.

    ``place`` is its place in the list.
    """
    key, zone = f"desk_{one.comment_id}", hearing.time_zone
    allowed = here.steps[one.comment_id]
    # Whatever could be done when the list was opened keeps its button.
    drawn = st.session_state[_DRAWN].setdefault(one.comment_id, allowed) | allowed
    label = State(one.state).label
    tried, error = st.session_state[_NOT_DONE].get(one.comment_id, (None, None))
    keys = SHORTCUTS if one.comment_id == here.first and st.session_state.get(KEYS, True) else {}
    with st.container(key=key):
        decided = one.state != here.listed
        st.html(desk_html(one, names, place=place, zone=zone, decided=decided) + here.beside[one.comment_id])
        if error and tried not in _NEGATIVE:
            st.html(undecided_html(error))
        st.checkbox(
            f"Choose comment {place}",
            key=f"{CHOSEN}_{one.comment_id}",
            disabled=not allowed & {Step.PUBLISH, *_NEGATIVE},
        )
        if Step.PUBLISH in drawn:
            st.button(
                f"Publish {one.comment_id}",
                type="primary",
                key=f"{key}_publish",
                disabled=Step.PUBLISH not in allowed,
                shortcut=keys.get(Step.PUBLISH, (None,))[0],
                on_click=_decide,
                args=(one, Step.PUBLISH),
            )
        if negative := [step for step in _NEGATIVE if step in drawn]:
            open_steps = frozenset(negative) & allowed
            with st.expander(f"Comment {place}: {_PANEL[open_steps]}", key=f"{key}_panel"):
                shown_error = error if tried in _NEGATIVE else None
                st.html(
                    undecided_html(shown_error, otherwise=f"Its author will read the reason. It {label}.")
                )
                reason_fields(key, disabled=not open_steps)
                for step in negative:
                    st.button(
                        _NEGATIVE[step][1].format(place),
                        key=f"{key}_{_NEGATIVE[step][0]}",
                        disabled=step not in allowed,
                        shortcut=keys.get(step, (None,))[0],
                        on_click=_decide,
                        args=(one, step),
                    )
        desk_steps.show(one, allowed, place=place, take=take)
        identity_desk.show(one, hearing, place=place)
        file_screening.show(one, zone)


def reason_fields(key: str, *, disabled: bool = False) -> None:
    """Show the fields of a reason, of a note, and of the court or body whose order it is."""
    st.selectbox(
        "Reason",
        ["", *(str(reason) for reason in REASONS)],
        format_func=lambda value: Reason(value).label if value else "Choose one",
        key=f"{key}_reason",
        disabled=disabled,
    )
    st.text_area(
        "Note for the author. Optional, up to 500 characters",
        key=f"{key}_note",
        height=80,
        disabled=disabled,
    )
    st.text_input(
        "For a court order or a legal duty: the name of the court or body, which is public",
        key=f"{key}_authority",
        disabled=disabled,
    )


def reason_given(key: str) -> dict[str, Any]:
    """Return what stands in those fields."""
    given = {"reason_id": "reason", "note": "note", "authority": "authority"}
    return {name: st.session_state.get(f"{key}_{field}", "") for name, field in given.items()}


def take(one: Comment, step: Step, act: Callable[..., Any]) -> None:
    """Do something with a comment, given a connection and who acts; a refusal is shown beside it."""
    not_done = st.session_state.setdefault(_NOT_DONE, {})
    not_done.pop(one.comment_id, None)
    try:
        with writing(current().engine) as db:
            act(db, actor())
    except HearingError as error:
        not_done[one.comment_id] = (step, error)


def _decide(one: Comment, step: Step) -> None:
    """Decide on the comment that the button was drawn for, whatever stands in its place by now."""
    to = State.PUBLISHED if step is Step.PUBLISH else _NEGATIVE[step][0]
    given = reason_given(f"desk_{one.comment_id}") if step in _NEGATIVE else {}
    take(
        one,
        step,
        lambda db, me: decide(db, me, one.comment_id, to, seen_state=State(one.state), **given),
    )
