"""Signing in at an OpenID Connect provider: who is who here is decided by our own table alone.

An account is bound to the provider's address and its name for the person (issuer and subject) when an
invitation is accepted there. Nothing else that the provider says is looked at: not an e-mail address, which
can be somebody else's tomorrow, and no role.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, Engine, delete, insert, select

from hearing_app.errors import Conflict, Forbidden
from hearing_app.people.accounts import Account, address_for, make_account, open_invitation
from hearing_app.people.permissions import Role
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, outside_identity, outside_return

log = logging.getLogger(__name__)

# How long somebody may take at the provider. A return is remembered longer than that.
RETURNS_WITHIN = timedelta(minutes=10)


def account_of_identity(db: Connection, issuer: str, subject: str) -> Account:
    """Return the account that is bound to a person at the provider.

    Raises ``Forbidden`` where there is none, or where it is disabled.
    """
    row = db.execute(
        select(account)
        .join(outside_identity, outside_identity.c.account_id == account.c.account_id)
        .where(outside_identity.c.issuer == issuer, outside_identity.c.subject == subject)
    ).first()
    if row is None or row.disabled:
        who = f"{row.role}:{row.account_id}, disabled" if row else "an unknown person"
        log.warning("refused: a sign-in at the provider to %s", who)
        raise Forbidden(
            "You are signed in at the provider, and no account of this service belongs to you there.",
            kept="You are not signed in here.",
            next_step="Ask an administrator for an invitation, and accept it by signing in at the provider.",
        )
    return Account(row.account_id, row.email, Role(row.role), row.agency)


def accept_at_provider(
    engine: Engine, token: str, *, issuer: str, subject: str, email: str = "", at: datetime | None = None
) -> Account:
    """Make the account of an invitation for a person at the provider; no password ever fits it."""
    when = at or datetime.now(UTC)
    with reading(engine) as db:
        address = address_for(open_invitation(db, token, at=when), email)
    with writing(engine) as db:
        taken = select(outside_identity.c.account_id).where(
            outside_identity.c.issuer == issuer, outside_identity.c.subject == subject
        )
        if db.execute(taken).first():
            raise Conflict(
                "You have an account here already.",
                kept="The invitation was not used.",
                next_step="Sign in with it, or sign in at the provider as the person who was invited.",
            )
        made = make_account(db, token, address=address, password_hash="", at=when)
        db.execute(
            insert(outside_identity).values(
                issuer=issuer, subject=subject, account_id=made.account_id, created_at=when
            )
        )
    return made


def use_return(db: Connection, state: str, *, at: datetime | None = None) -> None:
    """Use the return from the provider up; raise ``Forbidden`` when it was used before."""
    when = at or datetime.now(UTC)
    db.execute(delete(outside_return).where(outside_return.c.at < when - 2 * RETURNS_WITHIN))
    name = sha256(state.encode()).hexdigest()
    if db.execute(select(outside_return.c.at).where(outside_return.c.state_hash == name)).first():
        log.warning("refused: a return from the provider that was used before")
        raise Forbidden(
            "This return from the provider was used before.",
            kept="You are not signed in by it.",
            next_step="Begin again with signing in.",
        )
    db.execute(insert(outside_return).values(state_hash=name, at=when))


def has_identity(db: Connection, account_id: str) -> bool:
    """Return whether an account signs in at the provider."""
    found = select(outside_identity.c.subject).where(outside_identity.c.account_id == account_id)
    return db.execute(found).first() is not None
