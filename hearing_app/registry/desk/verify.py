"""Drafts against the desk's log, and published ones against the ledger: nobody approved what they wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, select

from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import contents
from hearing_app.registry.desk.states import WRITING, DeskAct, DraftState
from hearing_app.store.tables import desk_act, desk_draft

_WRITTEN = frozenset(WRITING) - {DeskAct.SUBMIT}
_OF_VERSION = ("draft", "submitted_by", "approved_by")


@unreadable_is_a_fault("The drafts of the publishing desk")
def faults(db: Connection) -> list[str]:
    """Return the drafts that are not as the log says, and versions that no two people stand behind."""
    log: dict[str, list[Row[Any]]] = {}
    for act in db.execute(select(desk_act).order_by(desk_act.c.act_id)):
        log.setdefault(act.draft_id, []).append(act)
    published = _published(db)
    found = []
    for row in db.execute(select(desk_draft).order_by(desk_draft.c.draft_id)):
        acts = log.pop(row.draft_id, [])
        said = acts[-1] if acts else None
        if said is None:
            found.append(f"Draft {row.draft_id}: the desk's log does not know it.")
        elif (said.state, said.revision) != (row.state, row.revision):
            found.append(f"Draft {row.draft_id}: it is not in the state that the desk's log says.")
        elif said.sha256 != sha256(row.document.encode()).hexdigest():
            found.append(f"Draft {row.draft_id}: its text is not the one that the desk's log says.")
        elif not _is_by_them(row, acts):
            found.append(
                f"Draft {row.draft_id}: its people or its note are not those that the desk's log says."
            )
        elif said.act == DeskAct.APPROVE and said.actor in {one.actor for one in acts if one.act in WRITING}:
            found.append(f"Draft {row.draft_id}: who approved it wrote in it.")
        if row.state == DraftState.PUBLISHED:
            told = published.get(row.draft_id)
            people = {"submitted_by": row.submitted_by, "approved_by": row.decided_by}
            if told is None or told["version"] != row.version or _people(told) != people:
                found.append(f"Draft {row.draft_id}: the ledger has no such publication.")
            elif said is not None and said.act != DeskAct.APPROVE:
                found.append(f"Draft {row.draft_id}: the desk's log does not say who approved it.")
    found += [f"The desk's log speaks of a draft {name} that is gone." for name in sorted(log)]
    # A draft may be forgotten after its time; what it became says for ever who submitted and who approved it.
    found += [
        f"A version of the draft {name} was not approved by a second person."
        for name, content in sorted(published.items())
        if len({*_people(content).values()} - {""}) < 2
    ]
    return found


def _is_by_them(row: Row[Any], acts: Sequence[Row[Any]]) -> bool:
    """Return whether the draft names those who wrote and submitted it, and the note, as the log does."""
    wrote = [one.actor for one in acts if one.act in _WRITTEN]
    handed = [one for one in acts if one.act == DeskAct.SUBMIT]
    # What an operator hands in begins with its submission.
    writers = (acts[0].actor, wrote[-1] if wrote else acts[0].actor)
    waits = row.state in {DraftState.SUBMITTED, DraftState.PUBLISHED}
    submission = (handed[-1].actor, handed[-1].said.strip()) if handed and waits else ("", row.note)
    return (row.author, row.last_editor, row.submitted_by, row.note) == (*writers, *submission)


def _people(content: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(content.get(name, "")) for name in ("submitted_by", "approved_by")}


def _published(db: Connection) -> dict[str, Mapping[str, Any]]:
    """Return what the ledger says of each draft that became a version."""
    found: dict[str, Mapping[str, Any]] = {}
    for event, content in contents(db):
        told = content.fields if event.kind == "system.published" and content is not None else {}
        if any(name in told for name in _OF_VERSION):
            found[str(told.get("draft", ""))] = told
    return found
