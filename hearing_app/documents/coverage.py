"""What each agency has published, as a document and as a table of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hearing_app.documents.exports import csv_bytes
from hearing_app.documents.render import render
from hearing_app.registry.coverage import Covered

COLUMNS = (
    *("agency", "name", "country", "published", "own", "compiled", "unregistered", "needed_fields"),
    *("stated_fields", "withheld_fields", "overdue_entries", "entries_without_date", "overdue_in_audits"),
)


def coverage_html(covered: Sequence[Covered], today: date) -> str:
    """Return the table of all agencies by name, bars with their numbers, and what has no entry."""
    return render(
        "coverage",
        rows=covered,
        today=today,
        published=sum(one.published for one in covered),
        missing=[(one, known) for one in covered for known in one.unregistered],
    )


def coverage_data(covered: Sequence[Covered], today: date) -> dict[str, object]:
    """Return the same as data; a count that is not known is ``None``."""
    return {
        "counted_on": today.isoformat(),
        "agencies": [
            {
                **dict(zip(COLUMNS, _counts(one), strict=True)),
                "complete": one.complete,
                "withheld_share": one.withheld_share,
                "known_but_unregistered": [
                    {
                        "name": known.name,
                        "function": known.function.value,
                        "known_from": known.known_from.model_dump(mode="json"),
                        "note": known.note,
                    }
                    for known in one.unregistered
                ],
            }
            for one in covered
        ],
    }


def coverage_csv(covered: Sequence[Covered]) -> bytes:
    """Return the same as CSV, a row an agency; an empty cell is a count that is not known."""
    return csv_bytes(COLUMNS, [_counts(one) for one in covered])


def _counts(one: Covered) -> tuple[str | int | None, ...]:
    return (
        *(one.agency, one.name, one.country, one.published, one.own, one.compiled, len(one.unregistered)),
        *(one.needed, one.stated, one.withheld, one.overdue, one.undated, one.audits_overdue),
    )
