"""Taking words out of the record: when their author withdraws them, when their time is over, and again.

Each way says so with an event of its own, and leaves the ledger whole: it commits to salted hashes, and what
goes are words and salts. ``store.engine.erase_freed_pages`` must follow, once the change is committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, String, select, type_coerce, update

from hearing_app.hearings.agenda.slots import leave
from hearing_app.hearings.comments import files, identity, speaking, translations
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.moderation import erasing as moderation_erasing
from hearing_app.hearings.release import release_opinions
from hearing_app.hearings.vocabulary import Consent, State
from hearing_app.hearings.voting.erasing import forget_words_of
from hearing_app.people.permissions import OPERATOR
from hearing_app.record.before import Before, moment_of
from hearing_app.record.erased import Erased
from hearing_app.record.ledger import append, contents, day_of, erase_content, erase_private
from hearing_app.store.tables import comment, ledger

WITHDRAWN, ERASED, PRIVATE_ERASED = "comment.withdrawn", "comment.erased", "comment.private_erased"

_REASON = ("reason_id", "rule_version")

# What stays of a comment whose words are gone, and what its erasing commits to again.
_STAYS = (
    *("hearing_id", "system_id", "system_version", "target", "comment_type", "consent", "receipt_key"),
    *("identity_basis", *_REASON),
)
_PUBLIC_WORDS = (
    *("concern", "value_seen", "ask", "display_name", "evidence", "pinned", "target_detail"),
    *("language_declared", "language_detected", "language_detector", "language_confidence"),
)

NO_ANSWERS: dict[str, Any] = {"stance": "", "standing": [], "reason_note": ""}
NO_WORDS: dict[str, Any] = {
    **NO_ANSWERS,
    **dict.fromkeys(("concern", "value_seen", "ask", "display_name", "target_detail"), ""),
    **dict.fromkeys(("language_declared", "language_detected", "language_detector"), ""),
    "language_confidence": None,
    "evidence": [],
    "pinned": None,
}


AUTHOR = "author"
REHEARSAL_IS_OVER = "rehearsal_is_over"


def take_back(db: Connection, comment_id: str, *, at: datetime, by: str = AUTHOR) -> None:
    """Withdraw a comment as its author asked: words and answers go, its number and the fact stay.

    ``by`` is the operator where a rehearsal is taken out: its event says who did it, and why.
    """
    row = _keep_counts(db, comment_id, at=at)
    forget_words_of(db, comment_id, at=at)
    speaking.take_back(db, comment_id, at=at)
    files.remove_all(db, comment_id, at=at)
    translations.remove_all(db, comment_id)
    identity.remove_all(db, comment_id)
    moderation_erasing.forget_words(db, comment_id)
    erase_content(db, _subject(comment_id))
    left = {"state": State.WITHDRAWN, "state_at": at, "decided_by": by}
    _set(db, comment_id, {**NO_WORDS, **dict.fromkeys(_REASON, ""), **left})
    append(
        db,
        actor=by,
        kind=WITHDRAWN,
        subject=_subject(comment_id),
        content={"from_state": row.state, "left": _left(db, comment_id)}
        | ({"why": REHEARSAL_IS_OVER} if by != AUTHOR else {}),
        at=at,
    )
    leave(db, comment_id, at=at)


def erase_words(db: Connection, comment_id: str, *, period: str, at: datetime) -> None:
    """Erase a comment's words and answers because their period is over; state and reason stay as they are."""
    row = _keep_counts(db, comment_id, at=at)
    forget_words_of(db, comment_id, at=at)
    speaking.erase(db, comment_id, period=period, at=at)
    files.remove_all(db, comment_id, period=period, at=at)
    translations.remove_all(db, comment_id)
    identity.remove_all(db, comment_id)
    moderation_erasing.forget_words(db, comment_id)
    erase_content(db, _subject(comment_id))
    _set(db, comment_id, NO_WORDS)
    _say(db, ERASED, row, period, at)


def erase_answers(db: Connection, comment_id: str, *, period: str, at: datetime) -> None:
    """Erase a view, a standing, a note, and a name that is not shown; what the public reads stays.

    A wish to speak goes, and files that nobody may read.
    """
    row = _keep_counts(db, comment_id, at=at)
    speaking.erase(db, comment_id, period=period, at=at)
    files.remove_all(db, comment_id, period=period, but_public=True, at=at)
    moderation_erasing.forget_notes(db, comment_id)
    erase_private(db, _subject(comment_id))
    # Before there were private parts, the answers stood with the words: then both leave the ledger.
    # Read to the end: PostgreSQL keeps a cursor open for as long as something is left to be read.
    first, *_ = [kept for _, kept in contents(db, subject=_subject(comment_id))]
    in_the_open = first is not None and "stance" in first.fields
    if in_the_open:
        erase_content(db, _subject(comment_id))
    nameless = {} if row.consent == Consent.TEXT_AND_NAME else {"display_name": ""}
    _set(db, comment_id, {**NO_ANSWERS, **nameless})
    _say(db, ERASED if in_the_open else PRIVATE_ERASED, row, period, at)


