"""The benchmark of the register, in small: it builds a sound record, and all that it asks is answered."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from benchmarks.register import RULES, SPEAKING, WHOLE, Words, build, kinds, slip
from hearing_app import deployment
from hearing_app.api import ROUTES
from hearing_app.deployment import open_deployment, record_faults, use
from hearing_app.registry.words import are_apart
from hearing_app.settings import Settings
from hearing_app.store.engine import reading

ENTRIES, VERSIONS = 9, 3


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    data = tmp_path_factory.mktemp("big") / "data"
    data.mkdir(mode=0o700)
    build(f"sqlite:///{data / 'hearing.sqlite'}", ENTRIES, VERSIONS)
    house, before = open_deployment(Settings(data=data)), list(deployment._in_use)
    use(house)
    with reading(house.engine) as db:
        assert record_faults(house, db) == []
    with TestClient(Starlette(routes=ROUTES), base_url="http://localhost") as opened:
        yield opened
    deployment._in_use[:] = before
    house.close()


def test_everything_that_it_asks_is_answered(client: TestClient) -> None:
    draw = random.Random(1)
    asked = kinds([f"system-{n:05}" for n in range(ENTRIES)], Words(5), VERSIONS)
    for kind, ask in asked.items():
        for _ in range(3):
            assert client.get(ask(draw)).status_code == 200, kind
    for path in WHOLE:
        assert client.get(path).text.count("system-0000") >= ENTRIES, path
    facets = client.get("/api/v1/systems?facets=true").json()["facets"]["rule"]
    assert {one["value"] for one in facets} & set(RULES), "some of what is drawn is there"
    systems = client.get("/api/v1/systems").json()
    assert systems["total"] == ENTRIES
    assert {one["version"] for one in systems["systems"]} == {VERSIONS}
    translated = ("人脸识别", "erkennung", "распознавание", "الوجوه")
    found = [client.get("/api/v1/systems", params={"q": word}).json()["total"] for word in translated]
    assert sum(found) == ENTRIES


def test_a_slip_is_one_slip() -> None:
    draw = random.Random(2)
    for word in SPEAKING:
        slipped = slip(draw, word)
        assert slipped == word or are_apart(slipped, word, 1)
