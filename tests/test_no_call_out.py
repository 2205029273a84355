"""The service calls nobody: it runs whole where there is no network at all, and does not even try."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from socket import gethostname

import pytest

from hearing_app.web.pages import PAGES
from tests.alone import HOOK, ROOT

Measure = Callable[[str, float | int | str], None]


@pytest.mark.promise("S9")
def test_every_route_and_page_works_without_a_network_and_asks_for_none(
    tmp_path: Path, measure: Measure
) -> None:
    unshare = shutil.which("unshare")
    if (
        unshare is None
        or subprocess.run([unshare, "-n", "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("A network of its own needs `unshare -n`, which needs root: nothing was tried")
    done = subprocess.run(
        [unshare, "-n", sys.executable, "-m", "tests.alone", str(tmp_path / "alone")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    # A trial's server asks this machine for its own full name, which its file of hosts should know.
    own = f"socket.gethostbyaddr {gethostname()}"
    assert [call for call in said["calls"] if call != own] == []
    assert said["pages"] == [page.name for page in PAGES]
    assert max(map(int, said["codes"])) < 500
    measure("requests without a network", sum(said["codes"].values()))
    measure("calls beyond loopback", len([call for call in said["calls"] if call != own]))
    measure("questions for its own name", said["calls"].count(own))


def test_the_watch_would_see_a_call(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    (tmp_path / "sitecustomize.py").write_text(f"CALLS = {str(calls)!r}\n{HOOK}", encoding="utf-8")
    program = """
import socket
for try_it in (
    lambda: socket.create_connection(("127.0.0.1", 9), timeout=0.2),
    lambda: socket.create_connection(("192.0.2.1", 9), timeout=0.2),
    lambda: socket.getaddrinfo("telemetry.invalid", 443),
):
    try:
        try_it()
    except OSError:
        pass
"""
    subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": str(tmp_path)}, check=True, timeout=60)
    seen = calls.read_text(encoding="utf-8").splitlines()
    assert "socket.connect 192.0.2.1" in seen
    assert "socket.getaddrinfo telemetry.invalid" in seen
    assert not any("127.0.0.1" in line for line in seen)
