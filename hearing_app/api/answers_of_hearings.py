"""Answers of agencies to comments: pages that need no JavaScript, data, and the feed of each receipt."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import checkpoint_header, json_answer, page_answer
from hearing_app.api.forms import address_of
from hearing_app.deployment import current
from hearing_app.documents.answer_data import answer_data, figures_data, wait_data, waits_csv
from hearing_app.documents.answer_events import Told, told_of_comment
from hearing_app.documents.answers import agency_answers_html, answers_html, hearing_answers_html
from hearing_app.documents.text import isolated
from hearing_app.errors import NotFound
from hearing_app.hearings.answers.figures import by_agency, figures_of
from hearing_app.hearings.answers.reading import Wait, all_waits, answers_of, answers_of_agency, waits_of
from hearing_app.hearings.hearing import all_hearings, hearing_of
from hearing_app.hearings.receipt_feed import followed
from hearing_app.record.signatures import name_of_record
from hearing_app.registry.published import names_of_agencies
from hearing_app.store.engine import reading

ATOM = "http://www.w3.org/2005/Atom"


def page(_request: Request) -> Response:
    """Show how each agency answers."""
    with reading(current().engine) as db:
        body = answers_html(db)
    return page_answer("Answers", body)


def page_of_agency(request: Request) -> Response:
    """Show how one agency answers, and what is overdue."""
    agency = request.path_params["agency"]
    with reading(current().engine) as db:
        name, body = names_of_agencies(db).get(agency, agency), agency_answers_html(db, agency)
    return page_answer(f"Answers of {name}", body, feed=f"/api/v1/agencies/{agency}/feed.atom")


def page_of_hearing(request: Request) -> Response:
    """Show every answer in a hearing."""
    with reading(current().engine) as db:
        hearing = hearing_of(db, request.path_params["hearing_id"])
        body = hearing_answers_html(db, hearing.id)
    return page_answer(f"Answers: {hearing.title}", body)


def everything(_request: Request) -> JSONResponse:
    """Give the figures of each agency; demonstrations are left out."""
    now = datetime.now(UTC)
    with reading(current().engine) as db:
        waits, names = by_agency(all_waits(db)), names_of_agencies(db)
    agencies = [
        {"agency": one, "name": names.get(one), "figures": figures_data(figures_of(found, at=now))}
        for one, found in sorted(waits.items())
    ]
    return json_answer({"at": now.isoformat(), "agencies": agencies})


def everything_as_csv(_request: Request) -> Response:
    """Give one row for each comment that waits or was answered, demonstrations marked as such."""
    with reading(current().engine) as db:
        waits = all_waits(db, demonstrations=True)
    return _csv(waits, "answers.csv")


def of_agency(request: Request) -> JSONResponse:
    """Give what one agency was asked, and what it answered."""
    agency, now = request.path_params["agency"], datetime.now(UTC)
    with reading(current().engine) as db:
        waits = by_agency(all_waits(db)).get(agency, [])
        if not waits and agency not in names_of_agencies(db):
            what = f"No agency “{agency[:60]}” is known here."
            raise NotFound(what, kept="", next_step="Search the register.")
        zones = {one.id: one.time_zone for one in all_hearings(db) if not one.demonstration}
        given = [one for one in answers_of_agency(db, agency) if one.hearing_id in zones]
    return json_answer(
        {
            "agency": agency,
            "figures": figures_data(figures_of(waits, at=now)),
            "waits": [wait_data(one, at=now) for one in waits],
            "answers": [answer_data(one, zones[one.hearing_id]) for one in given],
        }
    )


def of_hearing(request: Request) -> JSONResponse:
    """Give what waits for an answer in a hearing, and what was answered."""
    now = datetime.now(UTC)
    with reading(current().engine) as db:
        hearing = hearing_of(db, request.path_params["hearing_id"])
        waits, given = waits_of(db, hearing), answers_of(db, hearing.id)
    return json_answer(
        {
            "hearing": hearing.id,
            "figures": figures_data(figures_of(waits, at=now)),
            "waits": [wait_data(one, at=now) for one in waits],
            "answers": [answer_data(one, hearing.time_zone) for one in given],
        }
    )


def of_hearing_as_csv(request: Request) -> Response:
    """Give one row for each comment of a hearing that waits or was answered."""
    with reading(current().engine) as db:
        hearing = hearing_of(db, request.path_params["hearing_id"])
        waits = waits_of(db, hearing)
    return _csv(waits, f"{hearing.id}-answers.csv")


def follow(request: Request) -> Response:
    """Give the feed of one comment to who has its address: what happened to it, and none of its words."""
    house, token = current(), request.path_params["token"]
    found = followed(house.engine, house.key, token, address_of(request))
    with reading(house.engine) as db:
        record, title = name_of_record(db), hearing_of(db, found.hearing_id).title
        told = [
            Told(one.name, one.at, one.what, one.what, f"/record/hearings/{found.hearing_id}")
            for one in found.steps
        ]
        if found.is_published:
            told += told_of_comment(db, found.hearing_id, found.comment_id)
    if found.is_withdrawn:
        # Who has the address learns that there is nothing more to follow, and nothing else.
        title, told = "", [Told(one.name, one.at, one.title, one.summary, "/hearings") for one in told]
    name = f"urn:hearing:{record}:follow:{found.comment_id}"
    feed = Element("feed", xmlns=ATOM)
    SubElement(feed, "id").text = name
    SubElement(feed, "title").text = isolated(f"My comment: {title}" if title else "My comment")
    here = f"{house.settings.address}/follow/{token}"
    SubElement(feed, "link", rel="self", type="application/atom+xml", href=here)
    newest = max((one.at for one in told), default=datetime(1970, 1, 1, tzinfo=UTC))
    SubElement(feed, "updated").text = newest.isoformat()
    author = isolated(house.settings.operator_name) or "The register"
    SubElement(SubElement(feed, "author"), "name").text = author
    for one in sorted(told, key=lambda each: each.at, reverse=True):
        add_told(feed, one, name, house.settings.address)
    return Response(
        b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="utf-8"),
        headers={
            "Content-Type": "application/atom+xml",
            # It is one person's: kept nowhere on the way, and found by no search.
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex, nofollow",
            "Referrer-Policy": "no-referrer",
        },
    )


def add_told(feed: Element, told: Told, prefix: str, address: str) -> None:
    """Add a line to a feed; ``prefix`` and its name make its id, ``address`` is where this service is."""
    entry = SubElement(feed, "entry")
    SubElement(entry, "id").text = f"{prefix}:{told.name}"
    SubElement(entry, "title").text = isolated(told.title)
    SubElement(entry, "updated").text = told.at.isoformat()
    SubElement(entry, "published").text = told.at.isoformat()
    SubElement(entry, "link", rel="alternate", type="text/html", href=f"{address}{told.path}")
    SubElement(entry, "summary").text = isolated(told.summary)


def _csv(waits: list[Wait], name: str) -> Response:
    return Response(
        waits_csv(waits, at=datetime.now(UTC)),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "Access-Control-Allow-Origin": "*",
            **checkpoint_header(),
        },
    )
