"""A release: the wheel has all that the service needs, the archive all that the wheel needs, and sums fit."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from urllib.request import urlopen

import pytest

import hearing_app
from release import sbom
from release.build import build, export, main
from tests.published.test_lock_files import ROOT
from tests.scale import SOAK

MOMENT = 1_790_000_000
PUBLISH = """
import hearing_app
from hearing_app.deployment import open_deployment
from hearing_app.registry.published import all_entries
from hearing_app.settings import Settings
from hearing_app.store.engine import reading

house = open_deployment(Settings())
with reading(house.engine) as db:
    print(hearing_app.__file__, house.settings.registry, len(all_entries(db)), sep="\\n")
"""
INSIDE = ("registry", "datasets", ".streamlit")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the project that git knows, or would know, as they are now."""
    folder = tmp_path_factory.mktemp("source")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no git checkout: what belongs to a release is not known")
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def made(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("release")
    build(source, out, MOMENT)
    return out


@pytest.fixture(scope="module")
def installed(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, installed: for one in plain Python, that is unpacked."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(one(made, "*.whl")) as wheel:
        wheel.extractall(folder)  # noqa: S202 - it was made a moment ago, from our own files
    return folder


def one(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_has_the_whole_package_and_what_stands_beside_it(source: Path, installed: Path) -> None:
    inside = files_in(installed / "hearing_app")
    wanted = files_in(source / "hearing_app")
    for name in INSIDE:
        beside = files_in(source / name)
        assert beside
        wanted |= {f"shipped/{name}/{path}": content for path, content in beside.items()}
    assert sorted(inside) == sorted(wanted)
    assert inside == wanted
    for needed in ("documents/style.css", "documents/templates/system.html", "store/migrations/env.py"):
        assert needed in inside
    assert {path.name for path in installed.iterdir()} == {
        "hearing_app",
        f"hearing_app-{hearing_app.__version__}.dist-info",
    }


def test_the_archive_has_everything_that_the_repository_has(source: Path, made: Path) -> None:
    with tarfile.open(one(made, "*.tar.gz")) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
        assert {(entry.uname, entry.gname, entry.mtime) for entry in tar} == {("", "", MOMENT)}
    assert set(files_in(source)) - names == set()


def test_sums_and_lists_lie_beside_them(source: Path, made: Path) -> None:
    lines = (made / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    sums = {line[66:]: line[:64] for line in lines}
    present = {path.name for path in made.iterdir()}
    assert set(sums) == present - {"SHA256SUMS"}
    assert sums == {name: hashlib.sha256((made / name).read_bytes()).hexdigest() for name in sums}
    assert {"requirements.lock", "sbom.cdx.json"} < present
    assert (made / "sbom.cdx.json").read_bytes() == (source / "docs" / "sbom.cdx.json").read_bytes()


def test_whoever_builds_it_again_gets_the_same_bytes(source: Path, made: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(source, tmp_path / "elsewhere", copy_function=shutil.copyfile)
    build(copy, tmp_path / "again", MOMENT)
    assert (tmp_path / "again" / "SHA256SUMS").read_text() == (made / "SHA256SUMS").read_text()


def test_an_installed_wheel_has_its_register_and_publishes_it(installed: Path, tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HEARING_")}
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH],
        cwd=tmp_path,
        env=clean | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    package, registry, entries = done.stdout.splitlines()
    assert package == str(installed / "hearing_app" / "__init__.py")
    assert registry == str(installed / "hearing_app" / "shipped" / "registry")
    assert int(entries) == len(list((ROOT / "registry" / "systems").rglob("*.yaml")))


@pytest.mark.skipif(not SOAK, reason="starts a second server: in `make soak`")
def test_an_installed_wheel_serves(
    installed: Path, tmp_path: Path, start_server: Callable[..., SimpleNamespace]
) -> None:
    server = start_server(tmp_path, PYTHONPATH=str(installed))
    with urlopen(f"{server.address}/record") as answer:  # noqa: S310 - our own server
        assert answer.status == 200
        assert b"<h1" in answer.read()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit of one file, in place of ours."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "file").write_text("committed")
    author = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    for command in (("init", "--quiet"), ("add", "file"), (*author, "commit", "--quiet", "--message", "One")):
        subprocess.run(["git", *command], cwd=folder, check=True)
    monkeypatch.setattr(sbom, "ROOT", folder)
    return folder


def test_a_release_has_the_files_of_the_commit_and_its_time(repository: Path, tmp_path: Path) -> None:
    (repository / "file").write_text("changed since")
    (repository / "unknown").write_text("not known to git")
    moment = export("HEAD", tmp_path / "exported")
    assert {name: text.decode() for name, text in files_in(tmp_path / "exported").items()} == {
        "file": "committed"
    }
    assert 0 <= time.time() - moment < 600


@pytest.mark.parametrize("name", ["file", "unknown"])
def test_no_release_is_made_of_what_is_not_committed(
    repository: Path, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("release.build.OUT", tmp_path / "out")
    (repository / name).write_text("changed since")
    with pytest.raises(SystemExit, match=name):
        main()
    assert not (tmp_path / "out").exists()
