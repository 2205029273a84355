"""What one window holds of the draft that is open in it, and the one way in which it is saved.

The widgets show the text as it was when the step was opened (``seed``): were they fed with every change, each
would lose the keyboard. What they say is read back on every run and saved at once, so that nothing is lost
when the session ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from hearing_app.deployment import current
from hearing_app.errors import HearingError
from hearing_app.registry.desk.acts import save
from hearing_app.registry.desk.drafts import Draft
from hearing_app.registry.desk.states import MOVES, DeskAct
from hearing_app.registry.form import collect
from hearing_app.store.engine import writing
from hearing_app.web.parts.actor import actor as actor_now

FIRST_STEP = "A"


@dataclass
class Held:
    """One open draft: the text, the revision that it was read at, and what could not be saved.

    ``names`` are the fields of the step that is shown, ``refer`` what its lists of references can name,
    ``remarks`` what a second person has noted so far.
    """

    draft_id: str
    revision: int
    document: dict[str, Any]
    seed: dict[str, Any]
    step: str = FIRST_STEP
    names: tuple[str, ...] = ()
    opening: int = 0
    is_stale: bool = False
    problem: HearingError | None = None
    said: str = ""
    remarks: list[tuple[str, str]] = field(default_factory=list)
    refer: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def key(self, path: str) -> str:
        """Return the key of the widget at a path; a new one each time the step is opened anew."""
        return f"entry_{self.draft_id}_{self.opening}_{path}"

    def given(self) -> dict[str, Any]:
        """Return what the widgets of this step say, by path."""
        beginning = self.key("")
        return {
            str(name).removeprefix(beginning): value
            for name, value in st.session_state.items()
            if str(name).startswith(beginning)
        }

    def open(self, step: str) -> None:
        """Show a step, with the text as it is now."""
        self.step, self.seed, self.opening = step, dict(self.document), self.opening + 1

    def take(self, document: Mapping[str, Any]) -> None:
        """Take another text, and show it."""
        self.document = dict(document)
        self.open(self.step)


def held(draft: Draft) -> Held:
    """Return what this window holds of a draft; what somebody else saved meanwhile is taken over."""
    state, key = st.session_state, f"publish_{draft.draft_id}"
    mine: Held | None = state.get(key)
    if mine is None:
        mine = Held(draft.draft_id, draft.revision, dict(draft.document), dict(draft.document))
        state[key] = mine
    elif (
        mine.revision != draft.revision
        and not mine.is_stale
        and (mine.document == mine.seed or (draft.state, DeskAct.SAVE) not in MOVES)
    ):
        # Nothing was typed here since, or nothing can be: the newer text is shown, and decided on.
        mine.revision = draft.revision
        mine.take(draft.document)
    return mine


def keep(mine: Held, note: str | None = None) -> None:
    """Save what the widgets of this step say, and the change note where one is given.

    A refusal is shown, and the words stay in the window.
    """
    mine.document = collect(mine.names, mine.document, mine.given())
    mine.problem = None
    if mine.is_stale:
        return
    try:
        with writing(current().engine) as db:
            draft = save(db, actor_now(), mine.draft_id, mine.document, revision=mine.revision, note=note)
        mine.revision = draft.revision
    except HearingError as error:
        mine.problem, mine.is_stale = error, error.status == 409
