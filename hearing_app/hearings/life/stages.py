"""The life of a hearing: its stages, what makes each true, and what is possible in it.

``TABLE`` says it once. What depends on the clock is read from the document, in the hearing's own zone; what
somebody does, from the ledger's events about the hearing; that all is answered, from the answers. Nothing is
kept of it: a hearing is at no stage because somebody set it there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from hearing_app.errors import NotOpen
from hearing_app.hearings.answers.reading import answers_of, open_count
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life.local_time import end_of_day, said
from hearing_app.record.versions import versions_of
from hearing_app.registry.vocabulary import Term
from hearing_app.store.tables import ledger

AGENDA, HEARD, FOLLOWED_UP = "agenda.published", "hearing.heard", "hearing.followed_up"


class Stage(Term):
    """How far a hearing has come."""

    DRAFTED = "drafted", "Being prepared"
    ANNOUNCED = "announced", "Announced"
    OPEN = "open", "Open for comments"
    CLOSED = "closed", "Closed for comments"
    AGENDA_PUBLISHED = "agenda_published", "Agenda published"
    HEARD = "heard", "Heard"
    ANSWERED = "answered", "Answered"
    FOLLOWED_UP = "followed_up", "Followed up"
    CANCELLED = "cancelled", "Cancelled"


class Deed(Term):
    """What can be done in a hearing, at some stages and not at others."""

    COMMENT = "comment", "Comments"
    SIGN_UP = "sign up to speak", "Wishes to speak"
    WITHDRAW = "withdraw", "Withdrawing a comment"
    ARRANGE_AGENDA = "arrange the agenda", "Arranging the agenda"
    PUBLISH_AGENDA = "publish the agenda", "Publishing the agenda"
    TAKE_MINUTES = "take minutes", "Minutes"
    MARK_HEARD = "say that it was heard", "Saying that it was heard"
    ANSWER = "answer", "Answers"
    FOLLOW_UP = "follow up", "Following up"


@dataclass(frozen=True, slots=True)
class Row:
    """One stage: what makes it true, in words, and what is possible in it."""

    stage: Stage
    true_when: str
    possible: frozenset[Deed]


_D = Deed
TABLE = (
    Row(Stage.DRAFTED, "facilitators write it, and nothing of it is public", frozenset()),
    Row(Stage.ANNOUNCED, "its first version is published", frozenset({_D.ARRANGE_AGENDA})),
    Row(
        Stage.OPEN,
        "its opening moment has come, and its closing moment has not",
        frozenset({_D.COMMENT, _D.SIGN_UP, _D.WITHDRAW, _D.ARRANGE_AGENDA, _D.ANSWER}),
    ),
    Row(
        Stage.CLOSED,
        "its closing moment has come",
        frozenset({_D.SIGN_UP, _D.WITHDRAW, _D.ARRANGE_AGENDA, _D.PUBLISH_AGENDA, _D.MARK_HEARD, _D.ANSWER}),
    ),
    Row(
        Stage.AGENDA_PUBLISHED,
        "comments are closed and its agenda is published",
        frozenset(
            {_D.WITHDRAW, _D.ARRANGE_AGENDA, _D.PUBLISH_AGENDA, _D.TAKE_MINUTES, _D.MARK_HEARD, _D.ANSWER}
        ),
    ),
    Row(
        Stage.HEARD,
        "a facilitator has said that it was held",
        frozenset({_D.WITHDRAW, _D.TAKE_MINUTES, _D.ANSWER, _D.FOLLOW_UP}),
    ),
    Row(
        Stage.ANSWERED,
        "every comment that waits for an answer has one, and a hearing with a sitting was held",
        frozenset({_D.WITHDRAW, _D.TAKE_MINUTES, _D.ANSWER, _D.FOLLOW_UP}),
    ),
    Row(
        Stage.FOLLOWED_UP,
        "a facilitator has said what came of the answers",
        frozenset({_D.WITHDRAW, _D.TAKE_MINUTES, _D.ANSWER, _D.FOLLOW_UP}),
    ),
    Row(
        Stage.CANCELLED,
        "it was said in public that it will not be held",
        frozenset({_D.WITHDRAW, _D.ANSWER}),
    ),
)
"""The stages in their order; the last one ends any of those before it that is not yet heard."""

POSSIBLE = {row.stage: row.possible for row in TABLE}
_TRUE_WHEN = {row.stage: row.true_when for row in TABLE}
_ORDER = [row.stage for row in TABLE]


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a hearing. ``at`` is when it was, or will be, reached; ``None`` where no date is set."""

    stage: Stage
    at: datetime | None
    is_done: bool
    note: str


def sign_up_closes(hearing: Hearing) -> datetime:
    """Return until when a wish to speak is taken, in the hearing's zone."""
    closes = hearing.sign_up_closes_at or hearing.window[1]
    return closes.astimezone(ZoneInfo(hearing.time_zone))


