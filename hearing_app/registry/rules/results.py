"""What each rule says about an entry: touched, not touched, or not to be told, and on which answers.

The register flags what an entry touches. It does not decide whether a use is lawful.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.purpose import RuleReply
from hearing_app.registry.places import places_of
from hearing_app.registry.rules.answering import Finding, Given, Open, answer, every, opposite, some
from hearing_app.registry.rules.rule import Effect, Rule, RulePart
from hearing_app.registry.vocabulary import Term


class Outcome(Term):
    """What a rule says about an entry."""

    TOUCHED = "touched", "Touched"
    UNKNOWN = "cannot_tell", "Cannot tell"
    NOT_TOUCHED = "not_touched", "Not touched"


class Applies(Term):
    """Whether a rule reaches a system at all, by place and day."""

    NOW = "now", "It applies"
    LATER = "later", "It applies from a later day"
    ENDED = "ended_before", "The use ended before it applied"
    ELSEWHERE = "elsewhere", "It is a rule of another place"


@dataclass(frozen=True, slots=True)
class Missing:
    """Evidence that a gate asks for and the entry does not show.

    ``denied`` where the entry says that there is none; ``field`` is where it would be shown.
    """

    words: str
    field: str
    denied: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What one part of a rule says about an entry.

    ``answers`` are those on which the outcome stands, ``open`` the questions that keep it from being told,
    ``exceptions`` the cases that hold, ``missing`` the evidence that a gate still asks for, and ``reply``
    what the body says to the rule.
    """

    rule: Rule
    part: RulePart
    applies: Applies
    outcome: Outcome
    answers: tuple[Given, ...] = ()
    open: tuple[Open, ...] = ()
    exceptions: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    remarks: tuple[str, ...] = ()
    reply: RuleReply | None = None

    @property
    def is_met(self) -> bool:
        """Whether it is a gate for which the entry shows everything."""
        return self.part.effect is Effect.GATE and not self.missing

    @property
    def rules_out(self) -> bool:
        """Whether what the entry says is ruled out today. Evidence that it does not show may exist."""
        if self.applies is not Applies.NOW or self.outcome is not Outcome.TOUCHED:
            return False
        denied = self.part.blocks_if_unmet and any(one.denied for one in self.missing)
        return self.part.effect is Effect.BLOCK or denied

    @property
    def stands_against_use(self) -> bool:
        """Whether it keeps a body's own entry from being published as in use: what is open does, too."""
        if self.applies is not Applies.NOW or self.outcome is Outcome.NOT_TOUCHED:
            return False
        return self.part.effect is Effect.BLOCK or (self.part.effect is Effect.GATE and not self.is_met)

    @property
    def blocks(self) -> bool:
        """Whether it leaves open only what is no use yet, or none any more."""
        return self.stands_against_use and (self.part.effect is Effect.BLOCK or self.part.blocks_if_unmet)


def results_of(entry: Entry, rules: Iterable[Rule], *, on: date | None = None) -> tuple[Result, ...]:
    """Return what every part of every rule says about an entry on a day (today where none is given).

    A rule of another place is not asked: it is not touched, whatever the entry says.
    """
    day = on or datetime.now(UTC).date()
    places = places_of(entry)
    return tuple(_result(entry, rule, part, places, day) for rule in rules for part in rule.parts)


def _result(entry: Entry, rule: Rule, part: RulePart, places: frozenset[str], day: date) -> Result:
    applies = _applies(entry, rule, part, places, day)
    if applies is Applies.ELSEWHERE:
        return Result(rule, part, applies, Outcome.NOT_TOUCHED)
    found = touched(part, entry)
    missing = [_missing(one.words, answer(one.when, entry)) for one in part.needs]
    remarks = rule.remarks if part is rule else ()
    return Result(
        rule=rule,
        part=part,
        applies=applies,
        outcome={True: Outcome.TOUCHED, False: Outcome.NOT_TOUCHED, None: Outcome.UNKNOWN}[found.value],
        answers=found.because,
        open=found.open,
        exceptions=tuple(one.words for one in part.exceptions if answer(one.when, entry).value),
        missing=tuple(one for one in missing if one is not None),
        remarks=tuple(one.words for one in remarks if answer(one.when, entry).value),
        reply=next((one for one in entry.rule_replies if one.rule == rule.id), None),
    )


def touched(part: RulePart, entry: Entry) -> Finding:
    """Return whether an entry touches a part: what it asks holds, and no exception does."""
    asked = answer(part.when, entry)
    if asked.value is None and part.concerns is not None:
        of_this_kind = answer(part.concerns, entry)
        if of_this_kind.value is False:
            # Nobody leaves a question open that is not for a system of this kind.
            return Finding(False, of_this_kind.because)
    excepted = some(answer(one.when, entry) for one in part.exceptions)
    if asked.value is False or excepted.value is False:
        return asked
    return every([asked, opposite(excepted)])


def _missing(words: str, found: Finding) -> Missing | None:
    if found.value:
        return None
    places = [*(one.field for one in found.open), *(one.field for one in found.because)]
    return Missing(words, places[0], denied=found.value is False)


def _applies(entry: Entry, rule: Rule, part: RulePart, places: frozenset[str], day: date) -> Applies:
    if rule.jurisdiction and rule.jurisdiction not in places:
        return Applies.ELSEWHERE
    if part.in_force_from is not None and _ended_before(entry, part.in_force_from):
        return Applies.ENDED
    return Applies.NOW if part.applies_on(day) else Applies.LATER


def _ended_before(entry: Entry, start: PartialDate) -> bool:
    """Return whether the use surely ended before a rule applied: no rule reaches back."""
    return entry.stage.is_over and start.is_after(entry.present.since)
