"""What is particular to PostgreSQL: how a connection is set up, what its errors say, and erasing words.

A writing transaction takes an advisory lock before anything else, at READ COMMITTED, where each statement
sees what was committed when the statement began. The holder before commits first and lets go of the lock
afterwards, so every statement after the lock sees all that was written under it. At REPEATABLE READ the
snapshot would be the one that was taken to ask for the lock, from before the wait: two writers would find
the same highest sequence number. A reading transaction is the opposite case: one snapshot for all of its
statements, at REPEATABLE READ, and the server refuses to change anything.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from hearing_app.errors import Damaged, Invalid
from hearing_app.store.tables import (
    agenda_draft,
    answer_draft,
    comment,
    comment_file,
    comment_file_data,
    comment_translation,
    correction,
    correction_answer,
    ledger_content,
    ledger_private,
    minute,
    paper_card,
    redaction,
    reply_draft,
    rights_answer,
    rights_request,
    speaking_wish,
)

log = logging.getLogger(__name__)

NAMES = ("postgresql", "postgres")
WRITING: dict[str, Any] = {"isolation_level": "READ COMMITTED"}
READING: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

# Any constant works: all writers of this application take the same lock, so writes go one after another.
_WRITE_LOCK = 4_826_113
# A process that stops in the middle of a transaction, or a machine that falls silent, may not keep the write
# lock for ever: the server ends such a session.
_IDLE_MILLISECONDS = 300_000
# In seconds the first, in milliseconds the second: a server that does not answer is no reason to hang.
_NETWORK = {"connect_timeout": 10, "tcp_user_timeout": 30_000}
# The tables that hold words which their author can withdraw.
_ERASED = (
    *(comment.name, ledger_content.name, ledger_private.name),
    *(comment_file.name, comment_file_data.name, comment_translation.name, paper_card.name),
    *(speaking_wish.name, rights_request.name, rights_answer.name, reply_draft.name),
    *(correction.name, correction_answer.name, redaction.name),
    *(agenda_draft.name, minute.name, answer_draft.name),
)

_UNREACHABLE = "the database server cannot be reached, or does not let this service in"
_IN_THE_WAY = "another change is in the way"
# By SQLSTATE, the longest beginning that fits (PostgreSQL's manual, appendix "Error Codes").
_REASONS = {
    "08": _UNREACHABLE,
    "25006": "the database takes no changes at present",
    "25P03": "a change was left half-way for too long",
    "28": _UNREACHABLE,
    "3D": _UNREACHABLE,
    "40": _IN_THE_WAY,
    "53": "the database server has no room for more",
    "53100": "the disk of the database server is full",
    "55P03": _IN_THE_WAY,
    "57014": "the database server broke it off",
    "57P": _UNREACHABLE,
    "58": "the disk of the database server fails",
    "XX001": "a table is damaged",
    "XX002": "an index is damaged",
}
_UNREADABLE = ("XX001", "XX002")


def connect(url: URL, *, lock_milliseconds: int, **options: Any) -> Engine:
    """Return an engine on a PostgreSQL server, through psycopg whatever driver the URL names."""
    network = {name: value for name, value in _NETWORK.items() if name not in url.query}
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args={"client_encoding": "utf8", **network},
            **options,
        )
    except ModuleNotFoundError as error:
        raise Invalid(
            "The database's URL names PostgreSQL, and its driver is not installed.",
            next_step='Install it: pip install "psycopg[binary]"',
        ) from error

    def prepare(connection: Any, _record: object) -> None:
        # A server may be set to acknowledge commits before they are on its disk. Here a receipt says that
        # they are; a stricter setting, which also waits for a second server, is left alone.
        connection.execute(
            "SELECT set_config('lock_timeout', %s, false),"
            " set_config('idle_in_transaction_session_timeout', %s, false),"
            " set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
            " WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)",
            (str(lock_milliseconds), str(_IDLE_MILLISECONDS)),
        )
        connection.commit()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "handle_error", _hide_values)
    return engine


def take_write_lock(db: Connection) -> None:
    """Wait until no other writing transaction is under way, and keep the others out until this one ends."""
    db.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")


def what_is_wrong(error: DatabaseError, *, writes: bool) -> tuple[str, bool] | None:
    """Return what keeps the record from being used, and whether it must be restored; ``None``: our own fault.

    The server's own words, with addresses and names in them, go to the log and not to a reader.
    """
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        # The driver has no state where no server has answered, or none does any more.
        reason = _UNREACHABLE if isinstance(error, OperationalError) else None
    elif state == "25006" and not writes:
        reason = None
    else:
        known = [beginning for beginning in _REASONS if state.startswith(beginning)]
        reason = _REASONS[max(known, key=len)] if known else None
    if reason is None:
        return None
    log.error("PostgreSQL: %s", error.orig)
    return reason, state in _UNREADABLE


def check(db: Connection) -> None:
    """Raise ``Damaged`` where the database cannot hold every letter; warn of a server that may lose commits.

    Pages are checked by the server itself as it reads them, if its cluster was made with checksums (initdb
    ``--data-checksums``); what it finds is an error of the statement, and becomes ``Damaged``.
    """
    encoding, *safe = db.exec_driver_sql(
        "SELECT current_setting('server_encoding'), current_setting('fsync'),"
        " current_setting('full_page_writes')"
    ).one()
    if encoding != "UTF8":
        raise Damaged(
            f"The database stores text as {encoding}, which has no room for every language.",
            kept="It was left as it is.",
            next_step="Create it with: createdb --template=template0 --encoding=UTF8 --locale=C NAME",
        )
    if safe != ["on", "on"]:
        log.warning("PostgreSQL runs with fsync or full_page_writes off: a power cut can destroy the record")


def erase_dead_rows(engine: Engine, *, wait_milliseconds: int) -> bool:
    """Write the tables that held withdrawn words anew; return whether the words have left their files.

    A change leaves the row as it was before in the file. VACUUM without FULL gives its room free and does
    not overwrite it: of 1,700 withdrawn texts 712 could still be read in the table's file. VACUUM FULL
    copies what is left to a new file (0.05 s for 10,000 comments) and left none. It has to be alone with
    the table, so it waits for readers, not for long, and new ones wait behind it. Rows that an open
    transaction may still look at would be copied, too: then nothing is done, and the next call does it.

    What stays, and for how long, is in the operator's hands: the write-ahead log in ``pg_wal`` (its files are
    used again and overwritten by later changes), archived logs, other servers that copy this one, backups.
    """
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            # A snapshot that was taken before the last change holds the rows of that time fast.
            looking = db.exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND age(backend_xmin) > 0"
            ).scalar_one()
            if looking:
                log.warning("withdrawn words are still in a table's file: a reader has it open")
                return False
            kept = db.exec_driver_sql("SELECT current_setting('lock_timeout')").scalar_one()
            _set_lock_timeout(db, str(wait_milliseconds))
            try:
                db.exec_driver_sql(f"VACUUM (FULL) {', '.join(_ERASED)}")
            finally:
                _set_lock_timeout(db, kept)
    except DBAPIError as error:
        log.warning("withdrawn words could not be erased from the tables' files yet: %s", error.orig)
        return False
    return True


def _set_lock_timeout(db: Connection, value: str) -> None:
    db.exec_driver_sql("SELECT set_config('lock_timeout', %s, false)", (value,))


def _hide_values(context: ExceptionContext) -> None:
    """Take the row out of an error: PostgreSQL quotes it ("Failing row contains ..."), and logs are kept."""
    original, wrapped = context.original_exception, context.sqlalchemy_exception
    state, said = getattr(original, "sqlstate", None), getattr(original, "diag", None)
    if state is None or said is None:
        return
    text = said.message_primary or ""
    if state.startswith(("22", "23")):
        # Errors of these classes are about data; the first line may quote it as well.
        names = (said.table_name, said.column_name, said.constraint_name)
        text = f"SQLSTATE {state}: {', '.join(filter(None, names)) or 'a value that does not fit'}"
    original.args = (text,)
    if wrapped is not None:
        wrapped.args = (f"({type(original).__module__}.{type(original).__name__}) {text}",)
