"""Answers read from outside: pages, data, and the feed at each receipt's own address."""

from __future__ import annotations

import csv
import io
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment
from hearing_app.hearings import receipt_feed
from hearing_app.hearings.agenda.reading import Agenda, AgendaItem, AgendaSlot
from hearing_app.hearings.answers.answering import Answering, give
from hearing_app.hearings.answers.reading import Answer, waits_of
from hearing_app.hearings.comments.comment import Receipt, submit, withdraw
from hearing_app.hearings.comments.draft import Draft, Link
from hearing_app.hearings.hearing import Hearing, Question, publish_hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.receipt_feed import FEED_GUESSES, token_for
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import COMPILATION, PUBLIC, Actor, Role
from hearing_app.store.engine import writing

from .atom import lines_of, read_feed

FAY, AGENCY = Actor(Role.FACILITATOR, "fay"), "broward-county"
PUBLISHER = Actor(Role.PUBLISHER, "ada", AGENCY)
HOSTILE = "</p><script>alert(1)</script> ![x](https://example.org/p.png) & ]]>"
TEXT = "We publish the scores of every month, and say who checks them."
Asked = Callable[..., Receipt]


@pytest.fixture
def hearing(house: Deployment) -> Hearing:
    """A hearing on COMPAS that closed ten days ago: answers are due in 18 days."""
    now = datetime.now(UTC)
    made = Hearing(
        id="town-hall",
        title=f"The scores {HOSTILE}",
        summary="The council asks residents about scores.",
        convened_by="The council",
        demonstration=False,
        systems=("compas",),
        questions=(Question(id="use", text="Should the scores be used?"),),
        time_zone="Europe/London",
        opens_at=now - timedelta(days=60),
        closes_at=now - timedelta(days=10),
        what_happens_next="The council answers in public.",
    )
    with writing(house.engine) as db:
        publish_hearing(db, COMPILATION, made, note="For this test.")
    return made


@pytest.fixture
def asked(house: Deployment, hearing: Hearing) -> Asked:
    """Send a question while the hearing was open, and publish it."""

    def one(days_ago: float = 20, to: State = State.PUBLISHED, **changes: Any) -> Receipt:
        at = datetime.now(UTC) - timedelta(days=days_ago)
        fields: dict[str, Any] = {
            "draft_id": secrets.token_hex(16),
            "hearing_id": hearing.id,
            "system_id": "compas",
            "system_version": 1,
            "comment_type": "question",
            "concern": "Who checks the zebrawood scores that judges are shown?",
        }
        with writing(house.engine) as db:
            receipt = submit(db, PUBLIC, house.key, Draft(**(fields | changes)), at=at)
            reason = "" if to is State.PUBLISHED else "R2"
            more: dict[str, Any] = {"reason_id": reason, "note": "a private note" if reason else "", "at": at}
            decide(db, FAY, receipt.comment_id, to, seen_state=State.SUBMITTED, **more)
        return receipt

    return one


def answered(house: Deployment, hearing: Hearing, *receipts: Receipt, **changes: Any) -> Answer:
    ids = tuple(one.comment_id for one in receipts)
    fields: dict[str, Any] = {"kind": "accepted", "text": TEXT, "comment_ids": ids} | changes
    with writing(house.engine) as db:
        seen = {one.comment_id: len(one.answers) for one in waits_of(db, hearing)}
        return give(db, PUBLISHER, hearing.id, Answering(**fields), seen=seen)


def test_every_door_says_what_was_answered_and_what_is_overdue(
    client: TestClient, house: Deployment, hearing: Hearing, asked: Asked
) -> None:
    first, second = asked(), asked()
    given = answered(
        house,
        hearing,
        first,
        text=f"{TEXT} {HOSTILE}",
        evidence=(Link("https://www.example.org/r", HOSTILE),),
    )
    late = hearing.model_copy(update={"answer_within_days": 3})
    with writing(house.engine) as db:
        publish_hearing(db, COMPILATION, late, note="Sooner.")
    for path in ("/record/hearings/town-hall", "/record/hearings/town-hall/answers"):
        page = client.get(path).text
        assert "We publish the scores of every month" in page, path
        assert "<script>" not in page, path
        assert "is overdue since" in page or "days ago" in page, path
    overview = client.get("/record/answers").text
    assert f'href="/answers?agency={AGENCY}"' in overview
    mine = client.get(f"/record/agencies/{AGENCY}/answers").text
    assert second.comment_id in mine
    assert given.answer_id in mine
    data = client.get("/api/v1/hearings/town-hall/answers").json()
    assert data["figures"] | {"kinds": None, "days_of_answered": None, "days_counting_waiting": None} == {
        **{"total": 2, "answered": 1, "waiting": 0, "overdue": 1, "looked_into": 0, "late": 0},
        **{"kinds": None, "days_of_answered": None, "days_counting_waiting": None},
    }
    assert data["figures"]["days_of_answered"]["median"] == 20
    assert [one["id"] for one in data["answers"]] == [given.answer_id]
    of_agency = client.get(f"/api/v1/agencies/{AGENCY}/answers").json()
    assert of_agency["answers"] == data["answers"]
    assert [one["agency"] for one in client.get("/api/v1/answers").json()["agencies"]] == [AGENCY]
    for path in ("/api/v1/answers.csv", "/api/v1/hearings/town-hall/answers.csv"):
        rows = list(csv.DictReader(io.StringIO(client.get(path).text.removeprefix("\ufeff"))))
        found = {row["comment_id"]: row for row in rows}
        assert found[first.comment_id]["answered_on"] == given.given_on("Europe/London").isoformat()
        assert (found[second.comment_id]["state"], found[second.comment_id]["kind"]) == ("waiting", "")
        assert int(found[second.comment_id]["overdue_days"]) in {6, 7}
    assert client.get("/api/v1/agencies/nobody/answers").status_code == 404
    assert client.get("/record/agencies/nobody/answers").status_code == 404


