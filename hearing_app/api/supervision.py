"""Supervision: audits, what is due and what is overdue, as data and as plain pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import json_answer, page_answer
from hearing_app.deployment import current
from hearing_app.documents.supervision import audit_html, held, supervision_html
from hearing_app.hearings.hearing import hearings_on
from hearing_app.registry.published import entry_of, names_of_systems
from hearing_app.registry.supervision.alarms import Alarm, alarms
from hearing_app.registry.supervision.audits import Audit, Finding, Remedy, all_audits, audit_of, audits_of
from hearing_app.registry.supervision.timeline import Moment, address_of, timeline
from hearing_app.store.engine import reading


def page(_request: Request) -> Response:
    """Show what is due and overdue, and every audit in short."""
    today = _today()
    with reading(current().engine) as db:
        names = names_of_systems(db)
        body = supervision_html(alarms(db, today), all_audits(db), names, today)
    return page_answer("Supervision", body)


def audit_page(request: Request) -> Response:
    """Show one audit whole."""
    with reading(current().engine) as db:
        audit = audit_of(db, request.path_params["audit_id"])
        names = names_of_systems(db)
    return page_answer(audit.plan.title, audit_html(audit, names, _today()))


def everything(_request: Request) -> JSONResponse:
    """Give what is due and overdue in the whole register, and every audit in short."""
    today = _today()
    with reading(current().engine) as db:
        found, audits = alarms(db, today), all_audits(db)
    return json_answer(
        {
            "today": today.isoformat(),
            "alarms": [_alarm(one) for one in found],
            "audits": [_audit(one, today) for one in audits],
        }
    )


def of_system(request: Request) -> JSONResponse:
    """Give the timeline of one system, and its audits whole."""
    today, system_id = _today(), request.path_params["system_id"]
    with reading(current().engine) as db:
        published = entry_of(db, system_id)
        moments = timeline(db, published, today=today, hearings=held(hearings_on(db, system_id)))
        audits = audits_of(db, system_id)
    return json_answer(
        {
            "system": system_id,
            "today": today.isoformat(),
            "timeline": [_moment(one) for one in moments],
            "audits": [_whole(one, today) for one in audits],
        }
    )


def _today() -> date:
    return datetime.now(UTC).date()


def _moment(one: Moment) -> dict[str, Any]:
    return {
        "day": None if one.day is None else str(one.day),
        "kind": str(one.kind),
        "words": one.words,
        "standing": str(one.standing),
        "link": one.link or None,
        "sources": [source.id for source in one.sources],
    }


def _alarm(one: Alarm) -> dict[str, Any]:
    return {"system": one.system_id, "agency": one.agency, "days": one.days, **_moment(one.moment)}


def _audit(one: Audit, today: date) -> dict[str, Any]:
    return {
        "id": one.audit_id,
        "address": address_of(one.audit_id),
        **one.plan.model_dump(mode="json"),
        "due": one.due.isoformat(),
        "state": str(one.state),
        "standing": str(one.standing(today)),
        "findings": len(one.findings),
    }


def _whole(one: Audit, today: date) -> dict[str, Any]:
    statements = [
        {
            "number": said.number,
            "step": str(said.step),
            "at": said.at.isoformat(),
            "actor": said.actor,
            "ledger_event": said.seq,
            "said": said.said.model_dump(mode="json"),
        }
        for said in one.statements
    ]
    return {
        **_audit(one, today),
        "findings": [_finding(finding, today) for finding in one.findings],
        "statements": statements,
    }


def _finding(one: Finding, today: date) -> dict[str, Any]:
    return {
        "number": one.number,
        "statement": one.stated.number,
        "standing": str(one.standing(today)),
        "replies": [reply.number for reply in one.replies],
        "remedies": _remedies(one.remedies, today),
    }


def _remedies(remedies: Sequence[Remedy], today: date) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "statement": one.stated.number,
            "standing": str(one.standing(today)),
            "done": one.done.number if one.done else None,
        }
        for one in remedies
    ]
