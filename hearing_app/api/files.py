"""Files of evidence: sent by their author behind the receipt, given out as nothing but downloads."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import json_answer
from hearing_app.api.cookies import actor_of, check_form
from hearing_app.api.forms import address_of, form_page
from hearing_app.api.guard import SANDBOX
from hearing_app.deployment import current
from hearing_app.documents.comment_record import own_files
from hearing_app.documents.render import rendered
from hearing_app.errors import HearingError
from hearing_app.hearings.comments.comment import find_by_receipt
from hearing_app.hearings.comments.file_adding import LARGEST, Sent, add_file, remove_file
from hearing_app.hearings.comments.files import (
    MEDIA_TYPES,
    Kept,
    file_for_staff,
    files_of,
    public_file,
    public_files,
)
from hearing_app.hearings.hearing import hearing_of
from hearing_app.store.engine import reading

# As browsers write it, and nothing beside: a charset that is named here would choose how names are decoded.
_MULTIPART = re.compile(r"multipart/form-data;\s*boundary=\"?[A-Za-z0-9'()+_,./:=?-]{1,70}\"?")
_SMALL = 8192


@dataclass(frozen=True, slots=True)
class _Form:
    """What the page sends: ``action`` is "add", "show" or "remove"."""

    token: str
    action: str
    receipt: str
    title: str
    whose: str
    file_id: str
    name: str
    content: bytes


async def own(request: Request) -> Response:
    """Show the page of an author's files, or do what it asks: add one, show them, remove one."""
    if request.method != "POST":
        return await run_in_threadpool(_page, request, None, None, "")
    form = await _read(request)
    return await run_in_threadpool(_act, request, form)


def public(request: Request) -> Response:
    """Give a file that was screened, beside a published comment, to everybody."""
    with reading(current().engine) as db:
        asked = request.path_params
        found, content = public_file(db, asked["hearing_id"], asked["file_id"])
    return _download(found, content)


def for_staff(request: Request) -> Response:
    """Give a file to a facilitator, who has to look at it first."""
    with reading(current().engine) as db:
        found, content = file_for_staff(db, actor_of(request), request.path_params["file_id"])
    return _download(found, content)


def list_files(request: Request) -> JSONResponse:
    """List the public files of a hearing, with their hashes."""
    with reading(current().engine) as db:
        hearing = hearing_of(db, request.path_params["hearing_id"])
        found = [one for kept in public_files(db, hearing.id).values() for one in kept]
    return json_answer({"hearing": hearing.id, "files": [_document(one) for one in found]})


def _document(one: Kept) -> dict[str, str | int]:
    return {
        "file_id": one.file_id,
        "comment_id": one.comment_id,
        "number": one.number,
        "kind": one.kind,
        "title": one.title,
        "whose": one.whose,
        "bytes": one.bytes,
        "sha256": one.sha256,
        "address": one.address,
    }


def _download(found: Kept, content: bytes) -> Response:
    return Response(
        content,
        media_type=MEDIA_TYPES[found.kind],
        headers={
            "Content-Disposition": f'attachment; filename="{found.download_name}"',
            "Content-Security-Policy": SANDBOX,
            "Cross-Origin-Resource-Policy": "same-origin",
            # What was withdrawn must not come back from a cache.
            "Cache-Control": "no-store",
        },
    )


async def _read(request: Request) -> _Form:
    """Return what the form sent; its size is bounded by the limits of requests, and it goes to the disk."""
    if not _MULTIPART.fullmatch(request.headers.get("content-type", "").strip()):
        raise HTTPException(415, "This form was sent in a way that is not taken here.")
    async with request.form(max_files=1, max_fields=6, max_part_size=_SMALL) as form:
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        file = form.get("file")
        content = await file.read(LARGEST + 1) if isinstance(file, UploadFile) else b""
        name = (file.filename or "") if isinstance(file, UploadFile) else ""
    return _Form(
        token=texts.get("form", ""),
        action=texts.get("action", ""),
        receipt=texts.get("receipt", ""),
        title=texts.get("title", ""),
        whose=texts.get("whose", ""),
        file_id=texts.get("file_id", ""),
        name=name,
        content=content,
    )


def _act(request: Request, form: _Form) -> Response:
    house, done = current(), ""
    try:
        check_form(request, form.token)
        if form.action == "remove":
            remove_file(house.engine, house.key, form.receipt, address_of(request), form.file_id)
            done = "The file was removed."
        elif form.action == "add":
            sent = Sent(form.content, form.name, form.title, form.whose)
            folder = house.settings.data
            kept = add_file(house.engine, house.key, form.receipt, address_of(request), sent, folder=folder)
            done = f"Your file is kept as {kept.download_name}. A facilitator looks at it first."
    except HearingError as error:
        return _page(request, error, form, "")
    return _page(request, None, form, done)


def _page(request: Request, problem: HearingError | None, form: _Form | None, done: str) -> Response:
    house, mine = current(), ""
    kept: list[Kept] = []
    if form is not None and problem is None:
        try:
            found = find_by_receipt(house.engine, house.key, form.receipt, address_of(request))
        except HearingError as error:
            problem = error
        else:
            with reading(house.engine) as db:
                kept = files_of(db, [found.comment_id]).get(found.comment_id, [])
                mine = own_files(kept, hearing_of(db, found.hearing_id))
    return form_page(
        request,
        "Files with my comment",
        "comment_files",
        problem=problem,
        receipt=form.receipt[:40] if form else "",
        file_title=form.title if form and problem else "",
        whose=form.whose if form and problem else "",
        mine_html=rendered(mine),
        files=kept,
        done=done,
    )
