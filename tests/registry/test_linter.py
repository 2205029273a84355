"""The linter: each piece of advice is given where it should be, and not where it should not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hearing_app.registry.desk.check import unfinished
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_entries
from hearing_app.registry.linter import CHECKS, as_fault, lint, lint_draft
from hearing_app.registry.standard import completeness
from tests.signers import own_entry

TODAY = date(2026, 6, 15)
REGISTRY = Path(__file__).parents[2] / "registry"
SOURCE = own_entry()["sources"][0]
SOLD = {
    **SOURCE,
    "id": "leaflet",
    "kind": "vendor",
    "publisher": "Lanes",
    "address": "https://lanes.example/a",
}


def law(**changes: Any) -> dict[str, Any]:
    return {"legal_basis": [{"title": "Lane Act", "address": "https://law.example.org/1", **changes}]}


def measured(**changes: Any) -> dict[str, Any]:
    one = {"text": "A count.", "by": "We", "computed": False, "sources": ["report"], "n": 20, **changes}
    return {"measurements": [one]}


def held_back(**changes: Any) -> dict[str, Any]:
    one = {
        "field": "outputs",
        "ground": "security",
        "explanation": "It would tell how to evade it.",
        "approver_role": "Chief of Police",
        "review_date": "2027",
        "full_copy_with": "The complaints authority",
        **changes,
    }
    return {"withheld": [one]}


def retired(**changes: Any) -> dict[str, Any]:
    stages = [
        {"stage": "operational", "since": "2020", "until": "2025", "sources": ["report"]},
        {"stage": "retired", "since": "2025", "sources": ["report"]},
    ]
    return {"lifecycle": {"stages": stages}, **changes}


FACES = {"functions": ["rbi_post"]}
TOUCHED = [{"group": "Drivers", "how": "Their plate is read."}]
KEPT = "Destroyed in May; the auditor saw it."
# check, field, what is changed so that it speaks, what is changed so that it is silent
CASES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    (
        "no_personal_data",
        "personal_data_level",
        FACES | {"personal_data_level": "none"},
        FACES | {"personal_data_level": "identified"},
    ),
    (
        "no_personal_data",
        "personal_data_level",
        {"functions": ["anpr"], "personal_data_level": "none"},
        {"functions": ["scheduling"], "personal_data_level": "none"},
    ),
    (
        "anonymised",
        "personal_data_level",
        FACES
        | {"personal_data_level": "anonymised", "data_used": [{"name": "Faces", "role": "reference_list"}]},
        FACES | {"personal_data_level": "anonymised", "data_used": [{"name": "Faces", "role": "train"}]},
    ),
    (
        "anonymised",
        "screening.not_reidentifiable",
        {"personal_data_level": "anonymised", "screening": {"not_reidentifiable": False}},
        {"personal_data_level": "anonymised", "screening": {"not_reidentifiable": True}},
    ),
    (
        "special_categories",
        "screening.special_categories",
        {
            "screening": {"special_categories": False},
            "protected_attributes": [{"attribute": "race", "use": "input_feature"}],
        },
        {
            "screening": {"special_categories": False},
            "protected_attributes": [{"attribute": "race", "use": "audit_only"}],
        },
    ),
    (
        "recipients",
        "sharing.0.recipient",
        {"sharing": [{"recipient": "other law enforcement agencies"}]},
        {"sharing": [{"recipient": "the agencies of Harbour County"}]},
    ),
    (
        "list_of_operation",
        "data_used",
        FACES | {"data_used": [{"name": "Pictures", "role": "train"}]},
        FACES | {"data_used": [{"name": "Wanted", "role": "reference_list"}]},
    ),
    (
        "vendor_in_prose",
        "purpose",
        {"purpose": "To run BriefCam on footage."},
        {"purpose": "To run BriefCam on footage.", "suppliers": [{"name": "BriefCam Ltd"}]},
    ),
    (
        "vendor_in_prose",
        "summary",
        {"summary": "Made by Lane Watch GmbH for the city."},
        {"summary": "Made by the city for the city, limited to lanes."},
    ),
    (
        "vendor_in_prose",
        "suppliers",
        {"sources": [SOURCE, SOLD], "scope_note": "x", "unit": "Traffic"},
        {"sources": [SOURCE, SOLD], "suppliers": [{"name": "Lanes"}]},
    ),
    (
        "in_house",
        "procurement.route",
        {"procurement": {"route": "in_house"}, "suppliers": [{"name": "Lanes"}]},
        {"procurement": {"route": "open"}, "suppliers": [{"name": "Lanes"}]},
    ),
    (
        "brochure",
        "tech_docs.source_code",
        {"tech_docs": {"source_code": "https://lanes.example/products/lane-eye-brochure"}},
        {"tech_docs": {"source_code": "https://github.com/example/products"}},
    ),
    (
        "brochure",
        "tech_docs.source_code",
        {"tech_docs": {"source_code": "https://github.com/example/a/raw/leaflet.pdf"}},
        {"tech_docs": {"model_card": "https://lanes.example/card.pdf"}},
    ),
    (
        "brochure",
        "tech_docs.source_code",
        {
            "sources": [SOURCE, SOLD],
            "suppliers": [{"name": "Lanes", "sources": ["leaflet"]}],
            "tech_docs": {"source_code": "https://lanes.example/lane-eye"},
        },
        {"tech_docs": {"source_code": "https://git.riverton.example/lanes"}},
    ),
    ("several_tools", "functions", {"functions": ["anpr", "search", "redaction", "scheduling"]}, {}),
    ("several_tools", "functions", {"functions": ["rbi_post", "rbi_realtime"]}, {"functions": ["rbi_post"]}),
    (
        "several_tools",
        "screening.one_technology",
        {"screening": {"one_technology": False}},
        {"screening": {"one_technology": True}},
    ),
    (
        "several_tools",
        "aliases",
        {"aliases": ["BriefCam", "Clearview"]},
        {"aliases": ["NEC NeoFace", "NeoFace"]},
    ),
    (
        "threshold",
        "outputs",
        FACES | {"outputs": [{"form": "A list"}]},
        FACES | {"outputs": [{"form": "A list", "threshold": "0.64"}]},
    ),
    (
        "override",
        "human_review.can_override",
        {"human_review": {"override_rate": 0.1}},
        {"human_review": {"override_rate": 0.1, "can_override": True}},
    ),
    (
        "nobody_is_asked",
        "automation_level",
        {"automation_level": "fully_automated", "human_review": {"before_effect": True}},
        {"automation_level": "recommends", "human_review": {"before_effect": True}},
    ),
    (
        "ground",
        "output_use.corroboration_required",
        {"output_use": {"sole_basis": True, "corroboration_required": True}},
        {"output_use": {"sole_basis": False, "corroboration_required": True}},
    ),
    (
        "consequences",
        "output_use.consequences",
        {"output_use": {"consequences": ["none_on_people", "arrest"]}},
        {"output_use": {"consequences": ["none_on_people"]}},
    ),
    (
        "notice",
        "notice.if_not_why",
        {"notice": {"told": False}},
        {"notice": {"told": False, "if_not_why": "It would end the search."}},
    ),
    ("notice", "notice.how", {"notice": {"told": True}}, {"notice": {"told": True, "how": "By signs."}}),
    (
        "minors",
        "people_affected.0.minors",
        {"people_affected": TOUCHED},
        {"people_affected": [{**TOUCHED[0], "minors": False}]},
    ),
    (
        "minors",
        "risks",
        {"people_affected": [{**TOUCHED[0], "minors": True}]},
        {
            "people_affected": [{**TOUCHED[0], "minors": True}],
            "risks": [{"title": "Children", "note": "On the way to school."}],
        },
    ),
    (
        "contact",
        "contact",
        {"contact": {"name": "Desk", "email": "records@example.org"}},
        {"contact": {"name": "Desk", "phone": "+44 20 7946 0000"}},
    ),
    (
        "scale",
        "scale.0.flagged",
        {"scale": [{"period": "2025", "people_scored": 10, "flagged": 11}]},
        {"scale": [{"period": "2025", "people_scored": 10, "flagged": 10}]},
    ),
    (
        "route",
        "challenge_route",
        {"challenge_route": {"oversight_body": "The authority"}},
        {"challenge_route": {"oversight_body": "The authority", "appeal": "To the court."}},
    ),
    ("law_dates", "legal_basis.0.as_of", law(), law(as_of="2026-01-01")),
    ("law_dates", "legal_basis.0.as_of", law(as_of="2025-06-14"), law(as_of="2025-06-15")),
    (
        "unassessed",
        "assessments",
        {"assessments": [{"type": "dpia", "title": "DPIA", "status": "in_progress"}]},
        {"assessments": [{"type": "dpia", "title": "DPIA", "status": "done", "date": "2025"}]},
    ),
    (
        "assessments",
        "assessments.0.date",
        {"assessments": [{"type": "dpia", "title": "DPIA", "status": "done"}]},
        {"assessments": [{"type": "dpia", "title": "DPIA", "status": "done", "date": "2025"}]},
    ),
    (
        "assessments",
        "assessments.0.reason_if_none",
        {"assessments": [{"type": "dpia", "title": "DPIA", "status": "not_done"}]},
        {"assessments": [{"type": "dpia", "title": "DPIA", "status": "not_done", "reason_if_none": "Late."}]},
    ),
    (
        "ai_act",
        "ai_act.exemption_claimed",
        {"ai_act": {"exemption_claimed": True, "profiling": True}},
        {"ai_act": {"exemption_claimed": True, "profiling": False}},
    ),
    (
        "ai_act",
        "screening.profiles_people",
        {"ai_act": {"profiling": False}, "screening": {"profiles_people": True}},
        {"ai_act": {"profiling": False}, "screening": {"profiles_people": False}},
    ),
    (
        "secrets",
        "supplier_disclosure.trade_secret_claims.0.field",
        {"supplier_disclosure": {"trade_secret_claims": [{"field": "everything", "claim": "Ours."}]}},
        {"supplier_disclosure": {"trade_secret_claims": [{"field": "tech_docs", "claim": "Ours."}]}},
    ),
    (
        "computed",
        "measurements.0.dataset",
        measured(computed=True),
        measured(computed=True, dataset="riverton-plates"),
    ),
    ("uncertain", "measurements.0.n", measured(value=0.5, n=None), measured(value=0.5)),
    (
        "uncertain",
        "measurements.0.value",
        measured(value=0.5, low=0.6, high=0.7),
        measured(value=0.65, low=0.6, high=0.7),
    ),
    (
        "uncertain",
        "measurements.0.value",
        measured(value=45.0, metric="false_positive_rate"),
        measured(value=45.0, metric="minutes"),
    ),
    (
        "suppressed",
        "subgroup_claims.0.value",
        {
            "subgroup_claims": [
                {
                    **{"attribute": "a", "group": "b", "metric": "c", "by": "d", "origin": "vendor"},
                    **{"sources": ["report"], "suppressed": True, "value": 0.1},
                }
            ]
        },
        {
            "subgroup_claims": [
                {
                    **{"attribute": "a", "group": "b", "metric": "c", "by": "d", "origin": "vendor"},
                    **{"sources": ["report"], "suppressed": True},
                }
            ]
        },
    ),
    ("withheld", "withheld.0.field", held_back(field="no_such_field"), held_back()),
    ("withheld", "withheld.0.field", held_back() | {"outputs": [{"form": "A list"}]}, held_back()),
    (
        "withheld",
        "withheld.0.review_date",
        held_back(review_date="2026-06-14"),
        held_back(review_date="2026"),
    ),
    ("review", "next_review", {"next_review": "2026-05"}, {"next_review": "2026-06"}),
    (
        "review",
        "compiled.as_of",
        {"compiled": own_entry()["compiled"] | {"as_of": "2025-06-14"}},
        {"compiled": own_entry()["compiled"] | {"as_of": "2025-06"}},
    ),
    (
        "success",
        "success_test.result",
        {"success_test": {"indicator": "Free lanes", "review_date": "2026-05"}},
        {"success_test": {"indicator": "Free lanes", "review_date": "2026-05", "result": "None free."}},
    ),
    ("ending", "retirement", retired(), retired(retirement={"reason": "cost", "data_fate": KEPT})),
    (
        "ending",
        "retirement.data_fate",
        retired(retirement={"reason": "cost"}),
        retired(retirement={"reason": "cost", "data_fate": KEPT}),
    ),
    (
        "ending",
        "retirement",
        {"retirement": {"reason": "cost", "data_fate": KEPT}},
        retired(retirement={"reason": "cost", "data_fate": KEPT}),
    ),
    (
        "plain",
        "summary",
        {
            "summary": "Automatically operated photographic installations systematically document "
            "transgressions committed by motorised participants within designated corridors, "
            "facilitating subsequent administrative enforcement proceedings."
        },
        {"summary": "A camera looks at the lane. It notes each car there. An officer checks the note."},
    ),
]


def entry_of(changes: dict[str, Any]) -> Entry:
    # A source must be named somewhere.
    if len(changes.get("sources", ())) > 1:
        changes = {**changes, "retention": {"rule": "A month.", "sources": ["leaflet"]}}
    return Entry.model_validate(own_entry(datasets=(), **changes))


def told(entry: Entry) -> set[tuple[str, str]]:
    return {(one.check, one.field) for one in lint(entry, TODAY)}


@pytest.mark.parametrize(("check", "field", "speaks", "silent"), CASES)
def test_each_piece_of_advice(check: str, field: str, speaks: dict[str, Any], silent: dict[str, Any]) -> None:
    assert (check, field) in told(entry_of(speaks))
    assert (check, field) not in told(entry_of(silent))


def test_every_check_has_its_case() -> None:
    assert {check.__name__ for check in CHECKS} == {case[0] for case in CASES}


def test_every_finding_names_a_field_that_there_is_and_a_repair() -> None:
    for _, _, speaks, _ in CASES:
        for one in lint(entry_of(speaks), TODAY):
            assert one.field.partition(".")[0] in Entry.model_fields
            assert one.problem.endswith(".")
            assert one.repair.endswith(".")
            assert as_fault(one, "a.yaml").file == "a.yaml"


def test_it_runs_over_the_whole_register() -> None:
    entries, faults = read_entries(REGISTRY)
    assert faults == []
    named = {one.check for entry in entries for one in lint(entry, TODAY)}
    # What is known of the ten: some of their laws are linked without a date, or no assessment is known.
    assert named
    for entry in entries:
        assert lint_draft(entry.model_dump(mode="json"), TODAY) == lint(entry, TODAY)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"id": 7, "lifecycle": {"stages": []}, "functions": "anpr", "withheld": [None]},
        {"personal_data_level": "none", "functions": ["rbi_post"]},
        {"summary": "x" * 500, "outputs": [{"form": "A list"}], "functions": ["rbi_post"]},
        dict.fromkeys(Entry.model_fields),
        {name: [[]] for name in Entry.model_fields},
    ],
)
def test_a_draft_in_any_state_can_be_read(document: dict[str, Any]) -> None:
    lint_draft(document, TODAY)
    said = completeness(unfinished(document))
    assert said.needed > 20
    assert said.share is not None
    assert said.share < 0.2


def test_a_contradiction_shows_while_the_draft_is_unfinished() -> None:
    found = lint_draft({"personal_data_level": "none", "functions": ["rbi_post"]}, TODAY)
    assert [one.check for one in found] == ["no_personal_data"]
