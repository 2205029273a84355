"""What the service does when the ground gives way: damaged files, full and read-only disks, a wrong clock."""

from __future__ import annotations

import asyncio
import os
import random
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
import time_machine
from sqlalchemy import select

from hearing_app import server
from hearing_app.deployment import Deployment, check_whole, open_deployment, record_faults
from hearing_app.errors import Damaged, HearingError
from hearing_app.hearings.agenda.slots import book, set_slots
from hearing_app.hearings.comments.comment import comment_by_receipt, submit, withdraw
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.comments.lists import without_slot
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import PUBLIC, Actor, Role
from hearing_app.record.ledger import events
from hearing_app.record.receipts import new_draft_id
from hearing_app.settings import Settings
from hearing_app.store.engine import erase_freed_pages, open_engine, reading, stop, why_stopped, writing
from hearing_app.store.tables import metadata
from tests.loops import run_apart
from tests.scale import scale

HEARING = "demonstration-risk-scores"
ROOT = Path(__file__).parents[1]
Measure = Callable[[str, float | int | str], None]
FACILITATOR = Actor(Role.FACILITATOR, "fay")
# What the public reads, or could; an index or a free page is looked at by SQLite itself.
PUBLIC_TABLES = (
    *("ledger", "ledger_content", "ledger_private", "ledger_node"),
    *("document_version", "comment", "opinion_release", "slot"),
)


@dataclass(frozen=True)
class Image:
    """A data folder as it was found: closed, or with changes that are only in the log."""

    folder: Path
    rows: dict[str, list[tuple[object, ...]]]


