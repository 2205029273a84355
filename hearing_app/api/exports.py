"""Exports for facilitators: the whole of a hearing's comments, to whoever is signed in as one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hearing_app.api.answers import checkpoint_header, nothing_here
from hearing_app.api.cookies import actor_of
from hearing_app.deployment import current
from hearing_app.documents.exports import FORMATS, MEDIA_TYPES, write_export
from hearing_app.hearings.agenda.slots import slots_by_comment
from hearing_app.hearings.comments.lists import comments_for_export
from hearing_app.hearings.hearing import hearing_of
from hearing_app.store.engine import reading


def export(request: Request) -> Response:
    """Give every comment of a hearing as a file; the role is checked by the function that reads them."""
    form = request.path_params["form"]
    if form not in FORMATS:
        raise nothing_here()
    with reading(current().engine) as db:
        found = hearing_of(db, request.path_params["hearing_id"])
        comments = list(comments_for_export(db, actor_of(request), found.id))
        slots = slots_by_comment(db, found.id)
        checkpoint = current().checkpoint(db)
    return Response(
        write_export(comments, form, checkpoint, slots),
        media_type=MEDIA_TYPES[form],
        headers={
            "Content-Disposition": f'attachment; filename="{found.id}-comments.{form}"',
            "Cache-Control": "no-store",
            **checkpoint_header(),
        },
    )
