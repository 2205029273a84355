"""Answers of authorities to comments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "answer_ask",
        sa.Column("ask_id", sa.String(length=20), nullable=False),
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_answer_ask_seq")),
        sa.PrimaryKeyConstraint("ask_id", name=op.f("pk_answer_ask")),
    )
    with op.batch_alter_table("answer_ask") as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_ask_hearing_id"), ["hearing_id"], unique=False)
    op.create_table(
        "answer_ask_comment",
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("ask_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.comment_id"], name=op.f("fk_answer_ask_comment_comment_id")
        ),
        sa.ForeignKeyConstraint(["ask_id"], ["answer_ask.ask_id"], name=op.f("fk_answer_ask_comment_ask_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_answer_ask_comment")),
    )
    with op.batch_alter_table("answer_ask_comment") as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_ask_comment_ask_id"), ["ask_id"], unique=False)
    op.create_table(
        "hearing_answer",
        sa.Column("answer_id", sa.String(length=20), nullable=False),
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("system_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("find_out_by", sa.DateTime(), nullable=True),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("received_on", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_hearing_answer_seq")),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_hearing_answer")),
    )
    with op.batch_alter_table("hearing_answer") as batch_op:
        for name in ("hearing_id", "agency", "system_id"):
            batch_op.create_index(batch_op.f(f"ix_hearing_answer_{name}"), [name], unique=False)
    op.create_table(
        "hearing_answer_comment",
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answer_id", sa.String(length=20), nullable=False),
        sa.Column("waited_from", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_hearing_answer_comment_number")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.comment_id"], name=op.f("fk_hearing_answer_comment_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["hearing_answer.answer_id"], name=op.f("fk_hearing_answer_comment_answer_id")
        ),
        sa.PrimaryKeyConstraint("comment_id", "number", name=op.f("pk_hearing_answer_comment")),
        sa.UniqueConstraint("answer_id", "comment_id", name=op.f("uq_hearing_answer_comment_answer_id")),
    )
    op.create_table(
        "answer_draft",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_answer_draft_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "hearing_id", name=op.f("pk_answer_draft")),
    )
    with op.batch_alter_table("answer_draft") as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_draft_saved_at"), ["saved_at"], unique=False)
