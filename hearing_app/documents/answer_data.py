"""Answers as data: what waits and what was answered, one object or one row a comment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hearing_app.documents.exports import Cell, csv_bytes
from hearing_app.hearings.answers.figures import Figures
from hearing_app.hearings.answers.reading import Answer, Wait

COLUMNS = (
    *("comment_id", "hearing_id", "agency", "system_id", "system_version", "demonstration"),
    *("asked_together", "waits_since", "due_on", "state", "overdue_days", "days"),
    *("answers", "kind", "answered_on", "answer_id", "on_paper", "changed_in_version"),
)


def figures_data(figures: Figures) -> dict[str, Any]:
    """Return figures as an object; days that are not reached are ``null``."""
    return {
        **{
            name: getattr(figures, name)
            for name in ("total", "answered", "waiting", "overdue", "looked_into", "late")
        },
        "kinds": {str(kind): count for kind, count in figures.kinds.items()},
        "days_of_answered": asdict(figures.plain),
        "days_counting_waiting": asdict(figures.counting_open),
    }


def wait_data(one: Wait, *, at: datetime) -> dict[str, Any]:
    """Return what waits, or was answered, as an object."""
    return {
        "comment": one.comment_id,
        "hearing": one.hearing_id,
        "agency": one.agency,
        "system": one.system_id,
        "system_version": one.system_version,
        "demonstration": one.is_demonstration,
        "asked_together": one.heading,
        "waits_since": _day(one.since, one.zone),
        "due_on": _day(one.due_at, one.zone),
        "state": str(one.state),
        "overdue": one.is_overdue(at),
        "overdue_days": one.days_overdue(at),
        "days": one.days(at),
        "answers": [each.answer_id for each in one.answers],
    }


def answer_data(one: Answer, zone: str) -> dict[str, Any]:
    """Return an answer as an object."""
    return {
        "id": one.answer_id,
        "hearing": one.hearing_id,
        "agency": one.agency,
        "comments": list(one.comment_ids),
        "kind": str(one.kind),
        "text": one.text,
        "whose": one.whose,
        "evidence": [dict(each) for each in one.evidence],
        "system": one.system_id,
        "changed_in_version": one.version,
        "find_out_by": _day(one.find_out_by, zone) if one.find_out_by else None,
        "due_on": _day(one.due_at, zone),
        "given_on": one.given_on(zone).isoformat(),
        "given_at": one.given_at.isoformat(),
        "on_paper": one.on_paper,
        "signed_by": one.actor,
    }


def waits_csv(waits: Iterable[Wait], *, at: datetime) -> bytes:
    """Return one row for each comment that waits or was answered; no text in it can act as a formula."""
    return csv_bytes(COLUMNS, (_row(one, at) for one in waits))


def _row(one: Wait, at: datetime) -> list[Cell]:
    final = one.final
    return [
        *(one.comment_id, one.hearing_id, one.agency, one.system_id, one.system_version),
        *("yes" if one.is_demonstration else "no", one.heading),
        *(_day(one.since, one.zone), _day(one.due_at, one.zone), str(one.state)),
        *(one.days_overdue(at), one.days(at), len(one.answers)),
        str(final.kind) if final else None,
        final.given_on(one.zone).isoformat() if final else None,
        final.answer_id if final else None,
        ("yes" if final.on_paper else "no") if final else None,
        final.version if final else None,
    ]


def _day(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).date().isoformat()
