"""What changed between two versions of an entry, as a document that can be read and be heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hearing_app.documents.render import render
from hearing_app.documents.words import plural
from hearing_app.registry.diff import Change, ChangeKind


def changes_html(changes: Sequence[Change], *, level: int = 3, nothing: str = "Nothing changed.") -> str:
    """Return the changes by group of the standard, each with what was removed and added in words.

    ``level`` is that of the headings of the groups, 2 to 5, with the fields one below; ``nothing`` is said
    where there is no change.
    """
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.group.label, []).append(change)
    return render(
        "changes", groups=groups, level=level, summary=changes_in_short(changes) if changes else nothing
    )


def changes_in_short(changes: Sequence[Change]) -> str:
    """Return how many fields changed, as a sentence: "2 fields changed, 1 was added, none was removed."."""
    counted = Counter(change.kind for change in changes)
    changed = plural(counted[ChangeKind.CHANGED], "field")
    parts = [f"{changed} changed"]
    for kind in (ChangeKind.ADDED, ChangeKind.REMOVED):
        count = counted[kind]
        parts.append(f"{count or 'none'} {'were' if count > 1 else 'was'} {kind.value}")
    return f"{', '.join(parts)}."


def changes_as_data(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return the changes for the data interface: every text as it was typed, nothing left out."""
    return [
        {
            "field": change.field,
            "title": change.title,
            "group": change.group.value,
            "kind": change.kind.value,
            "before": change.before,
            "after": change.after,
            "details": [
                {
                    "where": list(detail.where),
                    "kind": detail.kind.value,
                    "before": detail.before,
                    "after": detail.after,
                    "words": [{"kind": one.kind.value, "text": one.text} for one in detail.spans],
                }
                for detail in change.details
            ],
        }
        for change in changes
    ]
