"""An answer to a request that is still being written: kept for its writer alone, one for each request.

It is no part of the record, so the ledger says nothing of it, and no export names it. It goes when its writer
sends an answer or throws it away, with the account, when it was left lying for longer than its period, and
with the words of the request: whoever takes theirs back takes this along.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, insert, select

from hearing_app.errors import Fault, Invalid
from hearing_app.hearings.requests.answering import Replying, asked_of
from hearing_app.hearings.requests.vocabulary import ReplyKind
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.people.retention import Due
from hearing_app.store.tables import reply_draft, rights_request
from hearing_app.voices.signs import unstorable

LARGEST = 50_000
"""Characters of a draft; a whole answer has far fewer."""


def keep(
    db: Connection, actor: Actor, request_id: str, given: Replying, *, at: datetime | None = None
) -> None:
    """Keep what somebody has written so far, in the place of what they kept before. It need not be complete.

    Raises ``Forbidden`` for anybody but a publisher of the agency, ``Conflict`` where the words it would
    answer are gone, ``Invalid`` for what can never become an answer.
    """
    one = asked_of(db, actor, request_id)
    faults = []
    if given.kind not in list(ReplyKind):
        faults.append(Fault("", "kind", "There is no such answer.", f"Use {', '.join(ReplyKind)}."))
    if len(given.text) + len(given.office) > LARGEST:
        faults.append(Fault("", "text", "It is too long.", f"At most {LARGEST:,} characters are kept."))
    if unstorable(given.text) or unstorable(given.office):
        faults.append(Fault("", "text", "The text holds a sign that cannot be stored.", "Type it again."))
    if faults:
        raise Invalid("Your draft was not kept.", faults, kept="")
    _drop(db, actor, one.request_id)
    row = {"account_id": actor.account_id, "request_id": one.request_id, "kind": given.kind}
    row |= {"text": given.text, "office": given.office}
    db.execute(insert(reply_draft).values(**row, saved_at=at or datetime.now(UTC)))


def kept(db: Connection, actor: Actor, request_id: str) -> Replying | None:
    """Return what this person has written so far, or ``None``, also where they may not answer any more."""
    require(actor, Act.ANSWER_REQUESTS)
    query = (
        select(reply_draft.c.kind, reply_draft.c.text, reply_draft.c.office)
        .join(rights_request, rights_request.c.request_id == reply_draft.c.request_id)
        .where(
            reply_draft.c.account_id == actor.account_id,
            reply_draft.c.request_id == request_id,
            rights_request.c.agency == actor.agency,
        )
    )
    row = db.execute(query).one_or_none()
    return None if row is None else Replying(row.kind, row.text, row.office)


def drop(db: Connection, actor: Actor, request_id: str) -> None:
    """Throw away what this person has written so far."""
    require(actor, Act.ANSWER_REQUESTS)
    _drop(db, actor, request_id)


def due(db: Connection, before: datetime) -> Due:
    """Return how many drafts were saved last before a moment, and when the first of them was."""
    query = select(func.count(), func.min(reply_draft.c.saved_at)).where(reply_draft.c.saved_at < before)
    count, oldest = db.execute(query).one()
    return Due(int(count), oldest)


def forget(db: Connection, before: datetime) -> int:
    """Delete the drafts that were saved last before a moment; return how many."""
    return db.execute(delete(reply_draft).where(reply_draft.c.saved_at < before)).rowcount


def _drop(db: Connection, actor: Actor, request_id: str) -> None:
    mine = (reply_draft.c.account_id == actor.account_id) & (reply_draft.c.request_id == request_id)
    db.execute(delete(reply_draft).where(mine))
