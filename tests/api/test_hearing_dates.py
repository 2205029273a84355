"""The dates of hearings for other programs: calendars that are read back, a feed, the steps as data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import fromstring
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment
from hearing_app.documents.hearing_calendar import Dated, calendar_of
from hearing_app.hearings.hearing import Cancellation, Hearing, Sitting, hearing_of, publish_hearing
from hearing_app.hearings.life.stages import answers_due
from hearing_app.people.permissions import OPERATOR
from hearing_app.record.ledger import append
from hearing_app.store.engine import reading, writing
from tests.api.conftest import OPEN_HEARING
from tests.api.problems import problem_of
from tests.hearings.test_hearing import between

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "</title><script>\u202e\x00\nBEGIN:VEVENT;,\\n\r\nATTENDEE:x"


def sitting(at: str, **changes: Any) -> Sitting:
    starts = datetime.fromisoformat(at)
    fields = {"place": "Town hall; room 1, ground floor", "speaking_minutes": 60}
    return Sitting(starts_at=starts, ends_at=starts + timedelta(hours=2), **(fields | changes))


def read_back(hearing: Hearing, version: int = 1) -> tuple[bytes, dict[str, Any]]:
    """Return the calendar of a hearing, and its events by their names, as another program reads them."""
    dated = Dated(hearing, version, datetime(2026, 1, 1, tzinfo=UTC))
    body = calendar_of([dated], title=HOSTILE, record="record-1", address="https://x.example")
    calendar = Calendar.from_ical(body)
    return body, {str(one["uid"]): one for one in calendar.walk("VEVENT")}


@pytest.mark.parametrize(
    ("zone", "closes", "sits"),
    [
        ("Europe/London", "2026-10-24T22:59:00Z", "2026-10-25T18:00:00Z"),
        ("America/New_York", "2026-10-31T03:59:00Z", "2026-11-02T23:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-03T15:00:00Z", "2026-10-06T08:00:00Z"),
        ("Asia/Kathmandu", "2026-10-24T18:14:00Z", "2026-11-02T06:15:00Z"),
        ("UTC", "2026-10-24T18:14:00Z", "2026-11-02T06:15:00Z"),
    ],
)
def test_every_date_is_read_back_as_the_same_moment(zone: str, closes: str, sits: str) -> None:
    hearing = between(
        "2026-06-01T09:00:00Z", closes, time_zone=zone, sitting=sitting(sits), sign_up_closes_at=closes
    )
    body, found = read_back(hearing)
    assert hearing.sitting is not None
    moments = {
        "cameras.closes@record-1": hearing.window[1],
        "cameras.sign-up@record-1": hearing.window[1],
        "cameras.sits@record-1": hearing.sitting.starts_at,
        "cameras.answers@record-1": answers_due(hearing),
    }
    assert {name: one["dtstart"].dt.astimezone(UTC) for name, one in found.items()} == {
        name: moment.astimezone(UTC) for name, moment in moments.items()
    }
    assert found["cameras.sits@record-1"]["dtend"].dt.astimezone(UTC) == hearing.sitting.ends_at
    assert str(found["cameras.sits@record-1"]["location"]) == "Town hall; room 1, ground floor"
    if zone != "UTC":
        # The rules of the zone come along, and give the offset that the zone has at each moment.
        [rules] = [one for one in Calendar.from_ical(body).timezones if one["tzid"] == zone]
        made = rules.to_tz()
        for moment in moments.values():
            local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            assert local.replace(tzinfo=made).utcoffset() == local.replace(tzinfo=ZoneInfo(zone)).utcoffset()


def test_a_time_that_a_clock_shows_twice_is_given_in_utc() -> None:
    for closes in ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"):
        body, found = read_back(between("2026-06-01T09:00:00Z", closes))
        assert found["cameras.closes@record-1"]["dtstart"].dt == datetime.fromisoformat(closes)
        assert closes.replace("-", "").replace(":", "").encode() in body


def test_names_stay_and_the_number_grows_with_the_version() -> None:
    hearing = between("2026-06-01T09:00:00Z", "2026-06-08T09:00:00Z")
    _, first = read_back(hearing)
    gone = Cancellation(at=datetime(2026, 6, 2, tzinfo=UTC), reason="It was withdrawn.")
    _, then = read_back(hearing.model_copy(update={"cancelled": gone}), version=4)
    assert set(first) == set(then)
    assert {int(one["sequence"]) for one in first.values()} == {0}
    assert {int(one["sequence"]) for one in then.values()} == {3}
    assert {str(one["status"]) for one in then.values()} == {"CANCELLED"}


def test_hostile_words_make_no_line_of_their_own(client: TestClient, house: Deployment) -> None:
    hearing = between("2026-06-01T09:00:00Z", "2026-06-08T09:00:00Z").model_copy(
        update={"title": HOSTILE, "summary": HOSTILE, "contact": HOSTILE}
    )
    body, found = read_back(hearing)
    assert len(found) == 2
    assert b"\nATTENDEE" not in body
    assert "\u202e" not in body.decode()
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    with writing(house.engine) as db:
        present = hearing_of(db, OPEN_HEARING)
        publish_hearing(db, OPERATOR, present.model_copy(update={"title": "</title><b>"}), note=HOSTILE)
    feed = fromstring(client.get(f"/api/v1/hearings/{OPEN_HEARING}/feed.atom").content)  # noqa: S314 - ours
    assert feed.findtext(f"{ATOM}title") == "What changed: </title><b>"
    summary = str(feed.findtext(f"{ATOM}entry/{ATOM}summary"))
    assert summary.startswith("</title><script> BEGIN:VEVENT")
    page = client.get(f"/record/hearings/{OPEN_HEARING}").text
    assert "<script>" not in page
    assert "\u202e" not in page


def test_the_calendars_are_served(client: TestClient) -> None:
    one = client.get(f"/record/hearings/{OPEN_HEARING}.ics")
    assert one.headers["content-type"] == "text/calendar; charset=utf-8"
    assert one.headers["content-disposition"] == f'attachment; filename="{OPEN_HEARING}.ics"'
    events = Calendar.from_ical(one.content).walk("VEVENT")
    assert [str(event["summary"]).partition(":")[0] for event in events] == ["Comments close"]
    whole = Calendar.from_ical(client.get("/record/hearings.ics").content).walk("VEVENT")
    assert len(whole) == 2
    assert {str(event["uid"]) for event in events} < {str(event["uid"]) for event in whole}
    assert client.get("/record/hearings/nothing.ics").status_code == 404


def test_the_feed_tells_what_happened_newest_first(client: TestClient, house: Deployment) -> None:
    with writing(house.engine) as db:
        hearing = hearing_of(db, OPEN_HEARING)
        later = hearing.window[1].astimezone(UTC) + timedelta(days=3)
        publish_hearing(db, OPERATOR, hearing.model_copy(update={"closes_at": later}), note="More time.")
        append(
            db,
            actor="facilitator:fay",
            kind="hearing.heard",
            subject=f"hearing:{OPEN_HEARING}",
            content={"on": "2026-11-02", "note": "Forty people came."},
        )
    answer = client.get(f"/api/v1/hearings/{OPEN_HEARING}/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = fromstring(answer.content)  # noqa: S314 - our own feed
    entries = feed.findall(f"{ATOM}entry")
    titles = [str(one.findtext(f"{ATOM}title")).partition(":")[0] for one in entries]
    assert titles[:2] == ["The hearing was held", "The announcement was changed"]
    assert set(titles[2:]) == {"Comments are open", "The hearing was announced"}
    words = [str(one.findtext(f"{ATOM}summary")) for one in entries]
    assert words[0] == "On 2026-11-02. Forty people came."
    assert words[1].startswith("More time. Comments close: ")
    assert len({one.findtext(f"{ATOM}id") for one in entries}) == 4
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    again = fromstring(client.get(f"/api/v1/hearings/{OPEN_HEARING}/feed.atom").content)  # noqa: S314 - our own
    assert [one.findtext(f"{ATOM}id") for one in again.findall(f"{ATOM}entry")] == [
        one.findtext(f"{ATOM}id") for one in entries
    ]
    assert problem_of(client.get("/api/v1/hearings/nothing/feed.atom"), 404)


def test_a_hearing_has_its_stage_its_steps_and_its_changes_as_data(
    client: TestClient, house: Deployment
) -> None:
    address = f"/api/v1/hearings/{OPEN_HEARING}"
    found = client.get(address).json()
    assert (found["phase"], found["stage"], found["changes"]) == ("open", "open", [])
    steps = {one["stage"]: one for one in found["timeline"]}
    with reading(house.engine) as db:
        hearing = hearing_of(db, OPEN_HEARING)
    assert datetime.fromisoformat(steps["closed"]["at"]) == hearing.window[1].astimezone(UTC)
    assert steps["closed"]["at"].endswith(hearing.window[1].strftime("%z")[:3] + ":00")
    assert [one["is_done"] for one in found["timeline"]] == [True, True, True, False]
    assert set(found["versions"]) == {"compas", "met-live-facial-recognition"}
    with writing(house.engine) as db:
        publish_hearing(db, OPERATOR, hearing.model_copy(update={"contact": "Desk 1"}), note="Asked for.")
    [change] = client.get(address).json()["changes"]
    assert (change["version"], change["reason"]) == (2, "Asked for.")
    assert change["fields"] == [{"field": "contact", "title": "Contact", "before": "", "after": "Desk 1"}]
    page = client.get(f"/record/hearings/{OPEN_HEARING}").text
    assert "Asked for." in page
    assert 'aria-current="step"' in page
    assert f"/record/systems/compas/{found['versions']['compas']}" in page


def test_the_list_gives_each_stage(client: TestClient) -> None:
    listed = client.get("/api/v1/hearings").json()["hearings"]
    assert [one["stage"] for one in listed] == ["open", "closed"]
