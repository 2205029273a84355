"""Whether a session was opened with the second step, and in which session a second factor is set up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of a session of before nobody knows it: who has a second step signs in again, with a code.
    op.add_column(
        "session", sa.Column("second_step", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("second_factor", sa.Column("begun_in", sa.String(length=64), nullable=True))
