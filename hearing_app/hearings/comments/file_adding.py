"""Taking a file of evidence in: by the receipt of its comment, cleaned in a process of its own, then kept.

What the bytes are is decided by ``file_cleaning`` from the bytes alone. It runs apart, with little memory and
little time, and one at a time: a file that was made to break whoever opens it breaks that process.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Engine, func, insert, select

from hearing_app.errors import Busy, Conflict, Fault, HearingError, Invalid, NotOpen, Unavailable
from hearing_app.hearings.comments.comment import Comment, comment_by_receipt, find_by_receipt
from hearing_app.hearings.comments.files import ADDED, MOST_PIECES, SUBJECT, FileState, Kept, files_of, remove
from hearing_app.hearings.hearing import Phase, hearing_of
from hearing_app.hearings.vocabulary import State
from hearing_app.people.throttle import Limit, by_network, hashed, tried
from hearing_app.record.ledger import append, exactly
from hearing_app.store.engine import erase_freed_pages, reading, writing
from hearing_app.store.room import can_write
from hearing_app.store.tables import comment_file, comment_file_data
from hearing_app.voices.signs import length, shown, unstorable

LARGEST = 10 * 1024 * 1024
LARGEST_OF_HEARING = 512 * 1024 * 1024
"""Of all files of a hearing together: they stand in the database, and are copied whenever it is rebuilt."""
LONGEST_TITLE, LONGEST_WHOSE, LONGEST_NAME = 120, 200, 120
SECONDS = 40.0
"""For cleaning one file, by the clock; by the processor it has a quarter of that."""
_WAITING_SECONDS = 8.0
FILES_BY_NETWORK = Limit("file", 40, 3600, "files from your network")
FILES_BY_RECEIPT = Limit("file-receipt", 20, 3600, "files with this receipt")
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Never imported here: what reads strangers' files is not loaded into the server.
CLEANING = Path(__file__).with_name("file_cleaning.py")
_one_at_a_time = Lock()

REFUSALS = {
    "empty": ("The file is empty.", "Choose another one."),
    "broken": (
        "The file is damaged, or is not what it seems to be.",
        "Open it on your device and save or print it anew as PDF, PNG or JPEG; then send that.",
    ),
    "encrypted": (
        "The PDF is locked with a password or with permissions.",
        "Print it as a new PDF without a lock, and send that.",
    ),
    "both": (
        "Two files are hidden in this one.",
        "Take a picture of it, or print it as a new PDF, and send that.",
    ),
    "large": (
        "The file unpacks to more than can be looked at safely.",
        "Save the picture smaller, or print the document as a new PDF.",
    ),
    "pages": ("The PDF has more than 500 pages.", "Send the pages that matter."),
    "moving": ("The picture moves.", "Send one still picture of it."),
    "markup": (
        "The file holds a web page or code, which is not taken.",
        "Print the page as PDF, or save its words as plain text.",
    ),
    "formula": (
        "The table holds cells that a spreadsheet would run as formulas.",
        "Save the values instead of the formulas, or print the table as PDF.",
    ),
    "kind": (
        "The file is neither PDF, PNG or JPEG, nor plain text or a table in CSV.",
        "Save or print it as one of these. Text has to be in UTF-8 or UTF-16.",
    ),
    "grew": ("The cleaned file would be too large.", "Save it smaller, and send that."),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent. ``name`` is what the sender's device calls it: shown, never used."""

    content: bytes
    name: str
    title: str
    whose: str


def add_file(
    engine: Engine,
    key: bytes,
    receipt: str,
    address: str,
    sent: Sent,
    *,
    folder: Path,
    at: datetime | None = None,
) -> Kept:
    """Keep a file beside the comment of a receipt, with its ledger event, and return it as it is kept.

    Tries are counted as those to find a comment are, and files by receipt and network. ``folder`` is the
    data folder, which must have room. Raises ``Invalid``, ``NotFound``, ``NotOpen``, ``Conflict``,
    ``TooMany``, ``Busy``, ``Unavailable``; then nothing was kept.
    """
    own = find_by_receipt(engine, key, receipt, address, at=at)
    with reading(engine) as db:
        _check_open(db, own, at)
        _check_room(db, own, 0)
    _check(sent)
    if not can_write(engine, folder):
        raise Unavailable("There is no room for files at the moment.", next_step="Please try again later.")
    counted = by_network(FILES_BY_NETWORK, key, address, at=at)
    by_receipt = (FILES_BY_RECEIPT, hashed(key, f"file {own.comment_id}", at=at))
    # Who finds the place taken has not tried: others would shut them out.
    with _place(), tried(engine, (), [*counted, by_receipt], at=at):
        kind, kept = cleaned(sent.content)
    with writing(engine) as db:
        when = at or datetime.now(UTC)
        # It may have been withdrawn, or got other files, while this one was cleaned.
        own = comment_by_receipt(db, key, receipt)
        _check_open(db, own, when)
        _check_room(db, own, len(kept))
        return _keep(db, own, sent, (kind, kept), at=when)


def remove_file(
    engine: Engine, key: bytes, receipt: str, address: str, file_id: str, *, at: datetime | None = None
) -> None:
    """Remove a file of the comment of a receipt; its bytes leave the database at once, at any time."""
    own = find_by_receipt(engine, key, receipt, address, at=at)
    with writing(engine) as db:
        if file_id not in {one.file_id for one in files_of(db, [own.comment_id]).get(own.comment_id, [])}:
            raise Conflict("This file is not there any more.", kept="", next_step="Look at the list again.")
        remove(db, file_id, at=at or datetime.now(UTC))
    erase_freed_pages(engine)


