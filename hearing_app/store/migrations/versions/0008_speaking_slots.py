"""The speaking slots of a hearing: one comment in each, and one slot for a comment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slot",
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.String(length=20), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_slot_number")),
        sa.CheckConstraint("minutes >= 1", name=op.f("ck_slot_minutes")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.comment_id"], name=op.f("fk_slot_comment_id")),
        sa.PrimaryKeyConstraint("hearing_id", "number", name=op.f("pk_slot")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_slot_comment_id")),
    )
