"""The promise that what was acknowledged is on disk: processes are killed in the middle of all that they do.

A few kills are of a real server in a stream of comments (``HEARING_KILLS`` says how many). Most are of a
process that does the same work without a server (``tests.committing``): at a statement, just before a commit,
after it and before its receipt, or at any moment; while it submits, withdraws, backs up, exports, migrates or
restores.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from hearing_app.deployment import Deployment, faults_of_copy, open_deployment, record_faults
from hearing_app.hearings.comments.comment import comment_by_receipt, submit
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import PUBLIC
from hearing_app.record.backup import DATABASE, MANIFEST, made_here, make_backup
from hearing_app.record.keys import load_key
from hearing_app.record.ledger import faults
from hearing_app.record.restore import PENDING
from hearing_app.settings import Settings
from hearing_app.store.engine import check_integrity, erase_freed_pages, open_engine, reading, writing
from hearing_app.store.files import digest
from hearing_app.store.migrate import migrate, revision_of
from hearing_app.store.tables import comment, ledger
from tests import older
from tests.committing import words_of
from tests.scale import scale

ROOT = Path(__file__).parents[1]
Measure = Callable[[str, float | int | str], None]
KILLS = int(os.environ.get("HEARING_KILLS", str(scale(1, 40))))
WRITERS = 4
HEARING = "demonstration-risk-scores"
URL = f"/api/v1/hearings/{HEARING}/comments"


def body(draft_id: str) -> dict[str, object]:
    return {
        "draft_id": draft_id,
        "system_id": "compas",
        "system_version": 1,
        "concern": f"The comment of draft {draft_id} must be found again, whatever happens to the power.",
    }


def stream(address: str, stop: threading.Event, sent: dict[str, str], acknowledged: dict[str, str]) -> None:
    """Send comments until nobody answers: note each draft before it is sent, and each receipt that came."""
    with httpx2.Client(base_url=address, timeout=20) as client:
        while not stop.is_set():
            draft_id = secrets.token_hex(16)
            sent[draft_id] = ""
            try:
                answer = client.post(URL, json=body(draft_id))
            except httpx2.TransportError:
                return  # The server is dead.
            assert answer.status_code == 201, answer.text
            acknowledged[draft_id] = answer.json()["receipt"]


def kill_in_the_middle(
    server: SimpleNamespace, wait: float, sent: dict[str, str], acknowledged: dict[str, str]
) -> int:
    """Let the writers write, kill the server, and return how many receipts came in this round."""
    before, stop = len(acknowledged), threading.Event()
    writers = [
        threading.Thread(target=stream, args=(server.address, stop, sent, acknowledged))
        for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    end = time.monotonic() + 20
    while len(acknowledged) < before + WRITERS and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(wait)
    server.process.kill()
    server.process.wait(10)
    stop.set()
    for writer in writers:
        writer.join(30)
        assert not writer.is_alive()
    return len(acknowledged) - before


def check_record(data: Path, sent: dict[str, str], acknowledged: dict[str, str]) -> None:
    """Every receipt is found with the words of its draft, nothing is doubled, and the ledger is sound."""
    engine, key = open_engine(f"sqlite:///{data / 'hearing.sqlite'}"), load_key(data / "keys/receipt.key")
    check_integrity(engine)
    with reading(engine) as db:
        for draft_id, receipt in acknowledged.items():
            assert draft_id in comment_by_receipt(db, key, receipt).concern
        words = list(db.execute(select(comment.c.concern)).scalars())
        submitted = db.execute(
            select(func.count()).select_from(ledger).where(ledger.c.kind == "comment.submitted")
        ).scalar_one()
        assert faults(db) == []
    engine.dispose()
    # Some arrived whose receipt never came back; none that was never sent, and none twice.
    assert len(set(words)) == len(words) == submitted
    assert len(acknowledged) <= len(words) <= len(sent)


@pytest.mark.promise("R1")
def test_an_acknowledged_comment_survives_the_death_of_the_server(
    start_server: Callable[..., SimpleNamespace], tmp_path: Path, measure: Measure
) -> None:
    chance = random.Random()
    sent: dict[str, str] = {}
    acknowledged: dict[str, str] = {}
    server = start_server(tmp_path / "server")
    for round_ in range(KILLS):
        received = kill_in_the_middle(server, chance.uniform(0.0, 0.8), sent, acknowledged)
        assert received >= WRITERS, f"round {round_}: nothing was under way"
        server = start_server(tmp_path / "server")
        check_record(server.data, sent, acknowledged)
        # Whoever was not answered sends the same draft again, and gets one receipt for one comment.
        with httpx2.Client(base_url=server.address, timeout=20) as client:
            unanswered = [draft_id for draft_id in sent if draft_id not in acknowledged]
            for draft_id in unanswered:
                answer = client.post(URL, json=body(draft_id))
                assert answer.status_code in {200, 201}
                acknowledged[draft_id] = answer.json()["receipt"]
            some = secrets.choice(list(acknowledged))
            again = client.post(URL, json=body(some)).json()
            assert (again["receipt"], again["repeated"]) == (acknowledged[some], True)
        check_record(server.data, sent, acknowledged)
        assert len(acknowledged) == len(sent)
    server.process.terminate()
    assert server.process.wait(20) == 0
    measure("kills of the server", KILLS)
    measure("receipts of the server", len(acknowledged))


class Workers:
    """The process that forks a worker for each order and tells how it ended."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HEARING_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.committing"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._line() == ["ready"]

    def run(self, work: str, data: Path, **order: Any) -> tuple[list[list[str]], bool]:
        """Give an order; return what the worker said, and whether it was killed."""
        assert self.process.stdin is not None
        order = {"stage": "", "left": 0, "after": None} | order
        settings = {"registry": str(ROOT / "registry"), "datasets": str(data.parent / "none")}
        self.process.stdin.write(
            json.dumps({"work": work, "data": str(data), **settings, **order}).encode() + b"\n"
        )
        self.process.stdin.flush()
        said = []
        while (line := self._line())[0] != "end":
            said.append(line)
        return said, line[1] == "9"

    def close(self) -> None:
        """End the process and whatever it started."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        assert self.process.wait(30) == 0
        self.process.stdout.close()

    def _line(self) -> list[str]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.endswith(b"\n"), "the workers are gone"
        return line.decode().split()


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    started = Workers()
    yield started
    started.close()


@dataclass
class Told:
    """What the workers of one record said: drafts sent, receipts by draft, withdrawals asked for and done."""

    sent: set[str] = field(default_factory=set)
    kept: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    def hear(self, said: list[list[str]]) -> None:
        for what, *more in said:
            if what == "sent":
                self.sent.add(more[0])
            elif what == "kept":
                self.kept[more[0]] = " ".join(more[1:])
            elif what in {"asked", "gone"}:
                getattr(self, what).add(" ".join(more))


def opened(data: Path) -> Deployment:
    """Open a record as a server does that starts again."""
    (data.parent / "none").mkdir(exist_ok=True)
    house = open_deployment(Settings(data=data, registry=ROOT / "registry", datasets=data.parent / "none"))
    erase_freed_pages(house.engine)
    return house


def check_told(data: Path, told: Told) -> None:
    """Nothing that was acknowledged is lost, nothing is doubled, nobody's words are another's."""
    house = opened(data)
    with reading(house.engine) as db:
        assert record_faults(house, db) == []
        rows = list(db.execute(select(comment.c.concern, comment.c.state, comment.c.receipt_key)))
        events = list(db.execute(select(ledger.c.kind)).scalars())
        written = [words for words, _, _ in rows if words]
        assert len(set(written)) == len(written)
        assert events.count("comment.submitted") == len(rows) <= len(told.sent)
        assert len(rows) >= len(told.kept)
        assert set(written) <= {words_of(draft_id) for draft_id in told.sent}
        for draft_id, receipt in told.kept.items():
            found = comment_by_receipt(db, house.key, receipt)
            if found.state == State.WITHDRAWN:
                assert receipt in told.asked
            else:
                assert found.concern == words_of(draft_id)
                assert receipt not in told.gone
    # Whoever was not answered sends the same draft again, and has one comment and one receipt.
    for draft_id in told.sent - set(told.kept):
        with writing(house.engine) as db:
            draft = Draft(draft_id, HEARING, "compas", 1, concern=words_of(draft_id))
            told.kept[draft_id] = submit(db, PUBLIC, house.key, draft).code
    with reading(house.engine) as db:
        count = db.execute(select(func.count()).select_from(comment)).scalar_one()
    house.close()
    assert count == len(told.sent) == len(told.kept)
    if told.gone:
        files = b"".join(path.read_bytes() for path in data.glob("hearing.sqlite*"))
        for draft_id, receipt in told.kept.items():
            if receipt in told.gone:
                assert words_of(draft_id).encode() not in files


def kill_while_submitting(workers: Workers, data: Path, told: Told, chance: random.Random) -> None:
    stage = chance.choice(["statement", "commit", "committed", ""])
    said, was_killed = workers.run(
        "submit",
        data,
        stage=stage,
        left=chance.randint(1, 200 if stage == "statement" else 8),
        after=None if stage else chance.uniform(0.0, 0.8),
    )
    told.hear(said)
    assert was_killed


def kill_while_withdrawing(workers: Workers, data: Path, told: Told, chance: random.Random) -> None:
    left = sorted(set(told.kept.values()) - told.asked)
    stage = chance.choice(["statement", "commit", ""])
    said, _ = workers.run(
        "withdraw",
        data,
        receipts=left[: chance.randint(1, 6)],
        stage=stage,
        left=chance.randint(1, 60),
        after=None if stage else chance.uniform(0.1, 0.5),
    )
    told.hear(said)


def kill_while_backing_up(workers: Workers, data: Path, told: Told, chance: random.Random) -> None:
    out = data.parent / "backups"
    said, was_killed = workers.run("backup", data, out=str(out), after=chance.uniform(0.2, 1.5))
    told.hear(said)
    assert was_killed
    whole = dict(made_here(out))
    assert {line[1] for line in said if line[0] == "backed"} <= {folder.name for folder in whole}
    for folder, manifest in whole.items():
        assert digest(folder / DATABASE) == manifest.files[DATABASE]
    shutil.rmtree(out, ignore_errors=True)


def kill_while_exporting(workers: Workers, data: Path, told: Told, chance: random.Random) -> None:
    out = data.parent / "exports"
    out.mkdir(exist_ok=True)
    said, was_killed = workers.run("export", data, out=str(out), after=chance.uniform(0.1, 0.8))
    told.hear(said)
    assert was_killed
    exported = [int(line[1]) for line in said if line[0] == "exported"]
    file = out / "comments.jsonl"
    assert file.exists() or not exported
    if file.exists():
        lines = file.read_text().splitlines(keepends=True)
        assert all(line.endswith("\n") and json.loads(line) for line in lines)
        assert len(lines) >= max(exported, default=0)
    shutil.rmtree(out)


KINDS = (kill_while_submitting, kill_while_withdrawing, kill_while_backing_up, kill_while_exporting)


@pytest.mark.promise("R1")
def test_what_was_acknowledged_survives_whenever_the_process_dies(
    workers: Workers, published_data: Path, tmp_path: Path, measure: Measure
) -> None:
    chance = random.Random()
    kills, receipts = scale(14, 340), 0
    told = Told()
    for number in range(kills):
        # A record of its own now and then: checking it after each kill takes as long as it is large.
        data = tmp_path / str(number // 20) / "data"
        if number % 20 == 0:
            receipts, told = receipts + len(told.kept), Told()
            shutil.copytree(published_data, data)
            (data.parent / "none").mkdir()
        # Every second kill is of a submission; the others take turns.
        kind = KINDS[0] if number % 2 == 0 else KINDS[1 + number // 2 % 3]
        kind(workers, data, told, chance)
        check_told(data, told)
    measure("kills while submitting, withdrawing, backing up, exporting", kills)
    measure("receipts, none lost, none doubled", receipts + len(told.kept))


@pytest.mark.promise("R1")
def test_an_upgrade_that_is_killed_is_done_or_not_begun(
    workers: Workers, tmp_path: Path, measure: Measure
) -> None:
    chance, kills = random.Random(), scale(5, 60)
    old = older.make(tmp_path / "old.sqlite", "0001")
    before = older.rows_of(old)
    old.dispose()
    outcomes = []
    for number in range(kills):
        data = tmp_path / "one" / "data"
        data.mkdir(parents=True)
        shutil.copy(tmp_path / "old.sqlite", data / DATABASE)
        stage = ("statement", "commit")[number % 2]
        _, was_killed = workers.run(
            "migrate", data, stage=stage, left=chance.randint(1, 40) if number % 2 == 0 else 1
        )
        engine = open_engine(f"sqlite:///{data / DATABASE}")
        check_integrity(engine, whole=True)
        with reading(engine) as db:
            revision = revision_of(db)
        assert was_killed is (revision == "0001")
        if revision == "0001":
            assert older.rows_of(engine) == before
        migrate(engine)
        assert faults_of_copy(engine) == []
        outcomes.append(revision)
        engine.dispose()
        shutil.rmtree(data.parent)
    assert "0001" in outcomes
    measure("kills of an upgrade", kills)


@pytest.mark.promise("R1")
def test_a_restore_that_is_killed_leaves_the_old_record_or_the_new_one(
    workers: Workers, published_data: Path, tmp_path: Path, measure: Measure
) -> None:
    chance, kills = random.Random(), scale(5, 60)
    data = shutil.copytree(published_data, tmp_path / "start" / "data")
    house = opened(data)
    folder, manifest = make_backup(
        house.engine, tmp_path / "backups", check=faults_of_copy, signer=house.signer
    )
    with writing(house.engine) as db:
        code = submit(
            db, PUBLIC, house.key, Draft("0" * 32, HEARING, "compas", 1, concern=words_of("0" * 32))
        ).code
    house.close()
    outcomes = set()
    for _ in range(kills):
        present = shutil.copytree(data, tmp_path / "one" / "data")
        said, _ = workers.run("restore", present, backup=str(folder), after=chance.uniform(0.0, 0.4))
        again = opened(present)
        with reading(again.engine) as db:
            assert record_faults(again, db) == []
            restored = "record.restored" in db.execute(select(ledger.c.kind)).scalars().all()
            found = db.execute(select(comment.c.concern)).scalars().all()
            assert found == ([] if restored else [words_of("0" * 32)])
            if not restored:
                assert comment_by_receipt(db, again.key, code)
        again.close()
        assert restored or ["restored"] not in said
        assert not (present / PENDING).exists()
        outcomes.add(restored)
        shutil.rmtree(present.parent)
    assert (folder / MANIFEST).exists() and manifest.size
    measure("kills of a restore", kills)