def test_feeds_of_agency_system_and_hearing_tell_of_answers(
    client: TestClient, house: Deployment, hearing: Hearing, asked: Asked
) -> None:
    first, second = asked(), asked()
    given = answered(house, hearing, first)
    with writing(house.engine) as db:
        publish_hearing(db, COMPILATION, hearing.model_copy(update={"answer_within_days": 3}), note="Sooner.")
    agency = lines_of(read_feed(client.get(f"/api/v1/agencies/{AGENCY}/feed.atom").content))
    assert any("answered 1 comment: Accepted" in title and TEXT in said for title, said in agency)
    assert any(second.comment_id in title and title.startswith("No answer of") for title, _ in agency)
    assert not any(first.comment_id in title for title, _ in agency)
    system = lines_of(read_feed(client.get("/api/v1/systems/compas/feed.atom").content))
    assert any(TEXT in said for _, said in system)
    assert not any(title.startswith("No answer of") for title, _ in system)
    told = lines_of(read_feed(client.get("/api/v1/hearings/town-hall/feed.atom").content))
    assert any(TEXT in said for _, said in told)
    assert given.text == TEXT


def test_the_feed_of_a_receipt_tells_everything_but_the_words(
    client: TestClient, house: Deployment, hearing: Hearing, asked: Asked
) -> None:
    mine, held = asked(display_name="Ann Zebra", consent="text_and_name"), asked(to=State.HELD)
    answered(
        house, hearing, mine, kind="will_find_out", find_out_by=datetime.now(UTC).date() + timedelta(days=9)
    )
    answer = client.get(f"/follow/{token_for(house.key, mine.comment_id, mine.code)}")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in answer.headers
    feed = read_feed(answer.content)
    said = lines_of(feed)
    assert len(said) == 3
    assert any("Will find out" in title for title, _ in said)
    assert any("is published" in title for title, _ in said)
    for private in ("zebrawood", "Zebra", mine.code, mine.code.replace(" ", "")):
        assert private not in answer.text
    kept_back = client.get(f"/follow/{token_for(house.key, held.comment_id, held.code)}")
    titles = [title for title, _ in lines_of(read_feed(kept_back.content))]
    assert any("personal data of another person" in title for title in titles)
    assert "a private note" not in kept_back.text


def test_the_feed_of_a_receipt_tells_of_the_agenda(
    client: TestClient, house: Deployment, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = asked(), asked()
    slot = AgendaSlot(1, 3, mine.comment_id, "speaks", None)
    left = AgendaSlot(2, 3, other.comment_id, "withdrawn", None)
    item = AgendaItem(1, 4, "The public <b>speaks</b>", "comments", "", "", "", 6, 6, None, (), (slot, left))
    at = datetime(2026, 11, 2, tzinfo=UTC)
    agenda = Agenda("town-hall", 1, at, "", "", (item,), 6, (), (), False)
    monkeypatch.setattr(receipt_feed, "agenda_of", lambda _db, _hearing: agenda)
    titles = {
        one.code: [
            title
            for title, _ in lines_of(
                read_feed(client.get(f"/follow/{token_for(house.key, one.comment_id, one.code)}").content)
            )
        ]
        for one in (mine, other)
    }
    place = "Your comment stands on the agenda: item 4, “The public <b>speaks</b>”."
    assert place in titles[mine.code]
    assert place not in titles[other.code]


def test_after_withdrawing_it_says_so_and_nothing_else(
    client: TestClient, house: Deployment, hearing: Hearing, asked: Asked
) -> None:
    mine = asked()
    answered(house, hearing, mine)
    address = f"/follow/{token_for(house.key, mine.comment_id, mine.code)}"
    withdraw(house.engine, house.key, mine.code)
    first, again = client.get(address), client.get(address)
    [(title, _)] = lines_of(read_feed(first.content))
    assert title == "Your comment was withdrawn by its author."
    # The same line each time: a reader shows it once.
    assert first.content == again.content
    assert hearing.id not in first.text
    assert TEXT not in first.text


def test_no_other_address_opens_it_and_guesses_are_counted(
    client: TestClient, house: Deployment, asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    mine, other = asked(), asked()
    token = token_for(house.key, mine.comment_id, mine.code)
    number, mac = token.split(".")
    # It is not the receipt, is not made of it, and is another one for every comment and every key.
    assert mine.code.replace(" ", "") not in token
    assert token_for(house.key, other.comment_id, other.code).split(".")[1] != mac
    assert token_for(bytes(32), mine.comment_id, mine.code) != token
    wrong = [f"{number}.{mac[:-1]}{'0' if mac[-1] != '0' else '1'}", f"{other.comment_id}.{mac}", number, mac]
    wrong += [mine.code, token.upper(), f"{token}.", "C-2026-AAAAAAA." + "0" * 40, "%00", "x" * 3000]
    with caplog.at_level(logging.DEBUG):
        for one in wrong:
            assert client.get(f"/follow/{one}").status_code == 404, one
        assert client.get(f"/follow/{token}").status_code == 200
        for _ in range(FEED_GUESSES.tries - len(wrong)):
            assert client.get(f"/follow/{wrong[0]}").status_code == 404
        assert client.get(f"/follow/{wrong[0]}").status_code == 429
    # Our own loggers; the client of the test names what it asks for.
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("hearing_app")]
    assert mac not in " ".join(ours)


def test_robots_keep_out_of_the_feeds(client: TestClient) -> None:
    assert "Disallow: /follow/" in client.get("/robots.txt").text
