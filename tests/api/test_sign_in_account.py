"""The second step, confirming again, resets and open sessions, by the forms of the plain pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from httpx2 import Response
from sqlalchemy import select, update
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment, use
from hearing_app.people import staff
from hearing_app.people.accounts import Account, accept_invitation, invite
from hearing_app.people.passwords import password_fits
from hearing_app.people.permissions import OPERATOR, Role
from hearing_app.people.second_factor import begin_second_factor, finish_second_factor, with_code
from hearing_app.people.sessions import start_session
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, second_factor, session
from tests.api.conftest import OPEN_HEARING
from tests.api.test_sign_in import EMAIL, PASSWORD, cookie_of, token_in

EXPORT = f"/desk/exports/{OPEN_HEARING}.csv"
STEP = timedelta(seconds=30)
Send = Callable[..., Response]


def code(app: pyotp.TOTP, steps: int = 0) -> str:
    return app.at(datetime.now(UTC) + steps * STEP)


@pytest.fixture
def member(house: Deployment) -> Account:
    """A facilitator with a real password."""
    with writing(house.engine) as db:
        token = invite(db, OPERATOR, email=EMAIL, role=Role.FACILITATOR)
    return accept_invitation(house.engine, token, email="", password=PASSWORD)


@pytest.fixture
def app_of(client: TestClient, house: Deployment, member: Account) -> pyotp.TOTP:
    """The app of the facilitator, whose second step is on; its codes of now are unused.

    It was set up in the browser's session, where there is one.
    """
    earlier = datetime.now(UTC) - timedelta(hours=1)
    with writing(house.engine) as db:
        token = client.cookies.get("hearing_session") or start_session(db, member, at=earlier)
        app = pyotp.TOTP(begin_second_factor(db, house.factor_key, member, token))
    given = (house.engine, house.factor_key, house.key, member, app.at(earlier))
    finish_second_factor(*given, session=token, address="local", at=earlier)
    return app


@pytest.fixture
def send(client: TestClient) -> Send:
    """Open a page and send one of its forms."""

    def one(page: str, to: str = "", **form: str) -> Response:
        return client.post(to or page, data={"form": token_in(client.get(page))} | form)

    return one


@pytest.fixture
def signed_in(client: TestClient, house: Deployment, member: Account) -> Account:
    with writing(house.engine) as db:
        client.cookies.set("hearing_session", start_session(db, member))
    return member


def grow_stale(house: Deployment) -> None:
    """Let the last proof of every session be eleven minutes old."""
    with writing(house.engine) as db:
        db.execute(update(session).values(confirmed_at=datetime.now(UTC) - timedelta(minutes=11)))


def test_the_password_alone_opens_nothing(
    client: TestClient, send: Send, app_of: pyotp.TOTP, caplog: pytest.LogCaptureFixture
) -> None:
    answer = send("/sign-in", email=EMAIL, password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/code")
    between = cookie_of(answer, "hearing_session")
    assert between
    assert client.get(EXPORT).status_code == 403
    for page in ("/account", "/account/second-step", "/confirm"):
        assert client.get(page).headers["location"] == "/sign-in"
    wrong = send("/sign-in/code", code="000000")
    assert wrong.status_code == 422
    assert "This code does not fit, or was used before." in wrong.text
    assert client.get(EXPORT).status_code == 403
    right = send("/sign-in/code", code=code(app_of))
    assert (right.status_code, right.headers["location"]) == (303, "/desk")
    opened = cookie_of(right, "hearing_session")
    assert opened
    # The token of before the code is another one, and dead.
    assert opened.value != between.value
    assert client.get(EXPORT).status_code == 200
    client.cookies.clear()
    client.cookies.set("hearing_session", between.value)
    assert client.get(EXPORT).status_code == 403
    assert client.get("/sign-in/code").headers["location"] == "/sign-in"
    assert "@" not in caplog.text


def test_guessed_codes_are_slowed_down_even_with_the_right_one(
    client: TestClient, send: Send, app_of: pyotp.TOTP
) -> None:
    send("/sign-in", email=EMAIL, password=PASSWORD)
    for _ in range(5):
        assert send("/sign-in/code", code="000000").status_code == 422
    answer = send("/sign-in/code", code=code(app_of))
    assert answer.status_code == 429
    assert 800 < int(answer.headers["retry-after"]) <= 900
    assert client.get(EXPORT).status_code == 403


def test_too_many_wrong_passwords_say_when_to_come_back(send: Send, member: Account) -> None:
    for _ in range(5):
        send("/sign-in", email=EMAIL, password="something else")
    answer = send("/sign-in", email=EMAIL, password=PASSWORD)
    assert answer.status_code == 429
    assert 800 < int(answer.headers["retry-after"]) <= 900


def test_a_form_of_another_site_sends_no_code(client: TestClient, send: Send, app_of: pyotp.TOTP) -> None:
    send("/sign-in", email=EMAIL, password=PASSWORD)
    answer = client.post("/sign-in/code", data={"code": code(app_of), "form": "0" * 64})
    assert answer.status_code == 403
    assert client.get(EXPORT).status_code == 403


def test_setting_up_using_and_turning_off_the_second_step(
    client: TestClient, house: Deployment, send: Send, signed_in: Account
) -> None:
    assert "It is off." in client.get("/account").text
    shown = client.get("/account/second-step")
    secret = re.search(r'class="secret"><code>([A-Z2-7 ]+)</code>', shown.text)
    assert secret
    assert 'src="data:image/svg+xml' in shown.text
    app = pyotp.TOTP(secret[1].replace(" ", ""))
    wrong = send("/account/second-step", act="finish", code="000000")
    assert wrong.status_code == 422
    # The same secret again: whoever mistypes a code need not begin anew.
    assert secret[1] in wrong.text
    done = send("/account/second-step", act="finish", code=code(app))
    codes = re.findall(r"<code>([2-9a-z]{5}-[2-9a-z]{5})</code>", done.text)
    assert len(codes) == 10
    assert "10 unused recovery codes" in client.get("/account").text
    assert client.get("/account/second-step").status_code == 409
    client.cookies.delete("hearing_session")
    send("/sign-in", email=EMAIL, password=PASSWORD)
    assert send("/sign-in/code", code=codes[0]).headers["location"] == "/desk"
    page = client.get("/account").text
    assert "9 unused recovery codes" in page
    assert codes[1] not in page
    for act in ("codes", "remove"):
        # The password of just now is not enough.
        refused = send("/account", "/account/second-step", act=act)
        assert refused.status_code == 422
        assert "This code does not fit" in refused.text
    anew = send("/account", "/account/second-step", act="codes", code=codes[1])
    assert len(re.findall(r"<code>([2-9a-z]{5}-[2-9a-z]{5})</code>", anew.text)) == 10
    assert codes[1] not in anew.text
    done = send("/account", "/account/second-step", act="remove", code=code(app, 1))
    assert done.headers["location"] == "/account"
    assert "It is off." in client.get("/account").text


@pytest.mark.parametrize("act", ["begin", "codes", "remove", "finish", "", "sessions"])
def test_every_change_of_ones_account_is_confirmed_first(
    client: TestClient, house: Deployment, *, send: Send, signed_in: Account, app_of: pyotp.TOTP, act: str
) -> None:
    grow_stale(house)
    if act == "sessions":
        answer = send("/account", "/account/sessions")
    elif act == "begin":
        answer = client.get("/account/second-step")
    else:
        answer = send("/account", "/account/second-step", act=act, code=code(app_of))
    assert answer.status_code == 303
    assert answer.headers["location"] == ("/account" if act == "" else "/confirm?next=/account")
    with reading(house.engine) as db:
        assert db.execute(select(second_factor.c.confirmed_at)).scalar_one()


def test_an_export_is_confirmed_first_and_then_given(
    client: TestClient, house: Deployment, send: Send, signed_in: Account, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get(EXPORT).status_code == 200
    grow_stale(house)
    refused = client.get(EXPORT)
    assert refused.status_code == 403
    assert "Please confirm that it is you" in refused.text
    assert f'href="/confirm?next={EXPORT}"' in refused.text
    assert [one.getMessage() for one in caplog.records if "refused" in one.getMessage()] == [
        f"refused: facilitator:{signed_in.account_id} must confirm again to export all comments of a hearing"
    ]
    page = f"/confirm?next={EXPORT}"
    assert send(page, "/confirm", password="something else", next=EXPORT).status_code == 422
    assert client.get(EXPORT).status_code == 403
    answer = send(page, "/confirm", password=PASSWORD, next=EXPORT)
    assert (answer.status_code, answer.headers["location"]) == (303, EXPORT)
    assert client.get(EXPORT).status_code == 200


def test_a_code_confirms_as_well_as_the_password(
    client: TestClient, house: Deployment, send: Send, signed_in: Account, app_of: pyotp.TOTP
) -> None:
    grow_stale(house)
    assert send("/confirm", code="000000").status_code == 422
    assert send("/confirm", code=code(app_of)).headers["location"] == "/desk"
    assert client.get(EXPORT).status_code == 200
    grow_stale(house)
    assert send("/confirm", code=code(app_of)).status_code == 422
    assert send("/confirm", password=PASSWORD).headers["location"] == "/desk"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/desk/../sign-out",
        "/desk\r\nSet-Cookie: a=b",
        "/desk/exports/a.exe",
        "/desk?next=//evil.example",
        "/desk/exports/../../x.csv",
        "desk",
        "javascript:alert(1)",
        "/invitation/x",
        "",
    ],
)
def test_the_way_on_is_one_of_our_own_pages(
    client: TestClient, send: Send, signed_in: Account, wanted: str
) -> None:
    assert send("/confirm", password=PASSWORD, next=wanted).headers["location"] == "/desk"
    page = client.get("/confirm", params={"next": wanted})
    assert 'name="next" value="/desk"' in page.text
    assert "evil" not in page.text


@pytest.mark.parametrize("wanted", ["/desk", "/account", EXPORT])
def test_and_leads_there(send: Send, signed_in: Account, wanted: str) -> None:
    assert send("/confirm", password=PASSWORD, next=wanted).headers["location"] == wanted


def test_the_stranger_at_a_borrowed_screen_guesses_slowly(send: Send, signed_in: Account) -> None:
    for _ in range(5):
        assert send("/confirm", password="something else").status_code == 422
    assert send("/confirm", password=PASSWORD).status_code == 429


def test_all_other_sessions_end_and_this_one_stays(
    client: TestClient, house: Deployment, send: Send, signed_in: Account
) -> None:
    with writing(house.engine) as db:
        elsewhere = start_session(db, signed_in)
    page = client.get("/account").text
    assert page.count("(here)") == 1
    assert page.count("<tr><td>") == 2
    assert send("/account", "/account/sessions").headers["location"] == "/account"
    assert client.get("/account").text.count("<tr><td>") == 1
    assert client.get(EXPORT).status_code == 200
    client.cookies.set("hearing_session", elsewhere)
    assert client.get(EXPORT).status_code == 403


def test_where_it_is_needed_nothing_else_opens_before_the_second_step_is_set_up(
    client: TestClient, house: Deployment, send: Send, member: Account
) -> None:
    use(replace(house, settings=house.settings.model_copy(update={"require_second_factor": True})))
    assert send("/sign-in", email=EMAIL, password=PASSWORD).headers["location"] == "/account"
    assert client.get(EXPORT).status_code == 403
    page = client.get("/account")
    assert "Before you can work here, set up a second step" in page.text
    secret = re.search(r'class="secret"><code>([A-Z2-7 ]+)</code>', client.get("/account/second-step").text)
    assert secret
    send("/account/second-step", act="finish", code=code(pyotp.TOTP(secret[1].replace(" ", ""))))
    assert client.get(EXPORT).status_code == 200
    # And it cannot be turned off again.
    assert "Turn the second step off" not in client.get("/account").text
    refused = send("/account", "/account/second-step", act="remove")
    assert refused.status_code == 403
    assert client.get(EXPORT).status_code == 200


def test_who_got_in_with_the_password_before_is_out_when_the_second_step_is_on(
    client: TestClient, house: Deployment, send: Send, member: Account
) -> None:
    use(replace(house, settings=house.settings.model_copy(update={"require_second_factor": True})))

    def secret() -> str:
        found = re.search(
            r'class="secret"><code>([A-Z2-7 ]+)</code>', client.get("/account/second-step").text
        )
        assert found
        return found[1].replace(" ", "")

    send("/sign-in", email=EMAIL, password=PASSWORD)
    thief = client.cookies.get("hearing_session")
    assert thief
    known = secret()
    client.cookies.delete("hearing_session")
    send("/sign-in", email=EMAIL, password=PASSWORD)
    mine = secret()
    assert mine != known
    done = send("/account/second-step", act="finish", code=code(pyotp.TOTP(mine)))
    assert "recovery codes" in done.text
    assert client.get(EXPORT).status_code == 200
    client.cookies.clear()
    client.cookies.set("hearing_session", thief)
    assert client.get(EXPORT).status_code == 403
    for page in ("/account", "/account/second-step", "/confirm"):
        assert client.get(page).headers["location"] == "/sign-in"


def change_of(house: Deployment, member: Account, change: str) -> None:
    if change == "reset":
        with writing(house.engine) as db:
            token = staff.offer_reset(db, OPERATOR, member.account_id)
        staff.use_reset(house.engine, token, password="another sentence of five words")
    else:
        with writing(house.engine) as db:
            staff.disable(db, OPERATOR, member.account_id)
            if change == "disabled for a moment":
                staff.enable(db, OPERATOR, member.account_id)


@pytest.mark.parametrize("change", ["reset", "disabled"])
def test_a_sign_in_under_way_does_not_outlive_a_change_of_the_account(
    client: TestClient, house: Deployment, *, send: Send, member: Account, change: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def slowly(stored: str | None, given: str) -> bool:
        fits = password_fits(stored, given)
        change_of(house, member, change)
        return fits

    monkeypatch.setattr("hearing_app.people.accounts.password_fits", slowly)
    refused = send("/sign-in", email=EMAIL, password=PASSWORD)
    assert refused.status_code == 409
    assert "changed while you were signing in" in refused.text
    assert cookie_of(refused, "hearing_session") is None
    with reading(house.engine) as db:
        assert db.execute(select(session.c.token_hash)).all() == []


@pytest.mark.parametrize("change", ["reset", "disabled", "disabled for a moment"])
def test_nor_does_one_that_waits_for_its_code(
    client: TestClient, house: Deployment, *, send: Send, member: Account, app_of: pyotp.TOTP, change: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The change comes after the page has looked who waits, and before the code is used."""
    send("/sign-in", email=EMAIL, password=PASSWORD)

    def meanwhile(*given: Any, **named: Any) -> Any:
        change_of(house, member, change)
        return with_code(*given, **named)

    monkeypatch.setattr("hearing_app.api.sign_in.with_code", meanwhile)
    refused = send("/sign-in/code", code=code(app_of))
    assert refused.status_code == 409
    assert cookie_of(refused, "hearing_session") is None
    with reading(house.engine) as db:
        assert db.execute(select(session.c.token_hash).where(session.c.revoked_at.is_(None))).all() == []


