"""A system's entry as a document, for the app's page and for the permanent one."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from hearing_app.documents.render import render
from hearing_app.hearings.hearing import Hearing
from hearing_app.record.versions import Version
from hearing_app.registry.published import PublishedEntry


def system_html(
    published: PublishedEntry, history: Sequence[Version], hearings: Sequence[Hearing], picture: str = ""
) -> str:
    """Return the entry in the order in which people ask; ``picture`` is HTML from ``documents.evidence``."""
    shown = [_shown(hearing) for hearing in hearings]
    return render(
        "system",
        entry=published.entry,
        history=history,
        hearings=shown,
        picture=Markup(picture),  # noqa: S704
    )


def _shown(hearing: Hearing) -> dict[str, object]:
    return {
        "id": hearing.id,
        "title": hearing.title,
        "phase": str(hearing.phase()),
        "window": hearing.window,
        "demonstration": hearing.demonstration,
    }
