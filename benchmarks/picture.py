"""The times of a whole audit as a picture: one bar for each tool, on a scale of powers of ten."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

_LEFT, _WIDTH, _ROW, _TOP = 190, 560, 22, 30
_INK, _GRID, _OURS, _OTHERS = "#1b1b1b", "#d0d0d0", "#0b5394", "#8a8a8a"


def svg(title: str, bars: Mapping[str, float]) -> str:
    """The picture of times in seconds by name, the shortest first; the same figures give the same bytes."""
    ordered = sorted(bars.items(), key=lambda one: one[1])
    low = math.floor(math.log10(ordered[0][1]))
    high = max(math.ceil(math.log10(ordered[-1][1])), low + 1)
    scale = _WIDTH / (high - low)
    height = _TOP + _ROW * len(ordered) + 30
    words = "; ".join(f"{name} {seconds(taken)}" for name, taken in ordered)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 90} {height}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="{_INK}">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(words)}</desc>",
        f'<rect width="{_LEFT + _WIDTH + 90}" height="{height}" fill="#ffffff"/>',
        f'<text x="8" y="18" font-weight="bold">{escape(title)}</text>',
    ]
    for power in range(low, high + 1):
        x = _LEFT + (power - low) * scale
        lines.append(f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{height - 24}" stroke="{_GRID}"/>')
        lines.append(f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle">{seconds(10.0**power)}</text>')
    for row, (name, taken) in enumerate(ordered):
        y, length = _TOP + _ROW * row, max(1.0, (math.log10(taken) - low) * scale)
        colour = _OURS if name.startswith("ours") else _OTHERS
        lines += [
            f'<text x="{_LEFT - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{_LEFT}" y="{y + 3}" width="{length:.1f}" height="{_ROW - 6}" fill="{colour}"/>',
            f'<text x="{_LEFT + length + 6:.1f}" y="{y + 15}">{seconds(taken)}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


def seconds(taken: float) -> str:
    """A time in words: two digits, in seconds or milliseconds."""
    value, unit = (taken, "s") if taken >= 1 else (1000 * taken, "ms")
    return f"{float(f'{value:.2g}'):,g} {unit}"
