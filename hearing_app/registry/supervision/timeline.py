"""What happened around a system and what is still to come, in one order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from hearing_app.record.versions import Version, versions_of
from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.publication import Source
from hearing_app.registry.entry.purpose import Authorisation
from hearing_app.registry.published import PublishedEntry
from hearing_app.registry.standard import fields
from hearing_app.registry.supervision.audits import Audit, Finding, Remedy, audits_of, standing
from hearing_app.registry.supervision.dated import DatedEntry
from hearing_app.registry.supervision.vocabulary import Standing, Step
from hearing_app.registry.vocabulary import AssessmentStatus, Term


class Kind(Term):
    """What a moment is about."""

    STAGE = "stage", "Stage"
    VERSION = "version", "Entry"
    ASSESSMENT = "assessment", "Assessment"
    AUTHORISATION = "authorisation", "Authorisation"
    EXPIRY = "expiry", "Authorisation ends"
    RULING = "ruling", "Ruling"
    PUBLISHED_AUDIT = "published_audit", "Published audit"
    AUDIT = "audit", "Audit"
    FINDING = "finding", "Finding"
    REPLY = "reply", "Reply"
    REMEDY = "remedy", "Remedy"
    HEARING = "hearing", "Hearing"
    REVIEW = "review", "Review of the entry"
    WITHHELD = "withheld", "Review of what is withheld"
    SUCCESS_TEST = "success_test", "Test of success"


class Held(NamedTuple):
    """A hearing, as the layer above hands it in: its id, title, and the days on which it opens and closes."""

    id: str
    title: str
    opens: date
    closes: date


@dataclass(frozen=True, slots=True)
class Moment:
    """One date of a system. ``day`` is ``None`` where the entry gives none; ``link`` may lead anywhere."""

    day: PartialDate | None
    kind: Kind
    words: str
    standing: Standing
    link: str = ""
    sources: tuple[Source, ...] = ()


def timeline(
    db: Connection,
    published: PublishedEntry,
    *,
    today: date,
    hearings: Sequence[Held] = (),
    history: Sequence[Version] | None = None,
) -> list[Moment]:
    """Return every moment of a system, oldest first; what bears no date stands at the end.

    ``hearings`` are handed in by who knows them, and so is ``history``, the versions, where one of them is
    still to be published. A vague date stands before the days that it may mean.
    """
    entry = published.entry
    versions = versions_of(db, "system", entry.id) if history is None else history
    audits = audits_of(db, entry.id)
    moments = [
        *_of_entry(entry, today),
        *_of_versions(entry, versions),
        *(one for audit in audits for one in _of_audit(audit)),
        *_of_hearings(hearings, today),
        *expected(entry, audits, today),
    ]
    return sorted(moments, key=lambda one: (one.day is None, one.day or ""))


def expected(entry: Entry | DatedEntry, audits: Sequence[Audit], today: date) -> list[Moment]:
    """Return what must still be done for a system and until when, each due or overdue today."""
    found = [*_of_reviews(entry, today), *_of_expiries(entry, today)]
    for audit in audits:
        link, plan = address_of(audit.audit_id), audit.plan
        if audit.state.is_before_report:
            words = f"The report of the audit “{plan.title}” by {plan.body}"
            found.append(_day(audit.due, Kind.AUDIT, words, audit.standing(today), link))
        for finding in audit.findings:
            if not finding.replies:
                words = f"A reply to finding {finding.number} of the audit “{plan.title}”"
                when = finding.words.reply_due
                found.append(_day(when, Kind.REPLY, words, finding.standing(today), link))
        for remedy in audit.remedies:
            if remedy.done is None:
                words = f"{_as_clause(remedy.words.what)} ({remedy.words.by})"
                found.append(_day(remedy.words.due, Kind.REMEDY, words, remedy.standing(today), link))
    return found


def address_of(audit_id: str) -> str:
    """Return the permanent address of an audit."""
    return f"/record/audits/{audit_id}"


def about_words(about: str) -> str:
    """Return what a finding is bound to, in words: the title of a field, or the id of a claim."""
    kind, _, name = about.partition(":")
    titles = {one.name: one.title for one in fields()}
    return f"Field “{titles.get(name, name)}”" if kind == "field" else f"Claim “{name}”"


def _day(day: date, kind: Kind, words: str, where: Standing, link: str = "") -> Moment:
    return Moment(PartialDate(day.isoformat()), kind, words, where, link)


def _as_clause(text: str) -> str:
    """Return a text without the stop at its end, to be followed by more words."""
    return text.rstrip().removesuffix(".")


def _happened(day: PartialDate | None, today: date) -> Standing:
    return Standing.AHEAD if day is not None and day.first_day > today else Standing.DONE


def _of_entry(entry: Entry, today: date) -> Iterator[Moment]:
    def sources(ids: Sequence[str]) -> tuple[Source, ...]:
        return tuple(entry.source(id) for id in ids)

    for stage in entry.lifecycle.stages:
        words = stage.stage.label + (" (then or earlier)" if stage.since_words != stage.since.words else "")
        yield Moment(
            stage.since, Kind.STAGE, words, _happened(stage.since, today), sources=sources(stage.sources)
        )
    for one in entry.assessments:
        by = f", {one.by}" if one.by else ""
        words = f"{one.title} ({one.type.label}, {one.status.label.lower()}{by})"
        where = Standing.DONE if one.status is not AssessmentStatus.IN_PROGRESS else Standing.AHEAD
        yield Moment(one.date, Kind.ASSESSMENT, words, where, one.address or "", sources(one.sources))
    for allowed in entry.authorisations:
        words = f"{allowed.type.label}: {allowed.body}"
        where = _happened(allowed.date, today)
        given = sources(allowed.sources)
        yield Moment(allowed.date, Kind.AUTHORISATION, words, where, allowed.address or "", given)
    for ruling in entry.rulings:
        words = f"{ruling.title}, {ruling.body}: {ruling.outcome}"
        yield Moment(ruling.date, Kind.RULING, words, Standing.DONE, sources=sources(ruling.sources))
    for audit in entry.audits:
        words = f"{audit.auditor}{f' on {audit.scope}' if audit.scope else ''}: {audit.finding}"
        where, given = Standing.DONE, sources(audit.sources)
        yield Moment(audit.date, Kind.PUBLISHED_AUDIT, words, where, audit.address or "", given)


def _of_versions(entry: Entry, history: Sequence[Version]) -> Iterator[Moment]:
    for one in history:
        note = f": {one.note}" if one.note else ""
        link = f"/record/systems/{entry.id}/{one.version}"
        day = one.published_at.date()
        yield _day(
            day, Kind.VERSION, f"Version {one.version} of this entry was published{note}", Standing.DONE, link
        )


def _of_audit(audit: Audit) -> Iterator[Moment]:
    """Yield what was stated in an audit. What is still to come is not here (``expected``)."""
    link, plan = address_of(audit.audit_id), audit.plan
    kinds = {Step.FINDING: Kind.FINDING, Step.REPLY: Kind.REPLY}
    remedy_steps = {Step.REMEDY, Step.DONE, Step.RETURNED}
    findings = {one.stated.number: one for one in audit.findings}
    remedies = {one.stated.number: one for one in audit.remedies}
    for one in audit.statements:
        kind = Kind.REMEDY if one.step in remedy_steps else kinds.get(one.step, Kind.AUDIT)
        words = f"{one.step.label}: “{plan.title}”, {plan.body}"
        if one.number in findings:
            words = _finding_words(findings[one.number])
        elif one.number in remedies:
            words = _remedy_words(remedies[one.number])
        yield _day(one.day, kind, words, Standing.DONE, link)


def _finding_words(finding: Finding) -> str:
    said = finding.words
    return f"{said.severity.label}. {about_words(said.about)}: {said.text}"


def _remedy_words(remedy: Remedy) -> str:
    said, whose = remedy.words, "promised by the body" if remedy.stated.by_force else "asked by the auditor"
    return f"Remedy {whose}: {_as_clause(said.what)} ({said.by})"


def _of_hearings(hearings: Sequence[Held], today: date) -> Iterator[Moment]:
    for one in hearings:
        for day, opens in ((one.opens, True), (one.closes, False)):
            happened = day <= today
            verb = ("opened" if opens else "closed") if happened else ("opens" if opens else "closes")
            where = Standing.DONE if happened else Standing.AHEAD
            yield _day(day, Kind.HEARING, f"The hearing “{one.title}” {verb}", where, f"/hearing?id={one.id}")


def _of_reviews(entry: Entry | DatedEntry, today: date) -> Iterator[Moment]:
    def due(day: PartialDate, kind: Kind, words: str) -> Moment:
        return Moment(day, kind, words, standing(day.last_day, today, done=False))

    if entry.next_review is not None:
        yield due(entry.next_review, Kind.REVIEW, "The entry is looked at again")
    titles = {one.name: one.title for one in fields()}
    for one in entry.withheld:
        words = f"“{titles.get(one.field, one.field)}” is withheld; that is looked at again"
        yield due(one.review_date, Kind.WITHHELD, f"{words} ({one.approver_role})")
    test = entry.success_test
    if test is not None and test.review_date is not None and not test.result:
        yield due(test.review_date, Kind.SUCCESS_TEST, f"Whether it succeeds is looked at: {test.indicator}")


def _of_expiries(entry: Entry | DatedEntry, today: date) -> Iterator[Moment]:
    """Yield the end of each authorisation: done where it was renewed, or where the system is out of use."""
    for one in entry.authorisations:
        if one.expiry is None:
            continue
        ended = entry.stage.is_over or any(_renews(other, one) for other in entry.authorisations)
        over = one.expiry.last_day < today
        where = standing(one.expiry.last_day, today, done=ended)
        if ended and not over:
            where = Standing.AHEAD
        words = f"{one.type.label} by {one.body} {'ended' if over else 'ends'}"
        yield Moment(one.expiry, Kind.EXPIRY, words, where, one.address or "")


def _renews(later: Authorisation, one: Authorisation) -> bool:
    same = (later.type, later.body) == (one.type, one.body)
    return same and (later.expiry is None or (one.expiry is not None and later.expiry.is_after(one.expiry)))
