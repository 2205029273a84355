"""Putting other people's words on a page: nothing in them can act, load, or change what stands around them.

Text is escaped by the templates; here it loses what an eye cannot see and a program might obey (see
``voices.signs``), and what runs from right to left is isolated, so that it cannot turn the order of a date or
a number beside it. The words as they were typed stay in the record and in the machine-readable exports.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from hearing_app.voices.signs import runs_right_to_left, shown

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
# What a label makes of text after its Markdown was read, so that no backslash can stop it: addresses become
# links, names between colons become pictures, "->" becomes an arrow.
_LINKED = re.compile(
    r"(?<=:)(?=//[-.]*\w)|(?<=www)(?=\.)|(?<=[-.\w+])(?=@)|(?<=:)(?=[\w+/-]+:)|(?<=[-<>~])(?=[-=>])",
    re.IGNORECASE,
)
# Everything that Markdown and directives (":red[...]") read into a line, and no sign more: a screen reader
# gets a label with its backslashes. What only acts at the start of a line is escaped there.
_MARKDOWN = re.compile(r"(?P<number>\A\d{1,9})(?=[.)])|[`\\*_\[\]|~$<>&]|:(?=[A-Za-z])|\A[-+#]")


# All but the no-break spaces, wide and thin: "45 %" and "7 214" do not fall apart at the end of a line.
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")


def visible(text: str) -> str:
    """Return the text without control characters and without signs that hide or reverse something."""
    return shown(text)


def one_line(text: str) -> str:
    """Return the visible text on one line; the spaces that hold a number together stay."""
    return _SPACES.sub(" ", visible(text)).strip()


def isolated(text: str) -> str:
    """Return one line for places that take no HTML (titles, labels, the feed), isolated where it needs it."""
    line = one_line(text)
    return f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}" if runs_right_to_left(line) else line


def inline(text: str) -> Markup:
    """Return one line as HTML, isolated in its own direction where it runs from right to left."""
    line = one_line(text)
    return Markup("<bdi>{}</bdi>").format(line) if runs_right_to_left(line) else escape(line)


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
    line = _LINKED.sub("\u2060", isolated(text))
    return _MARKDOWN.sub(
        lambda found: f"{found.group()}\\" if found["number"] else f"\\{found.group()}", line
    )
