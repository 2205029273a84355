"""What may still change in a hearing once it is announced, and the public log of what did.

People plan by what was announced, and write to what they were asked: the table says until which stage each
field may change. Every change has a reason, which stands in public beside what was and what is now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hearing_app.errors import Fault
from hearing_app.hearings.hearing import Cancellation, Hearing, Question, Sitting
from hearing_app.hearings.life.local_time import said
from hearing_app.hearings.life.stages import Stage, sign_up_closes
from hearing_app.record.versions import Version, versions_of


@dataclass(frozen=True, slots=True)
class Rule:
    """One field: what it is called, the last stage in which it may change, and the field of the form."""

    title: str
    until: Stage
    form: str


_S = Stage
FIELDS: dict[str, Rule] = {
    "title": Rule("Title", _S.FOLLOWED_UP, "title"),
    "summary": Rule("What it is about", _S.FOLLOWED_UP, "summary"),
    "convened_by": Rule("Held by", _S.FOLLOWED_UP, "convened_by"),
    "contact": Rule("Contact", _S.FOLLOWED_UP, "contact"),
    "what_happens_next": Rule("What happens next", _S.FOLLOWED_UP, "what_happens_next"),
    "demonstration": Rule("Whether it is a demonstration", _S.DRAFTED, "demonstration"),
    "time_zone": Rule("Time zone", _S.ANNOUNCED, "time_zone"),
    "systems": Rule("What is heard", _S.ANNOUNCED, "systems"),
    "versions": Rule("The versions that are heard", _S.ANNOUNCED, "systems"),
    "questions": Rule("Questions", _S.OPEN, "questions"),
    "opens_at": Rule("Comments open", _S.ANNOUNCED, "opens"),
    "closes_at": Rule("Comments close", _S.OPEN, "closes"),
    "sign_up_closes_at": Rule("Sign-up to speak ends", _S.OPEN, "sign_up"),
    "sitting": Rule("The sitting", _S.AGENDA_PUBLISHED, "sits"),
    "answer_within_days": Rule("Days for answers", _S.OPEN, "answer_within_days"),
    "notice_days": Rule("Days of notice", _S.ANNOUNCED, "notice_days"),
    "notice_ground": Rule("Why the notice is shorter", _S.AGENDA_PUBLISHED, "notice_ground"),
    "holidays": Rule("Public holidays", _S.ANNOUNCED, "holidays"),
    "cancelled": Rule("Cancelled", _S.AGENDA_PUBLISHED, "cancelled"),
}
"""Every field of a hearing that can differ between two versions."""

_ORDER = list(Stage)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs between two versions, in words; "" where nothing was, or is, given."""

    field: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """One version after the first: when it was published, why, and what is different in it."""

    version: int
    at: datetime
    reason: str
    changes: tuple[FieldChange, ...]


def differing(before: Hearing, after: Hearing) -> tuple[FieldChange, ...]:
    """Return the fields in which two versions of a hearing differ, in the order of the table."""
    return tuple(
        FieldChange(name, rule.title, in_words(before, name), in_words(after, name))
        for name, rule in FIELDS.items()
        if getattr(before, name) != getattr(after, name)
    )


def log_of(db: Connection, hearing_id: str) -> list[LoggedChange]:
    """Return what was changed in a hearing since it was announced, the newest first."""
    history = versions_of(db, "hearing", hearing_id)
    return [
        LoggedChange(now.version, now.published_at, now.note, differing(_of(was), _of(now)))
        for was, now in reversed(list(pairwise(history)))
    ]


def faults_of_change(before: Hearing, after: Hearing, here: Stage, *, comments: int) -> list[Fault]:
    """Return what may not change any more; ``here`` is the stage, ``comments`` how many have come in."""
    if here is Stage.CANCELLED:
        return [Fault("", "", "The hearing was cancelled.", "Prepare a new one.")]
    found = [
        Fault(
            "",
            FIELDS[name].form,
            f"{FIELDS[name].title}: this cannot change any more.",
            _as_it_was(before, name),
        )
        for name in (one.field for one in differing(before, after))
        if _ORDER.index(here) > _ORDER.index(FIELDS[name].until)
    ]
    if found:
        return found
    gone = [name for name in before.systems if name not in after.systems]
    if gone:
        found.append(
            Fault(
                "", "systems", f"Systems were announced and are gone: {', '.join(gone)}.", "Add them again."
            )
        )
    if comments and before.questions != after.questions:
        found.append(
            Fault(
                "",
                "questions",
                "People have answered these questions already.",
                "Put them back as they were.",
            )
        )
    if here is Stage.OPEN:
        found += _narrowed(before, after)
    return found


def _narrowed(before: Hearing, after: Hearing) -> list[Fault]:
    """Return where somebody would have less time than was promised when it opened."""
    found = []
    if after.window[1].astimezone(UTC) < before.window[1].astimezone(UTC):
        found.append(
            Fault(
                "",
                "closes",
                "The time for comments may be made longer, not shorter, once it is open.",
                _as_it_was(before, "closes_at"),
            )
        )
    was, now = (sign_up_closes(one).astimezone(UTC) for one in (before, after))
    if now < was and (before.sign_up_closes_at or after.sign_up_closes_at):
        found.append(
            Fault(
                "",
                "sign_up",
                "The time to sign up may be made longer, not shorter, once it is open.",
                _as_it_was(before, "sign_up_closes_at"),
            )
        )
    if after.answer_within_days > before.answer_within_days:
        found.append(
            Fault(
                "",
                "answer_within_days",
                "Answers were promised sooner.",
                _as_it_was(before, "answer_within_days"),
            )
        )
    return found


def _as_it_was(before: Hearing, name: str) -> str:
    words = in_words(before, name)
    return f"It was: {words}." if words and len(words) < 200 else "Put it back as it was."


def in_words(hearing: Hearing, name: str) -> str:
    """Return a field of a hearing in words; its moments in its own zone."""
    value = getattr(hearing, name)
    match value:
        case None:
            words = ""
        case bool():
            words = "yes" if value else "no"
        case datetime():
            words = said(value, hearing.time_zone)
        case Sitting():
            words = _sitting(value, hearing.time_zone)
        case Cancellation():
            words = value.reason
        case dict():
            words = ", ".join(f"{system} in version {number}" for system, number in sorted(value.items()))
        case tuple():
            words = " ".join(_item(number, one) for number, one in enumerate(value, 1))
        case _:
            words = str(value)
    return words


def _item(number: int, one: object) -> str:
    if isinstance(one, Question):
        return f"{number}. {one.text}{f' ({one.system})' if one.system else ''}"
    return f"{number}. {one}"


def _sitting(sitting: Sitting, zone: str) -> str:
    parts = [
        f"{said(sitting.starts_at, zone)} to {_until(sitting, zone)}",
        sitting.place,
        *([sitting.online] if sitting.online else []),
        f"{sitting.speaking_minutes} minutes for speakers",
    ]
    return "; ".join(parts)


def _until(sitting: Sitting, zone: str) -> str:
    starts, ends = (one.astimezone(ZoneInfo(zone)) for one in (sitting.starts_at, sitting.ends_at))
    return f"{ends:%H:%M}" if starts.date() == ends.date() else said(ends, zone)


def _of(version: Version) -> Hearing:
    return Hearing.model_validate(version.document)


def history_of(history: Sequence[Version]) -> list[tuple[datetime, Hearing]]:
    """Return the versions of a hearing with the moment at which each was published."""
    return [(one.published_at, _of(one)) for one in history]
