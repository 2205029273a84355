"""Drafts of hearings: begun, saved and laid aside by facilitators; nothing that was typed is lost.

Every facilitator may write in every draft. Whoever saves names the revision that they read: where a
colleague was faster it is refused, and what was written stays with its writer. A draft is private until it is
announced.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from hearing_app.errors import Conflict, Fault, Invalid, NotFound
from hearing_app.hearings.hearing import Hearing, hearing_of
from hearing_app.hearings.life.filling import BLANK, Form, form_of, tidy
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.people.retention import Due
from hearing_app.record.canonical import canonical_json
from hearing_app.record.versions import latest_version
from hearing_app.registry.vocabulary import Term
from hearing_app.store.tables import hearing_draft, hearing_draft_act

LARGEST = 64 * 1024
"""Bytes of a form. One with twelve questions and every text at its longest has 12,000."""
_ROWS = hearing_draft.c


class DraftState(Term):
    """How far a draft has come."""

    DRAFTED = "drafted", "Being written"
    ANNOUNCED = "announced", "Announced"
    DISCARDED = "discarded", "Laid aside"


class Stale(Conflict):
    """Somebody, or another window, was faster: the draft is not the one that was read."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft: what was typed, and how far it has come.

    ``hearing_id`` is the hearing that it changes, or "" for a new one; ``based_on`` the number of the version
    that it would follow, 0 for none; ``version`` the one that it became.
    """

    draft_id: str
    hearing_id: str
    based_on: int
    form: Mapping[str, Any]
    reason: str
    state: DraftState
    revision: int
    author: str
    last_editor: str
    created_at: datetime
    changed_at: datetime
    version: int | None

    @property
    def name(self) -> str:
        """What the draft is called in a list."""
        return str(self.form["title"]).strip() or "A hearing without a title"


@dataclass(frozen=True, slots=True)
class Done:
    """What was done with a draft: by whom and when, never what was written."""

    at: datetime
    actor: str
    act: str
    revision: int


def begin(db: Connection, actor: Actor, *, hearing_id: str = "", at: datetime | None = None) -> Draft:
    """Begin a draft of a new hearing, or of a change to one that is announced; return it."""
    require(actor, Act.PREPARE_HEARINGS)
    form, based_on = dict(BLANK), 0
    if hearing_id:
        form = form_of(hearing_of(db, hearing_id))
        present = latest_version(db, "hearing", hearing_id)
        based_on = present.version if present else 0
    return _begun(db, actor, hearing_id, based_on, form, at=at)


def keep_as_own(
    db: Connection,
    actor: Actor,
    draft_id: str,
    form: Mapping[str, Any],
    *,
    reason: str = "",
    at: datetime | None = None,
) -> Draft:
    """Begin another draft with what somebody typed while a colleague saved; both stay."""
    require(actor, Act.PREPARE_HEARINGS)
    other = find(db, draft_id)
    mine = _begun(db, actor, other.hearing_id, other.based_on, tidy(form), at=at)
    return save(db, actor, mine.draft_id, form, revision=mine.revision, reason=reason, at=at)


def save(
    db: Connection,
    actor: Actor,
    draft_id: str,
    form: Mapping[str, Any],
    *,
    revision: int,
    reason: str | None = None,
    at: datetime | None = None,
) -> Draft:
    """Keep what was typed, complete or not; unchanged text is no new revision. Raises ``Stale``."""
    draft = taken(db, actor, draft_id, revision)
    kept, said = tidy(form), draft.reason if reason is None else reason
    if (kept, said) == (dict(draft.form), draft.reason):
        return draft
    values = {"form": _text(kept, said), "reason": said, "last_editor": actor.name}
    return moved(db, actor, draft, "saved", at=at, **values)


def discard(
    db: Connection, actor: Actor, draft_id: str, *, revision: int, at: datetime | None = None
) -> Draft:
    """Lay a draft aside for good. It was never public; it is kept for a time, and then forgotten."""
    draft = taken(db, actor, draft_id, revision)
    return moved(db, actor, draft, "discarded", at=at, state=DraftState.DISCARDED)


def follow(
    db: Connection, actor: Actor, draft_id: str, *, revision: int, at: datetime | None = None
) -> Draft:
    """Let a draft follow the version that was published after it was begun; what was typed stays."""
    draft = taken(db, actor, draft_id, revision)
    present = latest_version(db, "hearing", draft.hearing_id)
    return moved(db, actor, draft, "followed", at=at, based_on=present.version if present else 0)


def draft_of(db: Connection, actor: Actor, draft_id: str) -> Draft:
    """Return a draft; raise ``NotFound`` where there is none of that number."""
    require(actor, Act.PREPARE_HEARINGS)
    return find(db, draft_id)


def drafts(db: Connection, actor: Actor) -> list[Draft]:
    """Return the drafts that are being written, the last changed first."""
    require(actor, Act.PREPARE_HEARINGS)
    which = _ROWS.state == DraftState.DRAFTED
    rows = db.execute(select(hearing_draft).where(which).order_by(_ROWS.changed_at.desc(), _ROWS.draft_id))
    return [_draft(row) for row in rows]


def log_of(db: Connection, actor: Actor, draft_id: str) -> list[Done]:
    """Return what was done with a draft, the oldest first."""
    require(actor, Act.PREPARE_HEARINGS)
    acts = hearing_draft_act.c
    rows = db.execute(
        select(acts.at, acts.actor, acts.act, acts.revision)
        .where(acts.draft_id == draft_id)
        .order_by(acts.act_id)
    )
    return [Done(**row._mapping) for row in rows]


def base_of(db: Connection, draft: Draft) -> Hearing | None:
    """Return the hearing that a draft changes, as it is published now; ``None`` for a new one."""
    return hearing_of(db, draft.hearing_id) if draft.hearing_id else None


def find(db: Connection, draft_id: str) -> Draft:
    """Return a draft, whoever asks; raise ``NotFound``."""
    row = db.execute(select(hearing_draft).where(_ROWS.draft_id == draft_id)).first()
    if row is None:
        raise NotFound(
            "There is no such draft.",
            kept="",
            next_step="Choose one in the list of drafts.",
            heading="There is no such draft",
        )
    return _draft(row)


def taken(db: Connection, actor: Actor, draft_id: str, revision: int) -> Draft:
    """Return the draft on which somebody acts; raise unless office, state and revision allow it."""
    require(actor, Act.PREPARE_HEARINGS)
    draft = find(db, draft_id)
    if draft.state is not DraftState.DRAFTED:
        raise Conflict(
            f"This draft is {draft.state.label.lower()} already.",
            kept="What you typed is still on this page.",
            next_step="Begin a new draft for what should still change.",
        )
    if draft.revision != revision:
        raise Stale(
            "A colleague, or another window of yours, saved this draft in the meantime.",
            kept="What you typed is still on this page, and theirs is saved.",
            next_step="Open their text, or keep yours as a draft of its own.",
        )
    return draft


def moved(
    db: Connection, actor: Actor, draft: Draft, act: str, *, at: datetime | None = None, **values: Any
) -> Draft:
    """Write the next revision of a draft, and that it was made."""
    when = at or datetime.now(UTC)
    number = draft.revision + 1
    db.execute(
        update(hearing_draft)
        .where(_ROWS.draft_id == draft.draft_id)
        .values(**values, revision=number, changed_at=when)
    )
    _note(db, actor, draft.draft_id, act, at=when)
    return find(db, draft.draft_id)


def due(db: Connection, before: datetime) -> Due:
    """Return how many drafts were announced or laid aside before a moment, and when the first of them was."""
    found = _closed(db, before)
    return Due(len(found), found[0].changed_at if found else None)


def forget(db: Connection, before: datetime) -> int:
    """Delete the drafts that were announced or laid aside before a moment; return how many."""
    names = [row.draft_id for row in _closed(db, before)]
    for table in (hearing_draft_act, hearing_draft):
        db.execute(delete(table).where(table.c.draft_id.in_(names)))
    return len(names)


def digest(form: str, reason: str) -> str:
    """Return the SHA-256 of a form as it is kept, with the reason given for the change."""
    return sha256(canonical_json({"form": form, "reason": reason})).hexdigest()


def _begun(
    db: Connection, actor: Actor, hearing_id: str, based_on: int, form: Form, *, at: datetime | None
) -> Draft:
    when = at or datetime.now(UTC)
    draft_id = f"H-{secrets.token_hex(6)}"
    db.execute(
        insert(hearing_draft).values(
            draft_id=draft_id,
            hearing_id=hearing_id,
            based_on=based_on,
            form=_text(form, ""),
            reason="",
            state=DraftState.DRAFTED,
            revision=1,
            author=actor.name,
            last_editor=actor.name,
            created_at=when,
            changed_at=when,
        )
    )
    _note(db, actor, draft_id, "begun", at=when)
    return find(db, draft_id)


def _note(db: Connection, actor: Actor, draft_id: str, act: str, *, at: datetime) -> None:
    row = db.execute(select(hearing_draft).where(_ROWS.draft_id == draft_id)).one()
    db.execute(
        insert(hearing_draft_act).values(
            draft_id=draft_id,
            at=at,
            actor=actor.name,
            act=act,
            revision=row.revision,
            sha256=digest(row.form, row.reason),
        )
    )


def _text(form: Form, reason: str) -> str:
    """Return a form as it is kept; raise ``Invalid`` where it is too large, or cannot be written down."""
    try:
        text = canonical_json({"form": form, "reason": reason})
    except (TypeError, ValueError):
        raise Invalid(
            "The draft holds something that cannot be kept.", kept="The draft is as it was."
        ) from None
    if len(text) > LARGEST:
        problem = f"The draft is larger than {LARGEST // 1024} KiB."
        raise Invalid(
            problem,
            [Fault("", "", problem, "Shorten its texts.")],
            kept="What you typed is still on this page.",
        )
    return canonical_json(form).decode()


def _closed(db: Connection, before: datetime) -> list[Row[Any]]:
    query = select(_ROWS.draft_id, _ROWS.changed_at).where(
        _ROWS.state != DraftState.DRAFTED, _ROWS.changed_at < before
    )
    return list(db.execute(query.order_by(_ROWS.changed_at)))


def _draft(row: Row[Any]) -> Draft:
    fields = dict(row._mapping)
    return Draft(**{**fields, "form": tidy(json.loads(row.form)), "state": DraftState(row.state)})
