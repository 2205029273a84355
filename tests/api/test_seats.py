"""Places for open pages: who gets one, who waits where, and how fast one page may press."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from hearing_app.api import seats
from hearing_app.api.seats import ARRIVING_SECONDS, GONE_SECONDS, STREAM, Hall, Pace, Seats
from hearing_app.deployment import Deployment, use
from hearing_app.people.permissions import Role
from tests.loops import run_apart


def test_a_pace_allows_a_burst_and_then_its_rate() -> None:
    pace = Pace(rate=2, burst=3)
    assert [pace.wait(100.0) for _ in range(5)] == [0, 0, 0, 0.5, 1.0]
    # Two seconds later, what was owed is paid, and two more are free.
    assert [pace.wait(102.0) for _ in range(3)] == [0, 0, 0.5]
    assert pace.wait(1000.0) == 0


def test_places_are_counted_in_all_and_by_network() -> None:
    hall = Hall(total=4, of_one_network=2)
    assert hall.sit("a", 0)
    assert hall.sit("a", 0)
    assert not hall.sit("a", 0)
    assert hall.sit("a", 0, 20)
    assert hall.sit("b", 0)
    assert not hall.sit("c", 0)
    # Who comes back to an open page finds room above that.
    assert hall.sit("c", 0, room=1.5)
    for network in "aaabc":
        hall.rise(network)
    assert hall.free(0) == 4
    assert not hall.open


def test_the_queue_keeps_its_order() -> None:
    hall = Hall(total=1, of_one_network=1)
    assert hall.ask("a", "", 0) == (0, "")
    hall.expect("a", "page a", 0)
    assert not hall.sit("z", 1)
    assert hall.sit("a", 1, ticket="page a", new=True)
    first, second = hall.ask("b", "", 2), hall.ask("c", "", 3)
    assert (first[0], second[0]) == (1, 2)
    assert len({first[1], second[1]}) == 2
    assert hall.ask("b", first[1], 12) == first
    assert hall.ask("c", second[1], 13) == second
    hall.rise("a")
    # The place is for who waits longest; who comes now does not pass them.
    late = hall.ask("d", "", 14)
    assert late[0] == 3
    assert hall.ask("c", second[1], 15)[0] == 2
    # Nor does who opens a connection without a page, or says that there was one.
    assert not hall.sit("z", 15)
    assert not hall.sit("z", 15, ticket="invented")
    assert hall.ask("b", first[1], 16) == (0, "")
    hall.expect("b", "page b", 16)
    assert not hall.sit("z", 17)
    # It is on its way, so the place is taken until it has had time to arrive.
    assert hall.ask("c", second[1], 17)[0] == 1
    assert hall.ask("c", second[1], 17 + ARRIVING_SECONDS) == (0, "")


def test_who_stays_away_loses_the_place() -> None:
    hall = Hall(total=1, of_one_network=1)
    hall.sit("a", 0)
    gone, stays = hall.ask("b", "", 0)[1], hall.ask("c", "", 0)[1]
    assert hall.ask("c", stays, 30)[0] == 2
    assert hall.ask("c", stays, GONE_SECONDS + 1) == (1, stays)
    assert hall.ask("b", gone, GONE_SECONDS + 2)[0] == 2
    assert hall.ask("d", "invented", GONE_SECONDS + 3)[0] == 3


def test_the_queue_is_bounded_for_all_and_for_one_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "MOST_IN_QUEUE", 20)
    monkeypatch.setattr(seats, "MOST_IN_QUEUE_OF_ONE", 5)
    hall = Hall(total=1, of_one_network=1)
    hall.sit("a", 0)
    assert sum(bool(hall.ask("b", "", 0)[1]) for _ in range(50)) == 5
    assert sum(bool(hall.ask(f"n{number}", "", 0)[1]) for number in range(50)) == 15
    assert hall.ask("z", "", 0) == (21, "")


def test_pages_that_nobody_opens_hold_few_places() -> None:
    hall = Hall(total=100, of_one_network=50)
    for number in range(500):
        assert hall.ask("robot", "", 0)[0] == 0
        hall.expect("robot", f"r{number}", 0)
    assert hall.free(0) == 100 - seats.MOST_ARRIVING
    assert hall.free(ARRIVING_SECONDS + 1) == 100
    # From many networks they hold half of what is free: who comes is still sent a page, and finds a place.
    for number in range(200):
        hall.expect(f"n{number}", f"t{number}", 50)
    assert hall.free(50) == 50
    assert hall.ask("a", "", 50) == (0, "")
    hall.expect("a", "mine", 50)
    assert hall.sit("a", 51, ticket="mine", new=True)


def test_a_ticket_counts_as_new_once_and_as_returning_for_a_while() -> None:
    hall = Hall(total=1, of_one_network=9)
    hall.expect("a", "t", 0)
    assert not hall.may_return("t", 0)
    assert hall.sit("a", 1, ticket="t", new=True)
    assert not hall.sit("a", 1, ticket="t", new=True)
    hall.rise("a", "t", 100)
    hall.expect("b", "other", 100)
    assert not hall.sit("a", 101, ticket="t", new=True)
    assert hall.may_return("t", 100 + seats.RETURNING_SECONDS)
    assert not hall.may_return("t", 101 + seats.RETURNING_SECONDS)
    assert not hall.may_return("", 0)
    wide = Hall(total=100, of_one_network=100)
    assert all(wide.sit("a", 0, ticket="t") for _ in range(seats.MOST_RETURNING))
    assert not wide.may_return("t", 0)
    for _ in range(seats.MOST_RETURNING):
        wide.rise("a", "t", 5)
    assert not wide.has_sat("t", 1000)
    assert not wide._left
    assert not wide._here


def page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("the page")


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.send_bytes(await socket.receive_bytes())
    except WebSocketDisconnect:
        pass


@pytest.fixture
def hall() -> Hall:
    return Hall(total=2, of_one_network=2)


@pytest.fixture
def client(house: Deployment, hall: Hall) -> Iterator[TestClient]:
    app = Starlette(routes=[Route("/", page), Route("/hearing", page), WebSocketRoute(STREAM, stream)])
    seated = Seats(app, hall=hall, pages=["/", "/hearing"], passes=lambda _: True)
    with TestClient(seated, base_url="http://hearing.test", client=("203.0.113.7", 5)) as opened:
        yield opened


def test_above_the_places_a_page_is_a_place_in_the_queue(client: TestClient, hall: Hall) -> None:
    with client.websocket_connect(STREAM), client.websocket_connect(STREAM):
        hall.of_one_network = 10
        answer = client.get("/hearing?id=x&y=%22%3E%3Cscript%3E")
        assert answer.status_code == 503
        assert answer.headers["refresh"] == answer.headers["retry-after"] == "10"
        assert answer.headers["cache-control"] == "no-store"
        assert "You are number 1 in the queue" in answer.text
        assert '<a href="/record">' in answer.text
        assert "<script" not in answer.text
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "You are number 1 in the queue" in client.get("/hearing").text
        client.cookies.clear()
        assert "You are number 2 in the queue" in client.get("/").text
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM):
            pass
    assert client.get("/").text == "the page"


def test_open_pages_go_on_while_others_wait(client: TestClient) -> None:
    with client.websocket_connect(STREAM) as one, client.websocket_connect(STREAM) as other:
        for _ in range(3):
            with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM):
                pass
        for line in (one, other):
            line.send_bytes(b"still here")
            assert line.receive_bytes() == b"still here"
    with client.websocket_connect(STREAM):
        pass


RETURNING = ["streamlit", "xsrf", "a session"]


def test_only_who_had_a_page_comes_back_to_a_full_house(client: TestClient, hall: Hall) -> None:
    hall.total, hall.of_one_network = 10, 50
    answer = client.get("/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("hearing_ticket=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    ticket = answer.cookies["hearing_ticket"]
    client.cookies.clear()
    client.cookies.set("hearing_ticket", ticket)
    with client.websocket_connect(STREAM, subprotocols=["streamlit"]):
        pass
    with ExitStack() as others:
        client.cookies.clear()
        for _ in range(10):
            others.enter_context(client.websocket_connect(STREAM))
        forged = ticket[:-1] + ("0" if ticket[-1] != "0" else "1")
        for value in ("", "x", "..", forged, f"other.{ticket.partition('.')[2]}"):
            client.cookies.set("hearing_ticket", value)
            with (
                pytest.raises(WebSocketDisconnect),
                client.websocket_connect(STREAM, subprotocols=RETURNING),
            ):
                pass
        client.cookies.clear()
        client.cookies.set("hearing_ticket", ticket)
        with client.websocket_connect(STREAM, subprotocols=RETURNING):
            pass
        # It is the page that comes back, not its ticket.
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM):
            pass


def test_the_place_of_the_first_who_waits_is_taken_by_nobody_else(client: TestClient, hall: Hall) -> None:
    hall.total, hall.of_one_network = 1, 50
    with client.websocket_connect(STREAM):
        assert "You are number 1 in the queue" in client.get("/").text
        place = client.cookies["hearing_place"]
    client.cookies.clear()
    for protocols in (["streamlit"], RETURNING):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM, subprotocols=protocols):
            pass
    assert client.get("/", headers={"Cookie": f"hearing_place={place}"}).text == "the page"
    ticket = client.cookies["hearing_ticket"]
    client.cookies.clear()
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM):
        pass
    client.cookies.set("hearing_ticket", ticket)
    with client.websocket_connect(STREAM):
        pass


def test_a_ticket_over_tls_has_a_name_that_no_other_host_can_set(house: Deployment, hall: Hall) -> None:
    use(replace(house, settings=house.settings.model_copy(update={"public_url": "https://hearing.test"})))
    app = Seats(Starlette(routes=[Route("/", page)]), hall=hall, pages=["/"], passes=lambda _: True)
    with TestClient(app, base_url="https://hearing.test", client=("203.0.113.7", 5)) as secure:
        cookie = secure.get("/").headers["set-cookie"]
    assert cookie.startswith("__Host-hearing_ticket=")
    assert "Secure" in cookie.split("; ")
    assert "203.0.113" not in cookie


def test_text_is_no_message_of_a_page(client: TestClient, hall: Hall) -> None:
    with client.websocket_connect(STREAM) as line:
        line.send_text("hello")
        with pytest.raises(WebSocketDisconnect) as ended:
            line.receive_bytes()
    assert ended.value.code == 1003
    assert not hall.open


def test_one_network_is_told_so(client: TestClient, hall: Hall) -> None:
    hall.of_one_network = 1
    with client.websocket_connect(STREAM):
        answer = client.get("/")
        assert answer.status_code == 503
        assert "open from your network" in answer.text
        assert "set-cookie" not in answer.headers
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM):
            pass


def test_staff_gets_in(client: TestClient, hall: Hall, session_of: Callable[[Role], str]) -> None:
    hall.total, hall.of_one_network = 4, 10
    token = session_of(Role.FACILITATOR)
    with (
        client.websocket_connect(STREAM),
        client.websocket_connect(STREAM),
        client.websocket_connect(STREAM),
        client.websocket_connect(STREAM),
    ):
        client.cookies.set("hearing_session", secrets.token_urlsafe(32))
        assert client.get("/").status_code == 503
        client.cookies.set("hearing_session", token)
        assert client.get("/").text == "the page"
        with client.websocket_connect(STREAM):
            pass


@pytest.mark.usefixtures("house")
def test_a_page_that_presses_without_end_is_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)

    async def run() -> None:
        async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
            for _ in range(100):
                await receive()

        async def press() -> Message:
            return {"type": "websocket.receive", "bytes": b"x"}

        async def send(_message: Message) -> None:
            raise AssertionError

        scope = {"type": "websocket", "path": STREAM, "headers": [], "client": ("203.0.113.7", 1)}
        await Seats(app, hall=Hall(5, 5), pages=[], passes=lambda _: True)(scope, press, send)

    run_apart(run())
    held = [seconds for seconds in slept if seconds]
    # Thirty are free; the last of the other seventy is held for as long as its page has overdrawn.
    assert len(held) == 70
    assert max(held) == pytest.approx(70 / seats.MESSAGES_A_SECOND, abs=0.5)


def test_connecting_again_and_again_begins_nothing_afresh() -> None:
    hall = Hall(total=10, of_one_network=10)
    for _ in range(300):
        hall.sit("a", 5.0)
        hall.pace("a", 1).wait(5.0)
        hall.rise("a")
    assert hall.pace("a", 1).wait(5.0) > 1
    for number in range(seats.MOST_PACES + 10):
        hall.pace(f"n{number}", 1)
    assert len(hall._paces) == seats.MOST_PACES


def test_the_waiting_page_needs_no_script_and_names_no_address(client: TestClient, hall: Hall) -> None:
    hall.total = 0
    text = client.get("/").text
    assert re.search(r"<h1>Please wait a moment</h1>", text)
    assert "203.0.113.7" not in text
