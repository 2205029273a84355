"""Reading a model or dataset that DCAT-AP describes.

This is no processor of JSON-LD: terms are known by their full address, by our prefixes, and by the names of
MLDCAT-AP's own context.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import Draft, Import, Unplaced
from hearing_app.registry.exchange.boxes import NO_FIELD, Box, read_lines
from hearing_app.registry.exchange.dcat import (
    CONTEXT,
    DATA,
    HELD,
    NAMED,
    NUMBERS,
    RISK,
    ROLES,
    TABLE,
    WHYS,
    write,
)
from hearing_app.registry.exchange.figures import is_number
from hearing_app.registry.exchange.kinds import refusal
from hearing_app.registry.exchange.trip import Standard


def read(document: Any) -> Import:
    """Return the draft that a node describes: the document itself, or the first model in its graph."""
    found = next(_models(document), None)
    if found is None:
        return Import({}, (Unplaced("@graph", None, "There is no model or dataset in it."),))
    given = {_known_as(str(name)): value for name, value in found.items()}
    texts = {box.place: _text(given[box.place]) for box in TABLE if box.place in given}
    draft, unplaced = read_lines(TABLE, texts)
    title = given.get("dct:title")
    if isinstance(title, Mapping) and not refusal(Entry, "lang", title.get("@language")):
        draft["lang"] = title["@language"]
    for place, step in _STEPS.items():
        if place in given:
            unplaced += step(place, given[place], draft)
    _in_order(draft, given)
    known = {box.place for box in TABLE} | set(_STEPS) | _ABOUT
    unplaced += [Unplaced(name, said, NO_FIELD) for name, said in given.items() if name not in known]
    return Import(draft, tuple(unplaced))


# Ids, and what the register itself says of a version.
_ABOUT = frozenset(
    {"@id", "@type", "@context", "dct:language", "dct:issued", "dcat:version", "dcat:landingPage"}
)


def _models(document: object) -> Iterator[Mapping[str, Any]]:
    if not isinstance(document, Mapping):
        return
    graph = document.get("@graph")
    nodes = [document, *(graph if isinstance(graph, list) else [])]
    for wanted in ("MachineLearningModel", "Dataset"):
        for one in nodes:
            if isinstance(one, Mapping):
                types = one.get("@type")
                listed = types if isinstance(types, list) else [types]
                if any(re.split(r"[:#/]", str(kind))[-1] == wanted for kind in listed):
                    yield one


def _known_as(name: str) -> str:
    for prefix, address in CONTEXT.items():
        if name.startswith(address):
            return f"{prefix}:{name.removeprefix(address)}"
    _, dot, last = name.partition("MachineLearningModel.")
    return NAMED.get(last, name) if dot else name


def _text(said: object) -> object:
    """Return the words of a literal: a text, one with its language, or a list of one."""
    if isinstance(said, list) and len(said) == 1:
        said = said[0]
    return said.get("@value") if isinstance(said, Mapping) else said


def _listed(said: object) -> list[Any]:
    return said if isinstance(said, list) else [said]


def _id(said: object) -> str:
    return str(said.get("@id", "")) if isinstance(said, Mapping) else str(said)


def _read_words(place: str, said: object, draft: Draft) -> list[Unplaced]:
    words = [_text(one) for one in _listed(said)]
    if place == "dct:spatial":
        words = [_text(one.get("rdfs:label")) if isinstance(one, Mapping) else one for one in _listed(said)]
    elif place == "dct:type":
        words = [_id(one).rpartition("=")[2] for one in _listed(said)]
    name = {"dcat:keyword": "aliases", "dct:spatial": "geography", "dct:type": "functions"}[place]
    if why := refusal(Entry, name, words):
        return [Unplaced(place, said, why)]
    draft[name] = words
    return []


def _read_one(path: str, place: str, said: object, draft: Draft) -> list[Unplaced]:
    found, missed = read_lines((Box(place, (path,)),), {place: _text(said)})
    for name, value in found.items():
        draft[name] = {**draft.get(name, {}), **value} if isinstance(value, dict) else value
    return missed


def _read_modified(place: str, said: object, draft: Draft) -> list[Unplaced]:
    return _read_one("compiled.as_of", place, said, draft)


def _read_publisher(place: str, said: object, draft: Draft) -> list[Unplaced]:
    if not isinstance(said, Mapping):
        return [Unplaced(place, said, "Who it is stands at another address.")]
    unplaced = []
    if "foaf:name" in said:
        unplaced += _read_one("deployer.name", f"{place}.foaf:name", said["foaf:name"], draft)
    _, equals, agency = _id(said).partition("/register?agency=")
    return unplaced + (_read_one("deployer.agency", f"{place}.@id", agency, draft) if equals else [])


def _read_contact(place: str, said: object, draft: Draft) -> list[Unplaced]:
    if not isinstance(said, Mapping):
        return [Unplaced(place, said, "The contact stands at another address.")]
    unplaced = []
    for name, path in (("fn", "name"), ("hasEmail", "email"), ("hasURL", "address")):
        if (value := said.get(f"vcard:{name}")) is not None:
            words = _id(value).removeprefix("mailto:") if name != "fn" else value
            unplaced += _read_one(f"contact.{path}", f"{place}.vcard:{name}", words, draft)
    return unplaced


def _read_provider(place: str, said: object, draft: Draft) -> list[Unplaced]:
    names = [one.get("foaf:name") if isinstance(one, Mapping) else one for one in _listed(said)]
    for name in names:
        if why := refusal(Entry, "suppliers.name", name):
            return [Unplaced(place, said, why)]
    draft["suppliers"] = [{"name": name} for name in names]
    return []


def _read_risks(place: str, said: object, draft: Draft) -> list[Unplaced]:
    unplaced = []
    for number, one in enumerate(_listed(said)):
        given = {name: _text(value) for name, value in one.items()} if isinstance(one, Mapping) else {}
        found, missed = read_lines(RISK, given)
        unplaced += [Unplaced(f"{place}.{number}.{part.place}", part.said, part.why) for part in missed]
        if found:
            draft.setdefault("risks", []).append(found)
        else:
            unplaced.append(Unplaced(f"{place}.{number}", one, "This is not a described risk."))
    return unplaced


def _read_data(place: str, said: object, draft: Draft) -> list[Unplaced]:
    role = next((ours for ours, link in ROLES if link == place), None)
    unplaced = []
    for number, one in enumerate(_listed(said)):
        where = f"{place}.{number}"
        if not isinstance(one, Mapping):
            unplaced.append(Unplaced(where, one, "The data are described at another address."))
            continue
        found, missed = read_lines(DATA, {name: _text(value) for name, value in one.items()})
        page = _id(one["dcat:landingPage"]) if "dcat:landingPage" in one else ""
        if page and (why := refusal(Entry, "data_used.address", page)):
            missed.append(Unplaced("dcat:landingPage", page, why))
        elif page:
            found["address"] = page
        unplaced += [Unplaced(f"{where}.{part.place}", part.said, part.why) for part in missed]
        draft.setdefault("data_used", []).append(found | ({"role": role} if role else {}))
    return unplaced


def _read_figures(place: str, said: object, draft: Draft) -> list[Unplaced]:
    unplaced = []
    for number, one in enumerate(_listed(said)):
        figure = _figure(one) if isinstance(one, Mapping) else None
        if figure is None:
            why = "This is not the name of a measure with a number."
            unplaced.append(Unplaced(f"{place}.{number}", one, why))
            continue
        name = "subgroup_claims" if "#subgroup-claims-" in _id(one) else "measurements"
        label = _text(one.get("rdfs:label"))
        if name == "subgroup_claims" and isinstance(label, str):
            attribute, between, group = label.partition(": ")
            figure |= {"attribute": attribute, "group": group} if between and group else {"group": label}
        elif label is not None and (why := refusal(Entry, "measurements.text", label)):
            unplaced.append(Unplaced(f"{place}.{number}.rdfs:label", label, why))
        elif label is not None:
            figure["text"] = label
        draft.setdefault(name, []).append(figure)
    return unplaced


def _figure(one: Mapping[str, Any]) -> dict[str, Any] | None:
    metric = _text(one.get("dct:title"))
    numbers = {part: _text(one[place]) for part, place in NUMBERS if place in one}
    size = _text(one.get("it6:sampleSize"))
    if refusal(Entry, "measurements.metric", metric) or "value" not in numbers:
        return None
    if not all(is_number(number) for number in numbers.values()):
        return None
    sized = {"n": size} if size is not None and not refusal(Entry, "measurements.n", size) else {}
    return {"metric": metric, **numbers, **sized}


def _in_order(draft: Draft, given: Mapping[str, Any]) -> None:
    """Put the data back into the order in which the entry has them: their ids are numbered."""
    listed = [one for link in _DATA_LINKS if link in given for one in _listed(given[link])]
    numbers = [re.search(r"#data-([0-9]{1,6})$", _id(one)) for one in listed if isinstance(one, Mapping)]
    data = draft.get("data_used", [])
    if data and len(data) == len(numbers) and all(numbers):
        order = [int(found[1]) for found in numbers if found]
        draft["data_used"] = [
            one for _, one in sorted(zip(order, data, strict=True), key=lambda pair: pair[0])
        ]


_DATA_LINKS = (*(link for _, link in ROLES), "dct:relation")
_STEPS = {
    **dict.fromkeys(("dcat:keyword", "dct:spatial", "dct:type"), _read_words),
    "dct:publisher": _read_publisher,
    "dcat:contactPoint": _read_contact,
    "it6:hasProvider": _read_provider,
    "dct:modified": _read_modified,
    "it6:hasRisk": _read_risks,
    **dict.fromkeys(_DATA_LINKS, _read_data),
    "it6:hasEvaluation": _read_figures,
}

STANDARD = Standard("dcat", "DCAT-AP and MLDCAT-AP, as JSON-LD", write, read, HELD, WHYS)
