"""Systems as data: current entries, and every version."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from hearing_app.api.answers import json_answer
from hearing_app.deployment import current
from hearing_app.record.versions import Version, versions_of
from hearing_app.registry.published import PublishedEntry, all_entries, entry_of
from hearing_app.registry.search import search
from hearing_app.store.engine import reading


def list_systems(request: Request) -> JSONResponse:
    """List the current entries; ``q``, ``function``, ``agency`` and ``stage`` (repeatable) narrow them.

    ``stage`` is the present stage as far as the sources reach, such as "operational", or
    "operational_when_last_seen" where the newest source is old.
    """
    query = request.query_params
    with reading(current().engine) as db:
        published = {one.entry.id: one for one in all_entries(db)}
    found = search(
        [one.entry for one in published.values()],
        query.get("q", ""),
        functions=query.getlist("function"),
        agencies=query.getlist("agency"),
        stages=query.getlist("stage"),
    )
    return json_answer({"systems": [_short(published[entry.id]) for entry in found]})


def system(request: Request) -> JSONResponse:
    """Give one system's current entry."""
    with reading(current().engine) as db:
        return json_answer(_whole(entry_of(db, request.path_params["system_id"]).version))


def version(request: Request) -> JSONResponse:
    """Give one version of a system's entry; it never changes."""
    with reading(current().engine) as db:
        found = entry_of(db, request.path_params["system_id"], request.path_params["version"])
    return json_answer(_whole(found.version), cache_seconds=86_400)


def versions(request: Request) -> JSONResponse:
    """List the versions of a system's entry, oldest first."""
    system_id = request.path_params["system_id"]
    with reading(current().engine) as db:
        entry_of(db, system_id)
        history = versions_of(db, "system", system_id)
    return json_answer({"system": system_id, "versions": [_about(one) for one in history]})


def _short(one: PublishedEntry) -> dict[str, Any]:
    entry = one.entry
    return {
        "id": entry.id,
        "name": entry.name,
        "summary": entry.summary,
        "agency": entry.deployer.agency,
        "deployer": entry.deployer.name,
        "country": entry.deployer.country,
        "functions": [str(function) for function in entry.functions],
        "stage": entry.state.value,
        "last_seen": str(entry.state.last_seen),
        "datasets": list(entry.datasets),
        "compiled_by": str(entry.compiled.by),
        "version": one.version.version,
        "published_at": one.version.published_at.isoformat(),
    }


def _about(version: Version) -> dict[str, Any]:
    return {
        "version": version.version,
        "sha256": version.sha256,
        "published_at": version.published_at.isoformat(),
        "actor": version.actor,
        "note": version.note,
        "ledger_event": version.seq,
    }


def _whole(version: Version) -> dict[str, Any]:
    return {**_about(version), "entry": version.document}
