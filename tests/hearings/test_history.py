"""An entry over time: what changed since a hearing opened, and what the register itself adds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from hearing_app.errors import Invalid, NotFound
from hearing_app.hearings.hearing import Hearing, Question
from hearing_app.hearings.history import (
    SinceHearing,
    automatic_of,
    compared,
    since_hearings,
    version_at,
)
from hearing_app.people.permissions import COMPILATION
from hearing_app.record.versions import Version, versions_of
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_entries
from hearing_app.registry.published import entry_of, publish_entry
from hearing_app.store.engine import reading, writing

ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def compas() -> Entry:
    return next(entry for entry in read_entries(ROOT / "registry")[0] if entry.id == "compas")


@pytest.fixture
def history(engine: Engine, compas: Entry) -> list[Version]:
    """Three versions, ten days apart: the second has a new purpose, the third a unit, too."""
    second = compas.model_copy(update={"purpose": compas.purpose + " It is advice."})
    third = second.model_copy(update={"unit": "Pretrial desk"})
    with writing(engine) as db:
        for number, entry in enumerate((compas, second, third)):
            publish_entry(db, COMPILATION, entry, note=f"Step {number}", at=START + number * 10 * DAY)
        return versions_of(db, "system", "compas")


def hearing(opens: datetime, **changes: Any) -> Hearing:
    fields: dict[str, Any] = {
        "id": "town-hall",
        "title": "A hearing in the town hall",
        "summary": "The council asks residents about scores.",
        "convened_by": "The council",
        "demonstration": False,
        "systems": ("compas",),
        "questions": (Question(id="use", text="Should the scores be used?"),),
        "time_zone": "Europe/London",
        "opens_at": opens,
        "closes_at": opens + 30 * DAY,
        "what_happens_next": "The council answers in public.",
    }
    return Hearing.model_validate(fields | changes)


def since(engine: Engine, history: list[Version], opens: datetime, version: int = 3) -> list[SinceHearing]:
    with reading(engine) as db:
        published = entry_of(db, "compas", version)
        return list(since_hearings(db, published, history, [hearing(opens)], now=START + 90 * DAY))


@pytest.mark.parametrize(
    ("after", "then", "changed"),
    [
        (-1 * DAY, 1, ["unit", "purpose"]),
        (0 * DAY, 1, ["unit", "purpose"]),
        (9.99 * DAY, 1, ["unit", "purpose"]),
        (10 * DAY, 2, ["unit"]),
        (20 * DAY, 3, []),
    ],
)
def test_the_version_that_stood_when_it_opened_is_compared(
    engine: Engine, history: list[Version], after: timedelta, then: int, changed: list[str]
) -> None:
    (found,) = since(engine, history, START + after)
    assert found.then.version == then
    assert found.was_published is (after >= 0 * DAY)
    assert [one.field for one in found.changes] == changed


def test_an_older_version_and_a_hearing_to_come_have_nothing_to_say(
    engine: Engine, history: list[Version]
) -> None:
    assert since(engine, history, START + 10 * DAY, version=1) == []
    assert since(engine, history, START + 200 * DAY) == []
    (same,) = since(engine, history, START + 10 * DAY, version=2)
    assert same.changes == ()


def test_the_version_of_a_moment(history: list[Version]) -> None:
    assert version_at(history, START - DAY) is None
    stood = [version_at(history, START + days * DAY) for days in (0, 9, 10, 500)]
    assert [one.version for one in stood if one] == [1, 1, 2, 3]


@pytest.mark.parametrize(
    ("asked", "numbers", "changed"),
    [
        (("", ""), (2, 3), ["unit"]),
        (("1", "3"), (1, 3), ["unit", "purpose"]),
        (("3", "1"), (3, 1), ["unit", "purpose"]),
        (("", "2"), (1, 2), ["purpose"]),
        (("", "1"), (1, 1), []),
        (("1", ""), (1, 3), ["unit", "purpose"]),
    ],
)
@pytest.mark.usefixtures("history")
def test_any_two_versions_are_compared(
    engine: Engine, asked: tuple[str, str], numbers: tuple[int, int], changed: list[str]
) -> None:
    with reading(engine) as db:
        found = compared(db, "compas", *asked)
    assert (found.old.version.version, found.new.version.version) == numbers
    assert [one.field for one in found.changes] == changed


@pytest.mark.parametrize("wrong", ["0", "4", "-1", "x", "1.0", "²", "1" * 5000, " 1", "<b>"])
@pytest.mark.usefixtures("history")
def test_what_is_no_version_is_refused_with_the_numbers_that_are(engine: Engine, wrong: str) -> None:
    with reading(engine) as db:
        with pytest.raises(Invalid) as refusal:
            compared(db, "compas", wrong, wrong)
        assert [fault.field for fault in refusal.value.faults] == ["from", "to"]
        assert {fault.repair for fault in refusal.value.faults} == {"Give a number from 1 to 3."}
        with pytest.raises(NotFound):
            compared(db, "nothing", "1", "2")


def test_the_register_adds_publication_integrity_and_hearings(engine: Engine, history: list[Version]) -> None:
    with reading(engine) as db:
        first = automatic_of(db, history[0], history, [])
        last = automatic_of(db, history[2], history, [hearing(START)])
    assert first.integrity.previous_sha256 is None
    assert first.hearings == ()
    assert (last.publication.version, last.publication.change_note) == (3, "Step 2")
    assert last.publication.published_at == "2026-03-21T12:00:00+00:00"
    assert last.integrity.sha256 == history[2].sha256
    assert last.integrity.previous_sha256 == history[1].sha256
    assert last.integrity.event == history[2].seq
    (linked,) = last.hearings
    assert (linked.id, linked.comments, linked.address) == ("town-hall", 0, "/hearing?id=town-hall")
