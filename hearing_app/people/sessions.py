"""Sessions of signed-in staff: a random 256-bit token in a cookie, its hash in the database.

The row is read again for every page and every act, so a session that is ended or expired stops at once. It
ends by itself twelve hours after sign-in, or an hour after it was last used.

A session says whether its person has shown a second step: a code, or a sign-in at the provider. One that
was opened with a password alone is no session of an account that has a second factor, whenever it got it.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update

from hearing_app.errors import Conflict, Damaged
from hearing_app.people.accounts import Account
from hearing_app.people.permissions import Role
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, second_factor, session

log = logging.getLogger(__name__)

LASTS = timedelta(hours=12)
IDLE = timedelta(minutes=60)
# Reading may not become writing: the time of last use is written at most this often.
NOTED_EVERY = timedelta(minutes=5)
# For how long somebody who has shown that it is them need not show it again.
FRESH = timedelta(minutes=10)
# Between the password and the code.
AWAITS_CODE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Session:
    """One session of an account, as its page lists it: when it began and when it was last used."""

    began_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class Present:
    """Who holds a token. ``account`` has a second factor or not; ``seen_at`` is as it was last noted.

    ``second_step`` says whether this session was opened with one.
    """

    account: Account
    has_second_factor: bool
    has_password: bool
    second_step: bool
    seen_at: datetime


def start_session(
    db: Connection,
    member: Account,
    *,
    awaits_code: bool = False,
    second_step: bool = False,
    confirmed: bool = True,
    confirmed_at: datetime | None = None,
    at: datetime | None = None,
) -> str:
    """Begin a session and return its token; sessions that expired a day ago are forgotten.

    Whoever gave a password or a code just now is ``confirmed`` by it, or was at ``confirmed_at``. A session
    that ``awaits_code`` opens nothing (``account_of_session``) and lasts ten minutes; ``second_step`` says
    that a code was given, or that the person signed in at the provider.

    Between the check of a password and this, the account can have changed. Raises ``Conflict`` where it is
    disabled by now, or has another password than the one that was checked (``member.checked``).
    """
    when = at or datetime.now(UTC)
    _check_unchanged(db, member)
    token = secrets.token_urlsafe(32)
    db.execute(delete(session).where(session.c.expires_at < when - timedelta(days=1)))
    db.execute(
        insert(session).values(
            token_hash=hash_of(token),
            account_id=member.account_id,
            created_at=when,
            expires_at=when + (AWAITS_CODE if awaits_code else LASTS),
            revoked_at=None,
            seen_at=when,
            confirmed_at=(confirmed_at or when) if confirmed and not awaits_code else None,
            awaits_code=awaits_code,
            second_step=second_step and not awaits_code,
        )
    )
    return token


def account_of_session(db: Connection, token: str, *, at: datetime | None = None) -> Account | None:
    """Return whose session this is; ``None`` when it is unknown, over, idle, or its account is disabled,
    and where the account has a second factor that this session was opened without.

    Its actor is fresh when the person showed within the last ten minutes that it is them.
    """
    found = present(db, token, at=at)
    return found.account if found else None


def present(
    db: Connection, token: str, *, awaits_code: bool = False, at: datetime | None = None
) -> Present | None:
    """Return who holds this token, as ``account_of_session`` does, and what they can confirm with.

    With ``awaits_code``, only of a sign-in that still waits for its code: such a token is never a session.
    """
    when = at or datetime.now(UTC)
    row = db.execute(
        select(account, session, second_factor.c.confirmed_at.label("factor_since"))
        .join(session, session.c.account_id == account.c.account_id)
        .outerjoin(second_factor, second_factor.c.account_id == account.c.account_id)
        .where(
            session.c.token_hash == hash_of(token),
            session.c.awaits_code.is_(awaits_code),
            session.c.revoked_at.is_(None),
            session.c.expires_at > when,
            session.c.seen_at > when - IDLE,
            account.c.disabled.is_(False),
            or_(session.c.awaits_code, session.c.second_step, second_factor.c.confirmed_at.is_(None)),
        )
    ).first()
    if row is None:
        return None
    confirmed = row._mapping[session.c.confirmed_at]
    # A confirmation of the future (the clock was set back) is none.
    fresh = confirmed is not None and when - FRESH < confirmed <= when
    return Present(
        Account(row._mapping[account.c.account_id], row.email, Role(row.role), row.agency, fresh),
        has_second_factor=row.factor_since is not None,
        has_password=bool(row.password_hash),
        second_step=row.second_step,
        seen_at=row.seen_at,
    )


def whose_session(
    engine: Engine, token: str, *, needs_second_factor: bool = False, at: datetime | None = None
) -> Account | None:
    """Return whose session this is and note that it was used: for pages and routes.

    Where a second factor is needed, an account with a password and without one is nobody here, and so is a
    session that was opened without. (Who signs in at a provider has theirs there.) A record that cannot be
    written to keeps nobody from reading.
    """
    when = at or datetime.now(UTC)
    with reading(engine) as db:
        found = present(db, token, at=when)
    if found is None or (needs_second_factor and not _has_shown(found)):
        return None
    if found.seen_at <= when - NOTED_EVERY:
        try:
            with writing(engine) as db:
                db.execute(update(session).where(session.c.token_hash == hash_of(token)).values(seen_at=when))
        except Damaged as error:
            log.warning("the use of a session could not be noted: %s", error.what)
    return found.account


def pass_second_step(db: Connection, token: str, *, at: datetime | None = None) -> str:
    """End a sign-in that waited for its code, and begin the session; return the session's token.

    Belongs into the transaction that uses the code up. Raises ``Conflict`` where the sign-in is over by then:
    a reset, or the disabling of the account, ends it as it ends sessions.
    """
    waiting = present(db, token, awaits_code=True, at=at)
    if waiting is None:
        raise _changed_meanwhile()
    end_session(db, token, at=at)
    return start_session(db, waiting.account, second_step=True, at=at)


def keep_only(db: Connection, account_id: str, token: str, *, at: datetime | None = None) -> None:
    """Note that a session has shown the account's new second factor, and end every other one.

    Whoever opened one of them with the password alone would else stay in, behind the second step. Raises
    ``Conflict`` where the session is over by now.
    """
    found = present(db, token, at=at)
    if found is None or found.account.account_id != account_id:
        raise _changed_meanwhile()
    db.execute(update(session).where(session.c.token_hash == hash_of(token)).values(second_step=True))
    end_sessions(db, account_id, but=token, at=at)


def confirm_session(db: Connection, token: str, *, at: datetime | None = None) -> None:
    """Note that the person of a session has shown, now or at ``at``, that it is them."""
    when = at or datetime.now(UTC)
    db.execute(update(session).where(session.c.token_hash == hash_of(token)).values(confirmed_at=when))


def sessions_of(
    db: Connection, account_id: str, *, this: str = "", at: datetime | None = None
) -> list[Session]:
    """Return the sessions of an account that are open, the newest first; ``this`` is the reader's token."""
    when = at or datetime.now(UTC)
    rows = db.execute(
        select(session)
        .where(
            session.c.account_id == account_id,
            session.c.awaits_code.is_(False),
            session.c.revoked_at.is_(None),
            session.c.expires_at > when,
            session.c.seen_at > when - IDLE,
        )
        .order_by(session.c.created_at.desc(), session.c.token_hash)
    )
    return [Session(row.created_at, row.seen_at, row.token_hash == hash_of(this)) for row in rows]


