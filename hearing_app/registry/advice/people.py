"""Advice on people: who decides, who is told, who can undo it, and whether children are among them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hearing_app.registry.advice.finding import IN_USE, Finding
from hearing_app.registry.entry import Entry
from hearing_app.registry.needs import people_are_scored
from hearing_app.registry.vocabulary import AssessmentStatus, AutomationLevel, Consequence


def override(entry: Entry, _: date) -> Iterator[Finding]:
    """A rate of decisions against the result, but nobody is said to be able to."""
    review = entry.human_review
    if review is not None and review.override_rate is not None and review.can_override is not True:
        yield Finding(
            "override",
            "human_review.can_override",
            "A share of results was decided against, and it is not said that anybody can do so.",
            "Say whether the person who checks can decide otherwise.",
        )


def nobody_is_asked(entry: Entry, _: date) -> Iterator[Finding]:
    """Fully automated, but a person checks before it has an effect."""
    review = entry.human_review
    if entry.automation_level is not AutomationLevel.FULLY_AUTOMATED or review is None:
        return
    if review.before_effect is True or review.can_override is True:
        yield Finding(
            "nobody_is_asked",
            "automation_level",
            "It is said to decide with no person asked, and a person checks before it has an effect.",
            "Choose how much the machine decides as it is in practice.",
        )


def ground(entry: Entry, _: date) -> Iterator[Finding]:
    """Enough by itself, and yet something else must confirm it."""
    use = entry.output_use
    if use is not None and use.sole_basis is True and use.corroboration_required is True:
        yield Finding(
            "ground",
            "output_use.corroboration_required",
            "An output is said to be enough by itself, and to need a second ground.",
            "Correct one of the two.",
        )


def consequences(entry: Entry, _: date) -> Iterator[Finding]:
    """Nothing that touches people, beside something that does."""
    named = entry.output_use.consequences if entry.output_use else ()
    if Consequence.NONE_ON_PEOPLE in named and len(named) > 1:
        yield Finding(
            "consequences",
            "output_use.consequences",
            "It is said that nothing touches people, and what may follow for them.",
            "Leave one of the two out.",
        )


def notice(entry: Entry, _: date) -> Iterator[Finding]:
    """Told or not told, without the how or the why."""
    said = entry.notice
    if said is None or "notice" in {one.field for one in entry.withheld}:
        return
    if said.told is False and not said.if_not_why:
        yield Finding(
            "notice",
            "notice.if_not_why",
            "People are not told, and not why.",
            "Give the reason: telling can be impossible, and then the entry should say so.",
        )
    if said.told is True and not said.how:
        yield Finding(
            "notice", "notice.how", "People are told, and not how.", "Say by what: signs, a letter, a page."
        )


def minors(entry: Entry, _: date) -> Iterator[Finding]:
    """People are scored, and it is not said whether children are; or they are, and nobody assessed it."""
    if not people_are_scored(entry):
        return
    silent = [(place, one) for place, one in enumerate(entry.people_affected) if one.minors is None]
    for index, one in silent[:1]:
        others = " and others" if len(silent) > 1 else ""
        yield Finding(
            "minors",
            f"people_affected.{index}.minors",
            f"It is not said whether there are children among “{one.group}”{others}.",
            "Answer yes or no for each: rules of their own protect children.",
        )
    done = any(one.status is AssessmentStatus.DONE for one in entry.assessments)
    if any(one.minors for one in entry.people_affected) and not done and not entry.risks:
        yield Finding(
            "minors",
            "risks",
            "Children are among the people it touches, and neither a risk nor an assessment is named.",
            "Name what it may do to children, and what is done about it.",
        )


def contact(entry: Entry, _: date) -> Iterator[Finding]:
    """A contact that only the internet reaches."""
    asked = entry.contact
    if asked is not None and not asked.phone and not asked.post:
        yield Finding(
            "contact",
            "contact",
            "There is no way to ask without the internet.",
            "Add a telephone number or a postal address.",
        )


def scale(entry: Entry, _: date) -> Iterator[Finding]:
    """More people pointed at than scored, or nobody counted while it is in use."""
    for index, one in enumerate(entry.scale):
        if one.people_scored is not None and one.flagged is not None and one.flagged > one.people_scored:
            yield Finding(
                "scale",
                f"scale.{index}.flagged",
                f"It pointed at {one.flagged:,} people, and scored {one.people_scored:,}.",
                "Check both counts, and of what they are.",
            )


def route(entry: Entry, _: date) -> Iterator[Finding]:
    """In use on people, and nobody says how to have a result looked at again."""
    asked = entry.challenge_route
    if asked is None or entry.stage not in IN_USE or not people_are_scored(entry):
        return
    if not (asked.human_review or asked.complaint or asked.appeal or asked.note):
        yield Finding(
            "route",
            "challenge_route",
            "A body that oversees is named, and no way to have a result looked at again.",
            "Say where a person writes, and who looks.",
        )


CHECKS = (override, nobody_is_asked, ground, consequences, notice, minors, contact, scale, route)
