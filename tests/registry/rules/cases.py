"""For every part of every rule: entries that it touches, does not touch, and cannot judge.

``flip`` is laid over the entry that is touched and changes the one fact that decides. ``shown`` holds all the
evidence that a gate asks for, ``excepted`` what makes an exception hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hearing_app.registry.impact.instrument import Phase, by_id
from hearing_app.registry.impact.scoring import is_shown
from tests.registry.impact.answering import answered

Changes = dict[str, Any]


@dataclass(frozen=True)
class Case:
    place: str
    touched: Changes
    not_touched: Changes
    unknown: Changes
    flip: Changes
    shown: Changes = field(default_factory=dict)
    excepted: Changes = field(default_factory=dict)


def asked(**answers: Any) -> Changes:
    return {"screening": answers}


def serving(*functions: str, **answers: Any) -> Changes:
    return {"functions": list(functions), **({"screening": answers} if answers else {})}


HARM: Changes = {"output_use": {"consequences": ["arrest"]}}
ALONE: Changes = {"output_use": {"consequences": ["arrest"], "sole_basis": True}}
NOT_ALONE: Changes = {"output_use": {"consequences": ["arrest"], "sole_basis": False}}
RACE: Changes = {"protected_attributes": [{"attribute": "race", "use": "input_feature"}]}
AUDIT: Changes = {"protected_attributes": [{"attribute": "race", "use": "audit_only"}]}
PARTS = ["process", "period", "groups", "harms", "oversight", "measures"]
PIPIA: Changes = {"assessments": [{"type": "pipia", "title": "Assessment", "status": "done"}]}
LEAST = answered(Phase.DESIGN, most=False)
# Every question answered with what gives the fewest points, and nothing that sets a least level.
LEVEL_1: Changes = serving("scheduling") | {
    "impact": {
        "instrument_version": "1.0.1",
        "phase": "design",
        "answered_by": "Riverton Police",
        "answers": {
            id: chosen
            for id, chosen in LEAST.items()
            if is_shown(by_id(Phase.DESIGN)[id], LEAST, Phase.DESIGN)
        },
    },
    "people_affected": [{"group": "Officers", "how": "Their shifts are planned.", "minors": False}],
    "output_use": {"consequences": ["none_on_people"]},
}

CASES: dict[tuple[str, int], Case] = {
    ("R-01", 0): Case(
        "eu",
        asked(manipulates_behaviour=True, causes_significant_harm=True),
        asked(manipulates_behaviour=False),
        asked(manipulates_behaviour=True),
        asked(causes_significant_harm=False),
    ),
    ("R-02", 0): Case(
        "eu",
        asked(exploits_vulnerability=True, causes_significant_harm=True),
        asked(exploits_vulnerability=False, causes_significant_harm=True),
        asked(causes_significant_harm=True),
        asked(causes_significant_harm=False),
    ),
    ("R-02b", 0): Case(
        "eu",
        {"method_family": ["generative"], **asked(makes_intimate_images=True)},
        {"method_family": ["rules"]},
        {"method_family": ["generative"]},
        asked(makes_intimate_images=False),
    ),
    ("R-03", 0): Case(
        "eu",
        serving("person_victim_risk", scores_social_behaviour=True, treats_out_of_context=True),
        serving("person_victim_risk", scores_social_behaviour=False),
        serving("person_victim_risk", scores_social_behaviour=True, treats_out_of_context=False),
        asked(treats_out_of_context=False, treats_disproportionately=False),
    ),
    ("R-04", 0): Case(
        "eu",
        serving("person_offending_risk", only_profiling=True, supports_verified_facts=False),
        serving("person_offending_risk", only_profiling=False),
        serving("person_offending_risk", only_profiling=True),
        asked(only_profiling=False),
        excepted=asked(supports_verified_facts=True),
    ),
    ("R-04", 1): Case(
        "eu",
        serving("person_offending_risk", only_profiling=False),
        serving("person_victim_risk", only_profiling=False),
        serving("person_offending_risk"),
        asked(only_profiling=True, supports_verified_facts=False),
    ),
    ("R-04", 2): Case(
        "eu",
        serving("place_forecasting"),
        serving("person_victim_risk"),
        serving("other"),
        serving("scheduling"),
    ),
    ("R-05", 0): Case(
        "eu",
        serving("rbi_post", scraped_faces=True),
        serving("scheduling"),
        serving("rbi_post"),
        asked(scraped_faces=False),
    ),
    ("R-06", 0): Case(
        "eu",
        serving("staff_integrity", emotion_at_work=True, emotion_for_safety=False),
        serving("scheduling"),
        serving("emotion_inference", emotion_at_work=True),
        asked(emotion_at_work=False),
        excepted=asked(emotion_for_safety=True),
    ),
    ("R-06", 1): Case(
        "eu",
        serving("emotion_inference", emotion_at_work=False),
        serving("staff_integrity", emotion_at_work=False),
        serving("emotion_inference"),
        asked(emotion_at_work=True, emotion_for_safety=False),
    ),
    ("R-07", 0): Case(
        "eu",
        serving("biometric_categorisation", infers_sensitive_traits=True, labels_lawful_sets=False),
        serving("anpr"),
        serving("biometric_categorisation", infers_sensitive_traits=True),
        asked(infers_sensitive_traits=False),
        excepted=asked(labels_lawful_sets=True),
    ),
    ("R-07", 1): Case(
        "eu",
        serving("biometric_categorisation", infers_sensitive_traits=True, labels_lawful_sets=True),
        serving("anpr", infers_sensitive_traits=True, labels_lawful_sets=True),
        serving("biometric_categorisation", infers_sensitive_traits=True),
        asked(labels_lawful_sets=False),
    ),
    ("R-08", 0): Case(
        "eu",
        serving("rbi_realtime", public_space=True),
        serving("rbi_realtime", public_space=False),
        serving("rbi_realtime"),
        asked(public_space=False),
        shown={
            "assessments": [{"type": "fria", "title": "Rights", "status": "done"}],
            **asked(
                live_objective="victim_or_missing",
                eu_database=True,
                authorised_each_use=True,
                authorities_notified=True,
                limited_in_time_and_place=True,
                confirms_named_person=True,
            ),
        },
    ),
    ("R-09", 0): Case(
        "eu",
        serving("rbi_realtime") | ALONE,
        serving("rbi_realtime") | NOT_ALONE,
        serving("rbi_realtime") | HARM,
        NOT_ALONE,
    ),
    ("R-09", 1): Case(
        "eu",
        serving("rbi_post") | ALONE,
        serving("rbi_realtime") | ALONE,
        serving("rbi_post") | HARM,
        NOT_ALONE,
    ),
    ("R-10", 0): Case(
        "eu",
        serving("rbi_post", linked_to_offence=False),
        serving("rbi_realtime", linked_to_offence=False),
        serving("rbi_post"),
        asked(linked_to_offence=True),
    ),
    ("R-11", 0): Case(
        "eu",
        serving("rbi_post", targets_suspect=True),
        serving("rbi_post", targets_suspect=False),
        serving("rbi_post"),
        asked(targets_suspect=False),
        shown=asked(authorised_within_48_hours=True, each_use_on_file=True, yearly_report=True),
    ),
    ("R-12", 0): Case(
        "eu",
        serving("rbi_post"),
        serving("anpr"),
        serving("other"),
        serving("scheduling"),
        shown={"human_review": {"second_person": True}, **asked(uses_logged=True)},
    ),
    ("R-13", 0): Case(
        "eu",
        serving("rbi_post") | {"ai_act": {"exemption_claimed": True, "profiling": True}},
        serving("anpr"),
        serving("rbi_post") | {"ai_act": {"exemption_claimed": True}},
        {"ai_act": {"exemption_claimed": False, "profiling": True}},
    ),
    ("R-13", 1): Case(
        "eu",
        serving("rbi_post", profiles_people=True),
        serving("rbi_post", profiles_people=False),
        serving("rbi_post"),
        asked(profiles_people=False),
    ),
    ("R-14", 0): Case(
        "eu",
        serving("person_victim_risk"),
        serving("anpr"),
        serving("other"),
        {"deployer": {"kind": "private_operator"}},
        shown=asked(eu_database=True),
    ),
    ("R-15", 0): Case(
        "eu",
        serving("emergency_call_triage"),
        serving("public_chatbot"),
        serving("rbi_post") | {"ai_act": {"exemption_claimed": True}},
        {"deployer": {"kind": "private_operator"}},
        shown=asked(fria_parts=PARTS),
    ),
    ("R-16", 0): Case(
        "eu",
        serving("rbi_post") | HARM,
        serving("rbi_post") | {"output_use": {"consequences": ["none_on_people"]}},
        serving("rbi_post"),
        {"output_use": {"consequences": ["service_only"]}},
        shown={"explanation_route": {"what_is_given": "The match and who checked it."}},
        excepted={
            "withheld": [
                {
                    "field": "explanation_route",
                    "ground": "ongoing_investigation",
                    "explanation": "A case is open.",
                    "approver_role": "Chief Constable",
                    "review_date": "2027-01-01",
                    "full_copy_with": "Police Complaints Authority",
                }
            ]
        },
    ),
    ("R-17", 0): Case(
        "eu",
        {"automation_level": "fully_automated"} | HARM | asked(authorised_by_law=False),
        {"automation_level": "recommends"} | HARM,
        HARM,
        {"automation_level": "informs"},
        excepted={"human_review": {"can_override": True}} | asked(authorised_by_law=True),
    ),
    ("R-18", 0): Case(
        "eu",
        serving("person_victim_risk", profiles_people=True, discrimination_found=True),
        serving("redaction"),
        serving("person_victim_risk", profiles_people=True),
        asked(discrimination_found=False),
    ),
    ("R-19", 0): Case(
        "eu",
        RACE | asked(special_categories=False),
        {"protected_attributes": [{"attribute": "age", "use": "input_feature"}]}
        | asked(special_categories=False),
        asked(special_categories=False),
        {"protected_attributes": [{"attribute": "age", "use": "input_feature"}]},
        shown=asked(strictly_necessary=True),
    ),
    ("R-20", 0): Case(
        "",
        serving("place_forecasting") | RACE,
        serving("anpr") | RACE,
        serving("place_forecasting"),
        AUDIT,
    ),
    ("R-21", 0): Case(
        "",
        serving("case_solvability"),
        serving("anpr"),
        serving("other"),
        serving("scheduling"),
        shown={"proxy_review": {"done": True}},
    ),
    ("R-22", 0): Case(
        "ca",
        serving("person_offending_risk"),
        LEVEL_1,
        serving("scheduling"),
        LEVEL_1,
        shown={
            "automation_level": "recommends",
            "notice": {"told": True},
            "explanation_route": {"what_is_given": "The score, and what moved it."},
            "operator_training": "Each year, half a day.",
            **asked(peer_review_published=True, experts_in_review=2, approved_above=True),
        },
    ),
    ("R-23", 0): Case(
        "",
        serving("rbi_post"),
        serving("scheduling"),
        serving("other"),
        serving("scheduling"),
        shown={
            "subgroup_claims": [
                {
                    "attribute": "Sex",
                    "group": "Women",
                    "metric": "false_positive_rate",
                    "value": 0.1,
                    "by": "Riverton University",
                    "origin": "independent",
                    "sources": ["report"],
                }
            ]
        },
    ),
    ("R-24", 0): Case(
        "us-ca-santa-cruz",
        serving("place_forecasting", science_validated=False),
        serving("anpr"),
        serving("place_forecasting"),
        serving("redaction"),
        excepted={
            "authorisations": [{"type": "council_vote", "body": "City Council"}],
            **asked(science_validated=True),
        },
    ),
    ("R-25", 0): Case(
        "us-ca-oakland",
        serving("rbi_post"),
        serving("anpr"),
        serving("other"),
        serving("anpr"),
    ),
    ("R-25", 1): Case(
        "us-ca-oakland",
        serving("anpr"),
        serving("public_chatbot"),
        serving("other"),
        serving("redaction"),
        shown=asked(yearly_report=True),
    ),
    ("R-26", 0): Case(
        "us-ccops",
        serving("anpr"),
        serving("public_chatbot"),
        serving("other"),
        serving("redaction"),
        shown={
            "assessments": [{"type": "surveillance_ir", "title": "Report", "status": "done"}],
            "authorisations": [{"type": "council_vote", "body": "City Council"}],
            **asked(public_hearing_held=True, use_policy=True),
        },
    ),
    ("R-27", 0): Case(
        "us-ny-nyc",
        serving("anpr"),
        serving("public_chatbot"),
        serving("other"),
        serving("redaction"),
        shown=asked(policy_published_on="2026-03-03", one_technology=True),
    ),
    ("R-28", 0): Case(
        "cn",
        serving("anpr", public_space=True),
        serving("anpr", public_space=False),
        serving("anpr"),
        asked(public_space=False),
        shown=PIPIA | asked(signs_in_place=True, purpose_locked=True),
    ),
    ("R-28", 1): Case(
        "cn",
        asked(special_categories=True),
        asked(special_categories=False),
        {},
        asked(special_categories=False),
        shown=PIPIA | asked(strictly_necessary=True),
    ),
    ("R-28", 2): Case(
        "cn",
        serving("anpr") | {"automation_level": "fully_automated"},
        serving("anpr") | {"automation_level": "informs"},
        serving("anpr"),
        {"automation_level": "informs"},
        shown=asked(explained_and_refusable=True),
    ),
    ("R-28", 3): Case(
        "cn",
        {"personal_data_level": "anonymised"},
        {"personal_data_level": "identified"},
        {},
        {"personal_data_level": "identified"},
        shown=asked(not_reidentifiable=True),
    ),
}
