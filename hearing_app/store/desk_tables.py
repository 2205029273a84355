"""The tables of the publishing desk: drafts of entries, and what was done with each."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from hearing_app.store.columns import UtcDateTime, metadata

# A draft is private until it is published. `revision` counts its savings: whoever saves names the one that
# was read, so nobody overwrites what was not seen. `based_on` is the published version that it would follow.
desk_draft = Table(
    "desk_draft",
    metadata,
    Column("draft_id", String(20), primary_key=True),
    Column("agency", String(80), nullable=False, index=True),
    Column("document_id", String(80), nullable=False),
    Column("based_on", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("remarks", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("author", String(80), nullable=False),
    Column("last_editor", String(80), nullable=False),
    Column("submitted_by", String(80), nullable=False),
    Column("decided_by", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("version", Integer),
    CheckConstraint("revision >= 1", name="revision"),
    CheckConstraint("based_on >= 0", name="based_on"),
)

# One row an act at the desk, appended and never changed. `sha256` is that of the text as it then was.
desk_act = Table(
    "desk_act",
    metadata,
    Column("act_id", Integer, primary_key=True),
    Column("draft_id", String(20), ForeignKey("desk_draft.draft_id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("act", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("said", Text, nullable=False),
    Index("ix_desk_act_draft", "draft_id", "act_id"),
)
