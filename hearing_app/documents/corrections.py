"""Corrections as documents: the list of an entry, one report, its receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from hearing_app.documents.render import render
from hearing_app.hearings.erasure import gone_from_backups
from hearing_app.registry.corrections.reading import Correction
from hearing_app.registry.corrections.receiving import CorrectionReceipt
from hearing_app.registry.corrections.report import places_in
from hearing_app.registry.entry import Entry


def corrections_html(found: Sequence[Correction], entry: Entry, *, at: datetime | None = None) -> str:
    """Return what was said to be wrong in one entry, the newest first, with every answer."""
    now = at or datetime.now(UTC)
    return render("corrections", found=found, places=places_in(entry), at=now, names=None)


def open_corrections_html(
    found: Sequence[Correction], names: Mapping[str, str], *, at: datetime | None = None
) -> str:
    """Return what is not answered yet about any entry, what is overdue first; ``names`` are the systems'."""
    return render("corrections", found=found, places={}, at=at or datetime.now(UTC), names=names)


def correction_receipt_html(receipt: CorrectionReceipt, system_id: str) -> str:
    """Return the receipt of a report, which is shown once."""
    return render("correction_receipt", receipt=receipt, system_id=system_id)


def correction_status_html(found: Correction, entry: Entry, backup_days: int) -> str:
    """Return where a report stands, for who holds its receipt or answers it, with all of its words."""
    gone = gone_from_backups(found.withdrawn_at, backup_days) if found.withdrawn_at else None
    places, now = places_in(entry), datetime.now(UTC)
    return render("correction_status", found=found, entry=entry, places=places, gone_at=gone, at=now)
