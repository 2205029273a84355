"""The tables of what belongs to a comment beside its words: files, wishes to speak, cards, translations."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hearing_app.store.columns import UtcDateTime, metadata

# One row a wish to speak, private: it goes when it is taken back, with the comment, or in time.
speaking_wish = Table(
    "speaking_wish",
    metadata,
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), primary_key=True),
    Column("how", String(20), nullable=False),
    Column("interpreter", Boolean, nullable=False),
    Column("interpreter_language", String(35), nullable=False),
    Column("access_needs", Text, nullable=False),
    Column("first_time", Boolean),
    Column("at", UtcDateTime, nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
)

# One row a file. It stays when the file goes, without title, and without hash if it was not public.
comment_file = Table(
    "comment_file",
    metadata,
    Column("file_id", String(20), primary_key=True),
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), nullable=False, index=True),
    Column("hearing_id", String(80), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("kind", String(4), nullable=False),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("whose", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("state", String(20), nullable=False),
    Column("state_at", UtcDateTime, nullable=False),
    Column("reason_id", String(4), nullable=False),
    Column("decided_by", String(80), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    UniqueConstraint("comment_id", "number"),
    CheckConstraint("number >= 1", name="number"),
)

# The bytes stand apart: a list of files reads none of them, and a row that is deleted is overwritten.
comment_file_data = Table(
    "comment_file_data",
    metadata,
    Column("file_id", String(20), ForeignKey("comment_file.file_id"), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# One row a numbered card that was printed. What one person typed from it stands here until another has
# confirmed it; the row never says which comment it became.
paper_card = Table(
    "paper_card",
    metadata,
    Column("card", String(12), primary_key=True),
    Column("hearing_id", String(80), nullable=False, index=True),
    Column("is_letter", Boolean, nullable=False),
    Column("printed_at", UtcDateTime, nullable=False),
    Column("typed", JSON),
    Column("written_on", String(10)),
    Column("typed_by", String(80), nullable=False),
    Column("typed_at", UtcDateTime),
    Column("entered_at", UtcDateTime),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
)

# One row a language into which a person translated a comment.
comment_translation = Table(
    "comment_translation",
    metadata,
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), primary_key=True),
    Column("language", String(35), primary_key=True),
    Column("concern", Text, nullable=False),
    Column("value_seen", Text, nullable=False),
    Column("ask", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("checked_by", String(80), nullable=False),
    Column("checked_at", UtcDateTime),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
)

# What facilitators saw of who wrote a comment, one row at most; it goes when undone, and with the words.
comment_identity = Table(
    "comment_identity",
    metadata,
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), primary_key=True),
    Column("basis", String(30), nullable=False),
    Column("seen", String(30), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
)
