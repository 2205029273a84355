"""Putting other people's words on a page: nothing in them can act, load, or change what stands around them.

Text is escaped by the templates; here it loses what an eye cannot see and a program might obey. The words
as they were typed stay in the record and in the machine-readable exports.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from markupsafe import Markup, escape

# Embeddings, overrides and isolates of the bidirectional algorithm: they can make a text read as another.
_DIRECTION = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
# Code points that Unicode sets apart for no sign at all; XML, and so the feed, may not hold the last two.
_NO_SIGN = {chr(code) for code in (*range(0xFDD0, 0xFDF0), *range(0xFFFE, 0x110000, 0x10000))} | {
    chr(code) for code in range(0xFFFF, 0x110000, 0x10000)
}
_HIDDEN = _DIRECTION | _NO_SIGN
# What a label makes of text after its Markdown was read, so that no backslash can stop it: addresses become
# links, names between colons become pictures.
_LINKED = re.compile(
    r"(?<=:)(?=//[-.]*\w)|(?<=www)(?=\.)|(?<=[-.\w+])(?=@)|(?<=:)(?=[\w+/-]+:)", re.IGNORECASE
)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&])")


def visible(text: str) -> str:
    """Return the text without control characters and without signs that reverse what follows them."""
    return "".join(
        sign
        for sign in text.replace("\r\n", "\n").replace("\r", "\n")
        if sign in "\n\t" or (sign not in _HIDDEN and unicodedata.category(sign) not in {"Cc", "Cs"})
    )


def one_line(text: str) -> str:
    """Return the visible text on one line."""
    return " ".join(visible(text).split())


def paragraphs(text: str) -> Markup:
    """Return escaped paragraphs, each isolated in its own direction; single line breaks stay."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", visible(text)) if block.strip()]
    lines = [Markup("<br>").join(escape(line) for line in block.split("\n")) for block in blocks]
    return Markup("").join(Markup('<p dir="auto">{}</p>').format(block) for block in lines)


def host(url: str) -> str:
    """Return the host of a web address as it is looked up: other scripts stand in their ASCII form.

    A Cyrillic letter in a familiar name is then seen, because the name reads "xn--…".
    """
    name = unicodedata.normalize("NFC", urlsplit(url).hostname or "").lower()
    # Each label by itself, without the mapping of 2003 that browsers gave up: "groß" is not "gross".
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in name.split(".")
    )


def for_label(text: str) -> str:
    """Return one line of text for a Streamlit label, where Markdown would otherwise be read into it."""
    return _MARKDOWN.sub(r"\\\1", _LINKED.sub("\u2060", one_line(text)))
