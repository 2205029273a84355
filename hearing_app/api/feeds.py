"""Atom feeds (RFC 4287) of what changed: in one system's entry, in those of an agency, in those of a kind."""

from __future__ import annotations

from collections.abc import Collection
from xml.etree.ElementTree import Element, SubElement, tostring

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from hearing_app.api.answers import checkpoint_header
from hearing_app.deployment import current
from hearing_app.documents.text import isolated
from hearing_app.errors import NotFound
from hearing_app.record.signatures import name_of_record
from hearing_app.record.versions import Version, last_versions
from hearing_app.registry.published import entry_of
from hearing_app.registry.register import register_of
from hearing_app.registry.vocabulary import PolicingFunction
from hearing_app.store.engine import reading

MOST = 50


def of_system(request: Request) -> Response:
    """Give the versions of one system's entry, newest first."""
    with reading(current().engine) as db:
        entry = entry_of(db, request.path_params["system_id"]).entry
        return _feed(db, f"systems/{entry.id}", entry.name, [entry.id])


def of_agency(request: Request) -> Response:
    """Give the versions of the entries of one agency."""
    agency = request.path_params["agency"]
    with reading(current().engine) as db:
        entries = [one for one in register_of(db).ordered if one.agency == agency]
        if not entries:
            what = f"The register has no system of “{agency[:60]}”."
            raise NotFound(what, kept="", next_step="Search the register for it.")
        title = entries[0].agency_name
        return _feed(db, f"agencies/{agency}", title, [entry.id for entry in entries])


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


def _feed(db: Connection, place: str, title: str, ids: Collection[str]) -> Response:
    versions = last_versions(db, "system", ids, MOST)
    house, record = current(), name_of_record(db)
    address = house.settings.address
    feed = Element("feed", xmlns="http://www.w3.org/2005/Atom")
    # Of the record and not of its address: a service that moves does not tell everything anew.
    SubElement(feed, "id").text = f"urn:hearing:{record}:{place.replace('/', ':')}"
    SubElement(feed, "title").text = f"What changed: {isolated(title)}"
    here = f"{address}/api/v1/{place}/feed.atom"
    SubElement(feed, "link", rel="self", type="application/atom+xml", href=here)
    SubElement(feed, "link", rel="alternate", type="text/html", href=f"{address}/register")
    newest = versions[0].published_at.isoformat() if versions else "1970-01-01T00:00:00+00:00"
    SubElement(feed, "updated").text = newest
    author = isolated(house.settings.operator_name) or "The register"
    SubElement(SubElement(feed, "author"), "name").text = author
    for version in versions:
        _add(feed, version, record, address)
    return Response(
        b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="utf-8"),
        headers={
            "Content-Type": "application/atom+xml",
            "Cache-Control": "public, max-age=300",
            "Access-Control-Allow-Origin": "*",
            **checkpoint_header(),
        },
    )


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
