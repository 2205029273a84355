"""Every table of the record. Migrations build them; a test proves that both agree."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from hearing_app.store.agenda_tables import agenda_draft as agenda_draft  # noqa: PLC0414 - given on
from hearing_app.store.agenda_tables import agenda_version as agenda_version  # noqa: PLC0414 - given on
from hearing_app.store.agenda_tables import lottery as lottery  # noqa: PLC0414 - given on
from hearing_app.store.agenda_tables import minute as minute  # noqa: PLC0414 - given on
from hearing_app.store.agenda_tables import minutes_release as minutes_release  # noqa: PLC0414 - given on
from hearing_app.store.agenda_tables import room_turn as room_turn  # noqa: PLC0414 - given on
from hearing_app.store.answers_tables import answer_ask as answer_ask  # noqa: PLC0414 - given on
from hearing_app.store.answers_tables import (
    answer_ask_comment as answer_ask_comment,  # noqa: PLC0414 - given on
)
from hearing_app.store.answers_tables import answer_draft as answer_draft  # noqa: PLC0414 - given on
from hearing_app.store.answers_tables import hearing_answer as hearing_answer  # noqa: PLC0414 - given on
from hearing_app.store.answers_tables import (
    hearing_answer_comment as hearing_answer_comment,  # noqa: PLC0414 - given on
)
from hearing_app.store.columns import UtcDateTime
from hearing_app.store.columns import metadata as metadata  # noqa: PLC0414 - given on, with every table in it
from hearing_app.store.comment_record_tables import comment_file as comment_file  # noqa: PLC0414 - given on
from hearing_app.store.comment_record_tables import (
    comment_file_data as comment_file_data,  # noqa: PLC0414 - given on
)
from hearing_app.store.comment_record_tables import (
    comment_identity as comment_identity,  # noqa: PLC0414 - given on
)
from hearing_app.store.comment_record_tables import (
    comment_translation as comment_translation,  # noqa: PLC0414 - given on
)
from hearing_app.store.comment_record_tables import paper_card as paper_card  # noqa: PLC0414 - given on
from hearing_app.store.comment_record_tables import (
    speaking_wish as speaking_wish,  # noqa: PLC0414 - given on
)
from hearing_app.store.corrections_tables import correction as correction  # noqa: PLC0414 - given on
from hearing_app.store.corrections_tables import (
    correction_answer as correction_answer,  # noqa: PLC0414 - given on
)
from hearing_app.store.desk_tables import desk_act as desk_act  # noqa: PLC0414 - given on
from hearing_app.store.desk_tables import desk_draft as desk_draft  # noqa: PLC0414 - given on
from hearing_app.store.hearing_draft_tables import (
    hearing_draft as hearing_draft,  # noqa: PLC0414 - given on
)
from hearing_app.store.hearing_draft_tables import (
    hearing_draft_act as hearing_draft_act,  # noqa: PLC0414 - given on
)
from hearing_app.store.moderation_tables import appeal as appeal  # noqa: PLC0414 - given on
from hearing_app.store.moderation_tables import comment_claim as comment_claim  # noqa: PLC0414 - given on
from hearing_app.store.moderation_tables import comment_hold as comment_hold  # noqa: PLC0414 - given on
from hearing_app.store.moderation_tables import (
    moderation_release as moderation_release,  # noqa: PLC0414 - given on
)
from hearing_app.store.moderation_tables import redaction as redaction  # noqa: PLC0414 - given on
from hearing_app.store.moderation_tables import removal as removal  # noqa: PLC0414 - given on
from hearing_app.store.moderation_tables import review as review  # noqa: PLC0414 - given on
from hearing_app.store.moderation_tables import review_round as review_round  # noqa: PLC0414 - given on
from hearing_app.store.requests_tables import reply_draft as reply_draft  # noqa: PLC0414 - given on
from hearing_app.store.requests_tables import rights_answer as rights_answer  # noqa: PLC0414 - given on
from hearing_app.store.requests_tables import rights_request as rights_request  # noqa: PLC0414 - given on
from hearing_app.store.supervision_tables import (
    audit_statement as audit_statement,  # noqa: PLC0414 - given on
)
from hearing_app.store.theme_tables import theme as theme  # noqa: PLC0414 - given on
from hearing_app.store.theme_tables import theme_comment as theme_comment  # noqa: PLC0414 - given on
from hearing_app.store.voting_tables import statement as statement  # noqa: PLC0414 - given on
from hearing_app.store.voting_tables import vote as vote  # noqa: PLC0414 - given on
from hearing_app.store.voting_tables import voter as voter  # noqa: PLC0414 - given on

# The ledger. Rows are appended and never changed; erasure touches `ledger_content` alone.
ledger = Table(
    "ledger",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject", String(120), nullable=False, index=True),
    Column("actor", String(80), nullable=False),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("leaf_hash", LargeBinary(32), nullable=False),
    CheckConstraint("seq >= 0", name="seq"),
)

ledger_content = Table(
    "ledger_content",
    metadata,
    Column("seq", Integer, ForeignKey("ledger.seq"), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("content", Text, nullable=False),
)

# What an event commits to and never becomes public: a view, a standing, a name that was not to be shown.
ledger_private = Table(
    "ledger_private",
    metadata,
    Column("seq", Integer, ForeignKey("ledger.seq"), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("content", Text, nullable=False),
)

# The complete nodes of the tree over the ledger's leaves: a root or a proof reads a few rows, not all leaves.
ledger_node = Table(
    "ledger_node",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)

# One row a published version of a document: a system's entry, a hearing, a dataset's manifest.
document_version = Table(
    "document_version",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("document_id", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("note", Text, nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
)

# The keys with which agencies sign what they publish. A key has at most one end that counts for signatures
# (replaced or revoked, whichever came first); one that was replaced can still be revoked. The ledger's events
# say the same, and more: `registry.signed.faults` compares the two.
agency_key = Table(
    "agency_key",
    metadata,
    Column("key_id", String(64), primary_key=True),
    Column("agency", String(80), nullable=False, index=True),
    Column("public_key", LargeBinary(32), nullable=False),
    Column("registered_at", UtcDateTime, nullable=False),
    Column("registered_by", String(80), nullable=False),
    Column("proof", String(20), nullable=False),
    Column("seq", Integer, ForeignKey("ledger.seq"), nullable=False),
    Column("replaced_at", UtcDateTime),
    Column("replaced_by", String(64)),
    Column("replaced_seq", Integer, ForeignKey("ledger.seq")),
    Column("revoked_at", UtcDateTime),
    Column("revoked_by", String(80)),
    Column("revoked_reason", Text),
    Column("untrusted_from", UtcDateTime),
    Column("revoked_seq", Integer, ForeignKey("ledger.seq")),
)

# One row a version that its agency signed: the statement, as the exact text that was signed after its prefix.
version_signature = Table(
    "version_signature",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("document_id", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("key_id", String(64), ForeignKey("agency_key.key_id"), nullable=False),
    Column("statement", Text, nullable=False),
    Column("signature", String(128), nullable=False),
    ForeignKeyConstraint(
        ["kind", "document_id", "version"],
        ["document_version.kind", "document_version.document_id", "document_version.version"],
    ),
)

comment = Table(
    "comment",
    metadata,
    Column("comment_id", String(20), primary_key=True),
    Column("receipt_key", String(64), nullable=False),
    Column("hearing_id", String(80), nullable=False),
    Column("system_id", String(80), nullable=False),
    Column("system_version", Integer, nullable=False),
    Column("target", String(20), nullable=False),
    Column("comment_type", String(20), nullable=False),
    Column("concern", Text, nullable=False),
    Column("value_seen", Text, nullable=False),
    Column("ask", Text, nullable=False),
    Column("stance", String(30), nullable=False),
    Column("standing", JSON, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("consent", String(30), nullable=False),
    Column("language_declared", String(35), nullable=False),
    Column("language_detected", String(35), nullable=False),
    Column("language_detector", String(40), nullable=False),
    Column("language_confidence", Float),
    Column("evidence", JSON, nullable=False),
    Column("pinned", JSON),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("state", String(20), nullable=False),
    Column("state_at", UtcDateTime, nullable=False),
    Column("reason_id", String(4), nullable=False),
    Column("reason_note", Text, nullable=False),
    Column("rule_version", String(20), nullable=False),
    Column("decided_by", String(80), nullable=False),
    # As words of SQL: an empty string is taken for another default than the one that stands there.
    Column("target_detail", Text, nullable=False, server_default=text("''")),
    Column("identity_basis", String(30), nullable=False, server_default="none"),
    Column("speaking", String(20), nullable=False, server_default="no"),
    UniqueConstraint("receipt_key"),
    Index("ix_comment_hearing_state", "hearing_id", "state", "submitted_at"),
)

# The counts of views and standing of a hearing that has closed, one row a hearing, kept when something would
# change them: as the public sees them, rounded or not shown, never the exact ones.
opinion_release = Table(
    "opinion_release",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("people", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# The speaking slots of a hearing. One row is one slot, so it holds one comment at most, and a comment has one
# slot at most: the keys say so, whatever the code above them does.
slot = Table(
    "slot",
    metadata,
    Column("hearing_id", String(80), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("minutes", Integer, nullable=False),
    Column("comment_id", String(20), ForeignKey("comment.comment_id"), unique=True),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("minutes >= 1", name="minutes"),
)

account = Table(
    "account",
    metadata,
    Column("account_id", String(32), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled", Boolean, nullable=False),
)

invitation = Table(
    "invitation",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("email", String(254), nullable=False),
    Column("role", String(20), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("invited_by", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

# `awaits_code` is a sign-in whose password was right and whose second factor is still to come: it opens
# nothing. `confirmed_at` is when the person last showed that it is them, `second_step` whether a code was
# given in this session, or the person came from the provider.
session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", String(32), ForeignKey("account.account_id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("awaits_code", Boolean, nullable=False),
    Column("second_step", Boolean, nullable=False, server_default=false()),
)

# The secret of the codes that an app makes, encrypted under a key that is kept outside the database. It is in
# use once a code of it was confirmed; `last_step` is the 30 seconds whose code was used last, `begun_in` the
# session (its hash) in which it is set up: no other one is shown the secret.
second_factor = Table(
    "second_factor",
    metadata,
    Column("account_id", String(32), ForeignKey("account.account_id"), primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("last_step", Integer, nullable=False),
    Column("begun_in", String(64)),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("account_id", String(32), ForeignKey("account.account_id"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
    Column("used_at", UtcDateTime),
)

password_reset = Table(
    "password_reset",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", String(32), ForeignKey("account.account_id"), nullable=False, index=True),
    Column("removes_second_factor", Boolean, nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

# Who somebody is at the provider of sign-in: its address, and its name for the person. No claim of an e-mail.
outside_identity = Table(
    "outside_identity",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("account_id", String(32), ForeignKey("account.account_id"), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
)

# Returns from the provider that were used: each opens the door once.
outside_return = Table(
    "outside_return",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

# Tries and sendings that are counted, under keyed hashes: no address and no e-mail is kept here.
attempt = Table(
    "attempt",
    metadata,
    Column("attempt_id", Integer, primary_key=True),
    Column("scope", String(20), nullable=False),
    Column("key", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_attempt_scope_key", "scope", "key", "at"),
)

# What the hashes of one day are made with. It is deleted when the day is over: whoever has the key and the
# database of a later day cannot find out what was hashed, and no day can be linked with the next.
daily_salt = Table(
    "daily_salt",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("salt", LargeBinary(32), nullable=False),
)
