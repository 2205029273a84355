"""A hearing's agenda, its lottery, its minutes and what was decided, as documents for both doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hearing_app.documents.render import render
from hearing_app.hearings.agenda.changes import changes
from hearing_app.hearings.agenda.lottery import Lottery, lottery_of
from hearing_app.hearings.agenda.minutes import (
    Decision,
    Entry,
    EntryKind,
    Minutes,
    decisions_of,
    minutes_of,
    today_of,
)
from hearing_app.hearings.agenda.proposing import RULES, WHY
from hearing_app.hearings.agenda.reading import (
    Agenda,
    AgendaItem,
    AgendaSlot,
    AgendaVersion,
    ItemKind,
    agenda_of,
    items_of_comment,
    standing_of,
    versions_of,
)
from hearing_app.hearings.agenda.room import Turn, turns_of
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.lists import speaking_order
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life.stages import sign_up_closes

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Published:
    """Everything about a hearing's agenda that the public may read, from one snapshot."""

    hearing: Hearing
    agenda: Agenda | None
    versions: Sequence[AgendaVersion]
    lottery: Lottery | None
    minutes: Minutes
    decisions: Sequence[Decision]
    turns: Sequence[Turn]
    names: Names


def published_of(db: Connection, hearing: Hearing) -> Published:
    """Read everything about a hearing's agenda that the public may read."""
    return Published(
        hearing,
        agenda_of(db, hearing.id),
        versions_of(db, hearing.id),
        lottery_of(db, hearing.id),
        minutes_of(db, hearing.id),
        decisions_of(db, hearing.id),
        turns_of(db, hearing.id),
        names_of_speakers(db, hearing.id),
    )


def names_of_speakers(db: Connection, hearing_id: str) -> dict[str, str]:
    """Return the public names of those who have a slot: by consent alone, else "No name given"."""
    return {one.comment_id: one.public_name for _, one in speaking_order(db, hearing_id) if one is not None}


def agenda_section(db: Connection, hearing: Hearing) -> str:
    """Return what a hearing's page says of its agenda, its lottery and what was decided; "" for nothing."""
    found = published_of(db, hearing)
    if found.agenda is None and found.lottery is None:
        return ""
    return agenda_html(found, is_whole=False)


def agenda_html(found: Published, *, is_whole: bool = True) -> str:
    """Return the agenda; ``is_whole`` adds every change since the first version."""
    hearing, agenda = found.hearing, found.agenda
    spoken = {(one.item_id, one.comment_id): one for one in found.turns}
    return render(
        "agenda",
        hearing=hearing,
        agenda=agenda,
        items=[_item(one, found.names, hearing.time_zone, spoken) for one in agenda.items] if agenda else [],
        waiting=[(one, WHY.get(why, "")) for one, why in agenda.waiting] if agenda else [],
        published=_here(agenda.at if agenda else None, hearing.time_zone),
        lottery=found.lottery,
        committed_at=_here(found.lottery.committed_at if found.lottery else None, hearing.time_zone),
        seed_at=_here(found.lottery.published_at if found.lottery else None, hearing.time_zone),
        closes=sign_up_closes(hearing),
        rules=RULES,
        is_whole=is_whole,
        history=history_of(found.versions) if is_whole else [],
        decisions=decisions_in_words(found),
        minutes=found.minutes,
    )


def history_of(versions: Sequence[AgendaVersion]) -> list[tuple[AgendaVersion, list[str]]]:
    """Return every version but the first with what it changed, the newest first."""
    made = [(new, changes(old.arrangement, new.arrangement)) for old, new in pairwise(versions)]
    return made[::-1]


def decisions_in_words(found: Published) -> list[dict[str, Any]]:
    """Return decisions and conditions as rows, with their item's title and whether they are overdue."""
    titles = _titles(found.agenda)
    today = today_of(found.hearing)
    return [
        {
            "one": one,
            "kind": EntryKind(one.kind).label,
            "item": titles.get(one.item_id or 0, ""),
            "state": "done" if one.done_at else "overdue" if one.is_overdue(today) else "open",
        }
        for one in found.decisions
    ]


