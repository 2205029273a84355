"""Asking an agency about oneself without JavaScript, and as data: the form, the receipt, the answer.

Nothing of it is in an address, kept in a cache or logged: the receipt and the words travel in bodies alone.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import json_answer, page_answer
from hearing_app.api.bodies import body_of, read_body
from hearing_app.api.cookies import check_form
from hearing_app.api.forms import address_of, form_page, read_form
from hearing_app.deployment import current
from hearing_app.documents.render import rendered
from hearing_app.documents.requests import (
    LABELS,
    kept_by,
    request_intro_html,
    request_receipt_html,
    request_status_html,
)
from hearing_app.errors import Conflict, HearingError, Invalid, NotFound, TooMany
from hearing_app.hearings.receipts import found_by_receipt
from hearing_app.hearings.requests.asking import (
    LONGEST,
    LONGEST_AROUND,
    LONGEST_REACH,
    SHORTEST,
    Asking,
    RequestReceipt,
    lodge,
)
from hearing_app.hearings.requests.erasing import withdraw
from hearing_app.hearings.requests.reading import Request as Asked
from hearing_app.hearings.requests.vocabulary import RequestKind
from hearing_app.people.throttle import sender
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading, writing
from hearing_app.voices.signs import length, shown

LARGEST_BODY = 64 * 1024
_REFUSED = "The request was not sent."
_FIELDS = ("kind", "words", "around", "reach")


class _Sent(BaseModel):
    """A request as JSON. ``draft_id``: 32 hexadecimal digits that the client draws, so that it can repeat."""

    model_config = ConfigDict(extra="forbid", strict=True)

    draft_id: Annotated[str, Field(max_length=LARGEST_BODY)]
    kind: Annotated[str, Field(max_length=LARGEST_BODY)]
    words: Annotated[str, Field(max_length=LARGEST_BODY)]
    around: Annotated[str, Field(max_length=LARGEST_BODY)] = ""
    reach: Annotated[str, Field(max_length=LARGEST_BODY)] = ""


async def ask(request: Request) -> Response:
    """Show the form for a system; take what it sends, and answer with the receipt."""
    if request.method != "POST":
        return await run_in_threadpool(_form, request, None, None)
    typed = await read_form(request, largest=LARGEST_BODY)
    return await run_in_threadpool(_take, request, typed)


async def mine(request: Request) -> Response:
    """Show where a request stands, to who has its receipt, and let them take it back."""
    if request.method != "POST":
        return await run_in_threadpool(_mine, request, None, None, "")
    typed = await read_form(request)
    return await run_in_threadpool(_act, request, typed)


async def send(request: Request) -> JSONResponse:
    """Take a request as JSON, and answer with its receipt once it is on disk; the same draft is one."""
    body = await body_of(request, largest=LARGEST_BODY, refused=_REFUSED)
    return await run_in_threadpool(_send, request.path_params["system_id"], body, address_of(request))


def _take(request: Request, typed: dict[str, str]) -> Response:
    system_id = request.path_params["system_id"]
    # Browsers send each line's end as two signs; a person typed one.
    given = {name: typed.get(name, "").replace("\r\n", "\n") for name in ("draft_id", *_FIELDS)}
    try:
        check_form(request, typed.get("form", ""))
        receipt = _lodge(system_id, given, address_of(request))
    except NotFound:
        raise
    except HearingError as error:
        return _form(request, error, given)
    house = current()
    with reading(house.engine) as db:
        body = request_receipt_html(
            db, receipt, kept_by(house.settings.retention, house.settings.backup_days)
        )
    return page_answer("Your receipt", body)


def _lodge(system_id: str, given: dict[str, str], address: str) -> RequestReceipt:
    """Put it on the record, about the entry as it is published now."""
    house = current()
    with reading(house.engine) as db:
        version = entry_of(db, system_id).version.version
    asking = Asking(
        given["draft_id"],
        given["kind"],
        system_id,
        version,
        given["words"],
        given["around"].strip(),
        given["reach"].strip(),
    )
    with writing(house.engine) as db:
        return lodge(db, house.key, asking, by=sender(house.settings, house.key, address))


def _form(request: Request, problem: HearingError | None, given: dict[str, str] | None) -> Response:
    house = current()
    kept = kept_by(house.settings.retention, house.settings.backup_days)
    with reading(house.engine) as db:
        entry = entry_of(db, request.path_params["system_id"]).entry
        intro = request_intro_html(db, entry, kept)
    typed = given or dict.fromkeys(_FIELDS, "") | {
        "draft_id": new_draft_id(),
        "kind": str(RequestKind.SCORED),
    }
    return form_page(
        request,
        "Was I scored?",
        "request_form",
        problem=problem,
        entry=entry,
        intro=rendered(intro),
        typed=typed,
        seen=length(shown(typed["words"]).strip()),
        kinds=list(RequestKind),
        labels=LABELS,
        shortest=SHORTEST,
        longest={"words": LONGEST, "around": LONGEST_AROUND, "reach": LONGEST_REACH},
    )


def _act(request: Request, typed: dict[str, str]) -> Response:
    house, receipt = current(), typed.get("receipt", "")
    try:
        check_form(request, typed.get("form", ""))
        found = found_by_receipt(house.engine, house.key, receipt, address_of(request))
        if not isinstance(found, Asked):
            raise NotFound(
                "These 16 digits belong to a comment or a report, not to a request.",
                next_step="Open My receipt and type them there.",
            )
        if typed.get("action") != "withdraw":
            return _mine(request, None, found, receipt)
        if typed.get("sure") != "yes":
            problem = Invalid("Your request was not withdrawn.", next_step="Please tick that you mean it.")
            return _mine(request, problem, found, receipt)
        return _mine(request, None, withdraw(house.engine, house.key, receipt), "")
    except HearingError as error:
        return _mine(request, error, None, receipt)


def _mine(request: Request, problem: HearingError | None, found: Asked | None, receipt: str) -> Response:
    house, stands = current(), ""
    if found is not None:
        with reading(house.engine) as db:
            kept = kept_by(house.settings.retention, house.settings.backup_days)
            stands = request_status_html(db, found, kept)
    return form_page(
        request,
        "My request",
        "my_request",
        problem=problem,
        receipt=receipt[:40],
        stands=rendered(stands),
        offered=found is not None and found.has_words,
        backup_days=house.settings.backup_days,
    )


def _send(system_id: str, body: bytes, address: str) -> JSONResponse:
    with reading(current().engine) as db:
        entry_of(db, system_id)
    sent = read_body(body, _Sent, refused=_REFUSED)
    try:
        receipt = _lodge(system_id, sent.model_dump(), address)
    except Invalid as error:
        raise Invalid(_REFUSED, error.faults) from None
    except Conflict as error:
        kept = "What came first stays."
        raise Conflict(error.what, kept=kept, next_step="Send new words under a new draft_id.") from None
    except TooMany as error:
        again = f"Send it again after {error.retry_after} seconds, with the same draft_id."
        kept = "Nothing was stored."
        raise TooMany(error.what, kept=kept, next_step=again, retry_after=error.retry_after) from None
    answer: dict[str, Any] = {
        "receipt": receipt.code,
        "request_id": receipt.request_id,
        "due_by": receipt.due_at.date().isoformat(),
        "repeated": receipt.repeated,
    }
    return json_answer(answer, status=200 if receipt.repeated else 201)
