"""`hearing datasets count` and `sum`: a force's own counts, from rows to a folder, and nothing else kept."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from hearing_app.cli import main
from hearing_app.evidence.counting.control import Disclosure
from hearing_app.settings import Settings
from tests.evidence.counting import made

ROOT = Path(__file__).parents[1]
CANARY = "Quixotina Canaryworth"
Count = Callable[..., Result]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HEARING_{name.upper()}", raising=False)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "made.yaml"
    path.write_bytes(made.text_of(made.data()))
    return path


@pytest.fixture
def count(tmp_path: Path, manifest: Path) -> Count:
    """Run `datasets count`, or another command, with this test's manifest."""

    def run(*arguments: object, command: str = "count", out: str = "made") -> Result:
        given = ["--datasets", str(tmp_path / "served"), "datasets", command, *map(str, arguments)]
        result = CliRunner().invoke(main, [*given, "--manifest", str(manifest), "--out", str(tmp_path / out)])
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


def disclosure_of(folder: Path) -> Disclosure:
    return Disclosure.model_validate(yaml.safe_load((folder / "dataset.yaml").read_text())["disclosure"])


def test_rows_become_a_folder_of_counts(tmp_path: Path, count: Count) -> None:
    rows = made.random_rows(6_000)
    one = made.write_parquet(tmp_path / "one.parquet", rows[:2_500])
    two = made.write_csv(tmp_path / "two.csv", rows[2_500:])
    result = count(one, two)
    assert result.exit_code == 0, result.output
    assert "rows counted into" in result.output
    found = disclosure_of(tmp_path / "made")
    assert (found.method, found.minimum) == ("minimum cell", 10)
    assert sorted(path.name for path in (tmp_path / "made").rglob("*.csv")) == [
        "counts.csv",
        "month.csv",
        "team.csv",
    ]
    text = (tmp_path / "made/counts.csv").read_text().splitlines()
    assert sum(int(line.rsplit(",", 1)[1]) for line in text[1:]) == 6_000


