"""Statements to agree with or not, votes on them, and themes of comments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "statement",
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("comment_id", sa.String(length=20), nullable=True),
        sa.Column("in_own_words", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("taken_down_at", sa.DateTime(), nullable=True),
        sa.Column("taken_down_why", sa.Text(), nullable=True),
        sa.Column("taken_down_seq", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_statement_number")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.comment_id"], name=op.f("fk_statement_comment_id")),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_statement_seq")),
        sa.ForeignKeyConstraint(["taken_down_seq"], ["ledger.seq"], name=op.f("fk_statement_taken_down_seq")),
        sa.PrimaryKeyConstraint("hearing_id", "number", name=op.f("pk_statement")),
    )
    op.create_table(
        "voter",
        sa.Column("voter_id", sa.String(length=20), nullable=False),
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("receipt_key", sa.String(length=64), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("voter_id", name=op.f("pk_voter")),
        sa.UniqueConstraint("receipt_key", name=op.f("uq_voter_receipt_key")),
    )
    with op.batch_alter_table("voter") as batch_op:
        batch_op.create_index(batch_op.f("ix_voter_hearing_id"), ["hearing_id"], unique=False)
    op.create_table(
        "vote",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("vote_id", sa.String(length=20), nullable=False),
        sa.Column("voter_id", sa.String(length=20), nullable=False),
        sa.Column("statement", sa.Integer(), nullable=False),
        sa.Column("vote", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("vote in (-1, 0, 1)", name=op.f("ck_vote_vote")),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_vote_seq")),
        sa.ForeignKeyConstraint(["voter_id"], ["voter.voter_id"], name=op.f("fk_vote_voter_id")),
        sa.ForeignKeyConstraint(
            ["hearing_id", "statement"],
            ["statement.hearing_id", "statement.number"],
            name=op.f("fk_vote_hearing_id"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_vote")),
        sa.UniqueConstraint("vote_id", name=op.f("uq_vote_vote_id")),
    )
    with op.batch_alter_table("vote") as batch_op:
        batch_op.create_index(batch_op.f("ix_vote_hearing_id"), ["hearing_id", "statement"], unique=False)
        batch_op.create_index(batch_op.f("ix_vote_voter_id"), ["voter_id"], unique=False)
    op.create_table(
        "theme",
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_theme_number")),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_theme_seq")),
        sa.PrimaryKeyConstraint("hearing_id", "number", name=op.f("pk_theme")),
    )
    op.create_table(
        "theme_comment",
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.comment_id"], name=op.f("fk_theme_comment_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["hearing_id", "number"],
            ["theme.hearing_id", "theme.number"],
            name=op.f("fk_theme_comment_hearing_id"),
        ),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_theme_comment_seq")),
        sa.PrimaryKeyConstraint("hearing_id", "number", "comment_id", name=op.f("pk_theme_comment")),
    )
