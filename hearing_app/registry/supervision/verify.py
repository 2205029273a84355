"""Statements of audits against the ledger: each as it was committed to, and none came or went unseen."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import contents
from hearing_app.store.tables import audit_statement


@unreadable_is_a_fault("The audits")
def faults(db: Connection) -> list[str]:
    """Return every difference between the statements and the events about audits; empty means none."""
    committed = {event.seq: (event, content) for event, content in contents(db) if _is_ours(event.kind)}
    found = []
    columns = audit_statement.c
    for row in db.execute(select(audit_statement).order_by(columns.audit_id, columns.number)):
        name = f"statement {row.number} of audit {row.audit_id}"
        event, content = committed.pop(row.seq, (None, None))
        if event is None:
            found.append(f"The ledger has no event of {name}.")
        elif content is None:
            found.append(f"What was committed to in {name} is gone.")
        elif (event.kind, event.subject, event.at, event.actor) != (
            f"audit.{row.step}",
            f"audit:{row.audit_id}",
            row.at,
            row.actor,
        ) or content.fields != {"system": row.system_id, "number": row.number, "said": json.loads(row.said)}:
            found.append(f"What stands as {name} is not what was stated.")
    gone = [event.subject.removeprefix("audit:") for event, _ in committed.values()]
    return [*found, *(f"A statement of audit {one} is gone." for one in gone)]


def _is_ours(kind: str) -> bool:
    return kind.startswith("audit.")
