"""Signed checkpoints: the ledger's size and root under the record's own signature.

The form is the signed note of C2SP (tlog-checkpoint): three lines, an empty one, a line with the signature.
Whoever keeps one can later prove that nothing before it was changed or taken away. Signing the same state
twice gives the same text: Ed25519 needs no random numbers, and the text holds no clock's time.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hearing_app.errors import Invalid
from hearing_app.record.ledger import Head

_ED25519 = b"\x01"
_MARK = "\u2014 "
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
# Three lines and a signature of fixed lengths; the number in the middle has at most 19 digits.
LONGEST = 400


@dataclass(frozen=True, slots=True)
class Signer:
    """The record's signing key: it says what the record is called, and signs its checkpoints."""

    private_key: Ed25519PrivateKey

    @classmethod
    def of(cls, seed: bytes) -> Signer:
        """Return the signer of a 32-byte seed (RFC 8032, section 5.1.5)."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public_key(self) -> bytes:
        """The 32 bytes with which anyone can check a signature."""
        return self.private_key.public_key().public_bytes_raw()

    @property
    def origin(self) -> str:
        """The record's name."""
        return origin_of(self.public_key)

    def checkpoint(self, head: Head) -> str:
        """Return the signed text for a state of the ledger."""
        body = f"{self.origin}\n{head.size}\n{_base64(head.root)}\n"
        signature = self.private_key.sign(body.encode())
        return f"{body}\n{_MARK}{self.origin} {_base64(_key_hash(self.public_key) + signature)}\n"


def origin_of(public_key: bytes) -> str:
    """Return the name of the record that signs with this key."""
    return f"hearing-record-{sha256(public_key).hexdigest()[:16]}"


def in_one_line(checkpoint: str) -> str:
    """Return a checkpoint in base64: for a header, or a cell of a table that may not begin with a sign."""
    return _base64(checkpoint.encode())


def read_checkpoint(text: str, public_key: bytes) -> Head:
    """Return the state that a checkpoint names; raise ``Invalid`` unless this key signed this very text."""
    lines = text.split("\n") if len(text) <= LONGEST else []
    origin = origin_of(public_key)
    if len(lines) != 6 or lines[3] or lines[5] or lines[0] != origin:
        raise _refused("It does not have the form of a checkpoint of this record.")
    size, root = lines[1], _bytes(lines[2])
    mark, signed = lines[4][: len(_MARK + origin) + 1], _bytes(lines[4][len(_MARK + origin) + 1 :])
    if not _SIZE.fullmatch(size) or mark != f"{_MARK}{origin} " or len(root) != 32 or len(signed) != 68:
        raise _refused("Its size, root or signature cannot be read.")
    if signed[:4] != _key_hash(public_key):
        raise _refused("It is signed with another key.")
    try:
        body = "\n".join(lines[:3]) + "\n"
        Ed25519PublicKey.from_public_bytes(public_key).verify(signed[4:], body.encode())
    except InvalidSignature:
        raise _refused("Its signature is not that of this record's key.") from None
    return Head(int(size), root)


def _key_hash(public_key: bytes) -> bytes:
    return sha256(f"{origin_of(public_key)}\n".encode() + _ED25519 + public_key).digest()[:4]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    """Return what a canonical base64 text holds, else nothing: two texts must not say the same."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if _base64(data) == text else b""


def _refused(why: str) -> Invalid:
    return Invalid(f"This checkpoint does not hold. {why}", kept="")
