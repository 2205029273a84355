"""The register to take away: whole, as a catalogue, and each entry as the files of other standards."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import checkpoint_header, json_answer, nothing_here, page_answer
from hearing_app.deployment import current
from hearing_app.documents.exchange import (
    FILES,
    about,
    catalogue_data,
    exported,
    exports_html,
    exports_index,
    systems_csv,
    systems_data,
)
from hearing_app.registry.published import all_entries, entry_of
from hearing_app.store.engine import reading


def systems_table(_request: Request) -> Response:
    """Give every entry as a row of one table."""
    house = current()
    with reading(house.engine) as db:
        return _download(
            systems_csv(all_entries(db), house.settings.address), "text/csv; charset=utf-8", "systems.csv"
        )


def systems_whole(_request: Request) -> JSONResponse:
    """Give every entry whole."""
    house = current()
    with reading(house.engine) as db:
        return json_answer(systems_data(all_entries(db), house.settings.address))


def catalogue(_request: Request) -> Response:
    """Give the register as a catalogue that other catalogues can harvest."""
    house = current()
    with reading(house.engine) as db:
        entries = all_entries(db)
    found = catalogue_data(entries, house.settings.address, house.settings.operator_name)
    answer = json_answer(found)
    answer.headers["content-type"] = "application/ld+json"
    return answer


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


def _download(content: bytes, media_type: str, name: str) -> Response:
    return Response(
        content,
        headers={
            "Content-Type": media_type,
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "Access-Control-Allow-Origin": "*",
            **checkpoint_header(),
        },
    )
