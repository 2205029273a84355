"""The full record of a comment: files, wishes to speak, paper cards, translations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the columns of a comment."""
    # Of comments of before nobody was asked, and nobody wished to speak.
    for name, size, default in (
        ("target_detail", None, ""),
        ("identity_basis", 30, "none"),
        ("speaking", 20, "no"),
    ):
        kind = sa.Text() if size is None else sa.String(length=size)
        op.add_column("comment", sa.Column(name, kind, server_default=default, nullable=False))
    op.create_table(
        "speaking_wish",
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("interpreter_language", sa.String(length=35), nullable=False),
        sa.Column("access_needs", sa.Text(), nullable=False),
        sa.Column("first_time", sa.Boolean(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.comment_id"], name=op.f("fk_speaking_wish_comment_id")
        ),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_speaking_wish_seq")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_speaking_wish")),
    )
    op.create_table(
        "comment_file",
        sa.Column("file_id", sa.String(length=20), nullable=False),
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_at", sa.DateTime(), nullable=False),
        sa.Column("reason_id", sa.String(length=4), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_comment_file_number")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.comment_id"], name=op.f("fk_comment_file_comment_id")
        ),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_comment_file_seq")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_comment_file")),
        sa.UniqueConstraint("comment_id", "number", name=op.f("uq_comment_file_comment_id")),
    )
    with op.batch_alter_table("comment_file") as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_file_comment_id"), ["comment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_comment_file_hearing_id"), ["hearing_id"], unique=False)
    op.create_table(
        "comment_file_data",
        sa.Column("file_id", sa.String(length=20), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["comment_file.file_id"], name=op.f("fk_comment_file_data_file_id")
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_comment_file_data")),
    )
    op.create_table(
        "paper_card",
        sa.Column("card", sa.String(length=12), nullable=False),
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("is_letter", sa.Boolean(), nullable=False),
        sa.Column("printed_at", sa.DateTime(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=True),
        sa.Column("written_on", sa.String(length=10), nullable=True),
        sa.Column("typed_by", sa.String(length=80), nullable=False),
        sa.Column("typed_at", sa.DateTime(), nullable=True),
        sa.Column("entered_at", sa.DateTime(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_paper_card_seq")),
        sa.PrimaryKeyConstraint("card", name=op.f("pk_paper_card")),
    )
    with op.batch_alter_table("paper_card") as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_card_hearing_id"), ["hearing_id"], unique=False)
    op.create_table(
        "comment_translation",
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("concern", sa.Text(), nullable=False),
        sa.Column("value_seen", sa.Text(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("checked_by", sa.String(length=80), nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.comment_id"], name=op.f("fk_comment_translation_comment_id")
        ),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_comment_translation_seq")),
        sa.PrimaryKeyConstraint("comment_id", "language", name=op.f("pk_comment_translation")),
    )
    op.create_table(
        "comment_identity",
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=30), nullable=False),
        sa.Column("seen", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.comment_id"], name=op.f("fk_comment_identity_comment_id")
        ),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_comment_identity_seq")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comment_identity")),
    )
