"""Secrets of the configuration appear in nothing that the service prints, logs or serves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from hearing_app.cli import main
from hearing_app.deployment import Deployment
from hearing_app.errors import Invalid
from hearing_app.store.engine import open_engine

PASSWORD = "correct-horse-battery-staple"
# Port 9 is nobody's.
UNREACHABLE = f"postgresql://hearing:{PASSWORD}@127.0.0.1:9/hearing"
COMMANDS = (
    ("--help",),
    ("serve", "--help"),
    ("doctor",),
    ("doctor", "--format", "json"),
    ("record", "verify"),
)
ADDRESSES = (
    *("/healthz", "/api/v1/systems", "/record", "/", "/about", "/feed.atom"),
    *("/nothing-here", "/api/v1/nothing", "/api/v1/hearings/%00"),
)


def hearing(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HEARING_")}
    return subprocess.run(
        [sys.executable, "-c", "from hearing_app.cli import main; main()", *arguments],
        cwd=cwd,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    "url",
    [
        UNREACHABLE,
        f"no-such-database://hearing:{PASSWORD}@127.0.0.1/hearing",
        # Signs that should have been percent-encoded.
        f"postgresql://hearing:x@y:{PASSWORD}/hearing",
    ],
    ids=["unreachable", "unknown", "mistyped"],
)
def test_no_command_prints_the_databases_password(
    tmp_path: Path, url: str, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, command, env={"HEARING_DATABASE_URL": url})
    assert PASSWORD not in done.output
    assert isinstance(done.exception, SystemExit) or done.exit_code == 0, done.exception
    assert (done.exit_code == 0) is ("--help" in command)


def test_a_server_that_cannot_reach_its_database_does_not_print_the_password(tmp_path: Path) -> None:
    done = hearing("serve", "--port", "0", cwd=tmp_path, HEARING_DATABASE_URL=UNREACHABLE)
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_what_holds_the_keys_does_not_print_them(house: Deployment) -> None:
    printed = repr(house) + repr(house.signer)
    assert "Deployment(" in printed
    for file in sorted((house.settings.data / "keys").iterdir()):
        key = file.read_bytes()
        assert len(key) == 32
        assert repr(key)[2:-1] not in printed
        assert key.hex() not in printed


def test_a_piece_of_a_password_that_is_taken_for_a_port_is_not_printed() -> None:
    with pytest.raises(Invalid, match="%40") as refusal:
        open_engine(f"postgresql://hearing:pass@word:{PASSWORD}/hearing")
    error: BaseException | None = refusal.value
    while error:
        assert PASSWORD not in repr(error)
        error = error.__cause__ or error.__context__


def test_a_running_service_shows_no_secret_and_warns_of_open_folders(
    tmp_path: Path, start_server: Callable[..., SimpleNamespace]
) -> None:
    """The URL of SQLite stands for one with a password: the file's name is the secret."""
    record = tmp_path / "kept" / f"{PASSWORD}.sqlite"
    record.parent.mkdir()
    file = tmp_path / "database-url"
    file.write_text(f"sqlite:///{record}\n")
    file.chmod(0o600)
    folder = tmp_path / "service"
    (folder / "data").mkdir(parents=True)
    (folder / "data").chmod(0o750)
    server = start_server(folder, HEARING_DATABASE_URL_FILE=str(file))
    assert record.is_file()
    for address in ADDRESSES:
        try:
            with urlopen(f"{server.address}{address}") as answer:  # noqa: S310 - our own server
                served = str(answer.headers) + answer.read().decode()
        except HTTPError as error:
            served = str(error.headers) + error.read().decode()
        assert PASSWORD not in served, address
        assert len(served) > 100
    server.process.terminate()
    server.process.wait(15)
    said = server.out.read_text() + server.err.read_text()
    assert PASSWORD not in said
    assert f"Run: chmod 700 {(folder / 'data').resolve()}" in server.err.read_text()


def test_a_file_of_a_secret_that_others_can_read_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "database-url"
    file.write_text(f"{UNREACHABLE}\n")
    file.chmod(0o644)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["record", "verify"], env={"HEARING_DATABASE_URL_FILE": str(file)})
    assert done.exit_code == 1
    assert f"chmod 600 {file}" in done.output
    assert PASSWORD not in done.output
