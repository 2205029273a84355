"""Passwords: Argon2id with the library's defaults (RFC 9106, 64 MiB, three passes).

One verification takes about a quarter of a second and 64 MiB, so at most two run at a time: a flood of
sign-ins must not take the memory that the hearing needs.
"""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hearing_app.errors import Fault, Invalid

SHORTEST, LONGEST = 12, 200
_hasher = PasswordHasher()
_at_a_time = BoundedSemaphore(2)
# Verified when there is no such account, so that the answer takes as long as for one that exists.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$oAGadQgJoCUnkcUbXOa9shs5al/hdEHy7XtcQku7QUI"


def check_password(password: str, email: str) -> None:
    """Raise ``Invalid`` with the reason when a password is too short, too long or the address itself."""
    problem = ""
    if len(password) < SHORTEST:
        problem = f"It has {len(password)} characters; it needs at least {SHORTEST}."
    elif len(password) > LONGEST:
        problem = f"It has {len(password)} characters; at most {LONGEST} can be used."
    elif password.strip().casefold() == email.casefold():
        problem = "It is your e-mail address."
    if problem:
        raise Invalid(
            "This password cannot be used.",
            [Fault("", "password", problem, "A sentence of four or five words works well.")],
        )


def hash_password(password: str) -> str:
    """Return the Argon2id hash, with its parameters and salt."""
    with _at_a_time:
        return _hasher.hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """Return whether the password fits.

    ``None`` (no such account) and "" (an account that signs in elsewhere) take as long and are never right.
    """
    with _at_a_time:
        try:
            return _hasher.verify(stored or _NOBODY, password) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False
