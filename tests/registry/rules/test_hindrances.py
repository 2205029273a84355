"""What stands against publishing a body's own entry, and that no way in passes it by."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from hearing_app.errors import Fault, Invalid
from hearing_app.people.permissions import OPERATOR
from hearing_app.registry.check import check_entries
from hearing_app.registry.published import entry_of, publish_entry, publish_signed_entry
from hearing_app.registry.rules.hindrances import IN_USE, NO_USE, hindrances
from hearing_app.registry.rules.reading import shipped_rules
from hearing_app.registry.vocabulary import LifecycleStage
from hearing_app.store.engine import writing
from hearing_app.store.tables import document_version
from tests.registry.conftest import Put
from tests.signers import Agency, bind, own_entry

from .cases import CASES, RACE, Changes, serving
from .entries import LATE, RULES, entry_in, merged

ALL = shipped_rules()
BY_RACE = serving("place_forecasting") | RACE | {"proxy_review": {"done": True}}


def fields(place: str = "", **changes: Any) -> list[str]:
    return [fault.field for fault in hindrances(entry_in(place, **changes), ALL, on=LATE)]


def test_every_stage_is_either_a_use_a_trial_without_effect_or_none() -> None:
    assert set(LifecycleStage) == NO_USE | IN_USE | {LifecycleStage.PILOT_SHADOW}


@pytest.mark.parametrize("stage", sorted(LifecycleStage))
def test_what_is_ruled_out_can_be_published_only_where_it_is_not_used(stage: LifecycleStage) -> None:
    for said in (BY_RACE, serving("place_forecasting") | {"proxy_review": {"done": True}}):
        found = hindrances(entry_in("", stage=str(stage), **said), ALL)
        assert ([fault.field for fault in found] == ["protected_attributes"]) == (stage not in NO_USE)
        assert (found == []) == (stage in NO_USE)


@pytest.mark.parametrize("stage", sorted(LifecycleStage))
def test_without_evidence_a_system_is_not_in_use(stage: LifecycleStage) -> None:
    found = hindrances(entry_in("", stage=str(stage), functions=["rbi_post"]), [RULES["R-23"]])
    assert ([fault.field for fault in found] == ["subgroup_claims"]) == (stage in IN_USE)
    # Where a missing condition rules the use out, a trial without effect is refused, too.
    live = entry_in("eu", stage=str(stage), **merged(CASES["R-08", 0].touched))
    assert bool(hindrances(live, [RULES["R-08"]], on=LATE)) == (stage not in NO_USE)


def test_a_stage_can_be_asked_before_it_comes() -> None:
    planned = entry_in("", stage="proposed", **BY_RACE)
    assert hindrances(planned, ALL) == []
    assert hindrances(planned, ALL, stage=LifecycleStage.OPERATIONAL)


def test_what_others_compiled_is_never_refused() -> None:
    assert hindrances(entry_in("eu", by="independent_compilation", **BY_RACE), ALL) == []


def test_every_fault_comes_at_once_each_with_its_place_and_repair() -> None:
    found = hindrances(entry_in("", functions=["case_solvability", "rbi_post"]), ALL, on=LATE)
    assert {fault.field for fault in found} == {
        "protected_attributes",
        "proxy_review.done",
        "subgroup_claims",
    }
    assert all(fault.problem and fault.repair and not fault.file for fault in found)
    (fault,) = hindrances(entry_in("", **BY_RACE), ALL, file="systems/a/b.yaml")
    assert (fault.file, fault.field) == ("systems/a/b.yaml", "protected_attributes")
    assert "R-20" in fault.problem
    assert "Race: It goes into the result" in fault.problem
    assert "proposed" in fault.repair


def test_a_question_that_several_rules_leave_open_is_one_fault() -> None:
    found = hindrances(entry_in("eu", functions=["rbi_post"]), ALL, on=LATE)
    asked = [(fault.field, fault.problem) for fault in found]
    assert len(asked) == len(set(asked))
    (harm,) = [fault for fault in found if fault.field == "screening.causes_significant_harm"]
    assert "rules R-01 and R-02" in harm.problem


def test_a_gate_of_which_one_cannot_tell_asks_the_question_and_not_yet_for_the_evidence() -> None:
    live = entry_in("eu", functions=["rbi_realtime"])
    (fault,) = hindrances(live, [RULES["R-08"]], on=LATE)
    assert fault.field == "screening.public_space"
    assert "or show what the rule asks for" in fault.repair
    shown = entry_in("eu", functions=["rbi_realtime"], **CASES["R-08", 0].shown)
    assert hindrances(shown, [RULES["R-08"]], on=LATE) == []


def test_a_body_in_the_union_that_answers_everything_can_publish() -> None:
    said = {
        "automation_level": "informs",
        "output_use": {"consequences": ["none_on_people"], "sole_basis": False},
        "method_family": ["rules"],
        "screening": {
            "manipulates_behaviour": False,
            "exploits_vulnerability": False,
            "profiles_people": False,
            "special_categories": False,
            "uses_protected_traits": False,
        },
    }
    assert fields("eu", functions=["scheduling"], **said) == []
    for name in ("automation_level", "output_use", "method_family", "screening"):
        less = {other: value for other, value in said.items() if other != name}
        # That nothing follows for people, or that a person decides: either answers R-17.
        needed = name in {"screening", "method_family"}
        assert bool(fields("eu", functions=["scheduling"], **less)) == needed


def test_a_body_without_a_city_does_not_escape_the_rules_of_cities() -> None:
    nowhere = entry_in("us", functions=["anpr"], deployer={"places": []})
    (fault,) = hindrances(nowhere, [RULES["R-24"], RULES["R-25"]])
    assert fault.field == "deployer.places"
    assert "Oakland" in fault.problem
    assert "Santa Cruz" in fault.problem
    assert hindrances(entry_in("us-ca-fresno", functions=["anpr"]), [RULES["R-24"], RULES["R-25"]]) == []
    assert hindrances(entry_in("cn", functions=["anpr"]), [RULES["R-24"], RULES["R-25"]]) == []


def test_a_country_by_a_name_that_nobody_knows_is_asked_for_its_code() -> None:
    entry = entry_in("eu", functions=["scheduling"], deployer={"country": "Ruotsi"})
    (fault,) = hindrances(entry, [RULES["R-01"], RULES["R-23"]])
    assert (fault.field, "Ruotsi" in fault.problem) == ("deployer.places", True)
    told = entry_in("eu", functions=["scheduling"], deployer={"country": "Ruotsi", "places": ["se"]})
    assert "screening.manipulates_behaviour" in {fault.field for fault in hindrances(told, [RULES["R-01"]])}
    # Where every rule holds everywhere, the place does not matter.
    assert hindrances(entry, [RULES["R-23"]]) == []


@pytest.mark.parametrize("country", ["germany", "GERMANY", "G\u0435rmany", "Deutschland", "The Netherlands"])
def test_a_country_by_another_spelling_escapes_no_law(country: str) -> None:
    entry = entry_in("eu", functions=["scheduling"], deployer={"country": country, "places": ["zz"]})
    assert "screening.manipulates_behaviour" in {fault.field for fault in hindrances(entry, [RULES["R-01"]])}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("functions", serving("scheduling") | RACE),
        (
            "protected_attributes",
            serving("place_forecasting") | {"screening": {"uses_protected_traits": False}},
        ),
        (
            "protected_attributes",
            serving("place_forecasting")
            | {
                "protected_attributes": [
                    {"attribute": "age", "use": "input_feature", "why": "Stated.", "sources": ["report"]}
                ]
            },
        ),
    ],
)
def test_what_is_withheld_in_part_silences_no_rule(field: str, said: Changes) -> None:
    withheld = {
        "field": field,
        "ground": "security",
        "explanation": "It is not for the public.",
        "review_date": "2027-06-01",
        "approver_role": "Chief of Police",
        "full_copy_with": "The city auditor",
    }
    assert hindrances(entry_in("", **said), [RULES["R-20"]], on=LATE) == []
    (fault,) = hindrances(entry_in("", **said, withheld=[withheld]), [RULES["R-20"]], on=LATE)
    assert (fault.field, "cannot be told" in fault.problem) == (field, True)


def besides_the_day(found: list[Fault]) -> list[str]:
    """The fields at fault; that the entry is dated ahead is a fault of its own."""
    return [fault.field for fault in found if fault.field != "compiled.as_of"]


def test_a_body_does_not_speak_on_a_day_that_is_still_to_come() -> None:
    """Whatever the stage: each way in asks this, the desk, a signed entry and a file."""
    for stage in ("operational", "retired", "proposed"):
        entry = entry_in("", stage=stage)
        [fault] = hindrances(entry, [], on=date(2026, 10, 31), file="a.yaml")
        assert (fault.file, fault.field) == ("a.yaml", "compiled.as_of")
        assert fault.problem == "1 November 2026 is still to come."
        assert hindrances(entry, [], on=date(2026, 11, 1)) == []
    # What others compiled is never refused; advice on it says so.
    assert hindrances(entry_in("", by="independent_compilation"), [], on=date(2026, 10, 31)) == []


def test_an_end_that_is_only_announced_hides_no_use() -> None:
    stages = [
        {"stage": "operational", "since": "2026-06-01", "until": "2027-03-01", "sources": ["report"]},
        {"stage": "retired", "since": "2027-03-01", "sources": ["report"]},
    ]
    compiled = {"by": "deployer", "as_of": "2027-04-01", "statement": "Dated ahead."}
    entry = entry_in("", **BY_RACE, compiled=compiled, lifecycle={"stages": stages})
    assert besides_the_day(hindrances(entry, ALL, on=date(2027, 2, 28))) == ["protected_attributes"]
    assert besides_the_day(hindrances(entry, ALL, on=date(2027, 3, 1))) == []


@pytest.mark.parametrize("before", ["suspended", "proposed", "development"])
def test_a_start_that_is_only_announced_is_asked_about_now(before: str) -> None:
    """Nobody looks at the entry on that day: what is published as a pause would go on by the calendar."""
    stages = [
        {"stage": before, "since": "2026-06-01", "until": "2027-03-01", "sources": ["report"]},
        {"stage": "operational", "since": "2027-03-01", "sources": ["report"]},
    ]
    compiled = {"by": "deployer", "as_of": "2027-10-01", "statement": "Dated ahead."}
    entry = entry_in("", **BY_RACE, compiled=compiled, lifecycle={"stages": stages})
    for day in (date(2027, 2, 28), date(2027, 3, 1)):
        assert besides_the_day(hindrances(entry, ALL, on=day)) == ["protected_attributes"]
    both = [*stages, {"stage": "retired", "since": "2027-09-01", "sources": ["report"]}]
    both[1] = {**stages[1], "until": "2027-09-01"}
    entry = entry_in("", **BY_RACE, compiled=compiled, lifecycle={"stages": both})
    assert besides_the_day(hindrances(entry, ALL, on=date(2027, 2, 28)))
    assert besides_the_day(hindrances(entry, ALL, on=date(2027, 9, 1))) == []


@pytest.mark.parametrize(
    ("day", "shown"), [("9999-12-31", False), ("9999", False), ("0001", True), ("2026-03-03", True)]
)
def test_a_date_at_the_ends_of_the_calendar_is_compared_as_any_other(day: str, shown: bool) -> None:
    compiled = {"by": "deployer", "as_of": "9999-12-31", "statement": "Dated ahead."}
    said = {"one_technology": True, "policy_published_on": day}
    entry = entry_in("us-ny-nyc", functions=["anpr"], compiled=compiled, screening=said)
    found = besides_the_day(hindrances(entry, [RULES["R-27"]]))
    assert found == ([] if shown else ["screening.policy_published_on"])


def test_a_reply_is_kept_and_lifts_nothing() -> None:
    reply: Changes = {"rule_replies": [{"rule": "R-20", "argument": "We hold that it is fair."}]}
    assert hindrances(entry_in("", **BY_RACE, **reply), ALL)


def test_publishing_refuses_with_every_fault_and_writes_nothing(engine: Engine) -> None:
    bind(engine)
    entry = entry_in("", **BY_RACE)
    with writing(engine) as db, pytest.raises(Invalid) as refused:
        publish_entry(db, OPERATOR, entry)
    assert [fault.field for fault in refused.value.faults] == ["protected_attributes"]
    with writing(engine) as db:
        assert db.execute(select(document_version)).all() == []
        # The same as a plan, and without the register's own rules in force.
        publish_entry(db, OPERATOR, entry_in("", stage="proposed", **BY_RACE))
        publish_entry(db, OPERATOR, entry, rules=())
        assert entry_of(db, "case").version.version == 2
        # What stands there already is not refused when it is sent once more.
        assert publish_entry(db, OPERATOR, entry).version == 2


def test_a_signature_opens_no_other_door(engine: Engine) -> None:
    bind(engine)
    force = Agency()
    document = own_entry(functions=["place_forecasting"], **RACE)
    with writing(engine) as db:
        force.register(db)
        with pytest.raises(Invalid) as refused:
            publish_signed_entry(db, document, force.sign(db, document), dataset_ids=())
        assert {fault.field for fault in refused.value.faults} == {
            "protected_attributes",
            "proxy_review.done",
        }
        publish_signed_entry(db, own_entry(), force.sign(db, own_entry()), dataset_ids=())


def test_the_files_are_checked_and_the_register_may_have_rules_of_its_own(
    data: dict[str, Any], put: Put, tmp_path: Any
) -> None:
    data["compiled"]["by"] = "deployer"
    data["deployer"]["places"] = ["zz"]
    path = put(data)
    (fault,) = check_entries(tmp_path, [])
    assert (fault.file, fault.field) == (path.relative_to(tmp_path).as_posix(), "subgroup_claims")
    own = tmp_path / "rules"
    own.mkdir()
    (fault,) = check_entries(tmp_path, [])
    assert (fault.file, fault.problem) == ("rules", "There is no rule here.")
    (own / "R-99.yaml").write_text("id: R-99\nwhen: {fact: colour, present: true}\n")
    found = check_entries(tmp_path, [])
    assert {"when", "title", "layer", "plain_message"} <= {fault.field for fault in found}
    assert {fault.file for fault in found} == {"rules/R-99.yaml"}
