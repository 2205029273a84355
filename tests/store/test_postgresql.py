"""What the tests of SQLite prove, once more on a real PostgreSQL server, and what is particular to it."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, QueuePool, func, insert, inspect, select, text
from sqlalchemy.exc import DataError, IntegrityError, InternalError, ProgrammingError

from hearing_app.deployment import faults_of_copy, open_deployment
from hearing_app.errors import Damaged, Invalid
from hearing_app.hearings.comments.comment import Receipt
from hearing_app.record.ledger import append, contents, events, faults, head
from hearing_app.record.merkle import root
from hearing_app.settings import Settings
from hearing_app.store import engine as store
from hearing_app.store.engine import check_integrity, erase_freed_pages, open_engine, reading, writing
from hearing_app.store.migrate import migrate
from hearing_app.store.schema import foreign_faults
from hearing_app.store.tables import account, attempt, comment, ledger_content, metadata, session
from tests.postgresql import MakeDatabase

from .test_migrate import described

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 6, 1, 12, 30, 15, 123456, tzinfo=UTC)
Send = Callable[..., Receipt]


@pytest.fixture
def engine(postgresql_engine: Engine) -> Engine:
    """The shared fixtures (a hearing, drafts, comments) are built on this engine here."""
    return postgresql_engine


@pytest.fixture
def second(engine: Engine) -> Iterator[Engine]:
    """Another engine on the same database, as another process would have one."""
    opened = open_engine(engine.url.render_as_string(hide_password=False))
    yield opened
    opened.dispose()


def add(engine: Engine, subject: str = "comment:C1") -> int:
    with writing(engine) as db:
        event = append(db, actor="public", kind="x.done", subject=subject, content={"words": "some"}, at=AT)
    return event.seq


def add_try(engine: Engine) -> None:
    with writing(engine) as db:
        db.execute(insert(attempt).values(scope="s", key="k", at=AT))


def tries(engine: Engine) -> int:
    with reading(engine) as db:
        return db.execute(select(func.count()).select_from(attempt)).scalar_one()


def numbers(engine: Engine) -> list[int]:
    with reading(engine) as db:
        assert faults(db) == []
        return [event.seq for event in events(db)]


def change(engine: Engine, statement: str) -> None:
    """Set a default of the database, as its administrator would, and begin anew."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql(f"ALTER DATABASE {engine.url.database} SET {statement}")
    engine.dispose()


# The schema, and what goes through it.


