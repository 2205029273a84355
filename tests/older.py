"""Databases as earlier versions of the program left them, with data in every table.

Nothing of the program writes them, for it writes today's form: the hashes are computed here, as
docs/record.md says.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    insert,
    select,
)

from hearing_app.store.engine import open_engine, writing

MIGRATIONS = Path(__file__).parents[1] / "hearing_app/store/migrations"
AT = datetime(2026, 6, 1, 12)
KEY = bytes(range(32))
HEARING, SYSTEM = "high-street", "street-cameras"
DRAFTS = {name: f"{number:032x}" for number, name in enumerate(["published", "held", "withdrawn", "waiting"])}

# Where a table's checks ask for more than any number: what a made-up row of it holds.
FITTING: dict[str, dict[str, object]] = {"redaction": {"start": 1, "stop": 2}}


def _configured() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def revisions() -> list[str]:
    """Every version of the schema, the oldest first."""
    script = ScriptDirectory.from_config(_configured())
    return [one.revision for one in script.walk_revisions()][::-1]


def make(file: Path, revision: str) -> Engine:
    """Make a database of an earlier version, that grew through every one before it."""
    file.write_bytes(_grown()[revision])
    return open_engine(f"sqlite:///{file}")


@cache
def _grown() -> dict[str, bytes]:
    """Return the database of each version as a file: grown once a process, because it takes seconds."""
    files = {}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "grown.sqlite"
        engine, config = open_engine(f"sqlite:///{file}"), _configured()
        for step in revisions():
            with writing(engine) as db:
                config.attributes["connection"] = db
                command.upgrade(config, step)
                db.info.pop("tables", None)
                _fill(db, step)
            with closing(sqlite3.connect(file)) as raw:
                files[step] = raw.serialize()
        engine.dispose()
    return files


def receipt_of(draft: str) -> str:
    digits = int.from_bytes(_mac(f"receipt:{DRAFTS[draft]}"), "big") % 10**16
    return f"{digits:016d}"


def words_of(draft: str) -> str:
    return f"The {draft} comment asks who checks the pictures that the cameras keep."


def rows_of(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, as it is stored."""
    with engine.connect() as db:
        db.info.pop("tables", None)
        return {
            name: [dict(row._mapping) for row in db.execute(select(table))]
            for name, table in _tables(db).items()
            if name != "alembic_version"
        }


def head_of(engine: Engine) -> tuple[int, str]:
    """Return how many events there are, and their root."""
    with engine.connect() as db:
        ledger = _tables(db)["ledger"]
        leaves = list(db.execute(select(ledger.c.leaf_hash).order_by(ledger.c.seq)).scalars())
    return len(leaves), _root(leaves).hex()


def _fill(db: Connection, revision: str) -> None:
    if revision == "0001":
        _first_rows(db)
    if revision == "0002":
        counts = {"stance": {"oppose": None}, "standing": {"affected": None}}
        _event(db, "rule", "opinions.released", f"hearing:{HEARING}", {"people": 2, **counts})
        _insert(db, "opinion_release", hearing_id=HEARING, people=2, counts=counts, at=AT)
    if revision == "0003":
        _event(db, "operator", "note.made", "note:1", {"said": "in public"}, private={"said": "in private"})
    if revision == "0008":
        subject, speaks = f"hearing:{HEARING}", {"slot": 1, "comment": "C-2026-AAAAAA0"}
        _event(db, "facilitator:ab12", "slots.set", subject, {"slots": 2, "minutes": 3})
        _event(db, "facilitator:ab12", "slot.booked", subject, speaks)
        for number, comment_id in ((1, speaks["comment"]), (2, None)):
            _insert(db, "slot", hearing_id=HEARING, number=number, minutes=3, comment_id=comment_id)
    if revision == "0009":
        text = _canonical({"id": SYSTEM, "name": "Cameras, not finished"})
        digest, who = hashlib.sha256(text.encode()).hexdigest(), "publisher:ef56"
        _insert(
            db, "desk_draft",
            draft_id="D-0123456789ab", agency="met", document_id="", based_on=0, document=text, note="",
            remarks="[]", state="drafted", revision=1, author=who, last_editor=who, submitted_by="",
            decided_by="", created_at=AT, changed_at=AT, version=None,
        )  # fmt: skip
        _insert(
            db, "desk_act",
            act_id=1, draft_id="D-0123456789ab", at=AT, actor=who, act="begin", state="drafted", revision=1,
            sha256=digest, said="",
        )  # fmt: skip
    if revision == "0010":
        planned = {
            "system": SYSTEM, "version": 1, "title": "Are they right?", "scope": "One week.",
            "body": "City Auditor", "independence": "independent", "statement": "No ties.",
            "due": "2026-09-01",
        }  # fmt: skip
        stated = {"system": SYSTEM, "number": 1, "said": planned}
        seq = _event(db, "auditor:cd34", "audit.planned", "audit:A-2026-AAAAAA0", stated)
        _insert(
            db, "audit_statement",
            audit_id="A-2026-AAAAAA0", number=1, system_id=SYSTEM, step="planned", said=_canonical(planned),
            at=AT, actor="auditor:cd34", seq=seq,
        )  # fmt: skip
    # Whatever tables a version added: one row each, so that a later one cannot lose them unseen.
    for table in _tables(db).values():
        if db.execute(select(table).limit(1)).first() is None:
            db.execute(insert(table).values(_some_row(db, table)))


