"""Requests for an explanation or for a human review."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "rights_request",
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("system_id", sa.String(length=80), nullable=False),
        sa.Column("system_version", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("around", sa.Text(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("receipt_key", sa.String(length=64), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("days_stated", sa.Boolean(), nullable=False),
        sa.Column("lodged_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("extended_at", sa.DateTime(), nullable=True),
        sa.Column("extended_until", sa.DateTime(), nullable=True),
        sa.Column("extension_reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("erased_at", sa.DateTime(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("days >= 1", name=op.f("ck_rights_request_days")),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_rights_request_seq")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_rights_request")),
        sa.UniqueConstraint("receipt_key", name=op.f("uq_rights_request_receipt_key")),
    )
    with op.batch_alter_table("rights_request") as batch_op:
        batch_op.create_index(batch_op.f("ix_rights_request_agency"), ["agency"], unique=False)
    op.create_table(
        "rights_request_answer",
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_rights_request_answer_number")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["rights_request.request_id"], name=op.f("fk_rights_request_answer_request_id")
        ),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_rights_request_answer_seq")),
        sa.PrimaryKeyConstraint("request_id", "number", name=op.f("pk_rights_request_answer")),
    )
    op.create_table(
        "rights_request_draft",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_rights_request_draft_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["rights_request.request_id"], name=op.f("fk_rights_request_draft_request_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "request_id", name=op.f("pk_rights_request_draft")),
    )
    with op.batch_alter_table("rights_request_draft") as batch_op:
        batch_op.create_index(batch_op.f("ix_rights_request_draft_saved_at"), ["saved_at"], unique=False)
