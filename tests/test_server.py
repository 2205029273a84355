"""A real server, started from another folder: what it answers, what it hides, and how it stops."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import brotli
import httpx2
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from hearing_app.server import FRONT_END
from hearing_app.web.pages import PAGES
from tests.loops import run_apart

Start = Callable[..., SimpleNamespace]
OPEN_HEARING = "demonstration-risk-scores"
PATHS = [page.path for page in PAGES]
STATIC = sorted(path for path in (FRONT_END / "static" / "js").glob("index.*.js"))[0]
STATIC_PATH = f"/{STATIC.relative_to(FRONT_END).as_posix()}"
ROUTES = [
    "/healthz",
    "/api/v1/systems",
    "/api/v1/systems/unknown",
    "/api/v1/datasets/compas-broward/metrics?by=race&format=csv",
    f"/api/v1/hearings/{OPEN_HEARING}/comments",
    "/api/v1/record",
    "/feed.atom",
    "/record",
    "/record/style.css",
    "/record/systems/compas",
    "/favicon.svg",
    "/robots.txt",
    "/sign-in",
    "/sign-out",
    "/invitation/unknown",
    "/reset/unknown",
    "/account",
    "/confirm",
    f"/desk/exports/{OPEN_HEARING}.csv",
    "/nothing/at/all",
    "/_stcore/metrics",
    "/_stcore/health",
    "/_stcore/host-config",
    STATIC_PATH,
    "/static/nothing.js",
]
UNKNOWN = [
    ("GET", "/nothing"),
    ("GET", "/evidence/"),
    ("GET", "/Evidence"),
    ("GET", "/pages/evidence"),
    ("GET", "/index.html"),
    ("GET", "/sitemap.xml"),
    ("GET", "/.env"),
    ("GET", "/.streamlit/secrets.toml"),
    ("GET", "/_stcore/metrics"),
    ("GET", "/_stcore/script-health-check"),
    ("GET", "/_stcore/allowed-message-origins"),
    ("GET", "/_stcore/agent/openapi.json"),
    ("GET", "/_stcore/agent"),
    ("GET", "/_stcore/health/"),
    ("GET", "/_stcore/"),
    ("PUT", "/_stcore/upload_file/x/y"),
    ("DELETE", "/_stcore/upload_file/x/y"),
    ("OPTIONS", "/_stcore/upload_file/x/y"),
    ("GET", "/auth/login"),
    ("GET", "/auth/logout"),
    ("GET", "/oauth2callback"),
    ("GET", "/media/x"),
    ("GET", "/component/x/index.html"),
    ("GET", "/app/static/x"),
    ("GET", "/static/nothing.js"),
    ("GET", "/static/../index.html"),
    ("GET", "/static/%2e%2e/index.html"),
    ("GET", "/static/..%2f..%2f..%2f..%2fetc/passwd"),
    ("GET", "//evil.example/"),
    ("POST", "/static/nothing.js"),
    ("GET", "/%00"),
    ("GET", f"/record/systems/compas/{'9' * 5000}"),
]


@pytest.fixture(scope="module")
def web(service: SimpleNamespace) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=service.address, timeout=20) as client:
        yield client


def sent_with(headers: httpx2.Headers) -> dict[str, list[str]]:
    """The content policy as a dictionary: directive -> sources."""
    parts = [part.split() for part in headers["content-security-policy"].split(";") if part.strip()]
    assert len({part[0] for part in parts}) == len(parts)
    return {part[0]: part[1:] for part in parts}


def test_it_says_where_it_is_and_gives_the_first_link_once(service: SimpleNamespace) -> None:
    lines = service.out.read_text().splitlines()
    assert len(lines) == 2
    assert re.fullmatch(r"Open http://localhost:\d+", lines[0])
    assert lines[1].startswith("There is no staff account yet.")
    assert service.invitation.startswith(f"{service.address}/invitation/")
    assert service.out.read_text().count("/invitation/") == 1


def test_it_writes_down_its_address_for_the_command_line(service: SimpleNamespace) -> None:
    assert (service.data / "address").read_text() == f"{service.address}\n"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from hearing_app.cli import main; main()",
            *("--data", str(service.data), "staff", "add", "link@board.example", "--role", "auditor"),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith(f"{service.address}/invitation/")


def test_keys_can_be_read_by_the_service_alone(service: SimpleNamespace) -> None:
    modes = {key.name: stat.S_IMODE(key.stat().st_mode) for key in (service.data / "keys").iterdir()}
    assert {"receipt.key", "second-factor.key"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_words_can_be_read_by_the_service_alone(service: SimpleNamespace) -> None:
    assert stat.S_IMODE(service.data.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in service.data.glob("hearing.sqlite*")} == {0o600}


@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_there_under_its_title(web: httpx2.Client, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 200
    title = next(page.title for page in PAGES if page.path == path)
    assert f"<title>{title} · Hearing</title>" in answer.text
    assert '<html lang="en">' in answer.text
    assert 'name="description"' in answer.text
    assert '<a href="/record">' in answer.text.split("<noscript>")[1].split("</noscript>", maxsplit=1)[0]
    assert "service-desc" not in answer.text
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", [*PATHS, *ROUTES])
def test_every_answer_tells_the_browser_what_it_may_do(web: httpx2.Client, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code < 500
    headers = answer.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "geolocation=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers
    policy = sent_with(headers)
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    for directive, sources in policy.items():
        allowed = {"'none'", "'self'", "data:", "blob:"}
        if path in PATHS and directive == "style-src":
            allowed.add("'unsafe-inline'")
        foreign = [s for s in sources if s not in allowed and not s.startswith("'sha256-")]
        assert foreign == [], (directive, sources)
    scripts = policy.get("script-src", policy["default-src"])
    assert "'unsafe-inline'" not in scripts
    assert "'unsafe-eval'" not in scripts
    if path not in PATHS:
        assert "script-src" not in policy
    if path in PATHS:
        # The page's place, until its connection comes; nothing else.
        assert [one.partition("=")[0] for one in headers.get_list("set-cookie")] == ["hearing_ticket"]
    assert "set-cookie" not in headers or path in {
        *PATHS,
        "/sign-in",
        "/sign-out",
        "/_stcore/health",
        "/_stcore/host-config",
        "/invitation/unknown",
        "/reset/unknown",
    }


def test_the_policy_names_the_inline_script_by_its_hash(web: httpx2.Client) -> None:
    answer = web.get("/evidence")
    inline = re.findall(r"<script>(.*?)</script>", answer.text, flags=re.DOTALL)
    every = re.findall(r"<script\b([^>]*)>", answer.text)
    assert len(inline) == 1
    assert all("src=" in attributes for attributes in every if attributes)
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert sent_with(answer.headers)["script-src"] == ["'self'", f"'sha256-{digest}'"]


def test_a_page_loads_nothing_from_elsewhere(web: httpx2.Client) -> None:
    text = web.get("/").text
    loaded = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"', text)
    assert loaded
    for address in loaded:
        assert address.startswith(("./static/", "/")), address
        assert not address.startswith("//")
        assert web.get(address.removeprefix(".")).status_code == 200, address


@pytest.mark.parametrize(("method", "path"), UNKNOWN)
def test_what_is_not_ours_is_not_there(service: SimpleNamespace, method: str, path: str) -> None:
    # Spoken by hand, because a client would tidy up the path.
    answer = talk(service, f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404 "), answer[:200]
    assert b"There is nothing at this address" in answer


def talk(service: SimpleNamespace, request: str) -> bytes:
    with socket.create_connection(("localhost", urlsplit(service.address).port or 0), timeout=20) as line:
        line.sendall(request.encode("latin-1"))
        answer = b""
        while received := line.recv(65536):
            answer += received
    return answer


def test_an_upload_is_refused_even_with_a_token(web: httpx2.Client) -> None:
    headers = {"Cookie": "_streamlit_xsrf=a", "X-Xsrftoken": "a", "Content-Type": "text/plain"}
    answer = web.put("/_stcore/upload_file/session/file", content=b"x" * 60_000, headers=headers)
    assert answer.status_code == 404


def test_another_websocket_is_refused(service: SimpleNamespace) -> None:
    address = service.address.replace("http", "ws", 1)
    for path in ("/_stcore/other", "/stream", "/_stcore/agent/stream"):
        with pytest.raises(InvalidStatus), connect(f"{address}{path}", open_timeout=10):
            pass


def test_a_websocket_of_another_site_is_refused(service: SimpleNamespace) -> None:
    address = f"{service.address.replace('http', 'ws', 1)}/_stcore/stream"
    with (
        pytest.raises(InvalidStatus),
        connect(address, origin=Origin("https://evil.example"), open_timeout=10),
    ):
        pass


def test_the_front_end_is_told_to_send_nothing_home(service: SimpleNamespace, web: httpx2.Client) -> None:
    """Telemetry is decided by what a session is told first; the file of options is not beside this server."""
    web.get("/_stcore/health")
    address = f"{service.address.replace('http', 'ws', 1)}/_stcore/stream"
    ask = BackMsg()
    ask.rerun_script.query_string = ""
    with connect(address, subprotocols=[Subprotocol("streamlit")], open_timeout=10) as line:
        line.send(ask.SerializeToString())
        for _ in range(20):
            message = ForwardMsg()
            received = line.recv(timeout=20)
            assert isinstance(received, bytes)
            message.ParseFromString(received)
            if message.WhichOneof("type") == "new_session":
                break
    told = message.new_session
    assert told.config.gather_usage_stats is False
    assert told.config.toolbar_mode == told.config.ToolbarMode.Value("MINIMAL")
    # The theme comes from the project's own file, wherever the server was started.
    assert told.custom_theme.base_radius == "small"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=0.5", "gzip"),
        ("br;q=0, gzip;q=1.0", "gzip"),
        ("br; q=0, gzip; q=0", ""),
        ("br;q=0.000", ""),
        ("identity", ""),
        ("deflate", ""),
        ("a" * 30_000 + ";", ""),
        ("gzip" + " " * 30_000 + ",", "gzip"),
        ("", ""),
    ],
)
def test_static_files_are_compressed_as_the_browser_asks(
    web: httpx2.Client, accepted: str, encoding: str
) -> None:
    with web.stream("GET", STATIC_PATH, headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
        headers = answer.headers
    assert headers.get("content-encoding", "") == encoding
    unpack: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}
    assert unpack.get(encoding, bytes)(raw) == STATIC.read_bytes()
    if encoding:
        assert len(raw) < STATIC.stat().st_size / 2
    assert headers["vary"] == "Accept-Encoding"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"].split(";")[0] in {"text/javascript", "application/javascript"}
    assert int(headers["content-length"]) == len(raw)


def test_fonts_are_sent_as_they_are_and_head_has_no_body(web: httpx2.Client) -> None:
    font = next((FRONT_END / "static" / "media").glob("*.woff2"))
    path = f"/{font.relative_to(FRONT_END).as_posix()}"
    answer = web.get(path, headers={"Accept-Encoding": "br"})
    assert "content-encoding" not in answer.headers
    assert answer.content == font.read_bytes()
    head = web.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert web.post(path).status_code == 404


def test_the_log_names_no_reader_and_no_fault(service: SimpleNamespace) -> None:
    assert "/invitation" not in service.err.read_text()
    assert "Traceback" not in service.err.read_text()
    assert "127.0.0.1" not in service.err.read_text()


def serve_once(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HEARING_")}
    return subprocess.run(
        [sys.executable, "-c", "from hearing_app.cli import main; main()", "serve", *arguments],
        cwd=folder,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_in_use_is_a_paragraph(service: SimpleNamespace, tmp_path: Path) -> None:
    port = str(urlsplit(service.address).port)
    done = serve_once(tmp_path, "--port", port, "--data", str(tmp_path / "data"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"The server cannot listen on 127.0.0.1 port {port} (Address already in use). Nothing was changed. "
        "Stop what runs there, or choose another port: make run PORT=8700\n"
    )
    # The address of the server that runs is not overwritten by the one that could not.
    assert not (tmp_path / "data" / "address").exists()


def test_a_record_that_cannot_be_trusted_is_not_served(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "hearing.sqlite").write_bytes(b"This is not a database. " * 400)
    done = serve_once(tmp_path, "--port", "0", "--data", str(data))
    assert (done.returncode, done.stdout) == (1, "")
    assert "Restore the newest backup" in done.stderr
    assert "Traceback" not in done.stderr


def assert_closed(data: Path) -> None:
    """Closed, the record is one file again, and sound."""
    names = ["address", "checkpoints.jsonl", "erased.jsonl", "hearing.sqlite", "keys"]
    assert sorted(path.name for path in data.iterdir()) == names
    with closing(sqlite3.connect(data / "hearing.sqlite")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_signal_ends_it_cleanly(start_server: Start, tmp_path: Path) -> None:
    server = start_server(tmp_path / "stopped")
    with httpx2.Client(base_url=server.address) as kept_open:
        assert kept_open.get("/healthz").status_code == 200
        server.process.terminate()
        assert server.process.wait(20) == 0
    assert server.err.read_text() == ""
    assert_closed(server.data)


def test_a_request_that_hangs_does_not_keep_it_from_stopping(start_server: Start, tmp_path: Path) -> None:
    server = start_server(tmp_path / "stopped")
    port = urlsplit(server.address).port or 0
    with socket.create_connection(("localhost", port), timeout=20) as hanging:
        path = f"/api/v1/hearings/{OPEN_HEARING}/comments"
        hanging.sendall(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Content-Length: 9999\r\n\r\n{".encode()
        )
        assert httpx2.get(f"{server.address}/healthz").status_code == 200
        server.process.terminate()
        assert server.process.wait(20) == 0
    assert_closed(server.data)


def test_behind_tls_its_address_is_the_public_one(start_server: Start, tmp_path: Path) -> None:
    server = start_server(tmp_path / "tls", HEARING_PUBLIC_URL="https://hearing.example.org/")
    assert server.address == "https://hearing.example.org"
    assert server.invitation.startswith("https://hearing.example.org/invitation/")
    assert (server.data / "address").read_text() == "https://hearing.example.org\n"
    # As from a keyboard.
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0
    assert server.err.read_text() == ""
    assert_closed(server.data)


def test_two_servers_started_at_once_do_not_share_a_port(tmp_path: Path) -> None:
    from hearing_app.errors import HearingError
    from hearing_app.server import _listen
    from hearing_app.settings import Settings

    first = _listen(Settings(data=tmp_path, port=0))
    try:
        with pytest.raises(HearingError, match="cannot listen"):
            _listen(Settings(data=tmp_path, port=first.getsockname()[1]))
    finally:
        first.close()


def test_the_body_of_an_answer_does_not_wait_for_its_head_to_be_acknowledged(tmp_path: Path) -> None:
    from hearing_app.server import _listen
    from hearing_app.settings import Settings

    async def is_sent_at_once() -> bool:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def came(_: asyncio.StreamReader, line: asyncio.StreamWriter) -> None:
            own = line.get_extra_info("socket")
            found.set_result(own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            line.close()

        listening = _listen(Settings(data=tmp_path, port=0))
        port = listening.getsockname()[1]
        async with await asyncio.start_server(came, sock=listening):
            _, line = await asyncio.open_connection("127.0.0.1", port)
            line.close()
            return bool(await found)

    assert run_apart(is_sent_at_once())


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("/hearing?id=demonstration-risk-scores", "/record/hearings/demonstration-risk-scores"),
        ("/system?id=compas", "/record/systems/compas"),
        ("/comment?hearing=demonstration-risk-scores", "/record/hearings/demonstration-risk-scores/card"),
        ("/request?system=compas", "/record/systems/compas/request"),
        ("/my-comment", "/record/my-request"),
    ],
)
def test_without_scripts_a_page_leads_to_the_same_as_a_plain_page(
    web: httpx2.Client, asked: str, there: str
) -> None:
    [instead] = re.findall(r"<noscript>.*?</noscript>", web.get(asked).text, re.DOTALL)
    assert f'href="{there}"' in instead
    assert 'href="/record"' in instead
    assert web.get(there).status_code == 200


@pytest.mark.parametrize("named", ["", "?id=", '?id="><script>', "?id=../../x", "?id=A%0d%0aB", "?id=%ff"])
def test_without_scripts_a_name_that_is_none_leads_to_the_record_alone(
    web: httpx2.Client, named: str
) -> None:
    [instead] = re.findall(r"<noscript>.*?</noscript>", web.get(f"/hearing{named}").text, re.DOTALL)
    assert re.findall('href="(.*?)"', instead) == ["/record"]


def test_readers_and_writers_at_once_are_all_answered(service: SimpleNamespace) -> None:
    codes: list[int] = []

    def read() -> None:
        with httpx2.Client(base_url=service.address, timeout=20) as client:
            for path in ("/record/systems/compas", "/api/v1/datasets/compas-broward/metrics?by=race", "/"):
                codes.append(client.get(path).status_code)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert codes == [200] * 24


def test_the_headers_stand_outermost_and_erasing_is_tried_again(tmp_path: Path) -> None:
    # In a process of its own: building the app sets Streamlit's options for the whole process.
    program = """
import asyncio, sys
from types import SimpleNamespace
import hearing_app.server as server
from hearing_app.settings import Settings
print(type(server.build(Settings())).__name__)
tried = []
def erase(engine):
    tried.append(engine)
    if len(tried) == 1:
        raise RuntimeError("the disk is busy")
server.ERASE_EVERY_SECONDS = 0.01
server.erase_what_is_left = erase
server.current = lambda: SimpleNamespace(engine="the record")
async def main():
    task = asyncio.create_task(server._keep_erasing())
    while len(tried) < 3:
        await asyncio.sleep(0.01)
    task.cancel()
asyncio.run(asyncio.wait_for(main(), 20))
print(tried[:3])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines() == ["SecurityHeaders", str(["the record"] * 3)]


def test_without_scripts_a_page_has_a_heading_and_a_way_on(web: httpx2.Client) -> None:
    plain = re.findall(r"<noscript>(.*?)</noscript>", web.get("/").text, re.DOTALL)
    assert len(plain) == 1
    assert plain[0].count("<h1>") == 1
    assert '<a href="/record">' in plain[0]
