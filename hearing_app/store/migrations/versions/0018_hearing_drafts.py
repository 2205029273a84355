"""Drafts of hearings, as facilitators prepare them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hearing_draft",
        sa.Column("draft_id", sa.String(length=20), nullable=False),
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("last_editor", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.CheckConstraint("based_on >= 0", name=op.f("ck_hearing_draft_based_on")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_hearing_draft_revision")),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_hearing_draft")),
    )
    op.create_table(
        "hearing_draft_act",
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["hearing_draft.draft_id"], name=op.f("fk_hearing_draft_act_draft_id")
        ),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_hearing_draft_act")),
    )
    with op.batch_alter_table("hearing_draft_act") as batch_op:
        batch_op.create_index("ix_hearing_draft_act_draft", ["draft_id", "act_id"], unique=False)
