"""What strangers send: text of every kind, and how the time that it takes grows with its length."""

from __future__ import annotations

import time
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.scale import scale

MARKS = (
    "aZ09 .,;:-+_/\\'\"()[]{}<>&#%=?!*@|~`^$\n\r\t\0\x1b\x85"
    "\u200b\u202e\u2066\u2069\u0301\ufeff\ufffe\ud800é٣１😀ß"
)
TEXT = st.text(max_size=300) | st.text(alphabet=MARKS, max_size=300) | st.text(alphabet=MARKS, max_size=12)
ANY = settings(
    max_examples=scale(60, 2_000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
"""A busy machine may be slow; that is no fault of the code."""
UNITS = (
    *(
        "a",
        "0",
        " ",
        "\n",
        ".",
        "-",
        "@",
        ":",
        "/",
        "<",
        "&",
        "(",
        '"',
        "\\",
        "\u0301",
        "é",
        "\u202e",
        "٣",
        "😀",
    ),
    *("a.", "a@", "@a", "a@a", "a@a.", "0 ", "0.", "0-", "+0", "AB12 ", "http://", "www.", "a:", ":a:", "//"),
    *("\n ", " \n", "\n\n", "\r\n", "a b ", "xn--", "?????", "{{", "Mr ", "A B ", "[a]", "n/a"),
)
"""What a pattern may be made to try again and again."""


def growth(act: Callable[[str], object], unit: str, length: int, *, times: int = 10) -> tuple[float, float]:
    """Return the seconds of processor time for so many signs, and for so many times as many."""
    short, long = unit * (length // len(unit)), unit * (times * length // len(unit))
    taken = []
    for text in (short, long):
        best = float("inf")
        for _ in range(3):
            began = time.process_time()
            act(text)
            best = min(best, time.process_time() - began)
        taken.append(best)
    return taken[0], taken[1]


def is_linear(act: Callable[[str], object], unit: str, length: int = 2_000) -> bool:
    """Whether ten times the length takes at most forty times the time; a quadratic cost takes a hundred.

    What stays under a twentieth of a second is passed: so little cannot be told from noise.
    """
    short, long = growth(act, unit, length)
    return long < 0.05 or long < 40 * max(short, 0.0005)
