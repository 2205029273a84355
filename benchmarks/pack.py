"""The hearing pack at size: time and memory of every form of 100,000 comments, in a process of its own.

``python -m benchmarks.pack [COMMENTS]`` fills a record in a temporary folder with made-up comments, publishes
nine of ten of them, and then runs `hearing pack` and `hearing pack --open` as anyone would.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update

from hearing_app.deployment import open_deployment
from hearing_app.hearings.vocabulary import State
from hearing_app.settings import Settings
from hearing_app.store.engine import writing
from hearing_app.store.tables import comment
from tests.many import add_comments

HEARING = "demonstration-risk-scores"
AIM_SECONDS, AIM_BYTES = 60, 10**9


def fill(folder: Path, many: int) -> None:
    """Make a record with so many comments; of this record nothing but speed is asked."""
    house = open_deployment(Settings(data=folder))
    add_comments(house.engine, house.key, many, at=datetime.now(UTC), hearing_id=HEARING)
    with writing(house.engine) as db:
        db.execute(update(comment).where(comment.c.comment_id.not_like("%0X")).values(state=State.PUBLISHED))
    house.close()


def measured(command: list[str]) -> tuple[float, int]:
    """Return the seconds that a command takes, and the most memory of any that was run so far, in bytes."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def main() -> None:
    """Measure and print."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as own:
        data, out = Path(own) / "data", Path(own) / "pack.zip"
        fill(data, many)
        print(f"{many:,} comments, record of {sum(f.stat().st_size for f in data.rglob('*')) / 1e6:.0f} MB")
        print(f"load when it began: {os.getloadavg()[0]:.1f}")
        for name, more in (("open data", ["--open"]), ("the whole pack", [])):
            out.unlink(missing_ok=True)
            command = [str(Path(sys.executable).with_name("hearing")), "--data", str(data), "pack", HEARING]
            seconds, memory = measured([*command, "--out", str(out), *more])
            met = "met" if seconds <= AIM_SECONDS and memory <= AIM_BYTES else "not met"
            print(f"{name}: {seconds:.1f} s, {memory / 1e9:.2f} GB, {out.stat().st_size / 1e6:.0f} MB: {met}")


if __name__ == "__main__":
    main()
