"""Second readings: decided comments are put before another facilitator, who does not see what was decided.

How far the two agree is public.
Which comments are drawn is settled by a seed whose hash stands on the record before: nobody can choose them
afterwards. It shows how steady the decisions are, not who was right, and changes no decision.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, func, insert, select, update

from hearing_app.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from hearing_app.hearings.comments.comment import COLUMNS, Comment
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.moderation.kappa import Agreement, agreement
from hearing_app.hearings.moderation.moves import REASONS, comment_of
from hearing_app.hearings.vocabulary import Consent, State
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.ledger import append
from hearing_app.store.tables import comment, ledger, ledger_content, review, review_round

# A tenth of what was decided, and 20 at least, or all.
SHARE, LEAST = 10, 20
ANNOUNCED, DRAWN, READ = "review.announced", "review.drawn", "comment.reviewed"
OUTCOMES = (State.PUBLISHED, State.HELD, State.REJECTED)
_DECIDING = tuple(f"comment.{state}" for state in OUTCOMES)


@dataclass(frozen=True, slots=True)
class Round:
    """One draw: the seed's hash, the seed once it was used, of how many it drew, and how many."""

    number: int
    seed_hash: str
    seed: str
    announced_at: datetime
    drawn_at: datetime | None
    decided: int
    drawn: int
    read: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A comment on which the second reader would have decided otherwise."""

    comment_id: str
    first_state: str
    first_reason: str
    state: str
    reason_id: str


def announce(db: Connection, actor: Actor, hearing_id: str, *, at: datetime | None = None) -> Round:
    """Fix the seed of the next draw: its hash is public from now on, the seed itself when it is used."""
    require(actor, Act.REVIEW_DECISIONS)
    hearing = hearing_of(db, hearing_id)
    there = rounds_of(db, hearing.id)
    if there and there[-1].drawn_at is None:
        raise Conflict("The hash of a seed stands already.", next_step="Draw with it first.")
    seed, number = secrets.token_hex(32), len(there) + 1
    content = {"round": number, "seed_hash": hash_of(seed)}
    event = append(
        db, actor=actor.name, kind=ANNOUNCED, subject=f"hearing:{hearing.id}", content=content, at=at
    )
    db.execute(
        insert(review_round).values(
            hearing_id=hearing.id,
            number=number,
            seed=seed,
            seed_hash=hash_of(seed),
            announced_at=event.at,
            announced_seq=event.seq,
            decided=0,
        )
    )
    return rounds_of(db, hearing.id)[-1]


def draw(db: Connection, actor: Actor, hearing_id: str, *, at: datetime | None = None) -> Round:
    """Draw the sample with the seed that was fixed, and make the seed public.

    A facilitator's first decision on a comment is what a second one is compared with. Raises ``Conflict``
    where no seed was fixed, or nothing was decided yet.
    """
    require(actor, Act.REVIEW_DECISIONS)
    there = rounds_of(db, hearing_of(db, hearing_id).id)
    if not there or there[-1].drawn_at is not None:
        raise Conflict("No seed was fixed for this draw.", next_step="Fix one first; its hash is public.")
    number = there[-1].number
    of_round = (review_round.c.hearing_id == hearing_id) & (review_round.c.number == number)
    seed = str(db.execute(select(review_round.c.seed).where(of_round)).scalar_one())
    decided = _decided(db, hearing_id)
    drawn = sample(seed, list(decided))
    if not drawn:
        raise Conflict("No comment has been decided on that could be read a second time.")
    content = {"round": number, "seed": seed, "decided": len(decided), "drawn": len(drawn)}
    event = append(db, actor=actor.name, kind=DRAWN, subject=f"hearing:{hearing_id}", content=content, at=at)
    drawing = {"decided": len(decided), "drawn_at": event.at, "drawn_seq": event.seq}
    db.execute(update(review_round).where(of_round).values(drawing))
    for comment_id in drawn:
        seq, state, reason, by = decided[comment_id]
        db.execute(
            insert(review).values(
                hearing_id=hearing_id,
                round=number,
                comment_id=comment_id,
                first_state=state,
                first_reason=reason,
                first_by=by,
                first_seq=seq,
                state="",
                reason_id="",
            )
        )
    return rounds_of(db, hearing_id)[-1]


def sample(seed: str, comment_ids: Sequence[str]) -> list[str]:
    """Return the comments that a seed draws, in the order in which they are read.

    They are those whose SHA-256 of the seed, a colon and the number is smallest: anyone can check it.
    """
    size = min(len(comment_ids), max(LEAST, -(-len(comment_ids) // SHARE)))
    return sorted(comment_ids, key=lambda one: sha256(f"{seed}:{one}".encode()).digest())[:size]


def hash_of(seed: str) -> str:
    """Return what stands on the record before a seed does."""
    return sha256(seed.encode()).hexdigest()


def next_reading(db: Connection, actor: Actor, hearing_id: str) -> Comment | None:
    """Return a comment to be read a second time, as it arrived: nothing in it says what was decided.

    ``None`` where all were read, or the reader decided first on those that are left.
    """
    require(actor, Act.REVIEW_DECISIONS)
    row = review.c
    query = select(row.comment_id, review_round.c.seed).join(
        review_round, (review_round.c.hearing_id == row.hearing_id) & (review_round.c.number == row.round)
    )
    mine = query.where(row.hearing_id == hearing_id, row.state == "", row.first_by != actor.name)
    left = {one.comment_id: one.seed for one in db.execute(mine)}
    there = {
        one.comment_id: Comment(**one._mapping)
        for one in db.execute(select(*COLUMNS).where(comment.c.comment_id.in_(left)))
    }
    order = sorted(left, key=lambda one: sha256(f"{left[one]}:{one}".encode()).digest())
    found = next((there[one] for one in order if there[one].has_words), None)
    if found is None:
        return None
    arrived = replace(found, state=str(State.SUBMITTED), state_at=found.submitted_at)
    return replace(arrived, reason_id="", reason_note="", rule_version="", decided_by="")


def read(
    db: Connection,
    actor: Actor,
    comment_id: str,
    to: State,
    *,
    reason_id: str = "",
    at: datetime | None = None,
) -> None:
    """Write down what a second reader would have decided. It changes nothing about the comment."""
    require(actor, Act.REVIEW_DECISIONS)
    found = db.execute(select(review).where(review.c.comment_id == comment_id)).first()
    if found is None:
        raise NotFound(f"Comment {comment_id} is in no sample.")
    if found.state:
        raise Conflict("This comment was read a second time already.", next_step="Go on with the next.")
    if found.first_by == actor.name:
        raise Forbidden("You decided on this comment first, so another person reads it now.")
    if not comment_of(db, comment_id).has_words:
        raise Conflict("Its words are gone meanwhile.", next_step="Go on with the next.")
    faults = []
    if to not in OUTCOMES:
        faults.append(Fault("", "to", "Say what you would decide.", ""))
    reason = "" if to is State.PUBLISHED else reason_id
    if to is not State.PUBLISHED and reason not in {str(one) for one in REASONS}:
        faults.append(Fault("", "reason_id", "Choose a reason first.", ""))
    if faults:
        raise Invalid("Nothing was written down.", faults)
    event = append(
        db,
        actor=actor.name,
        kind=READ,
        subject=f"comment:{comment_id}",
        content={"round": found.round},
        # Were it public by comment, a second decision would stand beside the one that counts.
        private={"state": str(to), "reason": reason},
        at=at,
    )
    values = {"state": str(to), "reason_id": reason, "at": event.at, "actor": actor.name, "seq": event.seq}
    db.execute(update(review).where(review.c.comment_id == comment_id).values(values))


def agreement_of(db: Connection, hearing_id: str) -> Agreement:
    """Return how far first and second readers of a hearing agree: publish, hold, or do not publish."""
    row = review.c
    pairs = db.execute(
        select(row.first_state, row.state).where(row.hearing_id == hearing_id, row.state != "")
    ).all()
    return agreement([pair[0] for pair in pairs], [pair[1] for pair in pairs])


def differences(db: Connection, actor: Actor, hearing_id: str) -> list[Difference]:
    """Return where the two readers would differ, for facilitators to talk about."""
    require(actor, Act.REVIEW_DECISIONS)
    row = review.c
    query = select(row.comment_id, row.first_state, row.first_reason, row.state, row.reason_id)
    wanted = query.where(row.hearing_id == hearing_id, row.state != "", row.state != row.first_state)
    return [Difference(**one._mapping) for one in db.execute(wanted.order_by(row.comment_id))]


def rounds_of(db: Connection, hearing_id: str) -> list[Round]:
    """Return the draws of a hearing in their order; a seed that was not used yet stays closed."""
    row = review.c
    counts = {
        one[0]: (int(one[1]), int(one[2]))
        for one in db.execute(
            select(row.round, func.count(), func.count(row.seq))
            .where(row.hearing_id == hearing_id)
            .group_by(row.round)
        )
    }
    query = (
        select(review_round).where(review_round.c.hearing_id == hearing_id).order_by(review_round.c.number)
    )
    return [
        Round(
            one.number,
            one.seed_hash,
            one.seed if one.drawn_at else "",
            one.announced_at,
            one.drawn_at,
            one.decided,
            *counts.get(one.number, (0, 0)),
        )
        for one in db.execute(query)
    ]


def _decided(db: Connection, hearing_id: str) -> dict[str, tuple[int, str, str, str]]:
    """Return facilitators' first decisions on comments that can be read: event, state, reason, who."""
    row = comment.c
    in_question = select(row.comment_id).where(
        row.hearing_id == hearing_id,
        row.state.in_(OUTCOMES),
        row.concern != "",
        row.consent.in_([one for one in Consent if one.is_public]),
        row.comment_id.not_in(select(review.c.comment_id)),
    )
    wanted = {f"comment:{comment_id}" for comment_id in db.execute(in_question).scalars()}
    query = (
        select(ledger.c.seq, ledger.c.subject, ledger.c.kind, ledger.c.actor, ledger_content.c.content)
        .outerjoin(ledger_content, ledger_content.c.seq == ledger.c.seq)
        .where(ledger.c.kind.in_(_DECIDING), ledger.c.actor.startswith("facilitator:"))
        .order_by(ledger.c.seq)
    )
    found: dict[str, tuple[int, str, str, str]] = {}
    for event in db.execute(query):
        if event.subject in wanted:
            comment_id = event.subject.removeprefix("comment:")
            state = event.kind.removeprefix("comment.")
            found.setdefault(comment_id, (event.seq, state, _reason(event.content), event.actor))
    return found


def _reason(content: str | None) -> str:
    return str(json.loads(content).get("reason", "")) if content else ""
