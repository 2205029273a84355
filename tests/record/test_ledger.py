from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from hearing_app.record.ledger import Event, append, erase_content, events, faults, head
from hearing_app.record.merkle import EMPTY_ROOT, root
from hearing_app.store.engine import erase_freed_pages, reading, writing
from hearing_app.store.tables import account, ledger, ledger_content

AT = datetime(2026, 6, 1, 12, 30, 15, 123456, tzinfo=UTC)


def add(engine: Engine, subject: str = "comment:C1", words: str = "some words", **more: str) -> Event:
    with writing(engine) as db:
        return append(
            db,
            actor=more.get("actor", "public"),
            kind=more.get("kind", "comment.submitted"),
            subject=subject,
            content={"concern": words},
            at=AT,
        )


def stored(engine: Engine) -> list[Event]:
    with reading(engine) as db:
        return list(events(db))


def found(engine: Engine) -> list[str]:
    with reading(engine) as db:
        return faults(db)


def test_an_event_is_read_back_as_it_was_appended(engine: Engine) -> None:
    written = [add(engine), add(engine, subject="comment:Ü“2"), add(engine, actor="facilitator:ab12")]
    assert stored(engine) == written
    assert [event.seq for event in written] == [0, 1, 2]
    assert found(engine) == []
    with reading(engine) as db:
        assert list(events(db, start=1, limit=1)) == [written[1]]
        row = db.execute(select(ledger_content).where(ledger_content.c.seq == 0)).one()
        assert head(db).size == 3
        assert head(db).root == root(event.leaf_hash for event in written)
    assert row.content == '{"concern":"some words"}'
    assert sha256(row.salt + row.content.encode()).digest() == written[0].commitment


def test_the_leaf_of_an_event_can_be_computed_from_its_published_fields(engine: Engine) -> None:
    event = add(engine, actor="facilitator:ab12")
    entry = (
        '{"actor":"facilitator:ab12","at":"2026-06-01T12:30:15.123456Z",'
        f'"commitment":"{event.commitment.hex()}",'
        '"kind":"comment.submitted","seq":0,"subject":"comment:C1"}'
    )
    assert event.leaf_hash == sha256(b"\x00" + entry.encode()).digest()


@pytest.mark.parametrize("actor", ["public", "author", "rule"])
def test_of_people_without_an_office_the_day_alone_is_told(engine: Engine, actor: str) -> None:
    """At 01:30 in Prague it is still the day before in UTC: one rule, whatever zone the moment comes in."""
    late = datetime(2026, 6, 2, 1, 30, 15, 123456, tzinfo=timezone(timedelta(hours=2)))
    with writing(engine) as db:
        event = append(db, actor=actor, kind="comment.submitted", subject="comment:C1", content={}, at=late)
    assert event.at == datetime(2026, 6, 1, tzinfo=UTC)
    assert event.entry["at"] == "2026-06-01T00:00:00.000000Z"
    assert stored(engine) == [event]
    assert found(engine) == []


def test_the_same_words_are_never_committed_to_alike(engine: Engine) -> None:
    assert add(engine).commitment != add(engine).commitment


def test_an_empty_ledger_has_the_empty_root(engine: Engine) -> None:
    with reading(engine) as db:
        assert (head(db).size, head(db).root) == (0, EMPTY_ROOT)
        assert faults(db) == []


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
    assert len(stored(engine)) == 1
    assert add(engine).seq == 1


def test_eight_threads_leave_no_gap_and_no_double(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda place: add(engine, f"comment:{place}").seq, range(120)))
    assert sorted(numbers) == list(range(120))
    assert [event.seq for event in stored(engine)] == list(range(120))
    assert found(engine) == []


def test_outside_the_write_lock_a_second_event_with_the_same_number_is_refused(engine: Engine) -> None:
    event = add(engine)
    with pytest.raises(IntegrityError), writing(engine) as db:
        db.execute(
            insert(ledger).values(
                seq=event.seq, at=AT, kind="x.y", subject="s", actor="a", commitment=b"", leaf_hash=b""
            )
        )


