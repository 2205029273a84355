"""Hearings as data, with the comments that their authors let be published."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse

from hearing_app.api.answers import json_answer
from hearing_app.deployment import current
from hearing_app.errors import Fault, Invalid
from hearing_app.hearings.agenda.slots import Slot
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.identity import Confirmed, confirmed_of
from hearing_app.hearings.comments.lists import opinions, published_comments, speaking_order, tally
from hearing_app.hearings.hearing import Hearing, all_hearings, hearing_of
from hearing_app.hearings.life.changes import log_of
from hearing_app.hearings.life.stages import stage, timeline
from hearing_app.store.engine import reading

MOST_PER_PAGE = 500


def list_hearings(_request: Request) -> JSONResponse:
    """List every hearing, open ones first."""
    with reading(current().engine) as db:
        return json_answer({"hearings": [_document(db, hearing) for hearing in all_hearings(db)]})


def hearing(request: Request) -> JSONResponse:
    """Give a hearing, its comments by state, the counts of views and standing, and the speaking order."""
    with reading(current().engine) as db:
        found = hearing_of(db, request.path_params["hearing_id"])
        counts, views = tally(db, found.id), opinions(db, found)
        order = speaking_order(db, found.id)
        document, life = _document(db, found), _life(db, found)
    return json_answer(
        {
            **document,
            **life,
            "comments": asdict(counts),
            "opinions": asdict(views),
            "slots": [_slot(one, speaker) for one, speaker in order],
        }
    )


def published(request: Request) -> JSONResponse:
    """Give the published comments, newest first, in pages (``limit`` up to 500, ``offset``).

    Stance and standing are left out: they are public only as counts of ten or more.
    """
    limit = _whole_number(request, "limit", MOST_PER_PAGE, 1, MOST_PER_PAGE)
    offset = _whole_number(request, "offset", 0, 0, 10**9)
    with reading(current().engine) as db:
        found = hearing_of(db, request.path_params["hearing_id"])
        comments = published_comments(db, found.id, limit=limit, offset=offset)
        total = tally(db, found.id).published
        seen = confirmed_of(db, [one.comment_id for one in comments])
    listed = [_public(one, seen.get(one.comment_id)) for one in comments]
    return json_answer({"hearing": found.id, "total": total, "comments": listed})


def _document(db: Connection, found: Hearing) -> dict[str, Any]:
    return {
        **found.model_dump(mode="json", exclude={"open_for_days"}),
        "phase": str(found.phase()),
        "stage": str(stage(db, found)),
    }


def _life(db: Connection, found: Hearing) -> dict[str, Any]:
    """Return the steps of a hearing with their dates in its own zone, and the log of its changes."""
    zone = ZoneInfo(found.time_zone)
    return {
        "timeline": [
            {
                "stage": str(one.stage),
                "at": one.at.astimezone(zone).isoformat() if one.at else None,
                "is_done": one.is_done,
                "note": one.note,
            }
            for one in timeline(db, found)
        ],
        "changes": [
            {
                "version": one.version,
                "at": one.at.isoformat(),
                "reason": one.reason,
                "fields": [asdict(change) for change in one.changes],
            }
            for one in log_of(db, found.id)
        ],
    }


def _slot(one: Slot, speaker: Comment | None) -> dict[str, Any]:
    return {
        "number": one.number,
        "minutes": one.minutes,
        "comment_id": speaker.comment_id if speaker else None,
        "name": speaker.public_name if speaker else None,
    }


def _public(comment: Comment, seen: Confirmed | None) -> dict[str, Any]:
    return {
        "comment_id": comment.comment_id,
        "system_id": comment.system_id,
        "system_version": comment.system_version,
        "target": comment.target,
        "target_detail": comment.target_detail,
        "identity_basis": str(seen.basis) if seen else comment.identity_basis,
        "identity_seen": str(seen.seen) if seen else None,
        "comment_type": comment.comment_type,
        "concern": comment.concern,
        "value_seen": comment.value_seen,
        "ask": comment.ask,
        "name": comment.public_name,
        "language": comment.language,
        "evidence": comment.evidence,
        "pinned": comment.pinned,
        "submitted_on": comment.submitted_at.date().isoformat(),
    }


def _whole_number(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most:
        return int(text)
    raise Invalid(
        "The comments were not listed.",
        [Fault("", name, f"“{text[:40]}” does not fit.", f"Use a whole number from {least} to {most}.")],
    )
