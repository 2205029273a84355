"""What tests share: a record of its own for each, the shipped register as published, and a real server."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from copy import copy
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from hearing_app import deployment
from hearing_app.deployment import Deployment, open_deployment, use
from hearing_app.evidence import datasets
from hearing_app.evidence.checks import Reading, read_dataset
from hearing_app.evidence.datasets import Catalogue
from hearing_app.hearings.comments.comment import Receipt, submit
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.hearing import Hearing, Question
from hearing_app.people import passwords
from hearing_app.people.permissions import PUBLIC
from hearing_app.record.versions import publish_version
from hearing_app.settings import Settings
from hearing_app.store.engine import open_engine, writing
from hearing_app.store.migrate import migrate, revisions

pytest_plugins = ["tests.promises", "tests.postgresql"]
MakeDraft = Callable[..., Draft]
Send = Callable[..., Receipt]
ROOT = Path(__file__).parents[1]
# Then every test has its record in PostgreSQL (tests/postgresql.py): for a run by hand.
ON_POSTGRESQL = os.environ.get("HEARING_TEST_ENGINE") == "postgresql"
# All tests come from one network, and send more than one person would.
UNLIMITED = {
    "HEARING_COMMENTS_IN_TEN_MINUTES": "1000000",
    "HEARING_COMMENTS_A_DAY": "1000000",
    "HEARING_VISITORS_OF_ONE_NETWORK": "200",
}

UNLIMITED_HERE: dict[str, Any] = {"comments_in_ten_minutes": 1_000_000, "comments_a_day": 1_000_000}


@pytest.fixture(scope="session", autouse=True)
def _shipped_datasets_are_read_once() -> Iterator[None]:
    """Read the files of the shipped datasets once a process: no test changes them, and hundreds serve them.

    Reading and checking them was four fifths of the time of opening a house.
    """
    honest, kept = read_dataset, dict[Path, Reading]()

    def once(folder: Path) -> Reading:
        if folder.parent != ROOT / "datasets":
            return honest(folder)
        if folder not in kept:
            kept[folder] = honest(folder)
        return kept[folder]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "read_dataset", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _shipped_datasets_are_served_once(_shipped_datasets_are_read_once: None) -> Iterator[None]:
    """Let all houses of a process share what serves the shipped datasets: nothing changes it.

    Each house gets an object of its own, which closes nothing: building it was half the time of opening one.
    """
    served: list[Catalogue] = []

    def catalogue(folder: Path) -> Catalogue:
        if folder.resolve() != (ROOT / "datasets").resolve():
            return Catalogue(folder)
        if not served:
            served.append(Catalogue(folder))
        own = copy(served[0])
        own.close = lambda: None  # type: ignore[method-assign]  # the others go on
        return own

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deployment, "Catalogue", catalogue)
        yield


@pytest.fixture(scope="session", autouse=True)
def _versions_of_the_schema_are_listed_once() -> Iterator[None]:
    """List the migrations once a process: no test adds one, and listing them runs each of their files."""
    known = revisions()
    with pytest.MonkeyPatch.context() as patch:
        for module in ("migrate", "schema"):
            patch.setattr(f"hearing_app.store.{module}.revisions", lambda: list(known))
        yield


@pytest.fixture(scope="session", autouse=True)
def honest_passwords() -> Iterator[tuple[PasswordHasher, str]]:
    """Let passwords cost a thousandth in this process: hundreds of tests sign in. Servers pay in full.

    It gives the service's own hasher and its hash of nobody's password, for the tests that are about them.
    """
    honest = passwords._hasher, passwords._NOBODY
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", cheap)
        patch.setattr(passwords, "_NOBODY", cheap.hash(secrets.token_hex(16)))
        yield honest


@pytest.fixture(scope="session")
def now() -> datetime:
    """A moment at which the hearing is open."""
    return datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def receipt_key() -> bytes:
    return bytes(range(32))


@pytest.fixture(scope="session")
def empty_record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the migrations leave it; made once, copied for each test."""
    path = tmp_path_factory.mktemp("record") / "hearing.sqlite"
    made = open_engine(f"sqlite:///{path}")
    migrate(made)
    made.dispose()
    return path


