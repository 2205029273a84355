"""The tree over the ledger, and what an event commits to in private."""

from __future__ import annotations

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_private",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_ledger_private_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_private")),
    )
    node = op.create_table(
        "ledger_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_ledger_node")),
    )
    ledger = sa.table("ledger", sa.column("seq", sa.Integer), sa.column("leaf_hash", sa.LargeBinary))
    level, below = (
        0,
        list(op.get_bind().execute(sa.select(ledger.c.leaf_hash).order_by(ledger.c.seq)).scalars()),
    )
    while len(below) > 1:
        # A migration says what it does by itself: the program around it may hash otherwise one day.
        pairs = zip(below[::2], below[1::2], strict=False)
        level, below = level + 1, [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        op.bulk_insert(node, [{"level": level, "place": n, "hash": made} for n, made in enumerate(below)])
