"""Keys of agencies, and their signatures on what they publish."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency_key",
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("registered_at", sa.DateTime(), nullable=False),
        sa.Column("registered_by", sa.String(length=80), nullable=False),
        sa.Column("proof", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(), nullable=True),
        sa.Column("replaced_by", sa.String(length=64), nullable=True),
        sa.Column("replaced_seq", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_by", sa.String(length=80), nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.Column("untrusted_from", sa.DateTime(), nullable=True),
        sa.Column("revoked_seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_agency_key_seq")),
        sa.ForeignKeyConstraint(["replaced_seq"], ["ledger.seq"], name=op.f("fk_agency_key_replaced_seq")),
        sa.ForeignKeyConstraint(["revoked_seq"], ["ledger.seq"], name=op.f("fk_agency_key_revoked_seq")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_agency_key")),
    )
    with op.batch_alter_table("agency_key") as batch_op:
        batch_op.create_index(batch_op.f("ix_agency_key_agency"), ["agency"], unique=False)
    op.create_table(
        "version_signature",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("document_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["kind", "document_id", "version"],
            ["document_version.kind", "document_version.document_id", "document_version.version"],
            name=op.f("fk_version_signature_kind"),
        ),
        sa.ForeignKeyConstraint(["key_id"], ["agency_key.key_id"], name=op.f("fk_version_signature_key_id")),
        sa.PrimaryKeyConstraint("kind", "document_id", "version", name=op.f("pk_version_signature")),
    )
