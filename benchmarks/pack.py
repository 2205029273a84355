"""The hearing pack at size: the whole pack and the open data of 100,000 comments, each in its own process.

``python -m benchmarks.pack [COMMENTS]`` fills a record in a temporary folder with made-up comments: about 70
words each, one in eight a letter that many sent, one in five a question. Nine of ten are published, each
with its event, and a third of those stand in themes. Then it runs `hearing pack --open` and `hearing pack` as
anyone would. With ``--report`` it writes docs/benchmarks-pack.md.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import bindparam, update

from benchmarks.register import Words
from hearing_app.deployment import open_deployment
from hearing_app.hearings.comments.themes import name_theme, sort_comments
from hearing_app.hearings.vocabulary import RULE_VERSION, CommentType, State
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.ledger import append
from hearing_app.settings import Settings
from hearing_app.store.engine import writing
from hearing_app.store.tables import comment
from tests.many import add_comments

HEARING = "demonstration-risk-scores"
COMMENTS, AIM_SECONDS, AIM_BYTES = 100_000, 60.0, 10**9
LETTERS, THEMES, AT_ONCE = 12, 20, 1_000
REPORT = Path(__file__).parent.parent / "docs" / "benchmarks-pack.md"
WAYS: tuple[tuple[str, list[str]], ...] = (
    ("The open data (`hearing pack --open`)", ["--open"]),
    ("The whole pack (`hearing pack`)", []),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One command: seconds by the clock and of processors, most memory and the ZIP in bytes, the load."""

    seconds: float
    worked: float
    memory: int
    size: int
    load: float

    @property
    def is_met(self) -> bool:
        """Whether both aims are met."""
        return self.seconds <= AIM_SECONDS and self.memory <= AIM_BYTES


def fill(folder: Path, many: int) -> None:
    """Make a record with so many comments; of this record nothing but speed is asked."""
    house = open_deployment(Settings(data=folder))
    now, words, facilitator = datetime.now(UTC), Words(11), Actor(Role.FACILITATOR, "bench")
    draw = random.Random(11)
    add_comments(house.engine, house.key, many, at=now, hearing_id=HEARING)
    letters = [" ".join(words.text(12) for _ in range(6)) for _ in range(LETTERS)]
    change = (
        update(comment)
        .where(comment.c.comment_id == bindparam("number"))
        .values({name: bindparam(f"new_{name}") for name in ("concern", "ask", "comment_type", "state")})
    )
    published = []
    for start in range(0, many, AT_ONCE):
        rows = []
        with writing(house.engine) as db:
            for number in range(start, min(start + AT_ONCE, many)):
                comment_id, is_public = f"C-2026-{number:06d}X", number % 10 != 0
                said = " ".join(words.text(draw.randint(6, 18)) for _ in range(draw.randint(3, 7)))
                if draw.random() < 0.125:
                    said = f"{draw.choice(letters)}{f' {words.text(9)}' if draw.random() < 0.4 else ''}"
                asks = draw.random() < 0.05
                rows.append(
                    {
                        "number": comment_id,
                        "new_concern": said,
                        "new_ask": f"{words.text(12)[:-1]}?" if asks else "",
                        "new_comment_type": CommentType.QUESTION if asks else draw.choice(list(CommentType)),
                        "new_state": State.PUBLISHED if is_public else State.SUBMITTED,
                    }
                )
                if is_public:
                    published.append(comment_id)
                    append(
                        db,
                        actor=facilitator.name,
                        kind="comment.published",
                        subject=f"comment:{comment_id}",
                        content={"from_state": "submitted", "reason": "", "rule_version": RULE_VERSION},
                        private={"note": ""},
                        at=now,
                    )
            db.execute(change, rows)
    with writing(house.engine) as db:
        for number in range(THEMES):
            theme = name_theme(db, facilitator, HEARING, words.text(3)[:-1])
            sort_comments(db, facilitator, HEARING, theme, into=published[number :: 3 * THEMES])
    house.close()


def measured(command: Sequence[str], out: Path) -> Run:
    """Run a command that writes ``out``, and return what it took; it and its children alone are counted."""
    load, begun = os.getloadavg()[0], time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # The most of any command so far: they are run from the small one to the large one.
    return Run(seconds, worked, after.ru_maxrss * 1024, out.stat().st_size, load)


def report(many: int, record: int, runs: Sequence[Run]) -> str:
    """Return the page of results."""
    lines = [
        (
            f"| {name} | {run.seconds:.0f} s | {run.worked:.0f} s | {run.memory / 1e6:,.0f} MB | "
            f"{run.size / 1e6:,.0f} MB | {run.load:.1f} | {'yes' if run.is_met else 'no'} |"
        )
        for (name, _), run in zip(WAYS, runs, strict=True)
    ]
    missed = [name for (name, _), run in zip(WAYS, runs, strict=True) if not run.is_met]
    return "\n".join(
        [
            "# The hearing pack at size",
            "",
            f"A hearing with {many:,} comments of about 70 words, nine of ten published, a record of "
            f"{record / 1e6:,.0f} MB. `python -m benchmarks.pack --report` makes this page anew.",
            "",
            f"Measured on {datetime.now(UTC):%d %B %Y} with {os.cpu_count()} processors. Each is a command "
            "in a process of its own, its start included.",
            "",
            "| What was made | By the clock | Processors | Most memory | ZIP | Load before | Aims met |",
            "|---|--:|--:|--:|--:|--:|---|",
            *lines,
            "",
            "“Load” is how many processes wanted the processors in the minute before it began: others than "
            "this one make it wait. “Processors” is the work of all of them together, which a busy machine "
            "changes less; two threads share it.",
            "",
            f"The aims are {AIM_SECONDS:.0f} s by the clock and {AIM_BYTES / 1e9:.0f} GB of memory for each. "
            + (f"Not met: {'; '.join(missed)}." if missed else "Both are met."),
            "",
        ]
    )


def main() -> None:
    """Measure and print; with ``--report`` write the page too."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("comments", type=int, nargs="?", default=COMMENTS)
    asked.add_argument("--data", type=Path, help="where to build, or to use again what was built")
    asked.add_argument("--report", action="store_true", help="write docs/benchmarks-pack.md")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as own:
        data, out = options.data or Path(own) / "data", Path(own) / "pack.zip"
        if not data.exists():
            fill(data, options.comments)
        command = [str(Path(sys.executable).with_name("hearing")), "--data", str(data), "pack", HEARING]
        runs = []
        for _, more in WAYS:
            out.unlink(missing_ok=True)
            runs.append(measured([*command, "--out", str(out), *more], out))
        told = report(options.comments, sum(file.stat().st_size for file in data.rglob("*")), runs)
    print(told)
    if options.report:
        REPORT.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
