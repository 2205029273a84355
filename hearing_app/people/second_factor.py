"""The second step of signing in: codes of an app (TOTP, RFC 6238), and recovery codes for a lost phone.

SHA-1, six digits, 30 seconds, which every app understands; the step before and the one after are taken as
well, because clocks differ. Each code works once. The secret is encrypted (AES-256-GCM) under a key that lies
outside the database, so a copy of the database makes no codes.

What a code allows is done in the transaction that uses the code up: neither happens without the other.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from hearing_app.errors import Conflict, Damaged, Fault, Forbidden, Invalid, TooMany
from hearing_app.people.accounts import Account
from hearing_app.people.permissions import require_fresh
from hearing_app.people.sessions import hash_of, keep_only
from hearing_app.people.throttle import CODE_BY_ACCOUNT, CODE_BY_BOTH, hashed, network_of, tried
from hearing_app.record.keys import load_key
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import recovery_code, second_factor

log = logging.getLogger(__name__)
Done = TypeVar("Done")

STEP_SECONDS = 30
RECOVERY_CODES = 10
_NONCE_BYTES = 12
_NAME = "Hearing"
# 31 letters and digits that nobody takes for one another: ten of them are 49 bits.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_KEPT = "The service did not start: without this key, no member of staff could sign in with a code."
_RESTORE = (
    "Restore the file from your backup, to the same place. If it is lost for good, "
    "`hearing staff forget-second-factors` lets everybody set up a new one."
)


def load_factor_key(db: Connection, path: Path) -> bytes:
    """Return the key under which secrets are encrypted, from ``path``; made on first use.

    Raises ``Damaged`` when it is missing, or is another one, while there are secrets that need it.
    """
    row = db.execute(select(second_factor.c.account_id, second_factor.c.secret).limit(1)).first()
    try:
        key = load_key(path, may_create=row is None)
    except Damaged as error:
        is_gone = not path.exists()
        raise Damaged(error.what, kept=_KEPT, next_step=_RESTORE if is_gone else error.next_step) from None
    if row is not None:
        try:
            _opened(key, row.account_id, row.secret)
        except InvalidTag:
            raise Damaged(
                f"The key file {path} is not the one under which the second factors were stored.",
                kept=_KEPT,
                next_step=_RESTORE,
            ) from None
    return key


def has_second_factor(db: Connection, account_id: str) -> bool:
    """Return whether an account has a second factor in use."""
    found = select(second_factor.c.account_id).where(
        second_factor.c.account_id == account_id, second_factor.c.confirmed_at.is_not(None)
    )
    return db.execute(found).first() is not None


def begin_second_factor(
    db: Connection, key: bytes, member: Account, session: str, *, at: datetime | None = None
) -> str:
    """Return the secret (base 32) of a second factor that is not in use before its first code.

    ``session`` is the token of the session that sets it up. It is shown the same secret again, as after a
    wrong code; another one begins anew. So nobody who got in with the password alone knows the secret that
    the owner puts in use.
    """
    require_fresh(member.actor, "set up a second step")
    row = db.execute(select(second_factor).where(second_factor.c.account_id == member.account_id)).first()
    if row is not None and row.confirmed_at is not None:
        raise Conflict("You have a second step already.", next_step="Turn it off before you set up another.")
    if row is not None and row.begun_in == hash_of(session):
        return _opened(key, member.account_id, row.secret)
    secret = pyotp.random_base32()
    db.execute(delete(second_factor).where(second_factor.c.account_id == member.account_id))
    db.execute(
        insert(second_factor).values(
            account_id=member.account_id,
            secret=_closed(key, member.account_id, secret),
            created_at=at or datetime.now(UTC),
            confirmed_at=None,
            last_step=0,
            begun_in=hash_of(session),
        )
    )
    return secret


def setup_address(secret: str, member: Account) -> str:
    """Return the address that an app reads from a QR code; it names the account for its owner alone."""
    return pyotp.TOTP(secret).provisioning_uri(name=member.email, issuer_name=_NAME)


def finish_second_factor(
    engine: Engine,
    key: bytes,
    throttle_secret: bytes,
    member: Account,
    code: str,
    *,
    session: str,
    address: str,
    at: datetime | None = None,
) -> list[str]:
    """Put a second factor in use by its first code; return ten recovery codes, which are shown once.

    The session that set it up, with this token, goes on; every other one of the account ends.
    """
    require_fresh(member.actor, "set up a second step")
    when = at or datetime.now(UTC)

    def finish(db: Connection) -> list[str]:
        keep_only(db, member.account_id, session, at=when)
        db.execute(
            update(second_factor)
            .where(second_factor.c.account_id == member.account_id)
            .values(confirmed_at=when)
        )
        return _make_recovery_codes(db, key, member)

    made = _try(
        engine,
        key,
        throttle_secret,
        member,
        code,
        then=finish,
        address=address,
        begun_in=hash_of(session),
        at=at,
    )
    log.info("%s has set up a second factor", member.actor.name)
    return made


def check_code(
    engine: Engine,
    key: bytes,
    throttle_secret: bytes,
    member: Account,
    code: str,
    *,
    address: str,
    at: datetime | None = None,
) -> None:
    """Take a code of the app, or a recovery code, which is used up by it.

    Raises ``Invalid`` when it does not fit or was used before, and ``TooMany`` after five that did not fit
    from one network, or twenty in all, within 15 minutes. ``address`` is counted under a daily keyed hash.
    """
    with_code(engine, key, throttle_secret, member, code, then=lambda _db: None, address=address, at=at)


def with_code(
    engine: Engine,
    key: bytes,
    throttle_secret: bytes,
    member: Account,
    code: str,
    *,
    then: Callable[[Connection], Done],
    address: str,
    at: datetime | None = None,
) -> Done:
    """Take a code as ``check_code`` does, and do what it allows in the same transaction.

    Where ``then`` refuses, the code is not used up.
    """
    return _try(engine, key, throttle_secret, member, code, then=then, address=address, at=at)


def new_recovery_codes(
    engine: Engine,
    key: bytes,
    throttle_secret: bytes,
    member: Account,
    code: str,
    *,
    address: str,
    at: datetime | None = None,
) -> list[str]:
    """Make ten new recovery codes, for a code of now; the ones before work no more."""
    require_fresh(member.actor, "make new recovery codes")
    _check_has_one(engine, member)
    made = with_code(
        engine,
        key,
        throttle_secret,
        member,
        code,
        then=lambda db: _make_recovery_codes(db, key, member),
        address=address,
        at=at,
    )
    log.info("%s has made new recovery codes", member.actor.name)
    return made


def recovery_codes_left(db: Connection, account_id: str) -> int:
    """Return how many recovery codes are unused."""
    unused = select(func.count()).where(
        recovery_code.c.account_id == account_id, recovery_code.c.used_at.is_(None)
    )
    return int(db.execute(unused).scalar_one())


def remove_second_factor(
    engine: Engine,
    key: bytes,
    throttle_secret: bytes,
    member: Account,
    code: str,
    *,
    must_stay: bool,
    address: str,
    at: datetime | None = None,
) -> None:
    """Turn an account's own second factor off, for a code of it, unless everybody must have one."""
    require_fresh(member.actor, "turn your second step off")
    if must_stay:
        log.warning("refused: %s may not turn the second factor off", member.actor.name)
        raise Forbidden(
            "Everybody who works here with a password has a second step.",
            next_step="To move it to another phone, ask an administrator for a reset that removes it.",
        )
    _check_has_one(engine, member)
    with_code(
        engine,
        key,
        throttle_secret,
        member,
        code,
        then=lambda db: forget_second_factor(db, member.account_id),
        address=address,
        at=at,
    )
    log.warning("%s has turned the second factor off", member.actor.name)


