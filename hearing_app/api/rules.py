"""The rules on prohibited and restricted uses: as a page, and as data with the systems that they concern."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import json_answer, page_answer
from hearing_app.deployment import current
from hearing_app.documents.rules import prohibited_uses_html
from hearing_app.registry.listed import Listed
from hearing_app.registry.register import Register, register_of
from hearing_app.registry.rules.across import Across, across_register
from hearing_app.store.engine import reading


def page(_request: Request) -> Response:
    """Show every rule, and which entries it touches or cannot judge."""
    return page_answer("Prohibited uses", prohibited_uses_html(_register()))


def list_rules(_request: Request) -> JSONResponse:
    """Give every rule as its file has it, and for each of its parts the entries that it concerns today."""
    day = datetime.now(UTC).date()
    listed = [
        {
            "rule": rule.model_dump(mode="json", by_alias=True, exclude_none=True),
            "systems": [_of_part(part) for part in parts],
        }
        for rule, parts in across_register(_register(), on=day)
    ]
    return json_answer({"as_of": day.isoformat(), "rules": listed})


def _register() -> Register:
    house = current()
    house.check_rules()
    with reading(house.engine) as db:
        return register_of(db)


def _of_part(found: Across[Listed]) -> dict[str, Any]:
    return {
        "provision": found.part.provision,
        "effect": str(found.part.effect),
        "touched": _ids(found.touched),
        "evidence_not_shown": _ids(found.not_shown),
        "cannot_tell": _ids(found.unknown),
    }


def _ids(entries: Iterable[Listed]) -> list[str]:
    return [entry.id for entry in entries]
