"""Bars of counts as a PNG for Word, each with its number printed at its end."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from hearing_app.documents.pack.briefing import Chart

_WIDTH, _ROW, _BAR, _EDGE = 1400, 54, 30, 40
_NUMBERS = 160
_COLOUR, _INK = "#0b5563", "#111111"


def bars_png(chart: Chart) -> bytes:
    """Return the bars of a chart, one below the other in the order of its rows, with the counts.

    The labels stand in the table beside it, in whatever script they are written: the picture has the numbers
    of the rows alone, since no font has every script.
    """
    font = ImageFont.load_default(28)
    height = _ROW * len(chart.rows) + 2 * _EDGE
    image = Image.new("RGB", (_WIDTH, height), "white")
    draw = ImageDraw.Draw(image)
    largest = max((count for _, count in chart.rows), default=0) or 1
    room = _WIDTH - _NUMBERS - 3 * _EDGE
    for place, (_, count) in enumerate(chart.rows):
        top = _EDGE + place * _ROW
        draw.text((_EDGE, top), f"{place + 1}", fill=_INK, font=font)
        left = 3 * _EDGE
        length = round(room * count / largest)
        draw.rectangle((left, top, left + max(length, 2), top + _BAR), fill=_COLOUR)
        draw.text((left + length + 16, top), f"{count:,}", fill=_INK, font=font)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()
