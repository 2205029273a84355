"""The first tables of the record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "attempt",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_attempt")),
    )
    with op.batch_alter_table("attempt") as batch_op:
        batch_op.create_index("ix_attempt_scope_key", ["scope", "key", "at"], unique=False)

    op.create_table(
        "comment",
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("receipt_key", sa.String(length=64), nullable=False),
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("system_id", sa.String(length=80), nullable=False),
        sa.Column("system_version", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("comment_type", sa.String(length=20), nullable=False),
        sa.Column("concern", sa.Text(), nullable=False),
        sa.Column("value_seen", sa.Text(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("stance", sa.String(length=30), nullable=False),
        sa.Column("standing", sa.JSON(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("consent", sa.String(length=30), nullable=False),
        sa.Column("language_declared", sa.String(length=35), nullable=False),
        sa.Column("language_detected", sa.String(length=35), nullable=False),
        sa.Column("language_detector", sa.String(length=40), nullable=False),
        sa.Column("language_confidence", sa.Float(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("pinned", sa.JSON(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_at", sa.DateTime(), nullable=False),
        sa.Column("reason_id", sa.String(length=4), nullable=False),
        sa.Column("reason_note", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comment")),
        sa.UniqueConstraint("receipt_key", name=op.f("uq_comment_receipt_key")),
    )
    with op.batch_alter_table("comment") as batch_op:
        batch_op.create_index(
            "ix_comment_hearing_state", ["hearing_id", "state", "submitted_at"], unique=False
        )

    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("invited_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitation")),
    )
    op.create_table(
        "ledger",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_ledger_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger")),
    )
    with op.batch_alter_table("ledger") as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_subject"), ["subject"], unique=False)

    op.create_table(
        "document_version",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("document_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_document_version_seq")),
        sa.PrimaryKeyConstraint("kind", "document_id", "version", name=op.f("pk_document_version")),
    )
    op.create_table(
        "ledger_content",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_ledger_content_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_content")),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name=op.f("fk_session_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session") as batch_op:
        batch_op.create_index(batch_op.f("ix_session_account_id"), ["account_id"], unique=False)
