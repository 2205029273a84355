"""Sessions of signed-in staff: a random 256-bit token in a cookie, its hash in the database.

The row is read again for every page and every act, so a session that is ended or expired stops at once.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select, update

from hearing_app.people.accounts import Account
from hearing_app.people.permissions import Role
from hearing_app.store.tables import account, session

LASTS = timedelta(hours=12)


def start_session(db: Connection, member: Account, *, at: datetime | None = None) -> str:
    """Begin a session and return its token; sessions that expired a day ago are forgotten."""
    when = at or datetime.now(UTC)
    token = secrets.token_urlsafe(32)
    db.execute(delete(session).where(session.c.expires_at < when - timedelta(days=1)))
    db.execute(
        insert(session).values(
            token_hash=_hash(token),
            account_id=member.account_id,
            created_at=when,
            expires_at=when + LASTS,
            revoked_at=None,
        )
    )
    return token


def account_of_session(db: Connection, token: str, *, at: datetime | None = None) -> Account | None:
    """Return whose session this is; ``None`` when it is unknown, over, or its account is disabled."""
    row = db.execute(
        select(account, session.c.expires_at, session.c.revoked_at)
        .join(session, session.c.account_id == account.c.account_id)
        .where(session.c.token_hash == _hash(token), account.c.disabled.is_(False))
    ).first()
    if row is None or row.revoked_at is not None or row.expires_at <= (at or datetime.now(UTC)):
        return None
    return Account(row.account_id, row.email, Role(row.role), row.agency)


def end_session(db: Connection, token: str, *, at: datetime | None = None) -> None:
    """End a session at once; ending it twice, or one that is unknown, does nothing."""
    db.execute(
        update(session)
        .where(session.c.token_hash == _hash(token), session.c.revoked_at.is_(None))
        .values(revoked_at=at or datetime.now(UTC))
    )


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
