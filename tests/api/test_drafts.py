"""Drafts as files: who may send and take them, and what a hostile file costs."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import yaml
from httpx2 import Response
from sqlalchemy import insert
from starlette.testclient import TestClient

from hearing_app.api.confirm import way_on
from hearing_app.api.limits import largest_body
from hearing_app.deployment import Deployment
from hearing_app.people.accounts import Account
from hearing_app.people.cookie import session_cookie
from hearing_app.people.permissions import Role
from hearing_app.people.sessions import start_session
from hearing_app.registry.desk.drafts import drafts_at
from hearing_app.registry.form import normal
from hearing_app.registry.reading import LARGEST_FILE
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account
from tests.signers import RIVERTON, own_entry

SignIn = Callable[..., Account]
TEXT = yaml.safe_dump({name: value for name, value in own_entry().items() if value}, sort_keys=False)


@pytest.fixture
def sign_in(client: TestClient, house: Deployment) -> SignIn:
    """Sit down at the client's browser as a new member of staff."""

    def one(role: Role = Role.PUBLISHER, agency: str = RIVERTON) -> Account:
        member = Account(secrets.token_hex(6), "p@example.org", role, agency)
        row: dict[str, object] = {"account_id": member.account_id, "role": role, "agency": agency}
        row |= {"email": f"{member.account_id}@example.org", "password_hash": "!"}
        row |= {"created_at": datetime.now(UTC), "disabled": False}
        with writing(house.engine) as db:
            db.execute(insert(account).values(row))
            client.cookies.set(session_cookie(False), start_session(db, member))
        return member

    return one


def send(client: TestClient, content: bytes | str, **changes: str) -> Response:
    found = re.search(r'name="form" value="([0-9a-f]{64})"', client.get("/desk/entries/upload").text)
    token = {"form": found.group(1) if found else ""} | changes
    return client.post("/desk/entries/upload", data=token, files={"file": ("entry.yaml", content)})


def test_a_file_becomes_a_draft_and_comes_back(
    client: TestClient, house: Deployment, sign_in: SignIn
) -> None:
    member = sign_in()
    answer = send(client, TEXT)
    assert answer.status_code == 303
    with reading(house.engine) as db:
        [draft] = drafts_at(db, member.actor)
    assert answer.headers["location"] == f"/publish?draft={draft.draft_id}"
    assert draft.document == normal(yaml.safe_load(TEXT))
    taken = client.get(f"/desk/entries/{draft.draft_id}.yaml")
    assert (taken.status_code, taken.headers["cache-control"]) == (200, "no-store")
    assert taken.headers["content-disposition"] == f'attachment; filename="{draft.draft_id}.yaml"'
    assert yaml.safe_load(taken.text) == draft.document
    sign_in(agency="harbour-police")
    assert client.get(f"/desk/entries/{draft.draft_id}.yaml").status_code == 404
    sign_in(Role.ADMINISTRATOR)
    assert client.get(f"/desk/entries/{draft.draft_id}.yaml").status_code == 403
    client.cookies.clear()
    assert client.get(f"/desk/entries/{draft.draft_id}.yaml").status_code == 403


def test_an_unfinished_file_is_a_draft_too(client: TestClient, house: Deployment, sign_in: SignIn) -> None:
    member = sign_in()
    assert send(client, "name: TODO\nunheard_of: 1\n").status_code == 303
    with reading(house.engine) as db:
        [draft] = drafts_at(db, member.actor)
    assert draft.document == {"name": "TODO", "unheard_of": 1}


@pytest.mark.parametrize("role", [None, Role.FACILITATOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_nobody_else_sends_files(client: TestClient, sign_in: SignIn, role: Role | None) -> None:
    if role:
        sign_in(role)
    assert client.get("/desk/entries/upload").status_code == 403
    assert send(client, TEXT).status_code == 403


def test_another_site_cannot_send_for_somebody(
    client: TestClient, house: Deployment, sign_in: SignIn
) -> None:
    member = sign_in()
    assert send(client, TEXT, form="0" * 64).status_code == 403
    assert client.post("/desk/entries/upload", files={"file": ("a.yaml", TEXT)}).status_code == 403
    with reading(house.engine) as db:
        assert drafts_at(db, member.actor) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: &a [x]\nb: [*a, *a]\n", "an anchor or alias"),
        ("a: !!python/object/apply:os.system [ls]\n", "a tag (!) is used"),
        ("a: 1\na: 2\n", "stands here twice"),
        ("[" * 100, "deeper than 20 levels"),
        (b"\xff\xfe", "not a text in UTF-8"),
        ("- a\n- b\n", "must be a group of fields"),
        ("", "No file was chosen"),
        ("a: " + "x" * LARGEST_FILE, "more than 256 KiB"),
        ("a:\n" + "  - x\n" * 6_000, "5,000 fields and values"),
        ("name: Hidden\u202ewords\n", "readers cannot see"),
    ],
)
def test_what_cannot_be_read_is_named(
    client: TestClient, house: Deployment, sign_in: SignIn, content: bytes | str, said: str
) -> None:
    member = sign_in()
    answer = send(client, content)
    assert answer.status_code == 422
    assert said in answer.text
    with reading(house.engine) as db:
        assert drafts_at(db, member.actor) == []


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x; charset=utf-7",
    ],
)
def test_other_ways_of_sending_are_not_parsed(client: TestClient, sign_in: SignIn, kind: str) -> None:
    sign_in()
    answer = client.post("/desk/entries/upload", content=b"x", headers={"Content-Type": kind})
    assert answer.status_code == 415


def test_a_whole_file_fits_into_a_request_and_little_more() -> None:
    assert LARGEST_FILE < largest_body("/desk/entries/upload") <= LARGEST_FILE + 16 * 1024
    assert largest_body("/desk/exports/x.csv") == 64 * 1024


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/publish", "/publish"),
        ("/publish?draft=D-0123456789ab", "/publish?draft=D-0123456789ab"),
        ("/publish?draft=//evil.example", "/desk"),
        ("/publish?draft=D-0123456789ab&x=1", "/desk"),
        ("/publish/../x", "/desk"),
    ],
)
def test_the_confirmation_leads_back_to_the_draft(wanted: str, leads_to: str) -> None:
    assert way_on(wanted) == leads_to
