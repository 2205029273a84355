"""Accounts in a restored record: what was closed after the backup is closed again; open doors are shut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select, update

from hearing_app.errors import HearingError
from hearing_app.people import staff
from hearing_app.people.permissions import OPERATOR, Role
from hearing_app.record.before import Before
from hearing_app.store.tables import account, invitation, password_reset, session

_BECAUSE = "carried over from the record before a restore"
_SUBJECT = "account:"


@dataclass(slots=True)
class _Office:
    """What the record before last said of an account; a ``role`` of ``None`` could not be read."""

    role: str | None = None
    agency: str = ""
    disabled: bool = False


def close_again(db: Connection, before: Before, *, at: datetime | None = None) -> list[str]:
    """Disable accounts, and change roles, as was done after the backup; return what was done, in sentences.

    From a record that does not verify nothing is believed that gives somebody power: an account whose role
    differs there is disabled, and the operator enables it again.
    """
    offices = _offices(before)
    said = []
    for row in db.execute(select(account).order_by(account.c.account_id)).all():
        office = offices.get(row.account_id)
        if office is None:
            continue
        same = office.role == row.role and office.agency == row.agency
        try:
            if not same and before.holds and office.role is not None:
                staff.change_role(
                    db,
                    OPERATOR,
                    row.account_id,
                    Role(office.role),
                    agency=office.agency,
                    at=at,
                    because=_BECAUSE,
                )
                said.append(f"Account {row.account_id} has the role {office.role} again.")
            suspect = not same and not before.holds
            if (office.disabled or suspect) and not row.disabled:
                staff.disable(db, OPERATOR, row.account_id, at=at, because=_BECAUSE)
                why = "" if office.disabled else ": the record before, which is damaged, tells another role"
                said.append(f"Account {row.account_id} is disabled again{why}.")
            elif before.holds and row.disabled and not office.disabled:
                staff.enable(db, OPERATOR, row.account_id, at=at, because=_BECAUSE)
                said.append(f"Account {row.account_id} is enabled again.")
        except (HearingError, ValueError):
            said.append(f"Account {row.account_id} may have changed after the backup: look at it.")
    return said


def shut_doors(db: Connection, *, at: datetime | None = None) -> None:
    """End every session, and delete every open invitation and link for a new password.

    The backup has them as they were: one that was used, or withdrawn, since then would open again.
    """
    when = at or datetime.now(UTC)
    db.execute(update(session).where(session.c.revoked_at.is_(None)).values(revoked_at=when))
    db.execute(delete(invitation).where(invitation.c.used_at.is_(None)))
    db.execute(delete(password_reset).where(password_reset.c.used_at.is_(None)))


def _offices(before: Before) -> dict[str, _Office]:
    found: dict[str, _Office] = {}
    for event in before.about("account"):
        office = found.setdefault(event.subject.removeprefix(_SUBJECT), _Office())
        verb = event.kind.partition(".")[2]
        if verb in {"created", "role_changed"}:
            role, agency = (event.content or {}).get("role"), (event.content or {}).get("agency")
            office.role = role if isinstance(role, str) else None
            office.agency = agency if isinstance(agency, str) else ""
        elif verb in {"disabled", "enabled"}:
            office.disabled = verb == "disabled"
    if not before.whole:
        # The events may be lost where the rows are not.
        for row in before.rows(select(account.c.account_id, account.c.disabled)):
            if row.disabled:
                found.setdefault(str(row.account_id), _Office()).disabled = True
    return found
