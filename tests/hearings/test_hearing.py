from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from hearing_app.errors import Forbidden, NotFound
from hearing_app.hearings.hearing import (
    Hearing,
    Phase,
    all_hearings,
    check_hearings,
    hearing_of,
    hearings_on,
    publish_hearing,
)
from hearing_app.people.permissions import COMPILATION, OPERATOR, Actor, Role
from hearing_app.record.ledger import events, faults
from hearing_app.record.versions import Version, publish_version, versions_of
from hearing_app.store.engine import reading, writing

LONDON = ZoneInfo("Europe/London")
SECOND = timedelta(seconds=1)
Announce = Callable[..., Hearing]


def announced(**changes: Any) -> Hearing:
    fields: dict[str, Any] = {
        "id": "cameras",
        "title": "Cameras in the high street",
        "summary": "The board hears what residents think of the cameras.",
        "convened_by": "The police and crime board",
        "demonstration": False,
        "systems": ["street-cameras"],
        "questions": [{"id": "use", "text": "Should they be used?"}],
        "time_zone": "Europe/London",
        "open_for_days": 7,
        "what_happens_next": "The board answers in public.",
    }
    return Hearing.model_validate(fields | changes)


def between(opens: str, closes: str, **changes: Any) -> Hearing:
    return announced(open_for_days=None, opens_at=opens, closes_at=closes, **changes)


def publish(engine: Engine, hearing: Hearing, at: datetime) -> Version:
    with writing(engine) as db:
        return publish_hearing(db, COMPILATION, hearing, note="", at=at)


def published(engine: Engine, hearing: Hearing, at: datetime) -> Hearing:
    publish(engine, hearing, at)
    with reading(engine) as db:
        return hearing_of(db, hearing.id)


def test_a_hearing_is_open_from_its_first_moment_up_to_its_last() -> None:
    hearing = between("2026-06-01T09:00:00+01:00", "2026-06-08T17:00:00+01:00")
    opens, closes = hearing.window
    assert (opens.isoformat(), closes.isoformat()) == (
        "2026-06-01T09:00:00+01:00",
        "2026-06-08T17:00:00+01:00",
    )
    assert hearing.phase(opens - SECOND) is Phase.ANNOUNCED
    assert hearing.phase(opens) is Phase.OPEN
    assert hearing.phase(closes - SECOND) is Phase.OPEN
    assert hearing.phase(closes) is Phase.CLOSED
    assert hearing.phase(closes.astimezone(ZoneInfo("Asia/Tokyo")) - SECOND) is Phase.OPEN


def test_across_the_end_of_summer_time_the_window_is_read_in_its_own_zone() -> None:
    # In London the clock goes back from 02:00 BST to 01:00 GMT on 25 October 2026.
    hearing = between("2026-10-24T12:00:00Z", "2026-10-25T17:00:00Z")
    opens, closes = hearing.window
    assert opens.isoformat() == "2026-10-24T13:00:00+01:00"
    assert closes.isoformat() == "2026-10-25T17:00:00+00:00"
    assert hearing.phase(datetime(2026, 10, 25, 16, 59, 59, tzinfo=LONDON)) is Phase.OPEN
    assert hearing.phase(datetime(2026, 10, 25, 17, 0, tzinfo=LONDON)) is Phase.CLOSED
    twice = between("2026-10-25T00:00:00Z", "2026-10-25T01:30:00Z")
    assert twice.phase(datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=0)) is Phase.OPEN
    assert twice.phase(datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1)) is Phase.CLOSED


