"""The tables of voting: statements of a hearing, who votes on them under no name, and how they voted."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from hearing_app.store.columns import UtcDateTime, metadata

# One row a statement; it can be taken down, and its number is never given again.
statement = Table(
    "statement",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("comment_id", String(20), ForeignKey("comment.comment_id")),
    Column("in_own_words", Boolean, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("added_by", String(80), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    Column("taken_down_at", UtcDateTime),
    Column("taken_down_why", Text),
    Column("taken_down_seq", Integer, ForeignKey("ledger.seq")),
    CheckConstraint("number >= 1", name="number"),
)

# Who votes is a random name, found by a second hash of the digits that the person keeps.
voter = Table(
    "voter",
    metadata,
    Column("voter_id", String(20), primary_key=True),
    Column("hearing_id", String(80), nullable=False, index=True),
    Column("receipt_key", String(64), nullable=False, unique=True),
    Column("left_at", UtcDateTime),
)

# Votes are added and never changed: of one voter on one statement the last one counts.
vote = Table(
    "vote",
    metadata,
    Column("seq", Integer, ForeignKey("ledger.seq"), primary_key=True, autoincrement=False),
    Column("hearing_id", String(80), nullable=False),
    Column("vote_id", String(20), nullable=False, unique=True),
    Column("voter_id", String(20), ForeignKey("voter.voter_id"), nullable=False, index=True),
    Column("statement", Integer, nullable=False),
    Column("vote", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    CheckConstraint("vote in (-1, 0, 1)", name="vote"),
    ForeignKeyConstraint(["hearing_id", "statement"], ["statement.hearing_id", "statement.number"]),
    Index("ix_vote_hearing_id", "hearing_id", "statement"),
)
