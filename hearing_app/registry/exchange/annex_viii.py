"""The EU's AI Act, Annex VIII: what is registered about a high-risk system, keyed by section and point.

The Act has no format of its own for it. Ours is one group for each section, A for what the provider
registers and C for what a deployer that is a public authority registers, with a text under each point's
number. Points 1 to 13 of A and 1 to 5 of C are those before the amendments of 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hearing_app.registry.exchange import About, Draft, Import, Unplaced
from hearing_app.registry.exchange.boxes import (
    NO_FIELD,
    NOT_LISTED,
    Box,
    Choice,
    Home,
    held,
    read_lines,
    write_box,
    write_lines,
)
from hearing_app.registry.exchange.terms import EU_STATUS, EU_STATUS_READ
from hearing_app.registry.exchange.trip import Standard, present_stage, put

POINTS = {
    **{f"A{number}": str(number) for number in range(1, 14)},
    **{f"C{number}": str(number) for number in range(1, 6)},
}
STATUS = Choice("A7", "lifecycle.stages", EU_STATUS, EU_STATUS_READ)
_ASSESSED = {"C4": "fria", "C5": "dpia"}
TABLE = (
    Box("A1", ("suppliers",), Home("suppliers", "name")),
    Box("A4", ("name", "id", "aliases", "external_ids"), Home("name")),
    Box("A5", ("purpose", "summary", "functions", "not_for"), Home("purpose")),
    Box(
        "A6",
        ("inputs", "data_used", "method_family", "workings", "outputs", "learning"),
        Home("inputs", "note"),
    ),
    Box("A10", ("geography",), Home("geography")),
    Box("A12", ("tech_docs",), Home("tech_docs", "architecture")),
    Box("C1", ("deployer", "contact", "unit", "accountable_role", "users"), Home("deployer", "name")),
)
HELD = frozenset({*held(TABLE), "lifecycle.stages.stage", "assessments"})
WHYS = {
    "lifecycle": "It has the present state alone.",
    "lifecycle.stages.stage": f"It has the present state alone, and none before service. {STATUS.collapse}",
    "retirement": "It can say that a system is out of service or recalled, and gives no reason.",
    "assessments": "It takes summaries of assessments of fundamental rights and of data protection alone.",
    "system_versions": "Versions belong to the technical documents of Annex IV, which are not registered.",
    "risks": "Risks belong to Annex IV and Article 27, which are not registered but for a summary.",
    **dict.fromkeys(
        ("measurements", "subgroup_claims", "metric_runs"),
        "Figures belong to the technical documents of Annex IV, which are not registered.",
    ),
    **dict.fromkeys(
        ("supplier_disclosure", "human_review", "automation_level", "protected_attributes", "proxy_review"),
        "It belongs to the technical documents of Annex IV or to other articles, and is not registered.",
    ),
    **dict.fromkeys(
        (
            *("justification", "legal_basis", "ai_act", "authorisations", "decision_supported", "output_use"),
            *("people_affected", "scale", "operator_training", "personal_data_level", "incidents", "notice"),
            *("explanation_route", "challenge_route", "withheld", "next_review"),
        ),
        "Other articles of the Act speak of it; Annex VIII does not register it.",
    ),
}
CAVEATS = (
    "Annex VIII was amended in 2026 (Regulation 2026/1744). These points are those before it: compare each "
    "with the text in force before you register.",
    "Systems for law enforcement are registered in a part of the database that is not public, with fewer "
    "points: of section A not 6, 8 and 9, of section C only 1 to 3 (Article 49(4)).",
)


def write(data: Draft, about: About) -> dict[str, Any]:
    """Return both sections, with every point of which the entry says something."""
    given = write_lines(TABLE, data)
    if word := STATUS.written(present_stage(data)):
        given["A7"] = word
    for point, kind in _ASSESSED.items():
        # The point says of which kind it is.
        listed = [
            {name: value for name, value in one.items() if name != "type"}
            for one in data.get("assessments", ())
            if one.get("type") == kind
        ]
        if text := write_box(_assessed(point), {"assessments": listed}) if listed else None:
            given[point] = text
    if about.address:
        given["A13"] = about.address
    sections: dict[str, dict[str, str]] = {"A": {}, "C": {}}
    for key, number in POINTS.items():
        if key in given:
            sections[key[0]][number] = given[key]
    return {"standard": "Regulation (EU) 2024/1689, Annex VIII", "sections": sections}


def read(document: Any) -> Import:
    """Return the draft that the points describe."""
    sections = document.get("sections") if isinstance(document, Mapping) else None
    if not isinstance(sections, Mapping):
        return Import({}, (Unplaced("sections", sections, "This is not a group of sections."),))
    given: dict[str, Any] = {}
    unplaced: list[Unplaced] = []
    for section, points in sections.items():
        if not isinstance(points, Mapping) or section not in {"A", "C"}:
            unplaced.append(Unplaced(str(section), points, "These are no points of section A or C."))
            continue
        given |= {f"{section}{number}": said for number, said in points.items()}
    draft, missed = read_lines(TABLE, given)
    unplaced += missed
    assessments: list[Any] = []
    for point, kind in _ASSESSED.items():
        found, missed = read_lines((_assessed(point),), given)
        unplaced += missed
        assessments += [{"type": kind, **one} for one in found.get("assessments", ())]
    if assessments:
        draft["assessments"] = assessments
    if said := given.get("A7"):
        stage = STATUS.read(said)
        if stage:
            put(draft, STATUS.path, [{"stage": stage}])
        else:
            unplaced.append(Unplaced("A7", said, NOT_LISTED))
    known = {box.place for box in TABLE} | {"A7", *_ASSESSED}
    if str(given.get("A13", "")).endswith(f"/systems/{draft.get('id')}"):
        known |= {"A13"}
    unplaced += [Unplaced(key, said, NO_FIELD) for key, said in given.items() if key not in known]
    return Import(draft, tuple(unplaced))


def needed(document: Any) -> tuple[str, ...]:
    """Return the points of both sections of which nothing is said, as far as an entry could say it."""
    asked = [*(box.place for box in TABLE), "A7", *_ASSESSED]
    there = {f"{name}{number}" for name, points in document["sections"].items() for number in points}
    return tuple(sorted(point for point in asked if point not in there))


def _assessed(point: str) -> Box:
    return Box(point, ("assessments",), Home("assessments", "summary"))


STANDARD = Standard(
    "annex-viii", "European Union: AI Act, Annex VIII", write, read, HELD, WHYS, needed, CAVEATS
)
