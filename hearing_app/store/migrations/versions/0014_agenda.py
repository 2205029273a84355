"""Agenda, room and minutes: the lottery, what is arranged and published, who has the floor, what is noted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lottery",
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=32), nullable=False),
        sa.Column("committed_at", sa.DateTime(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("root", sa.LargeBinary(length=32), nullable=True),
        sa.Column("closed_seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["closed_seq"], ["ledger.seq"], name=op.f("fk_lottery_closed_seq")),
        sa.PrimaryKeyConstraint("hearing_id", name=op.f("pk_lottery")),
    )
    op.create_table(
        "agenda_draft",
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("hearing_id", name=op.f("pk_agenda_draft")),
    )
    op.create_table(
        "agenda_version",
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_agenda_version_version")),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_agenda_version_seq")),
        sa.PrimaryKeyConstraint("hearing_id", "version", name=op.f("pk_agenda_version")),
    )
    op.create_table(
        "room_turn",
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.String(length=20), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("paused_at", sa.DateTime(), nullable=True),
        sa.Column("paused_seconds", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("spoken_seconds", sa.Integer(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_room_turn_number")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.comment_id"], name=op.f("fk_room_turn_comment_id")),
        sa.PrimaryKeyConstraint("hearing_id", "number", name=op.f("pk_room_turn")),
        sa.UniqueConstraint("hearing_id", "is_open", name=op.f("uq_room_turn_hearing_id")),
    )
    op.create_table(
        "minute",
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("comment_ids", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_minute_number")),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_minute_seq")),
        sa.PrimaryKeyConstraint("hearing_id", "number", name=op.f("pk_minute")),
    )
    op.create_table(
        "minutes_release",
        sa.Column("hearing_id", sa.String(length=80), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_minutes_release_seq")),
        sa.PrimaryKeyConstraint("hearing_id", name=op.f("pk_minutes_release")),
    )
