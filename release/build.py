"""The files of a release, in build/release/: source, wheel, lock file, bill of materials and their sums.

    python -m release.build

What is built is the commit that is checked out, from a copy of its files: a change that was not committed,
or a file that git does not know, never gets in. The build tools are those of ``requirements-build.lock``;
nothing is fetched. Times inside the files are the commit's, so whoever builds it again gets the same sums.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from release import sbom

OUT = sbom.ROOT / "build" / "release"
BESIDE = ("requirements.lock", "requirements-build.lock", "docs/sbom.cdx.json", "docs/licences.md")


def build(source: Path, out: Path, moment: int) -> list[Path]:
    """Build the project in the folder ``source`` into ``out``; return its files, SHA256SUMS last.

    ``moment`` is in seconds since 1970: every time in the files. The wheel is made from the source archive,
    so an archive that lacks something is noticed here.
    """
    out.mkdir(parents=True, exist_ok=True)
    for name in BESIDE:
        shutil.copyfile(source / name, out / Path(name).name)
    _backend("build_sdist", source, out, moment)
    (archive,) = out.glob("*.tar.gz")
    _same_times(archive, moment)
    with tempfile.TemporaryDirectory() as unpacked:
        with tarfile.open(archive) as tar:
            tar.extractall(unpacked, filter="data")
        (inside,) = Path(unpacked).iterdir()
        _backend("build_wheel", inside, out, moment)
    files = sorted(out.iterdir())
    sums = out / "SHA256SUMS"
    lines = (f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
    sums.write_text("".join(lines), encoding="ascii")
    return [*files, sums]


def export(commit: str, folder: Path) -> int:
    """Write the files of ``commit`` into ``folder``; return the time of the commit, in seconds since 1970."""
    archive = _git("archive", "--format=tar", commit)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    return int(_git("show", "--no-patch", "--format=%ct", commit))


def main() -> None:
    """Build the release of the commit that is checked out; exit with 1 where that is not what one sees."""
    if changed := _git("status", "--porcelain").decode().strip():
        sys.exit(f"A release is built from a commit, and these files differ from it:\n{changed}")
    shutil.rmtree(OUT, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        moment = export("HEAD", Path(folder))
        made = build(Path(folder), OUT, moment)
    sys.stdout.write("".join(f"{file.relative_to(sbom.ROOT)}\n" for file in made))


def _backend(hook: str, source: Path, out: Path, moment: int) -> None:
    """Call a hook of PEP 517 in ``source``, in a process of its own, with the installed build tools."""
    code = f"import sys; from setuptools import build_meta; build_meta.{hook}(sys.argv[1])"
    ran = subprocess.run(
        [sys.executable, "-c", code, str(out.resolve())],
        cwd=source,
        env=os.environ | {"SOURCE_DATE_EPOCH": str(moment)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        sys.exit(f"{hook} failed:\n{ran.stdout}{ran.stderr}")


def _same_times(archive: Path, moment: int) -> None:
    """Write a source archive anew: in the order of names, with one time and without the builder's name."""
    with tarfile.open(archive) as tar:
        entries = [(entry, tar.extractfile(entry)) for entry in sorted(tar, key=lambda entry: entry.name)]
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as copy:
            for entry, content in entries:
                entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = moment, 0, 0, "", ""
                entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
                entry.pax_headers = {}
                copy.addfile(entry, content)
    archive.write_bytes(gzip.compress(plain.getvalue(), mtime=moment))


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(sbom.ROOT), *arguments], capture_output=True, check=True).stdout


if __name__ == "__main__":
    main()
