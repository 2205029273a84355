"""Comments against the ledger: whether each row says what was committed to, and nothing came or went unseen.

The ledger proves its own events. What readers see comes from the rows beside it; an administrator with the
database open could change those alone. So each row is compared with the events about it, both ways.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from hearing_app.hearings.agenda.slots import BOOKED, FREED, LENGTH, SET, Slot
from hearing_app.hearings.comments.comment import ARRIVED, RULE
from hearing_app.hearings.comments.erasure import ERASED, NO_ANSWERS, NO_WORDS, PRIVATE_ERASED, WITHDRAWN
from hearing_app.hearings.vocabulary import Consent, State
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import (
    PRIVATE,
    WITHOUT_OFFICE,
    Content,
    Event,
    contents,
    day_of,
    exactly,
    private_contents,
)
from hearing_app.store.tables import comment, opinion_release, slot

_SUBJECT = "comment:"
_STATE_OF = {f"comment.{state}": state for state in State}
_ERASING = (WITHDRAWN, ERASED, PRIVATE_ERASED)
_REASON = {"reason": "reason_id", "rule_version": "rule_version", "note": "reason_note"}

_History = list[tuple[Event, Content | None]]


@unreadable_is_a_fault("The comments")
def faults(db: Connection) -> list[str]:
    """Return every difference between the comments and the events about them, in words; empty means none."""
    histories: dict[str, _History] = defaultdict(list)
    releases: _History = []
    slot_events: _History = []
    parted_from = None
    for event, content in contents(db):
        if event.kind.startswith("comment."):
            histories[event.subject.removeprefix(_SUBJECT)].append((event, content))
        elif event.kind == "opinions.released":
            releases.append((event, content))
        elif event.kind in {SET, BOOKED, FREED, LENGTH}:
            slot_events.append((event, content))
        elif event.kind == "checkpoint_key.bound":
            parted_from = event.seq
    private = private_contents(db)
    found = []
    for row in db.execute(select(comment).order_by(comment.c.comment_id)):
        history = histories.pop(row.comment_id, [])
        found += [
            f"Comment {row.comment_id}: {fault}" for fault in _faults_of(row, history, private, parted_from)
        ]
    found += [f"Comment {gone} is in the ledger, but not among the comments." for gone in sorted(histories)]
    return [*found, *_faults_of_releases(db, releases), *_faults_of_slots(db, slot_events)]


def _faults_of(
    row: Row[Any], history: _History, private: dict[int, Content], parted_from: int | None
) -> Iterator[str]:
    if not history or history[0][0].kind != "comment.submitted":
        yield "the ledger has no event of its arrival."
        return
    first, content = history[0]
    arrived = _fields(private.get(first.seq)).get(ARRIVED)
    if not _was_at(first, row.submitted_at) or arrived not in (None, exactly(row.submitted_at)):
        yield "it did not arrive when its row says."
    moves = [(event, kept) for event, kept in history if event.kind in _STATE_OF]
    last, decision = moves[-1]
    # What arrives is held by rule in the same moment.
    is_as_it_came = last.seq == first.seq or (last.actor == RULE and last.kind == "comment.held")
    if (
        _STATE_OF[last.kind] != row.state
        or not _was_at(last, row.state_at)
        or (is_as_it_came and row.state_at != row.submitted_at)
    ):
        yield f"its row says “{row.state}”, and its last event is {last.kind}."
    if row.decided_by != (last.actor if len(moves) > 1 else ""):
        yield "its row names another one who decided."
    # Before the first decision there is no reason; where one was erased, what erased it commits to the rest.
    said = {"note": "", **({"reason": ""} if len(moves) == 1 else {**_fields(decision)})}
    if not _decided_so(row, said | _fields(private.get(last.seq) if len(moves) > 1 else None)):
        yield "its row gives another reason than was decided on."
    if content and (wrong := _differing(row, {**content.fields, **_fields(private.get(first.seq))})):
        yield f"its row differs from what was committed to: {', '.join(wrong)}."
    erasing = [(event, kept) for event, kept in history if event.kind in _ERASING]
    if erasing:
        old = parted_from is None or first.seq < parted_from
        yield from _faults_of_erased(row, erasing, last, old=old)


def _faults_of_erased(row: Row[Any], erasing: _History, move: Event, *, old: bool) -> Iterator[str]:
    """Yield what is wrong with a comment that had to lose something: what is back, and what is left of it.

    ``old`` says that it arrived before events had a private part: then its answers stood with its words, and
    when they were erased, what stays was committed to again, the published words with it.
    """
    event, content = erasing[-1]
    kinds = {one.kind for one, _ in erasing}
    keeps_words = kinds == {PRIVATE_ERASED} or (WITHDRAWN not in kinds and row.state == State.PUBLISHED)
    if keeps_words and ERASED in kinds and not old:
        yield "its words are said to be erased, and it is published."
    gone = NO_ANSWERS if keeps_words else NO_WORDS
    if back := [
        name for name, value in gone.items() if name != "reason_note" and getattr(row, name) != value
    ]:
        yield f"it has again what was erased: {', '.join(back)}."
    if keeps_words and row.consent != Consent.TEXT_AND_NAME and row.display_name:
        yield "it has again the name that was erased."
    if WITHDRAWN in [one.kind for one, _ in erasing[:-1]]:
        yield "something was erased after it was withdrawn, when there was nothing left."
    left = dict(_fields(content).get("left", {}))
    if not left and not old:
        yield "no event commits to what is left of it."
    if move.seq > event.seq:
        left = {name: value for name, value in left.items() if name not in _REASON.values()}
    if wrong := _differing(row, left):
        yield f"what is left of it is not what was left: {', '.join(wrong)}."


def _was_at(event: Event, moment: datetime) -> bool:
    """Return whether an event was at a moment; of what authors do, the ledger may know the day alone."""
    return event.at == moment or (event.actor in WITHOUT_OFFICE and event.at == day_of(moment))


def _differing(row: Row[Any], committed: Mapping[str, Any]) -> list[str]:
    """Return the fields of a row that are not as they were committed to."""
    return [
        name
        for name, value in committed.items()
        if name not in (PRIVATE, ARRIVED) and getattr(row, name, _NOTHING) != value
    ]


def _decided_so(row: Row[Any], said: Mapping[str, Any]) -> bool:
    """Return whether a row's reason, rules and note are those that were said of it."""
    return all(getattr(row, column) == said[name] for name, column in _REASON.items() if name in said)


