"""The tables of requests: what a person asks an agency about themselves, and the answer; both are private."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from hearing_app.store.columns import UtcDateTime, metadata

# One row a request. Its words leave when its author takes them back or their time is over; what is left says
# which agency owed an answer by when, for the figures.
rights_request = Table(
    "rights_request",
    metadata,
    Column("request_id", String(20), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("system_id", String(80), nullable=False),
    Column("system_version", Integer, nullable=False),
    Column("agency", String(80), nullable=False, index=True),
    Column("words", Text, nullable=False),
    Column("around", Text, nullable=False),
    Column("reach", Text, nullable=False),
    Column("receipt_key", String(64), nullable=False, unique=True),
    Column("days", Integer, nullable=False),
    Column("days_stated", Boolean, nullable=False),
    Column("lodged_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("extended_at", UtcDateTime),
    Column("extended_until", UtcDateTime),
    Column("extension_reason", Text, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("erased_at", UtcDateTime),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    CheckConstraint("days >= 1", name="days"),
)

# The key holds one answer in each place: of two that were given on the same reading one is refused.
rights_answer = Table(
    "rights_request_answer",
    metadata,
    Column("request_id", String(20), ForeignKey("rights_request.request_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    CheckConstraint("number >= 1", name="number"),
)

# What a publisher of the agency is writing: for their eyes alone, gone once it is sent, and with the request.
reply_draft = Table(
    "rights_request_draft",
    metadata,
    Column("account_id", String(32), ForeignKey("account.account_id"), primary_key=True),
    Column("request_id", String(20), ForeignKey("rights_request.request_id"), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
    Index("ix_rights_request_draft_saved_at", "saved_at"),
)
