"""The signs of a text that no eye sees: which of them a language needs, and which only hide or mislead.

What is stored stays as it was typed. Here is what of it may reach a reader: Unicode Standard Annex 9
(direction), UTS 39 (hidden signs) and UTS 51 (pictures joined from several signs) say what the signs do.
"""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls but tab and line feed, and halves of pairs.
_CONTROLS = "\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
# Embeddings, overrides and isolates of the bidirectional algorithm: they can make a text read as another.
_DIRECTION = "\u202a-\u202e\u2066-\u2069"
# Code points that Unicode sets apart for no sign at all; XML, and so the feed, may not hold some of them.
_NO_SIGN = "\ufdd0-\ufdef" + "".join(
    chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)
)
# Signs without a look that no text needs when it is shown: soft hyphens, fillers that pass for a name, word
# joiners, invisible operators, annotations, shorthand and music formats, and tags, which can carry a second
# text inside the first.
_HIDDEN = (
    "\u00ad\u17b4\u17b5\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
# The three flags that are spelled with tags: England, Scotland, Wales.
_FLAGS = "|".join(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in name) + "\U000e007f"
    for name in ("gbeng", "gbsct", "gbwls")
)
_DROPPED = re.compile(f"({_FLAGS})|[{_CONTROLS}{_DIRECTION}{_NO_SIGN}{_HIDDEN}]")

_MARKS = "\u061c\u200e\u200f"
_JOINERS = "\u034f\u180e\u200c\u200d"
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_FILLERS = "\u115f\u1160"
_INVISIBLE_SPACE = "\u200b"
_DEPENDS = re.compile(f"[{_MARKS}{_JOINERS}{_SELECTORS}{_FILLERS}{_INVISIBLE_SPACE}]")
_SELECTOR = re.compile(f"[{_SELECTORS}]")
# Thai, Lao, Myanmar and Khmer have no blanks between words: an invisible space says where a line may end.
_WITHOUT_BLANKS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_OLD_HANGUL = re.compile("[\u1100-\u115e\u1161-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")
# No writing stacks more marks on one letter; a tower of them covers the lines above and below.
MOST_MARKS = 8
LONGEST_COMPOSED = 8_000
"""Characters. No limit that a text is held against is longer than a quarter of this."""
_ACCENTS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_TOWER = re.compile(f"([{_ACCENTS}]{{{MOST_MARKS}}})[{_ACCENTS}]+")
# U+2800 is a Braille cell without dots: it has a width and no look.
_BLANK = re.compile(r"[\s\u2800\u115f\u1160]|" + _DEPENDS.pattern)


def shown(text: str) -> str:
    """Return the text without the signs that hide or turn something, line ends as line feeds.

    Signs without a look stay where a script needs them: joiners in Persian and Hindi, the parts of an emoji,
    direction marks beside right-to-left letters, invisible spaces in Thai and Khmer.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    text = _DROPPED.sub(r"\1", text)
    if _DEPENDS.search(text):
        marked = runs_right_to_left(text)
        kept: list[str] = []
        for place, sign in enumerate(text):
            before, after = kept[-1] if kept else "", text[place + 1 : place + 2]
            if not _DEPENDS.match(sign) or _is_needed(sign, before, after, marked):
                kept.append(sign)
        text = "".join(kept)
    return _TOWER.sub(r"\1", text)


def is_blank(text: str) -> bool:
    """Return whether a reader would see nothing of the text."""
    return not _BLANK.sub("", shown(text))


def runs_right_to_left(text: str) -> bool:
    """Return whether a text holds letters or digits that could turn the order of what stands around it."""
    return not text.isascii() and any(
        unicodedata.bidirectional(sign) in {"R", "AL", "AN"} and sign not in _MARKS for sign in text
    )


def _is_needed(sign: str, before: str, after: str, marked: bool) -> bool:
    """Return whether a sign without a look says something between the two that stand around it."""
    if sign in _MARKS:
        return marked
    if sign == _INVISIBLE_SPACE:
        return bool(_WITHOUT_BLANKS.match(before) and _WITHOUT_BLANKS.match(after))
    if sign in _FILLERS:
        return bool(_OLD_HANGUL.match(after if sign == "\u115f" else before))
    if not before or before in _JOINERS:
        return False
    kind = unicodedata.category(before)
    if _SELECTOR.match(sign):
        # On a pictograph, an ideograph, a digit of a keycap; never a row of them, which can spell any bytes.
        return kind in {"So", "Sk", "Sm", "Lo", "Nd", "Po", "Pd"} and not _SELECTOR.match(before)
    return kind in {"So", "Sk", "Lo", "Lm", "Mn", "Mc"}


def length(text: str) -> int:
    """Return the length that a limit is held against: letters with accents count once.

    Composing a text costs the square of its length where accents are piled up (27 seconds for 128,000 signs),
    so what cannot fit any limit is not composed.
    """
    return len(text) if len(text) > LONGEST_COMPOSED else len(unicodedata.normalize("NFC", text))


def unstorable(text: str) -> bool:
    """Return whether a text holds half a surrogate pair or NUL: no database keeps both unchanged."""
    return any(sign == "\0" or unicodedata.category(sign) == "Cs" for sign in text)
