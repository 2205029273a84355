"""Whether a text repeats what somebody wrote: an answer stays for ever, and a comment can be withdrawn."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST_SHARED = 60
"""Bytes in UTF-8 that may be the same: some ten English words, or twenty Chinese signs.

The name of a law in both texts is no quotation; a sentence is.
"""


def repeated(text: str, sources: Iterable[str]) -> str:
    """Return the first passage of ``text`` that is longer than may be shared with one of ``sources``, or "".

    Case, spaces and punctuation do not count.
    """
    said, size = _bare(text), LONGEST_SHARED + 1
    passages = {said[place : place + size] for place in range(len(said) - size + 1)}
    if not passages:
        return ""
    for source in sources:
        theirs = _bare(source)
        for place in range(len(theirs) - size + 1):
            if theirs[place : place + size] in passages:
                return theirs[place : place + size].decode(errors="ignore").strip()
    return ""


def _bare(text: str) -> bytes:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", " ", folded).strip().encode(errors="replace")
