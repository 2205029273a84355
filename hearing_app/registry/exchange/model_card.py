"""Model cards as the Model Card Toolkit has them: JSON of its schema 0.0.2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hearing_app.registry.exchange import About, Draft, Import, Unplaced
from hearing_app.registry.exchange.boxes import (
    NO_FIELD,
    Box,
    Home,
    Items,
    column,
    held,
    read_lines,
    write_lines,
)
from hearing_app.registry.exchange.figures import FIGURES, read_figures, write_figures
from hearing_app.registry.exchange.trip import Standard, get, put

SCHEMA_VERSION = "0.0.2"
_DETAILS, _PARAMETERS, _CONSIDERED = "model_details", "model_parameters", "considerations"
_METRICS = "quantitative_analysis.performance_metrics"
TABLE = (
    Box(f"{_DETAILS}.name", ("name",)),
    Box(f"{_DETAILS}.overview", ("summary",)),
    Box(
        f"{_DETAILS}.documentation",
        (
            *("decision_supported", "automation_level", "human_review", "output_use", "people_affected"),
            *("not_for", "aliases", "functions", "operator_training", "retention", "personal_data_level"),
            *("notice", "explanation_route", "challenge_route"),
        ),
        Home("decision_supported"),
    ),
    Items(
        f"{_DETAILS}.references",
        "sources",
        (column("reference", "sources", "address"),),
    ),
    Box(f"{_PARAMETERS}.model_architecture", ("workings", "method_family", "learning", "tech_docs")),
    Items(
        f"{_PARAMETERS}.data",
        "data_used",
        (
            column("name", "data_used", "name"),
            column("link", "data_used", "address"),
            column(
                "description",
                "data_used",
                *("note", "role", "source", "collector", "period", "records", "modality", "licence", "card"),
            ),
        ),
    ),
    Box(f"{_PARAMETERS}.input_format", ("inputs",), Home("inputs", "note")),
    Box(f"{_PARAMETERS}.output_format", ("outputs",), Home("outputs", "note")),
    Items(f"{_CONSIDERED}.use_cases", "use", (Box("description", ("purpose",)),)),
    Items(
        f"{_CONSIDERED}.ethical_considerations",
        "risks",
        (
            column("name", "risks", "title"),
            column(
                "mitigation_strategy",
                "risks",
                *("mitigation", "note", "who", "severity", "likelihood", "residual", "owner"),
            ),
        ),
    ),
)
# Lists of {description} for lists of lines.
_LISTED = ((f"{_CONSIDERED}.users", "users"), (f"{_CONSIDERED}.limitations", "gaps"))
_OWNERS, _VERSION = f"{_DETAILS}.owners", f"{_DETAILS}.version"
HELD = frozenset(
    {
        *(path for path in held(TABLE) if not path.startswith("use.")),
        *("purpose", "users", "gaps", "deployer.name", "contact.email", "suppliers.name"),
        *("system_versions.name", "system_versions.since", "system_versions.note", *FIGURES),
    }
)
WHYS = {
    "measurements": "It has a measure's name and number, nothing of who measured it, when or how surely.",
    "subgroup_claims": "It has a measure's name, its number and the group.",
    "deployer": "It has the owners' names alone.",
    "contact": "It has one contact for each owner.",
    "suppliers": "It has the owners' names alone.",
    "system_versions": "It has one version, with a whole date: the last one is given.",
    "sources": "It has the addresses of references alone.",
    "protected_attributes": "It names sensitive data for each dataset; ours are those of the whole system.",
}


def write(data: Draft, about: About) -> dict[str, Any]:
    """Return the card."""
    card: dict[str, Any] = {"schema_version": SCHEMA_VERSION}
    purpose = {"use": [{"purpose": data["purpose"]}]} if "purpose" in data else {}
    given = write_lines(TABLE, {**data, **purpose})
    for place, name in _LISTED:
        if lines := data.get(name):
            given[place] = [{"description": line} for line in lines]
    if owners := list(_owners(data)):
        given[_OWNERS] = owners
    if versions := data.get("system_versions"):
        given[_VERSION] = _version(versions[-1])
    if figures := write_figures(data):
        given[_METRICS] = figures
    for place, value in given.items():
        put(card, place, value)
    return card


def read(document: Any) -> Import:
    """Return the draft that a card describes."""
    given = dict(_places(document))
    draft, unplaced = read_lines(TABLE, given)
    uses = draft.pop("use", [])
    if uses:
        draft["purpose"] = uses[0]["purpose"]
        unplaced += [
            Unplaced(f"{_CONSIDERED}.use_cases", one["purpose"], "An entry has one purpose.")
            for one in uses[1:]
        ]
    for place, name in _LISTED:
        unplaced += _read_listed(place, name, given.get(place), draft)
    unplaced += _read_owners(given.get(_OWNERS), draft)
    unplaced += _read_version(given.get(_VERSION), draft)
    unplaced += read_figures(_METRICS, given.get(_METRICS), draft)
    known = {line.place for line in TABLE} | {place for place, _ in _LISTED}
    known |= {_OWNERS, _VERSION, _METRICS, "schema_version"}
    unplaced += [Unplaced(place, said, NO_FIELD) for place, said in given.items() if place not in known]
    return Import(draft, tuple(unplaced))


def _places(document: object) -> Iterator[tuple[str, Any]]:
    """Give what stands at each place, two names deep, as the schema has it."""
    for name, value in document.items() if isinstance(document, Mapping) else (("", document),):
        if isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", one) for inner, one in value.items())
        else:
            yield str(name), value


def _owners(data: Draft) -> Iterator[dict[str, str]]:
    name, email = get(data, "deployer.name"), get(data, "contact.email")
    if name or email:
        yield {**({"name": name} if name else {}), **({"contact": email} if email else {})}
    yield from ({"name": one["name"]} for one in data.get("suppliers") or () if "name" in one)


def _read_owners(given: object, draft: Draft) -> list[Unplaced]:
    suppliers: list[dict[str, str]] = []
    unplaced = []
    for number, owner in enumerate(given if isinstance(given, list) else []):
        table = (
            (Box("name", ("deployer.name",)), Box("contact", ("contact.email",)))
            if number == 0
            else (column("name", "suppliers", "name"),)
        )
        said = owner if isinstance(owner, Mapping) else {"name": owner}
        found, missed = read_lines(table, said)
        known = {box.place for box in table}
        missed += [Unplaced(str(name), one, NO_FIELD) for name, one in said.items() if name not in known]
        unplaced += [Unplaced(f"{_OWNERS}.{number}.{one.place}", one.said, one.why) for one in missed]
        if number == 0:
            draft |= found
        elif found:
            suppliers.append(found)
    if suppliers:
        draft["suppliers"] = suppliers
    return unplaced if isinstance(given, list | None) else [Unplaced(_OWNERS, given, "This is not a list.")]


def _version(one: Mapping[str, Any]) -> dict[str, str]:
    made = {"name": one["name"]} if "name" in one else {}
    # The schema asks for a whole date.
    if len(one.get("since", "")) == 10:
        made["date"] = one["since"]
    return made | ({"diff": one["note"]} if "note" in one else {})


def _read_version(given: object, draft: Draft) -> list[Unplaced]:
    if given is None:
        return []
    path = "system_versions"
    table = (column("name", path, "name"), column("date", path, "since"), column("diff", path, "note"))
    said = given if isinstance(given, Mapping) else {"name": given}
    found, missed = read_lines(table, said)
    if found:
        draft[path] = [found]
    return [Unplaced(f"{_VERSION}.{one.place}", one.said, one.why) for one in missed]


def _read_listed(place: str, name: str, given: object, draft: Draft) -> list[Unplaced]:
    lines: list[str] = []
    unplaced = []
    for number, one in enumerate(given if isinstance(given, list) else []):
        found, missed = read_lines(
            (Box("description", ("purpose",)),), one if isinstance(one, Mapping) else {}
        )
        lines += [found["purpose"]] if found else []
        if missed or not found:
            why = missed[0].why if missed else "This is not a description."
            unplaced.append(Unplaced(f"{place}.{number}", one, why))
    if lines:
        draft[name] = lines
    return unplaced


STANDARD = Standard("model-card", "Model card (Model Card Toolkit, schema 0.0.2)", write, read, HELD, WHYS)
