"""Comments against the ledger: whether each row says what was committed to, and nothing came or went unseen.

The ledger proves its own events. What readers see comes from the rows beside it; an administrator with the
database open could change those alone. So each row is compared with the events about it, both ways.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from hearing_app.hearings.erasure import ERASED, PRIVATE_ERASED, WITHDRAWN
from hearing_app.hearings.vocabulary import State
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import PRIVATE, Content, Event, contents, private_contents
from hearing_app.store.tables import comment, opinion_release

_SUBJECT = "comment:"
# The events that say why words, or only what was held in private, are gone.
_ERASING = (WITHDRAWN, ERASED)
_PRIVATE_ERASING = (*_ERASING, PRIVATE_ERASED)
_STATE_OF = {f"comment.{state}": state for state in State}


@unreadable_is_a_fault("The comments")
def faults(db: Connection) -> list[str]:
    """Return every difference between the comments and the events about them, in words; empty means none."""
    histories: dict[str, list[tuple[Event, Content | None]]] = defaultdict(list)
    releases: dict[str, Content | None] = {}
    for event, content in contents(db):
        if event.kind.startswith("comment."):
            histories[event.subject.removeprefix(_SUBJECT)].append((event, content))
        elif event.kind == "opinions.released":
            releases[event.subject.removeprefix("hearing:")] = content
    private = private_contents(db)
    found = []
    for row in db.execute(select(comment).order_by(comment.c.comment_id)):
        history = histories.pop(row.comment_id, [])
        found += [f"Comment {row.comment_id}: {fault}" for fault in _faults_of(row, history, private)]
    found += [f"Comment {gone} is in the ledger, but not among the comments." for gone in sorted(histories)]
    return [*found, *_faults_of_releases(db, releases)]


def _faults_of(
    row: Row[Any], history: list[tuple[Event, Content | None]], private: dict[int, Content]
) -> Iterator[str]:
    if not history or history[0][0].kind != "comment.submitted":
        yield "the ledger has no event of its arrival."
        return
    first, content = history[0]
    if first.at != row.submitted_at:
        yield "it did not arrive when its row says."
    moves = [(event, kept) for event, kept in history if event.kind in _STATE_OF]
    last, decision = moves[-1]
    if (_STATE_OF[last.kind], last.at) != (row.state, row.state_at):
        yield f"its row says “{row.state}”, and its last event is {last.kind}."
    if row.decided_by != (last.actor if len(moves) > 1 else ""):
        yield "its row names another one who decided."
    if len(moves) > 1 and decision and not _decided_so(row, decision, private.get(last.seq)):
        yield "its row gives another reason than was decided on."
    kinds = {event.kind for event, _ in history}
    # Before there were private parts, erasing the answers took the words of a published comment from the
    # ledger, too: they stay in its row.
    gone = WITHDRAWN in kinds or (ERASED in kinds and row.state != State.PUBLISHED)
    if gone and (row.concern or row.value_seen or row.ask or row.display_name):
        yield "it has words again, which were taken back."
    if content is None:
        if not kinds.intersection(_ERASING):
            yield "its words are gone from the ledger, and no event says that they were taken back."
        return
    if wrong := _differing(row, content, private.get(first.seq)):
        yield f"its row differs from what was committed to: {', '.join(wrong)}."
    committed = (event.seq for event, kept in history if kept and PRIVATE in kept.fields)
    if any(seq not in private for seq in committed) and not kinds.intersection(_PRIVATE_ERASING):
        yield "what it holds in private is gone, and no event says so."


def _differing(row: Row[Any], content: Content, private: Content | None) -> list[str]:
    """Return the fields of a row that are not as they were committed to."""
    fields = {**content.fields, **(private.fields if private else {})}
    return [name for name, value in fields.items() if name != PRIVATE and getattr(row, name, None) != value]


def _decided_so(row: Row[Any], decision: Content, private: Content | None) -> bool:
    """Return whether a row's reason, rules and note are those of its last decision."""
    said = {**decision.fields, **(private.fields if private else {})}
    kept = {"reason": row.reason_id, "rule_version": row.rule_version, "note": row.reason_note}
    return all(said[name] == value for name, value in kept.items() if name in said)


def _faults_of_releases(db: Connection, releases: dict[str, Content | None]) -> Iterator[str]:
    for row in db.execute(select(opinion_release)):
        kept = releases.pop(row.hearing_id, None)
        if kept is None or kept.fields != {"people": row.people, **row.counts}:
            yield f"Hearing {row.hearing_id}: the counts of views are not those that were released."
    yield from (f"Hearing {gone}: the counts of views that were released are gone." for gone in releases)
