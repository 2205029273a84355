"""A pack in the making: one at a time, found again, stopped, fetched once, and nothing half-made is left."""

from __future__ import annotations

import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from hearing_app.documents.pack import making
from hearing_app.documents.pack.making import Making, Stage, begin, count_of, fetched, making_of, sent, stop
from hearing_app.documents.pack.progress import choice_from, choice_in_words, progress_html
from hearing_app.documents.pack.staff import ALL, Choice, comments_table
from hearing_app.documents.pack.whole import FILES, write_pack
from hearing_app.errors import ConfirmAgain, Conflict, Forbidden, Invalid, NotFound
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.comments.themes import name_theme, sort_comments
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import PUBLIC, Actor, Role
from hearing_app.record.versions import publish_version
from hearing_app.store.engine import reading, writing
from tests.hearings.agendas import AFTER, FAY, ID, KEY, OPENS, announce, sign_up
from tests.signers import own_entry

SAM = Actor(Role.FACILITATOR, "sam")
Begin = Callable[..., Making]


@pytest.fixture
def hearing(engine: Engine) -> Hearing:
    with writing(engine) as db:
        for name in ("cameras", "scores"):
            made: dict[str, Any] = {"kind": "system", "document_id": name, "document": own_entry(id=name)}
            publish_version(db, actor="compilation", note="Made.", at=OPENS, **made)
    return announce(engine, with_systems=False)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "service"
    folder.mkdir()
    yield folder
    making.end(folder)


@pytest.fixture
def make(engine: Engine, hearing: Hearing, data: Path) -> Begin:
    def one(actor: Actor = FAY, choice: Choice = ALL) -> Making:
        return begin(engine, actor, ID, choice, data=data, base="https://h.example", checkpoint=lambda _: "c")

    return one


