"""The tables of a hearing's agenda: its lottery, its drafts and versions, the room, and the minutes."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hearing_app.store.columns import UtcDateTime, metadata

# One row a hearing. The seed is nobody's to read until sign-up has closed; `root` is that of the ledger then,
# before event `closed_seq`.
lottery = Table(
    "lottery",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("seed", LargeBinary(32), nullable=False),
    Column("committed_at", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("root", LargeBinary(32)),
    Column("closed_seq", Integer, ForeignKey("ledger.seq")),
)

# What a facilitator is arranging, one row a hearing. `revision` grows with each change: who saw an older one
# changes nothing.
agenda_draft = Table(
    "agenda_draft",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
)

agenda_version = Table(
    "agenda_version",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    CheckConstraint("version >= 1", name="version"),
)

# Who or what has the floor. `is_open` is true or nothing: its key lets one turn of a hearing be open.
room_turn = Table(
    "room_turn",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("item_id", Integer, nullable=False),
    Column("slot", Integer),
    Column("comment_id", String(20), ForeignKey("comment.comment_id")),
    Column("seconds", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("paused_at", UtcDateTime),
    Column("paused_seconds", Integer, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("spoken_seconds", Integer),
    Column("is_open", Boolean),
    UniqueConstraint("hearing_id", "is_open"),
    CheckConstraint("number >= 1", name="number"),
)

# What was noted, corrected, decided and done; `about` is the entry that a correction or a report is about.
minute = Table(
    "minute",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("item_id", Integer),
    Column("about", Integer),
    Column("text", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due_on", Date),
    Column("comment_ids", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    CheckConstraint("number >= 1", name="number"),
)

minutes_release = Table(
    "minutes_release",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("entries", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
)