@pytest.mark.parametrize(
    ("at", "zone", "days", "closes"),
    [
        ("2026-06-01T12:34:56.7Z", "Europe/London", 7, "2026-06-08T22:59:00Z"),
        ("2026-06-01T12:34:00Z", "UTC", 1, "2026-06-02T23:59:00Z"),
        # Half past midnight in London is still the day before in UTC.
        ("2026-10-19T23:30:00Z", "Europe/London", 3, "2026-10-23T22:59:00Z"),
        # The same across 25 October: seven days on the calendar, not 168 hours.
        ("2026-10-19T23:30:00Z", "Europe/London", 7, "2026-10-27T23:59:00Z"),
        # And across 29 March, an hour before midnight.
        ("2026-03-25T23:30:00Z", "Europe/London", 7, "2026-04-01T22:59:00Z"),
        ("2026-06-01T12:00:00Z", "Pacific/Kiritimati", 1, "2026-06-03T09:59:00Z"),
        ("2026-06-01T12:00:00Z", "America/Los_Angeles", 1, "2026-06-03T06:59:00Z"),
    ],
)  # fmt: skip
def test_a_window_in_days_ends_with_a_day_of_the_hearings_own_calendar(
    engine: Engine, at: str, zone: str, days: int, closes: str
) -> None:
    moment = datetime.fromisoformat(at)
    hearing = published(engine, announced(time_zone=zone, open_for_days=days), moment)
    assert hearing.opens_at == moment.replace(second=0, microsecond=0)
    assert hearing.closes_at == datetime.fromisoformat(closes)
    assert hearing.window[1].strftime("%H:%M") == "23:59"
    assert hearing.open_for_days is None
    assert hearing.phase(moment) is Phase.OPEN


def test_a_window_in_days_is_counted_from_the_first_publication(engine: Engine, now: datetime) -> None:
    first = publish(engine, announced(), now)
    # The same file again: no version, and the window does not move.
    assert publish(engine, announced(), now + timedelta(days=30)) == first
    reworded = published(engine, announced(title="Cameras in the whole town"), now + timedelta(days=30))
    assert reworded.window == Hearing.model_validate(first.document).window
    assert reworded.phase(now + timedelta(days=30)) is Phase.CLOSED
    longer = published(engine, announced(open_for_days=40), now.astimezone(LONDON) + timedelta(days=30))
    assert longer.opens_at == now
    assert longer.phase(now + timedelta(days=30)) is Phase.OPEN


def test_a_file_has_no_window_before_it_is_published() -> None:
    with pytest.raises(ValueError, match="set at publication"):
        announced().window  # noqa: B018 - asking is what raises


def test_a_hearing_is_read_back_as_it_was_published(engine: Engine, now: datetime) -> None:
    hearing = between("2026-06-01T09:00:00+01:00", "2026-06-08T17:00:00+01:00", contact="board@town.example")
    assert published(engine, hearing, now) == hearing
    with reading(engine) as db:
        (version,) = versions_of(db, "hearing", "cameras")
        (event,) = events(db)
        assert faults(db) == []
        with pytest.raises(NotFound, match="no hearing “parking”"):
            hearing_of(db, "parking")
    assert (event.kind, event.actor, event.seq) == ("hearing.published", "compilation", version.seq)