def forget_second_factor(db: Connection, account_id: str) -> None:
    """Remove what an account has as a second factor; the caller has checked who asks for it."""
    for table in (second_factor, recovery_code):
        db.execute(delete(table).where(table.c.account_id == account_id))


def _check_has_one(engine: Engine, member: Account) -> None:
    with reading(engine) as db:
        if not has_second_factor(db, member.account_id):
            raise Conflict("You have no second step.", next_step="Set one up first.")


def _try(
    engine: Engine,
    key: bytes,
    throttle_secret: bytes,
    member: Account,
    code: str,
    *,
    then: Callable[[Connection], Done],
    address: str,
    begun_in: str = "",
    at: datetime | None,
) -> Done:
    """Count a try, use the code up, and do what it allows.

    With ``begun_in``, it is the first code of a second factor that is set up in this session.
    """
    when = at or datetime.now(UTC)
    account_id = member.account_id
    keys = (
        (CODE_BY_BOTH, hashed(throttle_secret, f"{account_id} from {network_of(address)}", at=when)),
        (CODE_BY_ACCOUNT, hashed(throttle_secret, account_id, at=when)),
    )
    try:
        with tried(engine, keys, at=when):
            with writing(engine) as db:
                if _use(db, key, account_id, code, begun_in=begun_in, at=when):
                    return then(db)
            log.warning("refused: a code for %s does not fit", member.actor.name)
            problem, repair = "This code does not fit, or was used before.", "Wait for the next one."
            raise Invalid(problem, [Fault("", "code", problem, repair)], next_step=repair)
    except TooMany:
        log.warning("refused: %s must wait after codes that did not fit", member.actor.name)
        raise


