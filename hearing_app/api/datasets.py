"""Datasets as data: manifests, and every metric for any selection."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import checkpoint_header, json_answer
from hearing_app.deployment import current
from hearing_app.documents.audit_files import audit_csv
from hearing_app.documents.exhibits import exhibit_csv, exhibit_document
from hearing_app.errors import Fault, Invalid, NotFound
from hearing_app.evidence.audit import audit
from hearing_app.evidence.checks import MANIFEST
from hearing_app.evidence.counting.control import TABLES
from hearing_app.evidence.datasets import Dataset
from hearing_app.evidence.exhibit import Question
from hearing_app.evidence.families import draw_exhibit, exhibits_of, metrics_of
from hearing_app.evidence.releases import NAME as RELEASE
from hearing_app.evidence.releases import require_release
from hearing_app.evidence.selection import parse_selection
from hearing_app.evidence.turns import FIGURES

# The page's own address may be passed on as it is: it carries what was shown beside the selection.
_PASSED_OVER = frozenset({"format", "metric", "dataset", "picture", "exhibit", "cut", RELEASE})


def list_datasets(_request: Request) -> JSONResponse:
    """List the datasets that can be asked."""
    catalogue = current().catalogue
    listed = [catalogue.dataset(dataset_id) for dataset_id in catalogue.ids()]
    return json_answer(
        {
            "datasets": [
                {"id": one.id, "title": one.manifest.title, "system": one.manifest.system, **_release(one)}
                for one in listed
            ]
        }
    )


def dataset(request: Request) -> JSONResponse:
    """Give a dataset's manifest (columns, wording, origin, licence, limits) and its files' own hashes."""
    found = current().catalogue.dataset(request.path_params["dataset_id"])
    return json_answer(
        {
            "id": found.id,
            **_release(found),
            "version_is": f"the SHA-256 of {_all(found)}: cat {' '.join(found.files)} | sha256sum",
            "files": [
                {
                    "name": name,
                    "url": f"/api/v1/datasets/{found.id}/{name}",
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "bytes": len(content),
                }
                for name, content in found.files.items()
            ],
            "metrics": list(metrics_of(found.manifest)),
            "exhibits": [
                {
                    "id": one.id,
                    "label": one.label,
                    "question": one.question,
                    "url": f"/api/v1/datasets/{found.id}/exhibits/{one.id}",
                }
                for one in exhibits_of(found.manifest).values()
            ],
            "manifest": found.manifest.model_dump(mode="json"),
        }
    )


def file(request: Request) -> Response:
    """Give one of the two files of a dataset, byte for byte: its counts, or their description."""
    # The route names the two files, so that nothing else can be asked for.
    return _file(current().catalogue.dataset(request.path_params["dataset_id"]), request.path_params["name"])


def table(request: Request) -> Response:
    """Give one table of protected counts, byte for byte; an empty count is not shown."""
    name = f"{TABLES}/{request.path_params['table']}.csv"
    return _file(current().catalogue.dataset(request.path_params["dataset_id"]), name)


def _file(found: Dataset, name: str) -> Response:
    if name not in found.files:
        there = ", ".join(found.files)
        raise NotFound("This dataset has no such file.", kept="", next_step=f"Its files are: {there}.")
    kind = "application/yaml" if name == MANIFEST else "text/csv"
    return Response(
        found.files[name],
        media_type=f"{kind}; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name.rpartition("/")[2]}"',
            "Cache-Control": "no-store",
            "Access-Control-Allow-Origin": "*",
            **checkpoint_header(),
        },
    )


def metrics(request: Request) -> Response:
    """Give every metric for a selection, as JSON or, with ``format=csv``, as a table to take away."""
    catalogue = current().catalogue
    found = catalogue.dataset(request.path_params["dataset_id"])
    asked = request.query_params.multi_items()
    form = request.query_params.get("format", "json")
    chosen = [pair for pair in asked if pair[0] not in _PASSED_OVER]
    wrong = Fault("", "format", f"“{form[:40]}” is no format.", "Use json or csv.")
    try:
        selection = parse_selection(found, chosen)
    except Invalid as error:
        faults = error.faults if form in {"json", "csv"} else (*error.faults, wrong)
        raise Invalid(error.what, faults, kept="") from None
    if form not in {"json", "csv"}:
        raise Invalid("The figures cannot be given in this format.", [wrong], kept="")
    require_release(found, asked)
    with FIGURES.turn():
        result = audit(catalogue, selection)
        answer = result.as_document() if form == "json" else audit_csv(result)
    if not isinstance(answer, bytes):
        return json_answer(answer)
    name = f"{found.id}-{result.version.removeprefix('sha256:')[:12]}.csv"
    return Response(
        answer,
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            **checkpoint_header(),
        },
    )


def exhibit(request: Request) -> Response:
    """Give one further picture of the evidence as data: what it says, and its numbers, as JSON or as CSV."""
    catalogue = current().catalogue
    found = catalogue.dataset(request.path_params["dataset_id"])
    asked = request.query_params.multi_items()
    form = request.query_params.get("format", "json")
    if form not in {"json", "csv"}:
        fault = Fault("", "format", f"“{form[:40]}” is no format.", "Use json or csv.")
        raise Invalid("The figures cannot be given in this format.", [fault], kept="")
    chosen = [pair for pair in asked if pair[0] not in _PASSED_OVER]
    selection = parse_selection(found, chosen)
    require_release(found, asked)
    cuts = tuple(value for name, value in asked if name == "cut")
    name = request.path_params["exhibit_id"]
    metric = request.query_params.get("metric", "")
    drawn = draw_exhibit(Question(catalogue, found, selection, metric, cuts), name)
    if form == "json":
        return json_answer(
            {"dataset": found.id, **_release(found), "exhibit": name, **exhibit_document(drawn)}
        )
    file_name = f"{found.id}-{name}-{found.version.removeprefix('sha256:')[:12]}.csv"
    return Response(
        exhibit_csv(drawn),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{file_name}"',
            "Cache-Control": "no-store",
            **checkpoint_header(),
        },
    )


def _all(found: Dataset) -> str:
    return "both files" if found.manifest.lattice is None else "all files in order"


def _release(found: Dataset) -> dict[str, Any]:
    return {"version": found.version}
