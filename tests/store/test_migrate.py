from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, MetaData, Table, insert, inspect, select
from sqlalchemy.exc import OperationalError

from hearing_app.errors import Damaged
from hearing_app.store.engine import open_engine, reading, writing
from hearing_app.store.migrate import migrate
from hearing_app.store.tables import comment, metadata, opinion_release

MIGRATIONS = Path(__file__).parents[2] / "hearing_app/store/migrations"


def described(engine: Engine) -> dict[str, Any]:
    """Return every column, key, check and index of a database, in an order of their own."""
    found = inspect(engine)
    return {
        table: {
            "columns": [str(column) for column in found.get_columns(table)],
            "key": found.get_pk_constraint(table),
            "references": sorted(map(str, found.get_foreign_keys(table))),
            "unique": sorted(map(str, found.get_unique_constraints(table))),
            "checks": sorted(map(str, found.get_check_constraints(table))),
            "indexes": sorted(map(str, found.get_indexes(table))),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def test_migrations_build_the_tables_of_the_metadata(engine: Engine, tmp_path: Path) -> None:
    with reading(engine) as db:
        context = MigrationContext.configure(db, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    direct = open_engine(f"sqlite:///{tmp_path / 'direct.sqlite'}")
    metadata.create_all(direct)
    # Alembic does not compare checks; the inspector does.
    assert described(engine) == described(direct)
    assert "ck_ledger_seq" in str(described(engine)["ledger"]["checks"])
    direct.dispose()


def at_the_first_version(url: str) -> Engine:
    """Make a database as the first version of the program left it."""
    made = open_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(made) as db:
        config.attributes["connection"] = db
        command.upgrade(config, "0001")
    return made


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_the_second_version_keeps_what_the_first_holds(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'hearing.sqlite'}"
    if backend == "postgresql":
        url = request.getfixturevalue("make_database")()
    engine = at_the_first_version(url)
    at = datetime(2026, 6, 1, 12)
    with writing(engine) as db:
        before = Table("comment", MetaData(), autoload_with=db)
        given = {column.name: "" for column in before.c if not column.nullable} | {
            "comment_id": "C-1",
            "system_version": 1,
            "stance": "oppose",
            "standing": ["affected", "family"],
            "evidence": [],
            "submitted_at": at,
            "state": "published",
            "state_at": at,
        }
        db.execute(insert(before).values(given))
    migrate(engine)
    with reading(engine) as db:
        row = db.execute(select(comment)).one()
        assert (row.comment_id, row.stance, row.standing) == ("C-1", "oppose", ["affected", "family"])
        assert db.execute(select(opinion_release)).all() == []
    engine.dispose()


def test_migrating_twice_does_nothing(engine: Engine) -> None:
    with writing(engine) as db:
        db.exec_driver_sql("INSERT INTO attempt (scope, key, at) VALUES ('s', 'k', '2026-06-01 00:00:00')")
        before = db.exec_driver_sql("PRAGMA schema_version").scalar_one()
    migrate(engine)
    with reading(engine) as db:
        assert db.exec_driver_sql("PRAGMA schema_version").scalar_one() == before
        assert db.exec_driver_sql("SELECT count(*) FROM attempt").scalar_one() == 1


def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(engine: Engine) -> None:
    with writing(engine) as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = described(engine)
    with pytest.raises(Damaged, match="newer version"):
        migrate(engine)
    with reading(engine) as db:
        assert db.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == "9999"
    assert described(engine) == before


def test_a_migration_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'hearing.sqlite'}")
    with writing(engine) as db:
        db.exec_driver_sql("CREATE TABLE session (in_the_way TEXT)")
    with pytest.raises(OperationalError, match="already exists"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["session"]
    engine.dispose()


def test_two_servers_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    engines = [open_engine(f"sqlite:///{tmp_path / 'hearing.sqlite'}") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, engines))
    with reading(engines[0]) as db:
        assert db.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar_one() == 1
    for engine in engines:
        engine.dispose()
