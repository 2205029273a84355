"""Statements and votes: what is voted on, what the votes say after the hearing has closed, and voting."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import json_answer, page_answer
from hearing_app.api.bodies import body_of, read_body
from hearing_app.deployment import current
from hearing_app.documents.voting import (
    counted_as_data,
    results_as_data,
    results_html,
    statement_as_data,
    votes_csv,
)
from hearing_app.errors import NotOpen
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.voting.casting import Vote, cast, voting_code
from hearing_app.hearings.voting.results import are_shown, results_of, votes_cast
from hearing_app.hearings.voting.statements import statements_of
from hearing_app.people.throttle import HERE, sender
from hearing_app.store.engine import reading, writing

_LARGEST = 4 * 1024
_REFUSED = "The vote was not counted."


class _Sent(BaseModel):
    """A vote. ``draft_id``: 32 hexadecimal digits that the client draws once and keeps to itself."""

    model_config = ConfigDict(extra="forbid", strict=True)

    draft_id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    statement: Annotated[int, Field(ge=1, le=10**6)]
    vote: Annotated[int, Field(ge=-1, le=1)]


def statements(request: Request) -> JSONResponse:
    """Give a hearing's statements; once it has closed, with their counts and the groups of voters."""
    with reading(current().engine) as db:
        hearing = hearing_of(db, request.path_params["hearing_id"])
        listed = statements_of(db, hearing.id)
        results = results_of(db, hearing)
        people, votes = votes_cast(db, hearing.id)
    if results is None:
        told = {"voters": people, "votes": votes, "results": None}
        return json_answer(
            {"hearing": hearing.id, **told, "statements": [statement_as_data(one) for one in listed]}
        )
    return json_answer(
        {
            "hearing": hearing.id,
            "voters": results.voters,
            "votes": results.cast,
            "results": results_as_data(results),
            "statements": [counted_as_data(one) for one in results.statements],
        }
    )


def votes(request: Request) -> Response:
    """Give every vote of a hearing that has closed, as CSV."""
    with reading(current().engine) as db:
        hearing = hearing_of(db, request.path_params["hearing_id"])
        if not are_shown(hearing):
            raise NotOpen("Votes are published when the hearing has closed.", next_step="Come back then.")
        text = votes_csv(db, hearing)
    name = f"{hearing.id}-votes.csv"
    return Response(
        text,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def page(request: Request) -> Response:
    """Show what the votes of a hearing say."""
    with reading(current().engine) as db:
        hearing = hearing_of(db, request.path_params["hearing_id"])
        body = results_html(db, hearing)
    return page_answer(f"Statements: {hearing.title}", body)


async def vote(request: Request) -> JSONResponse:
    """Take one vote as JSON, and answer with the digits of the voter once it is on disk."""
    body = await body_of(request, largest=_LARGEST, refused=_REFUSED)
    address = request.client.host if request.client else HERE
    return await run_in_threadpool(_vote, request.path_params["hearing_id"], body, address)


def _vote(hearing_id: str, body: bytes, address: str) -> JSONResponse:
    house = current()
    with reading(house.engine) as db:
        hearing_of(db, hearing_id)
    sent = read_body(body, _Sent, refused=_REFUSED)
    code = voting_code(house.key, hearing_id, sent.draft_id)
    with writing(house.engine) as db:
        given = Vote(hearing_id, code, sent.statement, sent.vote, is_new=True)
        ballot = cast(db, house.key, given, by=sender(house.settings, house.key, address))
    return json_answer(
        {"digits": ballot.code, "votes": {str(one): ballot.votes[one] for one in ballot.votes}}
    )
