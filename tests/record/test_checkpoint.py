from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.errors import Invalid
from hearing_app.record.checkpoint import LONGEST, Signer, origin_of, read_checkpoint
from hearing_app.record.ledger import Head

SIGNER = Signer.of(bytes(range(32)))
HEAD = Head(1234, sha256(b"root").digest())
TEXT = SIGNER.checkpoint(HEAD)


def test_the_text_has_the_form_of_a_signed_note() -> None:
    """Taken apart by hand, as the specification of signed notes says."""
    body, _, signature = TEXT.partition("\n\n")
    origin, size, root = body.split("\n")
    assert origin == f"hearing-record-{sha256(SIGNER.public_key).hexdigest()[:16]}" == SIGNER.origin
    assert (size, base64.b64decode(root)) == ("1234", HEAD.root)
    mark, name, encoded = signature.removesuffix("\n").split(" ")
    assert (mark, name) == ("\u2014", origin)
    signed = base64.b64decode(encoded)
    assert signed[:4] == sha256(f"{origin}\n".encode() + b"\x01" + SIGNER.public_key).digest()[:4]
    Ed25519PublicKey.from_public_bytes(SIGNER.public_key).verify(signed[4:], f"{body}\n".encode())


def test_the_key_is_that_of_the_standard() -> None:
    """RFC 8032, section 7.1, test 1."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert Signer.of(seed).public_key.hex() == public


def test_the_same_state_is_signed_alike_and_read_back() -> None:
    assert SIGNER.checkpoint(HEAD) == TEXT
    assert read_checkpoint(TEXT, SIGNER.public_key) == HEAD
    assert len(SIGNER.checkpoint(Head(10**18, HEAD.root))) < LONGEST


def test_another_key_is_refused() -> None:
    other = Signer.of(bytes(32))
    with pytest.raises(Invalid, match="form of a checkpoint of this record"):
        read_checkpoint(TEXT, other.public_key)
    borrowed = other.checkpoint(HEAD).replace(other.origin, SIGNER.origin)
    with pytest.raises(Invalid, match="signed with another key"):
        read_checkpoint(borrowed, SIGNER.public_key)


@given(st.integers(0, len(TEXT) - 1), st.characters(codec="utf-8"))
def test_one_changed_sign_is_refused(place: int, sign: str) -> None:
    changed = TEXT[:place] + sign + TEXT[place + 1 :]
    if changed == TEXT:
        return
    with pytest.raises(Invalid):
        read_checkpoint(changed, SIGNER.public_key)


@given(st.text(max_size=500))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_checkpoint(text, SIGNER.public_key)


@pytest.mark.parametrize("size", ["01234", "+1234", "-1", "1_234", "١٢", "", "9" * 5000])
def test_a_size_has_one_way_to_be_written(size: str) -> None:
    body = f"{SIGNER.origin}\n{size}\n{base64.b64encode(HEAD.root).decode()}\n"
    signature = SIGNER.private_key.sign(body.encode())
    key_hash = sha256(f"{origin_of(SIGNER.public_key)}\n".encode() + b"\x01" + SIGNER.public_key).digest()[:4]
    text = f"{body}\n\u2014 {SIGNER.origin} {base64.b64encode(key_hash + signature).decode()}\n"
    with pytest.raises(Invalid):
        read_checkpoint(text, SIGNER.public_key)
