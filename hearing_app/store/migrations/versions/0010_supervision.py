"""Supervision: the statements of audits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_statement",
        sa.Column("audit_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("system_id", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_audit_statement_number")),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_audit_statement_seq")),
        sa.PrimaryKeyConstraint("audit_id", "number", name=op.f("pk_audit_statement")),
    )
    with op.batch_alter_table("audit_statement") as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_statement_system_id"), ["system_id"], unique=False)
