"""The tables of themes: what facilitators call what comments are about, and which comments are about it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Integer, String, Table, Text

from hearing_app.store.columns import UtcDateTime, metadata

theme = Table(
    "theme",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    CheckConstraint("number >= 1", name="number"),
)

# A comment may be about several things.
theme_comment = Table(
    "theme_comment",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), primary_key=True),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    ForeignKeyConstraint(["hearing_id", "number"], ["theme.hearing_id", "theme.number"]),
)
