"""What each step of an audit says: the fields that are typed, checked, put on the record and read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from hearing_app.errors import Invalid
from hearing_app.registry.entry.evidence import Independence
from hearing_app.registry.entry.stated import Part
from hearing_app.registry.faults import faults_of
from hearing_app.registry.supervision.vocabulary import Severity, Step
from hearing_app.registry.text import Address, Line, Post, Prose, Slug, refuse

_HONORIFIC = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Dame|Lord|Lady)\b\.?\s+[A-Z]")
# Two or three capitalised words and nothing else: a person's name has this form.
_LIKE_A_NAME = re.compile(r"[^\W\d_]\S*(?:\s+[^\W\d_]\S*){1,2}")
_BODIES = re.compile(
    r"academy|agency|agencies|association|audit|auditor|auditors|authority|board|bureau|centre|center|chamber|"
    r"clinic|college|commission|commissioner|committee|council|court|department|directorate|foundation|"
    r"inspector|inspectorate|institute|institution|laboratory|ministry|network|office|ombudsman|ombudsperson|"
    r"organisation|organization|panel|parliament|project|school|senate|service|services|society|tribunal|"
    r"trust|union|university|watchdog|ltd|inc|llp|gmbh",
    re.IGNORECASE,
)


def _body(text: str) -> str:
    words = text.split()
    named = _LIKE_A_NAME.fullmatch(text) and all(word[:1].isupper() for word in words)
    if _HONORIFIC.search(text) or (named and not any(_BODIES.fullmatch(word) for word in words)):
        raise refuse(
            f"“{text}” reads like a person's name.",
            "Write the body that audits, with what it is where the name does not say so, such as “City "
            "Auditor of Riverton” or “Algemene Rekenkamer (court of audit)”.",
        )
    return text


Body = Annotated[Line, AfterValidator(_body)]
"""A body that audits: never a person."""
Number = Annotated[int, Field(ge=1, le=9999, strict=True)]
About = Annotated[str, Field(pattern=r"^(field:[a-z_]{1,40}|claim:[a-z0-9-]{1,80})$")]
"""What a finding is bound to: "field:outputs" or "claim:fewer-thefts"."""


class Planned(Part):
    """An audit that is announced: of what, by whom, how independent, and until when."""

    system: Slug
    version: Number = Field(description="The version of the entry that was current when it was planned.")
    title: Line
    scope: Prose
    body: Body = Field(title="Auditing body")
    independence: Independence
    statement: Prose = Field(title="Independence statement")
    due: date = Field(title="Report due")


class Begun(Part):
    """The audit began."""


class Postponed(Part):
    """The day by which the report is due was changed; the earlier one stays readable."""

    due: date = Field(title="Report due")
    reason: Prose


class Found(Part):
    """A finding, bound to a field or claim of the entry in one version."""

    about: About
    version: Number
    severity: Severity
    text: Prose
    reply_due: date = Field(title="Reply due")


class Replied(Part):
    """What the body says to a finding."""

    finding: Number
    text: Prose


class Remedied(Part):
    """What is to be done about a finding, by which post, until when."""

    finding: Number
    what: Prose
    by: Post
    due: date


class Done(Part):
    """The body says that a remedy is done, and what shows it."""

    remedy: Number
    day: date
    evidence: Prose


class Returned(Part):
    """The auditor does not take a remedy as done."""

    remedy: Number
    reason: Prose


class Reported(Part):
    """The report is out."""

    summary: Prose
    address: Address | None = None


class Corrected(Part):
    """What an earlier statement should have said: that one stays, and this stands beside it."""

    of: Number
    text: Prose


class Closed(Part):
    """Nothing is open any more."""

    note: Prose


class Cancelled(Part):
    """The audit does not take place, or is not finished."""

    reason: Prose


WORDS: Mapping[Step, type[Part]] = {
    Step.PLANNED: Planned,
    Step.BEGUN: Begun,
    Step.POSTPONED: Postponed,
    Step.FINDING: Found,
    Step.REPLY: Replied,
    Step.REMEDY: Remedied,
    Step.DONE: Done,
    Step.RETURNED: Returned,
    Step.REPORTED: Reported,
    Step.CORRECTION: Corrected,
    Step.CLOSED: Closed,
    Step.CANCELLED: Cancelled,
}
_STEPS = {model: step for step, model in WORDS.items()}


def step_of(said: Part) -> Step:
    """Return the step that these words belong to."""
    return _STEPS[type(said)]


def read_words(step: Step, typed: Mapping[str, Any]) -> Part:
    """Return what was typed as the words of a step; raise ``Invalid`` with every fault, by field.

    A text that is empty counts as not given.
    """
    given = {name: value for name, value in typed.items() if value is not None and value != ""}
    try:
        return WORDS[step].model_validate(given)
    except ValidationError as error:
        found = faults_of(error)
        raise Invalid("Nothing was put on the record.", found, kept="Your words are kept.") from None
