"""The tables of corrections: what somebody says is wrong in an entry, and what was answered."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Integer, String, Table, Text

from hearing_app.store.columns import UtcDateTime, metadata

# One row a report. Its words leave when its author takes them back or their time is over; the row stays.
correction = Table(
    "correction",
    metadata,
    Column("correction_id", String(20), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("system_id", String(80), nullable=False, index=True),
    Column("system_version", Integer, nullable=False),
    Column("field", String(120), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("words", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("receipt_key", String(64), nullable=False, unique=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
)

# The key holds one answer in each place: of two that were given on the same reading one is refused.
correction_answer = Table(
    "correction_answer",
    metadata,
    Column("correction_id", String(20), ForeignKey("correction.correction_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("outcome", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("version", Integer),
    Column("until", UtcDateTime),
    Column("shows_words", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    CheckConstraint("number >= 1", name="number"),
)
