"""The names of the cookies, which routes set and pages read.

Over TLS each has the prefix ``__Host-``, with which a browser takes it from this host alone, over TLS alone
(RFC 6265bis, section 4.1.3.2).
"""

from __future__ import annotations


def session_cookie(is_https: bool) -> str:
    """Return the name of the session's cookie."""
    return _name("hearing_session", is_https)


def form_cookie(is_https: bool) -> str:
    """Return the name of the cookie that ties a form to the browser that it was given to."""
    return _name("hearing_form", is_https)


def provider_cookie(is_https: bool) -> str:
    """Return the name of the cookie that ties a sign-in at the provider to the browser that began it."""
    return _name("hearing_provider", is_https)


def ticket_cookie(is_https: bool) -> str:
    """Return the name of the cookie that says that a page was sent to this browser."""
    return _name("hearing_ticket", is_https)


def _name(name: str, is_https: bool) -> str:
    return f"__Host-{name}" if is_https else name
