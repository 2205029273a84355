"""Backups and their restoring: verified, whole or not at all, and nothing lost without a word."""

from __future__ import annotations

import json
import os
import resource
import shutil
import stat
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, func, insert, select

from hearing_app.cli import main
from hearing_app.deployment import Deployment, carry_over, faults_of_copy, open_deployment, record_faults
from hearing_app.errors import Conflict, Damaged, HearingError, Invalid, NotFound
from hearing_app.hearings.comments.comment import comment_by_receipt, submit, withdraw
from hearing_app.hearings.comments.draft import Draft
from hearing_app.people.permissions import PUBLIC
from hearing_app.record import restore as restoring
from hearing_app.record.backup import (
    DATABASE,
    MANIFEST,
    Keep,
    Manifest,
    made_here,
    make_backup,
    newest,
    outdated,
    read_manifest,
)
from hearing_app.record.ledger import events, head
from hearing_app.record.receipts import new_draft_id, receipt_of
from hearing_app.record.restore import NOTHING, PENDING, Allowed, Restored, is_pending, restore
from hearing_app.settings import Settings
from hearing_app.store.engine import erase_freed_pages, open_engine, reading, writing
from hearing_app.store.files import copy_database, digest, hold
from hearing_app.store.tables import attempt, comment
from tests.many import add_comments, draft_id_of, words_of
from tests.scale import SOAK, scale

HEARING = "demonstration-risk-scores"
ROOT = Path(__file__).parents[1]
Run = Callable[..., Result]
Measure = Callable[[str, float | int | str], None]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HEARING_{name.upper()}", raising=False)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command on the data folder of this test."""

    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(main, ["--data", str(tmp_path / "data"), *arguments])
        assert "Traceback" not in result.output
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def send_one(house: Deployment, words: str) -> str:
    """Send a comment and return its receipt."""
    draft = Draft(new_draft_id(), HEARING, "compas", 1, concern=words)
    with writing(house.engine) as db:
        return submit(db, PUBLIC, house.key, draft).code


def back_up(house: Deployment, out: Path, *, keys: bool = False) -> Path:
    folder = house.settings.data / "keys" if keys else None
    return make_backup(house.engine, out, check=faults_of_copy, keys=folder, signer=house.signer)[0]


def put_back(
    backup: Path,
    data: Path,
    *,
    replace: bool = True,
    keys: Path | None = None,
    allowed: Allowed = NOTHING,
    checkpoints: Path | None = None,
) -> Restored:
    return restore(
        backup,
        data,
        replace=replace,
        checkpoints=checkpoints or data / "checkpoints.jsonl",
        check=faults_of_copy,
        carry_over=carry_over,
        keys=keys,
        allowed=allowed,
    )


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Deployment]]:
    """Open a data folder; what was opened is closed at the end."""
    open_now: list[Deployment] = []

    def one(data: Path) -> Deployment:
        open_now.append(
            open_deployment(Settings(data=data, registry=ROOT / "registry", datasets=ROOT / "datasets"))
        )
        return open_now[-1]

    yield one
    for house in open_now:
        house.close()


