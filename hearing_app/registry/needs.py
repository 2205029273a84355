"""Under which conditions a field is needed: true, false, or not to be told from the entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.accountability import ProcurementRoute
from hearing_app.registry.entry.data import PersonalData
from hearing_app.registry.entry.stated import When
from hearing_app.registry.impact.level import is_at_least
from hearing_app.registry.places import EU, places_of
from hearing_app.registry.vocabulary import LifecycleStage, PolicingFunction

ON_PEOPLE = frozenset(
    {
        PolicingFunction.PERSON_OFFENDING_RISK,
        PolicingFunction.PERSON_VICTIM_RISK,
        PolicingFunction.PROFILING_IN_INVESTIGATION,
        PolicingFunction.RBI_REALTIME,
        PolicingFunction.RBI_POST,
        PolicingFunction.BIOMETRIC_VERIFICATION,
        PolicingFunction.BIOMETRIC_CATEGORISATION,
        PolicingFunction.EMOTION_INFERENCE,
        PolicingFunction.DECEPTION_DETECTION,
        PolicingFunction.EVIDENCE_RELIABILITY,
        PolicingFunction.TEXT_THREAT_DETECTION,
        PolicingFunction.NETWORK_LINK_ANALYSIS,
        PolicingFunction.CUSTODY_BAIL_SUPPORT,
        PolicingFunction.STAFF_INTEGRITY,
        PolicingFunction.ANPR,
        PolicingFunction.TRAFFIC_ENFORCEMENT,
    }
)
"""The kinds of work that score, find or sort people. A number plate leads to its keeper."""


def people_are_scored(entry: Entry) -> bool | None:
    """Return whether it scores, finds or sorts people; ``None`` for a kind that is named nowhere."""
    if any(function in ON_PEOPLE for function in entry.functions) or any(
        one.people_scored for one in entry.scale
    ):
        return True
    return None if PolicingFunction.OTHER in entry.functions or entry.withholds("functions") else False


def _supplied(entry: Entry) -> bool | None:
    if entry.suppliers:
        return True
    in_house = entry.procurement is not None and entry.procurement.route is ProcurementRoute.IN_HOUSE
    return False if in_house else None


def _in_use(entry: Entry) -> bool:
    return entry.stage in {LifecycleStage.PILOT_LIVE, LifecycleStage.OPERATIONAL}


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _personal_data(entry: Entry) -> bool | None:
    level = entry.personal_data_level
    return None if level is None else level not in {PersonalData.NONE, PersonalData.ANONYMISED}


_CONDITIONS: Mapping[When, Callable[[Entry], bool | None]] = {
    When.ALWAYS: lambda _: True,
    When.RETIRED: lambda entry: entry.stage.is_over,
    When.SUPPLIED: _supplied,
    When.IN_EU: lambda entry: EU in places_of(entry),
    When.IN_USE: _in_use,
    When.PEOPLE_SCORED: people_are_scored,
    When.IN_USE_ON_PEOPLE: lambda entry: _both(_in_use(entry), people_are_scored(entry)),
    When.HIGH_IMPACT: lambda entry: is_at_least(entry, 3),
    When.PERSONAL_DATA: _personal_data,
}


def holds(when: When, entry: Entry) -> bool | None:
    """Return whether the condition holds for the entry; ``None`` where the entry does not tell."""
    return _CONDITIONS[when](entry)
