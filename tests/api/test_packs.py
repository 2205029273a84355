"""The pack and the open data over the wire: for whom they are, what is in them, and made once for many."""

from __future__ import annotations

import io
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from sqlalchemy import Connection
from starlette.testclient import TestClient

from hearing_app.api import packs
from hearing_app.api.confirm import way_on
from hearing_app.deployment import Deployment
from hearing_app.documents.pack import making
from hearing_app.documents.pack.bundle import write_bundle
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Actor, Role
from hearing_app.people.sessions import whose_session
from hearing_app.store.engine import writing
from tests.api.conftest import CLOSED_HEARING, FACILITATOR, OPEN_HEARING, Post

PACK, OPEN_DATA = f"/desk/packs/{OPEN_HEARING}.zip", f"/api/v1/hearings/{OPEN_HEARING}/open-data.zip"


def _names(data: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return set(archive.namelist())


def test_anyone_has_the_open_data_and_only_what_is_published(
    client: TestClient, house: Deployment, post: Post
) -> None:
    first, second = (post().json()["comment_id"] for _ in range(2))
    with writing(house.engine) as db:
        decide(db, FACILITATOR, first, State.PUBLISHED, seen_state=State.SUBMITTED)
    answer = client.get(OPEN_DATA)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="{OPEN_HEARING}-open-data.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        text = archive.read("data/comments.csv").decode()
        assert archive.read("checkpoint.txt").startswith(b"hearing")
    assert first in text
    assert second not in text
    assert client.get("/api/v1/hearings/nothing/open-data.zip").status_code == 404


def test_it_is_made_once_until_something_happens(
    client: TestClient, house: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def noted(db: Connection, hearing: Hearing, file: Path, **more: Any) -> None:
        made.append(hearing.id)
        write_bundle(db, hearing, file, **more)

    monkeypatch.setattr(packs, "write_bundle", noted)
    first = client.get(OPEN_DATA).content
    assert client.get(OPEN_DATA).content == first
    assert made == [OPEN_HEARING]


def test_only_so_much_is_kept_and_always_the_newest(
    client: TestClient, house: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "_kept", OrderedDict())
    monkeypatch.setattr(packs, "MOST_BYTES", 1)
    for hearing_id in (OPEN_HEARING, CLOSED_HEARING, OPEN_HEARING):
        bundle = client.get(f"/api/v1/hearings/{hearing_id}/open-data.zip").content
        assert {key: kept for key, (_, _, kept) in packs._kept.items()} == {
            (str(house.settings.data), hearing_id): bundle
        }
    monkeypatch.setattr(packs, "MOST_BYTES", 3 * len(bundle))
    client.get(f"/api/v1/hearings/{CLOSED_HEARING}/open-data.zip")
    assert len(packs._kept) == 2


def test_what_was_withdrawn_is_in_no_bundle_a_moment_later(
    client: TestClient, house: Deployment, post: Post
) -> None:
    sent = post(concern="Nobody else says heliotrope about these cameras.").json()
    with writing(house.engine) as db:
        decide(db, FACILITATOR, sent["comment_id"], State.PUBLISHED, seen_state=State.SUBMITTED)

    def said() -> bytes:
        with zipfile.ZipFile(io.BytesIO(client.get(OPEN_DATA).content)) as archive:
            return archive.read("data/comments.jsonl")

    assert b"heliotrope" in said()
    withdraw(house.engine, house.key, sent["receipt"])
    assert b"heliotrope" not in said()
    assert sent["comment_id"].encode() not in said()


def test_the_pack_is_for_facilitators(
    client: TestClient, session_of: Callable[[Role], str], post: Post
) -> None:
    post()
    for path in (PACK, f"/desk/briefings/{OPEN_HEARING}", f"/desk/briefings/{OPEN_HEARING}.docx"):
        assert client.get(path).status_code == 403
    client.cookies.set("hearing_session", session_of(Role.FACILITATOR))
    answer = client.get(PACK)
    assert "workbook.xlsx" in _names(answer.content)
    assert answer.headers["cache-control"] == "no-store"
    refused = client.get(f"{PACK}?state=gone")
    assert refused.status_code == 422
    page = client.get(f"/desk/briefings/{OPEN_HEARING}")
    assert "Questions to the agencies" in page.text
    word = client.get(f"/desk/briefings/{OPEN_HEARING}.docx")
    assert Document(io.BytesIO(word.content)).paragraphs
    assert client.get("/desk/packs/nothing.zip").status_code == 404


def test_a_made_pack_goes_once_to_who_made_it(
    client: TestClient, house: Deployment, session_of: Callable[[Role], str], post: Post
) -> None:
    post()
    token = session_of(Role.FACILITATOR)
    member = whose_session(house.engine, token)
    assert member is not None

    def ready(actor: Actor) -> making.Making:
        made = making.begin(
            house.engine,
            actor,
            OPEN_HEARING,
            data=house.settings.data,
            base="https://hearing.example",
            checkpoint=house.checkpoint,
        )
        for thread in [one for one in threading.enumerate() if one.name == made.pack_id]:
            thread.join(30)
        return made

    try:
        made, of_colleague = ready(member.actor), ready(FACILITATOR)
        address = f"/desk/packs-made/{made.pack_id}"
        assert client.get(address).status_code == 403
        client.cookies.set("hearing_session", session_of(Role.PUBLISHER))
        assert client.get(address).status_code == 403
        client.cookies.set("hearing_session", token)
        assert client.get(f"/desk/packs-made/{of_colleague.pack_id}").status_code == 404
        head = client.head(address)
        assert (head.status_code, head.content, made.file.exists()) == (200, b"", True)
        answer = client.get(address)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-disposition"] == f'attachment; filename="{OPEN_HEARING}-pack.zip"'
        assert "workbook.xlsx" in _names(answer.content)
        assert int(head.headers["content-length"]) == len(answer.content)
        assert not made.file.exists()
        assert client.get(address).status_code == 409
        assert client.get("/desk/packs-made/nothing").status_code == 404
    finally:
        making.end(house.settings.data)


def test_the_way_back_to_a_pack_leads_through_a_confirmation() -> None:
    for address in ("/pack?hearing=town-hall", "/desk/packs-made/P-0123456789abcdef"):
        assert way_on(address) == address
    for address in ("/pack?hearing=//x", "/pack", "/desk/packs-made/P-1", "//x"):
        assert way_on(address) == "/desk"
