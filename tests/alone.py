"""The service in a network that leads nowhere but to itself: every route and page, and what it tried to call.

Run as a program in a network namespace of its own: ``unshare -n python -m tests.alone FOLDER``. It prints one
JSON object: the answers by code, the pages that ran, and every address beyond loopback that the server asked
for, was it reached or not.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from hearing_app.web.pages import PAGES
from tests.test_headers import PATHS, TAKES, example

ROOT = Path(__file__).parents[1]
PROGRAM = "from hearing_app.cli import main; main()"
# Told of every connection and look-up of a name that Python makes, whoever asks for it.
HOOK = """
import sys
def watch(event, arguments, seen=[]):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) and isinstance(address[0], str) else ""
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0] or ""
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host and host not in ("localhost", "::1", "0.0.0.0", "::") and not host.startswith("127."):
        with open(CALLS, "a") as file:
            file.write(f"{event} {host}\\n")
sys.addaudithook(watch)
"""


def raise_loopback() -> None:
    """Bring loopback up, and see that nothing else can be reached."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        name = struct.pack("16sh", b"lo", 0x1 | 0x40)
        fcntl.ioctl(control, 0x8914, name)
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=2).close()
    except OSError as error:
        assert error.errno in {errno.ENETUNREACH, errno.EHOSTUNREACH}, error
    else:
        raise AssertionError("this network leads somewhere")


def run_page(address: str, name: str, query: str) -> bool:
    """Run one page's script to its end, as a browser would; return whether it finished."""
    ask = BackMsg()
    ask.rerun_script.query_string = query
    ask.rerun_script.page_name = "" if name == "home" else name.replace("_", "-")
    socket_address = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(
        socket_address, subprotocols=[Subprotocol("streamlit")], open_timeout=20, max_size=None
    ) as line:
        line.send(ask.SerializeToString())
        while True:
            message, received = ForwardMsg(), line.recv(timeout=60)
            assert isinstance(received, bytes)
            message.ParseFromString(received)
            if message.WhichOneof("type") == "script_finished":
                return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


def main(folder: Path) -> None:
    """Start the server with the hook, ask for everything, stop it, and say what was seen."""
    raise_loopback()
    calls, hook = folder / "calls", folder / "hook"
    hook.mkdir(parents=True)
    calls.touch()
    (hook / "sitecustomize.py").write_text(f"CALLS = {str(calls)!r}\n{HOOK}", encoding="utf-8")
    out = folder / "out"
    with out.open("wb") as printed, (folder / "err").open("wb") as complained:
        server = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "serve", "--port", "0", "--data", str(folder / "data")],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{hook}:{ROOT}"},
            cwd=folder,
            stdout=printed,
            stderr=complained,
        )
    try:
        end = time.monotonic() + 120
        while not (found := re.search(r"^Open (http\S+)$", out.read_text(), re.MULTILINE)):
            assert server.poll() is None and time.monotonic() < end, (folder / "err").read_text()
            time.sleep(0.1)
        codes: Counter[int] = Counter()
        with httpx2.Client(base_url=found[1], timeout=60) as client:
            for path in PATHS:
                for method in sorted(TAKES[path] | {"GET"}):
                    for which in (0, 1):
                        codes[client.request(method, example(path, which)).status_code] += 1
        queries = {
            "system": "id=compas",
            "hearing": "id=demonstration-risk-scores",
            "evidence": "by=race,sex",
        }
        ran = [page.name for page in PAGES if run_page(found[1], page.name, queries.get(page.name, ""))]
    finally:
        server.terminate()
        server.wait(30)
    said = {"codes": dict(codes), "pages": ran, "calls": sorted(set(calls.read_text().splitlines()))}
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
