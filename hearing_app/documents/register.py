"""The register's list of systems as a document."""

from __future__ import annotations

from collections.abc import Sequence

from hearing_app.documents.render import render
from hearing_app.registry.published import PublishedEntry


def results_html(results: Sequence[PublishedEntry], total: int) -> str:
    """Return what a search found, each system with its state and who runs it."""
    return render("results", results=results, total=total)