def _first_rows(db: Connection) -> None:
    mark = hmac.new(KEY, b"mark", hashlib.sha256).hexdigest()
    _event(db, "compilation", "key.bound", f"key:{mark}", {"mark": mark})
    hearing = {
        "id": HEARING,
        "title": "Cameras in the high street",
        "summary": "The board hears what residents think of the cameras.",
        "convened_by": "The police and crime board",
        "demonstration": True,
        "systems": [SYSTEM],
        "questions": [{"id": "use", "text": "Should they be used?"}],
        "time_zone": "Europe/London",
        "opens_at": "2026-01-01T00:00:00Z",
        "closes_at": "2099-12-01T00:00:00Z",
        "what_happens_next": "The board reads every comment and answers in public.",
    }
    for kind, document in (("system", {"id": SYSTEM, "name": "Cameras"}), ("hearing", hearing)):
        text = _canonical(document)
        digest = hashlib.sha256(text.encode()).hexdigest()
        name = str(document["id"])
        content = {"version": 1, "sha256": digest, "note": "The first version."}
        seq = _event(db, "compilation", f"{kind}.published", f"{kind}:{name}", content)
        _insert(
            db, "document_version",
            kind=kind, document_id=name, version=1, document=text, sha256=digest, published_at=AT,
            actor="compilation", note="The first version.", seq=seq,
        )  # fmt: skip
    for number, draft in enumerate(DRAFTS):
        _comment(db, f"C-2026-AAAAAA{number}", draft)
    account = {"account_id": "ab12", "email": "fay@board.example", "role": "facilitator", "agency": ""}
    _insert(db, "account", **account, password_hash="x", created_at=AT, disabled=False)
    office = {"role": "facilitator", "agency": ""}
    _event(db, "facilitator:ab12", "account.created", "account:ab12", office)
    _insert(db, "attempt", scope="receipt", key="k" * 64, at=AT)
    _insert(
        db, "invitation",
        token_hash="a" * 64, email="new@board.example", role="auditor", agency="", invited_by="operator",
        created_at=AT, expires_at=AT, used_at=None,
    )  # fmt: skip
    _insert(
        db, "session", token_hash="b" * 64, account_id="ab12", created_at=AT, expires_at=AT, revoked_at=None
    )


def _comment(db: Connection, comment_id: str, draft: str) -> None:
    written = {
        "comment_id": comment_id, "hearing_id": HEARING, "system_id": SYSTEM, "system_version": 1,
        "target": "whole_system", "comment_type": "concern", "concern": words_of(draft), "value_seen": "",
        "ask": "Please publish the figures.", "stance": "oppose", "standing": ["affected"],
        "display_name": "Ada", "consent": "text_and_name", "language_declared": "", "language_detected": "en",
        "language_detector": "test 1", "language_confidence": 0.99,
        "evidence": [{"url": "https://example.org/", "title": "A page"}], "pinned": None,
    }  # fmt: skip
    subject = f"comment:{comment_id}"
    submitted = _event(db, "public", "comment.submitted", subject, written)
    row = written | {
        "receipt_key": hmac.new(KEY, f"lookup:{receipt_of(draft)}".encode(), hashlib.sha256).hexdigest(),
        "submitted_at": AT, "state": "submitted", "state_at": AT, "reason_id": "", "reason_note": "",
        "rule_version": "2026-11", "decided_by": "",
    }  # fmt: skip
    if draft in {"published", "held"}:
        reason, note = ("", "") if draft == "published" else ("R2", "A number was in it.")
        content = {"from_state": "submitted", "reason": reason, "note": note, "rule_version": "2026-11"}
        _event(db, "facilitator:ab12", f"comment.{draft}", subject, content)
        row |= {"state": draft, "reason_id": reason, "reason_note": note, "decided_by": "facilitator:ab12"}
    if draft == "withdrawn":
        content_table = _tables(db)["ledger_content"]
        db.execute(content_table.delete().where(content_table.c.seq == submitted))
        _event(db, "author", "comment.withdrawn", subject, {"from_state": "submitted"})
        empty = ("concern", "ask", "stance", "display_name", "language_detected", "language_detector")
        row |= dict.fromkeys(empty, "") | {
            "standing": [], "evidence": [], "language_confidence": None, "state": "withdrawn",
            "decided_by": "author",
        }  # fmt: skip
    _insert(db, "comment", **row)


