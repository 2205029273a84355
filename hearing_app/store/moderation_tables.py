"""The tables of moderation: holds and their ends, redactions, claims, appeals, removals, second readings."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hearing_app.store.columns import UtcDateTime, metadata

# One row a comment that is held back for now: until when at most, and the event that held it. `lapses` says
# whether it is then published by rule.
comment_hold = Table(
    "comment_hold",
    metadata,
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), primary_key=True),
    Column("due_at", UtcDateTime, nullable=False, index=True),
    Column("lapses", Boolean, nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
)

# Who has which comment open, for some minutes: the key holds one in each place. It is no act on the record.
comment_claim = Table(
    "comment_claim",
    metadata,
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), primary_key=True),
    Column("actor", String(80), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

# A stretch of a comment's words that readers do not see. It leaves with the words.
redaction = Table(
    "redaction",
    metadata,
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("field", String(20), nullable=False),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("reason_id", String(4), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", String(80)),
    Column("lifted_note", Text),
    Column("lifted_seq", Integer, ForeignKey("ledger.seq")),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("start >= 0 AND stop > start", name="span"),
)

# What an author has against a decision: once a decision, which the key holds.
appeal = Table(
    "appeal",
    metadata,
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("decision_seq", Integer, ForeignKey("ledger.seq"), nullable=False, unique=True),
    Column("words", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Column("decided_at", UtcDateTime),
    Column("decided_by", String(80)),
    Column("decided_seq", Integer, ForeignKey("ledger.seq")),
    CheckConstraint("number >= 1", name="number"),
)

# A proposal to take a comment down that readers have seen: one person proposes, another decides.
removal = Table(
    "removal",
    metadata,
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("reason_id", String(4), nullable=False),
    Column("authority", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("proposed_by", String(80), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("decided_at", UtcDateTime),
    Column("decided_by", String(80)),
    Column("decided_seq", Integer, ForeignKey("ledger.seq")),
    CheckConstraint("number >= 1", name="number"),
)

# A round of second readings: the seed is secret until it is drawn with, and its hash stands before.
review_round = Table(
    "review_round",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("seed", String(64), nullable=False),
    Column("seed_hash", String(64), nullable=False),
    Column("announced_at", UtcDateTime, nullable=False),
    Column("announced_seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    Column("decided", Integer, nullable=False),
    Column("drawn_at", UtcDateTime),
    Column("drawn_seq", Integer, ForeignKey("ledger.seq")),
    CheckConstraint("number >= 1", name="number"),
)

# One comment of such a round: what was decided first, and what a second person would have decided.
review = Table(
    "review",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), primary_key=True),
    Column("first_state", String(20), nullable=False),
    Column("first_reason", String(4), nullable=False),
    Column("first_by", String(80), nullable=False),
    Column("first_seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason_id", String(4), nullable=False),
    Column("at", UtcDateTime),
    Column("actor", String(80)),
    Column("seq", Integer, ForeignKey("ledger.seq")),
    ForeignKeyConstraint(["hearing_id", "round"], ["review_round.hearing_id", "review_round.number"]),
    UniqueConstraint("comment_id"),
)

# How many were not published, by language, view, standing and theme, of a hearing that has closed: as the
# public sees them, made with the counts of views (`opinion_release`) and never again.
moderation_release = Table(
    "moderation_release",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("rejected", Integer, nullable=False),
    Column("others", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
