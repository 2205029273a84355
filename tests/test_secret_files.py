"""Files with secrets: who may own them, who may read them, and refusals that quote nothing of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hearing_app import secret_files
from hearing_app.errors import Damaged
from hearing_app.secret_files import LARGEST_SECRET_BYTES, read_private, read_secret

SECRET = "correct-horse-battery-staple"


def secret_at(path: Path, content: str = f"{SECRET}\n", mode: int = 0o600) -> Path:
    path.write_text(content, encoding="utf-8")
    path.chmod(mode)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_secret_is_read_without_the_end_of_its_line(tmp_path: Path, mode: int) -> None:
    path = secret_at(tmp_path / "password", mode=mode)
    assert read_secret(path) == SECRET
    assert read_private(path) == f"{SECRET}\n".encode()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o444, 0o777])
def test_a_secret_that_others_can_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    path = secret_at(tmp_path / "password", mode=mode)
    with pytest.raises(Damaged, match=f"Run: chmod 600 {path}") as refusal:
        read_secret(path)
    assert SECRET not in str(refusal.value)


def test_a_link_is_followed_and_what_it_leads_to_is_checked(tmp_path: Path) -> None:
    target, link = tmp_path / "versions" / "1", tmp_path / "password"
    target.parent.mkdir()
    secret_at(target)
    link.symlink_to(target)
    assert read_secret(link) == SECRET
    target.chmod(0o644)
    with pytest.raises(Damaged, match=f"chmod 600 {target}"):
        read_secret(link)


def test_a_secret_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = secret_at(tmp_path / "password")
    if os.geteuid() == 0:
        os.chown(path, 4242, 4242)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(Damaged, match="belongs to another user"):
        read_secret(path)


def test_a_secret_of_root_may_be_read_by_whoever_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = secret_at(tmp_path / "password")
    mine = path.stat()
    of_root = os.stat_result([*mine[:4], 0, *mine[5:]])
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    assert secret_files.fault_of(path, of_root) is None


@pytest.mark.parametrize("content", ["", "\n", " \n\t"])
def test_an_empty_secret_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(Damaged, match="is empty"):
        read_secret(secret_at(tmp_path / "password", content))


def test_what_is_no_text_is_refused_without_quoting_it(tmp_path: Path) -> None:
    path = secret_at(tmp_path / "password")
    path.write_bytes(b"secret\xff\xfe")
    with pytest.raises(Damaged, match="no text") as refusal:
        read_secret(path)
    error: BaseException | None = refusal.value
    while error:
        assert "secret\\xff" not in repr(error)
        error = error.__cause__ or error.__context__


def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe, folder = tmp_path / "pipe", tmp_path / "folder"
    os.mkfifo(pipe, 0o600)
    folder.mkdir(mode=0o700)
    for path in (pipe, folder):
        with pytest.raises(Damaged, match="not an ordinary file"):
            read_secret(path)
    with pytest.raises(Damaged, match="No such file"):
        read_secret(tmp_path / "nothing")


def test_a_large_file_that_was_named_by_mistake_is_not_taken_for_a_secret(tmp_path: Path) -> None:
    path = secret_at(tmp_path / "password", "x" * LARGEST_SECRET_BYTES)
    assert len(read_secret(path)) == LARGEST_SECRET_BYTES
    secret_at(path, "x" * (LARGEST_SECRET_BYTES + 1))
    with pytest.raises(Damaged, match="too large"):
        read_secret(path)


def test_a_refusal_says_what_the_caller_says_was_kept(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="Nobody was signed in"):
        read_secret(tmp_path / "nothing", kept="Nobody was signed in.")
