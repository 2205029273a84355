"""The register to take away: whole, as a catalogue, and each entry as the files of other standards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from hearing_app.api.answers import checkpoint_header, json_answer, nothing_here, page_answer
from hearing_app.deployment import current
from hearing_app.documents.exchange import FILES, about, exported, exports_html, exports_index
from hearing_app.documents.whole import CATALOGUE, DATA, TABLE, Whole, whole
from hearing_app.registry.listed import Listed
from hearing_app.registry.published import PublishedEntry, each_entry, entry_of
from hearing_app.registry.register import register_of
from hearing_app.store.engine import reading

_OPEN = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}


def systems_table(_request: Request) -> Response:
    """Give every entry as a row of one table."""
    return _whole(TABLE, "text/csv; charset=utf-8", _as_file("systems.csv"))


def systems_whole(_request: Request) -> Response:
    """Give every entry whole."""
    return _whole(DATA, "application/json")


def catalogue(_request: Request) -> Response:
    """Give the register as a catalogue that other catalogues can harvest."""
    return _whole(CATALOGUE, "application/ld+json")


def _whole(form: Whole, media_type: str, more: Mapping[str, str] | None = None) -> Response:
    """Begin to give the register as it is now; what is published meanwhile is not in it."""
    house = current()
    with reading(house.engine) as db:
        entries = register_of(db).ordered

    def read(wanted: Sequence[Listed]) -> list[PublishedEntry]:
        with reading(house.engine) as db:
            return list(each_entry(db, wanted))

    parts = whole(form, entries, read, house.settings.address, house.settings.operator_name)
    return StreamingResponse(
        parts, headers={"Content-Type": media_type, **_OPEN, **(more or {}), **checkpoint_header()}
    )


def index(request: Request) -> JSONResponse:
    """List the files that are made of an entry, and what each of them cannot hold."""
    house = current()
    with reading(house.engine) as db:
        published = entry_of(db, request.path_params["system_id"])
    return json_answer(exports_index(published, house.settings.address))


def page(request: Request) -> Response:
    """Show the files that are made of an entry, and what each of them cannot hold."""
    with reading(current().engine) as db:
        entry = entry_of(db, request.path_params["system_id"]).entry
    return page_answer(f"In other forms: {entry.name}", exports_html(entry))


def export(request: Request) -> Response:
    """Give an entry as one of these files."""
    house = current()
    with reading(house.engine) as db:
        published = entry_of(db, request.path_params["system_id"])
    file = FILES.get(request.path_params["export"])
    if file is None:
        raise nothing_here()
    made = exported(file, published.entry, about(published, house.settings.address))
    return _download(made.document, file.media_type, f"{published.entry.id}-{file.name}")


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _download(content: bytes, media_type: str, name: str) -> Response:
    return Response(
        content,
        headers={
            "Content-Type": media_type,
            **_as_file(name),
            **_OPEN,
            **checkpoint_header(),
        },
    )
