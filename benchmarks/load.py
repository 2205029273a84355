"""Measure the service under load: ``python -m benchmarks.load`` starts one on loopback and ends by itself.

Two questions. How long does a comment take from sending to its receipt, at a steady rate? And what of the
service still answers when five times as many pages are open, and pressed without pause, as it has places
for? The load comes from this process on the same machine, so it takes part of the time that it measures.
Every run is bounded in time and in number, and speaks to the loopback address alone.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

HEARING = "demonstration-risk-scores"
LONGEST_SECONDS = 300.0


@dataclass(slots=True)
class Timed:
    """Seconds that each answer took, by status; 0 stands for none."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def percentile(self, share: float) -> float:
        """The time in which this share of the answers came, in milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def comment(draft_id: str = "") -> dict[str, object]:
    """The body of a comment that can be sent."""
    return {
        "draft_id": draft_id or secrets.token_hex(16),
        "system_id": "compas",
        "system_version": 1,
        "concern": "Who checks the scores that the judges are given, and how often is that done? " * 3,
    }


class Client:
    """One connection that is kept open, as a proxy does."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def close(self) -> None:
        """End the connection."""
        self.line.close()

    def ask(
        self, path: str, body: object = None, timed: Timed | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask once, again where the connection had been ended, and note how long it took."""
        sent = None if body is None else json.dumps(body).encode()
        headers = {} if sent is None else {"Content-Type": "application/json"}
        began = time.perf_counter()
        for last in (False, True):
            try:
                self.line.request("GET" if sent is None else "POST", path, sent, headers)
                answer = self.line.getresponse()
                content = answer.read()
                break
            except (http.client.HTTPException, OSError):
                self.line.close()
                if last:
                    if timed is not None:
                        timed.statuses[0] += 1
                    return 0, {}, b""
        if timed is not None:
            timed.seconds.append(time.perf_counter() - began)
            timed.statuses[answer.status] += 1
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content


def at_a_rate(
    ask: Callable[[Client, Timed], object],
    address: str,
    per_second: float,
    seconds: float,
    *,
    lines: int = 16,
) -> Timed:
    """Ask at fixed moments, on as many lines at most; the time is from asking to the whole answer."""
    timed, own, clients = Timed(), threading.local(), list[Client]()

    def one(moment: float) -> None:
        if not hasattr(own, "client"):
            own.client = Client(address)
            clients.append(own.client)
        time.sleep(max(0.0, moment - time.perf_counter()))
        ask(own.client, timed)

    start = time.perf_counter() + 0.2
    try:
        with ThreadPoolExecutor(lines) as pool:
            list(pool.map(one, [start + n / per_second for n in range(int(per_second * seconds))]))
    finally:
        for client in clients:
            client.close()
    return timed


def submits(address: str, per_second: float, seconds: float) -> Timed:
    """Send comments at a steady rate."""
    path = f"/api/v1/hearings/{HEARING}/comments"
    return at_a_rate(lambda client, timed: client.ask(path, comment(), timed), address, per_second, seconds)


@dataclass(slots=True)
class Crowd:
    """What a crowd of open pages met."""

    opened: int = 0
    refused: int = 0
    reruns: int = 0
    waits: list[float] = field(default_factory=list)


def page(address: str, query: str, until: float, crowd: Crowd, *, pause: float) -> None:
    """Open one page as a browser does, and press something on it every ``pause`` seconds until the end.

    A page that finds no place tries again as the waiting page does.
    """
    stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    while time.monotonic() < until:
        try:
            with connect(stream, subprotocols=[Subprotocol("streamlit")], open_timeout=20) as line:
                crowd.opened += 1
                while time.monotonic() < until:
                    began = time.monotonic()
                    _press(line, query)
                    crowd.waits.append(time.monotonic() - began)
                    crowd.reruns += 1
                    time.sleep(pause)
        except (OSError, TimeoutError, WebSocketException):
            crowd.refused += 1
            time.sleep(min(5.0, max(0.0, until - time.monotonic())))


def _press(line: ClientConnection, query: str) -> None:
    message = BackMsg()
    message.rerun_script.query_string = ""
    message.rerun_script.page_name = query
    line.send(message.SerializeToString())
    while True:
        received = ForwardMsg()
        answer = line.recv(timeout=60)
        received.ParseFromString(answer.encode() if isinstance(answer, str) else answer)
        if received.WhichOneof("type") == "script_finished":
            return


def memory_of(pid: int) -> int:
    """Resident memory of a process, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


@contextmanager
def served(folder: Path, **environment: str) -> Iterator[tuple[str, int]]:
    """Start a service of its own on a free port; give its address and process number, and end it."""
    out = folder / "out"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HEARING_")}
    unlimited = {"HEARING_COMMENTS_IN_TEN_MINUTES": "1000000", "HEARING_COMMENTS_A_DAY": "1000000"}
    program = "from hearing_app.cli import main; main()"
    with out.open("wb") as printed:
        process = subprocess.Popen(
            [sys.executable, "-c", program, "serve", "--port", "0", "--data", str(folder / "data")],
            cwd=folder,
            env=clean | unlimited | environment,
            stdout=printed,
        )
    try:
        end = time.monotonic() + 60
        while not (found := re.search(r"^Open (http\S+)$", out.read_text(encoding="utf-8"), re.MULTILINE)):
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit("the service did not start")
            time.sleep(0.05)
        yield found.group(1), process.pid
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()


def main() -> None:
    """Measure both, and print them."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (address, _):
        timed = submits(address, 50, 20)
        print(
            f"submit to receipt at 50 a second: median {timed.percentile(0.5):.0f} ms, "
            f"99 of 100 within {timed.percentile(0.99):.0f} ms, {dict(timed.statuses)}"
        )
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder), HEARING_VISITORS="40", HEARING_VISITORS_OF_ONE_NETWORK="40") as (address, pid),
    ):
        crowd, end = Crowd(), time.monotonic() + 30
        with ThreadPoolExecutor(200) as pool:
            for _ in range(200):
                pool.submit(page, address, "evidence", end, crowd, pause=0.0)
            time.sleep(3)
            read = at_a_rate(lambda client, timed: client.ask("/record", None, timed), address, 20, 20)
            memory = memory_of(pid)
        print(
            f"200 pages for 40 places: /record within {read.percentile(0.99):.0f} ms for 99 of 100, "
            f"{dict(read.statuses)}; {crowd.opened} opened, {crowd.refused} told to wait, "
            f"{crowd.reruns} presses, median {statistics.median(crowd.waits or [0]):.1f} s; "
            f"{memory / 2**20:.0f} MiB"
        )


if __name__ == "__main__":
    main()
