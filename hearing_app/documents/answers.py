"""Answers as documents: below comments, on a hearing's and a system's page, for agencies and authors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hearing_app.documents.render import render, rendered
from hearing_app.documents.words import day
from hearing_app.errors import NotFound
from hearing_app.hearings.answers.figures import by_agency, figures_of
from hearing_app.hearings.answers.reading import (
    Answer,
    Wait,
    all_waits,
    answers_of,
    answers_of_agency,
    answers_on,
    waits_of,
)
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.hearing import Hearing, all_hearings, hearing_of
from hearing_app.registry.published import names_of_agencies, names_of_systems

IN_FULL = 5
"""Comments below each of which an answer stands in full; to more it stands once, on a page of its own.

500 senders of one letter get one answer, and their page would hold it 500 times.
"""
IN_QUEUE = 20
"""Of what waits, so many stand above the form; the list in it has all."""
MOST_SHOWN = 200
"""Of each list, so that no flood makes a page that nobody can open; the data hold all."""


def below_comments(db: Connection, hearing: Hearing, comment_ids: Sequence[str]) -> dict[str, str]:
    """Return what stands below comments that wait for an answer or have one, by their numbers."""
    names, now = names_of_agencies(db), datetime.now(UTC)
    return {
        one.comment_id: render(
            "answers_below", wait=one, names=names, at=now, zone=_zone(one), in_full=IN_FULL, author=False
        )
        for one in waits_of(db, hearing, comment_ids)
    }


def hearing_section(db: Connection, hearing: Hearing) -> str:
    """Return the part of a hearing's page on what was answered and what waits; "" where nothing does."""
    waits, now = waits_of(db, hearing), datetime.now(UTC)
    if not waits:
        return ""
    return render(
        "hearing_answers",
        hearing=hearing,
        figures=figures_of(waits, at=now),
        overdue=[one for one in waits if one.is_overdue(now)][:MOST_SHOWN],
        headings=headings(waits),
        names=names_of_agencies(db),
        zone=ZoneInfo(hearing.time_zone),
        at=now,
    )


def hearing_answers_html(db: Connection, hearing_id: str) -> str:
    """Return every answer in a hearing in full, with what waits; raise ``NotFound`` for no hearing."""
    hearing = hearing_of(db, hearing_id)
    section = hearing_section(db, hearing)
    return render(
        "answers_of_hearing",
        hearing=hearing,
        section=rendered(section),
        listed=rendered(_listed(db, answers_of(db, hearing.id), {hearing.id: hearing})),
    )


def answers_html(db: Connection, *, at: datetime | None = None) -> str:
    """Return how agencies answer: one line each, in figures, without a verdict."""
    now, waits = at or datetime.now(UTC), all_waits(db)
    return render(
        "answers",
        rows=[
            (agency, figures_of(found, at=now))
            for agency, found in sorted(by_agency(waits).items(), key=lambda one: one[0])
        ],
        names=names_of_agencies(db),
        demonstrations=[one for one in all_hearings(db) if one.demonstration and waits_of(db, one)],
        at=now,
    )


def agency_answers_html(db: Connection, agency: str, *, at: datetime | None = None) -> str:
    """Return how one agency answers: figures, what is overdue, what waits, what it said.

    Raises ``NotFound`` for an agency that the register does not know.
    """
    now, names = at or datetime.now(UTC), names_of_agencies(db)
    waits = by_agency(all_waits(db)).get(agency, [])
    if agency not in names and not waits:
        raise NotFound(f"No agency “{agency[:60]}” is known here.", kept="", next_step="Search the register.")
    hearings = {one.id: one for one in all_hearings(db)}
    given = [one for one in answers_of_agency(db, agency) if not hearings[one.hearing_id].demonstration]
    open_ = [one for one in waits if one.is_open]
    return render(
        "agency_answers",
        agency=agency,
        names=names,
        figures=figures_of(waits, at=now),
        overdue=[one for one in open_ if one.is_overdue(now)][:MOST_SHOWN],
        waiting=[one for one in open_ if not one.is_overdue(now)][:MOST_SHOWN],
        headings=headings(waits),
        hearings=hearings,
        listed=rendered(_listed(db, given[::-1], hearings)),
        at=now,
    )


