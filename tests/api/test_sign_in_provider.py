"""Signing in at a provider: who it says, once, from the browser that asked, and never on its word alone."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from httpx2 import Response
from pydantic import SecretStr
from sqlalchemy import select, update
from starlette.testclient import TestClient

from hearing_app.api import provider as routes
from hearing_app.deployment import Deployment, use
from hearing_app.errors import Damaged, Invalid
from hearing_app.people.accounts import invite, invite_first_administrator
from hearing_app.people.outside import accept_at_provider, account_of_identity
from hearing_app.people.permissions import OPERATOR, Role
from hearing_app.people.sessions import start_session
from hearing_app.people.staff import disable
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, outside_identity, session
from tests.api.conftest import OPEN_HEARING
from tests.api.providers import CLIENT, SECRET, Provider
from tests.api.test_sign_in import EMAIL, cookie_of, token_in

EXPORT = f"/desk/exports/{OPEN_HEARING}.csv"
Go = Callable[..., str]


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


@pytest.fixture
def with_provider(house: Deployment, provider: Provider) -> Deployment:
    """The house with that provider set up."""
    changes = {
        "oidc_issuer": provider.issuer,
        "oidc_name": "City login",
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SecretStr(SECRET),
        "public_url": "http://hearing.test",
    }
    changed = replace(house, settings=house.settings.model_copy(update=changes))
    use(changed)
    return changed


@pytest.fixture
def fay(with_provider: Deployment, provider: Provider) -> str:
    """The account of a facilitator whom the provider calls "fay"."""
    with writing(with_provider.engine) as db:
        token = invite(db, OPERATOR, email=EMAIL, role=Role.FACILITATOR)
    made = accept_at_provider(with_provider.engine, token, issuer=provider.issuer, subject="fay")
    return made.account_id


@pytest.fixture
def go(client: TestClient, with_provider: Deployment) -> Go:
    """Press the button of a page, and return the address at the provider to which it leads."""

    def one(page: str = "/sign-in", to: str = "/sign-in/provider", **form: str) -> str:
        answer = client.post(to, data={"form": token_in(client.get(page))} | form)
        assert answer.status_code == 200, answer.text
        way = re.search(r'href="(http[^"]+/authorize[^"]+)"', answer.text)
        assert way, answer.text
        address = html.unescape(way[1])
        assert answer.headers["refresh"] == f"0; url={address}"
        return address

    return one


def assert_refused(client: TestClient, answer: Response, says: str, status: int = 403) -> None:
    assert answer.status_code == status
    assert says in answer.text
    assert "Traceback" not in answer.text
    assert cookie_of(answer, "hearing_session") is None
    gone = cookie_of(answer, "hearing_provider")
    assert gone
    assert gone["max-age"] == "0"
    assert client.get(EXPORT).status_code == 403


def test_who_is_known_there_is_signed_in(client: TestClient, provider: Provider, fay: str, go: Go) -> None:
    way = go()
    asked = dict(parse_qsl(urlsplit(way).query))
    assert way.startswith(f"{provider.issuer}/authorize?")
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert len(asked["nonce"]) >= 20
    assert len(asked["state"]) >= 30
    assert {name: asked[name] for name in ("scope", "client_id", "response_type", "redirect_uri")} == {
        "scope": "openid",
        "client_id": CLIENT,
        "response_type": "code",
        "redirect_uri": "http://hearing.test/sign-in/provider/return",
    }
    answer = client.get(provider.let_in(way, "fay", iss=provider.issuer))
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert client.get(EXPORT).status_code == 200
    assert set(provider.asked) == {"/.well-known/openid-configuration", "/keys", "/token"}


def test_the_cookie_says_nothing_and_lasts_ten_minutes(
    client: TestClient, provider: Provider, with_provider: Deployment
) -> None:
    answer = client.post("/sign-in/provider", data={"form": token_in(client.get("/sign-in"))})
    cookie = cookie_of(answer, "hearing_provider")
    assert cookie
    assert cookie["httponly"]
    assert cookie["samesite"] == "lax"
    assert cookie["max-age"] == "600"
    asked = dict(parse_qsl(urlsplit(answer.headers["refresh"].removeprefix("0; url=")).query))
    assert asked["nonce"].encode().hex() not in cookie.value
    secure = with_provider.settings.model_copy(update={"public_url": "https://hearing.test"})
    use(replace(with_provider, settings=secure))
    # Over TLS the form's cookie has another name, so the form is asked for again.
    client.base_url = "https://hearing.test"
    answer = client.post("/sign-in/provider", data={"form": token_in(client.get("/sign-in"))})
    bound = cookie_of(answer, "__Host-hearing_provider")
    assert bound
    assert bound["secure"]


@pytest.mark.parametrize("subject", ["eve", "Fay", EMAIL, "ada@board.example"])
def test_who_is_not_known_here_is_refused_kindly(
    client: TestClient, provider: Provider, fay: str, go: Go, subject: str
) -> None:
    answer = client.get(provider.let_in(go(), subject))
    assert_refused(client, answer, "no account of this service belongs to you there")
    assert "Ask an administrator for an invitation" in answer.text


def test_an_address_that_the_provider_claims_opens_nothing(
    client: TestClient, provider: Provider, fay: str, go: Go
) -> None:
    provider.claims = lambda claims: claims | {"email": EMAIL, "email_verified": True}
    assert_refused(client, client.get(provider.let_in(go(), "eve")), "no account of this service")


def test_a_disabled_account_is_refused(
    client: TestClient, with_provider: Deployment, provider: Provider, fay: str, go: Go
) -> None:
    with writing(with_provider.engine) as db:
        db.execute(update(account).values(disabled=True))
    assert_refused(client, client.get(provider.let_in(go(), "fay")), "no account of this service")


def test_a_return_works_once(client: TestClient, provider: Provider, fay: str, go: Go) -> None:
    way = go()
    kept = client.cookies["hearing_provider"]
    assert client.get(provider.let_in(way, "fay")).status_code == 303
    client.cookies.clear()
    # Somebody kept the cookie, too, and has a new code for the same state.
    client.cookies.set("hearing_provider", kept)
    assert_refused(client, client.get(provider.let_in(way, "fay")), "was used before")


def test_a_return_that_began_in_another_browser_is_refused(
    client: TestClient, provider: Provider, fay: str, go: Go
) -> None:
    way = go()
    client.cookies.clear()
    assert_refused(client, client.get(provider.let_in(way, "fay")), "did not begin in this browser")
    other = provider.let_in(go(), "fay")
    go()
    # The browser began again: the older return is not the one that is waited for.
    assert_refused(client, client.get(other), "did not begin in this browser")


def test_a_return_that_comes_too_late_is_refused(
    client: TestClient, provider: Provider, fay: str, go: Go
) -> None:
    back = provider.let_in(go(), "fay")
    kept = client.cookies["hearing_provider"]
    client.cookies.clear()
    # Whatever the browser does with its cookies after ten minutes.
    client.cookies.set("hearing_provider", kept)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10, seconds=1)):
        assert_refused(client, client.get(back), "took too long")


@pytest.mark.parametrize(
    "query", ["", "?state=", "?state=x&code=y", "?code=y", "?error=access_denied&state=é"]
)
def test_a_return_out_of_nowhere_is_refused(
    client: TestClient, with_provider: Deployment, query: str
) -> None:
    answer = client.get(f"/sign-in/provider/return{query}")
    assert_refused(client, answer, "did not begin in this browser")


def test_whom_the_provider_does_not_let_in_is_told_so(
    client: TestClient, provider: Provider, fay: str, go: Go
) -> None:
    state = dict(parse_qsl(urlsplit(go()).query))["state"]
    answer = client.get(
        "/sign-in/provider/return",
        params={"state": state, "error": "access_denied", "error_description": "<b>go away</b>"},
    )
    assert_refused(client, answer, "The provider did not let you in.")
    assert "go away" not in answer.text


def later(claims: dict[str, Any], seconds: int) -> dict[str, Any]:
    return claims | {name: claims[name] + seconds for name in ("iat", "exp")}


LIES: dict[str, Callable[[Provider], None]] = {
    "another nonce": lambda p: setattr(p, "claims", lambda c: c | {"nonce": "n" * 20}),
    "no nonce": lambda p: setattr(p, "claims", lambda c: {n: c[n] for n in c if n != "nonce"}),
    "another audience": lambda p: setattr(p, "claims", lambda c: c | {"aud": "another"}),
    "two audiences, for the other": lambda p: setattr(
        p, "claims", lambda c: c | {"aud": [CLIENT, "another"], "azp": "another"}
    ),
    "another audience, for us": lambda p: setattr(
        p, "claims", lambda c: c | {"aud": "another", "azp": CLIENT}
    ),
    "no audience": lambda p: setattr(p, "claims", lambda c: {n: c[n] for n in c if n != "aud"}),
    "another issuer": lambda p: setattr(p, "claims", lambda c: c | {"iss": "http://127.0.0.1:1"}),
    "no issuer": lambda p: setattr(p, "claims", lambda c: {n: c[n] for n in c if n != "iss"}),
    "expired": lambda p: setattr(p, "claims", lambda c: later(c, -3600)),
    "of the future": lambda p: setattr(p, "claims", lambda c: later(c, 3600)),
    "no end": lambda p: setattr(p, "claims", lambda c: {n: c[n] for n in c if n != "exp"}),
    "no subject": lambda p: setattr(p, "claims", lambda c: {n: c[n] for n in c if n != "sub"}),
    "a subject that is a list": lambda p: setattr(p, "claims", lambda c: c | {"sub": ["fay"]}),
    "an empty subject": lambda p: setattr(p, "claims", lambda c: c | {"sub": ""}),
    "an endless subject": lambda p: setattr(p, "claims", lambda c: c | {"sub": "f" * 256}),
    "no signature": lambda p: setattr(p, "signed", p.unsigned),
    "somebody else's signature": lambda p: setattr(p, "signed", p.signed_by_another),
    "signed with the client's secret": lambda p: setattr(p, "signed", p.signed_with_the_secret),
    "signed with a secret that it shows": lambda p: setattr(p, "signed", p.signed_with_what_it_shows),
    "no token": lambda p: setattr(p, "signed", lambda claims: "x.y.z"),
    "no ID token": lambda p: setattr(p, "token", lambda a: {n: a[n] for n in a if n != "id_token"}),
    "an answer that is a list": lambda p: setattr(p, "token", lambda a: [a]),
    "nothing at all": lambda p: setattr(p, "token", lambda a: {}),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_provider_that_lies_is_not_believed(
    client: TestClient, provider: Provider, *, fay: str, go: Go, lie: str, caplog: pytest.LogCaptureFixture
) -> None:
    back = provider.let_in(go(), "fay")
    LIES[lie](provider)
    caplog.clear()
    assert_refused(client, client.get(back), "could not be believed", 502)
    said = [one.getMessage() for one in caplog.records if one.getMessage().startswith("refused")]
    assert len([line for line in said if "provider of sign-in could not be believed" in line]) == 1


def test_a_code_of_somebody_else_opens_nothing(
    client: TestClient, provider: Provider, fay: str, go: Go
) -> None:
    stolen = dict(parse_qsl(urlsplit(provider.let_in(go(), "fay")).query))["code"]
    own = dict(parse_qsl(urlsplit(go()).query))["state"]
    # The code was asked for with another code challenge: without its verifier it is worth nothing.
    answer = client.get("/sign-in/provider/return", params={"code": stolen, "state": own})
    assert_refused(client, answer, "could not be believed", 502)


def test_an_answer_in_the_name_of_another_provider_is_refused(
    client: TestClient, provider: Provider, fay: str, go: Go
) -> None:
    back = provider.let_in(go(), "fay", iss="https://evil.example")
    assert_refused(client, client.get(back), "could not be believed", 502)


@pytest.mark.parametrize(
    "described",
    [
        lambda document: document | {"issuer": "https://evil.example"},
        lambda document: document | {"authorization_endpoint": "https://evil.example/a"},
        lambda document: document | {"token_endpoint": "ftp://evil.example"},
        lambda document: {},
        lambda document: [],
    ],
)
def test_a_description_of_another_provider_is_not_followed(
    client: TestClient, provider: Provider, with_provider: Deployment, described: Any
) -> None:
    provider.described = described
    answer = client.post("/sign-in/provider", data={"form": token_in(client.get("/sign-in"))})
    assert answer.status_code == 502
    assert "The provider of sign-in could not be asked." in answer.text
    assert "evil" not in answer.text
    assert "refresh" not in answer.headers


def test_a_provider_that_is_down_is_named_and_the_password_still_works(
    client: TestClient, provider: Provider, fay: str, go: Go, with_provider: Deployment
) -> None:
    back = provider.let_in(go(), "fay")
    provider.close()
    assert_refused(client, client.get(back), "could not be believed", 502)
    routes._client.cache_clear()
    answer = client.post("/sign-in/provider", data={"form": token_in(client.get("/sign-in"))})
    assert answer.status_code == 502
    assert "Please try again in a few minutes." in answer.text
    page = client.get("/sign-in").text
    assert "Sign in with City login" in page
    assert 'name="password"' in page


@pytest.mark.parametrize("path", ["/sign-in/provider", "/confirm/provider"])
def test_another_site_sends_nobody_to_the_provider(
    client: TestClient, with_provider: Deployment, path: str
) -> None:
    assert client.post(path, data={"form": "0" * 64}).status_code == 403
    assert client.get(path).status_code == 405


def test_where_there_is_no_provider_its_ways_are_closed(client: TestClient, house: Deployment) -> None:
    assert "provider" not in client.get("/sign-in").text
    form = {"form": token_in(client.get("/sign-in"))}
    assert client.post("/sign-in/provider", data=form).status_code == 400
    assert client.get("/sign-in/provider/return").status_code == 400


def test_an_invitation_is_accepted_at_the_provider(
    client: TestClient, with_provider: Deployment, provider: Provider, go: Go
) -> None:
    with writing(with_provider.engine) as db:
        link = "/invitation/" + invite(db, OPERATOR, email=EMAIL, role=Role.FACILITATOR)
    assert "Accept with City login" in client.get(link).text
    answer = client.get(provider.let_in(go(link, f"{link}/provider", email="other@b.example"), "fay"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert client.get(EXPORT).status_code == 200
    with reading(with_provider.engine) as db:
        bound = db.execute(select(outside_identity.c.issuer, outside_identity.c.subject)).one()
        # Neither the form's nor the provider's address counts.
        assert db.execute(select(account.c.email)).scalar_one() == EMAIL
    assert tuple(bound) == (provider.issuer, "fay")
    assert client.get(link).status_code == 404
    again = client.post(f"{link}/provider", data={"form": token_in(client.get("/sign-in"))})
    assert again.status_code == 404


def test_the_first_administrator_may_come_from_the_provider(
    client: TestClient, with_provider: Deployment, provider: Provider, go: Go
) -> None:
    with writing(with_provider.engine) as db:
        link = f"/invitation/{invite_first_administrator(db)}"
    form = {"form": token_in(client.get(link)), "email": "nobody"}
    assert client.post(f"{link}/provider", data=form).status_code == 422
    way = go(link, f"{link}/provider", email="Ada@Board.example")
    assert "board" not in way.lower()
    assert client.get(provider.let_in(way, "ada")).headers["location"] == "/desk"
    with reading(with_provider.engine) as db:
        row = db.execute(select(account.c.email, account.c.role, account.c.password_hash)).one()
    assert tuple(row) == ("ada@board.example", "administrator", "")


def test_a_second_person_cannot_take_the_same_invitation_or_account(
    client: TestClient, with_provider: Deployment, provider: Provider, fay: str, go: Go
) -> None:
    with writing(with_provider.engine) as db:
        link = "/invitation/" + invite(db, OPERATOR, email="b@b.example", role=Role.AUDITOR)
    answer = client.get(provider.let_in(go(link, f"{link}/provider"), "fay"))
    assert_refused(client, answer, "You have an account here already.", 409)
    assert client.get(link).status_code == 200


@pytest.fixture
def stale(client: TestClient, with_provider: Deployment, fay: str) -> str:
    """The facilitator is signed in, and the last proof is old."""
    with writing(with_provider.engine) as db:
        member = account_of_identity(db, with_provider.settings.oidc_issuer, "fay")
        token = start_session(db, member, confirmed=False)
    client.cookies.set("hearing_session", token)
    return fay


def test_who_signs_in_there_confirms_there(
    client: TestClient, provider: Provider, stale: str, go: Go
) -> None:
    assert client.get(EXPORT).status_code == 403
    page = client.get(f"/confirm?next={EXPORT}").text
    assert "Sign in again with City login" in page
    assert 'name="password"' not in page
    way = go("/confirm", "/confirm/provider", next=EXPORT)
    asked = dict(parse_qsl(urlsplit(way).query))
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    answer = client.get(provider.let_in(way, "fay"))
    assert (answer.status_code, answer.headers["location"]) == (303, EXPORT)
    assert client.get(EXPORT).status_code == 200


@pytest.mark.parametrize("said", [None, 0, "now", -3600, 3600])
def test_a_sign_in_of_before_confirms_nothing(
    client: TestClient, provider: Provider, stale: str, go: Go, said: Any
) -> None:
    provider.claims = lambda claims: (
        claims | {"auth_time": claims["auth_time"] + said if isinstance(said, int) and said else said}
    )
    answer = client.get(provider.let_in(go("/confirm", "/confirm/provider"), "fay"))
    assert answer.status_code in {403, 502}
    assert client.get(EXPORT).status_code == 403


def test_somebody_else_confirms_nothing(
    client: TestClient, with_provider: Deployment, provider: Provider, stale: str, go: Go
) -> None:
    with writing(with_provider.engine) as db:
        token = invite(db, OPERATOR, email="eve@b.example", role=Role.FACILITATOR)
    accept_at_provider(with_provider.engine, token, issuer=provider.issuer, subject="eve")
    answer = client.get(provider.let_in(go("/confirm", "/confirm/provider"), "eve"))
    assert_refused(client, answer, "Nothing was confirmed.")


def test_a_sign_in_of_long_ago_lets_in_and_confirms_nothing(
    client: TestClient, provider: Provider, fay: str, go: Go
) -> None:
    provider.claims = lambda claims: claims | {"auth_time": claims["auth_time"] - 3600}
    assert client.get(provider.let_in(go(), "fay")).headers["location"] == "/desk"
    refused = client.get(EXPORT)
    assert refused.status_code == 403
    assert "Please confirm that it is you" in refused.text


def test_a_sign_in_there_confirms_from_its_own_time(
    client: TestClient, with_provider: Deployment, provider: Provider, fay: str, go: Go
) -> None:
    provider.claims = lambda claims: claims | {"auth_time": claims["auth_time"] - 570}
    client.get(provider.let_in(go(), "fay"))
    assert client.get(EXPORT).status_code == 200
    with reading(with_provider.engine) as db:
        row = db.execute(select(session.c.created_at, session.c.confirmed_at)).one()
    assert 560 <= (row.created_at - row.confirmed_at).total_seconds() <= 600


def test_the_second_step_of_a_person_of_the_provider_is_there(
    client: TestClient, with_provider: Deployment, provider: Provider, fay: str, go: Go
) -> None:
    use(
        replace(
            with_provider, settings=with_provider.settings.model_copy(update={"require_second_factor": True})
        )
    )
    assert client.get(provider.let_in(go(), "fay")).headers["location"] == "/desk"
    assert client.get(EXPORT).status_code == 200


def test_who_is_disabled_while_coming_back_is_not_let_in(
    client: TestClient,
    with_provider: Deployment,
    *,
    provider: Provider,
    fay: str,
    go: Go,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def disabled(_claims: dict[str, Any]) -> datetime:
        # As another worker would, between the look at the account and the session.
        with writing(with_provider.engine) as db:
            disable(db, OPERATOR, fay)
        return datetime.now(UTC)

    monkeypatch.setattr(routes, "_signed_in_at", disabled)
    answer = client.get(provider.let_in(go(), "fay"))
    assert_refused(client, answer, "changed while you were signing in", 409)


def test_its_sessions_end_like_all_others(
    client: TestClient, with_provider: Deployment, provider: Provider, fay: str, go: Go
) -> None:
    client.get(provider.let_in(go(), "fay"))
    assert client.get(EXPORT).status_code == 200
    with writing(with_provider.engine) as db:
        db.execute(update(session).values(revoked_at=datetime.now(UTC)))
    assert client.get(EXPORT).status_code == 403


def test_the_secret_may_lie_in_a_file_that_nobody_else_reads(
    with_provider: Deployment, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    changes = {"oidc_client_secret": SecretStr(""), "oidc_client_secret_file": file}
    settings = with_provider.settings.model_copy(update=changes)
    assert settings.oidc_secret == SECRET
    file.chmod(0o640)
    with pytest.raises(Damaged, match="other users") as caught:
        _ = settings.oidc_secret
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(with_provider.settings)


@pytest.mark.parametrize(
    ("offered", "way"),
    [(["client_secret_post"], "in the body"), (["client_secret_basic", "client_secret_post"], "Basic")],
)
def test_the_secret_is_sent_as_the_provider_wants_it(
    client: TestClient, provider: Provider, *, fay: str, go: Go, offered: list[str], way: str
) -> None:
    provider.described = lambda document: document | {"token_endpoint_auth_methods_supported": offered}
    assert client.get(provider.let_in(go(), "fay")).status_code == 303
    assert provider.ways == [way]


def test_a_provider_of_which_too_little_is_said_stops_the_start(with_provider: Deployment) -> None:
    routes.check_settings(with_provider.settings)
    with pytest.raises(Invalid, match="HEARING_OIDC_CLIENT_ID"):
        routes.check_settings(with_provider.settings.model_copy(update={"oidc_client_id": ""}))
