"""What stands against publishing a body's own entry as it is: the one question that every way in asks.

Entries that others compiled are never refused: they show what they touch. A body's own entry is refused while
a rule rules its use out, or cannot tell: it can be published as a plan, or as ended, and be answered further.
It is also refused with a day of its own that is still to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from hearing_app.errors import Fault
from hearing_app.registry.entry import Entry
from hearing_app.registry.places import places_of
from hearing_app.registry.rules.results import Outcome, Result, results_of
from hearing_app.registry.rules.rule import Effect, Rule
from hearing_app.registry.vocabulary import CompiledBy, LifecycleStage

NO_USE = frozenset(
    {
        LifecycleStage.PROPOSED,
        LifecycleStage.DESIGN,
        LifecycleStage.DEVELOPMENT,
        LifecycleStage.SUSPENDED,
        LifecycleStage.RETIRED,
        LifecycleStage.CANCELLED,
    }
)
"""The stages that no rule refuses: not in use yet, not now, or not any more."""
IN_USE = frozenset({LifecycleStage.PILOT_LIVE, LifecycleStage.OPERATIONAL})
_UNTIL_THEN = "Until then publish it as proposed, being designed, being built, paused or no longer in use."


def hindrances(
    entry: Entry,
    rules: Sequence[Rule],
    *,
    on: date | None = None,
    stage: LifecycleStage | None = None,
    file: str = "",
) -> list[Fault]:
    """Return every fault that keeps a body's own entry from being published at its stage; empty for others'.

    ``stage`` asks as if the system were at another stage, such as before going live. ``file`` is what faults
    carry. A question that several rules leave open is one fault, which names them all.
    """
    day = on or datetime.now(UTC).date()
    at = stage or _stage_to_ask(entry, day)
    if entry.compiled.by is not CompiledBy.DEPLOYER:
        return []
    to_come = _to_come(entry, day, file) if stage is None else []
    if at in NO_USE:
        return to_come
    found = [
        one
        for one in results_of(entry, rules, on=day)
        if one.blocks or (one.stands_against_use and at in IN_USE)
    ]
    faults = to_come + [_ruled_out(one, file) for one in found if _is_ruled_out(one)]
    faults += _open(found, file)
    faults += _missing(found, file)
    return [*faults, *_no_place(entry, rules, file)]


def _to_come(entry: Entry, day: date, file: str) -> list[Fault]:
    """A body does not speak on a day that is still to come: nobody could tell what it knew, and when."""
    as_of = entry.compiled.as_of
    if as_of.first_day <= day:
        return []
    repair = "Write the day on which you last brought the entry up to date."
    return [Fault(file, "compiled.as_of", f"{as_of.words} is still to come.", repair)]


def _stage_to_ask(entry: Entry, day: date) -> LifecycleStage:
    """Return the stage that has begun by a day, or one that is announced and nearer to use.

    An end that is only announced takes nothing out of use; and what is announced comes without another look
    at the entry, so that a start is asked about now.
    """
    stages = entry.lifecycle.stages
    announced = [one.stage for one in stages if one.since.first_day > day]
    begun = [one.stage for one in stages if one.since.first_day <= day][-1:] or announced[:1]
    return max([*begun, *announced], key=lambda one: (one in IN_USE, one not in NO_USE))


def _is_ruled_out(one: Result) -> bool:
    return one.outcome is Outcome.TOUCHED and one.part.effect is Effect.BLOCK


def _ruled_out(one: Result, file: str) -> Fault:
    # The last answer is the one that turns the rule: before it stands the kind of work that it is about.
    answers = "; ".join(f"{given.label}: {given.value}" for given in one.answers)
    problem = (
        f"Rule {one.rule.id} ({one.part.provision}) rules this use out: {one.rule.title}. It stands on: "
        f"{answers}."
    )
    repair = f"If an answer is wrong, correct it. {_UNTIL_THEN}"
    return Fault(file, one.answers[-1].field, problem, repair)


def _open(found: Iterable[Result], file: str) -> list[Fault]:
    asking: dict[tuple[str, str], list[Result]] = {}
    for one in found:
        for question in one.open:
            asking.setdefault((question.field, question.question), []).append(one)
    return [
        Fault(
            file,
            field,
            f"This is not answered, so {_named([one.rule.id for one in by])} cannot be told: {question}",
            f"{_answer(by)} {_UNTIL_THEN}",
        )
        for (field, question), by in asking.items()
    ]


def _answer(by: Sequence[Result]) -> str:
    """Where only gates ask, showing what they ask for is an answer, too."""
    only_gates = all(one.part.effect is Effect.GATE for one in by)
    return "Answer it, or show what the rule asks for." if only_gates else "Answer it."


def _missing(found: Iterable[Result], file: str) -> list[Fault]:
    return [
        Fault(
            file,
            missing.field,
            f"Rule {one.rule.id} ({one.part.provision}) asks for evidence that is not shown: "
            f"{missing.words}.",
            f"Show it in this field. {_UNTIL_THEN}",
        )
        for one in found
        if one.outcome is Outcome.TOUCHED
        for missing in one.missing
    ]


def _no_place(entry: Entry, rules: Iterable[Rule], file: str) -> list[Fault]:
    """Laws are found by the codes of places: a body that no code is known of would escape them in silence."""
    places = places_of(entry)
    bound = [rule for rule in rules if rule.jurisdiction]
    if bound and not places:
        problem = f"The register knows no law by the name “{entry.deployer.country}”, and no place is given."
        repair = "Write the country's code here, such as za, or its name in English as the country."
        return [Fault(file, "deployer.places", problem, repair)]
    here = [rule for rule in bound if _lies_in(rule, places)]
    if not here or any("-" in place for place in places):
        return []
    names = ", ".join(dict.fromkeys(rule.jurisdiction_name for rule in here))
    problem = f"Some places of this country have rules of their own ({names}), and no place is given."
    repair = "Write the codes of your state and city, such as us-ca-oakland."
    return [Fault(file, "deployer.places", problem, repair)]


def _lies_in(rule: Rule, places: Iterable[str]) -> bool:
    country, _, rest = rule.jurisdiction.partition("-")
    return bool(rest) and country in places


def _named(ids: Sequence[str]) -> str:
    named = list(dict.fromkeys(ids))
    return f"rule {named[0]}" if len(named) == 1 else f"rules {', '.join(named[:-1])} and {named[-1]}"
