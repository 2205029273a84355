"""What is signed, byte for byte, and every way in which it must not verify."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import ValidationError
from sqlalchemy import Engine

from hearing_app.errors import Damaged, Invalid
from hearing_app.record.signatures import (
    WEAK_KEYS,
    KeyRequest,
    Publication,
    Revocation,
    bytes_to_sign,
    fingerprint_of,
    is_signed,
    key_id_of,
    name_of_record,
    private_pem,
    public_pem,
    read_fingerprint,
    read_private_pem,
    read_public_pem,
    sign,
)
from hearing_app.store.engine import reading
from tests.scale import scale
from tests.signers import bind

# RFC 8032, section 7.1: seed, public key, message, signature.
VECTORS = {
    "TEST 1": (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    "TEST 2": (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    "TEST 3": (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
}
STATEMENT = Publication(
    record="hearing-record-0123456789abcdef",
    agency="riverton-police",
    kind="system",
    document_id="bus-lane-cameras",
    version=3,
    previous="ab" * 32,
    sha256="cd" * 32,
    note="The thresholds were lowered: “0.6” → “0.55”.",
)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = KEY.public_key().public_bytes_raw()


@pytest.mark.parametrize("name", VECTORS)
def test_the_library_signs_as_the_standard_says(name: str) -> None:
    seed, public_key, message, signature = (bytes.fromhex(part) for part in VECTORS[name])
    key = Ed25519PrivateKey.from_private_bytes(seed)
    assert key.public_key().public_bytes_raw() == public_key
    assert key.sign(message) == signature
    Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)


def test_what_is_signed_is_this_and_nothing_else() -> None:
    """Written out: another program signs and checks these very bytes."""
    expected = (
        b"hearing-publication/1\n"
        b'{"agency":"riverton-police","document_id":"bus-lane-cameras","format":"hearing-publication/1",'
        b'"kind":"system","note":"' + "The thresholds were lowered: “0.6” → “0.55”.".encode() + b'",'
        b'"previous":"' + b"ab" * 32 + b'","record":"hearing-record-0123456789abcdef",'
        b'"sha256":"' + b"cd" * 32 + b'","version":3}'
    )
    assert bytes_to_sign(STATEMENT) == expected
    assert bytes.fromhex(sign(KEY, STATEMENT)) == KEY.sign(expected)
    assert is_signed(PUBLIC_KEY, STATEMENT, sign(KEY, STATEMENT))


@pytest.mark.promise("S6")
def test_a_bit_that_was_flipped_anywhere_is_found(measure: Callable[[str, int], None]) -> None:
    signature = bytes.fromhex(sign(KEY, STATEMENT))
    for bit in range(8 * len(signature)):
        assert not is_signed(PUBLIC_KEY, STATEMENT, flipped(signature, bit).hex())
    for bit in range(8 * len(PUBLIC_KEY)):
        assert not is_signed(flipped(PUBLIC_KEY, bit), STATEMENT, signature.hex())
    # A statement is its fields: each of them, changed in any place, makes another one.
    chance = random.Random(8032)
    made = 0
    for _ in range(scale(200, 5000)):
        name = chance.choice(
            ["record", "agency", "kind", "document_id", "version", "previous", "sha256", "note"]
        )
        value = getattr(STATEMENT, name)
        if isinstance(value, int):
            changed: object = value ^ (1 << chance.randrange(20))
        else:
            place = chance.randrange(len(value))
            other = chance.choice([sign for sign in "0123456789abcdef" if sign != value[place]])
            changed = value[:place] + other + value[place + 1 :]
        try:
            other_statement = Publication(**{**STATEMENT.model_dump(), name: changed})
        except ValidationError:
            continue
        assert not is_signed(PUBLIC_KEY, other_statement, signature.hex())
        made += 1
    assert made > 100
    measure("flipped bits and changed fields refused", 8 * 96 + made)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_a_signature_counts_for_its_kind_of_statement_alone() -> None:
    """The format's name is part of what is signed, in front: no text of one kind begins like another's."""
    request = KeyRequest(record="r", agency="a", public_key="00" * 32, replaces="")
    revocation = Revocation(
        record="r", agency="a", key_id="00" * 32, untrusted_from="2026-01-01T00:00:00Z", reason="Lost."
    )
    starts = [bytes_to_sign(one).split(b"\n")[0] for one in (STATEMENT, request, revocation)]
    assert starts == [b"hearing-publication/1", b"hearing-key/1", b"hearing-key-revocation/1"]
    for one in (STATEMENT, request, revocation):
        for other in (STATEMENT, request, revocation):
            assert is_signed(PUBLIC_KEY, other, sign(KEY, one)) == (one is other)


@pytest.mark.parametrize("signature", ["", "00", "0" * 128, "f" * 128, "zz" * 64, "0" * 130])
def test_what_is_no_signature_does_not_verify(signature: str) -> None:
    assert not is_signed(PUBLIC_KEY, STATEMENT, signature)


def test_a_second_form_of_the_same_signature_is_refused() -> None:
    """S and S + L satisfy the same equation (RFC 8032, 5.1.7): taken, one statement would have two."""
    order = 2**252 + 27742317777372353535851937790883648493
    signature = bytes.fromhex(sign(KEY, STATEMENT))
    scalar = int.from_bytes(signature[32:], "little") + order
    assert not is_signed(PUBLIC_KEY, STATEMENT, (signature[:32] + scalar.to_bytes(32, "little")).hex())


# The curve of RFC 8032, section 5.1, in its slowest and plainest form.
P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def add(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    (x1, y1), (x2, y2) = one, other
    k = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P
    return x, y


def points_of(encoded: bytes) -> list[tuple[int, int]]:
    """Return the points with this y and either sign of x, whatever sign the encoding has."""
    y = (int.from_bytes(encoded, "little") & (2**255 - 1)) % P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert x * x % P == square
    return [(x, y), (-x % P, y)]


def test_every_weak_key_is_a_point_of_small_order_and_none_is_missing() -> None:
    doubled = []
    for key in WEAK_KEYS:
        for point in points_of(key):
            eightfold = add(point, point)
            for _ in range(2):
                eightfold = add(eightfold, eightfold)
            assert eightfold == (0, 1), key.hex()
            doubled.append(point)
    # The curve's order is 8 times a prime, so there are eight of them; each y below 2^255 - 19 + 19 has a
    # second way of being written, and each has two signs.
    assert len(set(doubled)) == 8
    ways = {y + extra for _, y in set(doubled) for extra in (0, P) if y + extra < 2**255}
    written = {(way | sign << 255).to_bytes(32, "little") for way in ways for sign in (0, 1)}
    assert written == WEAK_KEYS


def test_a_weak_key_signs_nothing_although_the_library_would_take_it() -> None:
    identity = (1).to_bytes(32, "little")
    everything = identity + bytes(32)
    Ed25519PublicKey.from_public_bytes(identity).verify(everything, bytes_to_sign(STATEMENT))
    assert not is_signed(identity, STATEMENT, everything.hex())


def test_a_fingerprint_is_read_as_people_give_it() -> None:
    key_id = key_id_of(PUBLIC_KEY)
    assert key_id == hashlib.sha256(PUBLIC_KEY).hexdigest()
    shown = fingerprint_of(key_id)
    assert len(shown.split()) == 16
    assert {len(group) for group in shown.split()} == {4}
    for text in (shown, key_id, shown.upper(), shown.replace(" ", ":"), f"\n {shown.replace(' ', '  ')} "):
        assert read_fingerprint(text) == key_id
    for text in ("", shown[:-1], f"{shown} 0", shown.replace(shown[0], "g"), "0" * 5000):
        with pytest.raises(Invalid, match="64 digits"):
            read_fingerprint(text)


@pytest.mark.parametrize("passphrase", ["", "four words and ü"])
def test_a_key_is_kept_as_others_keep_it(passphrase: str) -> None:
    pem = private_pem(KEY, passphrase)
    assert pem.startswith(b"-----BEGIN ENCRYPTED" if passphrase else b"-----BEGIN PRIVATE")
    assert read_private_pem(pem, passphrase).private_bytes_raw() == bytes(range(32))
    assert read_public_pem(public_pem(PUBLIC_KEY).encode()) == PUBLIC_KEY
    if passphrase:
        for wrong in ("", "five words"):
            with pytest.raises(Invalid, match="passphrase is wrong"):
                read_private_pem(pem, wrong)


def test_other_keys_are_refused_by_name() -> None:
    rsa = generate_private_key(65537, 2048)
    private = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(Invalid, match="Ed25519"):
        read_private_pem(private)
    with pytest.raises(Invalid, match="Ed25519"):
        read_public_pem(public)
    for wrong in (b"", b"no key", public):
        with pytest.raises(Invalid, match="private key"):
            read_private_pem(wrong)
    with pytest.raises(Invalid, match="public key"):
        read_public_pem(private)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl")
def test_another_program_checks_the_signature_and_the_fingerprint(tmp_path: Path) -> None:
    """The commands that the documents give, run as they stand there."""
    (tmp_path / "key.pem").write_text(public_pem(PUBLIC_KEY))
    (tmp_path / "statement").write_bytes(bytes_to_sign(STATEMENT))
    (tmp_path / "signature").write_bytes(bytes.fromhex(sign(KEY, STATEMENT)))

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    verify = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in statement -sigfile signature"
    assert run(verify).returncode == 0
    (tmp_path / "statement").write_bytes(bytes_to_sign(STATEMENT) + b" ")
    assert run(verify).returncode != 0
    fingerprint = run("openssl pkey -pubin -in key.pem -outform DER | tail -c 32 | sha256sum")
    assert fingerprint.stdout.split()[0] == key_id_of(PUBLIC_KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"version": True},
        {"version": "3"},
        {"version": 10**9},
        {"previous": "AB" * 32},
        {"previous": "ab" * 32 + "\n"},
        {"sha256": ""},
        {"note": ""},
        {"note": "two\nlines"},
        {"note": "x" * 501},
        {"note": "\ud800"},
        {"agency": "a/b"},
        {"record": "a\u202eb"},
        {"format": "hearing-publication/2"},
        {"more": "words"},
    ],
)
def test_a_statement_of_another_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Publication.model_validate({**STATEMENT.model_dump(), **change})


def test_a_statement_survives_its_journey() -> None:
    text = json.dumps(STATEMENT.model_dump())
    assert Publication.model_validate_json(text) == STATEMENT


def test_a_record_without_a_name_takes_no_signature(engine: Engine) -> None:
    with reading(engine) as db, pytest.raises(Damaged, match="no name"):
        name_of_record(db)
    bind(engine)
    with reading(engine) as db:
        name = name_of_record(db)
    public = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    assert name == f"hearing-record-{hashlib.sha256(public).hexdigest()[:16]}"
