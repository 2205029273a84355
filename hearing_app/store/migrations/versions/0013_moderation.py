"""Moderation: redactions, claims, appeals, removals by two, and blind second readings."""

from __future__ import annotations

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
