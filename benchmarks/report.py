"""Every measurement of the evidence engine in one run, as docs/benchmarks.md and its pictures.

``python -m benchmarks.report``; ``--help`` says what can be left out. Only ratios within one run
travel between machines, so everything that is compared is measured side by side, as medians.
``AEQUITAS_PYTHON`` names a Python that has Aequitas; without it Aequitas is left out and its target stands as
not measured.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import audit, building, interaction, intervals, readers
from benchmarks.picture import svg
from benchmarks.timing import Figure, Part, Target

ROOT = Path(__file__).parents[1]
_LARGE = 50_000_000
LIBRARIES = ("duckdb", "numpy", "pyarrow", "polars", "pandas", "fairlearn", "scikit-learn")


def parts(folder: Path, rows: list[int], chosen: argparse.Namespace) -> Iterator[Part]:
    """Measure everything, one part after the other; from 50 million rows on last, and without pandas."""
    usual = [people for people in rows if people < _LARGE]
    for people in usual:
        # Fairlearn reads every value in Python: beyond a million it would take the better part of an hour.
        yield audit.measure(folder, people, chosen.runs, chosen.fairlearn if people <= 1_000_000 else 0.0)
    yield from interaction.measure(chosen.asked, (1, 8, 32))
    yield readers.measure(chosen.asked)
    for people in usual[-1:]:
        yield building.measure(folder, people, chosen.runs)
    yield intervals.measure_intervals(folder, min(max(rows), 10_000), chosen.draws, 200)
    yield intervals.measure_areas(folder, min(max(rows), 1_000_000), chosen.runs)
    for people in rows[len(usual) :]:
        yield audit.measure(folder, people, min(chosen.runs, 3), in_memory=False)
        yield building.measure(folder, people, min(chosen.runs, 3))


def page(found: list[Part], started: str, loads: list[float]) -> str:
    """All of it as Markdown; ``loads`` is the machine's load before the first part and after each."""
    targets = [(part, one) for part in found for one in part.targets]
    lines = [
        "# How fast it is",
        "",
        "Written by `make bench`: every figure was measured, side by side in one run, and nothing is carried",
        "over from elsewhere. Ratios travel between machines, seconds do not. The rows are synthetic, from a",
        "seed: no person is behind them. Before a time counts, the results are compared: with fairlearn,",
        "Aequitas, pandas, polars and DuckDB to 1e-12.",
        "",
        f"- {started}, commit `{_commit()}`",
        f"- {_machine()}; load when it began: {loads[0]:.1f}",
        f"- Python {platform.python_version()}, " + ", ".join(f"{one} {version(one)}" for one in LIBRARIES),
        "",
        "## What was aimed at",
        "",
        "| aim | measured | aimed at | |",
        "| --- | ---: | ---: | --- |",
        *(_target(one) for _, one in targets),
    ]
    if not os.environ.get("AEQUITAS_PYTHON"):
        lines.append("| against Aequitas, from Parquet | not measured | at least 10 x | |")
    for part, load in zip(found, loads[1:], strict=True):
        lines += ["", f"## {part.title}", "", f"{part.text} Load of the machine: {load:.1f}.", ""]
        if part.bars:
            name = _picture_name(part)
            lines += [f"![{part.title}, by tool, on a scale of powers of ten](pictures/{name})", ""]
        lines += ["| | measured | times | |", "| --- | ---: | ---: | --- |", *map(_figure, part.figures)]
    return "\n".join([*lines, ""])


def _target(one: Target) -> str:
    sign = "at least" if one.at_least else "at most"
    met = "met" if one.is_met else "**not met**"
    wanted = f"{sign} {_number(one.bound)} {one.unit}".strip()
    return f"| {one.claim} | {_number(one.measured)} {one.unit} | {wanted} | {met} |"


def _figure(one: Figure) -> str:
    return f"| {one.what} | {_number(one.value)} {one.unit} | {one.runs:,} | {one.note} |"


def _number(value: float) -> str:
    if value == 0 or abs(value) < 1e-4:
        return f"{value:.1e}" if value else "0"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _picture_name(part: Part) -> str:
    people = "".join(letter for letter in part.title if letter.isdigit())
    return f"benchmark-audit-{people}.svg"


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    changed = subprocess.run(
        ["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return (done.stdout.strip() or "unknown") + (" with changes" if changed.stdout.strip() else "")


def _machine() -> str:
    model = platform.processor() or platform.machine()
    names = Path("/proc/cpuinfo")
    if names.exists():
        found = [line for line in names.read_text().splitlines() if line.startswith("model name")]
        model = found[0].partition(":")[2].strip() if found else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{os.cpu_count()} cores, {model}, {memory:.0f} GB"


def _load() -> float:
    return os.getloadavg()[0]


def write(found: list[Part], text: str, docs: Path) -> None:
    """Write the page and its pictures into a folder of documents."""
    (docs / "pictures").mkdir(parents=True, exist_ok=True)
    for part in found:
        if part.bars:
            (docs / "pictures" / _picture_name(part)).write_text(svg(f"{part.title}: time taken", part.bars))
    (docs / "benchmarks.md").write_text(text)


def main(say: Callable[[str], None] = print) -> None:
    """Measure what was asked for and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--rows", default="100000,1000000,10000000", help="sizes of the whole audits; 100000000 is possible")
    add("--runs", type=int, default=5, help="how often each time is taken")
    add("--fairlearn", type=float, default=90, help="seconds, after which it is not begun again; 0: without")
    add("--asked", type=int, default=500, help="questions of each reader")
    add("--draws", type=int, default=100, help="draws of fairlearn's bootstrap; 1000 take six minutes")
    add("--folder", type=Path, help="where the synthetic rows are kept; else they are deleted")
    add("--docs", type=Path, default=ROOT / "docs", help="where the page and its pictures go")
    chosen = parser.parse_args()
    started, loads = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", [_load()]
    rows = sorted(int(one) for one in chosen.rows.split(","))
    found = []
    with tempfile.TemporaryDirectory() as own:
        for part in parts(chosen.folder or Path(own), rows, chosen):
            found.append(part)
            loads.append(_load())
            say("\n".join([f"# {part.title}", *map(_figure, part.figures), *map(_target, part.targets)]))
            # After each part: a run that is broken off leaves what it measured.
            write(found, page(found, started, loads), chosen.docs)


if __name__ == "__main__":
    main()
