"""A comment's way, its withdrawal, and the first start of a house, on a real PostgreSQL server."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from hearing_app import deployment
from hearing_app.deployment import open_deployment
from hearing_app.errors import Conflict, Fault
from hearing_app.hearings.comments.comment import Receipt, find_by_receipt, submit, withdraw
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.comments.lists import (
    Tally,
    comments_for_export,
    opinions,
    published_comments,
    tally,
)
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import PUBLIC, Actor, Role
from hearing_app.record.ledger import events, faults
from hearing_app.record.versions import latest_versions, publish_version, versions_of
from hearing_app.settings import Settings
from hearing_app.store.engine import erase_freed_pages, open_engine, reading, writing
from hearing_app.store.tables import attempt, comment
from tests.postgresql import MakeDatabase

ROOT = Path(__file__).parents[2]
FAY = Actor(Role.FACILITATOR, "fay")
Send = Callable[..., Receipt]


@pytest.fixture
def engine(postgresql_engine: Engine) -> Engine:
    """The shared fixtures (a hearing, drafts, comments) are built on this engine here."""
    return postgresql_engine


def numbers(engine: Engine) -> list[int]:
    with reading(engine) as db:
        assert faults(db) == []
        return [event.seq for event in events(db)]


def test_the_same_draft_from_sixteen_threads_is_one_comment(
    engine: Engine, draft: Callable[..., Draft], receipt_key: bytes, now: datetime
) -> None:
    written = draft()
    second = open_engine(engine.url.render_as_string(hide_password=False))

    def send_again(place: int) -> Receipt:
        with writing((engine, second)[place % 2]) as db:
            return submit(db, PUBLIC, receipt_key, written, at=now + timedelta(seconds=place))

    with ThreadPoolExecutor(16) as pool:
        receipts = list(pool.map(send_again, range(16)))
    second.dispose()
    assert Counter(receipt.repeated for receipt in receipts) == {False: 1, True: 15}
    assert len({(one.code, one.comment_id, one.submitted_at) for one in receipts}) == 1
    with reading(engine) as db:
        assert len(db.execute(select(comment)).all()) == 1
    assert numbers(engine) == [0, 1, 2]


def test_comments_are_decided_counted_listed_and_withdrawn(
    engine: Engine, send: Send, receipt_key: bytes, now: datetime
) -> None:
    sent = [send(concern=f"Who checks picture number {place}?", stance="oppose") for place in range(12)]
    steps = [State.PUBLISHED] * 7 + [State.HELD] * 2 + [State.REJECTED]
    for receipt, to in zip(sent, steps, strict=False):
        with writing(engine) as db:
            reason = "" if to is State.PUBLISHED else "R2"
            decide(db, FAY, receipt.comment_id, to, seen_state=State.SUBMITTED, reason_id=reason, at=now)
    with pytest.raises(Conflict), writing(engine) as db:
        decide(db, FAY, sent[0].comment_id, State.HELD, seen_state=State.SUBMITTED, reason_id="R2")
    gone = withdraw(engine, receipt_key, sent[0].code, at=now)
    assert (gone.state, gone.concern, gone.pinned) == ("withdrawn", "", None)
    assert withdraw(engine, receipt_key, sent[0].code) == gone
    with reading(engine) as db:
        place = db.execute(select(comment.c.hearing_id)).scalars().first()
        assert place is not None
        held = hearing_of(db, place)
        after = held.window[1] + timedelta(days=1)
        assert tally(db, place) == Tally(12, 2, 6, 2, 1, 1)
        assert len(published_comments(db, place)) == 6
        assert opinions(db, held, at=now).people == 0
        counted = opinions(db, held, at=after)
        assert (counted.people, counted.stance["oppose"]) == (10, 10)
        exported = list(comments_for_export(db, FAY, place))
    assert [one.comment_id for one in exported] == sorted(receipt.comment_id for receipt in sent)
    assert find_by_receipt(engine, receipt_key, sent[1].code, "203.0.113.7", at=now).state == "published"
    # The hearing and its system, who came, what was decided, and who left.
    assert len(numbers(engine)) == 2 + 12 + 10 + 1
    # After the closing, the counts of views and of decisions are kept before the next one leaves, and stay.
    withdraw(engine, receipt_key, sent[1].code, at=after)
    assert len(numbers(engine)) == 2 + 12 + 10 + 1 + 3
    with reading(engine) as db:
        assert opinions(db, held, at=after) == counted


def on_disk(engine: Engine, folder: Path, words: str) -> dict[str, bool]:
    """Return where a text can be read in the server's files, once it has written all of its memory out."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql("CHECKPOINT")
        number = db.exec_driver_sql(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).scalar_one()
    places = {"tables": folder / f"data/base/{number}", "log": folder / "data/pg_wal"}
    return {
        name: any(words.encode() in path.read_bytes() for path in place.iterdir() if path.is_file())
        for name, place in places.items()
    }


