"""The register's list of systems as a document."""

from __future__ import annotations

from collections.abc import Sequence

from hearing_app.documents.render import render
from hearing_app.registry.published import PublishedEntry
from hearing_app.registry.search import LONGEST

# Of what a stranger put into an address, only the beginning is repeated: letters of a value, and values.
_SHOWN = 60
_MOST = 3


def results_html(results: Sequence[PublishedEntry], total: int) -> str:
    """Return what a search found, each system with its state and who runs it."""
    return render("results", results=results, total=total)


def passed_over_html(unknown: Sequence[str], *, too_long: bool) -> str:
    """Return what of the address or the words was not used, so that nobody takes the list for its answer.

    ``unknown`` are values of filters that the register does not have; ``too_long`` that the words were cut.
    """
    if not unknown and not too_long:
        return ""
    shown = [value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…" for value in unknown[:_MOST]]
    return render("passed_over", unknown=shown, more=len(unknown) - len(shown), longest=too_long and LONGEST)
