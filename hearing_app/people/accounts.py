"""Accounts of staff begin with an invitation: a link that works once, for three days."""

from __future__ import annotations

import logging
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from hearing_app.errors import Conflict, Fault, Invalid, NotFound, TooMany
from hearing_app.people.passwords import check_password, hash_password, password_fits
from hearing_app.people.permissions import OPERATOR, STAFF_ROLES, Act, Actor, Role, require
from hearing_app.people.throttle import (
    SIGN_IN_BY_ACCOUNT,
    SIGN_IN_BY_ADDRESS,
    SIGN_IN_BY_BOTH,
    SIGN_INS,
    by_network,
    hashed,
    network_of,
    tried,
)
from hearing_app.record.ledger import append
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, invitation

log = logging.getLogger(__name__)

VALID_FOR = timedelta(days=3)
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]+\.[^\s@]{2,}")


@dataclass(frozen=True, slots=True)
class Account:
    """A member of staff. The ledger and the pages know the ``account_id`` alone.

    ``fresh`` says whether the person has shown lately that it is them; a session knows it. ``checked`` is
    the hash of the password that was checked just now, where one was: the session that begins with it
    (``sessions.start_session``) begins only while it is still the account's.
    """

    account_id: str
    email: str
    role: Role
    agency: str
    fresh: bool = True
    checked: str | None = field(default=None, repr=False, compare=False)

    @property
    def actor(self) -> Actor:
        """The account as the one who acts."""
        return Actor(self.role, self.account_id, self.agency, self.fresh)


@dataclass(frozen=True, slots=True)
class Invitation:
    """An open invitation: what the person will be. ``email`` is empty where they may choose it."""

    email: str
    role: Role
    agency: str


def invite(
    db: Connection, actor: Actor, *, email: str, role: Role, agency: str = "", at: datetime | None = None
) -> str:
    """Make an invitation and return its token, which is shown once and stored as a hash.

    ``email`` may be empty, for the first administrator; a publisher needs an ``agency``.
    """
    require(actor, Act.INVITE_STAFF)
    when = at or datetime.now(UTC)
    address = email.strip().lower()
    faults = []
    if address and not _is_address(address):
        faults.append(_address_fault())
    if role not in STAFF_ROLES:
        faults.append(Fault("", "role", f"“{role}” is no role for staff.", f"Use {', '.join(STAFF_ROLES)}."))
    if len(agency) > 80:
        faults.append(Fault("", "agency", "An agency's id has at most 80 characters.", "Use its id."))
    if role is Role.PUBLISHER and not agency:
        faults.append(
            Fault("", "agency", "A publisher speaks for one agency.", "Name the agency's id (--agency).")
        )
    if faults:
        raise Invalid("The invitation was not made.", faults)
    if address and db.execute(select(account.c.account_id).where(account.c.email == address)).first():
        raise Conflict(f"There is already an account for {address}.")
    if address:
        # A newer invitation replaces an older one: whoever was invited to the wrong role is not by both.
        db.execute(delete(invitation).where(invitation.c.email == address, invitation.c.used_at.is_(None)))
    token = secrets.token_urlsafe(32)
    db.execute(
        insert(invitation).values(
            token_hash=_hash(token),
            email=address,
            role=role,
            agency=agency,
            invited_by=actor.name,
            created_at=when,
            expires_at=when + VALID_FOR,
            used_at=None,
        )
    )
    return token


def has_publishers(db: Connection, agency: str) -> bool:
    """Return whether somebody publishes for an agency here, or did: an account that was closed counts."""
    which = (account.c.role == Role.PUBLISHER) & (account.c.agency == agency)
    return db.execute(select(account.c.account_id).where(which).limit(1)).first() is not None


def invite_first_administrator(db: Connection, *, at: datetime | None = None) -> str | None:
    """Return a token for the first administrator while there is no account at all, else ``None``.

    Tokens that were printed before stop working: the newest one is the only one.
    """
    if db.execute(select(func.count()).select_from(account)).scalar_one():
        return None
    db.execute(delete(invitation).where(invitation.c.email == "", invitation.c.used_at.is_(None)))
    return invite(db, OPERATOR, email="", role=Role.ADMINISTRATOR, at=at)


def open_invitation(db: Connection, token: str, *, at: datetime | None = None) -> Invitation:
    """Return the invitation of a token; raise ``NotFound`` when it is unknown, used or too old."""
    row = db.execute(select(invitation).where(invitation.c.token_hash == _hash(token))).first()
    if row is None or row.used_at is not None or row.expires_at <= (at or datetime.now(UTC)):
        raise NotFound(
            "This invitation does not work any more: it was used, cancelled, replaced by a newer one, or is "
            "too old.",
            kept="",
            next_step="Ask for a new one.",
        )
    return Invitation(row.email, Role(row.role), row.agency)


