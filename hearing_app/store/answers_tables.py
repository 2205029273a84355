"""The tables of answers: what an agency was asked, what it answered, and what is still being written."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hearing_app.store.columns import UtcDateTime, metadata

# What facilitators marked for an answer: one row a mark, for one comment or for a group of like ones.
answer_ask = Table(
    "answer_ask",
    metadata,
    Column("ask_id", String(20), primary_key=True),
    Column("hearing_id", String(80), nullable=False, index=True),
    Column("agency", String(80), nullable=False),
    Column("heading", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
)

# The key holds one mark a comment: nobody is asked the same thing twice.
answer_ask_comment = Table(
    "answer_ask_comment",
    metadata,
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), primary_key=True),
    Column("ask_id", String(20), ForeignKey("answer_ask.ask_id"), nullable=False, index=True),
)

# One row an answer, which is never changed. `received_on` is the day on which it came on paper, else "".
hearing_answer = Table(
    "hearing_answer",
    metadata,
    Column("answer_id", String(20), primary_key=True),
    Column("hearing_id", String(80), nullable=False, index=True),
    Column("agency", String(80), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("whose", Text, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("system_id", String(80), nullable=False, index=True),
    Column("version", Integer),
    Column("find_out_by", UtcDateTime),
    Column("on_paper", Boolean, nullable=False),
    Column("received_on", String(10), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
)

# To which comments an answer was given, each with its place among the answers to that comment. The key holds
# one answer in each place: of two that were given on the same reading one is refused. Since when the comment
# had waited, and until when the answer was due, stay as they were, whatever becomes of the comment.
hearing_answer_comment = Table(
    "hearing_answer_comment",
    metadata,
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("answer_id", String(20), ForeignKey("hearing_answer.answer_id"), nullable=False),
    Column("waited_from", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    UniqueConstraint("answer_id", "comment_id"),
    CheckConstraint("number >= 1", name="number"),
)

# What a member of staff is writing: for their eyes alone, and gone once it is published.
answer_draft = Table(
    "answer_draft",
    metadata,
    Column("account_id", String(32), ForeignKey("account.account_id"), primary_key=True),
    Column("hearing_id", String(80), primary_key=True),
    Column("content", JSON, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
    Index("ix_answer_draft_saved_at", "saved_at"),
)
