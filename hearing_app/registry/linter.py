"""The linter: what reads oddly in an entry, as advice with the field and the repair. It refuses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from hearing_app.errors import Fault
from hearing_app.registry.advice import data, evidence, lawfulness, people, technology, upkeep
from hearing_app.registry.advice.finding import Check, Finding
from hearing_app.registry.desk.check import unfinished
from hearing_app.registry.entry import Entry

CHECKS: tuple[Check, ...] = (
    *data.CHECKS,
    *technology.CHECKS,
    *people.CHECKS,
    *lawfulness.CHECKS,
    *evidence.CHECKS,
    *upkeep.CHECKS,
)


def lint(entry: Entry, today: date) -> tuple[Finding, ...]:
    """Return every piece of advice on an entry, in the order of its fields."""
    return _in_order(finding for check in CHECKS for finding in check(entry, today))


def lint_draft(document: Mapping[str, Any], today: date) -> tuple[Finding, ...]:
    """Return the advice on what a draft says so far. A check that needs more than there is says nothing."""
    entry, found = unfinished(document), []
    for check in CHECKS:
        # A field that is not there yet stands as nothing at all, which no published entry ever holds.
        with suppress(AttributeError, TypeError, LookupError):
            found += list(check(entry, today))
    return _in_order(found)


def as_fault(finding: Finding, file: str = "") -> Fault:
    """Return a finding in the form in which reports print faults."""
    return Fault(file, finding.field, finding.problem, finding.repair)


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    order = {name: place for place, name in enumerate(Entry.model_fields)}
    return tuple(sorted(findings, key=lambda one: order.get(one.field.partition(".")[0], 0)))
