"""What is kept about staff and about tries, and since when: read and deleted once its period is over.

How long the periods are, and why, stands in ``hearings.retention`` with those of comments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, delete, func, select

from hearing_app.store.tables import (
    account,
    answer_draft,
    attempt,
    invitation,
    ledger,
    outside_identity,
    outside_return,
    password_reset,
    recovery_code,
    reply_draft,
    second_factor,
    session,
)

_OF_AN_ACCOUNT = (
    session,
    second_factor,
    recovery_code,
    password_reset,
    outside_identity,
    answer_draft,
    reply_draft,
    account,
)


@dataclass(frozen=True, slots=True)
class Due:
    """How many of a kind are older than their period, and from when the oldest one's is counted."""

    count: int
    oldest: datetime | None


def due(db: Connection, kind: str, before: datetime) -> Due:
    """Return what of a kind counts from a moment before ``before``."""
    moments = sorted(moment for _, moment in _found(db, kind, before))
    return Due(len(moments), moments[0] if moments else None)


def forget(db: Connection, kind: str, before: datetime) -> int:
    """Delete what of a kind counts from a moment before ``before``; return how many."""
    done = 0
    for forget_one, _ in _found(db, kind, before):
        forget_one(db)
        done += 1
    return done


KINDS = ("tries", "sessions", "links", "accounts")

_Found = Iterator[tuple[Callable[[Connection], None], datetime]]


def _found(
    db: Connection, kind: str, before: datetime
) -> list[tuple[Callable[[Connection], None], datetime]]:
    finders: dict[str, Callable[[], _Found]] = {
        "tries": lambda: _rows(db, before, (attempt, attempt.c.at), (outside_return, outside_return.c.at)),
        "sessions": lambda: _rows(db, before, (session, _end(session.c.revoked_at, session.c.expires_at))),
        "links": lambda: _rows(
            db,
            before,
            (invitation, _end(invitation.c.used_at, invitation.c.expires_at)),
            (password_reset, _end(password_reset.c.used_at, password_reset.c.expires_at)),
        ),
        "accounts": lambda: _accounts(db, before),
    }
    return list(finders[kind]())


def _rows(db: Connection, before: datetime, *places: tuple[Table, ColumnElement[datetime]]) -> _Found:
    for table, moment in places:
        key = next(iter(table.primary_key.columns))
        for row in db.execute(select(key, moment.label("moment")).where(moment < before)).all():
            yield _deletion(table, key == row[0]), row.moment


def _end(early: ColumnElement[Any], late: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the moment at which something ended: earlier than planned, or then."""
    return case((early < late, early), else_=late)


def _accounts(db: Connection, before: datetime) -> _Found:
    """Find accounts that have been disabled since before a moment; the ledger says since when."""
    subject = "account:" + account.c.account_id
    disabled = (
        select(account.c.account_id, func.max(ledger.c.at).label("moment"))
        .join(ledger, ledger.c.subject == subject)
        .where(account.c.disabled.is_(True), ledger.c.kind == "account.disabled")
        .group_by(account.c.account_id)
    )
    for account_id, moment in db.execute(disabled).all():
        if moment < before:
            yield _account_deletion(account_id), moment


def _deletion(table: Table, which: ColumnElement[bool]) -> Callable[[Connection], None]:
    return lambda db: (db.execute(delete(table).where(which)), None)[1]


def _account_deletion(account_id: str) -> Callable[[Connection], None]:
    def forget_account(db: Connection) -> None:
        email = db.execute(select(account.c.email).where(account.c.account_id == account_id)).scalar_one()
        db.execute(delete(invitation).where(invitation.c.email == email))
        for table in _OF_AN_ACCOUNT:
            db.execute(delete(table).where(table.c.account_id == account_id))

    return forget_account
