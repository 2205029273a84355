"""The tables of hearings that are being prepared: drafts, and who saved, announced or discarded which."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from hearing_app.store.columns import UtcDateTime, metadata

# A draft is private until it is announced. `revision` counts its savings: whoever saves names the one that
# was read, so nobody overwrites what was not seen. `hearing_id` is the hearing that it changes, "" for a new
# one; `based_on` the published version that it would follow; `form` what was typed, complete or not.
hearing_draft = Table(
    "hearing_draft",
    metadata,
    Column("draft_id", String(20), primary_key=True),
    Column("hearing_id", String(80), nullable=False),
    Column("based_on", Integer, nullable=False),
    Column("form", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("author", String(80), nullable=False),
    Column("last_editor", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("version", Integer),
    CheckConstraint("revision >= 1", name="revision"),
    CheckConstraint("based_on >= 0", name="based_on"),
)

# One row an act, appended and never changed. `sha256` is that of the form and the reason as they then were.
hearing_draft_act = Table(
    "hearing_draft_act",
    metadata,
    Column("act_id", Integer, primary_key=True),
    Column("draft_id", String(20), ForeignKey("hearing_draft.draft_id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("act", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Index("ix_hearing_draft_act_draft", "draft_id", "act_id"),
)
