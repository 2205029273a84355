"""A dataset's folder is there whole or not at all, whatever kills the process that writes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hearing_app.errors import Conflict, HearingError
from hearing_app.evidence.counting import writing
from hearing_app.evidence.counting.writing import manifest_yaml, write_folder
from hearing_app.registry.reading import parse

FILES = {"dataset.yaml": b"id: made\n", "counts.csv": b"n\n1\n", "tables/team.csv": b"team,n\nRed,1\n"}
OLD = {"dataset.yaml": b"id: old\n", "counts.csv": b"n\n2\n"}

# Ends itself by SIGKILL at one of the steps that touch the disk.
KILLED = """
import os, signal, sys
from pathlib import Path
from hearing_app.evidence.counting import writing
from tests.evidence.counting.test_writing import FILES
left = int(sys.argv[2])
def counted(real):
    def call(*arguments, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)
    return call
os.fsync, Path.rename, Path.mkdir = counted(os.fsync), counted(Path.rename), counted(Path.mkdir)
writing._exchanged = counted(writing._exchanged)
writing.shutil.rmtree = counted(writing.shutil.rmtree)
writing.write_folder(Path(sys.argv[1]), FILES, replace=True)
"""


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("replaced", [False, True])
def test_a_kill_at_any_step_leaves_the_old_folder_or_the_new_one(tmp_path: Path, replaced: bool) -> None:
    # Every step where there is a folder to lose, every third where there is none.
    for step in range(1, 30, 1 if replaced else 3):
        out = tmp_path / str(step) / "made"
        out.parent.mkdir()
        if replaced:
            write_folder(out, OLD)
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(out), str(step)],
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            capture_output=True,
        )
        if out.exists():
            assert content(out) in ((OLD, FILES) if replaced else (FILES,))
        else:
            assert not replaced
        # What may be left beside it is hidden, and never served.
        assert all(path.name.startswith(".") for path in out.parent.iterdir() if path != out)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
    else:
        raise AssertionError("it never ended")
    assert step > 8
    assert content(out) == FILES
    assert list(out.parent.iterdir()) == [out]


def test_what_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    out = tmp_path / "made"
    write_folder(out, OLD)
    with pytest.raises(Conflict, match="already"):
        write_folder(out, FILES)
    assert content(out) == OLD
    write_folder(out, FILES, replace=True)
    assert content(out) == FILES


def test_only_a_dataset_is_ever_replaced(tmp_path: Path) -> None:
    """A slip of the pen must not cost a home folder."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home/letter.txt").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "home")
    (tmp_path / "file").write_text("mine")
    for name in ("home", "link", "file", "absent/made"):
        with pytest.raises(Conflict):
            write_folder(tmp_path / name, FILES, replace=True)
    assert (tmp_path / "home/letter.txt").read_text() == "mine"


def test_without_exchange_two_renames_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_exchanged", lambda one, two: False)
    write_folder(tmp_path / "made", OLD)
    write_folder(tmp_path / "made", FILES, replace=True)
    assert content(tmp_path / "made") == FILES
    assert list(tmp_path.iterdir()) == [tmp_path / "made"]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    write_folder(tmp_path / "made", OLD)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HearingError, match="No space left"):
        write_folder(tmp_path / "made", FILES, replace=True)
    assert content(tmp_path / "made") == OLD
    assert list(tmp_path.iterdir()) == [tmp_path / "made"]


def test_the_manifest_is_read_back_as_it_was() -> None:
    """What YAML would take for something else, and one list twice, which YAML writes as an alias."""
    shared = [1, 2]
    data = {
        "no": "no",
        "zero": "0",
        "date": "2023-01",
        "day": "2023-01-02",
        "null": "null",
        "colon": "a: b # c",
        "lists": [shared, shared],
        "small": 0.000001,
        "long": 0.083333333333,
        "whole": 2.0,
        "words": "Größe " * 40,
        "empty": [],
    }
    found, faults = parse(manifest_yaml(data))
    assert faults == []
    assert found == data


@pytest.mark.parametrize("name", ["letter.txt", "tables/notes.txt", "mine/tables.csv", "tables/deep/a.csv"])
def test_a_dataset_with_other_files_beside_it_is_not_replaced(tmp_path: Path, name: str) -> None:
    out = tmp_path / "made"
    write_folder(out, OLD)
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_text("mine")
    with pytest.raises(Conflict, match="holds more than a counted dataset"):
        write_folder(out, FILES, replace=True)
    assert (out / name).read_text() == "mine"
