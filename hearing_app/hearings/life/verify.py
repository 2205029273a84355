"""Drafts of hearings against what was done with them, and announced ones against the ledger."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from hearing_app.hearings.life.drafts import DraftState, digest
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import contents
from hearing_app.store.tables import hearing_draft, hearing_draft_act

_STATE_OF = {"announced": DraftState.ANNOUNCED, "discarded": DraftState.DISCARDED}


@unreadable_is_a_fault("The drafts of hearings")
def faults(db: Connection) -> list[str]:
    """Return every draft that is not as its log says, or that became a version of which no event tells."""
    acts: dict[str, list[Row[Any]]] = {}
    for act in db.execute(select(hearing_draft_act).order_by(hearing_draft_act.c.act_id)):
        acts.setdefault(act.draft_id, []).append(act)
    announced = {
        str(content.fields["draft"]): (event.subject.removeprefix("hearing:"), content.fields["version"])
        for event, content in contents(db)
        if event.kind == "hearing.published" and content is not None and "draft" in content.fields
    }
    found = []
    for row in db.execute(select(hearing_draft).order_by(hearing_draft.c.draft_id)):
        name, done = f"Draft {row.draft_id} of a hearing", acts.pop(row.draft_id, [])
        if not done:
            found.append(f"{name}: no log knows it.")
            continue
        last = done[-1]
        if (last.revision, len(done)) != (row.revision, row.revision):
            found.append(f"{name}: its log does not say every revision.")
        if _STATE_OF.get(last.act, DraftState.DRAFTED) != row.state:
            found.append(f"{name}: it is not in the state that its log says.")
        if last.sha256 != digest(row.form, row.reason):
            found.append(f"{name}: its text is not the one that its log says.")
        if row.state == DraftState.ANNOUNCED and announced.get(row.draft_id) != (row.hearing_id, row.version):
            found.append(f"{name}: the ledger has no such announcement.")
    return [
        *found,
        *(f"The log speaks of a draft {name} of a hearing that is gone." for name in sorted(acts)),
    ]