def what_changed_html(db: Connection, system_id: str) -> str:
    """Return what changed in a system's entry because of what was asked in hearings."""
    found = [(one, hearing_of(db, one.hearing_id)) for one in answers_on(db, system_id)]
    return render("changed_by_answers", found=[(one, hearing, _of(hearing)) for one, hearing in found])


def author_section(db: Connection, hearing: Hearing, written: Comment) -> str:
    """Return what an agency said to a comment, or by when it has to, for its author."""
    found = waits_of(db, hearing, [written.comment_id])
    names, now = names_of_agencies(db), datetime.now(UTC)
    parts = [
        render(
            "answers_below",
            wait=one,
            names=names,
            at=now,
            zone=_zone(one),
            in_full=len(one.answers) and max(len(each.comment_ids) for each in one.answers),
            author=True,
        )
        for one in found
    ]
    return render("answer_status", parts=[rendered(one) for one in parts]) if parts else ""


def follow_html(address: str) -> str:
    """Return what the address of a comment's own feed is for, and the address itself."""
    return render("follow", address=address)


def queue_line(one: Wait, *, at: datetime | None = None) -> str:
    """Return one line for a list of what waits: the number, and by when, in plain text."""
    now, here = at or datetime.now(UTC), ZoneInfo(one.zone)
    late, until = one.is_overdue(now), day(one.due_at.astimezone(here))
    state = (
        f"overdue since {until}" if late else f"due on {until}" if one.is_open else "answered: a supplement"
    )
    return f"{one.comment_id}, {state}"


def queue_html(waits: Sequence[Wait], *, at: datetime | None = None) -> str:
    """Return what somebody has to answer in a hearing, in counts and by its day, overdue first."""
    now = at or datetime.now(UTC)
    open_ = [one for one in waits if one.is_open]
    return render(
        "answer_queue",
        overdue=sum(one.is_overdue(now) for one in open_),
        open=open_,
        supplements=bool(waits),
        shown=open_[:IN_QUEUE],
        at=now,
        zone=ZoneInfo(open_[0].zone) if open_ else ZoneInfo("UTC"),
    )


def preview_html(db: Connection, one: Answer, hearing: Hearing) -> str:
    """Return an answer as the public will read it, before it is published."""
    return render(
        "answer_preview", answer=one, names=names_of_agencies(db), zone=_of(hearing), pinned=_pinned(db, one)
    )


def headings(waits: Iterable[Wait]) -> dict[str, tuple[str, int]]:
    """Return what stands over each group of like comments, and how many of them are there."""
    found: dict[str, tuple[str, int]] = {}
    for one in waits:
        if one.ask_id:
            found[one.ask_id] = (one.heading, found.get(one.ask_id, ("", 0))[1] + 1)
    return found


def _listed(db: Connection, found: Sequence[Answer], hearings: Mapping[str, Hearing]) -> str:
    return render(
        "answers_listed",
        found=[(one, _of(hearings[one.hearing_id])) for one in found[:MOST_SHOWN]],
        names=names_of_agencies(db),
        systems=names_of_systems(db),
        hearings=hearings,
        more=len(found[MOST_SHOWN:]),
    )


def _pinned(db: Connection, one: Answer) -> int | None:
    """Return the earliest version on which one of the comments was written."""
    waits = waits_of(db, hearing_of(db, one.hearing_id), one.comment_ids)
    return min((wait.system_version for wait in waits), default=None)


def _zone(one: Wait) -> ZoneInfo:
    return ZoneInfo(one.zone)


def _of(hearing: Hearing) -> ZoneInfo:
    return ZoneInfo(hearing.time_zone)
