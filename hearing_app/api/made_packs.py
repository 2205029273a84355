"""Packs that somebody had made on the page of the pack: each is sent to who made it, once, from the disk."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hearing_app.api.cookies import actor_of
from hearing_app.deployment import current
from hearing_app.documents.pack.making import Making, fetched, sent

_PIECE = 256 * 1024


def fetch(request: Request) -> Response:
    """Send a pack that is ready; the role, and whose it is, are checked again."""
    made = fetched(current().engine, actor_of(request), request.path_params["pack_id"])
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{made.hearing_id}-pack.zip"',
        "Content-Length": str(made.size),
    }
    if request.method == "HEAD":
        return Response(headers=headers, media_type="application/zip")
    return StreamingResponse(_pieces(made), headers=headers, media_type="application/zip")


def _pieces(made: Making) -> Iterator[bytes]:
    """Yield the file piece by piece. One that was not sent to its end stays, to be fetched again."""
    with made.file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece
    sent(made)
