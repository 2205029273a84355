"""Server keys: random bytes in files outside the database, readable by the service alone.

Whoever copies the database cannot turn it into receipts, and whoever copies the keys has no comments.
"""

from __future__ import annotations

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, select

from hearing_app.errors import Damaged
from hearing_app.record.ledger import append
from hearing_app.secret_files import read_private
from hearing_app.store.tables import ledger

KEY_BYTES = 32
_SUBJECT = "key:"
_SIGNER_SUBJECT = "checkpoint-key:"
_OTHER_KEY = "The service did not start: with another key, no receipt would be recognised."
_RESTORE = "Restore the file from your backup, to the same place."


def load_key(path: Path, *, may_create: bool = True) -> bytes:
    """Return the 32-byte key in ``path``; make one on first use, where ``may_create`` says that it is one.

    Raises ``Damaged`` when the file is missing and may not be made, when it has another size, or when its
    owner or permissions are not those of a secret (``secret_files.read_private``).
    """
    if not path.exists():
        if not may_create:
            raise Damaged(f"The key file {path} is missing.", kept=_OTHER_KEY, next_step=_RESTORE)
        _make_key(path)
    key = read_private(path)
    if len(key) != KEY_BYTES:
        raise Damaged(
            f"The key file {path} does not hold {KEY_BYTES} bytes.",
            kept=_OTHER_KEY,
            next_step=_RESTORE,
        )
    return key


def is_bound(db: Connection) -> bool:
    """Return whether the record is bound to a receipt key: from its first start on, no other one fits."""
    return bool(_marks(db, _SUBJECT))


def bind_key(db: Connection, key: bytes) -> None:
    """Bind the record to its receipt key on first use, and afterwards refuse any other.

    A restored database beside a new key would run as if nothing were wrong, and no receipt that was ever
    given would open anything. The ledger holds a mark of the key, an HMAC from which nothing can be computed.
    """
    mark = hmac.new(key, b"mark", sha256).hexdigest()
    _bind(db, _SUBJECT, mark, "key.bound", {"mark": mark})


def signer_of_record(db: Connection) -> bytes | None:
    """Return the public key with which this record signs its checkpoints; ``None`` before it is bound."""
    marks = _marks(db, _SIGNER_SUBJECT)
    return bytes.fromhex(marks[0]) if marks else None


def bind_signer(db: Connection, public_key: bytes) -> None:
    """Bind the record to the key that signs its checkpoints, and afterwards refuse any other.

    The public key stands in the ledger, so every copy of the record says who signs for it.
    """
    name = public_key.hex()
    _bind(db, _SIGNER_SUBJECT, name, "checkpoint_key.bound", {"public_key": name})


def faults(db: Connection) -> list[str]:
    """Return what is wrong with the bindings of the record's keys: each kind stands in the ledger once."""
    return [
        f"The ledger binds the record to a {name} key {len(marks)} times."
        for name, prefix in (("receipt", _SUBJECT), ("checkpoint", _SIGNER_SUBJECT))
        if len(marks := _marks(db, prefix)) > 1
    ]


def _marks(db: Connection, prefix: str) -> list[str]:
    query = select(ledger.c.subject).where(ledger.c.subject.startswith(prefix)).order_by(ledger.c.seq)
    found = db.execute(query).scalars()
    return [subject.removeprefix(prefix) for subject in found]


def _bind(db: Connection, prefix: str, mark: str, kind: str, content: dict[str, object]) -> None:
    marks = _marks(db, prefix)
    if not marks:
        append(db, actor="compilation", kind=kind, subject=f"{prefix}{mark}", content=content)
    elif len(marks) > 1 or not hmac.compare_digest(marks[0], mark):
        raise Damaged(
            "The key file is not the one that this record began with.", kept=_OTHER_KEY, next_step=_RESTORE
        )


def _make_key(path: Path) -> None:
    """Write a new key in full beside ``path``, then give it its name, unless another process was first.

    The name appears at once with all bytes behind it: a file that is created and then written can be read
    while it is still empty, and stays empty after a crash.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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
