"""What a rule may ask that no single field answers: worked out from the entry, true, false or unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry
from hearing_app.registry.impact.level import is_at_least
from hearing_app.registry.needs import people_are_scored
from hearing_app.registry.rules.kleene import Truth, disjunction
from hearing_app.registry.vocabulary import LifecycleStage, PolicingFunction, SinceIs

_ANNEX_III = frozenset(
    {
        PolicingFunction.RBI_REALTIME,
        PolicingFunction.RBI_POST,
        PolicingFunction.BIOMETRIC_CATEGORISATION,
        PolicingFunction.EMOTION_INFERENCE,
        PolicingFunction.EMERGENCY_CALL_TRIAGE,
        PolicingFunction.PERSON_VICTIM_RISK,
        PolicingFunction.DECEPTION_DETECTION,
        PolicingFunction.EVIDENCE_RELIABILITY,
        PolicingFunction.PERSON_OFFENDING_RISK,
        PolicingFunction.PROFILING_IN_INVESTIGATION,
    }
)
"""The kinds of police work that Annex III of the AI Act names, points 1, 5(d) and 6."""
IN_USE = frozenset({LifecycleStage.PILOT_LIVE, LifecycleStage.OPERATIONAL})


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """One such fact: its words, the field where an author mends it, its kind of value, and its reading."""

    label: str
    question: str
    field: str
    kind: type
    read: Callable[[Entry], object]


def _has_function(entry: Entry, wanted: Collection[PolicingFunction]) -> Truth:
    """Return whether it serves one of these kinds; unknown where one is in no list, or withheld."""
    if any(function in wanted for function in entry.functions):
        return True
    return None if PolicingFunction.OTHER in entry.functions or entry.withholds("functions") else False


def _annex_iii(entry: Entry) -> Truth:
    if entry.ai_act is not None and entry.ai_act.annex_iii:
        return True
    return _has_function(entry, _ANNEX_III)


def _profiles(entry: Entry) -> Truth:
    """Either field may say it. Where one says no and the other nothing, that is the answer."""
    own = [entry.screening.profiles_people, entry.ai_act.profiling if entry.ai_act else None]
    said = [answer for answer in own if answer is not None]
    return disjunction(said) if said else None


def _high_risk(entry: Entry) -> Truth:
    """Named by Annex III; a claim of the exemption leaves it open, unless people are profiled."""
    named = _annex_iii(entry)
    if named and entry.ai_act is not None and entry.ai_act.exemption_claimed:
        return True if _profiles(entry) else None
    return named


def _law_enforcement(entry: Entry) -> Truth:
    """A police system, or one of courts, jails and probation: their own directive on data applies."""
    return entry.is_police_system or entry.deployer.kind == "court"


def _in_use_since(entry: Entry) -> PartialDate | None:
    first = next((stage for stage in entry.lifecycle.stages if stage.stage in IN_USE), None)
    # "2018 or earlier" is no date from which one can count back.
    return first.since if first is not None and first.since_is is SinceIs.EXACT else None


WORKED_OUT = {
    "people_scored": WorkedOut(
        "It scores, finds or sorts people",
        "Does it score, find or sort people?",
        "functions",
        bool,
        people_are_scored,
    ),
    "annex_iii_use": WorkedOut(
        "A use that Annex III of the AI Act names",
        "Does Annex III of the AI Act name this kind of use?",
        "functions",
        bool,
        _annex_iii,
    ),
    "high_risk_use": WorkedOut(
        "High risk under the AI Act, going by the entry",
        "Is it a use of high risk under the AI Act?",
        "ai_act",
        bool,
        _high_risk,
    ),
    "profiling": WorkedOut(
        "It profiles people",
        "Does it judge people by automatic processing of personal data about them?",
        "screening.profiles_people",
        bool,
        _profiles,
    ),
    "law_enforcement": WorkedOut(
        "Used by police or criminal justice",
        "Is it used by police or criminal justice?",
        "is_police_system",
        bool,
        _law_enforcement,
    ),
    "impact_at_least_3": WorkedOut(
        "Impact level III or higher",
        "Is its impact level III or higher?",
        "impact",
        bool,
        lambda entry: is_at_least(entry, 3),
    ),
    "impact_at_least_4": WorkedOut(
        "Impact level IV",
        "Is its impact level IV?",
        "impact",
        bool,
        lambda entry: is_at_least(entry, 4),
    ),
    "in_use_since": WorkedOut(
        "In use since", "Since when is it in use, exactly?", "lifecycle.stages", PartialDate, _in_use_since
    ),
}
