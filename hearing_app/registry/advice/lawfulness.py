"""Advice on law and checks: links with their dates, assessments, classes, secrets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from hearing_app.registry.advice.finding import IN_USE, Finding
from hearing_app.registry.entry import Entry
from hearing_app.registry.vocabulary import AssessmentStatus

YEAR = timedelta(days=365)


def law_dates(entry: Entry, today: date) -> Iterator[Finding]:
    """A link to a law without the day on which it was read, or one that was read over a year ago."""
    for index, law in enumerate(entry.legal_basis):
        if law.as_of is None and law.address:
            yield Finding(
                "law_dates",
                f"legal_basis.{index}.as_of",
                f"“{law.title}” is linked without the day on which you looked at it.",
                "Write the day: laws change, and the link then shows another text.",
            )
        elif law.as_of is not None and law.as_of.last_day < today - YEAR:
            yield Finding(
                "law_dates",
                f"legal_basis.{index}.as_of",
                f"“{law.title}” was last looked at {law.as_of.when}, over a year ago.",
                "Read it again, and write the day.",
            )


def unassessed(entry: Entry, _: date) -> Iterator[Finding]:
    """In use, and no assessment was done."""
    if entry.stage not in IN_USE or "assessments" in {one.field for one in entry.withheld}:
        return
    if not any(one.status is AssessmentStatus.DONE for one in entry.assessments):
        yield Finding(
            "unassessed",
            "assessments",
            "It is in use, and no assessment is said to be done.",
            "Add the assessment with its date and link; or say of which kind none was made, and why.",
        )


def assessments(entry: Entry, _: date) -> Iterator[Finding]:
    """An assessment that nobody can find, or none without a reason."""
    for index, one in enumerate(entry.assessments):
        if one.status is AssessmentStatus.DONE and one.date is None and not one.address:
            yield Finding(
                "assessments",
                f"assessments.{index}.date",
                f"“{one.title}” is said to be done, with neither a date nor a link.",
                "Add the date and, where it is public, the link.",
            )
        if (
            one.status in {AssessmentStatus.NOT_DONE, AssessmentStatus.NOT_REQUIRED}
            and not one.reason_if_none
        ):
            yield Finding(
                "assessments",
                f"assessments.{index}.reason_if_none",
                f"“{one.title}” was not made, and it is not said why.",
                "Give the reason.",
            )


def ai_act(entry: Entry, _: date) -> Iterator[Finding]:
    """An exemption beside profiling, or two answers on profiling."""
    said = entry.ai_act
    if said is None:
        return
    if said.exemption_claimed is True and said.profiling is True:
        yield Finding(
            "ai_act",
            "ai_act.exemption_claimed",
            "The exemption is claimed, and it profiles people: Article 6(3) gives none for profiling.",
            "Correct one of the two.",
        )
    profiles = entry.screening.profiles_people
    if said.profiling is not None and profiles is not None and said.profiling != profiles:
        yield Finding(
            "ai_act",
            "screening.profiles_people",
            "Whether it profiles people is answered twice, and differently.",
            "Give the same answer in both places.",
        )


def secrets(entry: Entry, _: date) -> Iterator[Finding]:
    """A trade secret that covers no field, or is said to be one and is nowhere claimed."""
    said = entry.supplier_disclosure
    for index, one in enumerate(said.trade_secret_claims if said else ()):
        if one.field.partition(".")[0] not in Entry.model_fields:
            yield Finding(
                "secrets",
                f"supplier_disclosure.trade_secret_claims.{index}.field",
                f"There is no field “{one.field}” that the claim could cover.",
                "Write the name of a field, such as tech_docs.",
            )


CHECKS = (law_dates, unassessed, assessments, ai_act, secrets)
