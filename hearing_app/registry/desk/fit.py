"""Whether a draft can be handed on: what it says, what is said about it, whether it still has its place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from hearing_app.errors import Conflict, Fault, Invalid
from hearing_app.record.versions import latest_version
from hearing_app.registry.desk.check import check_draft
from hearing_app.registry.desk.drafts import Draft, Remark
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import entry_of
from hearing_app.registry.rules.rule import Rule
from hearing_app.registry.text import INVISIBLE

LONGEST_NOTE = 500
LONGEST_REMARK = 2_000
MOST_REMARKS = 100
_NOT_SUBMITTED = "The draft is not fit to be published yet."
_KEPT = "The draft is kept as it is."


def fit_to_publish(
    db: Connection,
    draft: Draft,
    dataset_ids: Collection[str],
    when: datetime,
    rules: Sequence[Rule] | None = None,
) -> Entry:
    """Return a draft's entry; raise ``Invalid`` with every fault, ``Conflict`` where it has no place now."""
    entry, faults = check_draft(
        db,
        draft.document,
        agency=draft.agency,
        document_id=draft.document_id,
        based_on=draft.based_on,
        dataset_ids=dataset_ids,
        today=when.date(),
        rules=rules,
    )
    if entry is None or faults:
        raise Invalid(_NOT_SUBMITTED, faults, kept=_KEPT)
    present = latest_version(db, "system", entry.id)
    if present is not None and present.version != draft.based_on:
        raise Conflict(
            f"Version {present.version} was published after this draft was begun from version "
            f"{draft.based_on}.",
            kept=_KEPT,
            next_step="Read what changed, and take the newest version as the draft's base.",
        )
    if present is not None and entry_of(db, entry.id).entry == entry:
        raise Conflict(
            f"This is what version {present.version} says, word for word.",
            kept=_KEPT,
            next_step="Change the text, or at least its day.",
        )
    return entry


def check_note(note: str) -> None:
    """Raise ``Invalid`` unless this can stand in the public history as what changed."""
    faults = []
    if not note.strip():
        problem = "What changed, and why, is missing."
        faults.append(Fault("", "note", problem, "Write one sentence: it stands in the public history."))
    elif len(note) > LONGEST_NOTE:
        faults.append(long_note(note))
    elif INVISIBLE.search(note):
        problem = "It holds a character that readers cannot see."
        faults.append(Fault("", "note", problem, "Type the words again."))
    if faults:
        raise Invalid(_NOT_SUBMITTED, faults, kept=_KEPT)


def long_note(note: str) -> Fault:
    """Return the fault of a change note that is too long."""
    problem = f"It has {len(note):,} characters."
    return Fault("", "note", problem, f"Shorten it to at most {LONGEST_NOTE}.")


def check_remarks(remarks: Sequence[Remark]) -> None:
    """Raise ``Invalid`` unless there is something that the writers can act on."""
    faults = [
        Fault("", one.field, f"A remark has {len(one.text):,} characters.", f"At most {LONGEST_REMARK:,}.")
        for one in remarks
        if len(one.text) > LONGEST_REMARK
    ]
    if not any(one.text.strip() for one in remarks) or len(remarks) > MOST_REMARKS:
        problem = "There is no remark." if len(remarks) <= MOST_REMARKS else "There are too many remarks."
        faults.append(Fault("", "", problem, "Say what should be changed, and why."))
    faults += [
        Fault("", one.field, "A remark is empty.", "Write it, or remove it.")
        for one in remarks
        if len(remarks) > 1 and not one.text.strip()
    ]
    if faults:
        raise Invalid("The draft was not returned.", faults, kept="It still waits for a decision.")
