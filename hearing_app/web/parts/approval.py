"""The second person's look at a draft: what changed, remarks field by field, approval or return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import streamlit as st
from pydantic import ValidationError

from hearing_app.deployment import current
from hearing_app.documents.desk import look_html, titles_of_fields
from hearing_app.documents.diffs import changes_html
from hearing_app.documents.text import for_label, inline
from hearing_app.errors import HearingError, Invalid
from hearing_app.people.permissions import Actor
from hearing_app.record.signatures import SignedPublication
from hearing_app.registry.agencies import keys_of
from hearing_app.registry.desk import acts
from hearing_app.registry.desk.drafts import Draft, Remark
from hearing_app.registry.desk.look import Look
from hearing_app.registry.desk.states import DeskAct
from hearing_app.registry.diff import changes
from hearing_app.registry.faults import faults_of
from hearing_app.registry.published import entry_of
from hearing_app.registry.signed import SignedDocument
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor as actor_now
from hearing_app.web.parts.held import Held


class DraftActing(Protocol):
    """An act on a draft that asks for nothing more."""

    __name__: str

    def __call__(self, db: Any, actor: Actor, draft_id: str, *, revision: int) -> Draft:
        """Do it, and return the draft."""


def show(actor: Actor, draft: Draft, mine: Held, look: Look) -> None:
    """Show what was submitted beside what is published, and what this reader may do with it."""
    with reading(current().engine) as db:
        before = entry_of(db, draft.document_id, draft.based_on).entry if draft.based_on else None
        signs = bool(keys_of(db, draft.agency))
    st.html(f'<div class="doc"><p><strong>What changed, and why:</strong> {inline(draft.note)}</p></div>')
    if look.entry is not None:
        st.subheader("What changes", anchor=False)
        st.html(changes_html(changes(before, look.entry), level=4))
    st.html(look_html(look, summary=True))
    if draft.allows(actor, DeskAct.TAKE_BACK):
        words = "It waits for another publisher of your agency: whoever wrote a text does not approve it."
        st.html(f'<div class="doc"><p>{words}</p></div>')
        st.button("Take it back, to go on writing", key="publish_back", on_click=_take_back, args=(mine,))
    if draft.allows(actor, DeskAct.APPROVE):
        _approval(actor, draft, mine, signs=signs)
        _remarks(mine)


def do(mine: Held, act: Callable[[Any], Draft | None], said: str) -> None:
    """Do something with the draft, and note what is to be shown: what was done, or why not."""
    try:
        with writing(current().engine) as db:
            draft = act(db)
        if draft is not None:
            mine.revision = draft.revision
            mine.take(draft.document)
        mine.problem, mine.said = None, said
    except HearingError as error:
        mine.problem = error


def _approval(actor: Actor, draft: Draft, mine: Held, *, signs: bool) -> None:
    st.subheader("Approve it", anchor=False)
    with st.container(width=frame.READING_WIDTH):
        if signs:
            st.text_area(
                "The signed file\nYour agency signs what it publishes. Download this draft, sign it on your "
                f"agency's machine with the note “{for_label(draft.note)}”, and paste what was printed.",
                key=f"signed_{mine.draft_id}",
            )
        if not actor.fresh:
            on = f"/confirm?next=/publish%3Fdraft%3D{draft.draft_id}"
            st.html(
                '<div class="doc"><p>What is approved is public at once, and stays on the record for ever. '
                f'<a href="{on}">Please confirm first that it is you.</a></p></div>'
            )
        st.button(
            "Approve and publish",
            type="primary",
            key="publish_approve",
            disabled=not actor.fresh,
            on_click=_approve,
            args=(mine,),
        )


def _remarks(mine: Held) -> None:
    st.subheader("Or return it with remarks", anchor=False)
    titles = titles_of_fields()
    with st.container(width=frame.READING_WIDTH):
        for place, (name, text) in enumerate(mine.remarks):
            said = f"{titles.get(name, 'The whole')}: {text}"
            st.button(
                f"Remove the remark “{for_label(said)}”",
                key=f"unsay_{mine.draft_id}_{place}",
                on_click=_remove_remark,
                args=(mine, place),
            )
        st.selectbox(
            "Field",
            ["", *titles],
            format_func=lambda name: titles.get(name, "The whole"),
            key=f"remark_field_{mine.draft_id}",
        )
        st.text_area("Remark\nWhat should be changed, and why.", key=f"remark_{mine.draft_id}", height=90)
        with st.container(horizontal=True):
            st.button("Add this remark", key="publish_remark", on_click=_add_remark, args=(mine,))
            st.button("Return it with the remarks", key="publish_return", on_click=_return, args=(mine,))


def _add_remark(mine: Held) -> None:
    state, key = st.session_state, f"remark_{mine.draft_id}"
    if state[key].strip():
        mine.remarks.append((state[f"remark_field_{mine.draft_id}"], state[key].strip()))
        state[key] = ""


def _remove_remark(mine: Held, place: int) -> None:
    del mine.remarks[place]


def _return(mine: Held) -> None:
    # A remark that stands in the field and was not added yet is meant, too.
    _add_remark(mine)
    remarks = [Remark(*one) for one in mine.remarks]
    do(
        mine,
        lambda db: acts.send_back(db, actor_now(), mine.draft_id, remarks, revision=mine.revision),
        "Returned. Its writers see your remarks at each field.",
    )
    if mine.problem is None:
        mine.remarks.clear()


def _take_back(mine: Held) -> None:
    do(
        mine,
        lambda db: acts.take_back(db, actor_now(), mine.draft_id, revision=mine.revision),
        "You can go on writing.",
    )


def _approve(mine: Held) -> None:
    house, typed = current(), st.session_state.get(f"signed_{mine.draft_id}", "")

    def approve(db: Any) -> None:
        acts.approve(
            db,
            actor_now(),
            mine.draft_id,
            revision=mine.revision,
            dataset_ids=house.catalogue.ids(),
            rules=house.rules,
            signed=_signed(typed),
        )

    do(mine, approve, "Approved and published. The public reads it now.")


def _signed(text: str) -> SignedPublication | None:
    if not text.strip():
        return None
    try:
        return SignedDocument.model_validate_json(text).signature
    except ValidationError as error:
        raise Invalid(
            "The signed file cannot be read.", faults_of(error), kept="Nothing was published."
        ) from None