def test_a_time_of_another_zone_is_recorded_in_utc_and_one_without_is_refused(engine: Engine) -> None:
    later = AT.astimezone(timezone(timedelta(hours=9)))
    with writing(engine) as db:
        event = append(db, actor="a", kind="k.v", subject="s", content={}, at=later)
    assert event.at == AT
    assert event.at.tzinfo is UTC
    with pytest.raises(ValueError, match="without a zone"), writing(engine) as db:
        append(db, actor="a", kind="k.v", subject="s", content={}, at=AT.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE ledger SET at = '2026-06-01 12:30:15.123457' WHERE seq = 2", "Event 2 was changed"),
        ("UPDATE ledger SET at = 'never' WHERE seq = 2", "Event 2 or a later one was changed"),
        ("UPDATE ledger SET at = 5 WHERE seq = 2", "Event 2 or a later one was changed"),
        ("UPDATE ledger SET kind = 'comment.published' WHERE seq = 2", "Event 2 was changed"),
        ("UPDATE ledger SET subject = 'comment:C9' WHERE seq = 2", "Event 2 was changed"),
        ("UPDATE ledger SET actor = 'operator' WHERE seq = 2", "Event 2 was changed"),
        ("UPDATE ledger SET actor = x'ff' WHERE seq = 2", "Event 2 was changed"),
        ("UPDATE ledger SET commitment = zeroblob(32) WHERE seq = 2", "Event 2 was changed"),
        ("UPDATE ledger SET commitment = 'words' WHERE seq = 2", "Event 2 was changed"),
        ("UPDATE ledger SET leaf_hash = zeroblob(32) WHERE seq = 2", "Event 2 was changed"),
        ("UPDATE ledger SET seq = 7 WHERE seq = 4", "Events 4 to 6 are missing"),
        ("DELETE FROM ledger WHERE seq = 2", "Events 2 to 2 are missing"),
        ("DELETE FROM ledger WHERE seq < 3", "Events 0 to 2 are missing"),
        (
            "UPDATE ledger SET seq = 9 WHERE seq = 1; UPDATE ledger SET seq = 1 WHERE seq = 2;"
            "UPDATE ledger SET seq = 2 WHERE seq = 9",
            "Event 1 was changed",
        ),
        ("INSERT INTO ledger SELECT 5, at, kind, subject, actor, commitment, leaf_hash FROM ledger "
         "WHERE seq = 4", "Event 5 was changed"),
        ("UPDATE ledger_content SET content = '{}' WHERE seq = 2", "The words of event 2 are not"),
        ("UPDATE ledger_content SET content = x'ff' WHERE seq = 2", "The words of event 2 are not"),
        ("UPDATE ledger_content SET salt = zeroblob(32) WHERE seq = 2", "The words of event 2 are not"),
        ("UPDATE ledger_content SET salt = 'salt' WHERE seq = 2", "The words of event 2 are not"),
        (
            "UPDATE ledger_content SET content = (SELECT content FROM ledger_content WHERE seq = 3) "
            "WHERE seq = 2",
            "The words of event 2 are not",
        ),
    ],
)  # fmt: skip
def test_every_tampering_with_a_stored_field_is_found(engine: Engine, change: str, says: str) -> None:
    for number in range(5):
        add(engine, f"comment:C{number}", f"words {number}")
    assert found(engine) == []
    with reading(engine) as db:
        db.exec_driver_sql("COMMIT")
        db.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for statement in change.split(";"):
            db.exec_driver_sql(statement)
        db.exec_driver_sql("BEGIN")
    engine.dispose()
    assert any(says in fault for fault in found(engine))


def test_erased_words_are_gone_and_the_ledger_still_verifies(engine: Engine) -> None:
    erased, kept = "words that are to be forgotten", "words that stay"
    add(engine, "comment:C1", erased)
    add(engine, "comment:C2", kept)
    add(engine, "comment:C1", erased, kind="comment.held")
    add(engine, "comment:C1", "it was taken back", kind="comment.withdrawn")
    before = stored(engine)
    with reading(engine) as db:
        root_before = head(db)
        salts = [bytes(row.salt) for row in db.execute(select(ledger_content)) if row.seq not in {1, 3}]
    with writing(engine) as db:
        # The last event says why the others are empty; it is the one that keeps its words.
        last = db.execute(select(ledger_content).where(ledger_content.c.seq == 3)).one()
        assert erase_content(db, "comment:C1") == 3
        db.execute(insert(ledger_content).values(**last._mapping))
        assert erase_content(db, "comment:C") == 0
    assert erase_freed_pages(engine)
    assert stored(engine) == before
    assert found(engine) == []
    with reading(engine) as db:
        assert head(db) == root_before
    data = b"".join(path.read_bytes() for path in Path(str(engine.url.database)).parent.iterdir())
    assert erased.encode() not in data
    assert not any(salt in data for salt in salts)
    assert kept.encode() in data


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM ledger_content WHERE seq = 1", "What event 1 committed to is gone"),
        ("DELETE FROM ledger_private WHERE seq = 2", "What event 2 committed to is gone"),
        ("DELETE FROM ledger_content WHERE seq = 3", "What event 3 committed to is gone"),
        (
            "INSERT INTO ledger_content VALUES (9, x'00', 'words')",
            "stands at number 9, where there is no event",
        ),
        ("INSERT INTO ledger_private VALUES (-1, x'00', 'words')", "stands at number -1"),
    ],
)
def test_a_content_that_went_or_came_alone_is_found(engine: Engine, statement: str, says: str) -> None:
    for number in range(3):
        with writing(engine) as db:
            subject = f"account:{number}"
            append(
                db, actor="a", kind="account.created", subject=subject, content={}, private={"n": 1}, at=AT
            )
    # An erasing event of another subject, or before, excuses nothing.
    add(engine, "comment:C1", "taken back", kind="comment.withdrawn")
    assert found(engine) == []
    with reading(engine) as db:
        db.exec_driver_sql("COMMIT")
        db.exec_driver_sql("PRAGMA foreign_keys=OFF")
        db.exec_driver_sql(statement)
        db.exec_driver_sql("BEGIN")
    engine.dispose()
    assert any(says in fault for fault in found(engine)), found(engine)
