"""Advice on upkeep: what is withheld, when somebody looks again, how it reads, how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from hearing_app.registry.advice.finding import Finding
from hearing_app.registry.entry import Entry
from hearing_app.registry.readability import HARD, readability
from hearing_app.registry.standard import is_stated

STALE = timedelta(days=365)


def withheld(entry: Entry, today: date) -> Iterator[Finding]:
    """A withheld field that is none, that is stated all the same, or whose day of review has passed."""
    for index, one in enumerate(entry.withheld):
        if one.field not in Entry.model_fields:
            yield Finding(
                "withheld",
                f"withheld.{index}.field",
                f"There is no field “{one.field}”.",
                "Choose the field that is withheld.",
            )
        elif is_stated(getattr(entry, one.field)):
            yield Finding(
                "withheld",
                f"withheld.{index}.field",
                f"“{one.field}” is withheld, and it is stated, too.",
                "Where only a part is withheld, say in the explanation which.",
            )
        if one.review_date.last_day < today:
            yield Finding(
                "withheld",
                f"withheld.{index}.review_date",
                f"“{one.field}” was to be looked at again by {one.review_date.words}.",
                "Look whether the ground still holds, and set a new day or publish the field.",
            )


def review(entry: Entry, today: date) -> Iterator[Finding]:
    """The day of review has passed; or the entry has not been brought up to date for a year."""
    if entry.next_review is not None and entry.next_review.last_day < today:
        yield Finding(
            "review",
            "next_review",
            f"The entry was to be looked at again by {entry.next_review.words}.",
            "Bring it up to date, and set the next day.",
        )
    as_of = entry.compiled.as_of
    if as_of is not None and as_of.first_day > today:
        yield Finding(
            "review",
            "compiled.as_of",
            f"The day of the entry, {as_of.words}, is still to come.",
            "Write the day on which it was last brought up to date.",
        )
    if as_of is not None and not entry.stage.is_over and as_of.last_day < today - STALE:
        yield Finding(
            "review",
            "compiled.as_of",
            f"The entry was last brought up to date {as_of.when}, over a year ago.",
            "Read it again, correct what has changed, and write the day.",
        )


def success(entry: Entry, today: date) -> Iterator[Finding]:
    """The day on which success was to be judged has passed, and no result is stated."""
    test = entry.success_test
    if test is None or test.review_date is None or test.result:
        return
    if test.review_date.last_day < today:
        yield Finding(
            "success",
            "success_test.result",
            f"Whether it works was to be looked at {test.review_date.when}, and no result is stated.",
            "State what was found, also where nothing could be found.",
        )


def ending(entry: Entry, _: date) -> Iterator[Finding]:
    """Out of use without a reason, or given up and yet in use."""
    if entry.stage.is_over and entry.retirement is None:
        yield Finding(
            "ending",
            "retirement",
            "It is out of use for good, and it is not said why.",
            "State the reason, what was found, and what became of the data.",
        )
    elif entry.stage.is_over and entry.retirement is not None and not entry.retirement.data_fate:
        yield Finding(
            "ending",
            "retirement.data_fate",
            "It is out of use for good, and it is not said what became of the data.",
            "Say whether they are kept, where and until when, or destroyed, and who checked.",
        )
    elif entry.retirement is not None and not entry.stage.is_over:
        yield Finding(
            "ending",
            "retirement",
            f"A reason for giving it up is stated, and its present stage is “{entry.stage.label}”.",
            "Add the stage with which it ended, or take the reason out.",
        )


def plain(entry: Entry, _: date) -> Iterator[Finding]:
    """A summary that is hard to read."""
    measure = readability(entry.summary)
    if measure.lix is not None and measure.lix >= HARD:
        yield Finding(
            "plain",
            "summary",
            f"The summary is hard to read: {measure.words} words in {measure.sentences} sentences, "
            f"{measure.long_words} of them long (LIX {measure.lix:.0f}).",
            "Write shorter sentences with everyday words, as you would speak to a neighbour.",
        )


CHECKS = (withheld, review, success, ending, plain)
