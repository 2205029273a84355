"""`make audit` asks about every locked package, and fails when one is known to be vulnerable.

The question goes to a server of this test, which answers as osv.dev does; the suite never leaves the machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.published.test_lock_files import LOCKS, ROOT, pins

VULNERABLE = "jinja2"


class Service:
    """A vulnerability database: what it was asked, and the one package that it warns of."""

    def __init__(self, warned_of: str) -> None:
        self.warned_of = warned_of
        self.asked: set[str] = set()

    def answer(self, question: dict[str, dict[str, str]]) -> dict[str, object]:
        name = question["package"]["name"]
        self.asked.add(f"{name}=={question['version']}")
        if name != self.warned_of:
            return {}
        affected = {"package": question["package"], "versions": [question["version"]]}
        return {"vulns": [{"id": "TEST-2026-0001", "summary": "A made-up fault.", "affected": [affected]}]}


@pytest.fixture
def service() -> Iterator[tuple[Service, str]]:
    known = Service("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(known.answer(question)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield known, f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    thread.join()
    server.server_close()


def audit(address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", "-o", ".venv/dev.stamp", "audit", f"OSV={address}"],
        cwd=ROOT,
        env=os.environ | {"NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_every_locked_package_is_asked_about_and_none_is_known_to_be_vulnerable(
    service: tuple[Service, str],
) -> None:
    known, address = service
    done = audit(address)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No known vulnerabilities found" in done.stdout + done.stderr
    locked = {version for lock in LOCKS for version in pins(lock)}
    assert known.asked <= locked
    # What is for another Python or another system is not asked about: those are the lines with a marker.
    left = {
        line.split(" ")[0] for lock in LOCKS for line in (ROOT / lock).read_text().splitlines() if ";" in line
    }
    assert locked - known.asked <= left


def test_a_vulnerable_package_fails_the_audit(service: tuple[Service, str]) -> None:
    known, address = service
    known.warned_of = VULNERABLE
    done = audit(address)
    assert done.returncode != 0
    assert VULNERABLE in done.stdout
    assert "TEST-2026-0001" in done.stdout


def test_a_service_that_does_not_answer_is_no_clean_result() -> None:
    assert audit("http://127.0.0.1:9/v1/query").returncode != 0


def test_the_command_says_that_it_needs_the_internet() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (line,) = [line for line in listed.splitlines() if "make audit" in line]
    assert "needs the internet" in line
