"""The Atom feed (RFC 4287) of what was published: entries and hearings, newest first."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.requests import Request
from starlette.responses import Response

from hearing_app.api.answers import checkpoint_header
from hearing_app.deployment import current
from hearing_app.documents.text import isolated
from hearing_app.record.versions import Version, newest_versions
from hearing_app.store.engine import reading

MOST = 50
_NAMES = {"system": "name", "hearing": "title"}


def atom(_request: Request) -> Response:
    """Give the newest versions of systems' entries and of hearings."""
    house = current()
    with reading(house.engine) as db:
        published = newest_versions(db, tuple(_NAMES), MOST)
    published.sort(key=lambda version: version.published_at, reverse=True)
    address = house.settings.address
    feed = Element("feed", xmlns="http://www.w3.org/2005/Atom")
    SubElement(feed, "id").text = f"{address}/feed.atom"
    SubElement(feed, "title").text = "Register and hearings: what changed"
    SubElement(feed, "link", rel="self", href=f"{address}/feed.atom")
    newest = published[0].published_at.isoformat() if published else "1970-01-01T00:00:00+00:00"
    SubElement(feed, "updated").text = newest
    SubElement(SubElement(feed, "author"), "name").text = (
        isolated(house.settings.operator_name) or "The register"
    )
    # RFC 4287, section 6.4: readers pass over elements of other vocabularies.
    if checkpoint := house.checkpoint_for_foot():
        SubElement(feed, "checkpoint", xmlns="urn:hearing:record").text = checkpoint
    for version in published:
        _add(feed, version, f"{address}/record/{version.kind}s/{version.document_id}")
    return Response(
        b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="utf-8"),
        media_type="application/atom+xml",
        headers={"Cache-Control": "public, max-age=300", **checkpoint_header()},
    )


def _add(feed: Element, version: Version, link: str) -> None:
    entry = SubElement(feed, "entry")
    SubElement(entry, "id").text = f"{link}#version-{version.version}"
    SubElement(entry, "title").text = isolated(str(version.document[_NAMES[version.kind]]))
    SubElement(entry, "updated").text = version.published_at.isoformat()
    SubElement(entry, "link", href=link)
    summary = isolated(str(version.document["summary"]))
    SubElement(entry, "summary").text = f"Version {version.version}: {isolated(version.note)}. {summary}"
