"""Sending a comment without a page: the same function, the same checks, the same receipt."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from hearing_app.api.answers import json_answer
from hearing_app.deployment import current
from hearing_app.errors import Fault, Invalid, NotFound
from hearing_app.evidence.pin import pin_of_query
from hearing_app.hearings.comment import submit
from hearing_app.hearings.draft import Draft, Link
from hearing_app.hearings.vocabulary import CommentType, Consent, Stance, Target
from hearing_app.people.permissions import PUBLIC
from hearing_app.registry.faults import faults_of
from hearing_app.store.engine import writing

LARGEST_BODY = 64 * 1024
Text = Annotated[str, Field(max_length=LARGEST_BODY)]


class _Evidence(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    url: Text
    title: Text = ""


class _Sent(BaseModel):
    """The body of a request. ``seen`` is the query of an evidence page: its figures are computed here."""

    model_config = ConfigDict(extra="forbid", strict=True)
    draft_id: Text
    system_id: Text
    system_version: int
    target: Text = str(Target.WHOLE_SYSTEM)
    comment_type: Text = str(CommentType.CONCERN)
    concern: Text = ""
    value_seen: Text = ""
    ask: Text = ""
    stance: Text = str(Stance.NO_VIEW)
    standing: list[Text] = []
    display_name: Text = ""
    consent: Text = str(Consent.TEXT_ONLY)
    language_declared: Text = ""
    evidence: list[_Evidence] = []
    seen: Text = ""


async def submit_comment(request: Request) -> JSONResponse:
    """Take a comment as JSON and answer with its receipt once it is on disk.

    The client draws ``draft_id`` (32 random hexadecimal digits) and may repeat the request as often as it
    needs to: the answer is the same receipt.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise _refused("content-type", "The body is not declared as JSON.", "Send application/json.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise _refused("body", "The request is larger than 64 KiB.", "A comment is far smaller.")
    return await run_in_threadpool(_submit, request.path_params["hearing_id"], bytes(body))


def _submit(hearing_id: str, body: bytes) -> JSONResponse:
    house = current()
    sent = _read(body)
    draft = Draft(
        **sent.model_dump(exclude={"seen", "evidence", "standing"}),
        hearing_id=hearing_id,
        standing=tuple(sent.standing),
        evidence=tuple(Link(link.url, link.title) for link in sent.evidence),
        pinned=_pinned(sent.seen) if sent.seen else None,
    )
    with writing(house.engine) as db:
        receipt = submit(db, PUBLIC, house.key, draft)
    answer: dict[str, Any] = {
        "receipt": receipt.code,
        "comment_id": receipt.comment_id,
        "submitted_at": receipt.submitted_at.isoformat(),
        "state": receipt.state,
        "repeated": receipt.repeated,
    }
    return json_answer(answer, status=200 if receipt.repeated else 201)


def _read(body: bytes) -> _Sent:
    try:
        return _Sent.model_validate(json.loads(body))
    except (ValueError, RecursionError) as error:
        if isinstance(error, ValidationError):
            raise Invalid("The comment was not sent.", faults_of(error)) from None
        raise _refused("body", "The body is not JSON.", "Send one JSON object.") from None


def _pinned(seen: str) -> dict[str, Any]:
    try:
        parameters = parse_qsl(seen, max_num_fields=50)
    except ValueError:
        raise _refused("seen", "This is no query of an evidence page.", "Copy it from its address.") from None
    try:
        return pin_of_query(current().catalogue, parameters)
    except NotFound as error:
        raise _refused("seen.dataset", error.what, error.next_step) from None
    except Invalid as error:
        faults = [replace(fault, field=f"seen.{fault.field}") for fault in error.faults]
        raise Invalid("The comment was not sent.", faults) from None


def _refused(field: str, problem: str, repair: str) -> Invalid:
    return Invalid("The comment was not sent.", [Fault("", field, problem, repair)])
