"""The United Kingdom's Algorithmic Transparency Recording Standard, as a sheet of numbered fields.

Numbers and names are those of the field table of version 3.0 (March 2024), the newest that was published as a
table; the phase is in the words of the form of version 4. Rows are read by their name, and by their number
where no name is given: between versions numbers moved and names mostly stayed.
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
    Columns,
    Home,
    Line,
    column,
    held,
    places,
    read_lines,
    write_lines,
)
from hearing_app.registry.exchange.terms import ATRS_PHASE, ATRS_PHASE_READ
from hearing_app.registry.exchange.trip import Standard, get, present_stage, put

VERSION = "3.0"
# The number of each field and its name there.
NAMES = {
    **{"0.1": "id", "0.2": "standard_version", "0.3": "organisation_type", "0.4": "function"},
    **{"0.5": "capability", "0.6": "task", "0.7": "tags", "0.8": "date_of_completion"},
    **{"0.9": "date_updated", "0.10": "date_archived", "0.11": "title", "0.12": "organisation_name"},
    **{"0.13": "phase", "0.14": "region", "0.15": "one_sentence_description", "1.1": "name"},
    **{"1.2": "description", "1.3": "website_url", "1.4": "contact_email"},
    **{"2.1.1": "organisation_or_department", "2.1.2": "team", "2.1.3": "senior_responsible_owner"},
    **{"2.1.4": "external_supplier_involvement", "2.1.4.1": "external_supplier"},
    **{"2.1.4.2": "companies_house_number", "2.1.4.3": "external_supplier_role"},
    **{"2.1.4.4": "procurement_procedure_type", "2.1.4.5": "data_access_terms"},
    **{"2.2.1": "detailed_description", "2.2.2": "scope", "2.2.3": "benefit", "2.2.4": "previous_process"},
    **{"2.2.5": "alternatives_considered", "2.3.1": "process_integration"},
    **{"2.3.2": "provided_information", "2.3.3": "frequency_and_scale_of_usage"},
    **{"2.3.4": "human_decisions_and_review", "2.3.5": "required_training", "2.3.6": "appeals_and_review"},
    **{"2.4.1.1": "system_architecture", "2.4.1.2": "phase", "2.4.1.3": "maintenance", "2.4.1.4": "models"},
    **{"2.4.2.1": "model_name", "2.4.2.2": "model_version", "2.4.2.3": "model_task"},
    **{"2.4.2.4": "model_input", "2.4.2.5": "model_output", "2.4.2.6": "model_architecture"},
    **{"2.4.2.7": "model_performance", "2.4.2.8": "datasets", "2.4.2.9": "dataset_purposes"},
    **{"2.4.3.1": "source_data_name", "2.4.3.2": "data_modality", "2.4.3.3": "data_description"},
    **{"2.4.3.4": "data_quantities", "2.4.3.5": "sensitive_attributes"},
    **{"2.4.3.6": "data_completeness_and_representativeness", "2.4.3.7": "source_data_url"},
    **{"2.4.3.8": "data_collection", "2.4.3.9": "data_cleaning", "2.4.3.10": "data_sharing_agreements"},
    **{"2.4.3.11": "data_access_and_storage", "2.5.1": "impact_assessment", "2.5.2": "risks_and_mitigations"},
}
_OPTIONAL = frozenset(
    {"2.1.4.1", "2.1.4.2", "2.1.4.3", "2.1.4.4", "2.1.4.5", "2.2.1", "2.2.4", "2.2.5", "2.3.6", "2.4.3.9"}
)
# What the publishing platform gives, or what is made from another place.
_NOT_ASKED = frozenset({"0.8", "0.9", "0.10", "2.4.2.1", "2.4.2.8"})

PHASE = Choice("0.13", "lifecycle.stages", ATRS_PHASE, ATRS_PHASE_READ)
TABLE: tuple[Line, ...] = (
    Box("0.1", ("id",)),
    Box("0.3", ("deployer.kind",)),
    Box("0.4", ("functions",)),
    Box("0.7", ("aliases",)),
    Box("0.9", ("compiled.as_of",)),
    Box("0.11", ("name",)),
    Box("0.12", ("deployer.name",)),
    Box("0.14", ("geography",), Home("geography")),
    Box("0.15", ("summary",)),
    Box("1.3", ("contact.address",)),
    Box("1.4", ("contact.email",)),
    Box("2.1.2", ("unit",)),
    Box("2.1.3", ("accountable_role",)),
    Columns(
        "suppliers",
        (
            column("2.1.4.1", "suppliers", "name"),
            column("2.1.4.2", "suppliers", "company_number"),
            column("2.1.4.3", "suppliers", "role", "note"),
            column("2.1.4.5", "suppliers", "data_access"),
        ),
    ),
    Box("2.1.4.4", ("procurement", "supplier_disclosure"), Home("procurement", "note")),
    Box("2.2.2", ("purpose", "not_for"), Home("purpose")),
    Box("2.2.3", ("success_test", "justification"), Home("justification", "necessity")),
    Box("2.2.4", ("previous_process",)),
    Box("2.2.5", ("alternatives_considered",), Home("alternatives_considered")),
    Box("2.3.1", ("decision_supported", "automation_level"), Home("decision_supported")),
    Box("2.3.2", ("output_use", "people_affected"), Home("output_use", "note")),
    Box("2.3.3", ("scale", "users"), Home("scale", "note")),
    Box("2.3.4", ("human_review",), Home("human_review", "note")),
    Box("2.3.5", ("operator_training",)),
    Box("2.3.6", ("challenge_route", "notice", "explanation_route"), Home("challenge_route", "note")),
    Box("2.4.1.1", ("tech_docs",), Home("tech_docs", "architecture")),
    Box("2.4.1.3", ("learning", "next_review"), Home("learning", "note")),
    Box("2.4.2.2", ("system_versions",), Home("system_versions", "name")),
    Box("2.4.2.4", ("inputs",), Home("inputs", "note")),
    Box("2.4.2.5", ("outputs",), Home("outputs", "note")),
    Box("2.4.2.6", ("method_family", "workings"), Home("workings")),
    Box("2.4.2.7", ("measurements", "subgroup_claims", "metric_runs", "gaps"), Home("measurements", "text")),
    Columns(
        "data_used",
        (
            column("2.4.3.1", "data_used", "name"),
            column("2.4.2.9", "data_used", "role"),
            column("2.4.3.2", "data_used", "modality"),
            column("2.4.3.3", "data_used", "note"),
            column("2.4.3.4", "data_used", "records"),
            column("2.4.3.7", "data_used", "address"),
            column("2.4.3.8", "data_used", "source", "collector", "period", "licence", "card"),
        ),
    ),
    Box(
        "2.4.3.5",
        ("personal_data_level", "protected_attributes", "proxy_review"),
        Home("protected_attributes", "why"),
    ),
    Box("2.4.3.10", ("sharing",), Home("sharing", "note")),
    Box("2.4.3.11", ("retention",), Home("retention", "rule")),
    Box("2.5.1", ("assessments", "audits"), Home("assessments", "summary")),
    Box("2.5.2", ("risks", "incidents"), Home("risks", "note")),
)
# Two places for one thing: the second is written like the first, and read where the first says nothing.
_TWINS = (("0.11", "1.1"), ("0.12", "2.1.1"), ("0.15", "1.2"), ("0.13", "2.4.1.2"), ("2.4.3.1", "2.4.2.8"))
_SUPPLIED = "2.1.4"
_OURS = frozenset({"0.2"})
_NOTHING: tuple[object, ...] = (None, "")

WHYS = {
    "lifecycle": "It has the present phase alone, without its dates and without what was before.",
    "withheld": "It asks to say beside a field what is redacted; there is no place for the reasons.",
    "contact": "It has an e-mail address and a web address, nothing else.",
    "deployer": "It has the body's name and kind, and no number for it.",
    "compiled": "It has the date alone.",
    "lifecycle.stages.stage": f"It has the present phase alone. {PHASE.collapse}",
}


def write(data: Draft, about: About) -> dict[str, Any]:
    """Return the sheet: a row for each field that the entry states, in the order of the numbers."""
    given: dict[str, str] = {"0.2": VERSION, **write_lines(TABLE, data)}
    if word := PHASE.written(present_stage(data)):
        given["0.13"] = word
    if get(data, "suppliers"):
        given[_SUPPLIED] = "Yes"
    elif get(data, "procurement.route") == "in_house":
        given[_SUPPLIED] = "No"
    given |= {second: given[first] for first, second in _TWINS if first in given}
    rows = [
        {"reference_number": number, "attribute": name, "value": given[number]}
        for number, name in NAMES.items()
        if number in given
    ]
    return {"standard": "Algorithmic Transparency Recording Standard", "version": VERSION, "fields": rows}


def read(document: Any) -> Import:
    """Return the draft that a sheet describes; rows are {reference_number, attribute, value}."""
    rows = document.get("fields") if isinstance(document, Mapping) else document
    if not isinstance(rows, list):
        return Import({}, (Unplaced("fields", rows, "This is not a list of rows."),))
    given: dict[str, Any] = {}
    unplaced: list[Unplaced] = []
    for place, row in enumerate(rows):
        number = _number(row, given)
        if number is None:
            unplaced.append(Unplaced(f"fields.{place}", row, "The sheet has no such name or number."))
        else:
            given[number] = row.get("value")
    for first, second in _TWINS:
        if second not in given:
            continue
        if given.setdefault(first, given[second]) != given[second]:
            why = f"It says something else than {first}, which was taken."
            unplaced.append(Unplaced(second, given[second], why))
    draft, missed = read_lines(TABLE, given)
    unplaced += missed
    _read_phase(given, draft, unplaced)
    _read_supplied(given, draft, unplaced)
    known = places(TABLE) | {second for _, second in _TWINS} | {"0.13", _SUPPLIED} | _OURS
    unplaced += [
        Unplaced(number, said, NO_FIELD)
        for number, said in given.items()
        if number not in known and said not in _NOTHING
    ]
    return Import(draft, tuple(unplaced))


def needed(document: Any) -> tuple[str, ...]:
    """Return the fields that the standard asks for and the sheet lacks."""
    there = {row["reference_number"] for row in document["fields"]}
    asked = [number for number in NAMES if number not in _OPTIONAL | _NOT_ASKED]
    return tuple(f"{number} {NAMES[number]}" for number in asked if number not in there)


def _number(row: object, taken: Mapping[str, Any]) -> str | None:
    if not isinstance(row, Mapping):
        return None
    number, name = str(row.get("reference_number") or "").strip(), str(row.get("attribute") or "").strip()
    if number in NAMES and name in {"", NAMES[number]}:
        return number if number not in taken else None
    by_name = [one for one, known in NAMES.items() if known == name.lower() and one not in taken]
    return by_name[0] if by_name else None


def _read_phase(given: Mapping[str, Any], draft: Draft, unplaced: list[Unplaced]) -> None:
    if said := given.get("0.13"):
        stage = PHASE.read(said)
        if stage is None:
            unplaced.append(Unplaced("0.13", said, NOT_LISTED))
        else:
            put(draft, PHASE.path, [{"stage": stage}])


def _read_supplied(given: Mapping[str, Any], draft: Draft, unplaced: list[Unplaced]) -> None:
    said = given.get(_SUPPLIED)
    if said in _NOTHING or (said == "Yes" and draft.get("suppliers")):
        return
    if said == "No" and not draft.get("suppliers") and get(draft, "procurement.route") in {None, "in_house"}:
        put(draft, "procurement.route", "in_house")
        return
    unplaced.append(Unplaced(_SUPPLIED, said, "Who supplies it is not said, or does not agree with this."))


STANDARD = Standard(
    "atrs",
    "United Kingdom: Algorithmic Transparency Recording Standard",
    write,
    read,
    frozenset(held(TABLE)),
    WHYS,
    needed,
    (
        "The numbers are those of the table of version 3.0. The form of version 4 asks for the same and "
        "numbers some fields otherwise; go by their names.",
    ),
)
