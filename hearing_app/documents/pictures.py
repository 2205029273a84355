"""Pictures that we draw ourselves, as data addresses: they load nothing and pass a strict content policy."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

import segno

ACCENT, INK = "#0b5a63", "#111111"
# The others' outline has to be seen: 3:1 on white.
OUTLINE = "#8a9496"


def picture_address(svg: str) -> str:
    """Return a drawing as an address that an ``img`` takes."""
    return "data:image/svg+xml," + quote(svg, safe="~()*!.'/:;=, ")


def qr_picture(address: str) -> str:
    """Return a QR code (ISO/IEC 18004, level M) with its quiet zone, dark on light."""
    return segno.make_qr(address, error="m").svg_data_uri(scale=4, dark="#000", light="#fff", border=4)


@lru_cache(maxsize=256)
def people(marked: int) -> str:
    """Return a picture of 100 figures in ten rows, ``marked`` of them in the accent colour, filled.

    The others are outlines, so that the two are told apart without colour. ``marked`` is from 0 to 100.
    """
    figures = []
    for place in range(100):
        left, top = place % 10 * 24, place // 10 * 30
        look = f'fill="{ACCENT}" stroke="{ACCENT}"' if place < marked else f'fill="none" stroke="{OUTLINE}"'
        figures.append(
            f'<g {look} stroke-width="1.5"><circle cx="{left + 12}" cy="{top + 7}" r="4.2"/>'
            f'<path d="M{left + 5} {top + 26}v-5a7 7 0 0 1 14 0v5z"/></g>'
        )
    return picture_address(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 302">{"".join(figures)}</svg>'
    )


@lru_cache(maxsize=8)
def step(name: str) -> str:
    """Return the drawing for one of the four steps of a hearing: "read", "comment", "hear", "answer"."""
    line = f'fill="none" stroke="{INK}" stroke-width="3" stroke-linejoin="round" stroke-linecap="round"'
    fill = f'fill="{ACCENT}" stroke="none"'
    drawings = {
        # An open book with a magnifying glass: read what is used.
        "read": (
            f'<path {line} d="M12 26q24-10 46 4q22-14 46-4v58q-24-9-46 4q-22-13-46-4zM58 30v58"/>'
            f'<path {line} d="M22 42q12-3 26 3M22 56q12-3 26 3"/>'
            f'<circle cx="82" cy="58" r="13" {line}/><circle cx="82" cy="58" r="8" {fill}/>'
            f'<path {line} d="M92 68l14 15"/>'
        ),
        # A sheet with lines and a pen: write.
        "comment": (
            f'<path {line} d="M20 14h56v84H20zM32 32h32M32 46h32M32 60h18"/>'
            f'<path {fill} d="M94 34l12 9-32 42-14 7 2-16z"/>'
        ),
        # Three people around a table: the hearing.
        "hear": (
            f'<circle cx="28" cy="30" r="10" {line}/><circle cx="60" cy="22" r="10" {fill}/>'
            f'<circle cx="92" cy="30" r="10" {line}/>'
            f'<path {line} d="M14 60q2-16 14-16t14 14M78 58q2-14 14-14t14 16M46 52q2-16 14-16t14 16"/>'
            f'<path {line} d="M8 66h104l-8 30H16z"/>'
        ),
        # A letter with a tick: the answer.
        "answer": (
            f'<path {line} d="M12 28h84v60H12zM12 30l42 34 42-34"/>'
            f'<circle cx="92" cy="84" r="18" {fill}/>'
            '<path fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" d="M83 84l7 7 12-14"/>'
        ),
    }
    return picture_address(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 110">{drawings[name]}</svg>'
    )


FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    f'<rect width="32" height="32" rx="7" fill="{ACCENT}"/>'
    '<path fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" '
    'd="M9 8v16M23 8v16M9 16h14"/></svg>'
)