def end_session(db: Connection, token: str, *, at: datetime | None = None) -> None:
    """End a session at once; ending it twice, or one that is unknown, does nothing."""
    db.execute(
        update(session)
        .where(session.c.token_hash == hash_of(token), session.c.revoked_at.is_(None))
        .values(revoked_at=at or datetime.now(UTC))
    )


def end_sessions(db: Connection, account_id: str, *, but: str = "", at: datetime | None = None) -> int:
    """End every session of an account at once, but the one with the token ``but``; return how many."""
    return db.execute(
        update(session)
        .where(
            session.c.account_id == account_id,
            session.c.token_hash != hash_of(but),
            session.c.revoked_at.is_(None),
        )
        .values(revoked_at=at or datetime.now(UTC))
    ).rowcount


def _has_shown(found: Present) -> bool:
    return found.second_step and (found.has_second_factor or not found.has_password)


def _check_unchanged(db: Connection, member: Account) -> None:
    row = db.execute(
        select(account.c.disabled, account.c.password_hash).where(account.c.account_id == member.account_id)
    ).one()
    if row.disabled or member.checked not in {None, row.password_hash}:
        log.warning("refused: a sign-in to %s, which was changed meanwhile", member.actor.name)
        raise _changed_meanwhile()


def _changed_meanwhile() -> Conflict:
    return Conflict(
        "Your account was changed while you were signing in, or this took too long.",
        kept="You are not signed in.",
        next_step="Please sign in again. If you set a new password, use that one.",
    )


def hash_of(token: str) -> str:
    """Return what is stored of a session's token."""
    return sha256(token.encode()).hexdigest()
