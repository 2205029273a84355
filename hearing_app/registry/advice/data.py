"""Advice on the data: what is said about people's data, beside what the system does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from hearing_app.registry.advice.finding import BIOMETRIC, Finding, looks_at_bodies
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.data import Attribute, AttributeUse, DataRole, PersonalData
from hearing_app.registry.needs import people_are_scored

# What names nobody: New York's inspector found recipients that could not be told from the policies.
_NOBODY = re.compile(
    r"\b(?:other|various|several|relevant|external|third[- ]part(?:y|ies)|partners?|authorities|agencies|"
    r"law enforcement|organi[sz]ations|bodies)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?<!^)(?<![.!?] )\b[A-Z]")
_SPECIAL = frozenset(
    {
        *(Attribute.RACE, Attribute.ETHNICITY, Attribute.RELIGION, Attribute.POLITICAL_OPINION),
        *(Attribute.UNION, Attribute.GENETIC, Attribute.BIOMETRIC, Attribute.HEALTH),
        Attribute.SEXUAL_ORIENTATION,
    }
)


def no_personal_data(entry: Entry, _: date) -> Iterator[Finding]:
    """No personal data, but faces, bodies or people are compared."""
    if entry.personal_data_level is not PersonalData.NONE:
        return
    if looks_at_bodies(entry):
        yield Finding(
            "no_personal_data",
            "personal_data_level",
            "It is said to use no personal data, and it compares or sorts faces or bodies.",
            "A face is personal data, also where no name is kept: say how far the data lead to a person.",
        )
    elif people_are_scored(entry):
        yield Finding(
            "no_personal_data",
            "personal_data_level",
            "It is said to use no personal data, and it scores, finds or sorts people.",
            "Data about a person under a number, or about a car's keeper, are personal data.",
        )


def anonymised(entry: Entry, _: date) -> Iterator[Finding]:
    """Anonymised, but there is a list to compare with, or the rules' question is answered no."""
    if entry.personal_data_level is not PersonalData.ANONYMISED:
        return
    lists = [one.name for one in entry.data_used if one.role is DataRole.REFERENCE_LIST]
    if lists and (looks_at_bodies(entry) or people_are_scored(entry)):
        yield Finding(
            "anonymised",
            "personal_data_level",
            f"The data are said to be anonymised, and it compares with a list: {lists[0]}.",
            "What can be matched with a list leads to a person: choose “pseudonymised” or “identified”.",
        )
    if entry.screening.not_reidentifiable is False:
        yield Finding(
            "anonymised",
            "screening.not_reidentifiable",
            "The data are said to be anonymised, and that they can be traced to a person or restored.",
            "Anonymised means that nobody can ever undo it: correct one of the two.",
        )


def special_categories(entry: Entry, _: date) -> Iterator[Finding]:
    """No special categories of data, but a body or a protected trait goes into the result."""
    if entry.screening.special_categories is not False:
        return
    used = [
        one.attribute.label
        for one in entry.protected_attributes
        if one.attribute in _SPECIAL and one.use is not AttributeUse.AUDIT_ONLY
    ]
    if used or BIOMETRIC & set(entry.functions):
        what = used[0].lower() if used else "the body"
        yield Finding(
            "special_categories",
            "screening.special_categories",
            f"It is said to process no special categories of data, and it uses data on {what}.",
            "Correct the answer, or the field that speaks of it.",
        )


def recipients(entry: Entry, _: date) -> Iterator[Finding]:
    """A recipient of data who bears no name."""
    for index, one in enumerate(entry.sharing):
        if _NOBODY.search(one.recipient) and not _NAMED.search(one.recipient):
            yield Finding(
                "recipients",
                f"sharing.{index}.recipient",
                f"“{one.recipient}” names nobody.",
                "Write each recipient's own name: data can be followed only to somebody.",
            )


def list_of_operation(entry: Entry, _: date) -> Iterator[Finding]:
    """A matcher that names no list with which it compares."""
    if not looks_at_bodies(entry) or "data_used" in {one.field for one in entry.withheld}:
        return
    if entry.data_used and not any(one.role is DataRole.REFERENCE_LIST for one in entry.data_used):
        yield Finding(
            "list_of_operation",
            "data_used",
            "It compares faces or bodies, and no list is named with which it compares.",
            "Add the list: who keeps it, how many people are on it, and from where they come.",
        )


CHECKS = (no_personal_data, anonymised, special_categories, recipients, list_of_operation)
