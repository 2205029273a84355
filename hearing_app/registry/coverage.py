"""What each agency has published, as counts: nothing here ranks or judges, and unknown is not zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from hearing_app.registry.listed import Listed
from hearing_app.registry.register import Register, register_of
from hearing_app.registry.supervision.audits import all_audits
from hearing_app.registry.supervision.vocabulary import Standing
from hearing_app.registry.unregistered import Unregistered, still_missing, unregistered_in
from hearing_app.registry.vocabulary import CompiledBy


@dataclass(frozen=True, slots=True)
class Covered:
    """The entries of one agency, counted.

    ``own`` the agency wrote itself, ``compiled`` others did; ``unregistered`` are known from elsewhere and
    have no entry. ``needed`` counts the fields that its entries need by the standard; ``stated`` and
    ``withheld`` those of them that are stated, or withheld with a reason. ``overdue`` entries should have
    been looked at again before ``today``; ``undated`` name no such day. ``audits_overdue`` counts reports,
    replies and remedies of audits whose day is over; ``None`` where no audit of the agency's systems is
    known.
    """

    agency: str
    name: str
    country: str
    own: int
    compiled: int
    unregistered: tuple[Unregistered, ...]
    needed: int
    stated: int
    withheld: int
    overdue: int
    undated: int
    audits_overdue: int | None

    @property
    def published(self) -> int:
        """How many entries there are."""
        return self.own + self.compiled

    @property
    def complete(self) -> float | None:
        """The share of the needed fields that is stated, from 0 to 1; ``None`` where nothing is published."""
        return self.stated / self.needed if self.needed else None

    @property
    def withheld_share(self) -> float | None:
        """The share of the needed fields that is withheld with a reason; ``None`` likewise."""
        return self.withheld / self.needed if self.needed else None


def coverage_in(db: Connection, registry: Path, today: date) -> tuple[Covered, ...]:
    """Return the coverage of a record, with the unregistered systems that a folder names."""
    overdue: dict[str, int] = {}
    for audit in all_audits(db):
        steps = [audit.standing(today)]
        steps += [finding.standing(today) for finding in audit.findings]
        steps += [remedy.standing(today) for remedy in audit.remedies]
        overdue[audit.system_id] = overdue.get(audit.system_id, 0) + steps.count(Standing.OVERDUE)
    return coverage(register_of(db), unregistered_in(registry), today, overdue)


def coverage(
    register: Register,
    unregistered: Iterable[Unregistered],
    today: date,
    audits_overdue: Mapping[str, int] | None = None,
) -> tuple[Covered, ...]:
    """Return every agency that has an entry or a system that is known, by name.

    ``audits_overdue`` gives for each system with an audit how much of it is overdue, by the system's id.
    """
    entries: dict[str, list[Listed]] = {}
    for one in register.ordered:
        entries.setdefault(one.agency, []).append(one)
    missing: dict[str, list[Unregistered]] = {}
    for known in still_missing(unregistered, register.place_of):
        missing.setdefault(known.agency, []).append(known)
    found = [
        _covered(entries.get(agency, []), missing.get(agency, []), today, audits_overdue or {})
        for agency in {*entries, *missing}
    ]
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.agency)))


def _covered(
    entries: list[Listed], missing: list[Unregistered], today: date, audits_overdue: Mapping[str, int]
) -> Covered:
    agency, name, country = (
        (entries[0].agency, entries[0].agency_name, entries[0].country)
        if entries
        else (missing[0].agency, missing[0].agency_name, missing[0].country)
    )
    own = sum(one.compiled_by is CompiledBy.DEPLOYER for one in entries)
    audited = [audits_overdue[one.id] for one in entries if one.id in audits_overdue]
    return Covered(
        agency=agency,
        name=name,
        country=country,
        own=own,
        compiled=len(entries) - own,
        unregistered=tuple(missing),
        needed=sum(one.needed for one in entries),
        stated=sum(one.stated for one in entries),
        withheld=sum(one.withheld_needed for one in entries),
        overdue=sum(one.next_review is not None and one.next_review.last_day < today for one in entries),
        undated=sum(one.next_review is None for one in entries),
        audits_overdue=sum(audited) if audited else None,
    )
