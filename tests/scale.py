"""How often a promise is put to the test: a little in every run, whole in `make soak`."""

from __future__ import annotations

import os

SOAK = os.environ.get("HEARING_SOAK") == "1"


def scale(small: int, whole: int) -> int:
    """Return ``whole`` in a soak, else ``small``: the same test, at the size of the promise."""
    return whole if SOAK else small
