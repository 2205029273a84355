"""The Dutch register of algorithms (Algoritmeregister), publication standard 1.0, as JSON.

Names, lengths and lists of words are those of its schema of version 1.0. Texts are HTML with a few tags.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import About, Draft, Import, Unplaced
from hearing_app.registry.exchange.boxes import (
    NO_FIELD,
    NOT_LISTED,
    NOT_TEXT,
    Box,
    Choice,
    Home,
    held,
    read_lines,
    too_long,
    write_lines,
)
from hearing_app.registry.exchange.kinds import refusal
from hearing_app.registry.exchange.linked import Linked, read_linked, write_linked
from hearing_app.registry.exchange.terms import (
    LANGUAGES,
    NL_ASSESSMENTS,
    NL_HIGH_RISK,
    NL_IMPACTFUL,
    NL_IN_HOUSE,
    NL_OTHER,
    NL_SAFETY,
    NL_STATUS,
    NL_STATUS_READ,
    NL_THEME,
)
from hearing_app.registry.exchange.trip import Standard, get, present_stage, put
from hearing_app.registry.needs import ON_PEOPLE
from hearing_app.registry.vocabulary import LifecycleStage, PolicingFunction

VERSION = "1.0"
REQUIRED = (
    *("name", "description_short", "organization", "status", "contact_email", "publication_category"),
    "lang",
)
LINK, TITLE = 500, 100
STATUS = Choice("status", "lifecycle.stages", NL_STATUS, NL_STATUS_READ)
_LARS = "Algoritmeregister"
_NOTHING: tuple[object, ...] = (None, "", [], {})


def _prose(place: str, *fields: str, home: Home | None = None, most: int = 2500) -> Box:
    return Box(place, fields, home, most=most, html=True)


TABLE = (
    Box("name", ("name",), most=100),
    Box("description_short", ("summary",), most=350, cut=True),
    Box("organization", ("deployer.name",), most=100, cut=True),
    _prose(
        "goal",
        *("purpose", "decision_supported", "output_use", "people_affected", "not_for"),
        *("notice", "explanation_route", "challenge_route", "geography", "scale"),
        home=Home("purpose"),
    ),
    _prose(
        "proportionality",
        *("justification", "alternatives_considered", "previous_process", "success_test"),
        home=Home("justification", "proportionality"),
    ),
    _prose(
        "human_intervention",
        *("human_review", "automation_level", "operator_training"),
        home=Home("human_review", "note"),
    ),
    _prose("risks", "risks", "incidents", home=Home("risks", "note")),
    _prose(
        "methods_and_models",
        *("workings", "method_family", "learning", "outputs"),
        *("system_versions", "measurements", "subgroup_claims"),
        home=Home("workings"),
        most=5000,
    ),
    Box("publiccode", ("tech_docs.source_code",), most=LINK),
    Box("source_id", ("id",), most=100),
)
LINKED = (
    Linked(
        "lawful_basis_grouping",
        "legal_basis",
        _prose("lawful_basis", "legal_basis", "authorisations", home=Home("legal_basis", "note")),
        most_title=TITLE,
        most_link=LINK,
    ),
    Linked(
        "source_data_grouping",
        "data_used",
        _prose(
            "source_data",
            *("data_used", "inputs", "personal_data_level", "protected_attributes", "proxy_review"),
            *("retention", "sharing"),
            home=Home("data_used", "note"),
        ),
        title="name",
        most_title=LINK,
        most_link=LINK,
    ),
    Linked(
        "impacttoetsen_grouping",
        "assessments",
        _prose("impacttoetsen", "assessments", "audits", home=Home("assessments", "reason_if_none")),
        most_title=LINK,
        most_link=LINK,
        link_needed=False,
        types=NL_ASSESSMENTS,
        fixed=(("status", "done"),),
    ),
)
# Written from several fields, or read by hand, below.
_BY_HAND = frozenset(
    {
        *("status", "begin_date", "end_date", "contact_email", "website", "publication_category", "url"),
        *("category", "tags", "provider", "lang", "lars", "standard_version", "language"),
    }
)
HELD = frozenset(
    {
        *held((*TABLE, *(one.text for one in LINKED))),
        *("lifecycle.stages.stage", "lifecycle.stages.since", "contact.email", "contact.address"),
        *("suppliers.name", "procurement.route", "lang", "functions", "aliases"),
        *("external_ids.kept_in", "external_ids.id"),
    }
)
WHYS = {
    **too_long((*TABLE, *(one.text for one in LINKED))),
    "lifecycle": "It has the present state and the months of use, nothing of what was before.",
    "lifecycle.stages.stage": f"It has the present state alone. {STATUS.collapse}",
    "lifecycle.stages.since": "It has the month in which it came into use, where that is known to the month.",
    "lang": "It has the language without its country.",
    "deployer": "It has the body's name alone.",
    "contact": "It has one e-mail address or web address, and a page for the public.",
    "suppliers": "It has the suppliers' names alone, in 200 characters.",
    "procurement": "It can say that the system was built in house, and nothing else of how it was acquired.",
    "tech_docs": "It has the address of the source code alone.",
    "ai_act": "It has one of three categories, which is made from this and says less.",
    "functions": "Search terms are divided by commas and have 2,500 characters; themes are wider.",
    "aliases": "Search terms are divided by commas and have 2,500 characters.",
    "external_ids": "It has its own number alone.",
    "supplier_disclosure": "It has no place for what a contract says.",
    "next_review": "Its date of review was given up in version 0.4.",
    "unit": "The department was given up in version 0.4.",
    "accountable_role": "The competent authority was given up in version 0.4.",
}


def write(data: Draft, about: About) -> dict[str, Any]:
    """Return the document with everything that the entry states and it can hold."""
    given: dict[str, Any] = {"standard_version": VERSION, **write_lines(TABLE, data)}
    for linked in LINKED:
        given |= write_linked(linked, data)
    given |= _life(data) | _contact(data) | _terms(data) | _supplier(data)
    category = _category(data)
    if category:
        given["publication_category"] = category
    if lang := data.get("lang"):
        given["lang"] = LANGUAGES.get(lang.partition("-")[0], lang.partition("-")[0])
    ours = [one["id"] for one in data.get("external_ids", ()) if one.get("kept_in") == _LARS]
    if len(ours) == 1:
        given["lars"] = ours[0]
    if about.address:
        given["url"] = about.address
    return given


def read(document: Any) -> Import:
    """Return the draft that a document describes."""
    if not isinstance(document, Mapping):
        return Import({}, (Unplaced("", document, "This is not a group of fields."),))
    given = {str(name): value for name, value in document.items() if value not in _NOTHING}
    draft, unplaced = read_lines(TABLE, given)
    for linked in LINKED:
        values, missed = read_linked(linked, given)
        unplaced += missed
        for path, value in values.items():
            put(draft, path, value)
    for step in (_read_life, _read_contact, _read_terms, _read_supplier, _read_rest):
        unplaced += step(given, draft)
    known = {box.place for box in TABLE} | {place for one in LINKED for place in one.places} | _BY_HAND
    unplaced += [Unplaced(name, value, NO_FIELD) for name, value in given.items() if name not in known]
    return Import(draft, tuple(unplaced))


def needed(document: Any) -> tuple[str, ...]:
    """Return the names that the schema requires and the document lacks."""
    return tuple(name for name in REQUIRED if not document.get(name))


def _life(data: Draft) -> dict[str, str]:
    stages = get(data, "lifecycle.stages") or []
    status = STATUS.written(present_stage(data))
    made = {"status": status} if status else {}
    used = next((one for one in stages if _is_use(one)), None)
    if used and (month := _month(used)):
        made["begin_date"] = month
    if stages and STATUS.read(status) == LifecycleStage.RETIRED and (month := _month(stages[-1])):
        made["end_date"] = month
    return made


def _is_use(stage: Mapping[str, Any]) -> bool:
    return stage.get("stage") in {LifecycleStage.PILOT_LIVE, LifecycleStage.OPERATIONAL}


def _month(stage: Mapping[str, Any]) -> str:
    """Return the month in which a stage began; nothing where only the year is known, or a latest date."""
    since = stage.get("since", "")
    return since[:7] if len(since) >= 7 and "since_is" not in stage else ""


def _read_life(given: Mapping[str, Any], draft: Draft) -> list[Unplaced]:
    said, begin, end = (given.get(name) for name in ("status", "begin_date", "end_date"))
    stage = STATUS.read(said) if said else None
    if stage is None:
        return [
            Unplaced(
                name, given[name], NOT_LISTED if name == "status" else "Without a state it says nothing."
            )
            for name in ("status", "begin_date", "end_date")
            if name in given
        ]
    unplaced = []
    for name, value in (("begin_date", begin), ("end_date", end)):
        if value and (why := refusal(Entry, "lifecycle.stages.since", value)):
            unplaced.append(Unplaced(name, value, why))
    since = {"since": begin} if begin and not any(one.place == "begin_date" for one in unplaced) else {}
    until = end if end and not any(one.place == "end_date" for one in unplaced) else None
    present: dict[str, Any] = {"stage": stage}
    stages = [present]
    if stage == LifecycleStage.RETIRED:
        present |= {"since": until} if until else {}
        if since:
            stages.insert(0, {"stage": LifecycleStage.OPERATIONAL.value, **since})
            stages[0] |= {"until": until} if until else {}
    elif stage == LifecycleStage.OPERATIONAL:
        present |= since
        unplaced += [Unplaced("end_date", end, "It is in use.")] if end else []
    else:
        unplaced += [
            Unplaced(name, value, "It is not in use yet.")
            for name, value in (("begin_date", begin), ("end_date", end))
            if value
        ]
    put(draft, "lifecycle.stages", stages)
    return unplaced


def _contact(data: Draft) -> dict[str, str]:
    ways = [way for name in ("email", "address") if (way := get(data, f"contact.{name}"))]
    ways = [way for way in ways if len(way) <= LINK]
    made = {"contact_email": ways[0]} if ways else {}
    if len(ways) > 1:
        made["website"] = ways[1]
    return made


def _read_contact(given: Mapping[str, Any], draft: Draft) -> list[Unplaced]:
    unplaced = []
    for name in ("contact_email", "website"):
        if (said := given.get(name)) is None:
            continue
        if not refusal(Entry, "contact.email", said) and name == "contact_email":
            put(draft, "contact.email", said)
        elif not (why := refusal(Entry, "contact.address", said)) and not get(draft, "contact.address"):
            put(draft, "contact.address", said)
        else:
            unplaced.append(Unplaced(name, said, why or "Another web address was taken already."))
    return unplaced


def _category(data: Draft) -> str:
    act = data.get("ai_act") or {}
    if act.get("annex_iii") and act.get("exemption_claimed") is not True:
        return NL_HIGH_RISK
    functions = data.get("functions") or []
    if any(PolicingFunction(one) in ON_PEOPLE for one in functions):
        return NL_IMPACTFUL
    return NL_OTHER if functions and PolicingFunction.OTHER not in functions else ""


def _themes(data: Draft) -> list[str]:
    found = [NL_THEME.get(PolicingFunction(one), NL_SAFETY) for one in data.get("functions") or []]
    # It takes three.
    return list(dict.fromkeys(found))[:3]


def _terms(data: Draft) -> dict[str, Any]:
    themes = _themes(data)
    made: dict[str, Any] = {"category": themes} if themes else {}
    terms: list[str] = []
    for term in [*(data.get("functions") or ()), *(data.get("aliases") or ())]:
        if "," not in term and len(", ".join([*terms, term])) <= 2500:
            terms.append(term)
    return made | ({"tags": ", ".join(terms)} if terms else {})


def _read_terms(given: Mapping[str, Any], draft: Draft) -> list[Unplaced]:
    unplaced = []
    tags = given.get("tags", "")
    if not isinstance(tags, str):
        return [Unplaced("tags", tags, NOT_TEXT)]
    functions: list[str] = []
    aliases: list[str] = []
    known = {function.value for function in PolicingFunction}
    for term in filter(None, (one.strip() for one in tags.split(","))):
        if term in known:
            functions.append(term)
        elif why := refusal(Entry, "aliases", [term]):
            unplaced.append(Unplaced("tags", term, why))
        else:
            aliases.append(term)
    draft |= {"functions": functions} if functions else {}
    draft |= {"aliases": aliases} if aliases else {}
    if "category" in given and given["category"] != _themes(draft):
        why = "The themes are wider than the kinds of police work; choose those that apply."
        unplaced.append(Unplaced("category", given["category"], why))
    return unplaced


def _supplier(data: Draft) -> dict[str, str]:
    names = [one["name"] for one in data.get("suppliers") or () if one.get("name") and ";" not in one["name"]]
    while names and len("; ".join(names)) > 200:
        names.pop()
    if names:
        return {"provider": "; ".join(names)}
    return {"provider": NL_IN_HOUSE} if get(data, "procurement.route") == "in_house" else {}


def _read_supplier(given: Mapping[str, Any], draft: Draft) -> list[Unplaced]:
    said = given.get("provider")
    if said is None:
        return []
    if not isinstance(said, str):
        return [Unplaced("provider", said, NOT_TEXT)]
    if said.strip() == NL_IN_HOUSE:
        put(draft, "procurement.route", "in_house")
        return []
    names = [name.strip() for name in said.split(";") if name.strip()]
    whys = [why for name in names if (why := refusal(Entry, "suppliers.name", name))]
    if whys:
        return [Unplaced("provider", said, whys[0])]
    put(draft, "suppliers", [{"name": name} for name in names])
    return []


def _read_rest(given: Mapping[str, Any], draft: Draft) -> list[Unplaced]:
    unplaced = []
    if lang := given.get("lang") or given.get("language"):
        ours = next((one for one, theirs in LANGUAGES.items() if theirs == str(lang).lower()), None)
        if ours or not refusal(Entry, "lang", lang):
            draft["lang"] = ours or lang
        else:
            unplaced.append(Unplaced("lang", lang, NOT_LISTED))
    if lars := given.get("lars"):
        if why := refusal(Entry, "external_ids.id", lars):
            unplaced.append(Unplaced("lars", lars, why))
        else:
            draft["external_ids"] = [{"kept_in": _LARS, "id": lars}]
    if (category := given.get("publication_category")) and category != _category(draft):
        why = "State the points of Annex III and the kinds of police work: the category follows from them."
        unplaced.append(Unplaced("publication_category", category, why))
    if (url := given.get("url")) and not str(url).endswith(f"/systems/{draft.get('id')}"):
        unplaced.append(Unplaced("url", url, "The address of another register's entry: give it as a source."))
    if given.get("standard_version", VERSION) != VERSION:
        why = f"This was read as version {VERSION}."
        unplaced.append(Unplaced("standard_version", given["standard_version"], why))
    return unplaced


STANDARD = Standard(
    "nl",
    "Netherlands: Algoritmeregister, publication standard 1.0",
    write,
    read,
    HELD,
    WHYS,
    needed,
    ("The Dutch register takes entries in Dutch (“nld”): have an entry in another language translated.",),
)