def test_withdrawn_words_leave_the_tables_and_stay_in_the_write_ahead_log(
    engine: Engine, postgresql_folder: Path, send: Send, receipt_key: bytes, now: datetime
) -> None:
    long = " ".join(f"unmistakable{place}" for place in range(100))
    elsewhere = "These words belong to somebody else and stay here."
    mine, _ = send(concern=long), send(concern=elsewhere)
    with writing(engine) as db:
        decide(db, FAY, mine.comment_id, State.HELD, seen_state=State.SUBMITTED, reason_id="R2", at=now)
    assert on_disk(engine, postgresql_folder, "unmistakable7 ") == {"tables": True, "log": True}
    withdraw(engine, receipt_key, mine.code, at=now)
    assert on_disk(engine, postgresql_folder, "unmistakable") == {"tables": False, "log": True}
    assert on_disk(engine, postgresql_folder, elsewhere)["tables"]
    assert len(numbers(engine)) == 6


@pytest.mark.parametrize("at_the_table", [True, False])
def test_a_reader_delays_the_erasing_and_is_not_waited_for(
    engine: Engine, postgresql_folder: Path, send: Send, receipt_key: bytes, at_the_table: bool
) -> None:
    receipt = send(concern="Words that are unmistakable, and to be forgotten.")
    with reading(engine) as db:
        # A snapshot alone keeps old rows alive, whichever table its reader looks at.
        db.execute(select(comment if at_the_table else attempt)).all()
        withdraw(engine, receipt_key, receipt.code)
        assert not erase_freed_pages(engine)
    assert on_disk(engine, postgresql_folder, "are unmistakable")["tables"]
    assert erase_freed_pages(engine)
    assert not on_disk(engine, postgresql_folder, "are unmistakable")["tables"]
    with reading(engine) as db:
        assert db.exec_driver_sql("SHOW lock_timeout").scalar_one() == "30s"


def opened(url: str, data: Path) -> list[str]:
    """Open the shipped register on a database, and return the actors of its events."""
    house = open_deployment(
        Settings(data=data, registry=ROOT / "registry", datasets=ROOT / "datasets", database_url=url)
    )
    with reading(house.engine) as db:
        assert faults(db) == []
        found = [event.actor for event in events(db)]
    house.close()
    return found


OPENER = """
import sys
from pathlib import Path
from hearing_app.deployment import open_deployment
from hearing_app.settings import Settings
open_deployment(Settings(data=Path(sys.argv[2]), database_url=sys.argv[1])).close()
"""


def test_the_first_start_of_two_processes_at_once_publishes_everything_once(
    make_database: MakeDatabase, tmp_path: Path
) -> None:
    url = make_database()
    command = [sys.executable, "-c", OPENER, url, str(tmp_path)]
    starting = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [process.wait(60) for process in starting] == [0, 0]
    engine = open_engine(url)
    with reading(engine) as db:
        published = list(events(db))
        systems = [version.document_id for version in latest_versions(db, "system")]
        assert {len(versions_of(db, "system", system)) for system in systems} == {1}
    engine.dispose()
    assert sorted(systems) == sorted(path.stem for path in ROOT.glob("registry/systems/*/*.yaml"))
    assert len(published) == len({event.subject for event in published}) > len(systems)
    assert {event.actor for event in published} == {"compilation"}
    assert opened(url, tmp_path) == ["compilation"] * len(published)


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_register_that_another_process_published_first_stands(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'hearing.sqlite'}"
    if backend == "postgresql":
        url = request.getfixturevalue("make_database")()
    registry = shutil.copytree(ROOT / "registry", tmp_path / "registry")
    file = registry / "systems/broward-county/compas.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("name: ", "name: Changed ", 1), encoding="utf-8")
    published: list[str] = []

    def be_late(*_: object) -> list[Fault]:
        # We have seen an empty record; before we write, another process publishes its own register.
        monkeypatch.undo()
        published.extend(opened(url, tmp_path / "data"))
        return []

    monkeypatch.setattr(deployment, "register_faults", be_late)
    house = open_deployment(Settings(data=tmp_path / "data", registry=registry, database_url=url))
    with reading(house.engine) as db:
        assert [event.actor for event in events(db)] == published
        history = versions_of(db, "system", "compas")
    house.close()
    assert len(history) == 1
    assert not history[0].document["name"].startswith("Changed")


def test_versions_and_their_events_are_one(engine: Engine) -> None:
    def publish(place: int) -> int:
        with writing(engine) as db:
            return publish_version(
                db, actor="a", kind="system", document_id="one", document={"place": place // 4}, note=""
            ).version

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish, range(16)))
    with reading(engine) as db:
        history = versions_of(db, "system", "one")
        assert [version.version for version in history] == list(range(1, len(history) + 1))
        assert [version.seq for version in history] == [event.seq for event in events(db)]