@pytest.fixture
def engine(request: pytest.FixtureRequest, empty_record: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty record of the test's own: in SQLite, or in PostgreSQL with HEARING_TEST_ENGINE=postgresql."""
    if ON_POSTGRESQL:
        yield request.getfixturevalue("postgresql_engine")
        return
    path = shutil.copy(empty_record, tmp_path / "hearing.sqlite")
    opened = open_engine(f"sqlite:///{path}")
    yield opened
    opened.dispose()


@pytest.fixture
def hearing(engine: Engine, now: datetime) -> Hearing:
    """A published hearing on one published system, open from January to December 2026."""
    announced = Hearing(
        id="live-recognition",
        title="Live facial recognition in the high street",
        summary="The board hears what residents think of the cameras in the high street.",
        convened_by="The police and crime board",
        demonstration=True,
        systems=("street-cameras",),
        questions=(Question(id="use", text="Should it be used?"),),
        time_zone="Europe/London",
        opens_at=datetime(2026, 1, 1, tzinfo=UTC),
        closes_at=datetime(2026, 12, 1, tzinfo=UTC),
        what_happens_next="The board reads every comment and answers in public.",
    )
    with writing(engine) as db:
        for kind, name, document in (
            ("system", "street-cameras", {"id": "street-cameras", "name": "Street cameras"}),
            ("hearing", announced.id, announced.model_dump(mode="json")),
        ):
            publish_version(
                db,
                actor="compilation",
                kind=kind,
                document_id=name,
                document=document,
                note="The first version.",
                at=now.replace(month=1),
            )
    return announced


@pytest.fixture
def draft(hearing: Hearing) -> MakeDraft:
    """Make a draft that can be sent, with any field changed."""

    def make(**changes: Any) -> Draft:
        fields: dict[str, Any] = {
            "draft_id": secrets.token_hex(16),
            "hearing_id": hearing.id,
            "system_id": hearing.systems[0],
            "system_version": 1,
            "concern": "Who checks the pictures that are kept?",
        }
        return Draft(**(fields | changes))

    return make


@pytest.fixture
def send(engine: Engine, draft: MakeDraft, receipt_key: bytes, now: datetime) -> Send:
    """Submit such a draft in a transaction of its own, at ``now`` unless ``at`` is given."""

    def submit_one(*, at: datetime | None = None, **changes: Any) -> Receipt:
        with writing(engine) as db:
            return submit(db, PUBLIC, receipt_key, draft(**changes), at=at or now)

    return submit_one


@pytest.fixture(scope="session")
def published_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as the first start with the shipped register leaves it; made once, copied for tests."""
    data = tmp_path_factory.mktemp("published") / "data"
    open_deployment(Settings(data=data, registry=ROOT / "registry", datasets=ROOT / "datasets")).close()
    return data


@pytest.fixture
def house(request: pytest.FixtureRequest, published_data: Path, tmp_path: Path) -> Iterator[Deployment]:
    """A running house with the shipped register and datasets, in use by routes and pages."""
    if ON_POSTGRESQL:
        yield request.getfixturevalue("postgresql_house")
        return
    data = shutil.copytree(published_data, tmp_path / "data")
    opened = open_deployment(
        Settings(data=data, registry=ROOT / "registry", datasets=ROOT / "datasets", **UNLIMITED_HERE)
    )
    use(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def start_server() -> Iterator[Callable[..., SimpleNamespace]]:
    """Start a real server process from another folder; what still runs at the end is stopped.

    Call it with a folder to start in, which gets "data", "out" and "err", and environment variables. It gives
    ``address``, ``data``, ``invitation`` (the one-time link, or ""), ``process``, ``out`` and ``err``.
    """
    started: list[subprocess.Popen[bytes]] = []

    def start(folder: Path, **environment: str) -> SimpleNamespace:
        folder.mkdir(parents=True, exist_ok=True)
        out, err = folder / "out", folder / "err"
        program = "from hearing_app.cli import main; main()"
        with out.open("wb") as printed, err.open("wb") as complained:
            process = subprocess.Popen(
                [sys.executable, "-c", program, "serve", "--port", "0", "--data", str(folder / "data")],
                cwd=folder,
                env={name: value for name, value in os.environ.items() if not name.startswith("HEARING_")}
                | UNLIMITED
                | environment,
                stdout=printed,
                stderr=complained,
            )
        started.append(process)
        end = time.monotonic() + 60
        while not (found := re.search(r"^Open (http\S+)$", out.read_text(), re.MULTILINE)):
            assert process.poll() is None, err.read_text()
            assert time.monotonic() < end, "the server did not say where it is"
            time.sleep(0.05)
        link = re.search(r"http\S+/invitation/\S+", out.read_text())
        return SimpleNamespace(
            address=found.group(1),
            data=folder / "data",
            invitation=link.group() if link else "",
            process=process,
            out=out,
            err=err,
        )

    yield start
    running = [process for process in started if process.poll() is None]
    for process in running:  # all at once: each may take seconds to end
        process.terminate()
    for process in running:
        if process.poll() is None:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="session")
def service(
    start_server: Callable[..., SimpleNamespace], tmp_path_factory: pytest.TempPathFactory
) -> SimpleNamespace:
    """One server for the whole run: ``address``, ``data`` and ``invitation`` (see ``start_server``)."""
    return start_server(tmp_path_factory.mktemp("service"))
