"""Sending a comment without a page: the same function, the same checks, the same receipt."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from hearing_app.api.answers import json_answer
from hearing_app.deployment import current
from hearing_app.errors import Fault, HearingError, Invalid, NotFound, NotOpen, TooMany
from hearing_app.evidence.pin import pin_of_query
from hearing_app.hearings.comments.comment import faults_on_sending, submit
from hearing_app.hearings.comments.draft import Draft, Link
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.vocabulary import CommentType, Consent, Speaking, Stance, Target
from hearing_app.people.permissions import PUBLIC
from hearing_app.people.throttle import HERE, sender
from hearing_app.registry.faults import faults_of
from hearing_app.store.engine import reading, writing

LARGEST_BODY = 64 * 1024
DEEPEST = 8
# One that is never closed reaches to the end, and nothing is tried twice: otherwise each quotation mark in
# it would be tried as a beginning of its own, and 64 KiB of them held the process for 16 seconds.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
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
    # Lists longer than any form sends are refused as one, not answered line by line.
    standing: Annotated[list[Text], Field(max_length=50)] = []
    display_name: Text = ""
    consent: Text = str(Consent.TEXT_ONLY)
    language_declared: Text = ""
    evidence: Annotated[list[_Evidence], Field(max_length=50)] = []
    target_detail: Text = ""
    speaking: Text = str(Speaking.NO)
    interpreter: bool = False
    interpreter_language: Text = ""
    access_needs: Text = ""
    first_time: bool | None = None
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
    address = request.client.host if request.client else HERE
    return await run_in_threadpool(_submit, request.path_params["hearing_id"], bytes(body), address)


def _submit(hearing_id: str, body: bytes, address: str) -> JSONResponse:
    house = current()
    with reading(house.engine) as db:
        hearing_of(db, hearing_id)
    draft, faults = _read(hearing_id, body)
    try:
        if faults:
            # What could be read is checked as well, so that one answer names everything.
            known = {_root(fault) for fault in faults}
            with reading(house.engine) as db:
                more = [one for one in faults_on_sending(db, draft) if _root(one) not in known]
        else:
            by = sender(house.settings, house.key, address)
            with writing(house.engine) as db:
                receipt = submit(db, PUBLIC, house.key, draft, by=by)
    except (Invalid, NotOpen, TooMany) as error:
        raise _to_a_program(error) from None
    if faults:
        raise Invalid("The comment was not sent.", [*faults, *map(_as_sent, more)])
    answer: dict[str, Any] = {
        "receipt": receipt.code,
        "comment_id": receipt.comment_id,
        "submitted_at": receipt.submitted_at.isoformat(),
        "state": receipt.state,
        "repeated": receipt.repeated,
        "proof": f"/api/v1/record/comments/{receipt.comment_id}/proof",
    }
    return json_answer(answer, status=200 if receipt.repeated else 201)


def _to_a_program(error: HearingError) -> HearingError:
    """Return a refusal in the words for a program, which has no page on which its words still stand."""
    if isinstance(error, TooMany):
        again = f"Send it again after {error.retry_after} seconds, with the same draft_id."
        more = "Where many people share one network, whoever runs this service can allow more."
        return TooMany(
            error.what, kept="Nothing was stored.", next_step=f"{again} {more}", retry_after=error.retry_after
        )
    if isinstance(error, NotOpen):
        next_step = "The hearing's window is given as opens_at and closes_at."
        return NotOpen(error.what, kept="Nothing was stored.", next_step=next_step)
    faults = error.faults if isinstance(error, Invalid) else ()
    return Invalid("The comment was not sent.", map(_as_sent, faults))


def _read(hearing_id: str, body: bytes) -> tuple[Draft, list[Fault]]:
    """Return the draft that a body makes, and the faults of the fields that could not be read into it."""
    if is_deep(body):
        raise _refused("body", "The body is nested too deeply.", "A comment's lists hold texts and links.")
    try:
        given = json.loads(body, object_pairs_hook=each_once)
    except GivenTwice as error:
        raise _refused(error.name, "This field is given twice.", "Give each field once.") from None
    except (ValueError, RecursionError):
        raise _refused("body", "The body is not JSON.", "Send one JSON object.") from None
    if not isinstance(given, dict):
        raise _refused("body", "The body is not a JSON object.", "Send one, with a value for each field.")
    faults: list[Fault] = []
    try:
        sent = _Sent.model_validate(given)
    except ValidationError as error:
        faults = faults_of(error)
        sent = _readable(given, {_root(fault) for fault in faults})
    try:
        pinned = _pinned(sent.seen) if sent.seen else None
    except Invalid as error:
        faults += error.faults
        pinned = None
    draft = Draft(
        **sent.model_dump(exclude={"seen", "evidence", "standing"}),
        hearing_id=hearing_id,
        standing=tuple(sent.standing),
        evidence=tuple(Link(link.url, link.title) for link in sent.evidence),
        pinned=pinned,
    )
    return draft, faults


class GivenTwice(ValueError):
    """One field of a JSON object stands there twice; ``name`` is the beginning of its name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name[:40].encode("utf-8", "replace").decode()


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object's fields; raise ``GivenTwice``.

    Of two fields with one name nobody could say which was meant: of two consents, say.
    """
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise GivenTwice(Counter(name for name, _ in pairs).most_common(1)[0][0])
    return fields


def is_deep(body: bytes) -> bool:
    """Return whether a JSON text nests deeper than anything that is sent here; nothing is parsed for it."""
    depth = 0
    for sign in _BRACKETS.findall(_STRINGS.sub(b"", body)):
        depth += 1 if sign in b"{[" else -1
        if depth > DEEPEST:
            return True
    return False


def _readable(given: Mapping[str, Any], wrong: set[str]) -> _Sent:
    """Return the sound fields of a body; what must be there and is not stands empty."""
    sound = {name: value for name, value in given.items() if name in _Sent.model_fields and name not in wrong}
    return _Sent.model_validate({"draft_id": "", "system_id": "", "system_version": 0} | sound)


def _root(fault: Fault) -> str:
    """Return the name of the field of the body in which a fault is."""
    return fault.field.partition(".")[0]


def _as_sent(fault: Fault) -> Fault:
    """Return a fault at the field that a client sends: figures are pinned from ``seen``."""
    return replace(fault, field="seen") if fault.field == "pinned" else fault


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
