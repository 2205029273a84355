"""The permanent pages: the same documents as in the app, without JavaScript, to print and to keep."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hearing_app.api.answers import page_answer
from hearing_app.deployment import current
from hearing_app.documents.hearings import comments_html, hearing_html
from hearing_app.documents.pictures import FAVICON
from hearing_app.documents.render import render, stylesheet
from hearing_app.documents.score_card import results, score_card_html
from hearing_app.documents.systems import system_html
from hearing_app.hearings.hearing import all_hearings, hearing_of, hearings_on
from hearing_app.hearings.lists import opinions, published_comments, speaking_order, tally
from hearing_app.record.ledger import head
from hearing_app.record.versions import versions_of
from hearing_app.registry.published import all_entries, entry_of
from hearing_app.registry.signed import signatures_of
from hearing_app.store.engine import reading

_DAY = {"Cache-Control": "public, max-age=86400"}


def index(_request: Request) -> Response:
    """List every document."""
    with reading(current().engine) as db:
        body = render("index", hearings=all_hearings(db), systems=all_entries(db), head=head(db))
    return page_answer("The record", body)


def system(request: Request) -> Response:
    """Show a system's current entry, or one version of it."""
    house = current()
    system_id, number = request.path_params["system_id"], request.path_params.get("version")
    with reading(house.engine) as db:
        published = entry_of(db, system_id, number)
        history, hearings = versions_of(db, "system", system_id), hearings_on(db, system_id)
        signatures = signatures_of(db, "system", system_id)
    body = system_html(published, history, hearings, house.catalogue, signatures)
    title = published.entry.name if number is None else f"{published.entry.name} (version {number})"
    return page_answer(title, body)


def hearing(request: Request) -> Response:
    """Show a hearing with its published comments."""
    with reading(current().engine) as db:
        found = hearing_of(db, request.path_params["hearing_id"])
        names = {one.entry.id: one.entry.name for one in all_entries(db)}
        order = speaking_order(db, found.id)
        body = hearing_html(found, tally(db, found.id), opinions(db, found), names, order)
        body += comments_html(published_comments(db, found.id), names, zone=found.time_zone)
    return page_answer(found.title, body)


def score_card(_request: Request) -> Response:
    """Show what is promised, and what was measured."""
    return page_answer("Score card", score_card_html(results()))


def style(_request: Request) -> Response:
    """Give the stylesheet of these pages."""
    return Response(stylesheet(), media_type="text/css", headers=_DAY)


def favicon(_request: Request) -> Response:
    """Give the picture beside the page's title."""
    return Response(FAVICON, media_type="image/svg+xml", headers=_DAY)


def robots(_request: Request) -> PlainTextResponse:
    """Let the documents be found, and keep staff pages and receipts out of search engines."""
    staff = ("/sign-in", "/invitation/", "/reset/", "/account", "/confirm", "/desk")
    closed = (*staff, "/my-comment", "/_stcore/")
    return PlainTextResponse("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed))