@pytest.mark.parametrize(
    ("options", "method"),
    [
        (["--protection", "already public", "--yes"], "already public"),
        (["--protection", "random rounding", "--base", "10", "--secret", "rounding.key"], "random rounding"),
        (
            ["--protection", "differential privacy", "--epsilon", "4", "--table", "team"],
            "differential privacy",
        ),
        (["--minimum", "20", "--table", "team", "--thresholds", "2,3", "--time", "year"], "minimum cell"),
    ],
)
def test_the_command_line_chooses_the_protection(
    tmp_path: Path, count: Count, options: list[str], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = count(made.write_csv(tmp_path / "rows.csv", made.random_rows(6_000)), *options)
    assert result.exit_code == 0, result.output
    found = disclosure_of(tmp_path / "made")
    assert found.method == method
    assert found.base == (10 if method == "random rounding" else None)
    assert found.minimum in {None, 10, 20}
    if method == "differential privacy":
        assert (found.epsilon, found.epsilon_each) == (4, 2)


def test_the_manifest_of_the_documentation_counts_as_it_stands(tmp_path: Path) -> None:
    text = (ROOT / "docs/counting.md").read_text("utf-8")
    (tmp_path / "ours.yaml").write_text(text.split("```yaml\n")[1].split("```")[0], "utf-8")
    rows = [
        f"{district},2024-Q{1 + number % 2},{1 + number % 5},{number % 3 == 0:d}"
        for number in range(900)
        for district in ("Centre", "Harbour")
    ]
    (tmp_path / "rows.csv").write_text("\n".join(["district,quarter,score,late", *rows, ""]), "utf-8")
    out = tmp_path / "riverton-court-reminders"
    given = ["--manifest", str(tmp_path / "ours.yaml"), "--out", str(out)]
    result = CliRunner().invoke(main, ["datasets", "count", str(tmp_path / "rows.csv"), *given])
    assert result.exit_code == 0, result.output
    assert (out / "tables/district.csv").exists()


def test_counts_without_protection_are_written_only_where_somebody_says_so(
    tmp_path: Path, count: Count
) -> None:
    result = count(
        made.write_csv(tmp_path / "rows.csv", made.random_rows(200)), "--protection", "already public"
    )
    assert result.exit_code == 1
    assert "those of one person too" in result.output
    assert "add --yes" in result.output
    assert not (tmp_path / "made").exists()


def test_months_are_added_to_what_was_counted_before(tmp_path: Path, count: Count) -> None:
    """January, then February, added: the same folder, byte for byte, as from both months' rows at once."""
    rows = made.random_rows(6_000)
    january = made.write_csv(tmp_path / "january.csv", rows[:3_500])
    february = made.write_csv(tmp_path / "february.csv", rows[3_500:])
    for name, file in (("a", january), ("b", february)):
        kept = tmp_path / f"{name}.private.parquet"
        assert count(file, "--private-out", kept, "--replace").exit_code == 0
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    parts = [tmp_path / "a.private.parquet", tmp_path / "b.private.parquet"]
    result = count(*parts, "--replace", command="sum")
    assert result.exit_code == 0, result.output
    added = {path.name: path.read_bytes() for path in (tmp_path / "made").rglob("*.*")}
    assert count(january, february, "--replace").exit_code == 0
    assert added == {path.name: path.read_bytes() for path in (tmp_path / "made").rglob("*.*")}
    twice = count(parts[0], parts[0], "--replace", command="sum")
    assert twice.exit_code == 1 and "counted twice" in twice.output


def test_no_value_of_a_row_is_ever_told_or_kept(tmp_path: Path, manifest: Path) -> None:
    """A name among the rows, in a column, in the heading, in a crooked line: it stands in no output, no log,
    and in no file but the one it came in."""
    rows = tmp_path / "rows"
    rows.mkdir()
    good = ("Red", "North", "2023-01", 1, 0)
    made.write_csv(rows / "a.csv", [good, (CANARY, *good[1:]), (*good, CANARY), good])
    made.write_csv(rows / "b.csv", [good], [*made.NAMES[:4], CANARY])
    made.write_parquet(rows / "c.parquet", [(CANARY, "North", "2023-01", 1, 0)])
    (rows / "d.csv").write_bytes(f"team,area,month,points,late\n{CANARY}\xff\n{CANARY},\n".encode("latin-1"))
    (rows / "e.parquet").write_bytes((rows / "c.parquet").read_bytes()[:-30] + CANARY.encode() + b"PAR1")
    for files in (sorted(rows.iterdir()), [rows / "d.csv"], [rows / "e.parquet"]):
        done = subprocess.run(
            [
                *(sys.executable, "-c", "from hearing_app.cli import main; main()"),
                *("datasets", "count", *map(str, files)),
                *("--manifest", str(manifest), "--out", str(tmp_path / "made")),
                *("--private-out", str(tmp_path / "kept.private.parquet")),
            ],
            check=False,
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        told = done.stdout + done.stderr
        assert done.returncode == 1, told
        assert b"Nothing was written." in told
        assert b"Canary" not in told and b"Quixotina" not in told
        assert b"Traceback" not in told
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent != rows]
    assert left == [manifest]


def test_a_kill_while_counting_leaves_nothing(tmp_path: Path, manifest: Path) -> None:
    """Killed at several moments: there is no folder, or a whole one; in the end it runs through."""
    out, whole = tmp_path / "made", ["counts.csv", "dataset.yaml", "month.csv", "team.csv"]
    rows = made.write_csv(tmp_path / "rows.csv", made.random_rows(3_000) * 200)
    before = set(tmp_path.rglob("*"))
    code = "from hearing_app.cli import main; main()"
    arguments = ["datasets", "count", str(rows), "--manifest", str(manifest), "--out", str(out)]
    kept = tmp_path / "kept.private.parquet"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    killed = 0
    for moment in (0.3, 0.8, 1.3, 1.8):
        running = subprocess.Popen(
            [sys.executable, "-c", code, *arguments, "--private-out", str(kept)],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        time.sleep(moment)
        if running.poll() is not None:
            break
        running.send_signal(signal.SIGKILL)
        running.wait()
        killed += 1
        # Killed at its very end, the folder or the private counts may be there: whole then.
        if out.exists():
            assert sorted(path.name for path in out.rglob("*.*")) == whole
            shutil.rmtree(out)
        kept.unlink(missing_ok=True)
        left = {path for path in set(tmp_path.rglob("*")) - before if not path.name.startswith(".")}
        assert not left
    assert killed
    done = CliRunner().invoke(main, [*arguments, "--replace"])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "already"),
        (["--replace", "--protection", "random rounding"], "needs a key"),
        (["--replace", "--protection", "random rounding", "--secret", "made/key"], "which is published"),
        (
            ["--replace", "--protection", "random rounding", "--secret", "absent/key"],
            "key could not be written",
        ),
        (["--replace", "--protection", "differential privacy"], "needs an epsilon"),
        (["--replace", "--private-out", "kept.parquet"], "ends in .private.parquet"),
        (["--replace", "--private-out", "made/kept.private.parquet"], "is published"),
        (["--replace", "--private-out", "served/kept.private.parquet"], "is published"),
        (["--replace", "--table", "team,height"], "height is no column"),
        (["--replace", "--thresholds", "two"], "disclosure.thresholds"),
        (["--replace", "--minimum", "1"], "disclosure.minimum"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_counted(
    tmp_path: Path, count: Count, arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "served").mkdir()
    rows = made.write_csv(tmp_path / "rows.csv", made.random_rows(6_000))
    assert count(rows).exit_code == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    result = count(rows, *arguments)
    assert result.exit_code == 1
    assert told in result.output
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_the_folder_is_named_like_the_dataset(tmp_path: Path, count: Count) -> None:
    result = count(made.write_csv(tmp_path / "rows.csv", made.random_rows(100)), out="other")
    assert result.exit_code == 1
    assert "is not the folder's name" in result.output
