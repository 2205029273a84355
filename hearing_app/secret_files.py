"""Secrets in files: read only where nobody but the service, and root, can read them.

Every secret that lies in a file (a key, a password, a client's secret) is read here, by one check. What is
looked at is the file that was opened, not its name: between a check of a name and its reading, another file
could be put there. Symbolic links are followed, as container platforms use them; the rules hold for what they
lead to. A refusal names the file and never quotes what is in it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from hearing_app.errors import Damaged

READABLE_BY_OTHERS = 0o077
_KEPT = "The service did not start."
_ROOT = 0
# A password, a token or a key is shorter; a log or a database that was named by mistake is longer.
LARGEST_SECRET_BYTES = 65_536


def read_private(path: Path, *, kept: str = _KEPT) -> bytes:
    """Return the bytes of the file at ``path``, at most 64 KiB of them, after its permissions were checked.

    Raises ``Damaged`` when it cannot be opened or is no ordinary file, when it belongs to somebody other than
    this process's user and root, when others than its owner may read or change it, or when it is too large to
    be a secret. ``kept`` is what the refusal says was kept.
    """
    try:
        # A named pipe would keep us waiting for somebody to write into it; NONBLOCK opens it at once.
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise Damaged(
            f"The secret file {path} cannot be read ({error.strerror}).",
            kept=kept,
            next_step="Put it there, owned by the user who runs the service, with mode 600.",
        ) from None
    try:
        problem = fault_of(path, os.fstat(opened))
        if problem is not None:
            raise Damaged(problem[0], kept=kept, next_step=problem[1])
        with os.fdopen(opened, "rb", closefd=False) as file:
            content = file.read(LARGEST_SECRET_BYTES + 1)
    finally:
        os.close(opened)
    if len(content) > LARGEST_SECRET_BYTES:
        raise Damaged(
            f"The secret file {path} is too large to be one.", kept=kept, next_step="Name the right file."
        )
    return content


def read_secret(path: Path, *, kept: str = _KEPT) -> str:
    """Return the text in the file at ``path``, without white space around it (editors end files with a line).

    Raises ``Damaged`` as ``read_private`` does, and when the file is empty or is no UTF-8 text.
    """
    try:
        text = read_private(path, kept=kept).decode("utf-8").strip()
    except UnicodeDecodeError:
        # The error itself quotes the bytes that it met, so it is not chained.
        text = ""
    if not text:
        raise Damaged(
            f"The secret file {path} is empty, or is no text.",
            kept=kept,
            next_step="Write the secret into it, on one line.",
        )
    return text


def fault_of(path: Path, status: os.stat_result, *, owner: int | None = None) -> tuple[str, str] | None:
    """Return what is wrong with a secret file's kind, owner or mode, and what to do about it, or ``None``.

    ``owner`` is the number of the user who may own it beside root: without one, this process's own. Systems
    without POSIX permissions are asked for the kind alone.
    """
    if not stat.S_ISREG(status.st_mode):
        return f"The secret file {path} is not an ordinary file.", "Put the secret into a file of its own."
    if os.name != "posix":
        return None
    resolved = path.resolve()
    mine = os.geteuid() if owner is None else owner
    if status.st_uid not in {_ROOT, mine}:
        return (
            f"The secret file {path} belongs to another user of this machine.",
            f"Make it the service's own: chown {mine} {resolved}",
        )
    if stat.S_IMODE(status.st_mode) & READABLE_BY_OTHERS:
        return (
            f"The secret file {path} can be read by other users of this machine.",
            f"Run: chmod 600 {resolved}",
        )
    return None