def answers_due(hearing: Hearing) -> datetime:
    """Return the last minute in which answers are in time: so many whole days after it sits, or closes.

    The days are those of the hearing's own calendar: the hour of summer time does not move them.
    """
    zone = ZoneInfo(hearing.time_zone)
    last = (hearing.sitting.ends_at if hearing.sitting else hearing.window[1]).astimezone(zone)
    due = last.date() + timedelta(days=hearing.answer_within_days)
    return end_of_day(due, hearing.time_zone).astimezone(zone)


# The times within the stages: the moment from which, and the one until which, something is possible.
_Moment = Callable[[Hearing], datetime | None]
FROM: dict[Deed, _Moment] = {
    _D.PUBLISH_AGENDA: sign_up_closes,
    _D.TAKE_MINUTES: lambda hearing: hearing.sitting.starts_at if hearing.sitting else None,
    _D.MARK_HEARD: lambda hearing: hearing.sitting.starts_at if hearing.sitting else None,
}
UNTIL: dict[Deed, _Moment] = {_D.SIGN_UP: sign_up_closes}


def stage(db: Connection, hearing: Hearing, at: datetime | None = None) -> Stage:
    """Return how far a hearing has come at a moment."""
    now = _utc(at)
    if hearing.cancelled is not None and now >= hearing.cancelled.at.astimezone(UTC):
        return Stage.CANCELLED
    reached = [step.stage for step in timeline(db, hearing, now) if step.is_done]
    # What can be read from the document alone decides while comments can come: an agenda that is published
    # before that does not close a hearing.
    if not reached or reached[-1] is Stage.DRAFTED:
        return Stage.DRAFTED
    if Stage.CLOSED not in reached:
        return Stage.OPEN if Stage.OPEN in reached else Stage.ANNOUNCED
    return reached[-1]


def timeline(db: Connection, hearing: Hearing, at: datetime | None = None) -> list[Step]:
    """Return every stage of a hearing with its date, done or to come, as things stand at a moment.

    A hearing that was cancelled ends with that; what had not been reached by then is left out.
    """
    now = _utc(at)
    first = versions_of(db, "hearing", hearing.id)
    announced = first[0].published_at if first else None
    opens, closes = (one.astimezone(UTC) for one in hearing.window)
    happened = _happened(db, hearing.id, now)
    answered, waiting = _answered(db, hearing.id, now) if first else (None, 0)
    heard, followed = happened.get(HEARD), happened.get(FOLLOWED_UP)
    sits = hearing.sitting
    agenda_due = max(sign_up_closes(hearing).astimezone(UTC), closes)
    found = [
        Step(Stage.DRAFTED, None, is_done=True, note=""),
        _step(Stage.ANNOUNCED, announced, now, "" if announced else "once it is announced"),
        _step(Stage.OPEN, opens, now, "", needs=announced),
        _step(Stage.CLOSED, closes, now, "", needs=announced),
    ]
    if sits is not None or AGENDA in happened:
        agenda, early = happened.get(AGENDA), "not before this"
        found.append(
            Step(Stage.AGENDA_PUBLISHED, agenda or agenda_due, agenda is not None, "" if agenda else early)
        )
    if sits is not None or heard is not None:
        planned = sits.starts_at.astimezone(UTC) if sits else None
        found.append(Step(Stage.HEARD, heard or planned, heard is not None, ""))
    # Answers can be early: before comments are closed, and the hearing held, more of them may be needed.
    is_answered = answered is not None and now >= closes and (sits is None or heard is not None)
    if is_answered and answered is not None:
        moment, note = max(one for one in (answered, closes, heard) if one is not None), ""
    else:
        moment, note = answers_due(hearing).astimezone(UTC), _how_late(hearing, now, waiting)
    # Nobody answers to a demonstration, unless the answers are shown as well.
    if not hearing.demonstration or answered or waiting:
        found.append(Step(Stage.ANSWERED, moment, is_answered, note))
    if not hearing.demonstration or answered or followed:
        note = "" if followed else "no date is set"
        found.append(Step(Stage.FOLLOWED_UP, followed, followed is not None, note))
    if hearing.cancelled is not None and now >= (gone := hearing.cancelled.at.astimezone(UTC)):
        found = [one for one in found if one.is_done and (one.at is None or one.at <= gone)]
        found.append(Step(Stage.CANCELLED, gone, is_done=True, note=hearing.cancelled.reason))
    return found


def next_step(steps: list[Step]) -> Step | None:
    """Return the first stage that is still to come; ``None`` where nothing is."""
    done = [place for place, one in enumerate(steps) if one.is_done]
    after = steps[done[-1] + 1 :] if done else steps
    return after[0] if after else None


