"""Agencies and their keys: as data, and as the page on which fingerprints are compared."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import json_answer, page_answer
from hearing_app.api.bodies import body_of, read_body
from hearing_app.deployment import current
from hearing_app.documents.agencies import keys_html
from hearing_app.errors import Invalid, NotFound
from hearing_app.record.signatures import SignedRevocation, fingerprint_of, name_of_record
from hearing_app.registry.agencies import AgencyKey, all_keys, keys_of, revoke_own_key
from hearing_app.registry.published import names_of_agencies
from hearing_app.store.engine import reading, writing

LARGEST_REVOCATION = 8 * 1024
_NOT_REVOKED = "The key was not revoked."


def list_agencies(_request: Request) -> JSONResponse:
    """List the agencies that have an entry or a key here, and the name of this record."""
    with reading(current().engine) as db:
        names, keys, record = names_of_agencies(db), all_keys(db), name_of_record(db)
    in_use = {key.agency: key for key in keys if key.ended_seq is None}
    agencies = [
        {
            "id": agency,
            "name": names.get(agency),
            "signs": any(key.agency == agency for key in keys),
            "key_in_use": in_use[agency].key_id if agency in in_use else None,
        }
        for agency in sorted({*names, *(key.agency for key in keys)})
    ]
    return json_answer({"record": record, "agencies": agencies})


def keys(request: Request) -> JSONResponse:
    """Give every key that an agency ever had, oldest first, and what became of each."""
    agency = request.path_params["agency"]
    with reading(current().engine) as db:
        found, known = keys_of(db, agency), names_of_agencies(db)
    if not found and agency not in known:
        raise _no_agency(agency)
    return json_answer({"agency": agency, "keys": [_key(one) for one in found]})


async def revoke(request: Request) -> JSONResponse:
    """Take an agency's word, signed by one of its keys, that this key is no longer to be trusted."""
    body = await body_of(request, largest=LARGEST_REVOCATION, refused=_NOT_REVOKED)
    return await run_in_threadpool(_revoke, request.path_params["agency"], body)


def page(_request: Request) -> Response:
    """Show the fingerprints of all keys, to compare and to print."""
    with reading(current().engine) as db:
        body = keys_html(all_keys(db), names_of_agencies(db), name_of_record(db))
    return page_answer("Keys of agencies", body)


def _revoke(agency: str, body: bytes) -> JSONResponse:
    revocation = read_body(body, SignedRevocation, refused=_NOT_REVOKED)
    if revocation.statement.agency != agency:
        raise Invalid("The revocation names another agency than this address.")
    with reading(current().engine) as db:
        if not keys_of(db, agency):
            raise _no_agency(agency)
    with writing(current().engine) as db:
        key = revoke_own_key(db, revocation)
    return json_answer(_key(key))


def _no_agency(agency: str) -> NotFound:
    return NotFound(f"No agency “{agency[:60]}” is known here.", kept="", next_step="Search the register.")


def _key(key: AgencyKey) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "fingerprint": fingerprint_of(key.key_id),
        "public_key": key.public_key.hex(),
        "state": key.state,
        "registered_at": key.registered_at.isoformat(),
        "registered_by": key.registered_by,
        "proof": key.proof,
        "ledger_event": key.seq,
        "replaced_at": _moment(key.replaced_at),
        "replaced_by": key.replaced_by,
        "revoked_at": _moment(key.revoked_at),
        "revoked_by": key.revoked_by,
        "revoked_reason": key.revoked_reason,
        "untrusted_from": _moment(key.untrusted_from),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
