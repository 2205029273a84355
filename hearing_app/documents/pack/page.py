"""The briefing as a page to print; from there any browser makes a PDF."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hearing_app.documents.pack.briefing import (
    FIELDS,
    MOST_ANSWERS,
    MOST_NUMBERS,
    MOST_WAITS,
    Briefing,
    left_out,
)
from hearing_app.documents.render import render
from hearing_app.hearings.agenda.reading import ItemKind
from hearing_app.hearings.vocabulary import Stance


def briefing_html(brief: Briefing, base: str = "") -> str:
    """Return the briefing; every quote leads to its comment on the permanent page.

    ``base`` is the service's address, for a copy that is read elsewhere.
    """
    largest = {chart.title: max(1, *(count for _, count in chart.rows)) for chart in brief.charts}
    return render(
        "briefing",
        brief=brief,
        base=base,
        hearing=brief.hearing,
        zone=ZoneInfo(brief.hearing.time_zone),
        fields=FIELDS,
        largest=largest,
        most_answers=MOST_ANSWERS,
        most_waits=MOST_WAITS,
        most_numbers=MOST_NUMBERS,
        **left_out(brief),
        kinds={str(kind): kind.label for kind in ItemKind},
        stances=[(Stance(value).label, count) for value, count in brief.opinions.stance.items()],
        shows_opinions=any(count is not None for count in brief.opinions.stance.values()),
    )
