"""Comments in a restored record: what readers were no longer to see is not shown again as the backup has it.

Between a backup and its restore a comment may have been held back, refused or taken down, or words may have
been taken out of it. The restored record knows nothing of that. So such a comment is held back for a person
to look at, with an event that says why; its hold never ends by itself. Nothing is decided anew by a rule.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, String, select, type_coerce

from hearing_app.hearings.moderation.deciding import set_state
from hearing_app.hearings.moderation.moves import comment_of
from hearing_app.hearings.moderation.redactions import REDACTED
from hearing_app.hearings.vocabulary import Consent, Reason, State
from hearing_app.people.permissions import OPERATOR
from hearing_app.record.before import Before, moment_of
from hearing_app.record.ledger import exactly
from hearing_app.store.tables import comment, ledger, ledger_content, redaction

HELD, REJECTED = "comment.held", "comment.rejected"
HIDING = (HELD, REJECTED, REDACTED)
RESTORED = "restored"
_SUBJECT = "comment:"
_DONE = {
    HELD: "it was held back",
    REJECTED: "it was refused or taken down",
    REDACTED: "words were taken out of it",
}
# A comment in another state is not public, and nothing makes it so by itself.
_CAN_BE_SHOWN = (State.SUBMITTED, State.HELD, State.PUBLISHED)
_NAMED = 10
_Lost = dict[str, dict[str, datetime]]


def hide_again(db: Connection, before: Before, *, at: datetime | None = None) -> list[str]:
    """Hold back in a restored record what was hidden from readers after its backup; say so in sentences.

    A record before that holds and was read whole also tells what was public again at its end: that stays.
    """
    when, held = at or datetime.now(UTC), []
    lost = _lost(db, before)
    public = _public_at_the_end(db, before) if before.holds and before.whole else set()
    row = comment.c
    there = select(row.comment_id).where(
        row.state.in_(_CAN_BE_SHOWN), row.consent.in_([one for one in Consent if one.is_public])
    )
    for comment_id in sorted(set(db.execute(there).scalars()) & lost.keys() - public):
        written = comment_of(db, comment_id)
        if not written.has_words:
            continue
        done = [_DONE[kind] for kind in HIDING if kind in lost[comment_id]]
        set_state(
            db,
            written,
            actor=OPERATOR.name,
            to=State.HELD,
            reason_id=Reason.RESTORED,
            note=f"After the backup from which the record was restored, {' and '.join(done)}. Read it anew.",
            more={"because": RESTORED, "hidden_at": exactly(max(lost[comment_id].values()))},
            at=when,
        )
        held.append(comment_id)
    if not held:
        return []
    many = "1 comment is" if len(held) == 1 else f"{len(held)} comments are"
    more = f" and {len(held) - _NAMED} more" if len(held) > _NAMED else ""
    return [
        f"{many} held back: after this backup, readers were no longer to see all of it. A facilitator has to "
        f"look: {', '.join(held[:_NAMED])}{more}."
    ]


def _lost(db: Connection, before: Before) -> _Lost:
    """Return of each comment what hid words of it and is not in the restored record, with its last moment."""
    event = ledger.c
    query = select(event.kind, event.subject, event.at).where(event.kind.in_(HIDING))
    have = {(one.kind, one.subject, one.at) for one in db.execute(query)}
    seen = _seen_to(db)
    found: _Lost = defaultdict(dict)
    for kind, comment_id, at in _told(before):
        subject = _SUBJECT + comment_id
        if (kind, subject, at) not in have and (subject not in seen or at > seen[subject]):
            found[comment_id][kind] = max(at, found[comment_id].get(kind, at))
    return found


def _told(before: Before) -> Iterator[tuple[str, str, datetime]]:
    """Yield every act that hid words: its kind, the comment, and when."""
    for event in before.events:
        if event.kind in HIDING:
            yield event.kind, event.subject.removeprefix(_SUBJECT), event.at
    yield from ((one.kind, one.comment_id, one.at) for one in before.noted if one.kind in HIDING)
    if before.whole:
        return
    # The events may be lost where the rows are not.
    row, cut = comment.c, redaction.c
    stands = select(row.comment_id, row.state, type_coerce(row.state_at, String).label("at"))
    for order in (row.comment_id, row.comment_id.desc()):
        for one in before.rows(stands.where(row.state.in_((State.HELD, State.REJECTED))).order_by(order)):
            yield f"comment.{one.state}", str(one.comment_id), moment_of(one.at)
    for one in before.rows(select(cut.comment_id, type_coerce(cut.at, String).label("at"))):
        yield REDACTED, str(one.comment_id), moment_of(one.at)


def _seen_to(db: Connection) -> dict[str, datetime]:
    """Return up to which moment earlier restores held back what was hidden: that is not done again."""
    event = ledger.c
    query = (
        select(event.subject, ledger_content.c.content)
        .join(ledger_content, ledger_content.c.seq == event.seq)
        .where(event.kind == HELD, event.actor == OPERATOR.name)
        .order_by(event.seq)
    )
    found = {}
    for one in db.execute(query):
        said: dict[str, Any] = json.loads(one.content)
        if said.get("because") == RESTORED:
            found[one.subject] = moment_of(str(said["hidden_at"]).removesuffix("Z"))
    return found


def _public_at_the_end(db: Connection, before: Before) -> set[str]:
    """Return the comments that readers saw in the record before, with no more words out than here."""
    cut = redaction.c
    in_force = select(cut.comment_id, cut.field, cut.start, cut.stop).where(cut.lifted_at.is_(None))
    here = {tuple(one) for one in db.execute(in_force)}
    more = {one.comment_id for one in before.rows(in_force) if tuple(one) not in here}
    public = before.rows(select(comment.c.comment_id).where(comment.c.state == State.PUBLISHED))
    return {one.comment_id for one in public} - more
