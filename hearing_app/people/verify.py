"""Accounts against the ledger: nobody holds an office that no recorded act gave them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import contents
from hearing_app.store.tables import account

_SUBJECT = "account:"


@dataclass(slots=True)
class _Office:
    """What the ledger last said of an account."""

    role: str
    agency: str
    disabled: bool = False


@unreadable_is_a_fault("The accounts")
def faults(db: Connection) -> list[str]:
    """Return the accounts that are not as the ledger says, by number; passwords and addresses are not in it.

    An account that was disabled may be gone: it is deleted after a time.
    """
    offices: dict[str, _Office] = {}
    for event, content in contents(db):
        if not event.kind.startswith("account.") or content is None:
            continue
        name = event.subject.removeprefix(_SUBJECT)
        if event.kind == "account.created":
            offices[name] = _Office(content.fields["role"], content.fields["agency"])
        elif event.kind == "account.role_changed" and name in offices:
            offices[name].role, offices[name].agency = content.fields["role"], content.fields["agency"]
        elif event.kind in {"account.disabled", "account.enabled"} and name in offices:
            offices[name].disabled = event.kind == "account.disabled"
    found = []
    for row in db.execute(select(account).order_by(account.c.account_id)):
        office = offices.pop(row.account_id, None)
        if office is None:
            found.append(f"Account {row.account_id}: the ledger has no event of its beginning.")
        elif (office.role, office.agency, office.disabled) != (row.role, row.agency, row.disabled):
            found.append(f"Account {row.account_id}: it does not hold the office that the ledger says.")
    gone = sorted(name for name, office in offices.items() if not office.disabled)
    return [*found, *(f"Account {name} is in the ledger, but not among the accounts." for name in gone)]
