"""Systems as data: current entries, and every version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from hearing_app.api.answers import json_answer
from hearing_app.api.bodies import body_of, read_body
from hearing_app.deployment import current
from hearing_app.errors import Fault, Invalid, NotFound
from hearing_app.record.signatures import name_of_record
from hearing_app.record.versions import Version, latest_version, versions_of
from hearing_app.registry.published import (
    PublishedEntry,
    all_entries,
    entry_of,
    publish_entry,
    read_signed_entry,
)
from hearing_app.registry.search import search
from hearing_app.registry.signed import SignedDocument, VersionSignature, check_signature, signatures_of
from hearing_app.registry.text import SLUG
from hearing_app.store.engine import reading, writing

# Of one parameter that repeats; there are fewer functions and stages than that.
MOST_VALUES = 20
LARGEST_ENTRY = 256 * 1024
_NOT_PUBLISHED = "The entry was not published."


def list_systems(request: Request) -> JSONResponse:
    """List the current entries; ``q``, ``function``, ``agency`` and ``stage`` (repeatable) narrow them.

    ``stage`` is the present stage as far as the sources reach, such as "operational", or
    "operational_when_last_seen" where the newest source is old.
    """
    query = request.query_params
    many = [name for name in ("function", "agency", "stage") if len(query.getlist(name)) > MOST_VALUES]
    if many:
        problem, repair = "There are too many values.", f"Give at most {MOST_VALUES}."
        raise Invalid("The entries were not listed.", [Fault("", n, problem, repair) for n in many], kept="")
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


async def publish(request: Request) -> JSONResponse:
    """Take an entry that its agency signed; the signature says who sends it, and nobody needs to sign in."""
    body = await body_of(request, largest=LARGEST_ENTRY, refused=_NOT_PUBLISHED)
    return await run_in_threadpool(_publish, request.path_params["system_id"], body)


def system(request: Request) -> JSONResponse:
    """Give one system's current entry."""
    with reading(current().engine) as db:
        found = entry_of(db, request.path_params["system_id"]).version
        return json_answer(_whole(found, signatures_of(db, "system", found.document_id)))


def version(request: Request) -> JSONResponse:
    """Give one version of a system's entry; it never changes."""
    with reading(current().engine) as db:
        found = entry_of(db, request.path_params["system_id"], request.path_params["version"]).version
        signatures = signatures_of(db, "system", found.document_id)
    return json_answer(_whole(found, signatures), cache_seconds=86_400)


def versions(request: Request) -> JSONResponse:
    """List the versions of a system's entry, oldest first, with the name of this record for who signs."""
    system_id = request.path_params["system_id"]
    with reading(current().engine) as db:
        entry_of(db, system_id)
        history, signatures = versions_of(db, "system", system_id), signatures_of(db, "system", system_id)
        record = name_of_record(db)
    listed = [_about(one, signatures) for one in history]
    return json_answer({"system": system_id, "record": record, "versions": listed})


def _publish(system_id: str, body: bytes) -> JSONResponse:
    house = current()
    if len(system_id) > 80 or not re.fullmatch(SLUG, system_id):
        raise NotFound("No system can have this name.", kept=_NOT_PUBLISHED, next_step="Use its id.")
    sent = read_body(body, SignedDocument, refused=_NOT_PUBLISHED)
    signed = sent.signature
    if signed.statement.document_id != system_id:
        problem = "This was signed for another system than that of the address."
        raise Invalid(
            _NOT_PUBLISHED, [Fault("", "signature.statement.document_id", problem, "Send it to its own.")]
        )
    try:
        with reading(house.engine) as db:
            entry = read_signed_entry(db, sent.document, signed, dataset_ids=house.catalogue.ids())
            key = check_signature(db, signed)
        with writing(house.engine) as db:
            before = latest_version(db, "system", system_id)
            published = publish_entry(db, key.actor, entry, signed=signed)
            signatures = signatures_of(db, "system", system_id)
    except Invalid as error:
        faults = [replace(fault, field=f"document.{fault.field}".rstrip(".")) for fault in error.faults]
        raise Invalid(error.what, faults, kept=error.kept, next_step=error.next_step) from None
    repeated = before is not None and before.version == published.version
    answer = {"system": system_id, "repeated": repeated, **_about(published, signatures)}
    return json_answer(answer, status=200 if repeated else 201)


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


def _about(version: Version, signatures: Mapping[int, VersionSignature]) -> dict[str, Any]:
    signature = signatures.get(version.version)
    return {
        "version": version.version,
        "sha256": version.sha256,
        "published_at": version.published_at.isoformat(),
        "actor": version.actor,
        "note": version.note,
        "ledger_event": version.seq,
        "signature": {
            "key_id": signature.key.key_id,
            "statement": signature.statement.model_dump(),
            "signature": signature.signature,
        }
        if signature
        else None,
    }


def _whole(version: Version, signatures: Mapping[int, VersionSignature]) -> dict[str, Any]:
    return {**_about(version, signatures), "entry": version.document}