def _event(
    db: Connection,
    actor: str,
    kind: str,
    subject: str,
    content: Mapping[str, object],
    *,
    private: Mapping[str, object] | None = None,
) -> int:
    """Write an event as the version of this moment does: with the tree's nodes once there are any."""
    tables = _tables(db)
    seq = len(db.execute(select(tables["ledger"].c.seq)).all())
    salt = hashlib.sha256(f"salt {seq}".encode()).digest()
    if private is not None:
        hidden = _canonical(private)
        content = {**content, "private": hashlib.sha256(salt + hidden.encode()).hexdigest()}
    text = _canonical(content)
    commitment = hashlib.sha256(salt + text.encode()).digest()
    entry = {
        "actor": actor, "at": AT.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "commitment": commitment.hex(),
        "kind": kind, "seq": seq, "subject": subject,
    }  # fmt: skip
    leaf = hashlib.sha256(b"\0" + _canonical(entry).encode()).digest()
    _insert(
        db, "ledger",
        seq=seq, at=AT, kind=kind, subject=subject, actor=actor, commitment=commitment, leaf_hash=leaf,
    )  # fmt: skip
    _insert(db, "ledger_content", seq=seq, salt=salt, content=text)
    if private is not None:
        _insert(db, "ledger_private", seq=seq, salt=salt, content=hidden)
    if "ledger_node" in tables:
        leaves = list(
            db.execute(select(tables["ledger"].c.leaf_hash).order_by(tables["ledger"].c.seq)).scalars()
        )
        level = 1
        while (seq + 1) % 2**level == 0:
            _insert(
                db, "ledger_node", level=level, place=seq >> level, hash=_root(leaves[seq + 1 - 2**level :])
            )
            level += 1
    return seq


def _root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = 2 ** ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + _root(leaves[:half]) + _root(leaves[half:])).digest()


def _canonical(content: Mapping[str, object]) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _mac(text: str) -> bytes:
    return hmac.new(KEY, text.encode(), hashlib.sha256).digest()


def _tables(db: Connection) -> dict[str, Table]:
    """Return the tables as they are, read once for each version: reading them takes longer than all else."""
    if "tables" not in db.info:
        found = MetaData()
        found.reflect(db)
        # What others refer to comes first.
        db.info["tables"] = {table.name: table for table in found.sorted_tables}
    known: dict[str, Table] = db.info["tables"]
    return known


def _insert(db: Connection, table: str, /, **row: object) -> None:
    db.execute(insert(_tables(db)[table]).values(row))


def _some_row(db: Connection, table: Table) -> dict[str, object]:
    """Make up a row that fits a table: what it refers to is the newest there is."""
    row: dict[str, object] = {}
    for column in table.columns:
        if column.foreign_keys:
            refers = next(iter(column.foreign_keys)).column
            newest = select(refers).order_by(refers.desc()).limit(1)
            row[column.name] = db.execute(newest).scalar_one()
        elif isinstance(column.type, DateTime):
            row[column.name] = AT
        elif isinstance(column.type, Date):
            row[column.name] = AT.date()
        elif isinstance(column.type, Boolean):
            row[column.name] = False
        elif isinstance(column.type, LargeBinary):
            row[column.name] = bytes(32)
        elif column.type.python_type is int or isinstance(column.type, Numeric):
            row[column.name] = 1
        else:
            row[column.name] = column.name[: getattr(column.type, "length", None) or 40]
    row |= FITTING.get(table.name, {})
    for constraint in table.foreign_key_constraints:
        # A key of several columns must be that of one row.
        if len(constraint.columns) > 1:
            referred = db.execute(select(*(one.column for one in constraint.elements)).limit(1)).one()
            row |= dict(zip((column.name for column in constraint.columns), referred, strict=True))
    return row