def test_an_invitation_that_is_accepted_while_the_account_is_closed_opens_nothing(
    client: TestClient, house: Deployment, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(house.engine) as db:
        token = invite(db, OPERATOR, email=EMAIL, role=Role.FACILITATOR)

    def closed(*given: Any, **named: Any) -> Account:
        made = accept_invitation(*given, **named)
        change_of(house, made, "disabled")
        return made

    monkeypatch.setattr("hearing_app.api.sign_in.accept_invitation", closed)
    refused = send(f"/invitation/{token}", password=PASSWORD)
    assert refused.status_code == 409
    assert cookie_of(refused, "hearing_session") is None


def test_over_tls_a_second_step_is_needed_unless_it_is_said_otherwise(house: Deployment) -> None:
    at_home = house.settings
    assert not at_home.needs_second_factor
    public = at_home.model_copy(update={"public_url": "https://hearing.test"})
    assert public.needs_second_factor
    assert not public.model_copy(update={"require_second_factor": False}).needs_second_factor
    assert at_home.model_copy(update={"require_second_factor": True}).needs_second_factor


def test_a_new_sign_in_ends_what_the_browser_had_before(
    client: TestClient, house: Deployment, send: Send, member: Account
) -> None:
    with writing(house.engine) as db:
        planted = start_session(db, member)
    client.cookies.set("hearing_session", planted)
    send("/sign-in", email=EMAIL, password=PASSWORD)
    assert client.get(EXPORT).status_code == 200
    client.cookies.clear()
    client.cookies.set("hearing_session", planted)
    assert client.get(EXPORT).status_code == 403


@pytest.mark.parametrize("removes", [True, False])
def test_a_reset_link_sets_a_new_password(
    client: TestClient,
    house: Deployment,
    *,
    send: Send,
    signed_in: Account,
    app_of: pyotp.TOTP,
    removes: bool,
) -> None:
    with writing(house.engine) as db:
        token = staff.offer_reset(db, OPERATOR, signed_in.account_id, removes_second_factor=removes)
    page = client.get(f"/reset/{token}")
    assert ("Your second step will be removed" in page.text) is removes
    short = send(f"/reset/{token}", password="short")
    assert short.status_code == 422
    assert "It has 5 characters; it needs at least 12." in short.text
    assert client.post(f"/reset/{token}", data={"password": "a b c d e f g h"}).status_code == 403
    done = send(f"/reset/{token}", password="another sentence of five words")
    assert "Your password is changed" in done.text
    assert cookie_of(done, "hearing_session") is None
    assert client.get(EXPORT).status_code == 403
    again = client.get(f"/reset/{token}")
    assert again.status_code == 404
    assert "<form" not in again.text
    assert send("/sign-in", email=EMAIL, password=PASSWORD).status_code == 422
    way = send("/sign-in", email=EMAIL, password="another sentence of five words").headers["location"]
    assert way == ("/desk" if removes else "/sign-in/code")


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "é", "a" * 3000])
def test_a_made_up_reset_opens_nothing(client: TestClient, token: str) -> None:
    answer = client.get(f"/reset/{token}")
    assert answer.status_code == 404
    assert "<form" not in answer.text


