"""Atom feeds (RFC 4287) of what changed: in an entry, those of an agency, those of a kind, in a hearing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from hearing_app.api.answers import checkpoint_header
from hearing_app.api.answers_of_hearings import add_told
from hearing_app.deployment import current
from hearing_app.documents.answer_events import Told, told_of_agency, told_of_system
from hearing_app.documents.text import isolated
from hearing_app.errors import NotFound
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.life.happenings import happenings
from hearing_app.record.signatures import name_of_record
from hearing_app.record.versions import Version, last_versions
from hearing_app.registry.published import entry_of
from hearing_app.registry.register import register_of
from hearing_app.registry.vocabulary import PolicingFunction
from hearing_app.store.engine import reading

MOST = 50
_NEVER = "1970-01-01T00:00:00+00:00"


def of_system(request: Request) -> Response:
    """Give the versions of one system's entry and the answers about it, newest first."""
    with reading(current().engine) as db:
        entry = entry_of(db, request.path_params["system_id"]).entry
        return _feed(db, f"systems/{entry.id}", entry.name, [entry.id], told_of_system(db, entry.id))


def of_agency(request: Request) -> Response:
    """Give the versions of the entries of one agency, what it answered, and what is overdue."""
    agency = request.path_params["agency"]
    with reading(current().engine) as db:
        entries = [one for one in register_of(db).ordered if one.agency == agency]
        if not entries:
            what = f"The register has no system of “{agency[:60]}”."
            raise NotFound(what, kept="", next_step="Search the register for it.")
        title = entries[0].agency_name
        ids = [entry.id for entry in entries]
        return _feed(db, f"agencies/{agency}", title, ids, told_of_agency(db, agency))


def of_function(request: Request) -> Response:
    """Give the versions of the entries of one kind of police work; a kind may have none yet."""
    value = request.path_params["function"]
    if value not in set(PolicingFunction):
        what = f"There is no kind of police work “{value[:60]}”."
        raise NotFound(what, kept="", next_step="The standard at /record/standard lists them.")
    function = PolicingFunction(value)
    with reading(current().engine) as db:
        ids = [one.id for one in register_of(db).ordered if function in one.functions]
        return _feed(db, f"functions/{value}", function.label, ids)


def of_hearing(request: Request) -> Response:
    """Give what happened in one hearing, newest first: its stages, its changes, and what was done in it."""
    with reading(current().engine) as db:
        hearing = hearing_of(db, request.path_params["hearing_id"])
        found = happenings(db, hearing)[:MOST]
        record = name_of_record(db)
    address, place = current().settings.address, f"hearings/{hearing.id}"
    page = f"{address}/record/{place}"
    newest = found[0].at.isoformat() if found else _NEVER
    feed = _begun(record, place, hearing.title, newest, page)
    for one in found:
        entry = SubElement(feed, "entry")
        SubElement(entry, "id").text = f"urn:hearing:{record}:hearing:{hearing.id}:{one.name}"
        SubElement(entry, "title").text = f"{one.title}: {isolated(hearing.title)}"
        SubElement(entry, "updated").text = one.at.isoformat()
        SubElement(entry, "published").text = one.at.isoformat()
        SubElement(entry, "link", rel="alternate", type="text/html", href=page)
        SubElement(entry, "summary").text = isolated(one.words) or "Nothing more was said."
    return _answer(feed)


def _feed(
    db: Connection, place: str, title: str, ids: Collection[str], told: Sequence[Told] = ()
) -> Response:
    versions = last_versions(db, "system", ids, MOST)
    record, address = name_of_record(db), current().settings.address
    every: list[Version | Told] = [*versions, *told]
    lines = sorted(every, key=_moment, reverse=True)[:MOST]
    newest = _moment(lines[0]).isoformat() if lines else _NEVER
    feed = _begun(record, place, title, newest, f"{address}/register")
    for line in lines:
        if isinstance(line, Told):
            add_told(feed, line, f"urn:hearing:{record}", address)
        else:
            _add(feed, line, record, address)
    return _answer(feed)


def _begun(record: str, place: str, title: str, newest: str, page: str) -> Element:
    """Return a feed without entries; ``page`` is where a person reads the same."""
    house = current()
    address = house.settings.address
    feed = Element("feed", xmlns="http://www.w3.org/2005/Atom")
    # Of the record and not of its address: a service that moves does not tell everything anew.
    SubElement(feed, "id").text = f"urn:hearing:{record}:{place.replace('/', ':')}"
    SubElement(feed, "title").text = f"What changed: {isolated(title)}"
    here = f"{address}/api/v1/{place}/feed.atom"
    SubElement(feed, "link", rel="self", type="application/atom+xml", href=here)
    SubElement(feed, "link", rel="alternate", type="text/html", href=page)
    SubElement(feed, "updated").text = newest
    author = isolated(house.settings.operator_name) or "The register"
    SubElement(SubElement(feed, "author"), "name").text = author
    return feed


def _answer(feed: Element) -> Response:
    return Response(
        b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="utf-8"),
        headers={
            "Content-Type": "application/atom+xml",
            "Cache-Control": "public, max-age=300",
            "Access-Control-Allow-Origin": "*",
            **checkpoint_header(),
        },
    )


def _moment(line: Version | Told) -> datetime:
    return line.at if isinstance(line, Told) else line.published_at


def _add(feed: Element, version: Version, record: str, address: str) -> None:
    entry = SubElement(feed, "entry")
    name, number = version.document_id, version.version
    SubElement(entry, "id").text = f"urn:hearing:{record}:system:{name}:{number}"
    title = isolated(str(version.document.get("name", name)))
    SubElement(entry, "title").text = f"{title}, version {number}"
    moment = version.published_at.isoformat()
    SubElement(entry, "updated").text = moment
    SubElement(entry, "published").text = moment
    page = f"{address}/record/systems/{name}"
    SubElement(entry, "link", rel="alternate", type="text/html", href=f"{page}/{number}")
    if number > 1:
        changes = f"{page}/changes?from={number - 1}&to={number}"
        SubElement(entry, "link", rel="related", type="text/html", title="What changed", href=changes)
    SubElement(entry, "summary").text = isolated(version.note) or "No note was given."
