"""What one window holds of the draft of a hearing that is open in it, and the one way in which it is saved.

The widgets show the form as it was when it was opened (``seed``); what they say is read back on every run and
saved at once, so that nothing is lost when the session ends.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from hearing_app.deployment import current
from hearing_app.errors import HearingError
from hearing_app.hearings.life.drafts import Draft, save
from hearing_app.hearings.life.filling import BLANK, Form, with_systems
from hearing_app.store.engine import writing
from hearing_app.web.parts.actor import actor as actor_now

_LISTS = ("systems", "questions")


@dataclass
class Held:
    """One open draft: the form, the revision that it was read at, and what could not be saved."""

    draft_id: str
    revision: int
    form: Form
    seed: Form
    reason: str
    opening: int = 0
    is_stale: bool = False
    problem: HearingError | None = None
    said: str = ""

    def key(self, name: str) -> str:
        """Return the key of the widget of a field; a new one each time the form is opened anew."""
        return f"prepare_{self.draft_id}_{self.opening}_{name}"

    def take(self, form: Form, revision: int | None = None) -> None:
        """Take a form, and show it; ``revision`` where it is one that is saved."""
        self.form, self.seed, self.opening = copy.deepcopy(form), copy.deepcopy(form), self.opening + 1
        self.revision = self.revision if revision is None else revision


def held(draft: Draft) -> Held:
    """Return what this window holds of a draft; what a colleague saved is shown where nothing was typed."""
    state, key = st.session_state, f"prepare_{draft.draft_id}"
    mine: Held | None = state.get(key)
    form = dict(draft.form)
    if mine is None:
        mine = Held(draft.draft_id, draft.revision, form, copy.deepcopy(form), draft.reason)
        state[key] = mine
    elif mine.revision != draft.revision and not mine.is_stale and mine.form == mine.seed:
        mine.reason = draft.reason
        mine.take(form, draft.revision)
    return mine


def gather(mine: Held, present: Mapping[str, int]) -> None:
    """Take over what the widgets say, and save it if it is something else than before.

    It is read before they are drawn, so that what is said at a field is about what stands in it.
    """
    state, typed = st.session_state, dict(mine.form)
    for name in BLANK:
        if name not in _LISTS and mine.key(name) in state:
            typed[name] = state[mine.key(name)]
    if mine.key("systems") in state:
        typed["systems"] = with_systems(mine.form["systems"], state[mine.key("systems")], present)
    if mine.key("question_0") in state:
        typed["questions"] = [
            one
            | {
                "text": state.get(mine.key(f"question_{place}"), one["text"]),
                "system": state.get(mine.key(f"question_{place}_system"), one["system"]),
            }
            for place, one in enumerate(mine.form["questions"])
        ]
    reason = state.get(mine.key("reason"), mine.reason)
    if (typed, reason) != (mine.form, mine.reason):
        mine.form, mine.reason = typed, reason
        keep(mine)


def keep(mine: Held) -> None:
    """Save what was typed; a refusal is shown, and the words stay in the window."""
    mine.problem = None
    if mine.is_stale:
        return
    try:
        with writing(current().engine) as db:
            draft = save(
                db, actor_now(), mine.draft_id, mine.form, revision=mine.revision, reason=mine.reason
            )
        mine.revision = draft.revision
    except HearingError as error:
        mine.problem, mine.is_stale = error, error.status == 409
