"""The permanent pages: the same documents as in the app, without JavaScript, to print and to keep."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hearing_app.api.answers import page_answer
from hearing_app.deployment import current
from hearing_app.documents.hearing_page import comments_of_hearing, hearing_page
from hearing_app.documents.history import comparison_html
from hearing_app.documents.pictures import FAVICON
from hearing_app.documents.render import render, stylesheet
from hearing_app.documents.score_card import results, score_card_html
from hearing_app.documents.standard import standard_html
from hearing_app.documents.system_page import system_page
from hearing_app.hearings.comments.lists import published_comments, tally
from hearing_app.hearings.hearing import all_hearings, hearing_of
from hearing_app.hearings.history import compared
from hearing_app.record.ledger import head
from hearing_app.record.versions import versions_of
from hearing_app.registry.published import names_of_systems
from hearing_app.registry.register import register_of
from hearing_app.registry.search import find
from hearing_app.store.engine import reading

LISTED = 100
"""Systems on one page of the index."""
_DAY = {"Cache-Control": "public, max-age=86400"}


def index(request: Request) -> Response:
    """List every document; of many systems a part, with the way to the next ones."""
    with reading(current().engine) as db:
        part = find(register_of(db)).after(request.query_params.get("after", ""), LISTED)
        body = render("index", hearings=all_hearings(db), part=part, head=head(db))
    return page_answer("The record", body)


def system(request: Request) -> Response:
    """Show a system's current entry, or one version of it."""
    house = current()
    system_id, number = request.path_params["system_id"], request.path_params.get("version")
    with reading(house.engine) as db:
        page = system_page(db, house.catalogue, house.settings.registry, system_id, number)
    name = page.published.entry.name
    title, feed = (
        name if number is None else f"{name} (version {number})",
        f"/api/v1/systems/{system_id}/feed.atom",
    )
    return page_answer(title, page.html, feed=feed)


def changes(request: Request) -> Response:
    """Show what changed between two versions of a system's entry: ``from`` and ``to``, or the last two."""
    asked, system_id = request.query_params, request.path_params["system_id"]
    with reading(current().engine) as db:
        found = compared(db, system_id, asked.get("from", ""), asked.get("to", ""))
        body = comparison_html(found, versions_of(db, "system", system_id))
    return page_answer(f"What changed: {found.new.entry.name}", body)


def standard(_request: Request) -> Response:
    """Show the standard: every field, what it is for, and where it stands in other standards."""
    return page_answer("The standard", standard_html())


def hearing(request: Request) -> Response:
    """Show a hearing with its published comments."""
    with reading(current().engine) as db:
        found = hearing_of(db, request.path_params["hearing_id"])
        names = names_of_systems(db)
        body = hearing_page(db, found, tally(db, found.id), names)
        body += comments_of_hearing(db, found, published_comments(db, found.id), names)
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
    plain = ("/record/my-request", "/record/systems/*/request")
    closed = (*staff, "/my-comment", "/request", *plain, "/follow/", "/_stcore/")
    return PlainTextResponse("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed))
