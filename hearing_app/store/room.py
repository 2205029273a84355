"""Whether anything can be written: asked by who watches the service, before people find out.

A full disk and a read-only one let every page be read as before, while each comment is refused.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock

from sqlalchemy import Engine

from hearing_app.errors import HearingError
from hearing_app.store.engine import reading

# A probe costs an fsync, and anybody may ask.
PROBE_SECONDS = 10.0
# What a comment with its event and a page of the log takes, several times over.
PROBED_BYTES = 256 * 1024
_lock = Lock()
_known: dict[str, tuple[float, bool]] = {}


def can_write(engine: Engine, folder: Path) -> bool:
    """Return whether the record can be written, as it was found at most ten seconds ago.

    ``folder`` is the data folder. SQLite is probed by a file without a name beside its database, which is
    gone at once; a PostgreSQL server is asked whether it takes changes.
    """
    name = f"{engine.url.database} {folder}"
    with _lock:
        known = _known.get(name)
        if known is None or time.monotonic() - known[0] >= PROBE_SECONDS:
            found = (
                _takes_changes(engine) if engine.dialect.name == "postgresql" else _has_room(engine, folder)
            )
            known = _known[name] = (time.monotonic(), found)
    return known[1]


def _has_room(engine: Engine, folder: Path) -> bool:
    file = Path(engine.url.database or "")
    try:
        with TemporaryFile(dir=file.parent if file.is_file() else folder) as probe:
            probe.write(bytes(PROBED_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError:
        return False
    return not file.is_file() or os.access(file, os.W_OK)


def _takes_changes(engine: Engine) -> bool:
    try:
        with reading(engine) as db:
            follows, takes_none = db.exec_driver_sql(
                "SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only') = 'on'"
            ).one()
    except HearingError:
        return False
    return not follows and not takes_none
