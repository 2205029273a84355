"""Moderation: holds, claims, redactions, appeals, removals by two, and blind second readings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comment_hold",
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("lapses", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.comment_id"], name=op.f("fk_comment_hold_comment_id")
        ),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_comment_hold_seq")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comment_hold")),
    )
    with op.batch_alter_table("comment_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_hold_due_at"), ["due_at"], unique=False)

    op.create_table(
        "comment_claim",
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.comment_id"], name=op.f("fk_comment_claim_comment_id")
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comment_claim")),
    )
    op.create_table(
        "redaction",
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason_id", sa.String(length=4), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(length=80), nullable=True),
        sa.Column("lifted_note", sa.Text(), nullable=True),
        sa.Column("lifted_seq", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_redaction_number")),
        sa.CheckConstraint("start >= 0 AND stop > start", name=op.f("ck_redaction_span")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.comment_id"], name=op.f("fk_redaction_comment_id")),
        sa.ForeignKeyConstraint(["lifted_seq"], ["ledger.seq"], name=op.f("fk_redaction_lifted_seq")),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_redaction_seq")),
        sa.PrimaryKeyConstraint("comment_id", "number", name=op.f("pk_redaction")),
    )
    op.create_table(
        "appeal",
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("decision_seq", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_seq", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_appeal_number")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.comment_id"], name=op.f("fk_appeal_comment_id")),
        sa.ForeignKeyConstraint(["decided_seq"], ["ledger.seq"], name=op.f("fk_appeal_decided_seq")),
        sa.ForeignKeyConstraint(["decision_seq"], ["ledger.seq"], name=op.f("fk_appeal_decision_seq")),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_appeal_seq")),
        sa.PrimaryKeyConstraint("comment_id", "number", name=op.f("pk_appeal")),
        sa.UniqueConstraint("decision_seq", name=op.f("uq_appeal_decision_seq")),
    )
    op.create_table(
        "removal",
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason_id", sa.String(length=4), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_seq", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_removal_number")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.comment_id"], name=op.f("fk_removal_comment_id")),
        sa.ForeignKeyConstraint(["decided_seq"], ["ledger.seq"], name=op.f("fk_removal_decided_seq")),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_removal_seq")),
        sa.PrimaryKeyConstraint("comment_id", "number", name=op.f("pk_removal")),
    )
    op.create_table(
        "review_round",
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("seed_hash", sa.String(length=64), nullable=False),
        sa.Column("announced_at", sa.DateTime(), nullable=False),
        sa.Column("announced_seq", sa.Integer(), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(), nullable=True),
        sa.Column("drawn_seq", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_review_round_number")),
        sa.ForeignKeyConstraint(
            ["announced_seq"], ["ledger.seq"], name=op.f("fk_review_round_announced_seq")
        ),
        sa.ForeignKeyConstraint(["drawn_seq"], ["ledger.seq"], name=op.f("fk_review_round_drawn_seq")),
        sa.PrimaryKeyConstraint("hearing_id", "number", name=op.f("pk_review_round")),
    )
    op.create_table(
        "review",
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("comment_id", sa.String(length=20), nullable=False),
        sa.Column("first_state", sa.String(length=20), nullable=False),
        sa.Column("first_reason", sa.String(length=4), nullable=False),
        sa.Column("first_by", sa.String(length=80), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason_id", sa.String(length=4), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.comment_id"], name=op.f("fk_review_comment_id")),
        sa.ForeignKeyConstraint(["first_seq"], ["ledger.seq"], name=op.f("fk_review_first_seq")),
        sa.ForeignKeyConstraint(
            ["hearing_id", "round"],
            ["review_round.hearing_id", "review_round.number"],
            name=op.f("fk_review_hearing_id"),
        ),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_review_seq")),
        sa.PrimaryKeyConstraint("hearing_id", "round", "comment_id", name=op.f("pk_review")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_review_comment_id")),
    )
    op.create_table(
        "moderation_release",
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hearing_id", name=op.f("pk_moderation_release")),
    )
