"""The briefing of a hearing: as a page to print, and as a Word document, for its facilitators."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hearing_app.api.answers import checkpoint_header, page_answer
from hearing_app.api.cookies import actor_of
from hearing_app.deployment import current
from hearing_app.documents.pack.briefing import Briefing, briefing_of
from hearing_app.documents.pack.page import briefing_html
from hearing_app.documents.pack.word import briefing_docx
from hearing_app.store.engine import reading

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def page(request: Request) -> Response:
    """Show the briefing; the browser's print makes a PDF of it."""
    brief = _brief(request)
    return page_answer(f"Briefing: {brief.hearing.title}", briefing_html(brief))


def word(request: Request) -> Response:
    """Give the briefing as a Word document."""
    brief = _brief(request)
    return Response(
        briefing_docx(brief),
        media_type=_WORD,
        headers={
            "Content-Disposition": f'attachment; filename="{brief.hearing.id}-briefing.docx"',
            "Cache-Control": "no-store",
            **checkpoint_header(),
        },
    )


def _brief(request: Request) -> Briefing:
    with reading(current().engine) as db:
        return briefing_of(db, actor_of(request), request.path_params["hearing_id"])