def accept_invitation(
    engine: Engine, token: str, *, email: str, password: str, at: datetime | None = None
) -> Account:
    """Create the account of an invitation, which is used up by it.

    Takes the engine, because hashing a password (a quarter of a second) must not hold the write lock.
    """
    when = at or datetime.now(UTC)
    with reading(engine) as db:
        invited = open_invitation(db, token, at=when)
    address = address_for(invited, email)
    check_password(password, address)
    stored = hash_password(password)
    with writing(engine) as db:
        return make_account(db, token, address=address, password_hash=stored, at=when)


def address_for(invited: Invitation, email: str) -> str:
    """Return the e-mail address of the account to be: the invitation's, or the one that was typed."""
    address = (invited.email or email).strip().lower()
    if not _is_address(address):
        raise Invalid("The account was not made.", [_address_fault()])
    return address


def make_account(
    db: Connection, token: str, *, address: str, password_hash: str, at: datetime | None = None
) -> Account:
    """Use an invitation up and make its account; "" as the hash means that no password ever fits."""
    when = at or datetime.now(UTC)
    invited = open_invitation(db, token, at=when)
    made = Account(secrets.token_hex(6), address, invited.role, invited.agency, checked=password_hash)
    if db.execute(select(account.c.account_id).where(account.c.email == address)).first():
        raise Conflict(f"There is already an account for {address}.", next_step="Sign in with it.")
    db.execute(
        update(invitation).where(invitation.c.token_hash == _hash(token)).values(used_at=when, email=address)
    )
    # Open links without an address were for the first account, and there is one now.
    db.execute(delete(invitation).where(invitation.c.email == "", invitation.c.used_at.is_(None)))
    db.execute(
        insert(account).values(
            account_id=made.account_id,
            email=address,
            role=made.role,
            agency=made.agency,
            password_hash=password_hash,
            created_at=when,
            disabled=False,
        )
    )
    note_event(db, made.actor, "account.created", made, at=when)
    return made


def note_event(
    db: Connection,
    actor: Actor,
    kind: str,
    of: Account,
    *,
    at: datetime | None = None,
    **more: str,
) -> None:
    """Put an event about an account on the record: its role and agency, never its address."""
    append(
        db,
        actor=actor.name,
        kind=kind,
        subject=f"account:{of.account_id}",
        content={"role": of.role, "agency": of.agency} | more,
        at=at,
    )


def authenticate(
    engine: Engine, secret: bytes, *, email: str, password: str, address: str, at: datetime | None = None
) -> Account:
    """Return the account that e-mail and password belong to.

    ``address`` is the network address, counted under a daily keyed hash. Raises ``Invalid`` with one and
    the same message whether the account or the password is wrong, and ``TooMany`` after too many failures,
    or after too many that were right: each begins a session, and costs the time of a hash.
    """
    wanted = email.strip().lower()
    if not wanted.isprintable():
        # Nobody's address; PostgreSQL would not even take the question.
        log.warning("refused: a sign-in to an unknown account")
        raise _fits_nobody()
    keys = (
        *by_network(SIGN_IN_BY_BOTH, secret, address, about=f"{wanted} from ", at=at),
        (SIGN_IN_BY_ACCOUNT, hashed(secret, wanted, at=at)),
        *by_network(SIGN_IN_BY_ADDRESS, secret, address, at=at),
    )
    always = [(SIGN_INS, hashed(secret, f"{wanted} from {network_of(address)}", at=at))]
    with reading(engine) as db:
        row = db.execute(select(account).where(account.c.email == wanted)).first()
    who = f"{row.role}:{row.account_id}" if row else "an unknown account"
    try:
        with tried(engine, keys, always, at=at):
            # Longer passwords were never accepted; hashing megabytes would only cost time.
            fits = password_fits(row.password_hash if row else None, password[:1000])
            if row is None or row.disabled or not fits:
                log.warning("refused: a sign-in to %s%s", who, ", disabled" if row and row.disabled else "")
                raise _fits_nobody()
    except TooMany:
        log.warning("refused: a sign-in to %s, after too many", who)
        raise
    return Account(row.account_id, row.email, Role(row.role), row.agency, checked=row.password_hash)


def _fits_nobody() -> Invalid:
    return Invalid(
        "The e-mail address and the password do not belong together.",
        kept="You are not signed in.",
        next_step="Check both and try again.",
    )


def _is_address(text: str) -> bool:
    return len(text) <= 254 and text.isprintable() and _EMAIL.fullmatch(text) is not None


def _address_fault() -> Fault:
    return Fault("", "email", "This is not an e-mail address.", "Write it like name@example.org.")


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
