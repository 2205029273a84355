"""Server keys: random bytes in files outside the database, readable by the service alone.

Whoever copies the database cannot turn it into receipts, and whoever copies the keys has no comments.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, select

from hearing_app.errors import Damaged
from hearing_app.record.ledger import append
from hearing_app.store.tables import ledger

KEY_BYTES = 32
_SUBJECT = "key:"
_OTHER_KEY = "The service did not start: with another key, no receipt would be recognised."
_RESTORE = "Restore the file from your backup, to the same place."


def load_key(path: Path, *, may_create: bool = True) -> bytes:
    """Return the 32-byte key in ``path``; make one on first use, where ``may_create`` says that it is one.

    Raises ``Damaged`` when the file is missing and may not be made, when it has another size, or when others
    than its owner may read it.
    """
    if not path.exists():
        if not may_create:
            raise Damaged(f"The key file {path} is missing.", kept=_OTHER_KEY, next_step=_RESTORE)
        _make_key(path)
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Damaged(
            f"The key file {path} can be read by other users of this machine.",
            kept="The service did not start.",
            next_step=f"Run: chmod 600 {path}",
        )
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise Damaged(
            f"The key file {path} does not hold {KEY_BYTES} bytes.",
            kept=_OTHER_KEY,
            next_step=_RESTORE,
        )
    return key


def is_bound(db: Connection) -> bool:
    """Return whether the record is bound to a key: from its first start on, another one does not fit."""
    return (
        db.execute(select(ledger.c.seq).where(ledger.c.subject.startswith(_SUBJECT)).limit(1)).first()
        is not None
    )


def bind_key(db: Connection, key: bytes) -> None:
    """Bind the record to its key on first use, and afterwards refuse any other.

    A restored database beside a new key would run as if nothing were wrong, and no receipt that was ever
    given would open anything. The ledger holds a mark of the key, an HMAC from which nothing can be computed.
    """
    mark = hmac.new(key, b"mark", sha256).hexdigest()
    marked = (
        db.execute(select(ledger.c.subject).where(ledger.c.subject.startswith(_SUBJECT))).scalars().first()
    )
    if marked is None:
        append(db, actor="compilation", kind="key.bound", subject=f"{_SUBJECT}{mark}", content={"mark": mark})
    elif not hmac.compare_digest(marked, f"{_SUBJECT}{mark}"):
        raise Damaged(
            "The key file is not the one that this record began with.", kept=_OTHER_KEY, next_step=_RESTORE
        )


def _make_key(path: Path) -> None:
    """Write a new key in full beside ``path``, then give it its name, unless another process was first.

    The name appears at once with all bytes behind it: a file that is created and then written can be read
    while it is still empty, and stays empty after a crash.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
