"""Drafts of agendas, and notes of minutes that were never published: when they go, and what stays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from hearing_app.documents.agenda import minutes_html, published_of
from hearing_app.hearings.agenda.minutes import (
    NOTES_ERASED,
    correct,
    decide,
    minutes_for_office,
    minutes_of,
    note,
    publish_minutes,
)
from hearing_app.hearings.agenda.reading import draft_of, versions_of
from hearing_app.hearings.agenda.verify import faults
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.life.happenings import happenings
from hearing_app.hearings.retention import carry_out, periods, what_is_due
from hearing_app.people.permissions import OPERATOR
from hearing_app.record.ledger import contents
from hearing_app.record.ledger import faults as ledger_faults
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import agenda_draft, minute
from tests.hearings.agendas import FAY, ID, SITS, act, announce, arranged, look

HEARD: dict[str, Any] = {"at": SITS + timedelta(minutes=30)}
ENDS = SITS + timedelta(hours=2)
YEAR, DAY = timedelta(days=365), timedelta(days=1)
KINDS = ("agenda_drafts", "unpublished_minutes")


def due(engine: Engine, at: datetime) -> dict[str, tuple[int, datetime | None]]:
    with reading(engine) as db:
        found = what_is_due(db, OPERATOR, periods({}), at=at)
    return {one.kind: (told.count, told.oldest) for one, told in found if one.kind in KINDS and told.count}


def bytes_of(engine: Engine) -> bytes:
    database = Path(str(engine.url.database))
    return b"".join(file.read_bytes() for file in sorted(database.parent.glob(f"{database.name}*")))


@pytest.fixture
def noted(engine: Engine) -> Engine:
    """Minutes with two notes, a correction of one, a decision, and a correction of that."""
    announce(engine)
    arranged(engine)
    act(engine, note, 1, "The zebrawood question was put.", **HEARD)
    fields = {"text": "Pictures are deleted after a day.", "owner": "Chief Constable"}
    act(engine, decide, 2, kind="condition", due_on=date(2026, 7, 1), **fields, **HEARD)
    act(engine, correct, 1, "The thornapple question was put.", **HEARD)
    act(engine, correct, 2, "After a mullein week.", **HEARD)
    return engine


def test_a_draft_of_an_agenda_goes_a_year_after_the_hearing_or_its_last_change(noted: Engine) -> None:
    assert due(noted, ENDS + YEAR).get("agenda_drafts") is None
    assert due(noted, ENDS + YEAR + DAY)["agenda_drafts"] == (1, ENDS)
    with writing(noted) as db:
        db.execute(update(agenda_draft).values(saved_at=ENDS + 3 * DAY))
    assert due(noted, ENDS + YEAR + DAY).get("agenda_drafts") is None
    published = look(noted, versions_of, ID)
    assert carry_out(noted, OPERATOR, periods({}), at=ENDS + YEAR + 4 * DAY)["agenda_drafts"] == 1
    assert look(noted, draft_of, FAY, ID) is None
    # What was published stays, with every version.
    assert look(noted, versions_of, ID) == published
    assert published
    assert look(noted, faults) == []


def test_notes_that_were_never_published_go_and_what_was_decided_stays(noted: Engine) -> None:
    later = ENDS + YEAR + DAY
    assert due(noted, ENDS + YEAR).get("unpublished_minutes") is None
    assert due(noted, later)["unpublished_minutes"] == (1, ENDS)
    before = look(noted, minutes_of, ID)
    assert b"zebrawood" in bytes_of(noted)
    assert carry_out(noted, OPERATOR, periods({}), at=later)["unpublished_minutes"] == 1
    left = bytes_of(noted)
    assert [word in left for word in (b"zebrawood", b"thornapple", b"mullein")] == [False, False, True]
    assert look(noted, minutes_of, ID) == before
    office = look(noted, minutes_for_office, FAY, ID).entries
    assert [(one.number, one.kind, bool(one.text)) for one in office] == [
        (1, "note", False),
        (2, "condition", True),
        (3, "correction", False),
        (4, "correction", True),
    ]
    with reading(noted) as db:
        assert [*faults(db), *ledger_faults(db)] == []
        [told] = [content for event, content in contents(db) if event.kind == NOTES_ERASED]
        assert told is not None
        assert told.fields == {"period": "unpublished_minutes", "entries": [1, 3]}
        shown = happenings(db, hearing_of(db, ID), later)[0]
        assert shown.words == "2 notes. What was decided stays."
    # There is nothing more to erase, and what is noted from now on is not touched before its time.
    assert carry_out(noted, OPERATOR, periods({}), at=later + DAY)["unpublished_minutes"] == 0
    act(noted, note, None, "A teasel note, much later.", at=later + DAY)
    assert "unpublished_minutes" not in due(noted, later + YEAR)
    act(noted, publish_minutes, at=later + 2 * DAY)
    with reading(noted) as db:
        assert faults(db) == []
        assert "were erased before the minutes were published" in minutes_html(
            published_of(db, hearing_of(db, ID))
        )


def test_published_minutes_stay(noted: Engine) -> None:
    act(noted, publish_minutes, **HEARD)
    assert "unpublished_minutes" not in due(noted, ENDS + 9 * YEAR)
    assert carry_out(noted, OPERATOR, periods({}), at=ENDS + 9 * YEAR)["unpublished_minutes"] == 0
    assert "zebrawood" in look(noted, minutes_of, ID).entries[0].text


def test_words_that_come_back_or_go_without_an_event_are_found(noted: Engine) -> None:
    first = minute.c.number == 1
    with writing(noted) as db:
        db.execute(update(minute).where(first).values(text=""))
        assert faults(db) == [f"Hearing {ID}: entry 1 of its minutes is not the one that was made."]
        db.rollback()
    carry_out(noted, OPERATOR, periods({}), at=ENDS + YEAR + DAY)
    with writing(noted) as db:
        db.execute(update(minute).where(first).values(text="The zebrawood question was put."))
        assert faults(db) == [f"Hearing {ID}: entry 1 of its minutes is not the one that was made."]
        db.rollback()
    with reading(noted) as db:
        assert db.execute(select(minute.c.text).where(first)).scalar_one() == ""
        assert faults(db) == []
