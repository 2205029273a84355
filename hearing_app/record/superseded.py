"""Kept checkpoints after a restore: those that name what is gone stay where they are, and say so.

The file may be one that can only be added to, on another disk. So nothing in it is moved or changed: a signed
line says that a backup was restored, and in which file beside it the checkpoints go on. That one begins with
the states that still hold.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hearing_app.errors import Conflict
from hearing_app.record.canonical import canonical_json
from hearing_app.record.checkpoint import Signer
from hearing_app.record.ledger import Head
from hearing_app.store.files import write_whole

_PREFIX = b"hearing-checkpoints-go-on/1\n"
# A chain of more restores than this is none.
_MOST = 1000


def in_force(file: Path, public_key: bytes) -> Path:
    """Return the file in which this record's checkpoints are kept now: the one that the last one names."""
    for _ in range(_MOST):
        following = _following(file, public_key)
        if following is None:
            return file
        file = following
    return file


def go_on_elsewhere(file: Path, signer: Signer, still_hold: list[Head], when: datetime, size: int) -> str:
    """Make the file in which the checkpoints go on, and return the line that names it, to be added to this.

    Raises ``Conflict`` when either cannot be written: before anything was agreed on.
    """
    name = when.strftime(f"{file.name.partition('.since-')[0]}.since-%Y-%m-%dT%H%M%SZ")
    names = [name, *(f"{name}-{number}" for number in range(2, 100))]
    following = next(file.with_name(one) for one in names if not file.with_name(one).exists())
    lines = [json.dumps({"checkpoint": signer.checkpoint(one)}) + "\n" for one in still_hold]
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_APPEND))
        write_whole(following, "".join(lines))
    except OSError as error:
        raise Conflict(
            f"The checkpoints that were kept in {file} name more than the backup has, and it cannot be added "
            f"there that they go on in another file beside it ({error.strerror}).",
            kept="Nothing was put in place; what was there stays.",
            next_step="Let this command's user add lines to it and make files beside it, then try again.",
        ) from error
    said = {"restored_at": when.isoformat(), "restored_size": size, "go_on_in": following.name}
    signature = signer.private_key.sign(_PREFIX + canonical_json(said)).hex()
    return json.dumps({**said, "signature": signature})


def _following(file: Path, public_key: bytes) -> Path | None:
    if not file.is_file():
        return None
    for line in reversed(file.read_bytes().splitlines()):
        if b"go_on_in" not in line:
            continue
        try:
            said = json.loads(line)
            signature = bytes.fromhex(said.pop("signature"))
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, _PREFIX + canonical_json(said))
            name = str(said["go_on_in"])
        except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError):
            continue
        if name == Path(name).name and name != file.name:
            return file.with_name(name)
    return None
