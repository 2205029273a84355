"""Who answers for what, as a picture and as a table: the same five places, and every gap as a gap."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import east_asian_width

from markupsafe import escape

from hearing_app.documents.pictures import ACCENT, INK, picture_address
from hearing_app.documents.render import render
from hearing_app.documents.text import one_line
from hearing_app.registry.entry import Entry
from hearing_app.registry.responsibility import ANSWERS_FOR, HANDS_ON, Holder, responsibility

# In the picture's own units, which are pixels on a telephone.
_WIDTH, _PADDING, _LINE, _HEAD, _ARROW = 340, 14, 20, 24, 40
_SIGNS_A_LINE = 36
_MOST_NAMES = 4
_GAP = "#b04a00"
_JOINERS = "\u200c\u200d"


def responsibility_html(entry: Entry) -> str:
    """Return the picture, with the same in words for who does not see it, and the table."""
    holders = responsibility(entry)
    return render(
        "responsibility",
        holders=holders,
        answers_for=ANSWERS_FOR,
        gaps=[one for one in holders if one.naming.is_gap],
        picture=picture_address(drawing(holders)),
        words=in_words(holders),
    )


def in_words(holders: list[Holder]) -> str:
    """Return what the picture shows, as sentences."""
    links = [HANDS_ON.get(one.place, "") for one in holders]
    parts = [
        f"{one.place.label}: {one_line(one.words)}{f', which {link} the next' if link else ''}."
        for one, link in zip(holders, links, strict=True)
    ]
    return f"Five boxes in a column, joined by arrows. {' '.join(parts)}"


def drawing(holders: list[Holder]) -> str:
    """Return the picture as SVG: a column of boxes on a ground of its own, a gap with a broken line."""
    parts, top = [], 2
    for place, one in enumerate(holders):
        lines = list(_lines(one))
        height = _PADDING + _HEAD + len(lines) * _LINE + 6
        parts.append(_box(one, lines, top, height))
        top += height
        if place < len(holders) - 1:
            broken = one.naming.is_gap or holders[place + 1].naming.is_gap
            parts.append(_arrow(HANDS_ON[one.place], top, broken=broken))
            top += _ARROW
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + 4} {top + 2}" '
        f'font-family="system-ui, sans-serif"><rect width="{_WIDTH + 4}" height="{top + 2}" fill="#fff"/>'
        f"{''.join(parts)}</svg>"
    )


def _box(one: Holder, lines: list[str], top: int, height: int) -> str:
    colour = _GAP if one.naming.is_gap else ACCENT
    broken = ' stroke-dasharray="7 5"' if one.naming.is_gap else ""
    first = top + _PADDING + _HEAD + 8
    left = _PADDING + 2
    said = "".join(
        f'<text x="{left}" y="{first + place * _LINE}" font-size="16" fill="{INK}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    return (
        f'<rect x="2" y="{top}" width="{_WIDTH}" height="{height}" rx="6" fill="#fff" stroke="{colour}" '
        f'stroke-width="2"{broken}/>'
        f'<text x="{left}" y="{top + _PADDING + 10}" font-size="14" font-weight="600" '
        f'fill="{colour}">{escape(one.place.label)}</text>{said}'
    )


def _arrow(words: str, top: int, *, broken: bool) -> str:
    dashes = ' stroke-dasharray="5 4"' if broken else ""
    return (
        f'<path d="M40 {top + 2}v{_ARROW - 12}" fill="none" stroke="{INK}" stroke-width="2"{dashes}/>'
        f'<path d="M34 {top + _ARROW - 12}h12l-6 10z" fill="{INK}"/>'
        f'<text x="58" y="{top + 25}" font-size="14" fill="{INK}">{escape(words)}</text>'
    )


def _lines(one: Holder) -> Iterator[str]:
    """Yield the lines in a box: each name, or the words of the gap."""
    names = one.names or (one.words,)
    bullet = "• " if len(names) > 1 else ""
    for name in names[:_MOST_NAMES]:
        yield from _wrapped(bullet + _drawable(one_line(name)))
    if len(names) > _MOST_NAMES:
        yield f"and {len(names) - _MOST_NAMES} more: see the table"


def _drawable(text: str) -> str:
    """Return a text with nothing in it that XML does not take; what joins letters of a script stays."""
    return "".join(sign for sign in text if sign.isprintable() or sign in _JOINERS)


def _wrapped(text: str) -> Iterator[str]:
    """Yield a text in lines that fit; a word that is longer than a line is broken."""
    line = ""
    for word in text.split(" "):
        pieces = list(_pieces(word))
        for place, piece in enumerate(pieces):
            joined = f"{line} {piece}" if line and place == 0 else line + piece if place == 0 else piece
            if place > 0 or _width(joined) > _SIGNS_A_LINE:
                if line:
                    yield line
                line = piece
            else:
                line = joined
    if line:
        yield line


def _pieces(word: str) -> Iterator[str]:
    piece = ""
    for sign in word:
        if _width(piece + sign) > _SIGNS_A_LINE:
            yield piece
            piece = ""
        piece += sign
    yield piece


def _width(text: str) -> int:
    """Return how many signs of common width a text takes; those of East Asia take two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
