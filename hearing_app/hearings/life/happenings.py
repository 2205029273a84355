"""What happened in a hearing, in words: one table for the kinds of events that the public is told of.

The history of a hearing and its feed are made from the ledger's events about it, and from the moments that no
event marks because nobody does anything then: comments open, comments close, and a day is over by which an
answer was due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hearing_app.hearings.answers.reading import waits_of
from hearing_app.hearings.answers.terms import AnswerKind
from hearing_app.hearings.comments.cards import ENTERED, PRINTED
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life.changes import LoggedChange, log_of
from hearing_app.hearings.life.local_time import said
from hearing_app.record.ledger import contents
from hearing_app.record.versions import version_of
from hearing_app.registry.published import names_of_agencies

Fields = Mapping[str, Any]
# A line of a feed is read on a phone.
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """How an event is told: its title, and a sentence made from what it says in public."""

    title: str
    words: Callable[[Fields], str]


def _on_a_day(told: Fields) -> str:
    return f"On {told['on']}. {told.get('note', '')}".strip()


def _comments(told: Fields) -> str:
    count = len(told["comments"])
    return "1 comment" if count == 1 else f"{count} comments"


def _asked(told: Fields) -> str:
    return f"{told['heading']} ({_comments(told)})."


def _answered(told: Fields) -> str:
    return f"{AnswerKind(told['kind']).label}, in answer to {_comments(told)}. {told['text']}"


KINDS: dict[str, Kind] = {
    "hearing.heard": Kind("The hearing was held", _on_a_day),
    "hearing.followed_up": Kind("What came of it", _on_a_day),
    "agenda.published": Kind("The agenda was published", lambda told: "The order of items and speakers."),
    "lottery.seed": Kind(
        "Sign-up closed, and the seed of the lottery was published", lambda told: f"It is {told['seed']}."
    ),
    "minutes.published": Kind("The minutes were published", lambda told: f"{told['entries']} entries."),
    "minutes.private_erased": Kind(
        "Notes were erased, because the minutes were never published",
        lambda told: f"{len(told['entries'])} notes. What was decided stays.",
    ),
    "slots.set": Kind(
        "Speaking slots were set", lambda told: f"{told['slots']} slots of {told['minutes']} minutes."
    ),
    "answer.asked": Kind("An agency was asked for an answer", _asked),
    "answer.given": Kind("An agency answered", _answered),
    "review.announced": Kind(
        "The seed of the next second readings was fixed", lambda told: f"Its hash is {told['seed_hash']}."
    ),
    "review.drawn": Kind(
        "Decided comments were drawn to be read again",
        lambda told: f"{told['drawn']} of {told['decided']}, with the seed {told['seed']}.",
    ),
    "moderation.released": Kind(
        "Refusals were counted", lambda told: f"{told['rejected']} refused, {told['others']} others."
    ),
    "opinions.released": Kind("Views were counted", lambda told: f"{told['people']} people are counted."),
}
"""By the event's kind, with the subject "hearing:ID". What is not here is not told in public words."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. ``name`` is the same for ever: readers of feeds know it again by it."""

    name: str
    at: datetime
    title: str
    words: str


def happenings(db: Connection, hearing: Hearing, at: datetime | None = None) -> list[Happening]:
    """Return what has happened in a hearing up to a moment, the newest first."""
    now = (at or datetime.now(UTC)).astimezone(UTC)
    found = _versions(db, hearing)
    found += [one for one in _by_the_clock(hearing) if one.at <= now]
    found += _overdue(db, hearing, now)
    on_paper: dict[tuple[str, date], list[tuple[datetime, int]]] = defaultdict(list)
    for event, content in contents(db, subject=f"hearing:{hearing.id}"):
        kind = KINDS.get(event.kind)
        if kind is not None:
            told = content.fields if content is not None else None
            words = kind.words(told) if told is not None else ""
            found.append(Happening(f"event:{event.seq}", event.at, kind.title, words))
        elif event.kind in (PRINTED, ENTERED):
            cards = content.fields.get("cards", 1) if content is not None else 1
            on = event.at.astimezone(ZoneInfo(hearing.time_zone)).date()
            on_paper[event.kind, on].append((event.at, int(cards)))
    found += [_of_cards(kind, on, told) for (kind, on), told in on_paper.items()]
    found.sort(key=lambda one: (one.at, one.name), reverse=True)
    return found


def _versions(db: Connection, hearing: Hearing) -> list[Happening]:
    log = log_of(db, hearing.id)
    found = [Happening(f"version:{one.version}", one.at, _title(one), _words(one)) for one in log]
    if first := version_of(db, "hearing", hearing.id, 1):
        words = str(first.document.get("summary", ""))
        found.append(Happening("version:1", first.published_at, "The hearing was announced", words))
    return found


def _title(one: LoggedChange) -> str:
    cancelled = any(change.field == "cancelled" for change in one.changes)
    return "The hearing was cancelled" if cancelled else "The announcement was changed"


def _words(one: LoggedChange) -> str:
    parts = [
        f"{change.title}: {change.before or 'not given'} → {change.after or 'not given'}."
        for change in one.changes
        if change.field != "cancelled"
    ]
    return " ".join([one.reason, *parts]).strip()


def _by_the_clock(hearing: Hearing) -> list[Happening]:
    zone, (opens, closes) = hearing.time_zone, hearing.window
    found = [
        Happening("opened", opens.astimezone(UTC), "Comments are open", f"Until {said(closes, zone)}."),
        Happening("closed", closes.astimezone(UTC), "Comments are closed", f"Since {said(closes, zone)}."),
    ]
    if hearing.cancelled is None:
        return found
    gone = hearing.cancelled.at.astimezone(UTC)
    return [one for one in found if one.at <= gone]


def _of_cards(kind: str, on: date, told: Sequence[tuple[datetime, int]]) -> Happening:
    """Return one line for a day: whose card it was, and which, is told nowhere."""
    moment, count = max(at for at, _ in told), sum(cards for _, cards in told)
    if kind == PRINTED:
        words = f"{count} got a number, letters that came without one among them."
        return Happening(f"printed:{on}", moment, "Cards for comments on paper were printed", words)
    words = "1 comment." if count == 1 else f"{count} comments."
    return Happening(f"entered:{on}", moment, "Comments on paper were taken in", words)


def _overdue(db: Connection, hearing: Hearing, now: datetime) -> list[Happening]:
    """Return a line for each day by which an agency owed an answer and gave none, also where it came later.

    Nobody owes anything in a demonstration. A question that is published no more waits for nothing.
    """
    if hearing.demonstration:
        return []
    missed: dict[tuple[datetime, str], list[str]] = defaultdict(list)
    for one in waits_of(db, hearing):
        for due in one.missed_by(now):
            missed[due, one.agency].append(one.comment_id)
    if not missed:
        return []
    names, found = names_of_agencies(db), list[Happening]()
    for (due, agency), comment_ids in missed.items():
        local = due.astimezone(ZoneInfo(hearing.time_zone))
        who = names.get(agency, agency) or "The agency"
        count = "1 comment" if len(comment_ids) == 1 else f"{len(comment_ids)} comments"
        listed = ", ".join(sorted(comment_ids)[:_MOST_LISTED])
        more = len(comment_ids) - _MOST_LISTED
        rest = f", and {more} more" if more > 0 else ""
        words = f"{who} had not answered {count} by {local.day} {local:%B %Y}: {listed}{rest}."
        name = f"overdue:{agency}:{local.date()}"
        found.append(Happening(name, due, "An answer was due, and was not there", words))
    return found
