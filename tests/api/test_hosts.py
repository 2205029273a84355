"""A page of another site reaches nothing under a name of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from hearing_app.api.hosts import OwnHosts, is_own_host
from hearing_app.settings import Settings

NAMES = frozenset({"localhost", "hearing.example.org"})


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("hearing.example.org", True),
        ("Hearing.Example.ORG:443", True),
        ("hearing.example.org.", True),
        ("localhost:8600", True),
        ("127.0.0.1:8600", True),
        ("192.0.2.7", True),
        ("[::1]:8600", True),
        ("[2001:db8::1]", True),
        ("", True),
        ("evil.example", False),
        ("hearing.example.org.evil.example", False),
        ("evilhearing.example.org", False),
        ("hearing.example.org@evil.example", False),
        ("evil.example/hearing.example.org", False),
        ("localhost:8600:1", False),
        ("local host", False),
        ("127.0.0.1.evil.example", False),
        ("[evil.example]", False),
        ("hearing.example.org\x00", False),
        ("[::1", False),
        ("x" * 300, False),
    ],
)
def test_only_our_names_and_addresses_are_ours(host: str, own: bool) -> None:
    assert is_own_host(host, NAMES) is own


def page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("here")


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


@pytest.fixture
def client() -> Iterator[TestClient]:
    routes = [
        Route("/record", page),
        Route("/_stcore/health", page),
        WebSocketRoute("/_stcore/stream", stream),
    ]
    guarded = OwnHosts(Starlette(routes=routes), names=NAMES, public_url="https://hearing.example.org/")
    with TestClient(guarded, base_url="http://localhost:8600") as opened:
        yield opened


def test_a_foreign_name_is_refused_without_being_repeated(client: TestClient) -> None:
    assert client.get("/record").text == "here"
    answer = client.get("/record", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert "evil.example" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/_stcore/stream", headers={"Host": "evil.example"}),
    ):
        pass


@pytest.mark.parametrize(
    ("origin", "taken"),
    [
        (None, True),
        ("http://localhost:8600", True),
        ("https://hearing.example.org", True),
        ("https://evil.example", False),
        ("http://localhost:3000", False),
        ("null", False),
        ("", False),
    ],
)
def test_another_site_opens_no_connection(client: TestClient, origin: str | None, taken: bool) -> None:
    headers = {"Host": "localhost:8600"} | ({} if origin is None else {"Origin": origin})
    assert client.get("/_stcore/health", headers=headers).status_code == (200 if taken else 403)
    if taken:
        with client.websocket_connect("/_stcore/stream", headers=headers):
            pass
    else:
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect("/_stcore/stream", headers=headers),
        ):
            pass
    # What is public may be read from anywhere.
    assert client.get("/record", headers=headers).status_code == 200


def test_the_names_are_those_of_the_address_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hearing_app.settings.gethostname", lambda: "Town-Hall")
    assert Settings(public_url="https://Hearing.Example.org:8443/x").host_names == NAMES
    trial = Settings(also_called="board.example, desk.example").host_names
    assert {"localhost", "town-hall", "town-hall.local"} < trial
    assert {"board.example", "desk.example"} < trial