def test_migrations_build_the_tables_of_the_metadata(engine: Engine, make_database: MakeDatabase) -> None:
    with reading(engine) as db:
        context = MigrationContext.configure(db, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    direct = open_engine(make_database())
    metadata.create_all(direct)
    assert described(engine) == described(direct)
    assert "ck_ledger_seq" in str(described(engine)["ledger"]["checks"])
    direct.dispose()


def test_four_servers_that_start_at_once_migrate_once(make_database: MakeDatabase) -> None:
    url = make_database()
    engines = [open_engine(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, engines))
    with reading(engines[0]) as db:
        assert db.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar_one() == 1
    for one in engines:
        one.dispose()


def test_a_migration_that_fails_half_way_leaves_nothing(make_database: MakeDatabase) -> None:
    engine = open_engine(make_database())
    with writing(engine) as db:
        db.exec_driver_sql("CREATE TABLE session (in_the_way TEXT)")
    with pytest.raises(ProgrammingError, match="already exists"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["session"]
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused(engine: Engine) -> None:
    with writing(engine) as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Damaged, match="newer version"):
        migrate(engine)


def test_times_json_bytes_and_numbers_come_back_as_they_were(engine: Engine, send: Send) -> None:
    noon_in_delhi = datetime(2026, 6, 1, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with writing(engine) as db:
        db.exec_driver_sql("SET LOCAL timezone TO 'America/New_York'")
        made = insert(attempt).values(scope="s", key="k", at=noon_in_delhi).returning(attempt.c.attempt_id)
        assert [db.execute(made).scalar_one() for _ in range(3)] == [1, 2, 3]
        read = db.execute(select(attempt.c.at).limit(1)).scalar_one()
        stored = db.exec_driver_sql("SELECT at::text FROM attempt LIMIT 1").scalar_one()
    assert (read, read.tzinfo) == (noon_in_delhi, UTC)
    assert stored == "2026-06-01 06:30:00.000001"
    pinned = {"figures": [{"value": 0.4484679665738162, "low": None, "n": 2**60}], "words": "Łukasz 🙂"}
    words = "  Who checks it? =1+1 \u202eé’s; DROP  "
    receipt = send(pinned=pinned, standing=("affected", "family"), concern=words)
    with reading(engine) as db:
        row = db.execute(select(comment)).one()
        event = list(events(db))[-1]
        salt = db.execute(select(ledger_content.c.salt)).scalars().first()
    assert (row.pinned, row.standing, row.evidence) == (pinned, ["affected", "family"], [])
    assert (row.comment_id, row.concern) == (receipt.comment_id, words)
    assert isinstance(row.language_confidence, float | None)
    assert (type(event.leaf_hash), type(salt)) == (bytes, bytes)
    assert event.at.tzinfo is UTC


# Writing and reading.


def test_eight_writers_leave_no_gap_and_no_double(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda place: add(engine, f"comment:{place}"), range(120)))
    assert sorted(given) == numbers(engine) == list(range(120))


WRITER = """
import sys
from hearing_app.record.ledger import append
from hearing_app.store.engine import open_engine, writing
engine = open_engine(sys.argv[1])
for place in range(50):
    with writing(engine) as db:
        append(db, actor=sys.argv[2], kind="x.done", subject=f"x:{place}", content={})
"""


def test_two_processes_write_at_once_and_leave_no_gap(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, url, name], cwd=ROOT) for name in ("a", "b")]
    own = [add(engine) for _ in range(50)]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert numbers(engine) == list(range(150))
    with reading(engine) as db:
        by = [event.actor for event in events(db)]
        assert head(db).root == root(event.leaf_hash for event in events(db))
    assert Counter(by) == {"a": 50, "b": 50, "public": 50}
    assert own == sorted(own)


def test_no_default_of_the_server_weakens_a_write(engine: Engine) -> None:
    change(engine, "default_transaction_isolation TO 'serializable'")
    change(engine, "synchronous_commit TO off")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda place: add(engine, f"comment:{place}"), range(60)))
    assert numbers(engine) == list(range(60))
    with writing(engine) as db:
        names = ("transaction_isolation", "transaction_read_only", "synchronous_commit", "lock_timeout")
        assert [db.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names] == [
            "read committed",
            "off",
            "on",
            "30s",
        ]
    change(engine, "synchronous_commit TO remote_apply")
    with writing(engine) as db:
        assert db.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "remote_apply"


def test_a_rollback_keeps_neither_the_change_nor_the_event(engine: Engine) -> None:
    add(engine)
    row = {"account_id": "a", "email": "a@b.example", "role": "auditor", "agency": "", "password_hash": ""}
    with pytest.raises(RuntimeError), writing(engine) as db:
        db.execute(insert(account).values(**row, created_at=AT, disabled=False))
        append(db, actor="operator", kind="account.created", subject="account:a", content={})
        raise RuntimeError
    with reading(engine) as db:
        assert db.execute(select(account)).all() == []
        assert len(db.execute(select(ledger_content)).all()) == 1
    assert add(engine) == 1


def test_a_reader_sees_one_snapshot_while_others_write(engine: Engine, second: Engine) -> None:
    count = select(func.count()).select_from(attempt)
    with reading(engine) as db:
        before = db.execute(count).scalar_one()
        add_try(second)
        assert db.execute(count).scalar_one() == before
        assert db.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "repeatable read"
    assert tries(engine) == before + 1


def test_nothing_is_changed_while_reading(engine: Engine) -> None:
    with pytest.raises(InternalError, match="read-only"), reading(engine) as db:
        db.execute(insert(attempt).values(scope="s", key="lost", at=AT))
    add_try(engine)
    assert tries(engine) == 1