@pytest.mark.parametrize("path", ["/account", "/account/second-step", "/confirm", "/sign-in/code"])
def test_these_pages_are_for_who_is_signed_in(client: TestClient, path: str) -> None:
    assert client.get(path).headers["location"] == "/sign-in"


@pytest.mark.parametrize("path", ["/account/second-step", "/account/sessions", "/confirm", "/sign-in/code"])
def test_forms_of_other_sites_change_nothing(
    client: TestClient, house: Deployment, signed_in: Account, app_of: pyotp.TOTP, path: str
) -> None:
    if path == "/sign-in/code":
        with writing(house.engine) as db:
            client.cookies.set("hearing_session", start_session(db, signed_in, awaits_code=True))
    for form in ({}, {"form": "0" * 64}):
        sent = {"act": "remove", "code": code(app_of), "password": PASSWORD} | form
        answer = client.post(path, data=sent)
        assert answer.status_code == 403
        assert "This form is too old, or did not come from this page." in answer.text
    with reading(house.engine) as db:
        assert db.execute(select(second_factor.c.confirmed_at)).scalar_one()
        assert db.execute(select(account.c.disabled)).scalar_one() is False


def test_a_refused_form_is_logged_once_with_who_sent_it(
    client: TestClient, signed_in: Account, caplog: pytest.LogCaptureFixture
) -> None:
    client.post("/sign-out", data={"form": "0" * 64})
    client.cookies.clear()
    client.post("/sign-in", data={"form": "0" * 64, "email": EMAIL, "password": PASSWORD})
    said = [one.getMessage() for one in caplog.records if one.getMessage().startswith("refused")]
    assert said == [
        f"refused: a form from {who} did not come from its page"
        for who in (f"facilitator:{signed_in.account_id}", "public")
    ]


def test_failed_sign_ins_are_logged_once_without_an_address(
    send: Send, member: Account, house: Deployment, caplog: pytest.LogCaptureFixture
) -> None:
    send("/sign-in", email=EMAIL, password="something else")
    send("/sign-in", email="nobody@board.example", password="something else")
    with writing(house.engine) as db:
        staff.disable(db, OPERATOR, member.account_id)
    send("/sign-in", email=EMAIL, password=PASSWORD)
    for _ in range(3):
        send("/sign-in", email=EMAIL, password="something else")
    who = f"facilitator:{member.account_id}"
    said = [one.getMessage() for one in caplog.records if one.getMessage().startswith("refused")]
    assert said == [
        f"refused: a sign-in to {who}",
        "refused: a sign-in to an unknown account",
        *[f"refused: a sign-in to {who}, disabled"] * 4,
    ]
    send("/sign-in", email=EMAIL, password="something else")
    assert caplog.records[-1].getMessage() == f"refused: a sign-in to {who}, after too many"
    assert "@" not in caplog.text
    assert "testclient" not in caplog.text
