"""Appeals: an author asks, with the receipt, that another person looks at a decision on their comment.

Once a decision, until a day that is named. The words are for facilitators alone; that there was an appeal,
and what came of it, is public. Whoever had a part in the decision does not decide on the appeal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, insert, select, update

from hearing_app.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from hearing_app.hearings.comments.comment import Comment, comment_by_receipt, guesses_of
from hearing_app.hearings.hearing import Hearing, hearing_of
from hearing_app.hearings.moderation.deciding import set_state
from hearing_app.hearings.moderation.moves import MOVES, comment_of, move_of, stand_of
from hearing_app.hearings.moderation.redactions import (
    REDACTED,
    Redaction,
    note_faults,
    put_back,
    redactions_of,
)
from hearing_app.hearings.moderation.removals import CONFIRMED, removals_of
from hearing_app.hearings.vocabulary import RULE_VERSION, Reason, State, Step
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.people.throttle import tried
from hearing_app.record.ledger import append
from hearing_app.record.receipts import read_receipt
from hearing_app.store.engine import writing
from hearing_app.store.tables import appeal, comment, ledger
from hearing_app.voices.signs import is_blank, length, unstorable

DAYS = 30
LONGEST = 1_000
APPEALED = "comment.appealed"
UPHELD, OVERTURNED, SETTLED = "upheld", "overturned", "settled"


@dataclass(frozen=True, slots=True)
class Appeal:
    """One appeal; ``outcome`` is empty while it is open.

    Else it was upheld (the decision stands), overturned, settled (by a new decision), or ended (withdrawn).
    """

    comment_id: str
    number: int
    decision_seq: int
    words: str
    at: datetime
    outcome: str
    note: str
    decided_at: datetime | None
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that can be appealed against: its event, who had a part in it, and until when."""

    seq: int
    by: frozenset[str]
    until: datetime
    appealed: bool


_COLUMNS = [column for column in appeal.c if column.name in Appeal.__dataclass_fields__]


def decision_on(db: Connection, written: Comment, hearing: Hearing) -> Decision | None:
    """Return the decision that stands on a comment and that its author may have something against."""
    if (stand_of(db, written), Step.APPEAL) not in MOVES:
        return None
    if written.state == State.PUBLISHED:
        in_force = _in_force(db, written.comment_id)
        if not in_force:
            return None
        kind, by = REDACTED, frozenset(one.actor for one in in_force)
        seq, at = max((one.seq, one.at) for one in in_force)
    else:
        kind, by, at = f"comment.{written.state}", frozenset({written.decided_by}), written.state_at
        subject = f"comment:{written.comment_id}"
        events = select(func.max(ledger.c.seq)).where(ledger.c.subject == subject, ledger.c.kind == kind)
        seq = int(db.execute(events).scalar_one())
        by |= {
            one.proposed_by
            for one in removals_of(db, [written.comment_id])[-1:]
            if one.outcome == CONFIRMED and one.decided_at == written.state_at
        }
    appealed = db.execute(select(appeal.c.number).where(appeal.c.decision_seq == seq)).first() is not None
    return Decision(seq, by, _until(hearing, at), appealed)


def make(
    engine: Engine,
    key: bytes,
    receipt: str,
    words: str,
    address: str | None = None,
    *,
    at: datetime | None = None,
) -> Appeal:
    """Appeal against the decision that stands on the comment of a receipt.

    Tries are counted as those to find a comment are. Raises ``Invalid`` for words that do not fit, and
    ``Conflict`` where there is no such decision, it was appealed against before, or the time is over.
    """
    code = read_receipt(receipt)
    failing, always = guesses_of(key, code, address or "", at)
    with tried(engine, () if address is None else failing, always, at=at), writing(engine) as db:
        written = comment_by_receipt(db, key, code)
        return appeal_against(db, written, words, at=at or datetime.now(UTC))


def appeal_against(db: Connection, written: Comment, words: str, *, at: datetime) -> Appeal:
    """Put an appeal on the record; whoever calls has seen the author's receipt."""
    hearing = hearing_of(db, written.hearing_id)
    found = decision_on(db, written, hearing)
    if found is None:
        raise Conflict(
            "There is no decision on this comment to appeal against.", kept="Nothing was sent.", next_step=""
        )
    if found.appealed:
        raise Conflict("You have appealed against this decision already.", kept="That appeal stays.")
    if at >= found.until:
        raise Conflict(
            "The time to appeal against this decision is over.",
            kept="Nothing was sent.",
            next_step="Write to the body that holds the hearing.",
        )
    if faults := _word_faults(words):
        raise Invalid("Your appeal was not sent.", faults, kept="Your words are still here.")
    number = len(appeals_of(db, [written.comment_id]).get(written.comment_id, [])) + 1
    event = append(
        db,
        actor="author",
        kind=APPEALED,
        subject=f"comment:{written.comment_id}",
        content={"number": number, "decision": found.seq},
        private={"words": words.strip()},
        at=at,
    )
    db.execute(
        insert(appeal).values(
            comment_id=written.comment_id,
            number=number,
            decision_seq=found.seq,
            words=words.strip(),
            # The day alone, as in its event.
            at=event.at,
            seq=event.seq,
            outcome="",
            note="",
        )
    )
    return appeals_of(db, [written.comment_id])[written.comment_id][-1]


