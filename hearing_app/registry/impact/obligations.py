"""What a level asks for, and whether the entry shows that it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.evidence import Independence
from hearing_app.registry.entry.purpose import AuthorisationType
from hearing_app.registry.vocabulary import AssessmentStatus, AssessmentType, AutomationLevel, Term


class Shown(Term):
    """What an entry says about one obligation. The register sees words, not deeds."""

    SHOWN = "shown", "The entry says so"
    NOT_SHOWN = "not_shown", "The entry does not show it"
    CONTRARY = "contrary", "The entry says otherwise"


class Obligation(BaseModel):
    """One thing that is asked for: its words from each level on, and the fields that can show it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    fields: tuple[str, ...]
    levels: dict[int, str]

    def words(self, level: int) -> str | None:
        """Return what is asked for at this level; ``None`` where nothing is."""
        reached = [start for start in self.levels if start <= level]
        return self.levels[max(reached)] if reached else None


@dataclass(frozen=True, slots=True)
class Asked:
    """One obligation at one level, and what the entry shows of it; ``None`` where there is no entry."""

    obligation: Obligation
    level: int
    words: str
    shown: Shown | None


@cache
def obligations() -> tuple[Obligation, ...]:
    """Return every obligation, in the order in which a page lists them."""
    text = (Path(__file__).parent / "obligations.yaml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Obligation, ...]).validate_python(yaml.safe_load(text))


def asked_at(level: int, entry: Entry | None = None) -> list[Asked]:
    """Return what the level asks for; obligations that begin at a higher level are left out."""
    return [
        Asked(one, level, words, None if entry is None else _SHOWN[one.id](entry, level))
        for one in obligations()
        if (words := one.words(level)) is not None
    ]


def _notice(entry: Entry, level: int) -> Shown:
    told = None if entry.notice is None else entry.notice.told
    if told is False:
        return Shown.CONTRARY
    points_on = level < 3 or _explanation(entry, level) is Shown.SHOWN
    return Shown.SHOWN if told and points_on else Shown.NOT_SHOWN


def _explanation(entry: Entry, level: int) -> Shown:
    route = entry.explanation_route
    if route is None:
        return Shown.NOT_SHOWN
    general = route.request_form or route.note or route.what_is_given
    own_case = route.request_form or route.what_is_given
    return Shown.SHOWN if (own_case if level >= 2 else general) else Shown.NOT_SHOWN


def _peer_review(entry: Entry, level: int) -> Shown:
    # An audit from outside, or a review by an oversight body that was done; each must be open to read.
    outside = {Independence.COMMISSIONED, Independence.INDEPENDENT, Independence.REGULATOR}
    reviews = [one for one in entry.audits if one.independence in outside]
    done = [
        one
        for one in entry.assessments
        if one.type is AssessmentType.OVERSIGHT_REVIEW
        and one.status is AssessmentStatus.DONE
        and (one.address or one.sources)
    ]
    wanted = 2 if level >= 4 else 1
    return Shown.SHOWN if len(reviews) + len(done) >= wanted else Shown.NOT_SHOWN


def _equality(entry: Entry, _level: int) -> Shown:
    states = {one.status for one in entry.assessments if one.type is AssessmentType.EQUALITY_IA}
    if AssessmentStatus.DONE in states:
        return Shown.SHOWN
    return Shown.CONTRARY if AssessmentStatus.NOT_DONE in states else Shown.NOT_SHOWN


def _training(entry: Entry, _level: int) -> Shown:
    return Shown.SHOWN if entry.operator_training else Shown.NOT_SHOWN


def _human(entry: Entry, _level: int) -> Shown:
    review = entry.human_review
    said = () if review is None else (review.before_effect, review.can_override)
    if entry.automation_level is AutomationLevel.FULLY_AUTOMATED or False in said:
        return Shown.CONTRARY
    machine_first = entry.automation_level in {None, AutomationLevel.DEFAULT_UNLESS_OVERRIDDEN}
    return Shown.SHOWN if said == (True, True) and not machine_first else Shown.NOT_SHOWN


def _approval(entry: Entry, level: int) -> Shown:
    from_above = {
        AuthorisationType.COUNCIL_VOTE,
        AuthorisationType.JUDICIAL,
        AuthorisationType.INDEPENDENT_AUTHORITY,
    }
    in_force = [
        one
        for one in entry.authorisations
        if one.expiry is None or not entry.compiled.as_of.is_after(one.expiry)
    ]
    fitting = [one for one in in_force if level < 4 or one.type in from_above]
    return Shown.SHOWN if fitting else Shown.NOT_SHOWN


_SHOWN: Mapping[str, Callable[[Entry, int], Shown]] = {
    "notice": _notice,
    "explanation": _explanation,
    "peer-review": _peer_review,
    "equality": _equality,
    "training": _training,
    "human": _human,
    "approval": _approval,
}
