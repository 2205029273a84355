"""Drafts of the publishing desk as files: sent in by a form of ours, and taken along as YAML."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hearing_app.api.cookies import actor_of, check_form
from hearing_app.api.forms import form_page
from hearing_app.deployment import current
from hearing_app.errors import Fault, HearingError, Invalid
from hearing_app.people.permissions import Act
from hearing_app.registry.desk.acts import begin_from_text
from hearing_app.registry.desk.drafts import draft_of, office
from hearing_app.registry.desk.text import as_yaml, read_yaml
from hearing_app.registry.reading import LARGEST_FILE
from hearing_app.store.engine import reading, writing

# As browsers write it, and nothing beside: a charset that is named here would choose how names are decoded.
_MULTIPART = re.compile(r"multipart/form-data;\s*boundary=\"?[A-Za-z0-9'()+_,./:=?-]{1,70}\"?")


async def upload(request: Request) -> Response:
    """Show the form for a file, or begin a draft with the one that was sent."""
    if request.method != "POST":
        return await run_in_threadpool(_page, request, None)
    token, content = await _read(request)
    return await run_in_threadpool(_begin, request, token, content)


def as_yaml_file(request: Request) -> Response:
    """Give a draft as YAML, to whoever may read it."""
    with reading(current().engine) as db:
        draft = draft_of(db, actor_of(request), request.path_params["draft_id"])
    return Response(
        as_yaml(draft.document),
        media_type="application/yaml",
        headers={
            "Content-Disposition": f'attachment; filename="{draft.draft_id}.yaml"',
            "Cache-Control": "no-store",
        },
    )


async def _read(request: Request) -> tuple[str, bytes | None]:
    """Return the form's token and the file; its size is bounded by the limits of requests."""
    if not _MULTIPART.fullmatch(request.headers.get("content-type", "").strip()):
        raise HTTPException(415, "This form was sent in a way that is not taken here.")
    async with request.form(max_files=1, max_fields=2, max_part_size=1024) as form:
        token, file = form.get("form", ""), form.get("file")
        content = await file.read(LARGEST_FILE + 1) if isinstance(file, UploadFile) else None
        return (token if isinstance(token, str) else ""), content


def _begin(request: Request, token: str, content: bytes | None) -> Response:
    try:
        check_form(request, token)
        # Strangers cost no reading.
        office(actor_of(request), Act.WRITE_DRAFTS)
        if not content:
            fault = Fault("", "file", "No file was chosen, or it is empty.", "Choose a file in YAML.")
            raise Invalid("No draft was begun.", [fault])
        document = read_yaml(content)
        with writing(current().engine) as db:
            draft = begin_from_text(db, actor_of(request), document)
    except HearingError as error:
        return _page(request, error)
    return RedirectResponse(f"/publish?draft={quote(draft.draft_id)}", status_code=303)


def _page(request: Request, problem: HearingError | None) -> Response:
    if problem is None:
        office(actor_of(request), Act.WRITE_DRAFTS)
    return form_page(request, "Send a file", "desk_upload", problem=problem)
