"""A hearing's agenda, lottery, room and minutes: as pages to print, and as data."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hearing_app.api.answers import json_answer, page_answer
from hearing_app.deployment import current
from hearing_app.documents.agenda import Published, agenda_html, history_of, minutes_html, published_of
from hearing_app.documents.render import render, rendered
from hearing_app.errors import NotFound
from hearing_app.hearings.agenda.lottery import lottery_of
from hearing_app.hearings.agenda.minutes import as_data, today_of
from hearing_app.hearings.agenda.proposing import RULES, WHY
from hearing_app.hearings.agenda.reading import AgendaItem, AgendaSlot, require_agenda
from hearing_app.hearings.agenda.room import room_of
from hearing_app.hearings.hearing import hearing_of
from hearing_app.store.engine import reading


def agenda_page(request: Request) -> Response:
    """Show the agenda with every change since its first version."""
    with reading(current().engine) as db:
        found = published_of(db, hearing_of(db, request.path_params["hearing_id"]))
    body = render("agenda_page", hearing=found.hearing, body=rendered(agenda_html(found)))
    return page_answer(f"Agenda: {found.hearing.title}", body)


def minutes_page(request: Request) -> Response:
    """Show the minutes, or what was decided so far."""
    with reading(current().engine) as db:
        found = published_of(db, hearing_of(db, request.path_params["hearing_id"]))
    return page_answer(f"Minutes: {found.hearing.title}", minutes_html(found))


def agenda(request: Request) -> JSONResponse:
    """Give the agenda as it stands now, with the words of each change."""
    with reading(current().engine) as db:
        hearing = hearing_of(db, request.path_params["hearing_id"])
        found, known = require_agenda(db, hearing.id), published_of(db, hearing)
    return json_answer(
        {
            "hearing": hearing.id,
            "version": found.version,
            "sha256": found.sha256,
            "published_at": found.at.isoformat(),
            "note": found.note,
            "minutes": found.minutes,
            "items": [_item(one, known) for one in found.items],
            "waiting": [{"comment_id": one, "why": WHY.get(why, "")} for one, why in found.waiting],
            "by_lottery": found.by_lottery,
            "changes": [
                {"version": one.version, "at": one.at.isoformat(), "note": one.note, "changed": changed}
                for one, changed in history_of(known.versions)
            ],
        }
    )


def lottery(request: Request) -> JSONResponse:
    """Give everything with which the draw can be repeated; the seed only once sign-up has closed."""
    with reading(current().engine) as db:
        hearing = hearing_of(db, request.path_params["hearing_id"])
        found, drawn = lottery_of(db, hearing.id), published_of(db, hearing).agenda
    if found is None:
        raise NotFound("This hearing has no lottery.", kept="", next_step="Look at the hearing's page.")
    return json_answer(
        {
            "hearing": hearing.id,
            "commitment": found.commitment,
            "committed_at": found.committed_at.isoformat(),
            "seed": found.seed or None,
            "seed_published_at": found.published_at.isoformat() if found.published_at else None,
            "checkpoint": {"size": found.size, "root": found.root} if found.root else None,
            "comments": list(drawn.drawn) if drawn and drawn.by_lottery else [],
            "rules": [words for _, words in RULES],
        }
    )


def minutes(request: Request) -> JSONResponse:
    """Give the minutes that are public, and every decision and condition."""
    with reading(current().engine) as db:
        known = published_of(db, hearing_of(db, request.path_params["hearing_id"]))
    today, found = today_of(known.hearing), known.minutes
    return json_answer(
        {
            "hearing": known.hearing.id,
            "published_at": found.published_at.isoformat() if found.published_at else None,
            "sha256": found.sha256 or None,
            "entries": [as_data(one) for one in found.entries],
            "decisions": [
                {
                    "number": one.number,
                    "kind": one.kind,
                    "text": one.text,
                    "owner": one.owner,
                    "due_on": one.due.isoformat(),
                    "item": one.item_id,
                    "comments": list(one.comment_ids),
                    "corrections": list(one.corrections),
                    "done_at": one.done_at.isoformat() if one.done_at else None,
                    "done": one.done,
                    "overdue": one.is_overdue(today),
                }
                for one in known.decisions
            ],
        }
    )


def room(request: Request) -> JSONResponse:
    """Give what has the floor now, the seconds left by the server's clock, and what comes next."""
    with reading(current().engine) as db:
        hearing = hearing_of(db, request.path_params["hearing_id"])
        found = room_of(db, hearing.id)
    now = datetime.now(UTC)
    turn = found.turn if found else None
    return json_answer(
        {
            "hearing": hearing.id,
            "at": now.isoformat(),
            "floor": None
            if turn is None
            else {
                "item": turn.item_id,
                "slot": turn.slot,
                "comment_id": turn.comment_id,
                "started_at": turn.started_at.isoformat(),
                "seconds": turn.seconds,
                "seconds_left": turn.left(now),
                "paused": turn.is_paused,
            },
            "next": [
                {"item": one.item_id, "slot": one.slot, "comment_id": one.comment_id, "seconds": one.seconds}
                for one in (found.coming if found else ())
            ],
        }
    )


def _item(one: AgendaItem, known: Published) -> dict[str, Any]:
    data = asdict(one)
    return {
        **{name: data[name] for name in ("id", "number", "title", "kind", "theme", "minutes", "all_minutes")},
        "system_id": one.system_id or None,
        "question_id": one.question_id or None,
        "starts_at": one.starts_at.isoformat() if one.starts_at else None,
        "comment_ids": list(one.comment_ids),
        "slots": [_slot(slot, known) for slot in one.slots],
    }


def _slot(one: AgendaSlot, known: Published) -> dict[str, Any]:
    return {
        "number": one.number,
        "minutes": one.minutes,
        "comment_id": one.comment_id,
        "state": one.state,
        "name": known.names.get(one.comment_id or ""),
        "starts_at": one.starts_at.isoformat() if one.starts_at else None,
    }
