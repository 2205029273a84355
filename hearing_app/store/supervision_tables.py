"""The table of supervision: every statement of every audit, appended and never changed."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text

from hearing_app.store.columns import UtcDateTime, metadata

# What an audit is today is what its statements, in their order, make of it: no row is ever updated. The key
# holds one statement in each place, so of two that were made on the same reading one is refused.
audit_statement = Table(
    "audit_statement",
    metadata,
    Column("audit_id", String(20), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("system_id", String(80), nullable=False, index=True),
    Column("step", String(20), nullable=False),
    Column("said", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    CheckConstraint("number >= 1", name="number"),
)
