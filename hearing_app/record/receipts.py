"""Receipts: the 16 digits that a person keeps, and the key under which the record finds them.

A draft has a random 128-bit id. Its receipt is an HMAC of that id under a server key, so a draft that is
sent twice has the same receipt. What the database stores is a second HMAC, of the digits: from a stolen
database no receipt can be computed, and 53 bits cannot be guessed at five tries a minute.
"""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256

from hearing_app.errors import Invalid

_DIGITS = 10**16


def new_draft_id() -> str:
    """Return a random 128-bit id as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def receipt_of(key: bytes, draft_id: str) -> str:
    """Return the receipt of a draft: 16 digits in fours, "0123 4567 8901 2345"."""
    number = int.from_bytes(_mac(key, "receipt", draft_id), "big") % _DIGITS
    digits = f"{number:016d}"
    return " ".join(digits[start : start + 4] for start in range(0, 16, 4))


def lookup_key(key: bytes, receipt: str) -> str:
    """Return the key under which the record keeps what belongs to this receipt (64 hexadecimal digits)."""
    return _mac(key, "lookup", receipt.replace(" ", "")).hex()


def read_receipt(text: str) -> str:
    """Return what a person typed as a receipt in fours; spaces, dots and hyphens do not matter.

    Raises ``Invalid`` when it does not have 16 digits.
    """
    # NFKC-like care without surprises: full-width and other decimal digits are digits, too.
    digits = "".join(str(int(sign)) for sign in text if sign.isdecimal())
    rest = re.sub(r"[\s.\-\u2010-\u2015]", "", "".join(sign for sign in text if not sign.isdecimal()))
    if len(digits) != 16 or rest:
        raise Invalid(
            f"A receipt has 16 digits; this has {len(digits)}{' and other signs' if rest else ''}.",
            next_step="Please type the digits as they stand on your receipt.",
        )
    return " ".join(digits[start : start + 4] for start in range(0, 16, 4))


def _mac(key: bytes, purpose: str, text: str) -> bytes:
    return hmac.new(key, f"{purpose}:{text}".encode(), sha256).digest()
