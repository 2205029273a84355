"""The history of a system's entry as documents: what changed since a hearing, and between two versions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hearing_app.documents.diffs import changes_html
from hearing_app.documents.render import render, rendered
from hearing_app.hearings.history import Comparison, SinceHearing
from hearing_app.record.versions import Version


def since_hearings_html(found: Sequence[SinceHearing]) -> str:
    """Return what changed since each hearing opened; empty where none has."""
    shown = [
        {
            "since": one,
            "opened": one.hearing.window[0],
            "html": rendered(changes_html(one.changes, level=4)),
        }
        for one in found
    ]
    return render("since_hearings", shown=shown) if shown else ""


def comparison_html(found: Comparison, history: Sequence[Version]) -> str:
    """Return what changed from one version to another, and the way to each step between versions."""
    html = changes_html(found.changes, level=2, nothing="Nothing differs between the two.")
    return render(
        "comparison",
        old=found.old.version,
        new=found.new.version,
        system_id=found.new.entry.id,
        html=rendered(html),
        steps=list(pairwise(history)),
        last=history[-1],
    )
