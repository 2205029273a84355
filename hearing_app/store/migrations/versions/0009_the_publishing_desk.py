"""The publishing desk: drafts of entries, and what was done with each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_draft",
        sa.Column("draft_id", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("document_id", sa.String(length=80), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("last_editor", sa.String(length=80), nullable=False),
        sa.Column("submitted_by", sa.String(length=80), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_desk_draft_revision")),
        sa.CheckConstraint("based_on >= 0", name=op.f("ck_desk_draft_based_on")),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_desk_draft")),
    )
    op.create_index("ix_desk_draft_agency", "desk_draft", ["agency"])
    op.create_table(
        "desk_act",
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["desk_draft.draft_id"], name=op.f("fk_desk_act_draft_id")),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_desk_act")),
    )
    op.create_index("ix_desk_act_draft", "desk_act", ["draft_id", "act_id"])
