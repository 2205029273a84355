"""Every table of the record. Migrations build them; a test proves that both agree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, naive UTC in the database, the same on both engines."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse a time without a zone: it would be read as somebody's local time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


# The ledger. Rows are appended and never changed; erasure touches `ledger_content` alone.
ledger = Table(
    "ledger",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject", String(120), nullable=False, index=True),
    Column("actor", String(80), nullable=False),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("leaf_hash", LargeBinary(32), nullable=False),
    CheckConstraint("seq >= 0", name="seq"),
)

ledger_content = Table(
    "ledger_content",
    metadata,
    Column("seq", Integer, ForeignKey("ledger.seq"), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("content", Text, nullable=False),
)

# One row a published version of a document: a system's entry, a hearing, a dataset's manifest.
document_version = Table(
    "document_version",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("document_id", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("note", Text, nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
)

comment = Table(
    "comment",
    metadata,
    Column("comment_id", String(20), primary_key=True),
    Column("receipt_key", String(64), nullable=False),
    Column("hearing_id", String(80), nullable=False),
    Column("system_id", String(80), nullable=False),
    Column("system_version", Integer, nullable=False),
    Column("target", String(20), nullable=False),
    Column("comment_type", String(20), nullable=False),
    Column("concern", Text, nullable=False),
    Column("value_seen", Text, nullable=False),
    Column("ask", Text, nullable=False),
    Column("stance", String(30), nullable=False),
    Column("standing", JSON, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("consent", String(30), nullable=False),
    Column("language_declared", String(35), nullable=False),
    Column("language_detected", String(35), nullable=False),
    Column("language_detector", String(40), nullable=False),
    Column("language_confidence", Float),
    Column("evidence", JSON, nullable=False),
    Column("pinned", JSON),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("state", String(20), nullable=False),
    Column("state_at", UtcDateTime, nullable=False),
    Column("reason_id", String(4), nullable=False),
    Column("reason_note", Text, nullable=False),
    Column("rule_version", String(20), nullable=False),
    Column("decided_by", String(80), nullable=False),
    UniqueConstraint("receipt_key"),
    Index("ix_comment_hearing_state", "hearing_id", "state", "submitted_at"),
)

# The counts of views and standing of a hearing that has closed, one row a hearing, kept when something would
# change them: as the public sees them, rounded or not shown, never the exact ones.
opinion_release = Table(
    "opinion_release",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("people", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("account_id", String(32), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled", Boolean, nullable=False),
)

invitation = Table(
    "invitation",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("email", String(254), nullable=False),
    Column("role", String(20), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("invited_by", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", String(32), ForeignKey("account.account_id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)

# Failed tries (sign-in, receipt look-ups), under keyed hashes: no address and no e-mail is kept here.
attempt = Table(
    "attempt",
    metadata,
    Column("attempt_id", Integer, primary_key=True),
    Column("scope", String(20), nullable=False),
    Column("key", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_attempt_scope_key", "scope", "key", "at"),
)
