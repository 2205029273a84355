"""Files of evidence over HTTP: sent behind a receipt, given out as downloads alone; cards to print."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import insert
from starlette.testclient import TestClient

from hearing_app.api.guard import SANDBOX
from hearing_app.api.limits import largest_body
from hearing_app.deployment import Deployment
from hearing_app.hearings.comments.file_adding import LARGEST
from hearing_app.hearings.comments.files import files_of, screen
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.accounts import Account
from hearing_app.people.cookie import session_cookie
from hearing_app.people.permissions import Actor, Role
from hearing_app.people.sessions import start_session
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account
from tests.hearings import strange_files

HEARING = "demonstration-risk-scores"
FACILITATOR = Actor(Role.FACILITATOR, "fay")
Post = Callable[..., Response]
Upload = Callable[..., Response]


@pytest.fixture
def upload(client: TestClient) -> Upload:
    """Send the form as the page makes it, with any field changed."""

    def one(receipt: str, content: bytes = b"Words of evidence", **changes: str) -> Response:
        found = re.search(r'name="form" value="([0-9a-f]{64})"', client.get("/my-comment/files").text)
        assert found
        fields = {"form": found.group(1), "action": "add", "receipt": receipt, "title": "A photograph"}
        return client.post(
            "/my-comment/files",
            data=fields | changes,
            files={"file": ("../<b>\u202egpj.exe", content, "text/html")},
        )

    return one


@pytest.fixture
def sign_in(client: TestClient, house: Deployment) -> Callable[[Role], None]:
    def one(role: Role) -> None:
        member = Account(secrets.token_hex(6), "p@example.org", role, "")
        row: dict[str, object] = {"account_id": member.account_id, "role": role, "agency": ""}
        row |= {"email": f"{member.account_id}@example.org", "password_hash": "!"}
        row |= {"created_at": datetime.now(UTC), "disabled": False}
        with writing(house.engine) as db:
            db.execute(insert(account).values(row))
            client.cookies.set(session_cookie(False), start_session(db, member))

    return one


def test_a_file_goes_from_its_author_to_the_public_and_back(
    client: TestClient, house: Deployment, post: Post, upload: Upload, sign_in: Callable[[Role], None]
) -> None:
    sent: dict[str, Any] = post(speaking="read_out", target_detail="The front desk").json()
    answer = upload(sent["receipt"], strange_files.jpeg(), whose="My own, CC BY 4.0")
    assert answer.status_code == 200, answer.text
    assert "Your file is kept as" in answer.text
    assert "<b>" not in answer.text.partition("<main")[2]
    assert answer.headers["cache-control"] == "no-store"
    with reading(house.engine) as db:
        [kept] = files_of(db, [sent["comment_id"]])[sent["comment_id"]]
    public, staff = kept.address, f"/desk/files/{kept.file_id}"
    assert client.get(public).status_code == 404
    assert client.get(staff).status_code == 403
    sign_in(Role.FACILITATOR)
    seen = client.get(staff)
    assert seen.headers["content-disposition"] == f'attachment; filename="{sent["comment_id"]}-1.jpg"'
    client.cookies.clear()
    with writing(house.engine) as db:
        decide(db, FACILITATOR, sent["comment_id"], State.PUBLISHED, seen_state=State.SUBMITTED)
        screen(db, FACILITATOR, kept.file_id, "published")
    given = client.get(public)
    assert (given.status_code, given.headers["content-type"]) == (200, "image/jpeg")
    assert given.content == seen.content
    assert given.headers["content-disposition"].startswith("attachment;")
    assert given.headers["content-security-policy"] == SANDBOX
    [listed] = client.get(f"/api/v1/hearings/{HEARING}/files").json()["files"]
    assert (listed["sha256"], listed["address"]) == (kept.sha256, public)
    page = client.get(f"/record/hearings/{HEARING}").text
    assert public in page
    assert "The front desk" in page
    [told] = client.get(f"/api/v1/hearings/{HEARING}/comments").json()["comments"]
    assert (told["target_detail"], told["identity_basis"]) == ("The front desk", "none")
    assert "speaking" not in told
    mine = upload(sent["receipt"], action="show")
    assert "A photograph" in mine.text
    gone = upload(sent["receipt"], action="remove", file_id=kept.file_id)
    assert "The file was removed." in gone.text
    assert client.get(public).status_code == 404


def test_what_is_refused_says_what_to_do_and_keeps_nothing(
    client: TestClient, house: Deployment, post: Post, upload: Upload
) -> None:
    sent = post().json()
    for changes, says in (
        ({"content": b"<svg onload=x>"}, "web page"),
        ({"content": b"a" * (LARGEST + 1)}, "larger than 10 MB"),
        ({"title": ""}, "has no title"),
        ({"form": "0" * 64}, "too old"),
        ({"receipt": "1234"}, "16 digits"),
        ({"receipt": "0000 0000 0000 0000"}, "found no comment"),
    ):
        answer = upload(**({"receipt": sent["receipt"]} | changes))
        assert answer.status_code in {403, 404, 422}, changes
        assert says in answer.text, answer.text
    with reading(house.engine) as db:
        assert files_of(db, [sent["comment_id"]]) == {}
    assert client.post("/my-comment/files", data={"form": "x"}).status_code == 415
    assert largest_body("/my-comment/files") > LARGEST
    assert largest_body("/my-comment") < LARGEST


def test_cards_are_printed_by_facilitators_and_blank_ones_by_everybody(
    client: TestClient, sign_in: Callable[[Role], None]
) -> None:
    blank = client.get(f"/record/hearings/{HEARING}/card").text
    assert "What you want to say" in blank
    assert "Keep this strip" not in blank
    address = f"/desk/cards/{HEARING}"
    assert client.get(address).status_code == 403
    sign_in(Role.ADMINISTRATOR)
    assert client.get(address).status_code == 403
    sign_in(Role.FACILITATOR)
    token = re.search(r'name="form" value="([0-9a-f]{64})"', client.get(address).text)
    assert token
    assert client.post(address, data={"form": "0" * 64, "count": "3"}).status_code == 403
    for count in ("0", "101", "many", "-1", ""):
        assert client.post(address, data={"form": token.group(1), "count": count}).status_code == 422
    printed = client.post(address, data={"form": token.group(1), "count": "3"})
    assert printed.headers["cache-control"] == "no-store"
    numbers, digits = (
        re.findall(r"Card <strong>(K-\w{8})", printed.text),
        re.findall(r"\d{4} \d{4} \d{4} \d{4}", printed.text),
    )
    assert len(set(numbers)) == len(set(digits)) == 3
    letter = client.post(address, data={"form": token.group(1), "count": "1", "letter": "yes"}).text
    assert "we have received your letter" in letter
