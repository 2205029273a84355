"""Readers of figures over the wire: ``python -m benchmarks.readers`` starts a service and ends by itself.

As on the day of a hearing: a service with the published register, and many who ask it for figures, each on a
line of their own, with another threshold or grouping each time and without a pause. They are in a process of
their own, so that what they do is not counted as the service's; it takes part of the machine all the same.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from benchmarks.load import served
from benchmarks.timing import Figure, Part, Target, percentile

DATASET = "compas-broward"
GROUPINGS = ("race", "sex", "age_cat", "race,sex", "race,age_cat", "sex,age_cat")
PATHS = [
    f"/api/v1/datasets/{DATASET}/metrics?by={by}&threshold={threshold}"
    for by, threshold in product(GROUPINGS, range(2, 11))
]
LONGEST_SECONDS = 120.0


async def _read(address: str, reader: int, asked: int) -> list[float]:
    """Ask one question after the other on one line, and return the seconds that each whole answer took."""
    parts, times = urlsplit(address), []
    read, write = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        for turn in range(asked):
            path = PATHS[(turn + 17 * reader) % len(PATHS)]
            start = time.perf_counter()
            write.write(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
            status, *fields = (await read.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
            headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in fields)}
            if " 200 " not in status or "content-length" not in headers:
                raise SystemExit(f"{path}: {status} {headers}")
            await read.readexactly(int(headers["content-length"]))
            times.append(time.perf_counter() - start)
    finally:
        write.close()
    return times


async def _together(address: str, readers: int, asked: int) -> list[float]:
    async with asyncio.timeout(LONGEST_SECONDS):
        every = await asyncio.gather(*(_read(address, reader, asked) for reader in range(readers)))
    return [one for times in every for one in times]


def measure(asked: int, readers: tuple[int, ...] = (1, 8, 32)) -> Part:
    """The time of each answer with so many readers, in a process beside the service."""
    figures, targets, alone = [], [], 0.0
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (address, _):
        # Each of the questions was asked once before: what the first one takes is measured elsewhere.
        _from_beside(address, 1, len(PATHS))
        for number in readers:
            times = _from_beside(address, number, asked)
            high = percentile(times, 0.95)
            alone = alone or high
            what = f"{number} readers over the wire, 95 %"
            note = f"median {1000 * median(times):.2f} ms, 99 %: {1000 * percentile(times, 0.99):.2f} ms"
            figures.append(Figure(what, 1000 * high, "ms", len(times), note))
            if number > 1:
                claim = f"95th percentile of {number} readers over the wire who never pause, against one"
                targets.append(Target(claim, high / alone, float(number), False))
    text = (
        f"All metrics of {DATASET} as the API gives them, over HTTP on loopback: one service, one line for"
        " each reader, and all readers in another process on the same machine."
    )
    return Part("Many readers over the wire", text, tuple(figures), tuple(targets))


def _from_beside(address: str, readers: int, asked: int) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.readers", address, str(readers), str(asked)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=2 * LONGEST_SECONDS)
    times: list[float] = json.loads(done.stdout)
    return times


def main() -> None:
    """Read from a service that is there, or measure one that is started, and print what was found."""
    match sys.argv[1:]:
        case [address, readers, asked]:
            print(json.dumps(asyncio.run(_together(address, int(readers), int(asked)))))
        case _:
            found = measure(300)
            for one in found.figures:
                print(f"{one.what}: {one.value:.2f} {one.unit} ({one.note})")
            for target in found.targets:
                print(f"{target.claim}: {target.measured:.1f} (at most {target.bound:.0f})")


if __name__ == "__main__":
    main()