def contents_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def damage(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def test_a_backup_says_what_is_in_it(house: Deployment, out: Path) -> None:
    receipt = send_one(house, "Who checks the pictures that are kept?")
    folder, manifest = make_backup(house.engine, out, check=faults_of_copy, signer=house.signer)
    with reading(house.engine) as db:
        now = head(db)
        assert (manifest.size, manifest.root) == (now.size, now.root.hex())
        assert manifest.checkpoint == house.checkpoint(db)
        assert comment_by_receipt(db, house.key, receipt).concern
    assert manifest.counts["comment"] == 1
    assert manifest.counts["ledger"] == now.size
    assert sorted(path.name for path in folder.iterdir()) == [MANIFEST, DATABASE]
    assert read_manifest(folder) == manifest
    assert folder.name == manifest.made_at.strftime("%Y-%m-%dT%H%M%SZ")
    for path in (folder, *folder.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert [path.name for path in out.iterdir()] == [folder.name]


def test_two_backups_of_one_second_have_two_folders(house: Deployment, out: Path) -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    names = [make_backup(house.engine, out, check=faults_of_copy, at=at)[0].name for _ in range(2)]
    assert names == ["2026-06-01T120000Z", "2026-06-01T120000Z-2"]
    assert len(made_here(out)) == 2


def test_a_backup_is_made_while_others_write(house: Deployment, out: Path, tmp_path: Path) -> None:
    before = [send_one(house, f"Sent before the backup, number {number}.") for number in range(3)]
    stop, during = threading.Event(), [0]

    def write() -> None:
        while not stop.is_set():
            send_one(house, f"Sent during the backup, number {during[0]}.")
            during[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while during[0] < 2:
            time.sleep(0.01)
        folder = back_up(house, out)
    finally:
        stop.set()
        writer.join(30)
    manifest = read_manifest(folder)
    with reading(house.engine) as db:
        assert head(db, size=manifest.size).root.hex() == manifest.root
        assert head(db).size >= manifest.size
    put_back(folder, tmp_path / "other", keys=house.settings.data / "keys")
    other = open_deployment(Settings(data=tmp_path / "other"))
    with reading(other.engine) as db:
        for receipt in before:
            assert comment_by_receipt(db, house.key, receipt).concern.startswith("Sent before")
        assert (
            db.execute(select(func.count()).select_from(comment)).scalar_one() == manifest.counts["comment"]
        )
        assert record_faults(other, db) == []
    other.close()


def test_a_backup_holds_no_deleted_words(house: Deployment, out: Path) -> None:
    receipt = send_one(house, "These seven words are to be forgotten soon.")
    with writing(house.engine) as db:
        db.execute(insert(attempt).values(scope="s", key="a word that was", at=datetime.now(UTC)))
        db.execute(attempt.delete())
    withdraw(house.engine, house.key, receipt)
    folder = back_up(house, out)
    copied = (folder / DATABASE).read_bytes()
    assert b"are to be forgotten" not in copied
    assert b"a word that was" not in copied


def test_what_does_not_verify_becomes_no_backup(house: Deployment, out: Path) -> None:
    send_one(house, "Who checks the pictures that are kept?")
    with writing(house.engine) as db:
        db.execute(comment.update().values(concern="Nobody has to check anything at all."))
    with pytest.raises(Damaged, match="differs from what was committed to: concern"):
        back_up(house, out)
    assert list(out.iterdir()) == []


def test_a_copy_that_finds_no_room_leaves_nothing(
    house: Deployment, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_a_small_disk(engine: Engine, target: Path) -> None:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
        try:
            copy_database(engine, target)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    monkeypatch.setattr("hearing_app.record.backup.copy_database", on_a_small_disk)
    with pytest.raises(HearingError, match="The copy could not be written") as caught:
        back_up(house, out)
    assert "every earlier backup are as they were" in caught.value.kept
    assert list(out.iterdir()) == []


def test_what_a_broken_off_backup_left_is_no_backup_and_goes_after_a_day(
    house: Deployment, out: Path
) -> None:
    for name, age in ((".hearing-backup-0123", 2), (".hearing-backup-4567", 0)):
        (out / name).mkdir(parents=True)
        (out / name / DATABASE).write_bytes(b"half of it")
        then = time.time() - age * 86_400
        os.utime(out / name, (then, then))
    assert made_here(out) == []
    with pytest.raises(NotFound, match="no backup"):
        newest(out)
    folder = back_up(house, out)
    assert newest(out) == folder
    assert sorted(path.name for path in out.iterdir()) == [".hearing-backup-4567", folder.name]


def test_the_command_makes_one_while_the_record_is_in_use(house: Deployment, run: Run, out: Path) -> None:
    said = run("backup", "--out", str(out))
    assert said.exit_code == 0
    (folder,) = out.iterdir()
    manifest = read_manifest(folder)
    assert f"{folder}: {manifest.size} events, root {manifest.root}. It verifies." in said.output
    assert "The keys are not in it." in said.output
    assert manifest.checkpoint and manifest.checkpoint.splitlines()[1] == str(manifest.size)
    tried = run("backup", "--check", str(out))
    assert tried.exit_code == 0
    assert f"{folder} can be restored: {manifest.size} events" in tried.output
    assert list(out.iterdir()) == [folder]


def test_the_command_wants_one_thing(run: Run, tmp_path: Path) -> None:
    assert run("backup").exit_code == 1
    both = run("backup", "--out", str(tmp_path), "--check", str(tmp_path))
    assert (both.exit_code, "Give --out FOLDER" in both.output) == (1, True)
    assert run("backup", "--out", str(tmp_path), "--keep", "7-4").exit_code == 2
    none = run("backup", "--out", str(tmp_path / "out"))
    assert (none.exit_code, "There is no record" in none.output) == (1, True)
    assert not (tmp_path / "out").exists()


def test_keys_are_copied_when_asked_for(house: Deployment, run: Run, out: Path, tmp_path: Path) -> None:
    receipt = send_one(house, "Who checks the pictures that are kept?")
    said = run("backup", "--out", str(out), "--with-keys")
    assert "The keys are in it" in said.output
    folder = newest(out)
    for path in (house.settings.data / "keys").iterdir():
        copied = folder / "keys" / path.name
        assert copied.read_bytes() == path.read_bytes()
        assert stat.S_IMODE(copied.stat().st_mode) == 0o600
    assert read_manifest(folder).has_keys
    done = CliRunner().invoke(main, ["restore", str(folder), "--data", str(tmp_path / "new")])
    assert done.exit_code == 0
    new = open_deployment(Settings(data=tmp_path / "new"))
    with reading(new.engine) as db:
        assert comment_by_receipt(db, new.key, receipt).concern.startswith("Who checks")
    new.close()


def test_without_keys_it_says_what_is_missing(house: Deployment, out: Path, tmp_path: Path) -> None:
    folder = back_up(house, out)
    done = CliRunner().invoke(main, ["restore", str(folder), "--data", str(tmp_path / "new")])
    assert done.exit_code == 0
    assert f"Put them into {tmp_path / 'new' / 'keys'} before you start." in done.output
    with pytest.raises(Damaged, match=r"receipt\.key is missing"):
        open_deployment(Settings(data=tmp_path / "new"))


def test_keys_of_another_record_are_refused(house: Deployment, out: Path, tmp_path: Path) -> None:
    folder = back_up(house, out)
    other = shutil.copytree(house.settings.data / "keys", tmp_path / "keys")
    for name in ("receipt.key", "checkpoint.key"):
        right = (other / name).read_bytes()
        (other / name).write_bytes(bytes(32))
        with pytest.raises(Damaged, match="not the one that this record began with"):
            put_back(folder, tmp_path / "new", keys=other)
        assert list((tmp_path / "new").iterdir()) == []
        (other / name).write_bytes(right)
    assert put_back(folder, tmp_path / "new", keys=other).has_keys
    assert stat.S_IMODE((tmp_path / "new/keys/receipt.key").stat().st_mode) == 0o600


def test_a_record_is_not_replaced_unasked(house: Deployment, out: Path) -> None:
    folder, data = back_up(house, out), house.settings.data
    with pytest.raises(Conflict, match="using"):
        put_back(folder, data)
    house.close()
    before = contents_of(data)
    with pytest.raises(Conflict, match="There is a record in") as refused:
        put_back(folder, data, replace=False)
    assert "--replace" in refused.value.next_step
    assert contents_of(data) == before


def test_while_a_backup_is_restored_nothing_starts(house: Deployment) -> None:
    house.close()
    held = hold(house.settings.data, alone=True)
    with pytest.raises(Conflict, match="being restored"):
        open_deployment(house.settings)
    held.let_go()
    open_deployment(house.settings).close()


def test_restoring_says_what_is_lost_and_keeps_what_was_there(
    house: Deployment, out: Path, opened: Callable[[Path], Deployment], run: Run
) -> None:
    first = send_one(house, "Sent before the backup was made.")
    folder, data = back_up(house, out), house.settings.data
    later = send_one(house, "Sent after the backup was made.")
    house.keep_checkpoint()
    house.close()
    kept = (data / "checkpoints.jsonl").read_bytes()
    old = (data / DATABASE).read_bytes()
    said = run("restore", str(folder), "--replace")
    assert said.exit_code == 0
    manifest = read_manifest(folder)
    assert f"{manifest.size} events up to {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, root" in said.output
    assert "1 event of the record before is not in it." in said.output
    (aside,) = data.glob("replaced-*")
    assert (aside / DATABASE).read_bytes() == old
    again = opened(data)
    with reading(again.engine) as db:
        assert comment_by_receipt(db, again.key, first).concern == "Sent before the backup was made."
        with pytest.raises(NotFound):
            comment_by_receipt(db, again.key, later)
        last = list(events(db))[manifest.size]
        assert (last.kind, last.actor) == ("record.restored", "operator")
        assert record_faults(again, db) == []
    # The checkpoints that name what is gone stay where they are; new ones are kept in a file beside them.
    assert len(list(data.glob("checkpoints.jsonl*"))) == 2
    assert (data / "checkpoints.jsonl").read_bytes().startswith(kept)
    assert again.checkpoints != data / "checkpoints.jsonl"
    assert again.checkpoints.is_file()


def test_checkpoints_that_still_hold_stay(
    house: Deployment, out: Path, opened: Callable[[Path], Deployment]
) -> None:
    data = house.settings.data
    house.keep_checkpoint()
    folder = back_up(house, out)
    house.close()
    assert put_back(folder, data).lost == 0
    opened(data)
    assert [path.name for path in data.glob("checkpoints.jsonl*")] == ["checkpoints.jsonl"]


def test_kept_checkpoints_tell_what_is_lost_where_the_record_cannot(house: Deployment, out: Path) -> None:
    folder, data = back_up(house, out), house.settings.data
    for number in range(3):
        send_one(house, f"Sent after the backup was made, number {number}.")
    house.keep_checkpoint()
    house.close()
    (data / DATABASE).unlink()
    assert put_back(folder, data).lost == 3


def test_a_record_that_cannot_be_read_is_kept_and_replaced(house: Deployment, out: Path) -> None:
    folder, data = back_up(house, out), house.settings.data
    house.close()
    (data / DATABASE).write_bytes(b"\xa5" * 8192)
    done = put_back(folder, data)
    assert done.lost is None
    assert done.aside is not None
    assert (done.aside / DATABASE).read_bytes() == b"\xa5" * 8192


def test_what_was_withdrawn_after_the_backup_does_not_come_back(
    house: Deployment, out: Path, opened: Callable[[Path], Deployment]
) -> None:
    receipt = send_one(house, "Eight words that their author has taken back again.")
    send_one(house, "Eight other words that are to stay for long.")
    folder, data = back_up(house, out), house.settings.data
    withdraw(house.engine, house.key, receipt)
    house.close()
    done = put_back(folder, data)
    assert (done.carried.erased, done.lost) == (1, 1)
    again = opened(data)
    with reading(again.engine) as db:
        assert comment_by_receipt(db, again.key, receipt).state == "withdrawn"
        assert record_faults(again, db) == []
    assert b"author has taken back" not in (data / DATABASE).read_bytes()
    assert b"words that are to stay" in (data / DATABASE).read_bytes()


@pytest.mark.parametrize("name", [DATABASE, "keys/receipt.key", MANIFEST])
@pytest.mark.parametrize("harm", [damage, Path.unlink])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(
    house: Deployment, out: Path, name: str, harm: Callable[[Path], None], run: Run
) -> None:
    folder, data = back_up(house, out, keys=True), house.settings.data
    house.close()
    before = contents_of(data)
    harm(folder / name)
    for command in (["backup", "--check", str(folder)], ["restore", str(folder), "--replace"]):
        said = run(*command)
        assert said.exit_code == 1
        assert "hearing backup" in said.output
    assert contents_of(data) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("size", 3), ("root", "00" * 32), ("counts", {"ledger": 3}), ("files", {}), ("format", "other/1")],
)
def test_a_manifest_that_says_something_else_is_refused(
    house: Deployment, out: Path, tmp_path: Path, field: str, value: object
) -> None:
    folder = back_up(house, out)
    said = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(said | {field: value}))
    with pytest.raises((Damaged, Invalid)):
        put_back(folder, tmp_path / "new")
    assert list((tmp_path / "new").glob("*")) == []


def test_a_manifest_cannot_name_files_elsewhere(house: Deployment, out: Path, tmp_path: Path) -> None:
    folder = back_up(house, out)
    (out / "outside").write_bytes(b"")
    said = json.loads((folder / MANIFEST).read_text())
    said["files"]["../outside"] = said["files"][DATABASE]
    (folder / MANIFEST).write_text(json.dumps(said))
    with pytest.raises(Damaged, match="outside is missing"):
        put_back(folder, tmp_path / "new")


def test_a_backup_whose_rows_were_changed_with_its_manifest_is_refused(
    house: Deployment, out: Path, tmp_path: Path
) -> None:
    """Whoever can write a backup can also write its checksums; what the ledger committed to remains."""
    send_one(house, "Who checks the pictures that are kept?")
    folder = back_up(house, out)
    changed = open_engine(f"sqlite:///{folder / DATABASE}")
    with writing(changed) as db:
        db.execute(comment.update().values(concern="Nobody has to check anything at all."))
    erase_freed_pages(changed)
    changed.dispose()
    said = json.loads((folder / MANIFEST).read_text())
    said["files"][DATABASE] = digest(folder / DATABASE)
    (folder / MANIFEST).write_text(json.dumps(said))
    with pytest.raises(Damaged, match="Its signature is not that of its record"):
        put_back(folder, tmp_path / "new", allowed=Allowed(unsigned=True))
    (folder / MANIFEST).write_text(json.dumps(said | {"signature": ""}))
    with pytest.raises(Damaged, match="is not signed"):
        put_back(folder, tmp_path / "new")
    with pytest.raises(Damaged, match="differs from what was committed to"):
        put_back(folder, tmp_path / "new", allowed=Allowed(unsigned=True))


def test_a_restore_broken_off_at_any_step_is_old_or_new(
    house: Deployment, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = back_up(house, out, keys=True)
    later = send_one(house, "Sent after the backup was made.")
    house.close()
    move, outcomes = restoring._move, set()
    for step in range(12):
        data = shutil.copytree(house.settings.data, tmp_path / f"data{step}")
        left = [step]

        def break_off(source: Path, target: Path, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            move(source, target)

        monkeypatch.setattr(restoring, "_move", break_off)
        try:
            put_back(folder, data)
            finished = True
        except KeyboardInterrupt:
            finished = False
            assert is_pending(data)
        monkeypatch.setattr(restoring, "_move", move)
        again = open_deployment(house.settings.model_copy(update={"data": data}))
        with reading(again.engine) as db:
            assert record_faults(again, db) == []
            with pytest.raises(NotFound):
                comment_by_receipt(db, again.key, later)
        again.close()
        assert not (data / PENDING).exists()
        assert not list(data.glob(".restoring-*"))
        assert len(list(data.glob("replaced-*"))) == 1
        outcomes.add(finished)
        if finished:
            break
    assert outcomes == {True, False}


def manifest_at(at: datetime, size: int = 1) -> Manifest:
    return Manifest(at, "0", "0001", size, "00", {}, {}, None)


def test_days_weeks_and_months_keep_their_newest() -> None:
    end = datetime(2026, 11, 23, 3, tzinfo=UTC)
    found = [
        (Path(f"{day}"), manifest_at(end - timedelta(days=day), size=1000 - day))
        for day in range(399, -1, -1)
    ]
    gone = {path.name for path in outdated(found, Keep(7, 4, 12), longest=timedelta(days=10_000), at=end)}
    stay = sorted(set(range(400)) - {int(name) for name in gone})
    # Seven days; the ends of the weeks of Sunday 22, 15 and 8 November; the ends of eleven months.
    assert stay[:9] == [0, 1, 2, 3, 4, 5, 6, 8, 15]
    assert [(end - timedelta(days=day)).strftime("%Y-%m-%d") for day in stay[9:12]] == [
        "2026-10-31",
        "2026-09-30",
        "2026-08-31",
    ]
    assert len(stay) == 9 + 11


def test_nothing_is_kept_for_longer_than_pages_promise() -> None:
    end = datetime(2026, 11, 23, 3, tzinfo=UTC)
    found = [(Path(str(day)), manifest_at(end - timedelta(days=day))) for day in (400, 35, 34, 33, 1)]
    gone = outdated(found, Keep(99, 99, 99), longest=timedelta(days=35), at=end)
    assert [path.name for path in gone] == ["400", "35", "34"]
    # The newest one stays, however old it is.
    assert outdated(found[:1], Keep(0, 0, 0), longest=timedelta(days=35), at=end) == []
    assert outdated([], Keep(), longest=timedelta(days=35)) == []


def test_the_newest_is_the_one_that_knows_most_also_when_the_clock_was_set_back(
    house: Deployment, out: Path
) -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    make_backup(house.engine, out, check=faults_of_copy, at=at)
    send_one(house, "Sent after the first backup was made.")
    second, _ = make_backup(house.engine, out, check=faults_of_copy, at=at - timedelta(hours=1))
    assert newest(out) == second


def test_only_its_own_backups_are_removed(house: Deployment, run: Run, out: Path) -> None:
    (out / "2020-01-01T000000Z").mkdir(parents=True)
    (out / "2020-01-01T000000Z" / "mine.txt").write_text("not of this command")
    (out / "notes").mkdir()
    at = datetime.now(UTC)
    for days in (1, 2, 40):
        make_backup(house.engine, out, check=faults_of_copy, at=at - timedelta(days=days))
    said = run("backup", "--out", str(out), "--keep", "2/0/0")
    assert said.exit_code == 0
    assert said.output.count("Removed: ") == 2
    kept = [folder for folder, _ in made_here(out)]
    assert len(kept) == 2
    assert (out / "2020-01-01T000000Z" / "mine.txt").read_text() == "not of this command"
    assert (out / "notes").is_dir()


def test_without_keep_only_age_removes(house: Deployment, run: Run, out: Path) -> None:
    at = datetime.now(UTC)
    for days in (1, 2, 3, 40):
        make_backup(house.engine, out, check=faults_of_copy, at=at - timedelta(days=days))
    assert run("backup", "--out", str(out)).output.count("Removed: ") == 1
    assert len(made_here(out)) == 4


@pytest.mark.parametrize(
    ("command", "program"), [(["backup", "--out", "out"], "pg_dump"), (["restore", "."], "pg_restore")]
)
def test_postgresql_has_its_own_program(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: list[str], program: str
) -> None:
    monkeypatch.setenv("HEARING_DATABASE_URL", "postgresql://hearing@/hearing?host=/nowhere")
    said = run(*command)
    assert said.exit_code == 1
    assert f"{program}" in said.output
    assert "docs/running.md" in said.output


@pytest.mark.promise("R2", "R5")
def test_a_large_record_is_restored_whole(
    house: Deployment, out: Path, tmp_path: Path, measure: Measure
) -> None:
    many = scale(1_000, 100_000)
    add_comments(house.engine, house.key, many, at=datetime.now(UTC), hearing_id=HEARING)
    stop, written = threading.Event(), [0]

    def write() -> None:
        while not stop.is_set():
            add_comments(
                house.engine, house.key, 1, at=datetime.now(UTC), first=many + written[0], hearing_id=HEARING
            )
            written[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not written[0]:
            time.sleep(0.01)
        began = time.monotonic()
        folder = back_up(house, out, keys=True)
        measure("seconds to back up while others write", round(time.monotonic() - began, 1))
    finally:
        stop.set()
        writer.join(60)
    manifest = read_manifest(folder)
    with reading(house.engine) as db:
        assert head(db, size=manifest.size).root.hex() == manifest.root
    began = time.monotonic()
    put_back(folder, tmp_path / "new")
    seconds = time.monotonic() - began
    measure("comments", manifest.counts["comment"])
    measure("seconds to restore and verify", round(seconds, 1))
    if SOAK:
        assert seconds < 60
    began = time.monotonic()
    new = open_deployment(Settings(data=tmp_path / "new"))
    measure("seconds to open it again", round(time.monotonic() - began, 1))
    with reading(new.engine) as db:
        assert head(db, size=manifest.size).root.hex() == manifest.root
        found = db.execute(select(func.count()).select_from(comment)).scalar_one()
        assert many < found == manifest.counts["comment"]
        for number in (0, many // 2, many - 1):
            receipt = receipt_of(new.key, draft_id_of(number))
            assert comment_by_receipt(db, new.key, receipt).concern == words_of(number)
    new.close()
