"""Drafts of entries as they are kept, and who may read them: the publishers of their agency.

The log of the desk says who did what when, and never what was written; auditors may read it, too.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from hearing_app.errors import Forbidden, NotFound
from hearing_app.people.permissions import Act, Actor, Role, may, require
from hearing_app.record.canonical import canonical_json
from hearing_app.registry.desk.states import MOVES, NEEDS, WRITING, DeskAct, DraftState, Who
from hearing_app.registry.published import PublishedEntry, entry_of
from hearing_app.registry.register import register_of
from hearing_app.store.tables import desk_act, desk_draft

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Remark:
    """What a second person says to one field of a draft; ``field`` is "" for the whole."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft: its text, which need not be complete, and how far it has come.

    ``document_id`` is the entry that it changes, or "" for a new one; ``based_on`` the number of the version
    that it would follow, 0 for none. ``revision`` grows with every act. The people are named as the ledger
    names them; ``editors`` are all who ever had a hand in the text, as the log says.
    """

    draft_id: str
    agency: str
    document_id: str
    based_on: int
    document: Mapping[str, Any]
    note: str
    remarks: tuple[Remark, ...]
    state: DraftState
    revision: int
    author: str
    last_editor: str
    submitted_by: str
    decided_by: str
    created_at: datetime
    changed_at: datetime
    version: int | None
    editors: frozenset[str]

    @property
    def name(self) -> str:
        """What the draft is called in a list: its entry's name as far as it is written."""
        for field in ("name", "id"):
            if isinstance(said := self.document.get(field), str) and said.strip():
                return said.strip()
        return "An entry without a name"

    @property
    def sha256(self) -> str:
        """The hash of the text, with which the log pins what was saved, submitted and approved."""
        return digest(self.document)

    def is_writer(self, actor: Actor) -> bool:
        """Whether the actor wrote the draft, ever changed it, or submitted it."""
        return actor.name in {self.author, self.last_editor, self.submitted_by, *self.editors}

    def allows(self, actor: Actor, act: DeskAct) -> bool:
        """Whether the actor, who may read the draft, may do this with it now; fresh or not is left open."""
        needed, who = NEEDS[act]
        fits = who is Who.ANYONE or (who is Who.WRITER) == self.is_writer(actor)
        return fits and may(actor, needed) and (self.state, act) in MOVES


@dataclass(frozen=True, slots=True)
class Done:
    """One line of the desk's log. ``said`` is the change note or the number of remarks; never the text."""

    draft_id: str
    at: datetime
    actor: str
    act: DeskAct
    state: DraftState
    revision: int
    sha256: str
    said: str


def digest(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document in its one written form."""
    return sha256(canonical_json(document)).hexdigest()


def office(actor: Actor, act: Act) -> str:
    """Return the agency at whose desk the actor sits; raise ``Forbidden`` where there is none."""
    require(actor, act)
    if not actor.agency:
        log.warning("refused: %s belongs to no agency", actor.name)
        raise Forbidden(
            "Your account does not say for which agency you publish.",
            next_step="Ask an administrator to name it.",
        )
    return actor.agency


def draft_of(db: Connection, actor: Actor, draft_id: str) -> Draft:
    """Return a draft of the actor's agency; raise ``NotFound``, also where it is another agency's."""
    return find(db, office(actor, Act.WRITE_DRAFTS), draft_id)


def drafts_at(db: Connection, actor: Actor, *, closed: bool = False) -> list[Draft]:
    """Return the drafts of the actor's agency that are open, the newest first; or those that are closed."""
    agency = office(actor, Act.WRITE_DRAFTS)
    ended = desk_draft.c.state.in_([DraftState.PUBLISHED, DraftState.DISCARDED])
    rows = db.execute(
        select(desk_draft)
        .where(desk_draft.c.agency == agency, ended if closed else ~ended)
        .order_by(desk_draft.c.changed_at.desc(), desk_draft.c.draft_id)
    )
    return [_draft(db, row) for row in rows.mappings()]


def entries_of_agency(db: Connection, agency: str) -> list[PublishedEntry]:
    """Return the present entries about an agency, by name."""
    return [entry_of(db, one.id) for one in register_of(db).ordered if one.agency == agency]


def log_of(db: Connection, actor: Actor, draft_id: str = "") -> list[Done]:
    """Return what was done with one draft, or at the whole desk, the oldest first.

    A publisher reads the log of their agency; an auditor that of every agency, or of their own where their
    account names one.
    """
    require(actor, Act.READ_DESK_LOG)
    agency = office(actor, Act.READ_DESK_LOG) if actor.role is Role.PUBLISHER else actor.agency
    query = select(desk_act).join(desk_draft, desk_draft.c.draft_id == desk_act.c.draft_id)
    if agency:
        query = query.where(desk_draft.c.agency == agency)
    if draft_id:
        query = query.where(desk_act.c.draft_id == draft_id)
    rows = db.execute(query.order_by(desk_act.c.act_id)).mappings()
    names = [name for name in Done.__dataclass_fields__ if name not in {"act", "state"}]
    return [
        Done(**{name: row[name] for name in names}, act=DeskAct(row["act"]), state=DraftState(row["state"]))
        for row in rows
    ]


def find(db: Connection, agency: str, draft_id: str) -> Draft:
    """Return an agency's draft; raise ``NotFound`` where it has none of that number."""
    which = (desk_draft.c.draft_id == draft_id) & (desk_draft.c.agency == agency)
    row = db.execute(select(desk_draft).where(which)).mappings().first()
    if row is None:
        raise NotFound(
            "There is no such draft at the desk of your agency.",
            kept="",
            next_step="Choose one in the list of drafts.",
            heading="There is no such draft",
        )
    return _draft(db, row)


def _draft(db: Connection, row: RowMapping) -> Draft:
    wrote = select(desk_act.c.actor).where(
        desk_act.c.draft_id == row["draft_id"], desk_act.c.act.in_(WRITING)
    )
    return Draft(
        **{
            **row,
            "document": json.loads(row["document"]),
            "remarks": tuple(Remark(**one) for one in json.loads(row["remarks"])),
            "state": DraftState(row["state"]),
            "editors": frozenset(db.execute(wrote.distinct()).scalars()),
        }
    )
