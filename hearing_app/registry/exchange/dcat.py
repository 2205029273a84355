"""DCAT-AP as JSON-LD, with the terms of MLDCAT-AP 3.1 for the model, its data, its risks and its figures.

Every id is an absolute address below the service's own, so that a catalogue can be harvested as it is.
``dcat_read`` reads such a node back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hearing_app.registry.exchange import About, Draft
from hearing_app.registry.exchange.boxes import Box, Home, column, held, write_lines
from hearing_app.registry.exchange.terms import LANGUAGES
from hearing_app.registry.exchange.trip import get

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "it6": "http://data.europa.eu/it6/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_LANGUAGE = "http://publications.europa.eu/resource/authority/language/"
_MODEL, _DATASET = "it6:MachineLearningModel", "dcat:Dataset"
# MLDCAT-AP's own context gives some terms other names than the vocabularies do.
NAMED = {"name": "dct:title", "description": "dct:description", "identifier": "dct:identifier"} | {
    name: f"it6:{name}"
    for name in ("intendedUse", "limitations", "modelArchitecture", "hasRisk", "trainedOn", "testedOn")
}
TABLE = (
    Box("dct:title", ("name",)),
    Box("dct:description", ("summary",)),
    Box("dct:identifier", ("id",)),
    Box("it6:intendedUse", ("purpose",)),
    Box("it6:limitations", ("gaps", "not_for"), Home("gaps")),
    Box("it6:modelArchitecture", ("method_family", "workings", "learning", "inputs", "outputs", "tech_docs")),
)
RISK = (
    column("dct:title", "risks", "title"),
    column("dct:description", "risks", "note", "who", "owner", "residual"),
    column("it6:mitigation", "risks", "mitigation"),
    column("it6:severity", "risks", "severity"),
    column("it6:probability", "risks", "likelihood"),
)
DATA = (
    column("dct:title", "data_used", "name"),
    column(
        "dct:description",
        "data_used",
        *("note", "source", "collector", "period", "records", "modality", "licence", "card"),
    ),
)
ROLES = (
    *(("train", "it6:trainedOn"), ("validate", "it6:validatedOn"), ("test", "it6:testedOn")),
    *(("operate", "dct:source"), ("reference_list", "dct:references")),
)
NUMBERS = (("value", "it6:value"), ("low", "it6:intervalStart"), ("high", "it6:intervalEnd"))
_FIGURES = ("measurements", "subgroup_claims")
HELD = frozenset(
    {
        *held(TABLE),
        *(f"risks.{path}" for box in RISK for path in box.fields),
        *(f"data_used.{path}" for box in DATA for path in box.fields),
        *("data_used.address", "data_used.role", "lang", "aliases", "functions", "geography"),
        *("deployer.agency", "deployer.name", "suppliers.name", "compiled.as_of"),
        *("contact.name", "contact.email", "contact.address"),
        *(f"{name}.{part}" for name in _FIGURES for part in ("metric", "value", "low", "high", "n")),
        *("measurements.text", "subgroup_claims.attribute", "subgroup_claims.group"),
    }
)
WHYS = {
    "deployer": "The publisher has a name and an address.",
    "contact": "A contact point has a name, an e-mail address and a page.",
    "compiled": "It has the date alone.",
    "suppliers": "A provider has a name alone.",
    "measurements": "A figure has its measure, number, interval, size and a label.",
    "subgroup_claims": "A figure has its measure, number, interval, size and the group.",
    "data_used": "A dataset has a title, a description and a page.",
}


def write(data: Draft, about: About) -> dict[str, Any]:
    """Return one entry as a document of its own."""
    return {"@context": CONTEXT, **node(data, about)}


def catalogue(
    entries: Iterable[tuple[Draft, About]], *, base: str, title: str, publisher: str
) -> dict[str, Any]:
    """Return the whole register as one catalogue."""
    return {
        "@context": CONTEXT,
        "@id": f"{base}/api/v1/catalogue.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": title,
        "dct:description": title,
        "dct:publisher": {"@id": f"{base}/about", "@type": "foaf:Agent", "foaf:name": publisher},
        "foaf:homepage": {"@id": f"{base}/register"},
        "dcat:dataset": [node(data, about) for data, about in entries],
    }


def node(data: Draft, about: About) -> dict[str, Any]:
    """Return the node of one entry, with everything below it."""
    lang = data.get("lang", "")
    here = about.address or "urn:hearing:system"
    made: dict[str, Any] = {"@id": here, "@type": [_DATASET, _MODEL], **write_lines(TABLE, data)}
    for place in ("dct:title", "dct:description"):
        if place in made and lang:
            made[place] = {"@value": made[place], "@language": lang}
    if code := LANGUAGES.get(lang.partition("-")[0]):
        made["dct:language"] = {"@id": f"{_LANGUAGE}{code.upper()}"}
    for place, name in (("dcat:keyword", "aliases"),):
        made |= {place: data[name]} if name in data else {}
    if functions := data.get("functions"):
        made["dct:type"] = [{"@id": f"{about.base}/register?function={one}"} for one in functions]
    if "geography" in data:
        made["dct:spatial"] = [{"@type": "dct:Location", "rdfs:label": one} for one in data["geography"]]
    made |= _people(data, about)
    if as_of := get(data, "compiled.as_of"):
        made["dct:modified"] = {"@value": as_of, "@type": _DATES[len(as_of)]}
    if about.published_at:
        made["dct:issued"] = {"@value": about.published_at, "@type": "xsd:dateTime"}
    if about.version:
        made["dcat:version"] = str(about.version)
    if about.address:
        made["dcat:landingPage"] = {"@id": about.address}
    return made | _parts(data, here)


_DATES = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}


def _people(data: Draft, about: About) -> dict[str, Any]:
    made: dict[str, Any] = {}
    agency, name = get(data, "deployer.agency"), get(data, "deployer.name")
    if agency or name:
        known = {"@id": f"{about.base}/register?agency={agency}"} if agency else {}
        made["dct:publisher"] = known | {"@type": "foaf:Agent"} | ({"foaf:name": name} if name else {})
    if contact := data.get("contact"):
        point = {"@type": "vcard:Kind", **({"vcard:fn": contact["name"]} if "name" in contact else {})}
        point |= {"vcard:hasEmail": {"@id": f"mailto:{contact['email']}"}} if "email" in contact else {}
        point |= {"vcard:hasURL": {"@id": contact["address"]}} if "address" in contact else {}
        made["dcat:contactPoint"] = point
    suppliers = [one["name"] for one in data.get("suppliers") or () if "name" in one]
    if suppliers:
        made["it6:hasProvider"] = [{"@type": "foaf:Agent", "foaf:name": one} for one in suppliers]
    return made


def _parts(data: Draft, here: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if risks := data.get("risks"):
        made["it6:hasRisk"] = [
            {"@id": f"{here}#risk-{number}", "@type": "it6:HarmRisk", **write_lines(RISK, one)}
            for number, one in enumerate(risks, 1)
        ]
    for number, one in enumerate(data.get("data_used") or (), 1):
        link = dict(ROLES).get(one.get("role", ""), "dct:relation")
        page = {"dcat:landingPage": {"@id": one["address"]}} if "address" in one else {}
        held_by = {"@id": f"{here}#data-{number}", "@type": _DATASET, **write_lines(DATA, one), **page}
        made.setdefault(link, []).append(held_by)
    figures = [*_figures(data, here, "measurements"), *_figures(data, here, "subgroup_claims")]
    return made | ({"it6:hasEvaluation": figures} if figures else {})


def _figures(data: Draft, here: str, name: str) -> Iterator[dict[str, Any]]:
    for number, one in enumerate(data.get(name) or (), 1):
        if "metric" not in one or "value" not in one:
            continue
        label = one.get("text") if name == "measurements" else _label(one)
        yield {
            "@id": f"{here}#{name.replace('_', '-')}-{number}",
            "@type": "it6:Evaluation",
            "dct:title": one["metric"],
            **({"rdfs:label": label} if label else {}),
            **{place: one[part] for part, place in NUMBERS if part in one},
            **({"it6:sampleSize": one["n"]} if "n" in one else {}),
        }


def _label(one: Mapping[str, Any]) -> str:
    attribute, group = one.get("attribute", ""), one.get("group", "")
    return f"{attribute}: {group}" if attribute and ": " not in attribute else group
