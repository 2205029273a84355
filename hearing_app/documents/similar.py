"""Entries like another, each with why, for a system's page."""

from __future__ import annotations

from collections.abc import Sequence

from hearing_app.documents.render import render
from hearing_app.registry.similar import Similar


def similar_html(found: Sequence[Similar], system_id: str) -> str:
    """Return the entries like ``system_id`` with the reasons, and the way to compare them; no heading."""
    return render("similar", found=found, system_id=system_id)