def test_whoever_stops_reading_the_record_leaves_nothing_open(engine: Engine) -> None:
    add(engine)
    with reading(engine) as db:
        assert next(contents(db), None) is not None
        assert db.execute(text("SELECT count(*) FROM pg_cursors")).scalar_one() == 0


def test_a_table_in_use_delays_the_erasing_and_nothing_is_raised(
    engine: Engine, send: Send, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(store, "ERASING_MILLISECONDS", 50)
    send()
    with caplog.at_level(logging.WARNING), reading(engine) as db:
        db.execute(select(comment)).all()
        assert not erase_freed_pages(engine)
    assert "could not be erased" in caplog.text
    assert erase_freed_pages(engine)


# Errors.


def test_an_error_does_not_quote_what_was_written(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    row: dict[str, Any] = {"account_id": "nobody", "created_at": AT, "seen_at": AT}
    row |= {"expires_at": AT, "awaits_code": False}
    secret = "a secret word"
    with pytest.raises(IntegrityError) as by_reference, writing(engine) as db:
        db.execute(insert(session).values(token_hash=secret, **row))
    with pytest.raises(IntegrityError) as by_null, writing(engine) as db:
        db.execute(insert(session).values(token_hash=secret, **(row | {"expires_at": None})))
    with pytest.raises(DataError) as by_length, writing(engine) as db:
        db.execute(insert(session).values(token_hash=secret * 10, **row))
    with pytest.raises(DataError) as by_cast, writing(engine) as db:
        db.exec_driver_sql("SELECT CAST(%s::text AS integer)", (secret,))
    for caught in (by_reference, by_null, by_length, by_cast):
        assert secret not in "".join(traceback.format_exception(caught.value))
        assert secret not in f"{caught.value} {caught.value.orig} {caught.value.orig!r}"
        assert "SQLSTATE 2" in str(caught.value)
    assert "fk_session_account_id" in str(by_reference.value)
    assert "expires_at" in str(by_null.value)
    assert secret not in caplog.text


def test_a_fault_of_ours_is_no_damage(engine: Engine) -> None:
    with pytest.raises(ProgrammingError, match='"nothing_here" does not exist'), reading(engine) as db:
        db.exec_driver_sql("SELECT * FROM nothing_here")


@pytest.mark.parametrize(
    ("state", "says", "then"),
    [
        ("53100", "the disk of the database server is full", "try again"),
        ("53300", "no room for more", "try again"),
        ("58030", "the disk of the database server fails", "try again"),
        ("XX001", "a table is damaged", "Restore the newest backup"),
        ("57014", "broke it off", "try again"),
    ],
)
def test_trouble_of_the_server_is_said_in_plain_words(
    engine: Engine, caplog: pytest.LogCaptureFixture, state: str, says: str, then: str
) -> None:
    with pytest.raises(Damaged, match=says) as caught, writing(engine) as db:
        db.execute(insert(attempt).values(scope="s", key="k", at=AT))
        db.exec_driver_sql(f"DO $$ BEGIN RAISE 'in relation base/5/16384' USING ERRCODE = '{state}'; END $$")
    assert then in caught.value.next_step
    assert "base/5" not in str(caught.value)
    assert "base/5" in caplog.text
    if state == "XX001":
        # Damage stops the engine: nothing is read from it any more.
        with pytest.raises(Damaged, match="a table is damaged"):
            tries(engine)
    else:
        assert tries(engine) == 0


def test_a_database_that_takes_no_changes_can_be_read(engine: Engine) -> None:
    add_try(engine)
    change(engine, "default_transaction_read_only TO on")
    with pytest.raises(Damaged, match="takes no changes") as caught:
        add_try(engine)
    assert "try again" in caught.value.next_step
    assert tries(engine) == 1


def test_a_server_that_is_not_there_is_said_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engine = open_engine(f"postgresql://hearing:a-password@/hearing?host={tmp_path}")
    for use in (reading, writing):
        with pytest.raises(Damaged, match="cannot be reached") as caught, use(engine):
            pytest.fail("there is nothing to use")
        assert "try again" in caught.value.next_step
    with pytest.raises(Damaged):
        open_deployment(Settings(data=tmp_path, database_url=str(engine.url)))
    assert "Is the server running" in caplog.text
    assert "a-password" not in caplog.text + str(caught.value)


def test_a_connection_that_is_cut_loses_the_transaction_and_the_next_one_works(engine: Engine) -> None:
    with pytest.raises(Damaged, match="cannot be reached"), writing(engine) as db:
        db.execute(insert(attempt).values(scope="s", key="k", at=AT))
        own = db.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({own}, 5000)")
        db.execute(insert(attempt).values(scope="s", key="k", at=AT))
    add_try(engine)
    assert tries(engine) == 1


def test_a_writer_that_waits_too_long_is_told_to_come_back(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_MILLISECONDS", 50)
    hasty = open_engine(engine.url.render_as_string(hide_password=False))
    with writing(engine), pytest.raises(Damaged, match="another change is in the way"), writing(hasty):
        pytest.fail("the lock was taken")
    add_try(hasty)
    hasty.dispose()


def test_when_every_connection_is_taken_the_next_is_told_to_wait(engine: Engine) -> None:
    assert isinstance(engine.pool, QueuePool)
    engine.pool._timeout = 0.01
    with ExitStack() as stack:
        for _ in range(32):
            stack.enter_context(reading(engine))
        with pytest.raises(Damaged, match="every connection is in use"), reading(engine):
            pytest.fail("there were only to be 32")


@pytest.mark.parametrize("name", ["postgresql", "postgres", "postgresql+psycopg2", "postgresql+asyncpg"])
def test_every_way_to_write_the_url_works(engine: Engine, name: str) -> None:
    url = engine.url.render_as_string(hide_password=False).replace("postgresql+psycopg", name, 1)
    opened = open_engine(url)
    assert tries(opened) == 0
    opened.dispose()


def test_a_url_of_something_else_is_refused_and_not_quoted() -> None:
    for url in ("mysql://fay:a-password@host/db", "no url: a-password", "postgresqlx://a-password@host/db"):
        with pytest.raises(Invalid, match="neither") as caught:
            open_engine(url)
        assert "a-password" not in str(caught.value)


def test_without_its_driver_the_way_to_get_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Invalid, match="psycopg"):
        open_engine("postgresql://fay@host/hearing")


def test_a_database_without_every_letter_is_refused(
    engine: Engine, make_database: MakeDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    check_integrity(engine)
    assert "fsync" in caplog.text  # The server of these tests runs without.
    narrow = open_engine(make_database(more="ENCODING 'LATIN1'"))
    with pytest.raises(Damaged, match="LATIN1"):
        check_integrity(narrow)
    narrow.dispose()


def test_a_trigger_or_a_rule_that_is_not_ours_is_named(engine: Engine) -> None:
    """A trigger that drops each comment, and a rule that does: nothing in any row would tell of them."""
    with reading(engine) as db:
        assert foreign_faults(db) == []
    with writing(engine) as db:
        db.exec_driver_sql(
            "CREATE FUNCTION hush() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        )
        db.exec_driver_sql(
            "CREATE TRIGGER hush BEFORE INSERT ON comment FOR EACH ROW EXECUTE FUNCTION hush()"
        )
        db.exec_driver_sql("CREATE RULE unheard AS ON INSERT TO ledger DO INSTEAD NOTHING")
        # Another application's, in a table of its own.
        db.exec_driver_sql("CREATE TABLE theirs (one TEXT)")
        db.exec_driver_sql(
            "CREATE TRIGGER theirs BEFORE INSERT ON theirs FOR EACH ROW EXECUTE FUNCTION hush()"
        )
    with reading(engine) as db:
        assert foreign_faults(db) == [
            "The database has a rule, “unheard”, that this application did not make.",
            "The database has a trigger, “hush”, that this application did not make.",
        ]
    assert faults_of_copy(engine)[0].startswith("The database has a rule")