def is_possible(db: Connection, hearing: Hearing, deed: Deed, at: datetime | None = None) -> bool:
    """Return whether something can be done in a hearing at a moment."""
    now = _utc(at)
    return deed in POSSIBLE[stage(db, hearing, now)] and not _hindrance(db, hearing, deed, now)


def require_possible(db: Connection, hearing: Hearing, deed: Deed, at: datetime | None = None) -> None:
    """Raise ``NotOpen`` unless something can be done now; it says when that will be, or until when it was."""
    now = _utc(at)
    here = stage(db, hearing, now)
    if deed not in POSSIBLE[here]:
        told = _when(hearing, deed, here, now)
    elif not (told := _hindrance(db, hearing, deed, now)):
        return
    raise NotOpen(
        f"This is not possible now: to {deed}. The hearing is at the stage “{here.label}”.",
        kept="Nothing was changed.",
        next_step=told,
    )


def _when(hearing: Hearing, deed: Deed, here: Stage, now: datetime) -> str:
    """Return from when something is possible, or that its time is over."""
    if here is Stage.CANCELLED:
        return "It was cancelled, so this does not become possible any more."
    stages = [one for one in _ORDER if deed in POSSIBLE[one] and one is not Stage.CANCELLED]
    opens, closes = hearing.window
    ending = UNTIL[deed](hearing) if deed in UNTIL else closes if stages[-1] is Stage.OPEN else None
    if ending is not None and now >= _utc(ending):
        return f"It was possible until {said(ending, hearing.time_zone)}."
    if _ORDER.index(here) > _ORDER.index(stages[-1]):
        return "Its time is over."
    by_clock = {Stage.OPEN: opens, Stage.CLOSED: closes}.get(stages[0])
    own = FROM[deed](hearing) if deed in FROM else None
    moment = max((one for one in (by_clock, own) if one is not None), key=_utc, default=None)
    to_come = moment is not None and now < _utc(moment)
    # What a stage by the clock needs is said by the date; what somebody has to do first is said in words.
    first = "" if by_clock is not None else f"once {_TRUE_WHEN[stages[0]]}"
    parts = [f"on {said(moment, hearing.time_zone)}" if moment is not None and to_come else "", first]
    return f"It becomes possible {', '.join(part for part in parts if part)}."


def _hindrance(db: Connection, hearing: Hearing, deed: Deed, now: datetime) -> str:
    """Return what keeps something back that the stage allows; "" where nothing does."""
    opening = FROM[deed](hearing) if deed in FROM else None
    ending = UNTIL[deed](hearing) if deed in UNTIL else None
    if opening is not None and now < _utc(opening):
        return f"It becomes possible on {said(opening, hearing.time_zone)}."
    if ending is not None and now >= _utc(ending):
        return f"It was possible until {said(ending, hearing.time_zone)}."
    if deed is Deed.FOLLOW_UP and (waiting := _answered(db, hearing.id, now)[1]):
        return f"It becomes possible once nothing waits for an answer; {waiting} still {_wait(waiting)}."
    return ""


def _utc(at: datetime | None) -> datetime:
    # Two times of one zone are compared by the clock on the wall, which shows an hour in October twice.
    return (at or datetime.now(UTC)).astimezone(UTC)


def _step(which: Stage, at: datetime | None, now: datetime, note: str, *, needs: object = True) -> Step:
    return Step(which, at, at is not None and now >= at and needs is not None, note)


def _happened(db: Connection, hearing_id: str, now: datetime) -> dict[str, datetime]:
    """Return when each of the acts that make a stage was first done, up to a moment."""
    query = (
        select(ledger.c.kind, ledger.c.at)
        .where(ledger.c.subject == f"hearing:{hearing_id}", ledger.c.kind.in_((AGENDA, HEARD, FOLLOWED_UP)))
        .order_by(ledger.c.seq)
    )
    found: dict[str, datetime] = {}
    for kind, moment in db.execute(query):
        if moment <= now:
            found.setdefault(kind, moment)
    return found


def _answered(db: Connection, hearing_id: str, now: datetime) -> tuple[datetime | None, int]:
    """Return when the last answer was given, where none is waited for any more; and how many still are."""
    waiting = open_count(db, hearing_id)
    given = [one.given_at for one in answers_of(db, hearing_id)]
    if waiting or not given or max(given) > now:
        return None, waiting
    return max(given), 0


def _how_late(hearing: Hearing, now: datetime, waiting: int) -> str:
    late = now > answers_due(hearing).astimezone(UTC)
    if waiting:
        return f"{waiting} still {_wait(waiting)} for an answer{', and it is overdue' if late else ''}"
    return "no answer has been given" if late else "at the latest"


def _wait(count: int) -> str:
    return "wait" if count > 1 else "waits"
