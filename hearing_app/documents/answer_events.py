"""What a feed tells of answers: who was asked, what was answered, and whose day is over without one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hearing_app.documents.words import day, plural
from hearing_app.hearings.answers.reading import (
    Answer,
    Wait,
    all_waits,
    answers_of,
    answers_of_agency,
)
from hearing_app.hearings.hearing import Hearing, all_hearings, hearing_of
from hearing_app.registry.published import names_of_agencies


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a feed. ``name`` tells it from all others, ``path`` is where it can be read."""

    name: str
    at: datetime
    title: str
    summary: str
    path: str


def told_of_agency(db: Connection, agency: str, *, at: datetime | None = None) -> list[Told]:
    """Return what an agency's feed tells of answers, newest first: demonstrations are left out."""
    now, names = at or datetime.now(UTC), names_of_agencies(db)
    hearings = {one.id: one for one in all_hearings(db) if not one.demonstration}
    given = [
        _answer(one, hearings[one.hearing_id], names.get(agency, agency))
        for one in answers_of_agency(db, agency)
        if one.hearing_id in hearings
    ]
    waits = [one for one in all_waits(db) if one.agency == agency]
    return _newest_first([*given, *_overdue(waits, hearings, names, now)])


def told_of_system(db: Connection, system_id: str) -> list[Told]:
    """Return what a system's feed tells of answers, newest first."""
    names, found = names_of_agencies(db), list[Told]()
    for hearing in all_hearings(db):
        if system_id in hearing.systems:
            found += [
                _answer(one, hearing, names.get(one.agency, one.agency))
                for one in answers_of(db, hearing.id)
                if one.system_id == system_id
            ]
    return _newest_first(found)


def told_of_comment(db: Connection, hearing_id: str, comment_id: str) -> list[Told]:
    """Return what the feed of a comment tells of the answers to it, in their order."""
    hearing, names = hearing_of(db, hearing_id), names_of_agencies(db)
    return [
        _answer(one, hearing, names.get(one.agency, one.agency))
        for one in answers_of(db, hearing_id)
        if comment_id in one.comment_ids
    ]


def _answer(one: Answer, hearing: Hearing, agency: str) -> Told:
    said = [f"{one.kind.label}.", one.text]
    if one.find_out_by:
        said.append(f"A final answer is promised by {day(_here(one.find_out_by, hearing))}.")
    if one.whose:
        said.append(f"Whose it is: {one.whose}.")
    if one.version:
        said.append(f"Something changed in version {one.version} of the entry.")
    return Told(
        f"answer:{one.answer_id}",
        one.given_at,
        f"{agency} answered {plural(len(one.comment_ids), 'comment')}: {one.kind.label}",
        " ".join(said),
        f"/record/hearings/{hearing.id}/answers#{one.answer_id}",
    )


def _overdue(
    waits: Iterable[Wait], hearings: dict[str, Hearing], names: dict[str, str], now: datetime
) -> list[Told]:
    """Return a line for each day that passed without a final answer, also where one came later."""
    found = []
    for one in waits:
        hearing = hearings[one.hearing_id]
        if not (one.is_overdue(now) or one.was_late) or one.due_at >= now:
            continue
        due, agency = day(_here(one.due_at, hearing)), names.get(one.agency, one.agency)
        found.append(
            Told(
                f"overdue:{one.comment_id}:{one.due_at:%Y-%m-%d}",
                one.due_at,
                f"No answer of {agency} to {one.comment_id} by {due}",
                f"An answer was due on {due}, in the hearing “{hearing.title}”.",
                f"/record/hearings/{hearing.id}#{one.comment_id}",
            )
        )
    return found


def _newest_first(found: Sequence[Told]) -> list[Told]:
    return sorted(found, key=lambda one: (one.at, one.name), reverse=True)


def _here(moment: datetime, hearing: Hearing) -> datetime:
    return moment.astimezone(ZoneInfo(hearing.time_zone))
