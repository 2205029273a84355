"""What an agency signs, and how: Ed25519 (RFC 8032) over a statement in one exact form.

A statement says what is signed, for which record, and what it follows. Its format's name stands in front of
the bytes that are signed, so a signature under one kind of statement is worth nothing under another. The
private key never comes here: it signs on the agency's own machine, with the functions of this module.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from hearing_app.errors import Damaged, Invalid
from hearing_app.record.canonical import canonical_json
from hearing_app.record.checkpoint import origin_of
from hearing_app.record.keys import signer_of_record

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 or a public key: 64 hexadecimal digits in small letters."""
SignatureText = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]
"""A signature: 128 hexadecimal digits in small letters."""
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=80)]
"""An id: of an agency, of a document, of a record."""
Words = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=500)]
"""One line that will stand in public, at most 500 characters."""
Moment = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")
]
"""A moment in UTC, to the second: 2026-06-01T12:00:00Z."""

# Points whose order divides 8: under such a key one signature fits many messages, and nobody needs a private
# key to make it. OpenSSL takes them as keys. With the other ways of writing them, for each sign of x.
_ROOT_OF_8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
_MINUS_ROOT_OF_8 = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
_P = 2**255 - 19
_SMALL_ORDER_Y = (
    *(number.to_bytes(32, "little") for number in (0, 1, _P - 1, _P, _P + 1)),
    *(_ROOT_OF_8, _MINUS_ROOT_OF_8),
)
_SIGN_OF_X = 0x80
WEAK_KEYS = frozenset(
    y[:31] + bytes([y[31] | sign]) for y in _SMALL_ORDER_Y for sign in (0, _SIGN_OF_X)
)  # fmt: skip


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Publication(_Exact):
    """That an agency publishes a document as this version, after that one, in this record.

    ``sha256`` is that of the document's canonical JSON, ``previous`` that of the version before, or "". With
    ``version`` it keeps an old publication from being sent again. ``note`` says in public what changed.
    """

    format: Literal["hearing-publication/1"] = "hearing-publication/1"
    record: Name
    agency: Name
    kind: Name
    document_id: Name
    version: int = Field(ge=1, le=999_999_999)
    previous: Hash | Literal[""]
    sha256: Hash
    note: Words


class KeyRequest(_Exact):
    """That an agency wants this key for this record, in the place of the key ``replaces``, or ""."""

    format: Literal["hearing-key/1"] = "hearing-key/1"
    record: Name
    agency: Name
    public_key: Hash
    replaces: Hash | Literal[""] = ""


class Revocation(_Exact):
    """That an agency gives up its key ``key_id``, and from which moment on it is not to be trusted."""

    format: Literal["hearing-key-revocation/1"] = "hearing-key-revocation/1"
    record: Name
    agency: Name
    key_id: Hash
    untrusted_from: Moment
    reason: Words


Statement = Publication | KeyRequest | Revocation


class SignedPublication(_Exact):
    """A publication with its signature, and the key that is said to have made it."""

    key_id: Hash
    statement: Publication
    signature: SignatureText


class SignedKeyRequest(_Exact):
    """A request with the new key's signature, and that of the key which it replaces, or ""."""

    statement: KeyRequest
    signature: SignatureText
    signature_of_replaced: SignatureText | Literal[""] = ""


class SignedRevocation(_Exact):
    """A revocation with the signature of the key that is given up."""

    statement: Revocation
    signature: SignatureText


def name_of_record(db: Connection) -> str:
    """Return this record's origin, which a statement names: what is signed for one is refused by another."""
    public_key = signer_of_record(db)
    if public_key is None:
        raise Damaged("This record has no name yet.", next_step="Start the service once: it gives it one.")
    return origin_of(public_key)


def text_of(statement: Statement) -> str:
    """Return a statement as canonical JSON, the form in which it is stored."""
    return canonical_json(statement.model_dump()).decode()


def bytes_to_sign(statement: Statement) -> bytes:
    """Return what is signed: the format's name, a line feed, and the statement as canonical JSON."""
    return f"{statement.format}\n{text_of(statement)}".encode()


def sign(private_key: Ed25519PrivateKey, statement: Statement) -> str:
    """Return the signature of a statement as 128 hexadecimal digits."""
    return private_key.sign(bytes_to_sign(statement)).hex()


def is_signed(public_key: bytes, statement: Statement, signature: str) -> bool:
    """Return whether this key made this signature for exactly this statement."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            bytes.fromhex(signature), bytes_to_sign(statement)
        )
    except (InvalidSignature, ValueError):
        return False
    return public_key not in WEAK_KEYS


def key_id_of(public_key: bytes) -> str:
    """Return a key's id: SHA-256 of its 32 bytes, as 64 hexadecimal digits."""
    return sha256(public_key).hexdigest()


def fingerprint_of(key_id: str) -> str:
    """Return a key's id as people compare it: sixteen groups of four."""
    return " ".join(key_id[start : start + 4] for start in range(0, len(key_id), 4))


def read_fingerprint(text: str) -> str:
    """Return the key's id that somebody typed or pasted; spaces, colons and capitals do not matter.

    Raises ``Invalid`` when it is not whole: half of a fingerprint can be forged.
    """
    digits = "".join(text[:400].replace(":", " ").split()).lower()
    if len(digits) != 64 or set(digits) - set("0123456789abcdef"):
        raise Invalid(
            "A fingerprint has 64 digits from 0 to 9 and a to f, in sixteen groups of four.",
            next_step="Please give all of them.",
        )
    return digits


def private_pem(private_key: Ed25519PrivateKey, passphrase: str = "") -> bytes:
    """Return a private key as PKCS 8 in PEM, encrypted where there is a passphrase."""
    protection = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)


def public_pem(public_key: bytes) -> str:
    """Return a public key as PEM."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def is_encrypted(pem: bytes) -> bool:
    """Return whether a private key needs its passphrase."""
    return b"ENCRYPTED" in pem


def read_private_pem(pem: bytes, passphrase: str = "") -> Ed25519PrivateKey:
    """Return the private key in a PEM text; raise ``Invalid`` for another kind of key or passphrase."""
    try:
        key = load_pem_private_key(pem, passphrase.encode() if is_encrypted(pem) else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        wrong = "the passphrase is wrong" if is_encrypted(pem) else "it does not hold a private key"
        raise Invalid(f"The key file cannot be used: {wrong}.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise Invalid("This key is not of the kind Ed25519.", next_step="Make one with: hearing keys new")
    return key


def read_public_pem(pem: bytes) -> bytes:
    """Return the 32 bytes of the public key in a PEM text; raise ``Invalid`` for anything else."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise Invalid("The file does not hold a public key.") from None
    if not isinstance(key, Ed25519PublicKey):
        raise Invalid("This key is not of the kind Ed25519.", next_step="Make one with: hearing keys new")
    return key.public_bytes_raw()