@contextmanager
def _place() -> Iterator[None]:
    """Wait for the one place at which files are looked at; raise ``Busy`` where others keep it too long."""
    if not _one_at_a_time.acquire(timeout=_WAITING_SECONDS):
        raise Busy("Another file is being looked at.", kept="Your file was not kept.", retry_after=20)
    try:
        yield
    finally:
        _one_at_a_time.release()


def cleaned(content: bytes) -> tuple[str, bytes]:
    """Return the kind of a file and what of it can be kept; raise ``Invalid`` with what is wrong."""
    if len(content) > LARGEST:
        raise too_large()
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(CLEANING)],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=False,
        )
        head, _, kept = done.stdout.partition(b"\n")
        said = json.loads(head) if done.returncode == 0 else {"refused": "large"}
    except subprocess.TimeoutExpired:
        said, kept = {"refused": "large"}, b""
    except ValueError:
        said, kept = {"refused": "broken"}, b""
    if "refused" in said:
        problem, repair = REFUSALS.get(said["refused"], REFUSALS["broken"])
        raise _refused("file", problem, repair)
    return str(said["kind"]), kept


def too_large() -> HearingError:
    """Return the refusal of a file above the limit."""
    return _refused("file", "The file is larger than 10 MB.", "Send a smaller one, or the part that matters.")


def shown_name(name: str) -> str:
    """Return what may be shown of the name that a file had on its sender's device."""
    last = shown(name).replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:LONGEST_NAME].strip()


def _check(sent: Sent) -> None:
    faults = []
    if not sent.content:
        faults.append(Fault("", "file", "No file was chosen, or it is empty.", "Choose a file."))
    if not shown(sent.title).strip():
        faults.append(Fault("", "title", "The file has no title.", "Say in a few words what it shows."))
    for name, text, most in (("title", sent.title, LONGEST_TITLE), ("whose", sent.whose, LONGEST_WHOSE)):
        if length(text) > most:
            problem = f"This has {length(text)} characters; at most {most} fit."
            faults.append(Fault("", name, problem, "Please shorten it."))
        elif unstorable(text) or any(ord(sign) < 32 for sign in text):
            faults.append(Fault("", name, "This holds a sign that cannot be stored.", "Type it again."))
    if faults:
        raise Invalid("The file was not sent.", faults, kept="Your comment stays as it is.")


def _check_open(db: Connection, own: Comment, at: datetime | None) -> None:
    if own.state in (State.WITHDRAWN, State.REJECTED) or not own.has_words:
        raise Conflict(
            f"Your comment {State(own.state).label}, so it takes no files.",
            kept="",
            next_step="You can write a new comment while the hearing is open.",
        )
    if hearing_of(db, own.hearing_id).phase(at) is not Phase.OPEN:
        raise NotOpen("The hearing takes no files now.", kept="", next_step="Your comment stays as it is.")


def _check_room(db: Connection, own: Comment, more: int) -> None:
    there = len(files_of(db, [own.comment_id]).get(own.comment_id, [])) + len(own.evidence)
    if there >= MOST_PIECES:
        raise Conflict(
            f"Your comment has {MOST_PIECES} links and files already.",
            kept="They stay as they are.",
            next_step="Remove a file first.",
        )
    query = select(func.coalesce(func.sum(comment_file.c.bytes), 0))
    used = db.execute(query.where(comment_file.c.hearing_id == own.hearing_id)).scalar_one()
    if used + more >= LARGEST_OF_HEARING:
        raise Unavailable(
            "The room for files of this hearing is used up.",
            kept="Your comment stays as it is.",
            next_step="Tell the body that holds the hearing, or give a link in a new comment.",
        )


def _keep(db: Connection, own: Comment, sent: Sent, clean: tuple[str, bytes], *, at: datetime) -> Kept:
    kind, kept = clean
    file_id = "F-" + "".join(secrets.choice(_LETTERS) for _ in range(14))
    highest = select(func.coalesce(func.max(comment_file.c.number), 0))
    number = db.execute(highest.where(comment_file.c.comment_id == own.comment_id)).scalar_one() + 1
    told = {
        "name": shown_name(sent.name),
        "title": sent.title.strip(),
        "whose": sent.whose.strip(),
        "kind": kind,
        "bytes": len(kept),
        "sha256": sha256(kept).hexdigest(),
    }
    event = append(
        db,
        actor="author",
        kind=ADDED,
        subject=SUBJECT + file_id,
        content={"comment": own.comment_id},
        private={**told, "added_at": exactly(at)},
        at=at,
    )
    row = {
        **told,
        **{"file_id": file_id, "comment_id": own.comment_id, "hearing_id": own.hearing_id},
        **{"number": number, "added_at": at, "state": str(FileState.WAITING), "state_at": at},
        **{"reason_id": "", "decided_by": ""},
    }
    db.execute(insert(comment_file).values(**row, seq=event.seq))
    keep_bytes(db, file_id, kept)
    return Kept(**row)


def keep_bytes(db: Connection, file_id: str, content: bytes) -> None:
    """Write the bytes of a file beside its row, in the same transaction."""
    db.execute(insert(comment_file_data).values(file_id=file_id, data=content))


def _refused(field: str, problem: str, repair: str) -> Invalid:
    return Invalid(
        "The file was not kept.", [Fault("", field, problem, repair)], kept="Your comment stays as it is."
    )
