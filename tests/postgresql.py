"""A real PostgreSQL server for the run; without one the tests are skipped aloud.

Where HEARING_POSTGRESQL=required they fail instead. With HEARING_TEST_ENGINE=postgresql the common fixtures
``engine`` and ``house`` give a record in it, too, so that any test can be run on it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, make_url

from hearing_app.deployment import Deployment, open_deployment, use
from hearing_app.settings import Settings
from hearing_app.store.engine import open_engine
from hearing_app.store.migrate import migrate

ROOT = Path(__file__).parents[1]
MISSING = "There is no PostgreSQL. Install it (Debian: apt-get install postgresql), or put initdb on the PATH"
MakeDatabase = Callable[..., str]
# The shell stops the server when its input ends, so also when the tests are killed and can stop nothing.
# What the server acknowledges need not survive a power cut: it is thrown away, and without fsync much faster.
START = """
"$1" -D "$2" -k "$3" -c listen_addresses= -c fsync=off &
read -r _
kill -INT $!
wait $!
"""
INITDB = ("--username=hearing", "--auth=trust", "--encoding=UTF8", "--locale=C", "--data-checksums")


def _programs() -> Path | None:
    """Return the folder of initdb and postgres: from the path, else Debian's newest."""
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    newest = sorted(versions, key=lambda folder: float(folder.parent.name), reverse=True)
    for place in (shutil.which("initdb"), *(folder / "initdb" for folder in newest)):
        if place and (folder := Path(place).resolve().parent).joinpath("postgres").exists():
            return folder
    return None


def _unprivileged() -> dict[str, Any]:
    """Return how to start a process as another user when we are root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgresql_folder() -> Iterator[Path]:
    """The folder of a running server: its socket, and its files in "data". It listens on no port."""
    programs = _programs()
    if programs is None:
        if os.environ.get("HEARING_POSTGRESQL") == "required":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    # Not below pytest's own folder: the server's user may not enter that, and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="hearing-"))
    server = None
    try:
        who = _unprivileged()
        if who:
            os.chown(folder, who["user"], who["group"])
        with (folder / "log").open("wb") as log:
            subprocess.run(
                [programs / "initdb", "--no-sync", "--pgdata", folder / "data", *INITDB],
                cwd=folder, stdout=log, stderr=log, check=True, **who,
            )  # fmt: skip
            server = subprocess.Popen(
                ["sh", "-c", START, "sh", programs / "postgres", folder / "data", folder],
                cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True, **who,
            )  # fmt: skip
        end = time.monotonic() + 30
        while not _answers(folder):
            assert server.poll() is None and time.monotonic() < end, (folder / "log").read_text()
            time.sleep(0.05)
        yield folder
    finally:
        if server is not None:
            assert server.stdin is not None
            server.stdin.close()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()
        shutil.rmtree(folder)


def _answers(folder: Path) -> bool:
    try:
        psycopg.connect(host=str(folder), user="hearing", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="session")
def make_database(postgresql_folder: Path) -> Iterator[MakeDatabase]:
    """Create a database, empty or as a copy of another, and return its URL."""
    numbers = count(1)
    with psycopg.connect(
        host=str(postgresql_folder), user="hearing", dbname="postgres", autocommit=True
    ) as server:

        def make(template: str = "template0", more: str = "") -> str:
            name = f"test{next(numbers)}"
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template} {more}")
            return f"postgresql+psycopg://hearing@/{name}?host={postgresql_folder}"

        yield make


@pytest.fixture(scope="session")
def migrated(make_database: MakeDatabase) -> str:
    """The name of a database as the migrations leave it, to be copied."""
    made = open_engine(make_database())
    migrate(made)
    made.dispose()
    return str(made.url.database)


@pytest.fixture
def postgresql_engine(make_database: MakeDatabase, migrated: str) -> Iterator[Engine]:
    """An engine on a database of its own, which is dropped."""
    opened = open_engine(make_database(migrated))
    yield opened
    opened.dispose()
    _drop(opened)


@pytest.fixture(scope="session")
def published_postgresql(
    make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """A data folder and the name of its database, as a first start with the shipped register leaves them."""
    url, data = make_database(), tmp_path_factory.mktemp("published-postgresql") / "data"
    open_deployment(_settings(data, url)).close()
    return data, str(make_url(url).database)


@pytest.fixture
def postgresql_house(
    make_database: MakeDatabase, published_postgresql: tuple[Path, str], tmp_path: Path
) -> Iterator[Deployment]:
    """A running house with the shipped register, whose record is in PostgreSQL."""
    made, name = published_postgresql
    data = shutil.copytree(made, tmp_path / "data")
    unlimited: dict[str, Any] = {"comments_in_ten_minutes": 1_000_000, "comments_a_day": 1_000_000}
    opened = open_deployment(_settings(data, make_database(name)).model_copy(update=unlimited))
    use(opened)
    yield opened
    opened.close()
    _drop(opened.engine)


def _settings(data: Path, url: str) -> Settings:
    return Settings(
        data=data, registry=ROOT / "registry", datasets=ROOT / "datasets", database_url=SecretStr(url)
    )


def _drop(opened: Engine) -> None:
    with psycopg.connect(host=str(opened.url.query["host"]), user="hearing", dbname="postgres") as server:
        server.autocommit = True
        server.execute(f"DROP DATABASE {opened.url.database} WITH (FORCE)")
