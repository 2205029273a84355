"""The register as a whole: systems side by side, and what each agency has published."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import checkpoint_header, json_answer, page_answer
from hearing_app.deployment import current
from hearing_app.documents.compare import compare_html
from hearing_app.documents.coverage import coverage_csv, coverage_data, coverage_html
from hearing_app.errors import Fault, Invalid
from hearing_app.registry.compare import MOST, Row, check, compare
from hearing_app.registry.coverage import Covered, coverage_in
from hearing_app.registry.published import PublishedEntry, entry_of
from hearing_app.store.engine import reading


def compare_page(request: Request) -> Response:
    """Show two to four systems side by side; the address names them."""
    found = _named(list(dict.fromkeys(request.query_params.getlist("system")))[: MOST + 1])
    html = compare_html([one.entry for one in found], "/record/compare", only_differences=_only(request))
    return page_answer("Systems side by side", html)


def compare_data(request: Request) -> JSONResponse:
    """Give two to four systems field by field, each row with whether they differ."""
    ids = request.query_params.getlist("system")
    check(ids)
    found = _named(ids)
    groups = compare([one.entry for one in found], only_differences=_only(request))
    rows = [_row(row, found) for rows in groups.values() for row in rows]
    systems = [{"id": one.entry.id, "name": one.entry.name, "version": one.version.version} for one in found]
    return json_answer({"systems": systems, "rows": rows})


def coverage_page(_request: Request) -> Response:
    """Show what each agency has published."""
    covered, today = _covered()
    return page_answer("What each agency has published", coverage_html(covered, today))


def coverage(_request: Request) -> JSONResponse:
    """Give the counts by agency."""
    return json_answer(coverage_data(*_covered()))


def coverage_as_csv(_request: Request) -> Response:
    """Give the counts by agency as CSV."""
    return Response(
        coverage_csv(_covered()[0]),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="coverage.csv"',
            "Cache-Control": "no-store",
            "Access-Control-Allow-Origin": "*",
            **checkpoint_header(),
        },
    )


def _covered() -> tuple[tuple[Covered, ...], date]:
    house, today = current(), datetime.now(UTC).date()
    with reading(house.engine) as db:
        return coverage_in(db, house.settings.registry, today), today


def _named(ids: list[str]) -> list[PublishedEntry]:
    with reading(current().engine) as db:
        return [entry_of(db, id) for id in ids]


def _only(request: Request) -> bool:
    said = request.query_params.get("only")
    if said not in {None, "differences"}:
        problem, repair = "It can only be “differences”.", "Correct it, or leave it out."
        raise Invalid("Nothing was compared.", [Fault("", "only", problem, repair)], kept="")
    return said is not None


def _row(row: Row, found: list[PublishedEntry]) -> dict[str, Any]:
    name = row.field.name
    return {
        "field": name,
        "title": row.field.title,
        "group": row.field.group.value,
        "likeness": row.likeness.value,
        "values": [
            {
                "told": cell.told.value,
                "value": one.entry.model_dump(mode="json")[name],
                "lines": list(cell.lines),
            }
            for cell, one in zip(row.cells, found, strict=True)
        ],
    }
