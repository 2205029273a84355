"""Whether SQLite's write-ahead log lost changes that were on disk: SQLite itself says nothing about it.

A frame whose checksum does not fit ends the log for SQLite: it and all that follow are passed over without a
word. That is right for the last change, which a power cut may have torn before it was acknowledged. But every
commit waits until the log is on disk (``synchronous=FULL``), so nothing may be torn that has a whole further
change behind it: there the log was damaged afterwards, and what was acknowledged is missing. That the very
last change was cut off, only a checkpoint can show that was kept elsewhere (``record.kept``).

The format is SQLite's (https://www.sqlite.org/fileformat2.html, section 4).
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from pathlib import Path
from sys import byteorder

_HEADER, _FRAME = 32, 24
_MAGIC = 0x377F0682
# One torn change may still have its commit mark; a second mark behind it cannot be.
_TOO_MANY = 2


def changes_lost(database: Path) -> int:
    """Return how many changes of the log of ``database`` were on disk and cannot be read any more.

    Looks at the file alone. While another process writes, it is read once more before anything is said.
    """
    log = database.with_name(f"{database.name}-wal")
    first = _read(log)
    lost = _lost(first)
    # A log that begins anew while it is read looks like a broken one.
    return lost if lost and _read(log)[:_HEADER] == first[:_HEADER] else 0


def _read(log: Path) -> bytes:
    return log.read_bytes() if log.is_file() else b""


def _lost(log: bytes) -> int:
    if len(log) < _HEADER + _FRAME:
        return 0
    magic, _, page_size, _, *salts = struct.unpack(">6I", log[:24])
    is_big = bool(magic & 1)
    sums = _checksum(log[:24], (0, 0), is_big=is_big)
    sound = magic | 1 == _MAGIC | 1 and sums == struct.unpack(">2I", log[24:32])
    if not sound:
        # Whatever the header says now, its frames agree with one another.
        page_size = _likely_page_size(log)
        salts = list(struct.unpack(">2I", log[_HEADER + 8 : _HEADER + 16]))
    commits = 0
    for frame in _frames(log, page_size):
        number, size_after, *others = struct.unpack(">6I", frame[:_FRAME])
        if sound:
            sums = _checksum(frame[_FRAME:], _checksum(frame[:8], sums, is_big=is_big), is_big=is_big)
            sound = others[:2] == salts and tuple(others[2:]) == sums
        if not sound and number and size_after and others[:2] == salts:
            commits += 1
    return commits if commits >= _TOO_MANY else 0


def _frames(log: bytes, page_size: int) -> Iterator[bytes]:
    step = _FRAME + page_size
    if page_size < 512 or page_size > 65536:
        return
    for start in range(_HEADER, len(log) - step + 1, step):
        yield log[start : start + step]


def _likely_page_size(log: bytes) -> int:
    """Return the page size at which the second frame has the salts of the first."""
    salts = log[_HEADER + 8 : _HEADER + 16]
    for power in range(9, 17):
        second = _HEADER + _FRAME + 2**power
        if log[second + 8 : second + 16] == salts:
            return int(2**power)
    return 0


def _checksum(data: bytes, sums: tuple[int, int], *, is_big: bool) -> tuple[int, int]:
    words = array("I", data)
    if is_big is not (byteorder == "big"):
        words.byteswap()
    first, second = sums
    for left, right in zip(words[::2], words[1::2], strict=True):
        first = (first + left + second) & 0xFFFFFFFF
        second = (second + right + first) & 0xFFFFFFFF
    return first, second
