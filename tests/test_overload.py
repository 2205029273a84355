"""A real server under abuse and load, on loopback: what it refuses, and what keeps working meanwhile."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import httpx2
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from benchmarks.load import (
    HEARING,
    Client,
    Crowd,
    Timed,
    at_a_rate,
    comment,
    memory_of,
    page,
    submits,
)
from tests.scale import SOAK, scale

Start = Callable[..., SimpleNamespace]
Measure = Callable[[str, float | int | str], None]
COMMENTS = f"/api/v1/hearings/{HEARING}/comments"
soak_only = pytest.mark.skipif(not SOAK, reason="a load of minutes: `make soak` runs it")


@pytest.fixture(scope="module")
def small(start_server: Start, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A server with few places and a small budget, behind a proxy that passes addresses on."""
    return start_server(
        tmp_path_factory.mktemp("small"),
        HEARING_PUBLIC_URL="http://localhost",
        HEARING_VISITORS="3",
        HEARING_VISITORS_OF_ONE_NETWORK="2",
        HEARING_COMMENTS_IN_TEN_MINUTES="3",
        HEARING_COMMENTS_A_DAY="5",
        HEARING_TRUSTED_NETWORKS="198.51.100.0/24",
        HEARING_TRUSTED_TIMES="2",
    )


@pytest.fixture(scope="module")
def address(small: SimpleNamespace) -> str:
    """Where it listens; its public address has no port."""
    for line in Path(f"/proc/{small.process.pid}/net/tcp").read_text().splitlines()[1:]:
        local, state, inode = (line.split()[number] for number in (1, 3, 9))
        if state == "0A" and inode in inodes_of(small.process.pid):
            return f"http://localhost:{int(local.partition(':')[2], 16)}"
    raise AssertionError("the server does not listen")


def inodes_of(pid: int) -> set[str]:
    found = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found.add(str(link.readlink()).removeprefix("socket:[").removesuffix("]"))
    return found


@pytest.fixture
def web(address: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=address, timeout=30) as client:
        yield client


def talk(address: str, request: bytes) -> bytes:
    with socket.create_connection(("localhost", urlsplit(address).port or 0), timeout=30) as line:
        answer = b""
        with suppress(ConnectionError):
            line.sendall(request)
        with suppress(ConnectionError):
            while received := line.recv(65536):
                answer += received
    return answer


def open_page(address: str, network: str, origin: Origin | None = None) -> ClientConnection:
    stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    return connect(
        stream,
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"X-Forwarded-For": network},
        open_timeout=20,
        max_size=None,
        origin=origin,
    )


def test_a_network_has_a_budget_and_a_library_a_larger_one(web: httpx2.Client) -> None:
    def send(network: str, draft_id: str = "") -> httpx2.Response:
        return web.post(COMMENTS, json=comment(draft_id), headers={"X-Forwarded-For": network})

    same = "ab" * 16
    assert send("203.0.113.50", same).status_code == 201
    assert [send("203.0.113.50", same).status_code for _ in range(5)] == [200] * 5
    assert [send("203.0.113.50").status_code for _ in range(2)] == [201] * 2
    refused = send("203.0.113.50")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 600
    assert refused.headers["content-type"] == "application/problem+json"
    assert "Nothing was stored." in refused.json()["detail"]
    # The receipt of what was sent is still given.
    assert send("203.0.113.50", same).status_code == 200
    # A household has one budget under all of its addresses.
    assert [send(f"2001:db8:1:2::{number}").status_code for number in range(1, 5)] == [201] * 3 + [429]
    assert send("2001:db8:1:3::1").status_code == 201
    assert [send("198.51.100.9").status_code for _ in range(7)] == [201] * 6 + [429]