class _Slow:
    """Makes a pack that waits in its middle until it is let go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on = threading.Semaphore(0), threading.Event()
        self.most, self._now, self._lock = 0, 0, threading.Lock()
        monkeypatch.setattr(making, "write_pack", self.write)

    def write(
        self, db: Connection, actor: Actor, hearing_id: str, file: Path, *, told: Any, **more: Any
    ) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            told("briefing.docx", 0)
            told("workbook.xlsx", 0)
            told("comments", 2_000)
            file.write_bytes(b"half")
            self.begun.release()
            assert self.go_on.wait(20)
            write_pack(db, actor, hearing_id, file, told=told, **more)
        finally:
            with self._lock:
                self._now -= 1


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Slow]:
    made = _Slow(monkeypatch)
    yield made
    made.go_on.set()


def ended(data: Path, actor: Actor = FAY) -> Making:
    """Wait for the thread, and return what came of it."""
    made = making_of(actor, ID, data)
    assert made is not None
    for thread in threading.enumerate():
        if thread.name == made.pack_id:
            thread.join(30)
    found = making_of(actor, ID, data)
    assert found is not None
    assert not found.stage.goes_on
    return found


def left_in(data: Path) -> list[str]:
    return sorted(path.name for path in data.rglob("*") if path.is_file())


def test_a_pack_is_made_fetched_once_and_gone(engine: Engine, make: Begin, data: Path) -> None:
    sign_up(engine)
    sign_up(engine, state=State.SUBMITTED)
    assert make().comments == 2
    made = ended(data)
    assert (made.stage, made.begun) == (Stage.READY, FILES)
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert {stat.S_IMODE(one.stat().st_mode) for one in (made.file.parent, data / "packs")} == {0o700}
    assert left_in(data) == [made.file.name]
    found = fetched(engine, FAY, made.pack_id)
    with zipfile.ZipFile(found.file) as archive:
        assert {*FILES} < set(archive.namelist())
    assert found.size == found.file.stat().st_size
    sent(found)
    assert left_in(data) == []
    with pytest.raises(Conflict, match="Fetched"):
        fetched(engine, FAY, made.pack_id)


@pytest.mark.usefixtures("hearing")
def test_only_who_made_it_fetches_it_and_only_after_showing_who_they_are(
    engine: Engine, make: Begin, data: Path
) -> None:
    made = make()
    assert ended(data).stage is Stage.READY
    for stranger in (SAM, Actor(Role.FACILITATOR, "eve")):
        with pytest.raises(NotFound):
            fetched(engine, stranger, made.pack_id)
        with pytest.raises(NotFound):
            stop(stranger, made.pack_id)
    for other in (PUBLIC, Actor(Role.PUBLISHER, "fay")):
        with pytest.raises(Forbidden):
            fetched(engine, other, made.pack_id)
    tired = replace(FAY, fresh=False)
    with pytest.raises(ConfirmAgain):
        fetched(engine, tired, made.pack_id)
    with pytest.raises(ConfirmAgain):
        make(tired)
    with pytest.raises(Forbidden):
        make(PUBLIC)
    assert making_of(SAM, ID, data) is None


def test_a_second_click_begins_nothing_and_two_people_take_turns(
    make: Begin, data: Path, slow: _Slow
) -> None:
    first = make()
    assert slow.begun.acquire(timeout=20)
    assert make().pack_id == first.pack_id
    found = making_of(FAY, ID, data)
    assert found is not None
    assert (found.stage, found.begun, found.table, found.rows) == (
        Stage.WORKING,
        ("briefing.docx", "workbook.xlsx"),
        "comments",
        2_000,
    )
    second = make(SAM)
    assert second.pack_id != first.pack_id
    waiting = making_of(SAM, ID, data)
    assert waiting is not None
    assert waiting.stage is Stage.WAITING
    slow.go_on.set()
    assert ended(data).stage is ended(data, SAM).stage is Stage.READY
    assert slow.most == 1
    # Made anew, the one before is gone.
    again = make()
    assert again.pack_id != first.pack_id
    assert ended(data).stage is Stage.READY
    assert sorted(left_in(data)) == sorted([f"{again.pack_id}.zip", f"{second.pack_id}.zip"])


def test_what_is_stopped_leaves_nothing(engine: Engine, make: Begin, data: Path, slow: _Slow) -> None:
    made = make()
    assert slow.begun.acquire(timeout=20)
    assert left_in(data) == [f"{made.pack_id}.part"]
    with pytest.raises(Conflict, match="Being made"):
        fetched(engine, FAY, made.pack_id)
    waiting = make(SAM)
    stop(SAM, waiting.pack_id)
    assert ended(data, SAM).stage is Stage.STOPPED, "one that waits is stopped as well"
    stop(FAY, made.pack_id)
    slow.go_on.set()
    assert ended(data).stage is Stage.STOPPED
    assert left_in(data) == []
    with pytest.raises(Conflict, match="Stopped"):
        fetched(engine, FAY, made.pack_id)
    make()
    ready = ended(data)
    stop(FAY, ready.pack_id)
    assert left_in(data) == [], "one that is ready is removed"


def test_what_goes_wrong_is_said_and_leaves_nothing(
    make: Begin, data: Path, hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    def wrong(*_: object, **__: object) -> None:
        raise RuntimeError("words of somebody")

    for fails, says in ((full, "The disk of the service"), (wrong, "The pack could not be made.")):
        monkeypatch.setattr(making, "write_pack", fails)
        make()
        made = ended(data)
        assert made.stage is Stage.FAILED
        page = progress_html(made, hearing, {})
        assert says in page
        assert "nothing half-made is left" in page
        assert "ell the people who run this service" in page
        assert "words of somebody" not in page
        assert left_in(data) == []


def test_packs_leave_the_disk_by_the_clock_and_when_words_are_taken_back(
    engine: Engine, make: Begin, data: Path
) -> None:
    receipt = sign_up(engine)
    make()
    ready = ended(data)
    assert ready.ended_at is not None
    making.drop_outdated(engine, at=ready.ended_at + timedelta(minutes=29))
    sign_up(engine)
    making.drop_outdated(engine)
    assert ended(data).stage is Stage.READY, "what is added harms nobody"
    making.drop_outdated(engine, at=ready.ended_at + timedelta(minutes=30))
    assert ended(data).stage is Stage.OVER
    assert left_in(data) == []
    make()
    ready = ended(data)
    withdraw(engine, KEY, receipt.code)
    with pytest.raises(Conflict, match="took words back"):
        fetched(engine, FAY, ready.pack_id)
    assert left_in(data) == []
    making.drop_outdated(engine, at=datetime.now(UTC) + timedelta(minutes=31))
    assert making_of(FAY, ID, data) is None
    with pytest.raises(NotFound):
        fetched(engine, FAY, ready.pack_id)


def test_what_a_killed_service_left_is_removed_and_what_another_holds_is_not(make: Begin, data: Path) -> None:
    make()
    mine = ended(data).file
    killed = data / "packs" / "0123456789abcdef"
    killed.mkdir()
    (killed / "P-1.part").write_bytes(b"half")
    (killed / "tmp").mkdir()
    (killed / "tmp" / "workbook.xlsx").write_bytes(b"half")
    making.clear(data)
    assert left_in(data) == [mine.name]
    assert not killed.exists()
    making.end(data)
    assert left_in(data) == []
    assert making_of(FAY, ID, data) is None


def test_the_count_is_that_of_the_rows_that_would_be_taken(engine: Engine, hearing: Hearing) -> None:
    sent_in = [sign_up(engine, comment_type=kind) for kind in ("concern", "question", "support")]
    sign_up(engine, state=State.SUBMITTED, system_id="scores", language_declared="cy")
    sign_up(engine, state=State.SUBMITTED, consent="panel_only")
    with writing(engine) as db:
        number = name_theme(db, FAY, ID, "Cost", at=AFTER)
        sort_comments(db, FAY, ID, number, into=[one.comment_id for one in sent_in[:2]], at=AFTER)
    withdraw(engine, KEY, sent_in[0].code)
    some: tuple[dict[str, Any], ...] = (
        {},
        {"state": ("published",)},
        {"state": ("submitted", "withdrawn")},
        {"system": ("scores",)},
        {"system": ("nothing",)},
        {"kind": ("question", "support")},
        {"language": ("cy",)},
        {"language": ("en", "und")},
        {"language": ("fr",)},
        {"theme": ("Cost",)},
        {"theme": ("Cost",), "kind": ("question",)},
        {"since": date(2026, 5, 4)},
        {"since": date(2026, 5, 5)},
        {"until": date(2026, 5, 4)},
        {"until": date(2026, 5, 3), "state": ("published",)},
        {"until": date.max},
    )
    counts = []
    with reading(engine) as db:
        for fields in some:
            choice = Choice(**fields)
            counts.append(count_of(db, FAY, ID, choice))
            assert counts[-1] == len(list(comments_table(db, FAY, hearing, choice).rows())), fields
    assert len(set(counts)) > 3, counts


def test_a_choice_is_said_in_plain_words_and_a_wrong_one_is_refused() -> None:
    lists = {"state": ["published", "held"], "kind": ["question"], "language": ["cy", "und"], "theme": []}
    made = choice_from(lists, ["comment_id", "concern"], since=date(2026, 5, 1))
    assert (made.column, made.since, made.theme) == (("comment_id", "concern"), date(2026, 5, 1), ())
    said = dict(choice_in_words(made, {}))
    assert said["State"] == "Published, Held back"
    assert said["Kind"] == "A question for the force"
    assert said["Language"].endswith("Could not be told")
    assert said["From"] == "1 May 2026"
    assert "comment_id, concern" in said["Columns"]
    assert dict(choice_in_words(ALL, {})) == {}
    with pytest.raises(Invalid) as refused:
        choice_from({}, [], since=date(2026, 5, 2), until=date(2026, 5, 1))
    assert {fault.field for fault in refused.value.faults} == {"since", "column"}