def rows_of(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row that the public could read, as the service reads it."""
    engine = open_engine(f"sqlite:///{file}")
    with engine.connect() as db:
        found = {
            name: sorted((tuple(row) for row in db.execute(select(metadata.tables[name]))), key=repr)
            for name in PUBLIC_TABLES
        }
    engine.dispose()
    return found


def settings_of(folder: Path, nothing: Path) -> Settings:
    return Settings(data=folder, registry=ROOT / "registry", datasets=nothing)


def fill(house: Deployment, first: int, last: int) -> None:
    """Put comments on the record, published, held, rejected and withdrawn ones."""
    for number in range(first, last):
        with writing(house.engine) as db:
            draft = Draft(
                new_draft_id(), HEARING, "compas", 1,
                concern=f"Comment {number}: who checks the scores that are kept, and who is told of them?",
                stance="oppose", standing=("affected",),
            )  # fmt: skip
            sent = submit(db, PUBLIC, house.key, draft)
        to = (State.PUBLISHED, State.HELD, State.REJECTED, None)[number % 4]
        if to is not None:
            with writing(house.engine) as db:
                reason = "" if to is State.PUBLISHED else "R2"
                decide(db, FACILITATOR, sent.comment_id, to, seen_state=State.SUBMITTED, reason_id=reason)
        elif number % 8 == 7:
            withdraw(house.engine, house.key, sent.code)


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nothing")


@pytest.fixture(scope="module")
def closed(published_data: Path, tmp_path_factory: pytest.TempPathFactory, nothing: Path) -> Image:
    """A record of 40 comments whose server has stopped."""
    folder = shutil.copytree(published_data, tmp_path_factory.mktemp("closed") / "data")
    house = open_deployment(settings_of(folder, nothing))
    fill(house, 0, 40)
    with writing(house.engine) as db:
        set_slots(db, FACILITATOR, HEARING, 8)
        for place, one in enumerate(without_slot(db, HEARING)[:5], 1):
            book(db, FACILITATOR, HEARING, place, one)
    house.keep_checkpoint()
    house.close()
    return Image(folder, rows_of(folder / "hearing.sqlite"))


@pytest.fixture(scope="module")
def killed(closed: Image, tmp_path_factory: pytest.TempPathFactory, nothing: Path) -> Image:
    """The same record, whose server was killed when the last ten comments were in the log alone."""
    running = shutil.copytree(closed.folder, tmp_path_factory.mktemp("running") / "data")
    house = open_deployment(settings_of(running, nothing))
    with reading(house.engine) as db:
        db.exec_driver_sql("SELECT count(*) FROM ledger").scalar_one()
        # None that is withdrawn: that would write every page anew, into the log.
        fill(house, 40, 47)
        house.keep_checkpoint()
        folder = shutil.copytree(running, tmp_path_factory.mktemp("killed") / "data")
    house.close()
    (folder / "hearing.sqlite-shm").unlink()
    assert (folder / "hearing.sqlite-wal").stat().st_size > 100_000
    spare = shutil.copytree(folder, tmp_path_factory.mktemp("spare") / "data")
    return Image(folder, rows_of(spare / "hearing.sqlite"))


def flip(file: Path, chance: random.Random) -> str:
    data = bytearray(file.read_bytes())
    place, bit = chance.randrange(len(data)), chance.randrange(8)
    data[place] ^= 1 << bit
    file.write_bytes(data)
    return f"bit {bit} of byte {place} of {file.name}"


def cut(file: Path, chance: random.Random) -> str:
    size = chance.randrange(file.stat().st_size)
    with file.open("r+b") as opened:
        opened.truncate(size)
    return f"{file.name} cut to {size} bytes"


def start(folder: Path, nothing: Path) -> str:
    """Start as the server does; return "" when the record is served, else why it is not."""
    try:
        house = open_deployment(settings_of(folder, nothing))
    except HearingError as refused:
        assert refused.next_step
        return str(refused)
    try:
        check_whole(house)
        refusal = why_stopped(house.engine)
        if refusal is not None:
            with pytest.raises(Damaged), reading(house.engine):
                pytest.fail("a stopped service reads nothing")
        return str(refusal or "")
    finally:
        house.close()


@pytest.mark.promise("R2")
@pytest.mark.parametrize(
    ("found", "name"),
    [("closed", "hearing.sqlite"), ("killed", "hearing.sqlite"), ("killed", "hearing.sqlite-wal")],
)
@pytest.mark.parametrize("harm", [flip, cut])
def test_a_damaged_file_is_never_served(
    request: pytest.FixtureRequest,
    nothing: Path,
    tmp_path: Path,
    *,
    measure: Measure,
    found: str,
    name: str,
    harm: Callable[[Path, random.Random], str],
) -> None:
    """What is served is what was written, row by row; else the start refuses."""
    image: Image = request.getfixturevalue(found)
    chance = random.Random()
    times, refused = scale(7, 170), 0
    for _ in range(times):
        folder = shutil.copytree(image.folder, tmp_path / "data")
        what = harm(folder / name, chance)
        why = start(folder, nothing)
        refused += bool(why)
        if not why:
            assert rows_of(folder / "hearing.sqlite") == image.rows, what
        shutil.rmtree(folder)
    measure(f"{harm.__name__} {name} as {found}: tries", times)
    measure(f"{harm.__name__} {name} as {found}: refused", refused)


def spoil(file: Path, words: bytes) -> None:
    """Change one bit within words of a file."""
    data = bytearray(file.read_bytes())
    data[data.index(words) + 1] ^= 1
    file.write_bytes(data)


def test_an_error_that_says_damage_stops_everything(house: Deployment) -> None:
    house.engine.dispose()
    file = house.settings.data / "hearing.sqlite"
    data = bytearray(file.read_bytes())
    for page in range(4096, len(data), 4096):
        data[page : page + 40] = b"\xa5" * 40
    file.write_bytes(data)
    with pytest.raises(Damaged, match="malformed"), reading(house.engine) as db:
        db.exec_driver_sql("SELECT * FROM comment").all()
    with pytest.raises(Damaged, match="keep your words until you have a receipt"), writing(house.engine):
        pytest.fail("a stopped service writes nothing")


def test_what_was_found_first_is_what_is_said(house: Deployment) -> None:
    assert why_stopped(house.engine) is None
    stop(house.engine, "The first fault.")
    stop(house.engine, "The second fault.")
    assert "The first fault." in str(why_stopped(house.engine))


def test_a_large_record_is_checked_while_it_is_served(
    house: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase_freed_pages(house.engine)
    spoil(house.settings.data / "hearing.sqlite", b"Geolitica")
    monkeypatch.setattr(server, "CHECKED_FIRST", 0)
    server._check_first(house)
    assert why_stopped(house.engine) is None
    run_apart(asyncio.wait_for(server._keep_checking(), 60))
    assert "is not what was published" in str(why_stopped(house.engine))


def test_a_small_record_is_checked_before_it_is_served(house: Deployment) -> None:
    server._check_first(house)
    erase_freed_pages(house.engine)
    spoil(house.settings.data / "hearing.sqlite", b"Geolitica")
    with pytest.raises(Damaged, match="is not what was published"):
        server._check_first(house)


@pytest.mark.promise("R2")
def test_a_file_that_is_damaged_under_a_running_server_stops_it(
    start_server: Callable[..., SimpleNamespace], tmp_path: Path
) -> None:
    running = start_server(tmp_path / "server", HEARING_CHECK_MINUTES="0.01")
    with httpx2.Client(base_url=running.address, timeout=20) as client:
        assert client.get("/healthz").status_code == 200
        spoil(running.data / "hearing.sqlite", b"Geolitica")
        end = time.monotonic() + 60
        while client.get("/healthz").status_code == 200:
            assert time.monotonic() < end, "the damage was not found"
            time.sleep(0.1)
        health = client.get("/healthz")
        assert (health.status_code, health.json()["status"]) == (503, "stopped")
        assert health.headers["retry-after"]
        for path in ("/", "/hearings", "/record/systems/predpol", "/about"):
            page = client.get(path)
            assert page.status_code == 503
            assert "The record is damaged" in page.text
            assert "Please come back later" in page.text
            assert "Geolitica" not in page.text
        listed = client.get("/api/v1/systems")
        assert (listed.status_code, "damaged" in listed.json()["detail"]) == (503, True)
        sent = send(client, "0" * 32)
        assert sent.status_code == 503
        assert "keep your words until you have a receipt" in sent.json()["detail"]
        assert client.get("/record/style.css").status_code == 200
    assert "the service is stopped to protect the record" in running.err.read_text()
    running.process.terminate()
    running.process.wait(20)
    again = subprocess.run(
        [sys.executable, "-c", SERVE, "serve", "--port", "0", "--data", str(running.data)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert again.returncode == 1
    assert "Restore the newest backup" in again.stderr or "restores the newest backup" in again.stderr
    assert "Traceback" not in again.stderr


SERVE = "from hearing_app.cli import main; main()"
COMMENTS = f"/api/v1/hearings/{HEARING}/comments"


def send(client: httpx2.Client, draft_id: str) -> httpx2.Response:
    words = f"The comment of draft {draft_id} must be stored, or refused. {'It is long. ' * 100}"
    body = {"draft_id": draft_id, "system_id": "compas", "system_version": 1, "concern": words}
    return client.post(COMMENTS, json=body)


@pytest.fixture
def on_a_disk(tmp_path: Path) -> Iterator[Callable[[str], SimpleNamespace]]:
    """Start a server whose data folder is a disk of its own, that nobody else sees and that goes with it.

    Call it with the shell command that mounts the disk on "$1".
    """
    started: list[subprocess.Popen[bytes]] = []
    alone = (
        ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    )

    def start(mount: str) -> SimpleNamespace:
        data, out = tmp_path / "disk", tmp_path / "out"
        data.mkdir()
        tried = (
            subprocess.run(
                [*alone, "sh", "-c", mount, "sh", data],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            if shutil.which("unshare")
            else None
        )
        if tried is None or tried.returncode != 0:
            pytest.skip(
                f"no disk can be mounted here: {tried.stderr.strip() if tried else 'unshare is missing'}"
            )
        with out.open("wb") as printed:
            process = subprocess.Popen(
                [*alone, "sh", "-c", f'{mount} && exec "$2" -c "$3" serve --port 0 --data "$1"', "sh", data,
                 sys.executable, SERVE],
                cwd=tmp_path, stdout=printed, stderr=subprocess.STDOUT,
            )  # fmt: skip
        started.append(process)
        end = time.monotonic() + 60
        while not (found := re.search(r"^Open (http\S+)$", out.read_text(), re.MULTILINE)):
            assert process.poll() is None and time.monotonic() < end, out.read_text()
            time.sleep(0.05)
        # The server's own view of the files: for us the folder is empty.
        inside = Path(f"/proc/{process.pid}/root{data}")
        return SimpleNamespace(process=process, address=found.group(1), data=data, inside=inside, out=out)

    yield start
    for process in started:
        process.terminate()
        process.wait(30)


def until_refused(client: httpx2.Client) -> tuple[dict[str, str], str, httpx2.Response]:
    """Send comments until one is refused; return the receipts, the draft that was refused, and the answer."""
    receipts: dict[str, str] = {}
    for _ in range(3000):
        draft_id = secrets.token_hex(16)
        answer = send(client, draft_id)
        if answer.status_code != 201:
            return receipts, draft_id, answer
        receipts[draft_id] = answer.json()["receipt"]
    pytest.fail("the disk never was full")


def check_refusal(client: httpx2.Client, receipts: dict[str, str], answer: httpx2.Response) -> None:
    """It says what happened, what was kept, what to do; all that was acknowledged is there, and is read."""
    assert answer.status_code == 503
    problem = answer.json()
    assert problem["title"] == "This cannot be stored or read at the moment"
    assert "could not be read or written" in problem["detail"]
    assert "Nothing was half-written." in problem["detail"]
    assert "keep your words until you have a receipt" in problem["detail"]
    assert client.get("/healthz").json()["status"] in {"ok", "degraded: cannot write"}
    for path in (f"/record/hearings/{HEARING}", "/api/v1/systems", COMMENTS, "/"):
        page = client.get(path)
        assert page.status_code == 200, (path, page.text)
    for draft_id, receipt in receipts.items():
        again = send(client, draft_id)
        assert (again.status_code, again.json().get("receipt")) == (200, receipt)


@pytest.mark.promise("R10")
def test_on_a_full_disk_nothing_is_acknowledged_that_is_not_stored(
    on_a_disk: Callable[[str], SimpleNamespace], measure: Measure
) -> None:
    running = on_a_disk('mount -t tmpfs -o size=6m none "$1"')
    with httpx2.Client(base_url=running.address, timeout=30) as client:
        early = [send(client, f"{number:032x}").json()["receipt"] for number in range(3)]
        with (running.inside / "ballast").open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"x" * 4096)
            except OSError:
                ballast.truncate(ballast.tell() - 300_000)
        receipts, refused, answer = until_refused(client)
        assert "full" in answer.json()["detail"]
        receipts |= {f"{number:032x}": receipt for number, receipt in enumerate(early)}
        check_refusal(client, receipts, answer)
        measure("comments stored before the disk was full", len(receipts))
        (running.inside / "ballast").unlink()
        # There is room again: what was refused had not been stored, and is now.
        stored = send(client, refused)
        assert (stored.status_code, stored.json()["repeated"]) == (201, False)
        check = client.get("/api/v1/record").json()["size"]
        assert check > len(receipts)
    assert "Traceback" not in running.out.read_text()


@pytest.mark.promise("R10")
def test_on_a_disk_that_became_read_only_nothing_is_acknowledged(
    on_a_disk: Callable[[str], SimpleNamespace], tmp_path: Path, measure: Measure
) -> None:
    """As Linux does with a disk that fails: it takes no more changes, whatever is open on it."""
    if not shutil.which("mkfs.ext4") or os.geteuid() != 0:
        pytest.skip("a disk that fails can be made by root alone, with mkfs.ext4")
    with (tmp_path / "image").open("wb") as image:
        image.truncate(24_000_000)
    subprocess.run(["mkfs.ext4", "-q", tmp_path / "image"], check=True)
    running = on_a_disk(f'mount -o loop "{tmp_path / "image"}" "$1"')
    with httpx2.Client(base_url=running.address, timeout=30) as client:
        receipts = {f"{number:032x}": send(client, f"{number:032x}").json()["receipt"] for number in range(3)}
        subprocess.run(
            [
                "nsenter",
                f"--mount=/proc/{running.process.pid}/ns/mnt",
                "mount",
                "-o",
                "remount,abort",
                running.data,
            ],
            check=True,
        )
        more, _, answer = until_refused(client)
        assert more == {}
        check_refusal(client, receipts, answer)
        measure("comments stored before the disk failed", len(receipts))


@pytest.mark.promise("R10")
def test_a_clock_that_is_set_back_changes_no_order_and_no_receipt(house: Deployment) -> None:
    # The hearing has just opened: an hour before it was not open yet.
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    receipts = []
    for place, hours in enumerate((0, -1, -1, 1)):
        with time_machine.travel(now + timedelta(hours=hours), tick=False), writing(house.engine) as db:
            draft = Draft(
                new_draft_id(),
                HEARING,
                "compas",
                1,
                concern=f"Number {place} of those that were sent in order.",
            )
            receipts.append(submit(db, PUBLIC, house.key, draft))
    with time_machine.travel(now - timedelta(hours=1)):
        with reading(house.engine) as db:
            submitted = [event for event in events(db) if event.kind == "comment.submitted"]
            assert [event.subject for event in submitted] == [f"comment:{one.comment_id}" for one in receipts]
            shifts = [timedelta(hours=h) for h in (0, -1, -1, 1)]
            assert [one.submitted_at - now for one in receipts] == shifts
            # In public, the day alone.
            assert [event.at.date() for event in submitted] == [(now + shift).date() for shift in shifts]
            assert [event.seq for event in events(db)] == list(range(submitted[-1].seq + 1))
            assert record_faults(house, db) == []
            for place, one in enumerate(receipts):
                found = comment_by_receipt(db, house.key, one.code)
                assert found.concern.startswith(f"Number {place} ")
        for one in receipts:
            assert withdraw(house.engine, house.key, one.code).state == "withdrawn"
        # A server that starts at the earlier time finds nothing wrong.
        house.keep_checkpoint()
        open_deployment(house.settings).close()