def minutes_html(found: Published, entries: Sequence[Entry] | None = None) -> str:
    """Return the minutes, item by item; ``entries`` are what an office writes, published or not."""
    shown = list(found.minutes.entries if entries is None else entries)
    titles = _titles(found.agenda)
    parts = [
        (titles.get(item_id, "An item that was taken off"), _told(shown, item_id, found.hearing.time_zone))
        for item_id in [*titles, *sorted({one.item_id for one in shown if one.item_id} - set(titles))]
    ]
    general = _told(shown, None, found.hearing.time_zone)
    return render(
        "minutes",
        hearing=found.hearing,
        parts=[(title, rows) for title, rows in [*parts, ("The hearing as a whole", general)] if rows],
        published_at=_here(found.minutes.published_at, found.hearing.time_zone),
        sha256=found.minutes.sha256,
        is_office=entries is not None,
    )


def below_comments(db: Connection, hearing: Hearing, comment_ids: Sequence[str]) -> dict[str, str]:
    """Return, for comments that stand on the agenda, in which items; for the page of comments."""
    agenda = agenda_of(db, hearing.id)
    if agenda is None:
        return {}
    wanted, found = set(comment_ids), {}
    for comment_id in comment_ids:
        standing = standing_of(agenda, comment_id)
        slot = standing[1] if isinstance(standing, tuple) else None
        items = [standing[0]] if isinstance(standing, tuple) else items_of_comment(agenda, comment_id)
        if items and comment_id in wanted:
            found[comment_id] = render("on_agenda", items=items, slot=slot, hearing=hearing)
    return found


def status_section(db: Connection, hearing: Hearing, written: Comment) -> str:
    """Return what an author learns of their place on the agenda; "" before one is published."""
    agenda = agenda_of(db, hearing.id)
    if agenda is None or not written.has_words:
        return ""
    standing = standing_of(agenda, written.comment_id)
    why = next((why for one, why in agenda.waiting if one == written.comment_id), "")
    turn = next((one for one in turns_of(db, hearing.id) if one.comment_id == written.comment_id), None)
    item, slot = standing if isinstance(standing, tuple) else (None, None)
    return render(
        "agenda_status",
        hearing=hearing,
        item=item,
        slot=slot,
        starts=_here(slot.starts_at, hearing.time_zone) if slot else None,
        waiting=standing if isinstance(standing, int) else 0,
        why=WHY.get(why, ""),
        behind=items_of_comment(agenda, written.comment_id),
        spoken=turn.spoken_seconds if turn and turn.spoken_seconds is not None else None,
    )


def _item(
    one: AgendaItem, names: Names, zone: str, spoken: Mapping[tuple[int, str | None], Turn]
) -> dict[str, Any]:
    return {
        "one": one,
        "kind": ItemKind(one.kind).label,
        "starts": _here(one.starts_at, zone),
        "slots": [_slot(slot, one.id, names, zone, spoken) for slot in one.slots],
        "heard": spoken.get((one.id, None)),
    }


def _slot(
    slot: AgendaSlot,
    item_id: int,
    names: Names,
    zone: str,
    spoken: Mapping[tuple[int, str | None], Turn],
) -> dict[str, Any]:
    turn = spoken.get((item_id, slot.comment_id)) if slot.comment_id else None
    return {
        "one": slot,
        "name": names.get(slot.comment_id or "", ""),
        "starts": _here(slot.starts_at, zone),
        "spoken": turn.spoken_seconds if turn else None,
    }


def _titles(agenda: Agenda | None) -> dict[int, str]:
    return {one.id: f"{one.number}. {one.title}" for one in agenda.items} if agenda else {}


def _told(entries: Sequence[Entry], item_id: int | None, zone: str) -> list[dict[str, Any]]:
    return [
        {"one": one, "kind": EntryKind(one.kind).label, "at": _here(one.at, zone)}
        for one in entries
        if one.item_id == item_id
    ]


def _here(at: datetime | None, zone: str) -> datetime | None:
    return at.astimezone(ZoneInfo(zone)) if at else None
