"""Finding what looks like personal data of a kind that has a form: to warn a writer and help a reader.

Names have no form, so a person reads every comment before it is published. Nothing is changed and nothing
is refused because of what is found here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One stretch of text, from ``start`` up to ``end``, that looks like ``kind``."""

    kind: str
    start: int
    end: int


_FORMS = (
    # No longer than RFC 5321 lets the name before the sign be: a long word without the sign was tried from
    # each of its letters to its end.
    ("an e-mail address", re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")),
    ("an IP address", re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")),
    ("a telephone number", re.compile(r"(?<![\w.])\+?\d(?:[ ()./\xa0\u2010-\u2013-]{0,2}\d){8,14}(?!\w)")),
    ("a National Insurance number", re.compile(r"\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", re.I)),
    ("a number plate", re.compile(r"\b(?:[A-Z]{2}\d{2} ?[A-Z]{3}|[a-z]{2}\d{2} ?[a-z]{3})\b")),
    ("a postcode", re.compile(r"\b[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b", re.I)),
)
# Most texts hold none of them, which one look tells in half the time of one for each.
_ANY = re.compile(
    "|".join(f"(?{'i' if form.flags & re.IGNORECASE else ''}:{form.pattern})" for _, form in _FORMS)
)


def find(text: str) -> list[Finding]:
    """Return what looks like personal data in ``text``, in order; no stretch is named twice."""
    if _ANY.search(text) is None:
        return []
    found: list[Finding] = []
    named = bytearray(len(text))
    for kind, form in _FORMS:
        for match in form.finditer(text):
            if 1 not in named[match.start() : match.end()]:
                named[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                found.append(Finding(kind, match.start(), match.end()))
    return sorted(found, key=lambda finding: finding.start)
