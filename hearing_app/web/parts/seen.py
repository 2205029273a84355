"""The figures that an author came from: read from the address, computed anew, never taken on trust."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from hearing_app.errors import HearingError
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.pin import pin_of_query


def seen_figures(catalogue: Catalogue, query: str) -> tuple[dict[str, Any] | None, str]:
    """Return the pinned figures of an evidence page's query, or ``None`` and why they could not be pinned."""
    if not query:
        return None, ""
    try:
        return pin_of_query(catalogue, parse_qsl(query, max_num_fields=50)), ""
    except (HearingError, ValueError):
        return None, "The figures that you came from could not be read, so your comment does not carry them."
