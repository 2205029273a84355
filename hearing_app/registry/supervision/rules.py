"""What must hold of a statement besides its form: days that can be kept, and what it names exists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection

from hearing_app.errors import Fault, NotFound
from hearing_app.registry.entry.stated import Part
from hearing_app.registry.published import entry_of
from hearing_app.registry.standard import fields
from hearing_app.registry.supervision.audits import Audit
from hearing_app.registry.supervision.vocabulary import Standing, Step
from hearing_app.registry.supervision.words import (
    Closed,
    Corrected,
    Done,
    Found,
    Planned,
    Postponed,
    Remedied,
    Replied,
    Returned,
)

FURTHEST_DAYS = 3660
SHORTEST_REPLY_DAYS = 7


def faults_in(
    db: Connection, audit: Audit | None, said: Part, *, today: date, by_force: bool = False
) -> list[Fault]:
    """Return everything that does not fit in a statement, by field; ``audit`` is ``None`` where it begins."""
    found = list(_days(said, today))
    if audit is None:
        return found
    if isinstance(said, Found):
        found += _about(db, audit, said)
    elif isinstance(said, (Replied, Remedied)):
        found += _exists("finding", said.finding, len(audit.findings))
    elif isinstance(said, (Done, Returned)):
        found += _remedy(audit, said)
    elif isinstance(said, Corrected):
        found += _corrected(audit, said, by_force=by_force)
    elif isinstance(said, Closed):
        found += _open_ends(audit, today)
    elif isinstance(said, Postponed) and said.due == audit.due:
        found.append(_fault("due", "The report is due on this day already.", "Choose another day."))
    return found


def about_choices(db: Connection, audit: Audit, version: int) -> dict[str, str]:
    """Return what a finding can be bound to in one version of the entry, each with its words."""
    entry = entry_of(db, audit.system_id, version).entry
    named = {f"field:{one.name}": f"{one.title} ({one.group.value})" for one in fields()}
    return named | {f"claim:{one.id}": f"Claim: {one.text}" for one in entry.claims}


def _fault(field: str, problem: str, repair: str) -> Fault:
    return Fault("", field, problem, repair)


def _days(said: Part, today: date) -> Iterator[Fault]:
    if isinstance(said, (Planned, Postponed, Remedied)):
        yield from _ahead("due", said.due, today, 0)
    elif isinstance(said, Found):
        yield from _ahead("reply_due", said.reply_due, today, SHORTEST_REPLY_DAYS)
    elif isinstance(said, Done) and said.day > today:
        yield _fault("day", "This day is still to come.", "Give the day on which it was done.")


def _ahead(field: str, day: date, today: date, least: int) -> Iterator[Fault]:
    first, last = today + timedelta(days=least), today + timedelta(days=FURTHEST_DAYS)
    if day < first:
        problem = "This day is over." if day < today else "This leaves too little time."
        yield _fault(field, problem, f"Choose {first.isoformat()} or a later day.")
    elif day > last:
        yield _fault(field, "This is more than ten years ahead.", f"Choose {last.isoformat()} or earlier.")


def _exists(field: str, number: int, many: int) -> Iterator[Fault]:
    if number > many:
        yield _fault(field, f"This audit has no {field} {number}.", f"It has {many}. Choose one of them.")


def _about(db: Connection, audit: Audit, said: Found) -> Iterator[Fault]:
    try:
        choices = about_choices(db, audit, said.version)
    except NotFound:
        yield _fault("version", f"The entry has no version {said.version}.", "Choose one that is published.")
        return
    if said.about not in choices:
        yield _fault(
            "about",
            f"Version {said.version} of the entry has nothing named “{said.about}”.",
            "Choose a field of the standard, or a claim of the entry.",
        )


def _remedy(audit: Audit, said: Done | Returned) -> Iterator[Fault]:
    missing = list(_exists("remedy", said.remedy, len(audit.remedies)))
    yield from missing
    if missing:
        return
    remedy = audit.remedies[said.remedy - 1]
    if isinstance(said, Done):
        if remedy.done is not None:
            yield _fault("remedy", f"Remedy {said.remedy} is said to be done already.", "Choose another one.")
        return
    if remedy.done is None:
        yield _fault("remedy", f"Nobody says that remedy {said.remedy} is done.", "Choose another one.")


def _corrected(audit: Audit, said: Corrected, *, by_force: bool) -> Iterator[Fault]:
    missing = list(_exists("of", said.of, audit.revision))
    yield from missing
    if missing:
        return
    one = audit.statements[said.of - 1]
    if one.step is Step.CORRECTION:
        yield _fault("of", "This is a correction itself.", "Correct the statement that it corrects, again.")
    elif one.by_force is not by_force:
        yield _fault("of", "The other side said this.", "Correct what your own side said.")


def _open_ends(audit: Audit, today: date) -> Iterator[Fault]:
    """Yield what keeps an audit open: a reply whose time is not over, and a remedy that is not done."""
    for finding in audit.findings:
        if finding.standing(today) is Standing.DUE:
            yield _fault(
                "",
                f"The body can still reply to finding {finding.number}.",
                f"Wait for its reply, or until {finding.words.reply_due.isoformat()} is over.",
            )
    for remedy in audit.remedies:
        if remedy.done is None:
            yield _fault(
                "", f"Remedy {remedy.number} is not done.", "An audit stays open, in public, until it is."
            )
