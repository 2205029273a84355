"""The condition of a deployment: what is found, and that looking changes nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hearing_app.cli import main
from hearing_app.condition import Finding, State, findings
from hearing_app.record.backup import make_backup
from hearing_app.settings import Settings
from hearing_app.store.engine import open_engine
from tests import older

SET = {
    "public_url": "https://hearing.example.org",
    "operator_name": "City of Riverton",
    "operator_contact": "the town hall",
}
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HEARING_{name.upper()}", raising=False)


@pytest.fixture
def data(published_data: Path, tmp_path: Path) -> Path:
    return shutil.copytree(published_data, tmp_path / "data")


@pytest.fixture
def settings(data: Path, tmp_path: Path) -> Settings:
    return Settings.model_validate({"data": data, "checkpoints": tmp_path / "elsewhere", **SET})


def by_check(found: list[Finding]) -> dict[str, Finding]:
    assert len({finding.check for finding in found}) == len(found), found
    return {finding.check: finding for finding in found}


def backup(data: Path, out: Path, made_at: datetime) -> None:
    engine = open_engine(f"sqlite:///{data / 'hearing.sqlite'}")
    make_backup(engine, out, check=lambda _: [], at=made_at)
    engine.dispose()


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def test_looking_at_a_deployment_in_good_order_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    backup(settings.data, tmp_path / "backups", now)
    before = contents(settings.data)
    found = findings(settings, backups=tmp_path / "backups", at=now + timedelta(hours=3))
    assert {finding.state for finding in found} == {State.GOOD}, found
    assert list(by_check(found)) == [
        *("keys", "folders", "record", "schema", "room"),
        *("backups", "https", "second factor", "checkpoints", "operator"),
    ]
    assert contents(settings.data) == before


def test_what_is_not_well_says_what_to_do(tmp_path: Path) -> None:
    for settings in (Settings(data=tmp_path / "none"), Settings(data=tmp_path / "none", host="0.0.0.0")):  # noqa: S104
        for finding in findings(settings):
            assert finding.says.endswith(".")
            assert bool(finding.do) is (finding.state is not State.GOOD)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_that_others_can_read_is_a_problem(settings: Settings, mode: int) -> None:
    key = settings.data / "keys" / "receipt.key"
    key.chmod(mode)
    found = by_check(findings(settings))["keys"]
    assert found.state is State.PROBLEM
    assert f"chmod 600 {key}" in found.do


def test_keys_that_are_gone_are_a_problem(settings: Settings) -> None:
    (settings.data / "keys" / "receipt.key").unlink()
    assert by_check(findings(settings))["keys"].state is State.PROBLEM
    shutil.rmtree(settings.data / "keys")
    assert by_check(findings(settings))["keys"].state is State.PROBLEM


@pytest.mark.parametrize("name", [".", "keys"])
def test_a_folder_that_others_can_open_is_worth_a_look(settings: Settings, name: str) -> None:
    (settings.data / name).chmod(0o750)
    found = by_check(findings(settings))["folders"]
    assert found.state is State.LOOK
    assert f"chmod 700 {(settings.data / name).resolve()}" in found.do


def test_a_file_of_a_secret_is_looked_at_as_well(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "database-url"
    file.write_text(settings.record_url)
    file.chmod(0o600)
    changed = settings.model_copy(update={"database_url_file": file})
    assert by_check(findings(changed))["secrets"].state is State.GOOD
    file.chmod(0o644)
    found = by_check(findings(changed))
    assert found["secrets"].state is found["record"].state is State.PROBLEM
    file.unlink()
    assert by_check(findings(changed))["secrets"].state is State.PROBLEM


def test_a_damaged_database_is_a_problem(settings: Settings) -> None:
    with (settings.data / "hearing.sqlite").open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 8)
    found = by_check(findings(settings))["record"]
    assert found.state is State.PROBLEM
    assert "backup" in found.do


@pytest.mark.parametrize(("version", "state"), [("0001", State.LOOK), ("9999", State.PROBLEM)])
def test_a_schema_that_is_not_this_versions(settings: Settings, version: str, state: State) -> None:
    file = settings.data / "hearing.sqlite"
    if version in older.revisions():
        file.unlink()
        older.make(file, version).dispose()
    with sqlite3.connect(file) as db:
        db.execute("UPDATE alembic_version SET version_num = ?", (version,))
    db.close()
    assert by_check(findings(settings))["schema"].state is state


def test_what_somebody_else_put_into_the_database_is_a_problem(settings: Settings) -> None:
    with sqlite3.connect(settings.data / "hearing.sqlite") as db:
        db.execute("CREATE TRIGGER hush AFTER INSERT ON comment BEGIN DELETE FROM comment; END")
    db.close()
    found = by_check(findings(settings))["record"]
    assert found.state is State.PROBLEM
    assert "trigger, “hush”" in found.says
    assert found.do.startswith("Find out who")


@pytest.mark.parametrize(
    ("free", "state"), [(10**10, State.GOOD), (5 * 10**8, State.LOOK), (10**8, State.PROBLEM)]
)
def test_room_on_the_disk(
    settings: Settings, free: int, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**11, 10**11 - free, free))
    found = by_check(findings(settings))["room"]
    assert found.state is state
    assert f"{free / 1_000_000:,.0f} MB" in found.says


@pytest.mark.parametrize(("hours", "state"), [(25, State.GOOD), (30, State.LOOK), (80, State.PROBLEM)])
def test_the_age_of_the_newest_backup(settings: Settings, tmp_path: Path, hours: int, state: State) -> None:
    out, now = tmp_path / "backups", datetime.now(UTC)
    assert by_check(findings(settings, backups=out))["backups"].state is State.PROBLEM
    backup(settings.data, out, now)
    found = by_check(findings(settings, backups=out, at=now + timedelta(hours=hours)))["backups"]
    assert found.state is state
    assert f"{hours} hours old" in found.says


@pytest.mark.parametrize(
    ("public_url", "host", "state"),
    [
        ("https://hearing.example.org", "127.0.0.1", State.GOOD),
        ("", "127.0.0.1", State.LOOK),
        ("", "10.0.0.7", State.PROBLEM),
        ("http://hearing.example.org", "127.0.0.1", State.PROBLEM),
    ],
)
def test_encryption_on_the_way(data: Path, public_url: str, host: str, state: State) -> None:
    found = by_check(findings(Settings(data=data, public_url=public_url, host=host)))
    assert found["https"].state is state
    assert found["second factor"].state is (State.GOOD if state is State.GOOD else State.LOOK)


def doctor(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), "doctor", *arguments])


def test_the_command_prints_it_and_exits_by_it(data: Path) -> None:
    well = doctor(data)
    assert well.exit_code == 0, well.output
    assert well.output.splitlines()[-1] == "No problem was found."
    (data / "keys" / "receipt.key").chmod(0o644)
    ill = doctor(data)
    assert ill.exit_code == 1
    assert ill.output.startswith("problem keys: ")
    assert ill.output.splitlines()[-1] == "1 problem."
    as_json = json.loads(doctor(data, "--format", "json").stdout)
    assert as_json["problems"] == 1
    assert as_json["findings"][0].keys() == {"check", "state", "says", "do"}
