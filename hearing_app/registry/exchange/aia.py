"""Canada's Algorithmic Impact Assessment, as its tool saves and loads the answers.

The file has the version, the page on which one stopped, and an answer for each question: the id of an
option, a list of them where several may be chosen, or words. What is not an answer to a question of fixed
choice is the description of the project.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import About, Draft, Import, Unplaced
from hearing_app.registry.exchange.boxes import Box, held, read_lines, write_lines
from hearing_app.registry.exchange.kinds import refusal
from hearing_app.registry.exchange.trip import Standard, put
from hearing_app.registry.impact.instrument import VERSION, VERSIONS, Phase, by_id

TABLE = (
    Box("projectAIAnumber", ("id",)),
    Box("projectDetailsTitle", ("name",)),
    Box("projectDetailsDescription", ("summary",)),
    Box("projectDetailsBranch", ("unit",)),
)
PHASES = {"item1": "design", "item2": "implementation"}
_PHASE = "projectDetailsPhase"
_OPTION = re.compile(r"item[0-9]{1,3}(-[0-9]{1,3})?")
# Nobody's name goes into an entry, nor into what is printed about one.
_NAMES = frozenset({"projectDetailsRespondent", "projectDetailsJob"})
_OTHER_LANGUAGE = (("projectDetailsTitle", "name"), ("projectDetailsDescription", "summary"))
HELD = frozenset(
    {
        *held(TABLE),
        *("impact.instrument_version", "impact.phase", "impact.answers"),
        *("translations.lang", "translations.name", "translations.summary"),
    }
)
_QUESTION = "Its question takes one of fixed answers, which stand with the impact level; not this."
WHYS = {
    "impact": "It asks for the name of whoever answered, which no entry gives, and has no place for notes.",
    "translations": "It has the other language of Canada alone, and does not say who translated.",
    "deployer": "It takes a department of Canada's government from a list.",
    "lifecycle": "It has the phase for which the questions were answered, which stands with the answers.",
    "hearings": "It asks who was consulted, by fixed answers.",
    **dict.fromkeys(("legal_basis", "lang", "system_versions", "authorisations"), _QUESTION),
    **dict.fromkeys(
        (
            *("accountable_role", "suppliers", "procurement", "supplier_disclosure", "functions", "purpose"),
            *("not_for", "success_test", "alternatives_considered", "justification", "decision_supported"),
            *("automation_level", "output_use", "human_review", "people_affected", "scale", "impact_shape"),
            *("operator_training", "method_family", "workings", "learning", "inputs", "outputs", "tech_docs"),
            *("data_used", "personal_data_level", "protected_attributes", "proxy_review", "retention"),
            *("sharing", "assessments", "risks", "incidents", "measurements", "subgroup_claims", "audits"),
            *("notice", "explanation_route", "challenge_route"),
        ),
        _QUESTION,
    ),
}


def write(data: Draft, about: About) -> dict[str, Any]:
    """Return the saved answers; a question that takes several options has a list."""
    given: dict[str, Any] = write_lines(TABLE, data)
    impact = data.get("impact") or {}
    phase = impact.get("phase")
    if phase:
        given[_PHASE] = next(item for item, ours in PHASES.items() if ours == phase)
    version = impact.get("instrument_version", VERSION)
    for question, options in (impact.get("answers") or {}).items():
        given[question] = options if _takes_many(question, phase, version, options) else options[0]
    listed: list[dict[str, Any]] = data.get("translations") or []
    french = next((one for one in listed if one.get("lang") == "fr"), dict[str, Any]())
    also = {theirs: french[ours] for theirs, ours in _OTHER_LANGUAGE if ours in french}
    return {"version": f"v{version}", "currentPage": 0, "data": given, "translationsOnResult": also}


def read(document: Any) -> Import:
    """Return the draft that saved answers describe."""
    data = document.get("data") if isinstance(document, Mapping) else None
    if not isinstance(data, Mapping):
        return Import({}, (Unplaced("data", data, "This is not a group of answers."),))
    draft, unplaced = read_lines(TABLE, data)
    answers: dict[str, list[str]] = {}
    for question, said in data.items():
        if question in {box.place for box in TABLE} | {_PHASE}:
            continue
        if question in _NAMES:
            unplaced.append(Unplaced(question, "…", "An entry names posts, and nobody by name."))
            continue
        options = [said] if isinstance(said, str) else said
        if _are_options(options) and not refusal(Entry, "impact.answers", {question: options}):
            answers[question] = options
        else:
            unplaced.append(Unplaced(str(question), said, "This is no answer from a list."))
    phase = PHASES.get(str(data.get(_PHASE)))
    if phase is None and _PHASE in data:
        unplaced.append(Unplaced(_PHASE, data[_PHASE], "The questions are for design or implementation."))
    if answers or phase:
        put(draft, "impact.instrument_version", str(document.get("version", VERSION)).lstrip("v"))
        draft["impact"] |= {"phase": phase} if phase else {}
        draft["impact"] |= {"answers": answers} if answers else {}
    unplaced += _translated(document.get("translationsOnResult"), draft)
    return Import(draft, tuple(unplaced))


def needed(document: Any) -> tuple[str, ...]:
    """Return what the tool needs to show a result and the file lacks."""
    data = document["data"]
    asked = ("projectDetailsTitle", "projectDetailsDescription", _PHASE)
    lacks = [name for name in asked if name not in data]
    return (*lacks, *(() if any(_are_options(said) for said in _lists(data)) else ("answers",)))


def _lists(data: Mapping[str, Any]) -> list[Any]:
    return [
        said if isinstance(said, list) else [said] for question, said in data.items() if question != _PHASE
    ]


def _are_options(options: object) -> bool:
    return (
        isinstance(options, list)
        and bool(options)
        and all(isinstance(one, str) and bool(_OPTION.fullmatch(one)) for one in options)
    )


def _takes_many(question: str, phase: str | None, version: str, options: list[str]) -> bool:
    known = by_id(Phase(phase), version) if phase and version in VERSIONS else {}
    return known[question].takes_many if question in known and len(options) == 1 else len(options) > 1


def _translated(given: object, draft: Draft) -> list[Unplaced]:
    if not isinstance(given, Mapping):
        return [] if given is None else [Unplaced("translationsOnResult", given, "This is not a group.")]
    names = dict(_OTHER_LANGUAGE)
    unplaced = []
    found: dict[str, str] = {}
    for place, said in given.items():
        where = f"translationsOnResult.{place}"
        if place not in names:
            unplaced.append(Unplaced(where, said, "Name and summary alone are kept in other languages."))
        elif why := refusal(Entry, f"translations.{names[place]}", said):
            unplaced.append(Unplaced(where, said, why))
        else:
            found[names[place]] = said
    if found:
        draft["translations"] = [{"lang": "fr", **found}]
    return unplaced


STANDARD = Standard(
    "aia",
    "Canada: Algorithmic Impact Assessment",
    write,
    read,
    HELD,
    WHYS,
    needed,
    ("The tool scores answers that later answers hide; this register counts only what is shown.",),
)
