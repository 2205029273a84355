"""Signing in: forms that no other site can send, guesses that are slowed down, sessions that end."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from http.cookies import Morsel, SimpleCookie

import pytest
from httpx2 import Response
from sqlalchemy import select, update
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment
from hearing_app.people.accounts import accept_invitation, invite
from hearing_app.people.permissions import OPERATOR, Role
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, session
from tests.api.conftest import OPEN_HEARING

EMAIL, PASSWORD = "fay@board.example", "four words and a comma, here"
URLENCODED = "application/x-www-form-urlencoded"
EXPORT = f"/desk/exports/{OPEN_HEARING}.csv"
Form = Callable[..., Response]


def cookie_of(answer: Response, name: str) -> Morsel[str] | None:
    for header in answer.headers.get_list("set-cookie"):
        jar = SimpleCookie(header)
        if name in jar:
            return jar[name]
    return None


def token_in(answer: Response) -> str:
    found = re.search(r'name="form" value="([0-9a-f]{64})"', answer.text)
    assert found is not None
    return found.group(1)


@pytest.fixture
def member(house: Deployment) -> str:
    """A facilitator with a real password."""
    with writing(house.engine) as db:
        token = invite(db, OPERATOR, email=EMAIL, role=Role.FACILITATOR)
    return accept_invitation(house.engine, token, email="", password=PASSWORD).account_id


@pytest.fixture
def sign_in(client: TestClient) -> Form:
    """Open the form and send it, with any field changed."""

    def send(**changes: str) -> Response:
        form = {"form": token_in(client.get("/sign-in")), "email": EMAIL, "password": PASSWORD}
        return client.post("/sign-in", data=form | changes)

    return send


def test_who_signs_in_gets_a_session_and_the_desk(
    client: TestClient, house: Deployment, member: str, sign_in: Form
) -> None:
    assert client.get(EXPORT).status_code == 403
    answer = sign_in(email="  FAY@board.example ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    cookie = cookie_of(answer, "hearing_session")
    assert cookie is not None
    assert cookie["httponly"]
    assert cookie["samesite"] == "lax"
    assert cookie["path"] == "/"
    assert cookie["max-age"] == str(12 * 3600)
    assert not cookie["secure"]
    assert not cookie["domain"]
    with reading(house.engine) as db:
        rows = db.execute(select(session)).all()
    assert [row.account_id for row in rows] == [member]
    assert cookie.value not in str(rows)
    assert client.get(EXPORT).status_code == 200


def test_over_tls_cookies_are_bound_to_this_host(secure_client: TestClient, member: str) -> None:
    form = secure_client.get("/sign-in")
    planted = cookie_of(form, "__Host-hearing_form")
    assert cookie_of(form, "hearing_form") is None
    assert planted is not None
    assert planted["secure"]
    assert planted["httponly"]
    assert planted["samesite"] == "strict"
    answer = secure_client.post(
        "/sign-in", data={"form": token_in(form), "email": EMAIL, "password": PASSWORD}
    )
    assert answer.status_code == 303
    cookie = cookie_of(answer, "__Host-hearing_session")
    assert cookie is not None
    assert cookie["secure"]
    assert cookie["path"] == "/"
    assert cookie_of(answer, "hearing_session") is None
    assert secure_client.get(EXPORT).status_code == 200
    # Under its plain name, which any host of the domain could set, the same token is nothing.
    secure_client.cookies.clear()
    secure_client.cookies.set("hearing_session", cookie.value)
    assert secure_client.get(EXPORT).status_code == 403


@pytest.mark.parametrize("token", ["", "0" * 64, "x", "é", None])
def test_a_form_without_its_token_is_refused(
    client: TestClient, house: Deployment, member: str, token: str | None
) -> None:
    client.get("/sign-in")
    form = {"email": EMAIL, "password": PASSWORD} | ({} if token is None else {"form": token})
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 403
    assert "This form is too old, or did not come from this page." in answer.text
    assert cookie_of(answer, "hearing_session") is None
    assert token_in(answer)


def test_a_token_fits_only_the_cookie_that_came_with_it(
    client: TestClient, member: str, sign_in: Form
) -> None:
    other = token_in(client.get("/sign-in"))
    client.cookies.clear()
    assert token_in(client.get("/sign-in")) != other
    assert sign_in(form=other).status_code == 403
    client.cookies.clear()
    answer = client.post("/sign-in", data={"form": other, "email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 403


def test_a_wrong_password_and_an_unknown_account_read_the_same(member: str, sign_in: Form) -> None:
    wrong, unknown = sign_in(password="something else entirely"), sign_in(email="nobody@board.example")
    for answer in (wrong, unknown):
        assert answer.status_code == 422
        assert "The e-mail address and the password do not belong together." in answer.text
        assert cookie_of(answer, "hearing_session") is None
        assert "something else" not in answer.text
    assert 'value="nobody@board.example"' in unknown.text


def test_what_was_typed_is_shown_again_as_text(sign_in: Form) -> None:
    answer = sign_in(email='"><script>alert(1)</script>')
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_guesses_are_slowed_down_even_with_the_right_password(
    client: TestClient, member: str, sign_in: Form
) -> None:
    for _ in range(5):
        assert sign_in(password="something else entirely").status_code == 422
    answer = sign_in()
    assert answer.status_code == 429
    assert "There were 5 tries that did not fit" in answer.text
    assert "minutes" in answer.text
    assert cookie_of(answer, "hearing_session") is None


def test_signing_out_ends_the_session_in_the_record(client: TestClient, member: str, sign_in: Form) -> None:
    cookie = cookie_of(sign_in(), "hearing_session")
    assert cookie is not None
    answer = client.post("/sign-out", data={"form": token_in(client.get("/sign-out"))})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    gone = cookie_of(answer, "hearing_session")
    assert gone is not None
    assert gone["max-age"] == "0"
    # Whoever kept the cookie has nothing.
    client.cookies.set("hearing_session", cookie.value)
    assert client.get(EXPORT).status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_the_way_out_does_not_sign_out(
    client: TestClient, member: str, sign_in: Form, method: str
) -> None:
    sign_in()
    assert client.request(method, "/sign-out").status_code == 200
    assert client.get(EXPORT).status_code == 200


def test_looking_at_the_head_of_the_form_is_no_try(client: TestClient) -> None:
    assert client.head("/sign-in").status_code == 200


def test_signing_out_without_a_session_does_nothing(client: TestClient) -> None:
    form = {"form": token_in(client.get("/sign-out"))}
    assert client.post("/sign-out", data=form).status_code == 303


def test_another_site_cannot_sign_anybody_out(client: TestClient, member: str, sign_in: Form) -> None:
    sign_in()
    for form in ({}, {"form": ""}, {"form": "0" * 64}):
        answer = client.post("/sign-out", data=form, headers={"Content-Type": URLENCODED})
        assert answer.status_code == 403
        assert cookie_of(answer, "hearing_session") is None
    assert client.get(EXPORT).status_code == 200


def test_a_disabled_account_is_out_at_once(
    client: TestClient, house: Deployment, member: str, sign_in: Form
) -> None:
    sign_in()
    with writing(house.engine) as db:
        db.execute(update(account).values(disabled=True))
    assert client.get(EXPORT).status_code == 403
    assert sign_in().status_code == 422


@pytest.mark.parametrize("token", ["", "x" * 43, "é", "a" * 5000])
def test_a_made_up_session_is_nobodys(client: TestClient, token: str) -> None:
    headers = {b"Cookie": f"hearing_session={token}".encode()}
    assert client.get(EXPORT, headers=headers).status_code == 403


def test_an_expired_session_is_nobodys(
    client: TestClient, house: Deployment, session_of: Callable[[Role], str]
) -> None:
    client.cookies.set("hearing_session", session_of(Role.FACILITATOR))
    assert client.get(EXPORT).status_code == 200
    with writing(house.engine) as db:
        db.execute(update(session).values(expires_at=datetime.now(UTC)))
    assert client.get(EXPORT).status_code == 403


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"email=" + b"x" * 100_000),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"&".join(b"a=1" for _ in range(50))),
    ],
)
def test_forms_that_are_no_forms_are_refused(
    client: TestClient, headers: dict[str, str], content: bytes
) -> None:
    assert client.post("/sign-in", content=content, headers=headers).status_code == 400


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "text/plain",
        "",
        "multipart/form-data; boundary=b",
        "multipart/form-data; boundary=b; charset=unicode_escape",
        "multipart/form-data; boundary=b; charset=undefined",
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/invitation/x"])
def test_other_content_is_no_form(client: TestClient, kind: str, path: str) -> None:
    answer = client.post(path, content=b'{"email": "a"}', headers={"Content-Type": kind})
    assert answer.status_code == 415


@pytest.fixture
def invitation(house: Deployment) -> str:
    with writing(house.engine) as db:
        return "/invitation/" + invite(db, OPERATOR, email=EMAIL, role=Role.FACILITATOR)


def test_an_invitation_names_the_agency_and_not_its_id(client: TestClient, house: Deployment) -> None:
    agencies = {"broward-county": "Broward County, Florida", "riverton-police": "riverton-police"}
    for agency, name in agencies.items():
        with writing(house.engine) as db:
            email = f"{agency}@board.example"
            token = invite(db, OPERATOR, email=email, role=Role.PUBLISHER, agency=agency)
        # A body that has no entry yet has no name here.
        assert f"<strong>publisher</strong> of {name}." in client.get(f"/invitation/{token}").text


def test_an_invitation_makes_an_account_once(client: TestClient, house: Deployment, invitation: str) -> None:
    shown = client.get(invitation)
    assert shown.status_code == 200
    assert "You are invited as <strong>facilitator</strong>" in shown.text
    assert f'value="{EMAIL}" readonly' in shown.text
    form = {"form": token_in(shown), "email": "other@board.example", "password": PASSWORD}
    answer = client.post(invitation, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert cookie_of(answer, "hearing_session") is not None
    with reading(house.engine) as db:
        rows = db.execute(select(account.c.email, account.c.role)).all()
    # The address of the invitation counts, whatever the form says.
    assert [tuple(row) for row in rows] == [(EMAIL, "facilitator")]
    for again in (client.get(invitation), client.post(invitation, data=form)):
        assert again.status_code == 404
        assert "This invitation does not work any more" in again.text
        assert "<form" not in again.text


def test_an_invitation_survives_a_mistake(client: TestClient, house: Deployment, invitation: str) -> None:
    token = token_in(client.get(invitation))
    answer = client.post(invitation, data={"form": token, "password": "short"})
    assert answer.status_code == 422
    assert "It has 5 characters; it needs at least 12." in answer.text
    assert client.post(invitation, data={"password": PASSWORD}).status_code == 403
    with reading(house.engine) as db:
        assert db.execute(select(account)).all() == []
    assert client.post(invitation, data={"form": token, "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "é", "a" * 3000])
def test_a_made_up_invitation_opens_nothing(client: TestClient, token: str) -> None:
    answer = client.get(f"/invitation/{token}")
    assert answer.status_code == 404
    assert "<form" not in answer.text
