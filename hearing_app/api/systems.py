"""Systems as data: current entries, and every version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from hearing_app.api.answers import json_answer
from hearing_app.api.bodies import body_of, read_body
from hearing_app.deployment import current
from hearing_app.documents.diffs import changes_as_data
from hearing_app.errors import Fault, Invalid, NotFound
from hearing_app.hearings.hearing import hearings_on
from hearing_app.hearings.history import automatic_of, compared
from hearing_app.record.signatures import name_of_record
from hearing_app.record.versions import Version, latest_version, versions_of
from hearing_app.registry.excerpt import Excerpt, excerpt
from hearing_app.registry.facets import FACETS
from hearing_app.registry.listed import Listed
from hearing_app.registry.published import entry_of, publish_entry, read_signed_entry
from hearing_app.registry.register import register_of
from hearing_app.registry.search import Choice, find
from hearing_app.registry.signed import SignedDocument, VersionSignature, check_signature, signatures_of
from hearing_app.registry.text import SLUG
from hearing_app.store.engine import reading, writing

# Of one parameter that repeats; a reader looks at one or two.
MOST_VALUES = 20
USUAL_LIMIT, LARGEST_LIMIT = 200, 500
LARGEST_ENTRY = 256 * 1024
_NOT_PUBLISHED = "The entry was not published."
_NOT_LISTED = "The entries were not listed."


def list_systems(request: Request) -> JSONResponse:
    """List the current entries; ``q`` and the facets (repeatable) narrow them, ``after`` and ``limit`` part
    them.

    ``stage`` is the present stage as far as the sources reach, such as "operational", or
    "operational_when_last_seen" where the newest source is old.
    """
    query = request.query_params
    chosen = {facet.name: query.getlist(facet.name) for facet in FACETS}
    if query.get("facets", "true") != "true":
        problem, repair = "It can only be “true”.", "Correct it, or leave it out."
        raise Invalid(_NOT_LISTED, [Fault("", "facets", problem, repair)], kept="")
    limit, after = _limit(query.get("limit")), query.get("after")
    many = [name for name, values in chosen.items() if len(values) > MOST_VALUES]
    if many:
        problem, repair = "There are too many values.", f"Give at most {MOST_VALUES}."
        raise Invalid(_NOT_LISTED, [Fault("", n, problem, repair) for n in many], kept="")
    with reading(current().engine) as db:
        register = register_of(db)
    if after is not None and after not in register:
        problem, repair = "The register has no system of this id.", "Follow the link in `next`."
        raise Invalid(_NOT_LISTED, [Fault("", "after", problem, repair)], kept="")
    found = find(register, query.get("q", ""), chosen)
    part = found.after(after or "", limit)
    answer: dict[str, Any] = {
        "systems": [
            _short(one, excerpt(one.passages, found.terms) if found.terms else None) for one in part.entries
        ],
        "total": part.total,
        "next": _next(request, part.following) if part.following else None,
    }
    if query.get("facets") == "true":
        answer["facets"] = {facet.name: _choices(found.choices(facet.name)) for facet in FACETS}
    return json_answer(answer)


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL_LIMIT
    if not re.fullmatch("[0-9]{1,4}", text) or not 1 <= int(text) <= LARGEST_LIMIT:
        problem = f"It is no whole number from 1 to {LARGEST_LIMIT}."
        raise Invalid(_NOT_LISTED, [Fault("", "limit", problem, "Correct it, or leave it out.")], kept="")
    return int(text)


def _next(request: Request, after: str) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
    return f"{request.url.path}?{urlencode([*kept, ('after', after)])}"


def _choices(choices: tuple[Choice, ...]) -> list[dict[str, Any]]:
    return [{"value": one.value, "label": one.label, "count": one.count} for one in choices]


async def publish(request: Request) -> JSONResponse:
    """Take an entry that its agency signed; the signature says who sends it, and nobody needs to sign in."""
    body = await body_of(request, largest=LARGEST_ENTRY, refused=_NOT_PUBLISHED)
    return await run_in_threadpool(_publish, request.path_params["system_id"], body)


def system(request: Request) -> JSONResponse:
    """Give one system's current entry."""
    with reading(current().engine) as db:
        found = entry_of(db, request.path_params["system_id"]).version
        history = versions_of(db, "system", found.document_id)
        added = automatic_of(db, found, history, hearings_on(db, found.document_id))
        whole = _whole(found, signatures_of(db, "system", found.document_id))
    return json_answer({**whole, "automatic": added.model_dump(mode="json")})


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


def changes(request: Request) -> JSONResponse:
    """Tell what changed between two versions of a system's entry: ``from`` and ``to``, or the last two."""
    asked, system_id = request.query_params, request.path_params["system_id"]
    with reading(current().engine) as db:
        found = compared(db, system_id, asked.get("from", ""), asked.get("to", ""))
        signatures = signatures_of(db, "system", system_id)
    return json_answer(
        {
            "system": system_id,
            "from": _about(found.old.version, signatures),
            "to": _about(found.new.version, signatures),
            "changes": changes_as_data(found.changes),
        }
    )


def _publish(system_id: str, body: bytes) -> JSONResponse:
    house = current()
    if len(system_id) > 80 or not re.fullmatch(SLUG, system_id):
        raise NotFound("No system can have this name.", kept=_NOT_PUBLISHED, next_step="Use its id.")
    sent = read_body(body, SignedDocument, refused=_NOT_PUBLISHED)
    signed, rules = sent.signature, house.rules
    if signed.statement.document_id != system_id:
        problem = "This was signed for another system than that of the address."
        raise Invalid(
            _NOT_PUBLISHED, [Fault("", "signature.statement.document_id", problem, "Send it to its own.")]
        )
    try:
        with reading(house.engine) as db:
            entry = read_signed_entry(
                db, sent.document, signed, dataset_ids=house.catalogue.ids(), rules=rules
            )
            key = check_signature(db, signed)
        with writing(house.engine) as db:
            before = latest_version(db, "system", system_id)
            published = publish_entry(db, key.actor, entry, signed=signed, rules=rules)
            signatures = signatures_of(db, "system", system_id)
    except Invalid as error:
        faults = [replace(fault, field=f"document.{fault.field}".rstrip(".")) for fault in error.faults]
        raise Invalid(error.what, faults, kept=error.kept, next_step=error.next_step) from None
    repeated = before is not None and before.version == published.version
    answer = {"system": system_id, "repeated": repeated, **_about(published, signatures)}
    return json_answer(answer, status=200 if repeated else 201)


def _short(one: Listed, at: Excerpt | None) -> dict[str, Any]:
    found_in = {"found_in": {"field": at.field, "lang": at.lang, "text": at.text}} if at else {}
    return {
        "id": one.id,
        "name": one.name,
        "summary": one.summary,
        "agency": one.agency,
        "deployer": one.agency_name,
        "country": one.country,
        "functions": [str(function) for function in one.functions],
        "stage": one.state.value,
        "last_seen": str(one.state.last_seen),
        "datasets": list(one.datasets),
        "compiled_by": str(one.compiled_by),
        "version": one.version,
        "published_at": one.published_at.isoformat(),
        **found_in,
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