def _fields(content: Content | None) -> dict[str, Any]:
    return content.fields if content else {}


_NOTHING = object()


def _faults_of_releases(db: Connection, releases: _History) -> Iterator[str]:
    """Yield what is wrong with the public counts of views: each was made once, and says what was released."""
    made: dict[str, tuple[Event, Content | None]] = {}
    for event, content in releases:
        hearing_id = event.subject.removeprefix("hearing:")
        if hearing_id in made:
            yield f"Hearing {hearing_id}: counts of views were released a second time."
        made.setdefault(hearing_id, (event, content))
    for row in db.execute(select(opinion_release)):
        shown = {"people": row.people, "stance": row.counts["stance"], "standing": row.counts["standing"]}
        released = made.pop(row.hearing_id, None)
        fits = released is not None and (_fields(released[1]), released[0].at) == (shown, row.at)
        if not fits or set(row.counts) != {"stance", "standing"}:
            yield f"Hearing {row.hearing_id}: the counts of views are not those that were released."
    yield from (f"Hearing {gone}: the counts of views that were released are gone." for gone in made)


def _done_once_more(
    kind: str, told: dict[str, Any], there: dict[int, Slot], hearing_id: str
) -> Iterator[str]:
    """Do one act on slots of our own, and yield what it could not have done."""
    if kind == SET:
        if any(number > told["slots"] and not one.is_free for number, one in there.items()):
            yield f"Hearing {hearing_id}: a slot was taken away while a comment had it."
        there |= {
            number: replace(there.get(number, Slot(number, 0, None)), minutes=told["minutes"])
            for number in range(1, told["slots"] + 1)
        }
        for number in [one for one in there if one > told["slots"]]:
            del there[number]
        return
    number, comment_id = told["slot"], told.get("comment")
    name = f"Slot {number} of hearing {hearing_id}"
    if number not in there:
        yield f"{name} was booked or freed, and was never set."
    elif kind == LENGTH:
        there[number] = replace(there[number], minutes=told["minutes"])
    elif kind == BOOKED:
        if not there[number].is_free:
            yield f"{name} was given to a second comment."
        there[number] = replace(there[number], comment_id=comment_id)
    else:
        if there[number].comment_id != comment_id:
            yield f"{name} was freed of a comment that did not have it."
        there[number] = replace(there[number], comment_id=None)


def _faults_of_slots(db: Connection, acts: _History) -> Iterator[str]:
    """Yield what is wrong with the slots: none was given twice, and the rows are as the acts left them.

    The acts are done once more, on slots of our own.
    """
    left: dict[str, dict[int, Slot]] = defaultdict(dict)
    for event, content in acts:
        told, hearing_id = _fields(content), event.subject.removeprefix("hearing:")
        yield from _done_once_more(event.kind, told, left[hearing_id], hearing_id)
    rows = select(slot, comment.c.state).outerjoin(comment, comment.c.comment_id == slot.c.comment_id)
    for row in db.execute(rows.order_by(slot.c.hearing_id, slot.c.number)):
        name = f"Slot {row.number} of hearing {row.hearing_id}"
        if left[row.hearing_id].pop(row.number, None) != Slot(row.number, row.minutes, row.comment_id):
            yield f"{name} is not as the ledger says."
        if row.comment_id is not None and row.state != State.PUBLISHED:
            yield f"{name} is given to a comment that is not published."
    for hearing_id, there in left.items():
        yield from (f"Slot {number} of hearing {hearing_id} is gone." for number in there)
