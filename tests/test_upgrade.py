"""From every earlier version of the schema, with data in every table, to the present one: nothing is lost."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, inspect

from hearing_app.deployment import faults_of_copy, open_deployment
from hearing_app.hearings.comments.comment import comment_by_receipt, submit, withdraw
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.comments.verify import faults as comment_faults
from hearing_app.hearings.moderation.holding import holds_of
from hearing_app.people.permissions import PUBLIC
from hearing_app.record import ledger, versions
from hearing_app.record.backup import DATABASE, FORMAT, MANIFEST
from hearing_app.record.before import Carried
from hearing_app.record.receipts import new_draft_id
from hearing_app.record.restore import Allowed, restore
from hearing_app.settings import Settings
from hearing_app.store.engine import check_integrity, open_engine, reading, writing
from hearing_app.store.files import digest, row_counts
from hearing_app.store.migrate import migrate, revision_of
from tests import older

ROOT = Path(__file__).parents[1]
REVISIONS = older.revisions()
# Staff sign in again where a session of before does not say what is asked of one now.
FORGOTTEN = {"0001": {"session"}, "0002": {"session"}, "0003": {"session"}}


def missing(before: dict[str, list[dict[str, object]]], engine: Engine) -> dict[str, list[dict[str, object]]]:
    """Return the rows of before that are not there any more, in the columns that they had."""
    after = older.rows_of(engine)
    return {
        table: gone
        for table, rows in before.items()
        if (
            gone := [
                row for row in rows if not any(row.items() <= other.items() for other in after.get(table, []))
            ]
        )
    }


def dump(file: Path) -> str:
    """Return everything that a database holds, its definitions and its version included."""
    with closing(sqlite3.connect(file)) as raw:
        return "\n".join(raw.iterdump())


def test_every_table_of_every_version_has_data(tmp_path: Path) -> None:
    for revision in REVISIONS:
        engine = older.make(tmp_path / f"{revision}.sqlite", revision)
        rows = older.rows_of(engine)
        assert set(rows) == set(inspect(engine).get_table_names()) - {"alembic_version"}
        assert all(rows.values()), revision
        with reading(engine) as db:
            assert revision_of(db) == revision
        engine.dispose()


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_nothing_is_lost_on_the_way_to_the_present(revision: str, tmp_path: Path) -> None:
    engine = older.make(tmp_path / "hearing.sqlite", revision)
    before = older.rows_of(engine)
    migrate(engine)
    assert set(missing(before, engine)) == FORGOTTEN.get(revision, set())
    check_integrity(engine, whole=True)
    with reading(engine) as db:
        assert revision_of(db) == REVISIONS[-1]
        assert ledger.faults(db) == []
        assert versions.faults(db) == []
        assert comment_faults(db) == []
        for draft in older.DRAFTS:
            found = comment_by_receipt(db, older.KEY, older.receipt_of(draft))
            assert found.concern == ("" if draft == "withdrawn" else older.words_of(draft))
    engine.dispose()


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_the_service_starts_on_it_and_goes_on(revision: str, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/receipt.key").touch(mode=0o600)
    (tmp_path / "keys/receipt.key").write_bytes(older.KEY)
    older.make(tmp_path / "hearing.sqlite", revision).dispose()
    if revision >= "0004":
        # Made-up rows of a second factor belong to no key of this test.
        with closing(sqlite3.connect(tmp_path / "hearing.sqlite", isolation_level=None)) as raw:
            raw.execute("DELETE FROM second_factor")
    (tmp_path / "none").mkdir()
    settings = Settings(data=tmp_path, registry=ROOT / "registry", datasets=tmp_path / "none")
    house = open_deployment(settings)
    withdraw(house.engine, house.key, older.receipt_of("published"))
    with writing(house.engine) as db:
        draft = Draft(
            new_draft_id(), older.HEARING, older.SYSTEM, 1, concern="Written by the newest version of all."
        )
        code = submit(db, PUBLIC, house.key, draft).code
    with reading(house.engine) as db:
        assert comment_by_receipt(db, house.key, code).concern == "Written by the newest version of all."
        assert comment_by_receipt(db, house.key, older.receipt_of("published")).state == "withdrawn"
        assert ledger.faults(db) == []
        assert comment_faults(db) == []
        # What was held before holds had a last day has one now.
        held = comment_by_receipt(db, older.KEY, older.receipt_of("held")).comment_id
        assert holds_of(db, [held])[held].due_at > datetime.now(UTC)
    house.close()


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_an_upgrade_that_is_broken_off_leaves_the_old_version(revision: str, tmp_path: Path) -> None:
    """Whichever statement it is that fails: from the oldest version each one, from another every fifth."""
    file = tmp_path / "hearing.sqlite"
    engine = older.make(file, revision)
    before = dump(file)
    step, done = 1 if revision == REVISIONS[0] else 5, False
    at = -(int(revision) % step)
    while not done:
        at += step
        left = [at]

        def fail(*_: object, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt

        event.listen(engine, "before_cursor_execute", fail)
        try:
            migrate(engine)
            done = left[0] > 0
        except KeyboardInterrupt:
            pass
        event.remove(engine, "before_cursor_execute", fail)
        if not done:
            assert dump(file) == before
    assert f"('{revision}')" in before
    assert at > 3
    engine.dispose()


def test_a_backup_of_an_earlier_version_is_restored_as_the_present_one(tmp_path: Path) -> None:
    folder = tmp_path / "2026-06-01T120000Z"
    folder.mkdir()
    engine = older.make(folder / DATABASE, "0002")
    size, root, counts = *older.head_of(engine), row_counts(engine)
    engine.dispose()
    manifest = {
        "format": FORMAT, "made_at": "2026-06-01T12:00:00+00:00", "version": "0.1.0", "schema": "0002",
        "size": size, "root": root, "counts": counts, "checkpoint": None,
        "files": {DATABASE: digest(folder / DATABASE)},
    }  # fmt: skip
    (folder / MANIFEST).write_text(json.dumps(manifest))
    data = tmp_path / "data"
    restore(
        folder, data, replace=False, checkpoints=data / "none", check=faults_of_copy,
        carry_over=lambda _new, _old: Carried(), allowed=Allowed(unsigned=True),
    )  # fmt: skip
    restored = open_engine(f"sqlite:///{data / 'hearing.sqlite'}")
    with reading(restored) as db:
        assert revision_of(db) == REVISIONS[-1]
        assert ledger.head(db, size=size).root.hex() == root
        found = comment_by_receipt(db, older.KEY, older.receipt_of("held"))
        assert found.concern == older.words_of("held")
    restored.dispose()
