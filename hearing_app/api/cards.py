"""Paper cards to print: one for everybody, and numbered ones for those who hold the hearing."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hearing_app.api.answers import page_answer
from hearing_app.api.cookies import actor_of, check_form
from hearing_app.api.forms import form_page, read_form
from hearing_app.deployment import current, served_address
from hearing_app.documents.cards import cards_html
from hearing_app.errors import Fault, HearingError, Invalid
from hearing_app.hearings.comments.cards import MOST_AT_ONCE, print_cards
from hearing_app.hearings.hearing import hearing_of
from hearing_app.people.permissions import Act, require
from hearing_app.registry.published import names_of_systems
from hearing_app.store.engine import reading, writing


def blank(request: Request) -> Response:
    """Show a card without a number, which everybody may print and send as a letter."""
    house = current()
    with reading(house.engine) as db:
        hearing = hearing_of(db, request.path_params["hearing_id"])
        body = cards_html(hearing, names_of_systems(db), [None], served_address(house.settings))
    return page_answer(f"Comment card: {hearing.title}", body)


async def printed(request: Request) -> Response:
    """Show the form for numbered cards, or the cards that were asked for: they are shown this once."""
    form = await read_form(request) if request.method == "POST" else None
    return await run_in_threadpool(_printed, request, form)


def _printed(request: Request, form: dict[str, str] | None) -> Response:
    house, actor = current(), actor_of(request)
    require(actor, Act.ENTER_CARDS)
    with reading(house.engine) as db:
        hearing = hearing_of(db, request.path_params["hearing_id"])
        names = names_of_systems(db)
    problem = None
    if form is not None:
        try:
            check_form(request, form.get("form", ""))
            count = form.get("count", "")
            if not (count.isascii() and count.isdigit() and len(count) < 4):
                fault = Fault("", "count", "This is no number.", f"Give one from 1 to {MOST_AT_ONCE}.")
                raise Invalid("Nothing was printed.", [fault])
            is_letter = form.get("letter") == "yes"
            with writing(house.engine) as db:
                made = print_cards(
                    db, actor, house.key, hearing.id, 1 if is_letter else int(count), is_letter=is_letter
                )
            body = cards_html(hearing, names, made, served_address(house.settings), strip_only=is_letter)
            return page_answer("Receipt for a letter" if is_letter else "Comment cards", body, feed="")
        except HearingError as error:
            problem = error
    return form_page(request, "Print comment cards", "cards_print", problem=problem, hearing=hearing)
