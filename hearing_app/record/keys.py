"""Server keys: random bytes in files outside the database, readable by the service alone.

Whoever copies the database cannot turn it into receipts, and whoever copies the keys has no comments.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from hearing_app.errors import Damaged

KEY_BYTES = 32


def load_key(path: Path) -> bytes:
    """Return the 32-byte key in ``path``; make one on first use.

    Raises ``Damaged`` when the file has another size, or when others than its owner may read it.
    """
    if not path.exists():
        _make_key(path)
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Damaged(
            f"The key file {path} can be read by other users of this machine.",
            kept="The service did not start.",
            next_step=f"Run: chmod 600 {path}",
        )
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise Damaged(
            f"The key file {path} does not hold {KEY_BYTES} bytes.",
            kept="The service did not start; with another key, no receipt would be recognised.",
            next_step="Restore the file from your backup.",
        )
    return key


def _make_key(path: Path) -> None:
    """Write a new key in full beside ``path``, then give it its name, unless another process was first.

    The name appears at once with all bytes behind it: a file that is created and then written can be read
    while it is still empty, and stays empty after a crash.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
