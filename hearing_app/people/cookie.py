"""The name of the session's cookie, which routes set and pages read."""

from __future__ import annotations


def session_cookie(is_https: bool) -> str:
    """Return the cookie's name: over TLS with the prefix that binds it to this host and to TLS."""
    return "__Host-hearing_session" if is_https else "hearing_session"
