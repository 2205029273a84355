"""Files in a ZIP, each with its sum: the same files at the same moment give the same bytes.

Pressing takes a processor as long as writing the files, and needs nothing of Python meanwhile: a second
thread does it, one file after the other, while the next ones are made.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

_PART = 1 << 20


class Zip:
    """A ZIP in the making. Files stand in it in the order in which they were added."""

    def __init__(self, file: Path, at: datetime) -> None:
        self._at = at
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._presser = ThreadPoolExecutor(1)
        self._added: list[tuple[str, Future[str]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Who gave up waits for no file that was not begun.
        self._presser.shutdown(cancel_futures=error is not None)
        self._archive.close()
        if error is None:
            self.sums()

    def add(
        self,
        name: str,
        parts: Iterable[bytes],
        *,
        is_pressed: bool = False,
        then: Callable[[], object] = lambda: None,
    ) -> None:
        """Add a file part by part, some time before the end; ``then`` is called once it is in.

        What ``is_pressed`` already, such as another archive, is not pressed again.
        """
        known = entry(name, self._at, is_pressed=is_pressed)
        self._added.append((name, self._presser.submit(self._write, known, parts, then)))

    def sums(self) -> list[tuple[str, str]]:
        """Return name and SHA-256 of each file so far, when all of them are in. Raises what went wrong."""
        return [(name, written.result()) for name, written in self._added]

    def _write(self, known: zipfile.ZipInfo, parts: Iterable[bytes], then: Callable[[], object]) -> str:
        digest = hashlib.sha256()
        with self._archive.open(known, "w", force_zip64=True) as written:
            for part in parts:
                digest.update(part)
                written.write(part)
        then()
        return digest.hexdigest()


def entry(name: str, at: datetime, *, is_pressed: bool = False) -> zipfile.ZipInfo:
    """Return the entry of a file as it was at a moment."""
    when = at.astimezone(UTC)
    # A ZIP knows no year before 1980, and times of even seconds alone.
    known = zipfile.ZipInfo(name, date_time=(max(when.year, 1980), *when.timetuple()[1:6]))
    known.compress_type = zipfile.ZIP_STORED if is_pressed else zipfile.ZIP_DEFLATED
    known.external_attr = 0o644 << 16
    return known


def parts_of(file: Path) -> Iterator[bytes]:
    """Yield the bytes of a file, some at a time."""
    with file.open("rb") as opened:
        while part := opened.read(_PART):
            yield part
