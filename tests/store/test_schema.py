"""What a database holds beside the tables of the application: found, wherever it stands."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine

from hearing_app.deployment import Deployment, check_whole, faults_of_copy, open_deployment
from hearing_app.errors import Damaged
from hearing_app.store import schema
from hearing_app.store.engine import erase_freed_pages, reading, writing
from hearing_app.store.migrate import migrate, revisions
from hearing_app.store.schema import check_own, foreign_faults
from hearing_app.store.tables import metadata
from tests import older

HUSH = "CREATE TRIGGER hush AFTER INSERT ON comment BEGIN DELETE FROM comment; END"
CONTRIVED = {
    "a trigger": ([HUSH], "The database has a trigger, “hush”, that this application did not make."),
    "a view": (["CREATE VIEW seen AS SELECT 1"], "The database has a view, “seen”, that"),
    "a table": (["CREATE TABLE copy AS SELECT * FROM comment"], "The database has a table, “copy”, that"),
    "an index": (
        ["CREATE UNIQUE INDEX once ON comment (hearing_id)"],
        "The database has an index, “once”, that this application did not make.",
    ),
    "an index that is gone": (
        ["DROP INDEX ix_ledger_subject"],
        "The database lacks the index “ix_ledger_subject”, which this application made.",
    ),
    "a column": (
        ["ALTER TABLE comment ADD COLUMN address TEXT"],
        "The table “comment” of the database is not as this application made it.",
    ),
    "a rule of a table that is gone": (
        [
            "PRAGMA writable_schema=ON",
            "UPDATE sqlite_master SET sql = replace(sql, 'CHECK (seq >= 0)', 'CHECK (1)')",
        ],
        "of the database is not as this application made it.",
    ),
    "a trigger that goes by the name of statistics": (
        [
            "CREATE TRIGGER evil AFTER INSERT ON slot BEGIN DELETE FROM slot; END",
            "PRAGMA writable_schema=ON",
            "UPDATE sqlite_master SET name = 'sqlite_stat_evil', "
            "sql = replace(sql, 'evil', 'sqlite_stat_evil') WHERE name = 'evil'",
        ],
        "The database has a trigger, “sqlite_stat_evil”, that",
    ),
    "a view in the place of a table": (
        ["ALTER TABLE comment RENAME TO kept", "CREATE VIEW comment AS SELECT * FROM kept"],
        "The database has a view, “comment”, that",
    ),
}


def change(db: Connection, *statements: str) -> None:
    for statement in statements:
        db.exec_driver_sql(statement)


def found(engine: Engine) -> list[str]:
    with reading(engine) as db:
        return foreign_faults(db)


@pytest.mark.parametrize(("statements", "says"), CONTRIVED.values(), ids=CONTRIVED)
def test_what_the_application_did_not_make_is_named(engine: Engine, statements: list[str], says: str) -> None:
    assert found(engine) == []
    with writing(engine) as db:
        change(db, *statements)
    engine.dispose()
    now = found(engine)
    assert any(says in fault for fault in now), now
    with reading(engine) as db, pytest.raises(Damaged, match="this application") as refused:
        check_own(db)
    assert "restore the newest backup" in refused.value.next_step
    assert "application" in " ".join(faults_of_copy(engine)), "a copy with it is no backup"


@pytest.mark.parametrize("revision", older.revisions())
def test_every_earlier_version_is_known_and_becomes_the_present_one(tmp_path: Path, revision: str) -> None:
    engine = older.make(tmp_path / "hearing.sqlite", revision)
    assert found(engine) == []
    migrate(engine)
    assert found(engine) == []
    with writing(engine) as db:
        db.exec_driver_sql(HUSH)
    assert len(found(engine)) == 1
    engine.dispose()


def test_statistics_for_the_planner_and_an_empty_database_are_as_they_should_be(
    engine: Engine, tmp_path: Path
) -> None:
    with writing(engine) as db:
        db.exec_driver_sql("ANALYZE")
        db.exec_driver_sql("INSERT INTO attempt (scope, key, at) VALUES ('s', 'k', '2026-06-01 00:00:00')")
    assert erase_freed_pages(engine), "VACUUM writes the definitions anew"
    assert found(engine) == []
    empty = create_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert found(empty) == []
    empty.dispose()


def test_many_are_not_all_listed(engine: Engine) -> None:
    with writing(engine) as db:
        change(db, *(f"CREATE TABLE {'x' * 70}{number} (one TEXT)" for number in range(20)))
    assert len(found(engine)) == 5
    assert max(map(len, found(engine))) < 150


def test_an_open_record_is_stopped_when_it_is_found(house: Deployment) -> None:
    with writing(house.engine) as db:
        db.exec_driver_sql(HUSH)
    now = check_whole(house)
    assert now[0].startswith("The database has a trigger, “hush”")
    with pytest.raises(Damaged, match="hush"), reading(house.engine):
        pass


def test_a_record_with_it_is_not_opened(house: Deployment) -> None:
    with writing(house.engine) as db:
        db.exec_driver_sql(HUSH)
    house.close()
    with pytest.raises(Damaged, match="trigger, “hush”"):
        open_deployment(house.settings)


def test_every_further_start_finds_the_tables_as_the_first_one_made_them(house: Deployment) -> None:
    assert check_whole(house) == []
    house.close()
    again = open_deployment(house.settings)
    assert check_whole(again) == []
    again.close()


def test_the_definitions_are_written_as_they_were() -> None:
    """Databases keep the words with which their tables were made.

    A newer SQLAlchemy or Alembic that words them in another way would make every record that is there seem
    damaged: then ``schema._SAYS_NOTHING`` has to learn the difference, before the lock is changed.
    """
    assert revisions()[0] == "0018", "a new migration: write down its hash as well"
    made = schema._as_made("0018")
    assert {name for kind, name in made if kind == "table"} == {*metadata.tables, "alembic_version"}
    text = "\n".join(f"{kind} {name} {made[kind, name]}" for kind, name in sorted(made))
    known = "4bcf9d26fa5024ab1d56e9782069a951267fb4dc432b9efbf434802f3d77aa2f"
    assert hashlib.sha256(text.encode()).hexdigest() == known
