"""The scale of the impact level, drawn: four bands, and on them the points before and after safeguards."""

from __future__ import annotations

from functools import lru_cache

from hearing_app.documents.pictures import ACCENT, INK, picture_address
from hearing_app.registry.impact.level import NAMES, ImpactLevel
from hearing_app.registry.impact.scoring import Points, Score

_LEFT, _WIDTH, _HIGH = 6, 348, 32
# Light to dark, each told from the next by its letter and by a line between them.
_BANDS = ("#f1f5f5", "#dfe8e9", "#c9d7d9", "#b2c5c8")


def scale_picture(score: Score) -> str:
    """Return the picture as a data address: above, the points before safeguards; below, after them.

    A dot stands for one number, a bar for all numbers that open questions leave possible.
    """
    low, high = score.lowest, score.highest
    return _drawn(low.raw_max, low.raw, high.raw, low.adjusted, high.adjusted)


def scale_words(score: Score) -> str:
    """Return the same in words, for whoever does not see the picture."""
    low, high = score.lowest, score.highest
    return (
        f"Before safeguards {_span(low.raw, high.raw)} of {low.raw_max} points, level "
        f"{levels_words(low.level_raw, high.level_raw)}. After safeguards "
        f"{_span(low.adjusted, high.adjusted)} points, level "
        f"{levels_words(low.level_adjusted, high.level_adjusted)}."
    )


def levels_words(low: int, high: int) -> str:
    """Return a level, or the levels still possible: "III", "II or III", "II to IV"."""
    if low == high:
        return NAMES[low]
    return f"{NAMES[low]} {'or' if high == low + 1 else 'to'} {NAMES[high]}"


def level_words(found: ImpactLevel) -> str:
    """Return what is known of the level as a reader meets it: "Level III", "At least level III"."""
    if found.level is None:
        return "Level not known"
    if found.is_settled:
        return f"Level {NAMES[found.level]}"
    return f"At least level {NAMES[found.level]}"


def points_words(low: Points, high: Points, kind: str) -> str:
    """Return the points of one kind ("raw", "mit", "adjusted"), or the range that is possible."""
    ends = sorted((getattr(low, kind), getattr(high, kind)))
    return _span(*ends)


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


@lru_cache(maxsize=256)
def _drawn(most: int, raw_low: int, raw_high: int, low: int, high: int) -> str:
    def at(points: float) -> float:
        return round(_LEFT + points / most * _WIDTH, 1)

    parts = []
    rows = (("Before safeguards", 24, raw_low, raw_high), ("After safeguards", 88, low, high))
    for words, top, first, last in rows:
        parts.append(f'<text x="{_LEFT}" y="{top - 7}" font-size="13" fill="{INK}">{words}</text>')
        label = _span(first, last)
        parts.append(
            f'<text x="{_LEFT + _WIDTH}" y="{top - 7}" font-size="13" fill="{INK}" '
            f'text-anchor="end">{label} points</text>'
        )
        for band, colour in enumerate(_BANDS):
            left, right = at(band * most / 4), at((band + 1) * most / 4)
            parts.append(
                f'<rect x="{left}" y="{top}" width="{right - left:.1f}" height="{_HIGH}" fill="{colour}" '
                f'stroke="#fff"/><text x="{left + 5}" y="{top + 13}" font-size="12" fill="#474747">'
                f"{NAMES[band + 1]}</text>"
            )
        middle = top + 23
        if first == last:
            parts.append(f'<circle cx="{at(first)}" cy="{middle}" r="6" fill="{ACCENT}" stroke="#fff"/>')
        else:
            parts.append(
                f'<rect x="{at(first)}" y="{middle - 4}" width="{at(last) - at(first):.1f}" height="8" '
                f'rx="4" fill="{ACCENT}"/>'
            )
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 124" font-family="Source Sans Pro, '
        f'Arial, sans-serif">{"".join(parts)}</svg>'
    )
    return picture_address(svg)