def gone_from_backups(at: datetime, backup_days: int) -> datetime:
    """Return the moment by which words that were erased ``at`` are gone from every backup, too.

    The last backup that can hold them was made just before; none is kept for longer than ``backup_days``. It
    is counted from the end of that day in UTC: after a restore, the day of a withdrawal is all that is known.
    """
    return day_of(at) + timedelta(days=backup_days + 1, microseconds=-1)


ERASING = (WITHDRAWN, ERASED, PRIVATE_ERASED)


def erase_again(db: Connection, before: Before) -> int:
    """Erase in a restored record what was erased in the one ``before`` since the backup; return how many.

    A backup is older than what was asked for after it was made: nobody has to ask twice. What was noted
    outside the database, and what the comments themselves say, counts as well as the ledger's events.
    """
    have = {
        (event.kind, event.subject) for event in db.execute(select(ledger).where(ledger.c.kind.in_(ERASING)))
    }
    known = set(db.execute(select(comment.c.comment_id)).scalars())
    done = 0
    with_rehearsals = _taken_with_rehearsals(before)
    for asked in _asked_before(before, known):
        if (asked.kind, _subject(asked.comment_id)) in have or asked.comment_id not in known:
            continue
        have.add((asked.kind, _subject(asked.comment_id)))
        if asked.kind == WITHDRAWN:
            by = OPERATOR.name if asked.comment_id in with_rehearsals else AUTHOR
            take_back(db, asked.comment_id, at=asked.at, by=by)
        else:
            erase = erase_words if asked.kind == ERASED else erase_answers
            erase(db, asked.comment_id, period="again", at=asked.at)
        done += 1
    return done


def _taken_with_rehearsals(before: Before) -> set[str]:
    """Return the numbers of comments that the operator took out: as events tell it, or else the rows."""
    taken = {
        event.subject.removeprefix(_subject(""))
        for event in before.events
        if event.kind == WITHDRAWN and (event.content or {}).get("why") == REHEARSAL_IS_OVER
    }
    if not before.whole:
        row = comment.c
        query = select(row.comment_id).where(row.state == State.WITHDRAWN, row.decided_by == OPERATOR.name)
        taken |= {str(found.comment_id) for found in before.rows(query)}
    return taken


def _asked_before(before: Before, known: Iterable[str]) -> Iterator[Erased]:
    for event in before.events:
        if event.kind in ERASING:
            yield Erased(event.kind, event.subject.removeprefix(_subject("")), event.at)
    yield from (one for one in before.noted if one.kind in ERASING)
    if before.whole:
        return
    query = select(comment.c.comment_id, type_coerce(comment.c.state_at, String).label("at"))
    withdrawn = query.where(comment.c.state == State.WITHDRAWN)
    row = comment.c
    for order in (row.comment_id, row.comment_id.desc()):
        for found in before.rows(withdrawn.order_by(order)):
            yield Erased(WITHDRAWN, str(found.comment_id), moment_of(found.at))
    for comment_id in known:
        for found in before.rows(withdrawn.where(row.comment_id == comment_id)):
            yield Erased(WITHDRAWN, comment_id, moment_of(found.at))


def _keep_counts(db: Connection, comment_id: str, *, at: datetime) -> Row[Any]:
    """Keep the counts of views as the public sees them, before an answer goes; return the comment's row."""
    row = db.execute(select(comment).where(comment.c.comment_id == comment_id)).one()
    release_opinions(db, hearing_of(db, row.hearing_id), at=at)
    return row


def _say(db: Connection, kind: str, row: Row[Any], period: str, at: datetime) -> None:
    """Append the event; what stays of the comment is committed to again, as what committed to it is gone."""
    append(
        db,
        actor="operator",
        kind=kind,
        subject=_subject(row.comment_id),
        content={"period": period, "left": _left(db, row.comment_id)},
        at=at,
    )


def _left(db: Connection, comment_id: str) -> dict[str, Any]:
    """Return what is left in a comment's row; of one whose answers alone were erased, its words as well."""
    row = db.execute(select(comment).where(comment.c.comment_id == comment_id)).one()
    words = _PUBLIC_WORDS if row.concern or row.value_seen or row.ask else ()
    return {name: getattr(row, name) for name in (*_STAYS, *words)}


def _set(db: Connection, comment_id: str, values: dict[str, Any]) -> None:
    db.execute(update(comment).where(comment.c.comment_id == comment_id).values(values))


def _subject(comment_id: str) -> str:
    return f"comment:{comment_id}"