def uphold(
    db: Connection, actor: Actor, comment_id: str, *, note: str, at: datetime | None = None
) -> Comment:
    """Let a decision stand that its author has appealed against; ``note`` tells them why."""
    return _answer(db, actor, comment_id, Step.UPHOLD, note=note, at=at)


def overturn(
    db: Connection, actor: Actor, comment_id: str, *, note: str, at: datetime | None = None
) -> Comment:
    """Undo a decision that its author has appealed against; ``note`` tells them why.

    A comment that was held or rejected becomes public, one that only facilitators may read is held for them
    again, and what was taken out of a public one comes back.
    """
    return _answer(db, actor, comment_id, Step.OVERTURN, note=note, at=at)


def appeals_of(db: Connection, comment_ids: Sequence[str]) -> dict[str, list[Appeal]]:
    """Return every appeal on these comments, in order, by comment. The words are for facilitators."""
    query = select(*_COLUMNS).where(appeal.c.comment_id.in_(comment_ids))
    found: dict[str, list[Appeal]] = defaultdict(list)
    for row in db.execute(query.order_by(appeal.c.comment_id, appeal.c.number)):
        found[row.comment_id].append(Appeal(**row._mapping))
    return dict(found)


def open_appeal(db: Connection, comment_id: str) -> Appeal | None:
    """Return the appeal that is open on a comment, if any."""
    there = appeals_of(db, [comment_id]).get(comment_id, [])
    return next((one for one in there if not one.outcome), None)


def count_by_outcome(db: Connection, hearing_id: str) -> dict[str, int]:
    """Return how many appeals there were in a hearing, by outcome; "" are open."""
    query = (
        select(appeal.c.outcome, func.count())
        .join(comment, comment.c.comment_id == appeal.c.comment_id)
        .where(comment.c.hearing_id == hearing_id)
        .group_by(appeal.c.outcome)
    )
    return {row[0]: int(row[1]) for row in db.execute(query)}


def _answer(
    db: Connection, actor: Actor, comment_id: str, step: Step, *, note: str, at: datetime | None
) -> Comment:
    require(actor, Act.DECIDE_APPEALS)
    when, written = at or datetime.now(UTC), comment_of(db, comment_id)
    move = move_of(stand_of(db, written), step)
    asked = open_appeal(db, comment_id)
    if asked is None:
        raise NotFound(f"No appeal on comment {comment_id} is open.", kept="Nothing was changed.")
    decision = decision_on(db, written, hearing_of(db, written.hearing_id))
    if decision is None or actor.name in decision.by:
        raise Forbidden(
            "You had a part in this decision, so another person decides on the appeal.",
            next_step="Ask a colleague to open the comment.",
        )
    faults = note_faults(note)
    if not note.strip():
        faults.append(Fault("", "note", "Say why: its author reads it.", ""))
    if faults:
        raise Invalid("The appeal was not decided.", faults)
    outcome = UPHELD if step is Step.UPHOLD else OVERTURNED
    event = append(
        db,
        actor=actor.name,
        kind=f"comment.appeal_{outcome}",
        subject=f"comment:{comment_id}",
        content={"number": asked.number, "decision": asked.decision_seq, "rule_version": RULE_VERSION},
        private={"note": note.strip()},
        at=when,
    )
    db.execute(
        update(appeal)
        .where(appeal.c.comment_id == comment_id, appeal.c.number == asked.number)
        .values(
            outcome=outcome,
            note=note.strip(),
            decided_at=event.at,
            decided_by=actor.name,
            decided_seq=event.seq,
        )
    )
    if step is Step.OVERTURN:
        _undo(db, actor, written, move.to, note=note.strip(), at=when)
    return comment_of(db, comment_id)


def _undo(db: Connection, actor: Actor, written: Comment, to: State, *, note: str, at: datetime) -> None:
    if written.state == State.PUBLISHED:
        for one in _in_force(db, written.comment_id):
            put_back(db, actor, one, note=note, at=at)
        return
    reason = Reason.AUTHORS_WISH if to is State.HELD else ""
    set_state(db, written, actor=actor.name, to=to, reason_id=str(reason), note=note, at=at)


def _in_force(db: Connection, comment_id: str) -> list[Redaction]:
    return [one for one in redactions_of(db, [comment_id]).get(comment_id, []) if one.is_in_force]


def _until(hearing: Hearing, at: datetime) -> datetime:
    """Return the end, in UTC, of the last day on which an appeal is taken, in the hearing's own zone."""
    zone = ZoneInfo(hearing.time_zone)
    day = at.astimezone(zone).date() + timedelta(days=DAYS + 1)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _word_faults(words: str) -> list[Fault]:
    faults = []
    if is_blank(words):
        faults.append(Fault("", "words", "Say what you have against the decision.", ""))
    if length(words) > LONGEST:
        faults.append(Fault("", "words", f"These are {length(words)} characters.", f"{LONGEST} fit."))
    if unstorable(words):
        faults.append(Fault("", "words", "A sign in it cannot be stored.", "Type it again."))
    return faults
