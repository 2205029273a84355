"""Counting in a process of its own, so that a file which breaks the reading library breaks nothing else.

Damaged or hostile Parquet can end a process from within the library, past every exception. The rows, too, are
then in the memory of that process alone, which writes nothing and whose last words go nowhere.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from threading import Lock

from hearing_app.errors import Fault, HearingError, Invalid
from hearing_app.evidence.counting.columns import Counts
from hearing_app.evidence.counting.counting import count_rows
from hearing_app.evidence.manifest import Manifest

_KEPT = "Nothing was written."
_PROGRAM = "import sys; from hearing_app.evidence.counting.apart import work; work(int(sys.argv[1]))"


def count_apart(
    files: Sequence[Path], manifest: Manifest, *, progress: Callable[[int], None] = lambda size: None
) -> Counts:
    """The counts of all files as ``count_rows`` gives them, from another process.

    Raises ``Invalid`` as ``count_rows`` does, and where a file ended the process; ``HearingError`` where the
    process failed otherwise.
    """
    ours, theirs = Pipe()
    # A program of its own, not a copy of this one: what this one was started as does not matter to it.
    worker = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    theirs.close()
    try:
        ours.send((list(files), manifest))
        while True:
            kind, said = ours.recv()
            if kind == "progress":
                progress(said)
            elif kind == "counts":
                counts: Counts = said
                return counts
            elif kind == "refused":
                what, faults = said
                raise Invalid(what, faults, kept=_KEPT)
            else:
                raise HearingError(f"The rows could not be counted ({said}).", kept=_KEPT)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        repair = "Count the files one by one to find it, and export it again."
        fault = Fault("", "", "A file is so damaged that reading it broke down.", repair)
        raise Invalid("The rows cannot be counted.", [fault], kept=_KEPT) from None
    finally:
        ours.close()
        worker.kill()
        worker.wait()


def work(place: int) -> None:
    """Count what is asked for over the connection with that number; the other process calls this."""
    leave_no_core()
    ours = Connection(place)
    files, manifest = ours.recv()
    lock = Lock()

    def tell(size: int) -> None:
        # Several threads read; half a message of one must not stand in the middle of another's.
        with lock:
            ours.send(("progress", size))

    try:
        counts = count_rows(files, manifest, progress=tell)
    except Invalid as refused:
        ours.send(("refused", (refused.what, refused.faults)))
    except Exception as error:
        # Only its kind: what it says could quote a row.
        ours.send(("failed", type(error).__name__))
    else:
        ours.send(("counts", counts))


def leave_no_core() -> None:
    """Let no copy of the memory, which may hold rows, be written when the process breaks down."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