def _use(db: Connection, key: bytes, account_id: str, code: str, *, begun_in: str, at: datetime) -> bool:
    """Return whether a code fits, and use it up."""
    given = "".join(code.split()).replace("-", "").lower()[:40]
    row = db.execute(select(second_factor).where(second_factor.c.account_id == account_id)).first()
    in_use = not begun_in
    if row is None or (row.confirmed_at is not None) is not in_use:
        return False
    if begun_in and row.begun_in != begun_in:
        return False
    now = int(at.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(_opened(key, account_id, row.secret))
    for step in (now, now - 1, now + 1):
        if step > row.last_step and hmac.compare_digest(totp.generate_otp(step).encode(), given.encode()):
            db.execute(
                update(second_factor).where(second_factor.c.account_id == account_id).values(last_step=step)
            )
            return True
    used = (
        update(recovery_code)
        .where(
            recovery_code.c.account_id == account_id,
            recovery_code.c.code_hash == _recovery_hash(key, account_id, given),
            recovery_code.c.used_at.is_(None),
        )
        .values(used_at=at)
    )
    return in_use and db.execute(used).rowcount == 1


def _make_recovery_codes(db: Connection, key: bytes, member: Account) -> list[str]:
    db.execute(delete(recovery_code).where(recovery_code.c.account_id == member.account_id))
    made = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    db.execute(
        insert(recovery_code),
        [
            {
                "account_id": member.account_id,
                "code_hash": _recovery_hash(key, member.account_id, code),
                "used_at": None,
            }
            for code in made
        ],
    )
    return [f"{code[:5]}-{code[5:]}" for code in made]


def _recovery_hash(key: bytes, account_id: str, code: str) -> str:
    # Under the key: 49 bits alone could be tried out by whoever has a copy of the database.
    return hmac.new(key, f"recovery:{account_id}:{code}".encode(), sha256).hexdigest()


def _closed(key: bytes, account_id: str, secret: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    # The account is bound in: moved to another account's row, a secret cannot be opened.
    return nonce + AESGCM(key).encrypt(nonce, secret.encode(), account_id.encode())


def _opened(key: bytes, account_id: str, stored: bytes) -> str:
    nonce, sealed = stored[:_NONCE_BYTES], stored[_NONCE_BYTES:]
    return AESGCM(key).decrypt(nonce, sealed, account_id.encode()).decode()
