"""Drafts against the desk's log, and published ones against the ledger: nobody approved what they wrote."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, select

from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import contents
from hearing_app.registry.desk.states import DeskAct, DraftState
from hearing_app.store.tables import desk_act, desk_draft

_OF_VERSION = ("draft", "submitted_by", "approved_by")


@unreadable_is_a_fault("The drafts of the publishing desk")
def faults(db: Connection) -> list[str]:
    """Return the drafts that are not as the log says, and versions that no two people stand behind."""
    last: dict[str, Row[Any]] = {}
    for act in db.execute(select(desk_act).order_by(desk_act.c.act_id)):
        last[act.draft_id] = act
    published = _published(db)
    found = []
    for row in db.execute(select(desk_draft).order_by(desk_draft.c.draft_id)):
        said = last.pop(row.draft_id, None)
        if said is None:
            found.append(f"Draft {row.draft_id}: the desk's log does not know it.")
        elif (said.state, said.revision) != (row.state, row.revision):
            found.append(f"Draft {row.draft_id}: it is not in the state that the desk's log says.")
        elif said.sha256 != sha256(row.document.encode()).hexdigest():
            found.append(f"Draft {row.draft_id}: its text is not the one that the desk's log says.")
        if row.state == DraftState.PUBLISHED:
            told = published.get(row.draft_id)
            people = {"submitted_by": row.submitted_by, "approved_by": row.decided_by}
            if told is None or told["version"] != row.version or _people(told) != people:
                found.append(f"Draft {row.draft_id}: the ledger has no such publication.")
            elif said is not None and said.act != DeskAct.APPROVE:
                found.append(f"Draft {row.draft_id}: the desk's log does not say who approved it.")
    found += [f"The desk's log speaks of a draft {name} that is gone." for name in sorted(last)]
    # A draft may be forgotten after its time; what it became says for ever who submitted and who approved it.
    found += [
        f"A version of the draft {name} was not approved by a second person."
        for name, content in sorted(published.items())
        if len({*_people(content).values()} - {""}) < 2
    ]
    return found


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
