"""The agenda, the lottery, the room and the minutes as data and as pages: found once they are there."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment, record_faults
from hearing_app.hearings.agenda.lottery import commit, keep
from hearing_app.hearings.agenda.minutes import note, publish_minutes
from hearing_app.hearings.agenda.room import start
from hearing_app.hearings.hearing import Question
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import lottery
from tests.hearings.agenda.test_lottery import recipe
from tests.hearings.agendas import CLOSES, ID, OPENS, SITS, act, announce, arranged, sign_up

PAGE = f"/api/v1/hearings/{ID}"


@pytest.fixture
def announced(house: Deployment) -> None:
    questions = (Question(id="use", text="Should the scores be used?"),)
    announce(house.engine, with_systems=False, systems=("compas",), questions=questions)


def get(client: TestClient, what: str) -> Any:
    answer = client.get(f"{PAGE}/{what}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.usefixtures("announced")
def test_before_there_is_anything_it_is_not_found_or_empty(client: TestClient) -> None:
    for what in ("agenda", "lottery"):
        answer = client.get(f"{PAGE}/{what}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert get(client, "room") | {"at": ""} == {"hearing": ID, "at": "", "floor": None, "next": []}
    assert get(client, "minutes")["entries"] == []
    for what in ("agenda", "minutes"):
        assert client.get(f"/record/hearings/{ID}/{what}").status_code == 200
        assert client.get(f"/record/hearings/nothing/{what}").status_code == 404


@pytest.mark.usefixtures("announced")
def test_everything_stands_there_and_the_draw_can_be_repeated(house: Deployment, client: TestClient) -> None:
    engine = house.engine
    act(engine, commit, at=OPENS)
    people = [
        sign_up(
            engine,
            key=house.key,
            system_id="compas",
            display_name="Ada Field",
            consent="text_and_name" if first else "text_only",
        ).comment_id
        for first in (True, False, False)
    ]
    with reading(engine) as db:
        seed = db.execute(select(lottery.c.seed)).scalar_one().hex()
    before = get(client, "lottery")
    assert (before["seed"], before["seed_published_at"], before["checkpoint"]) == (None, None, None)
    for address in (
        f"{PAGE}/lottery",
        f"/record/hearings/{ID}",
        f"/record/hearings/{ID}/agenda",
        "/api/v1/record/events",
        "/api/v1/record/bundle.jsonl",
    ):
        shown = client.get(address)
        assert shown.status_code == 200
        assert seed not in shown.text, address
    with writing(engine) as db:
        keep(db, at=CLOSES)
    assert get(client, "lottery")["seed"] == seed
    assert sha256(bytes.fromhex(seed)).hexdigest() == before["commitment"]
    arranged(engine, 41)
    act(engine, start, 1, None, seen=0, at=SITS)
    act(engine, note, 1, "The chair opened the hearing.", at=SITS)
    act(engine, publish_minutes, at=SITS)

    told = get(client, "lottery")
    drawn = subprocess.run(
        [sys.executable, "-I", "-c", recipe()],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=True,
    )
    assert drawn.stdout.split() == told["comments"]
    assert sorted(told["comments"]) == sorted(people)

    agenda = get(client, "agenda")
    slots = [slot for item in agenda["items"] for slot in item["slots"]]
    assert [slot["comment_id"] for slot in slots] == told["comments"][:2]
    assert [one["comment_id"] for one in agenda["waiting"]] == told["comments"][2:]
    names = {slot["comment_id"]: slot["name"] for slot in slots}
    assert all(name == ("Ada Field" if one == people[0] else "No name given") for one, name in names.items())
    assert get(client, "room")["floor"]["item"] == 1
    assert get(client, "minutes")["entries"][0]["text"] == "The chair opened the hearing."
    assert get(client, "minutes")["entries"][0]["by"] == "facilitator"
    assert "The chair" in client.get(f"/record/hearings/{ID}/minutes").text
    assert "Version 1" in client.get(f"/record/hearings/{ID}/agenda").text
    with reading(engine) as db:
        assert record_faults(house, db) == []