def test_no_address_is_written_anywhere(web: httpx2.Client, small: SimpleNamespace) -> None:
    networks = ["203.0.113.201", "2001:db8:77:88::99"]
    for network in networks:
        headers = {"X-Forwarded-For": network}
        web.post(COMMENTS, json=comment(), headers=headers)
        web.post(COMMENTS, content=b"{", headers=headers)
        web.get("/record", headers=headers)
        web.get("/nothing", headers=headers)
        web.get("/record", headers={**headers, "Host": "evil.example"})
        web.post("/sign-in", data={"email": "a@b.example", "password": "x"}, headers=headers)
        with open_page(urlsplit(str(web.base_url)).geturl().rstrip("/"), network) as line:
            line.send(b"no message")
    files = [path for path in small.data.rglob("*") if path.is_file()] + [small.out, small.err]
    assert any(path.name == "hearing.sqlite" for path in files)
    written = b"\n".join(path.read_bytes() for path in files)
    for network in networks:
        assert network.encode() not in written
    assert b"2001:db8:77:88" not in written
    assert b"evil.example" not in written


def test_what_is_too_large_is_refused_before_it_is_read(address: str) -> None:
    head = f"POST {COMMENTS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n".encode()
    # Only the head is sent: what comes back cannot have waited for the body.
    assert talk(address, head + b"Content-Length: 9999999\r\n\r\n").startswith(b"HTTP/1.1 413")
    packed = talk(address, head + b"Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx")
    assert packed.startswith(b"HTTP/1.1 415")
    chunks = b"Transfer-Encoding: chunked\r\n\r\n" + (b"4000\r\n" + b"x" * 0x4000 + b"\r\n") * 6
    assert talk(address, head + chunks).startswith(b"HTTP/1.1 413")
    get = b"GET /%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n"
    assert talk(address, get % (b"a" * 9000, b"")).startswith(b"HTTP/1.1 414")
    assert talk(address, get % (b"", b"X-Large: " + b"a" * 34_000 + b"\r\n")).startswith(b"HTTP/1.1 431")
    assert talk(address, get % (b"", b"X-Large: " + b"a" * 200_000 + b"\r\n"))[:12] in {
        b"HTTP/1.1 400",
        b"HTTP/1.1 431",
    }
    deep = b"[" * 20_000
    answer = httpx2.post(f"{address}{COMMENTS}", content=deep, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert "nested too deeply" in answer.text


def test_a_head_that_drips_holds_no_connection(address: str) -> None:
    """The time that a head may take is 10 seconds; one byte a second kept it open for ever."""

    def lasts(drip: bytes) -> float:
        began = time.monotonic()
        with socket.create_connection(("localhost", urlsplit(address).port or 0), timeout=1) as line:
            while time.monotonic() - began < 60:
                try:
                    line.send(drip)
                    if line.recv(1000) == b"":
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
        return time.monotonic() - began

    with ThreadPoolExecutor(4) as pool:
        # A generous bound, for a machine that does much else.
        assert max(pool.map(lasts, [b"G", b"", b"a", b"\r\n"])) < 40


def test_another_name_or_site_reaches_nothing(address: str, small: SimpleNamespace) -> None:
    assert talk(address, b"GET /record HTTP/1.1\r\nHost: evil.example\r\n\r\n").startswith(b"HTTP/1.1 421")
    began = time.monotonic()
    for origin in ("https://evil.example", "http://localhost:1"):
        with pytest.raises(InvalidStatus), open_page(address, "203.0.113.9", origin=Origin(origin)):
            pass
        answer = httpx2.get(f"{address}/_stcore/health", headers={"Origin": origin})
        assert answer.status_code == 403
    # Streamlit would ask the internet for its own address first: two tries of a second for each.
    assert time.monotonic() - began < 4
    assert "Rejecting WebSocket" not in small.err.read_text()


def test_places_are_for_a_few_and_the_others_wait_in_order(address: str, small: SimpleNamespace) -> None:
    def look(network: str, **cookies: str) -> httpx2.Response:
        return httpx2.get(f"{address}/hearing", headers={"X-Forwarded-For": network}, cookies=cookies)

    with open_page(address, "203.0.113.1") as one, open_page(address, "203.0.113.1"):
        with pytest.raises(InvalidStatus) as refused, open_page(address, "203.0.113.1"):
            pass
        assert refused.value.response.status_code == 503
        assert "open from your network" in look("203.0.113.1").text
        with open_page(address, "203.0.113.2"):
            first = look("203.0.113.3")
            assert first.status_code == 503
            assert "You are number 1 in the queue" in first.text
            assert first.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
            assert "You are number 2 in the queue" in look("203.0.113.4").text
            # What is public is not for a few, and who is here stays.
            assert httpx2.get(f"{address}/record").status_code == 200
            _rerun(one)
        deadline = time.monotonic() + 20
        ticket = first.cookies["hearing_place"]
        while look("203.0.113.3", hearing_place=ticket).status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert "handshake" not in small.err.read_text()


def _rerun(line: ClientConnection) -> None:
    """Ask for the page, and wait until it is made."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    line.send(message.SerializeToString())
    until_finished(line)


def until_finished(line: ClientConnection) -> list[ForwardMsg]:
    """Return what the page is told until it is made."""
    found: list[ForwardMsg] = []
    while not found or found[-1].WhichOneof("type") != "script_finished":
        received = line.recv(timeout=60)
        assert isinstance(received, bytes)
        told = ForwardMsg()
        told.ParseFromString(received)
        found.append(told)
    return found


def test_a_message_that_no_page_sends_ends_its_connection_alone(service: SimpleNamespace) -> None:
    with open_page(service.address, "203.0.113.31") as other:
        with open_page(service.address, "203.0.113.30") as line, pytest.raises(ConnectionClosed):
            line.send(b"x" * 3_000_000)
            for _ in range(100):
                line.recv(timeout=20)
        _rerun(other)


def test_messages_that_make_a_page_fail_fill_no_log(service: SimpleNamespace) -> None:
    """Each wrote a trace of some kilobytes, with what was sent in it."""
    wrong = BackMsg()
    wrong.rerun_script.page_name = "register"
    with open_page(service.address, "203.0.113.77") as line:
        wrong_values(line, wrong)
        before = service.err.stat().st_size
        for _ in range(5):
            line.send(wrong.SerializeToString())
            until_finished(line)
    for _ in range(5):
        with open_page(service.address, "203.0.113.77") as line, suppress(ConnectionClosed):
            line.send(b"\xff okapi")
            line.recv(timeout=20)
    written = service.err.read_bytes()[before:]
    assert len(written) < 20_000
    assert b"Error deserializing" not in written, "what is no message does not reach Streamlit"
    assert b"okapi" not in written


def _uploads(message: BackMsg) -> None:
    message.file_urls_request.file_names.extend([""] * 900_000)


def _made_up_widgets(message: BackMsg) -> None:
    for number in range(150_000):
        message.rerun_script.widget_states.widgets.add(id=str(number))


@pytest.mark.parametrize("fill", [_uploads, _made_up_widgets])
def test_a_message_that_is_large_for_nothing_costs_nothing(
    service: SimpleNamespace, fill: Callable[[BackMsg], None]
) -> None:
    """The first held everybody up for nine seconds and took 0.7 GB; the second stayed, 87 MB a page."""
    message = BackMsg()
    fill(message)
    sent = message.SerializeToString()
    assert len(sent) < 2_000_000, "or it would be refused for its size"
    before = memory_of(service.process.pid)
    for _ in range(3):
        with open_page(service.address, "203.0.113.78") as line, suppress(ConnectionClosed, TimeoutError):
            line.send(sent)
            line.recv(timeout=1)
    assert memory_of(service.process.pid) - before < 150e6
    with open_page(service.address, "203.0.113.79") as other:
        _rerun(other)


def wrong_values(line: ClientConnection, message: BackMsg) -> None:
    """Give every widget of the page a value of a type that it does not take."""
    line.send(message.SerializeToString())
    for told in until_finished(line):
        if told.WhichOneof("type") == "delta" and told.delta.WhichOneof("type") == "new_element":
            element = told.delta.new_element
            widget = getattr(getattr(element, str(element.WhichOneof("type"))), "id", "")
            if widget:
                message.rerun_script.widget_states.widgets.add(id=widget, int_value=5)
    assert message.rerun_script.widget_states.widgets


@pytest.mark.promise("R6")
def test_one_draft_sent_by_many_at_once_is_one_comment(service: SimpleNamespace, measure: Measure) -> None:
    many = scale(32, 200)
    body, start = comment(), threading.Barrier(many)
    before = httpx2.get(f"{service.address}/api/v1/record").json()["size"]

    def send(_number: int) -> tuple[int, str]:
        with closing(Client(service.address)) as client:
            start.wait(60)
            status, _, content = client.ask(COMMENTS, body)
        return status, json.loads(content).get("receipt", "")

    with ThreadPoolExecutor(many) as pool:
        answers = Counter(pool.map(send, range(many)))
    measure("threads", many)
    statuses = Counter[int]()
    for (status, _), number in answers.items():
        statuses[status] += number
    assert len({receipt for _, receipt in answers}) == 1
    assert statuses == {201: 1, 200: many - 1}
    assert httpx2.get(f"{service.address}/api/v1/record").json()["size"] == before + 1


@soak_only
@pytest.mark.promise("R8")
def test_a_receipt_comes_at_once_at_fifty_comments_a_second(
    start_server: Start, tmp_path: Path, measure: Measure
) -> None:
    server = start_server(tmp_path / "submits")
    submits(server.address, 10, 3)
    timed = submits(server.address, 50, 60)
    measure("comments", sum(timed.statuses.values()))
    measure("median_ms", round(timed.percentile(0.5), 1))
    measure("p99_ms", round(timed.percentile(0.99), 1))
    measure("errors", sum(number for status, number in timed.statuses.items() if status != 201))
    assert set(timed.statuses) == {201}
    assert timed.percentile(0.5) < 50
    assert timed.percentile(0.99) < 300


@soak_only
@pytest.mark.promise("R9")
def test_public_pages_stay_up_while_five_times_too_many_are_here(
    start_server: Start, tmp_path: Path, measure: Measure
) -> None:
    server = start_server(tmp_path / "crowd", HEARING_VISITORS="40", HEARING_VISITORS_OF_ONE_NETWORK="40")
    seconds = 120.0
    crowd, writers, waiting = Crowd(), Timed(), Timed()
    end = time.monotonic() + seconds
    stop = threading.Event()
    most = 0

    def watch() -> None:
        nonlocal most
        while not stop.wait(1):
            most = max(most, memory_of(server.process.pid))

    def write() -> None:
        with closing(Client(server.address)) as client:
            while time.monotonic() < end:
                client.ask(COMMENTS, comment(), writers)

    def visit() -> None:
        with closing(Client(server.address)) as client:
            while time.monotonic() < end:
                client.ask("/hearing", None, waiting)
                time.sleep(1)

    with ThreadPoolExecutor(260) as pool:
        pool.submit(watch)
        for _ in range(200):
            pool.submit(page, server.address, "evidence", end, crowd, pause=0.5)
        time.sleep(10)
        for work in [write] * 10 + [visit] * 5:
            pool.submit(work)
        read = at_a_rate(
            lambda client, timed: client.ask("/record", None, timed), server.address, 20, seconds - 20
        )
        stop.set()
    measure("sessions", 200)
    measure("places", 40)
    measure("record_p99_ms", round(read.percentile(0.99), 1))
    measure("pages_made", crowd.reruns)
    measure("comments_sent", writers.statuses[201])
    measure("comments_told_to_wait", writers.statuses[503])
    measure("comment_median_ms", round(writers.percentile(0.5), 1))
    measure("most_memory_mib", most // 2**20)
    assert set(read.statuses) == {200}
    # Sent, or given a place in the queue: nothing else.
    assert set(writers.statuses) <= {201, 503}
    assert writers.statuses[201] > 0
    assert set(waiting.statuses) <= {200, 503}
    assert crowd.refused > 0
    assert crowd.reruns > 0
    assert read.percentile(0.99) < 500
    assert most < 1.5 * 2**30
