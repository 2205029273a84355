"""What administrators do with accounts that exist: list, disable, enable, change the role, reset.

Each change stands in the ledger with the account's number, role and agency, never with its address. Nobody
changes their own account here, so the last administrator cannot lock everybody out; the operator's shell can
always help.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, Engine, delete, insert, select, update

from hearing_app.errors import Conflict, Fault, Invalid, NotFound
from hearing_app.people.accounts import Account, note_event
from hearing_app.people.passwords import check_password, hash_password
from hearing_app.people.permissions import STAFF_ROLES, Act, Actor, Role, require
from hearing_app.people.second_factor import forget_second_factor, has_second_factor
from hearing_app.people.sessions import end_sessions
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, outside_identity, password_reset, second_factor

RESET_VALID_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Member:
    """An account as administrators see it. ``signs_in`` says with what."""

    account: Account
    disabled: bool
    has_password: bool
    signs_in: str


@dataclass(frozen=True, slots=True)
class Reset:
    """An open reset: whose, and whether it also removes the second factor."""

    account: Account
    removes_second_factor: bool


def list_staff(db: Connection, actor: Actor) -> list[Member]:
    """Return every account, by e-mail address."""
    require(actor, Act.MANAGE_STAFF)
    rows = db.execute(
        select(
            account,
            second_factor.c.confirmed_at.label("factor_since"),
            outside_identity.c.subject.label("outside"),
        )
        .outerjoin(second_factor, second_factor.c.account_id == account.c.account_id)
        .outerjoin(outside_identity, outside_identity.c.account_id == account.c.account_id)
        .order_by(account.c.email)
    )
    return [
        Member(
            Account(row.account_id, row.email, Role(row.role), row.agency),
            row.disabled,
            bool(row.password_hash),
            ("provider" if row.outside is not None else "password")
            + (" and code" if row.factor_since is not None else ""),
        )
        for row in rows
    ]


def find_staff(db: Connection, actor: Actor, email: str) -> Member:
    """Return the account with this e-mail address; raise ``NotFound`` when there is none."""
    wanted = email.strip().lower()
    for one in list_staff(db, actor):
        if one.account.email == wanted:
            return one
    raise NotFound(
        f"There is no account for {wanted}.", kept="", next_step="`hearing staff list` shows every account."
    )


def disable(
    db: Connection, actor: Actor, account_id: str, *, at: datetime | None = None, because: str = ""
) -> None:
    """Close an account: it cannot sign in, its sessions end at once, its open resets work no more.

    ``because`` is what the ledger says of it, where there is something to say.
    """
    member, closed = _other(db, actor, account_id)
    if closed:
        return
    db.execute(update(account).where(account.c.account_id == account_id).values(disabled=True))
    end_sessions(db, account_id, at=at)
    _forget_resets(db, account_id)
    note_event(db, actor, "account.disabled", member, at=at, **_why(because))


def enable(
    db: Connection, actor: Actor, account_id: str, *, at: datetime | None = None, because: str = ""
) -> None:
    """Open an account again that was disabled."""
    member, closed = _other(db, actor, account_id)
    if not closed:
        return
    db.execute(update(account).where(account.c.account_id == account_id).values(disabled=False))
    note_event(db, actor, "account.enabled", member, at=at, **_why(because))


def change_role(
    db: Connection,
    actor: Actor,
    account_id: str,
    role: Role,
    *,
    agency: str = "",
    at: datetime | None = None,
    because: str = "",
) -> None:
    """Give an account another role, which counts from its next act; a publisher needs an ``agency``."""
    member, _ = _other(db, actor, account_id)
    faults = []
    if role not in STAFF_ROLES:
        faults.append(Fault("", "role", f"“{role}” is no role for staff.", f"Use {', '.join(STAFF_ROLES)}."))
    if len(agency) > 80 or bool(agency) is not (role is Role.PUBLISHER):
        faults.append(
            Fault("", "agency", "A publisher, and nobody else, speaks for one agency.", "Use its id.")
        )
    if faults:
        raise Invalid("The role was not changed.", faults)
    if (role, agency) == (member.role, member.agency):
        return
    db.execute(update(account).where(account.c.account_id == account_id).values(role=role, agency=agency))
    # Whoever gains power, or loses it, begins anew.
    end_sessions(db, account_id, at=at)
    changed = Account(account_id, member.email, role, agency)
    note_event(db, actor, "account.role_changed", changed, at=at, **_why(because))


def end_all_sessions(db: Connection, actor: Actor, account_id: str, *, at: datetime | None = None) -> int:
    """Sign an account out everywhere, at once; return how many sessions ended."""
    _other(db, actor, account_id)
    return end_sessions(db, account_id, at=at)


def forget_every_second_factor(db: Connection, actor: Actor, *, at: datetime | None = None) -> int:
    """Remove the second factor of everybody, for when its key is lost for good; return of how many.

    Whoever had one is signed out everywhere, and sets up a new one after the next sign-in.
    """
    require(actor, Act.MANAGE_STAFF)
    rows = db.execute(
        select(account)
        .join(second_factor, second_factor.c.account_id == account.c.account_id)
        .order_by(account.c.account_id)
    ).all()
    for row in rows:
        member = Account(row.account_id, row.email, Role(row.role), row.agency)
        forget_second_factor(db, row.account_id)
        end_sessions(db, row.account_id, at=at)
        note_event(db, actor, "account.second_factor_removed", member, at=at)
    return len(rows)


def offer_reset(
    db: Connection,
    actor: Actor,
    account_id: str,
    *,
    removes_second_factor: bool = False,
    at: datetime | None = None,
) -> str:
    """Return the token of a link with which a person sets a new password, once, within 24 hours.

    It is stored as a hash; an older one stops working. Until it is used, nothing changes.
    """
    member, closed = _other(db, actor, account_id)
    if closed:
        raise Conflict("This account is disabled.", next_step="Enable it first.")
    if not _has_password(db, account_id):
        raise Conflict(
            "This account has no password: it signs in at the provider.",
            next_step="Its access is restored there.",
        )
    when = at or datetime.now(UTC)
    _forget_resets(db, account_id)
    token = secrets.token_urlsafe(32)
    db.execute(
        insert(password_reset).values(
            token_hash=_hash(token),
            account_id=account_id,
            removes_second_factor=removes_second_factor,
            made_by=actor.name,
            created_at=when,
            expires_at=when + RESET_VALID_FOR,
            used_at=None,
        )
    )
    note_event(db, actor, "account.reset_offered", member, at=at, second_factor=_fate(removes_second_factor))
    return token


def open_reset(db: Connection, token: str, *, at: datetime | None = None) -> Reset:
    """Return the reset of a token; raise ``NotFound`` when it is unknown, used, replaced or too old."""
    row = db.execute(
        select(password_reset, account)
        .join(account, account.c.account_id == password_reset.c.account_id)
        .where(
            password_reset.c.token_hash == _hash(token),
            password_reset.c.used_at.is_(None),
            password_reset.c.expires_at > (at or datetime.now(UTC)),
            account.c.disabled.is_(False),
        )
    ).first()
    if row is None:
        raise NotFound(
            "This link does not work any more: it was used, replaced by a newer one, or is older than a day.",
            kept="Your password is as it was.",
            next_step="Ask an administrator for a new one.",
        )
    owner = Account(row._mapping[account.c.account_id], row.email, Role(row.role), row.agency, fresh=False)
    return Reset(owner, row.removes_second_factor)


def use_reset(engine: Engine, token: str, *, password: str, at: datetime | None = None) -> Account:
    """Set the new password of a reset, which is used up, and end every session of the account.

    Takes the engine, because hashing a password (a quarter of a second) must not hold the write lock.
    """
    when = at or datetime.now(UTC)
    with reading(engine) as db:
        owner = open_reset(db, token, at=when).account
    check_password(password, owner.email)
    stored = hash_password(password)
    with writing(engine) as db:
        found = open_reset(db, token, at=when)
        db.execute(
            update(password_reset).where(password_reset.c.token_hash == _hash(token)).values(used_at=when)
        )
        db.execute(
            update(account).where(account.c.account_id == owner.account_id).values(password_hash=stored)
        )
        end_sessions(db, owner.account_id, at=when)
        had_one = has_second_factor(db, owner.account_id)
        if found.removes_second_factor:
            forget_second_factor(db, owner.account_id)
        fate = _fate(found.removes_second_factor) if had_one else "none"
        note_event(db, owner.actor, "account.reset", owner, at=when, second_factor=fate)
    return owner


def _other(db: Connection, actor: Actor, account_id: str) -> tuple[Account, bool]:
    """Return an account that the actor may change, and whether it is disabled."""
    require(actor, Act.MANAGE_STAFF)
    if actor.account_id and actor.account_id == account_id:
        raise Conflict("This is your own account.", next_step="Ask another administrator.")
    row = db.execute(select(account).where(account.c.account_id == account_id)).first()
    if row is None:
        raise NotFound("There is no such account.", kept="", next_step="Open the list of accounts again.")
    return Account(row.account_id, row.email, Role(row.role), row.agency), row.disabled


def _has_password(db: Connection, account_id: str) -> bool:
    stored = db.execute(select(account.c.password_hash).where(account.c.account_id == account_id))
    return bool(stored.scalar_one())


def _forget_resets(db: Connection, account_id: str) -> None:
    db.execute(
        delete(password_reset).where(
            password_reset.c.account_id == account_id, password_reset.c.used_at.is_(None)
        )
    )


def _why(because: str) -> dict[str, str]:
    return {"because": because} if because else {}


def _fate(removed: bool) -> str:
    return "removed" if removed else "kept"


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
