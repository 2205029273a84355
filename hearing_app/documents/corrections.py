"""Corrections as documents: the list of an entry, one report, its receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from hearing_app.documents.render import render, rendered
from hearing_app.hearings.comments.erasure import gone_from_backups
from hearing_app.registry.corrections.reading import Correction
from hearing_app.registry.corrections.receiving import CorrectionReceipt
from hearing_app.registry.corrections.report import places_in
from hearing_app.registry.corrections.vocabulary import Kind
from hearing_app.registry.entry import Entry
from hearing_app.registry.listed import Listed
from hearing_app.registry.standard import fields
from hearing_app.registry.vocabulary import CompiledBy

MOST_SHOWN = 200
"""Of each list: whoever floods the form with reports does not make a page that nobody can open."""


def corrections_html(found: Sequence[Correction], entry: Entry, *, at: datetime | None = None) -> str:
    """Return what was said to be wrong in one entry, the newest first, with every answer."""
    now = at or datetime.now(UTC)
    more, data = len(found[MOST_SHOWN:]), f"/api/v1/systems/{entry.id}/corrections"
    return render(
        "corrections",
        found=found[:MOST_SHOWN],
        places=places_in(entry),
        at=now,
        systems=None,
        more=more,
        data=data,
    )


def correction_notice_html(found: Sequence[Correction], entry: Entry) -> str:
    """Return what stands at the top of an entry: how to say what is wrong, and whether its body claims it."""
    by_others = entry.compiled.by is not CompiledBy.DEPLOYER
    claim = next((one for one in found if one.kind is Kind.CLAIM), None) if by_others else None
    owed = sum(one.is_open for one in found)
    late = sum(one.is_overdue() for one in found)
    return render("correction_notice", entry=entry, found=found, claim=claim, open=owed, overdue=late)


def corrections_section_html(found: Sequence[Correction], entry: Entry) -> str:
    """Return the part of an entry's page on what was said to be wrong in it."""
    listed = rendered(corrections_html(found, entry))
    return render("corrections_section", entry=entry, listed=listed)


def open_corrections_html(
    found: Sequence[Correction], systems: Mapping[str, Listed], *, at: datetime | None = None
) -> str:
    """Return what is not answered yet about any entry, what is overdue first, and who answers it.

    ``systems`` are the entries as they stand in lists, by id.
    """
    return render(
        "corrections",
        found=found[:MOST_SHOWN],
        places={one.name: one.title for one in fields()},
        at=at or datetime.now(UTC),
        systems=systems,
        more=len(found[MOST_SHOWN:]),
        data="",
    )


def correction_intro_html(entry: Entry, *, speaks: bool) -> str:
    """Return what stands over the form: what a report is, or what the body itself can say."""
    return render("correction_intro", entry=entry, speaks=speaks)


def correction_receipt_html(receipt: CorrectionReceipt, system_id: str, *, of_body: bool = False) -> str:
    """Return the receipt of a report, which is shown once; ``of_body`` if a body spoke, in public."""
    return render("correction_receipt", receipt=receipt, system_id=system_id, of_body=of_body)


def correction_status_html(found: Correction, entry: Entry, backup_days: int) -> str:
    """Return where a report stands, for who holds its receipt or answers it, with all of its words."""
    gone = gone_from_backups(found.withdrawn_at, backup_days) if found.withdrawn_at else None
    places, now = places_in(entry), datetime.now(UTC)
    return render("correction_status", found=found, entry=entry, places=places, gone_at=gone, at=now)
