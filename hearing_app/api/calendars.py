"""The dates of hearings as calendars, to be taken over once or to be subscribed to."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hearing_app.api.answers import checkpoint_header
from hearing_app.deployment import current
from hearing_app.documents.hearing_calendar import Dated, calendar_of
from hearing_app.hearings.hearing import Hearing, hearing_of
from hearing_app.record.signatures import name_of_record
from hearing_app.record.versions import latest_version, latest_versions
from hearing_app.store.engine import reading


def of_hearing(request: Request) -> Response:
    """Give the dates of one hearing."""
    hearing_id = request.path_params["hearing_id"]
    with reading(current().engine) as db:
        hearing, version = hearing_of(db, hearing_id), latest_version(db, "hearing", hearing_id)
        record = name_of_record(db)
    dated = [Dated(hearing, version.version, version.published_at)] if version else []
    return _calendar(dated, hearing.title, record, f"{hearing.id}.ics")


def of_all(_request: Request) -> Response:
    """Give the dates of every hearing."""
    with reading(current().engine) as db:
        dated = [
            Dated(Hearing.model_validate(one.document), one.version, one.published_at)
            for one in latest_versions(db, "hearing")
        ]
        record = name_of_record(db)
    return _calendar(dated, "Hearings", record, "hearings.ics")


def _calendar(dated: list[Dated], title: str, record: str, file: str) -> Response:
    body = calendar_of(dated, title=title, record=record, address=current().settings.address)
    return Response(
        body,
        headers={
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{file}"',
            "Cache-Control": "public, max-age=300",
            "Access-Control-Allow-Origin": "*",
            **checkpoint_header(),
        },
    )