@pytest.mark.parametrize(
    "role", [Role.PUBLIC, Role.FACILITATOR, Role.PUBLISHER, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_only_the_operator_and_the_compilation_publish(engine: Engine, now: datetime, role: Role) -> None:
    with pytest.raises(Forbidden), writing(engine) as db:
        publish_hearing(db, Actor(role, "ab12"), announced(), note="", at=now)
    with writing(engine) as db:
        assert all_hearings(db) == []
        publish_hearing(db, OPERATOR, announced(), note="", at=now)


@pytest.mark.parametrize(
    "changes",
    [
        {"open_for_days": None},
        {"open_for_days": 0},
        {"open_for_days": 366},
        {"opens_at": "2026-06-01T09:00:00Z"},
        {"open_for_days": None, "opens_at": "2026-06-01T09:00:00Z"},
        {"open_for_days": None, "opens_at": "2026-06-01T09:00:00Z", "closes_at": "2026-06-01T09:00:00Z"},
        {"open_for_days": None, "opens_at": "2026-06-01T09:00:00", "closes_at": "2026-06-02T09:00:00"},
        {"open_for_days": None, "opens_at": "2026-06-01T09:30:00+01:00", "closes_at": "2026-06-01T09:00:00Z",
         "time_zone": "Europe/Atlantis"},
        {"time_zone": ""},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "BST in summer"},
        {"systems": []},
        {"questions": []},
        {"questions": [{"id": f"q{n}", "text": "Why not?"} for n in range(13)]},
        {"id": "Cameras"},
        {"id": "cameras-"},
        {"id": "a" * 81},
        {"title": "TODO: a title"},
        {"summary": "unknown"},
        {"unheard_of": True},
    ],
)  # fmt: skip
def test_what_is_not_fit_to_publish_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        announced(**changes)


def test_every_fault_between_hearings_and_the_register_is_named() -> None:
    hearings = [
        ("hearings/cameras.yaml", announced()),
        ("hearings/again.yaml", announced(systems=["street-cameras", "drones"])),
        ("hearings/other.yaml", announced(id="other")),
    ]
    found = check_hearings(hearings, {"street-cameras", "scores"})
    assert [(fault.file, fault.field) for fault in found] == [
        ("hearings/again.yaml", "id"),
        ("hearings/again.yaml", "id"),
        ("hearings/again.yaml", "systems.1"),
    ]
    assert "not the file's name" in found[0].problem
    assert "used twice" in found[1].problem
    assert "“drones”" in found[2].problem
    assert "scores, street-cameras" in found[2].repair
    assert check_hearings(hearings[:1], {"street-cameras"}) == []


def test_open_hearings_come_first_and_the_soonest_to_close_leads(engine: Engine) -> None:
    # all_hearings asks the clock, so these are laid around it.
    today = datetime.now(UTC)

    def add(name: str, opens: int, closes: int, *systems: str) -> None:
        hearing = between(
            (today + timedelta(days=opens)).isoformat(),
            (today + timedelta(days=closes)).isoformat(),
            id=name,
            systems=systems or ("street-cameras",),
        )
        publish(engine, hearing, today)

    add("long-past", -90, -80)
    add("open-for-long", -5, 50)
    add("coming", 10, 20, "drones")
    add("open-till-soon", -1, 5, "drones", "street-cameras")
    add("just-past", -9, -1)
    with reading(engine) as db:
        order = [hearing.id for hearing in all_hearings(db)]
        on_drones = [hearing.id for hearing in hearings_on(db, "drones")]
        assert hearings_on(db, "parking") == []
    assert order == ["open-till-soon", "open-for-long", "coming", "just-past", "long-past"]
    assert on_drones == ["open-till-soon", "coming"]


def test_each_system_is_heard_in_the_version_that_stood_when_it_was_announced(
    engine: Engine, now: datetime
) -> None:
    def system(name: str, text: str) -> None:
        with writing(engine) as db:
            document = {"id": name, "name": text}
            publish_version(
                db, actor="c", kind="system", document_id=name, document=document, note="", at=now
            )

    def versions(**changes: Any) -> dict[str, int]:
        return published(engine, announced(**changes), now).versions

    assert versions(id="early") == {}
    system("street-cameras", "Cameras")
    assert versions() == {"street-cameras": 1}
    system("street-cameras", "Cameras, with faces")
    system("drones", "Drones")
    assert versions() == {"street-cameras": 1}
    assert versions(systems=["street-cameras", "drones"]) == {"drones": 1, "street-cameras": 1}
    assert versions(systems=["drones"], versions={"drones": 1}) == {"drones": 1}
    assert versions(id="named", versions={"street-cameras": 1}) == {"street-cameras": 1}
    # Nobody said which version is heard when it was announced: none is made up later.
    assert versions(id="early", title="Another title") == {}


def test_what_does_not_fit_within_a_hearing_is_a_fault_of_its_file() -> None:
    twice = [{"id": "use", "text": "Why?", "system": "drones"}, {"id": "use", "text": "How?"}]
    odd = announced(questions=twice, versions={"drones": 1})
    found = check_hearings([("hearings/cameras.yaml", odd)], {"street-cameras"})
    assert [one.field for one in found] == ["questions.0.system", "questions.1.id", "versions.drones"]


@pytest.mark.parametrize(
    "changes",
    [
        {"holidays": "ATLANTIS"},
        {"holidays": "GB-ATL"},
        {"notice_days": -1},
        {"cancelled": {"at": "2026-06-01T09:00:00", "reason": "Gone."}},
        {"cancelled": {"at": "2026-06-01T09:00:00Z", "reason": ""}},
        {"sitting": {"starts_at": "2026-06-20T18:00:00Z", "ends_at": "2026-06-20T18:00:00Z", "place": "Hall",
                     "speaking_minutes": 60}},
        {"sitting": {"starts_at": "2026-06-20T18:00:00Z", "ends_at": "2026-06-20T19:00:00Z", "place": "Hall",
                     "speaking_minutes": 0}},
    ],
)  # fmt: skip
def test_new_fields_are_checked_as_well(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        announced(**changes)
    assert announced(holidays="GB-ENG").holidays == "GB-ENG"
