"""The life of a hearing as its page shows it: steps with their dates, what is heard, notice, and changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy import Connection

from hearing_app.documents.render import render, rendered
from hearing_app.documents.words import day, plural, zone_name
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life.announcing import present_versions
from hearing_app.hearings.life.changes import history_of, log_of
from hearing_app.hearings.life.heard import Note, notes_of
from hearing_app.hearings.life.local_time import offset
from hearing_app.hearings.life.notice import Notice, notices
from hearing_app.hearings.life.stages import HEARD, Stage, Step, answers_due, next_step, stage, timeline
from hearing_app.record.versions import versions_of

_SHAPES = {"done": "●", "now": "◐", "next": "○", "later": "○"}
_NEXT = {
    Stage.ANNOUNCED: "it is announced",
    Stage.OPEN: "comments open",
    Stage.CLOSED: "comments close",
    Stage.AGENDA_PUBLISHED: "the agenda is published",
    Stage.HEARD: "it sits",
    Stage.ANSWERED: "answers are due",
    Stage.FOLLOWED_UP: "what came of it",
}
_LABELS = {Stage.HEARD: "Held", Stage.ANSWERED: "All answered", Stage.FOLLOWED_UP: "What came of it"}


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One line of the timeline: the stage, its date in the hearing's zone, and done, now, next or later."""

    label: str
    when: str
    word: str
    shape: str
    note: str


@dataclass(frozen=True, slots=True)
class Heard:
    """One system that is heard: the version that is pinned, and the present one; 0 where there is none."""

    id: str
    name: str
    version: int
    present: int

    @property
    def is_older(self) -> bool:
        """Whether a newer version was published since."""
        return 0 < self.version < self.present


@dataclass(frozen=True, slots=True)
class Life:
    """What stands on a hearing's page about its dates and its documents."""

    stage: Stage
    steps: tuple[ShownStep, ...]
    heard: tuple[Heard, ...]
    notice: str
    sitting: str
    sign_up: str
    answers_due: str
    notes: tuple[tuple[str, Note], ...]
    log: Markup


def life_of(
    db: Connection, hearing: Hearing, names: Mapping[str, str], *, at: datetime | None = None
) -> Life:
    """Read what a hearing's page says about its life; of a draft, as if it were announced now."""
    now = at or datetime.now(UTC)
    history = history_of(versions_of(db, "hearing", hearing.id))
    if not history or history[-1][1] != hearing:
        history = [*history, (now, hearing)]
    present = present_versions(db)
    zone = hearing.time_zone
    return Life(
        stage=stage(db, hearing, now),
        steps=tuple(shown_steps(timeline(db, hearing, now), zone)),
        heard=tuple(
            Heard(system, names.get(system, system), hearing.versions.get(system, 0), present.get(system, 0))
            for system in hearing.systems
        ),
        notice=notice_in_words(notices(history), hearing),
        sitting=_sitting(hearing),
        sign_up=when(hearing.sign_up_closes_at, zone) if hearing.sign_up_closes_at else "",
        answers_due="" if hearing.demonstration else day(answers_due(hearing)),
        notes=tuple(
            ("It was held" if one.kind == HEARD else "What came of it", one)
            for one in notes_of(db, hearing.id)
        ),
        log=rendered(log_html(db, hearing.id, zone)),
    )


def shown_steps(steps: Sequence[Step], zone: str) -> list[ShownStep]:
    """Return the steps as lines of the timeline; that it was being prepared says nothing to the public."""
    public = [one for one in steps if one.stage is not Stage.DRAFTED]
    done = [place for place, one in enumerate(public) if one.is_done]
    last = done[-1] if done else -1
    found = []
    for place, one in enumerate(public):
        word = "now" if place == last else "done" if one.is_done else "next" if place == last + 1 else "later"
        found.append(
            ShownStep(
                _LABELS.get(one.stage, one.stage.label),
                when(one.at, zone) if one.at else "",
                word,
                _SHAPES[word],
                one.note,
            )
        )
    return found


def when(at: datetime, zone: str) -> str:
    """Return a moment in a hearing's zone and its offset: "1 June 2026 at 09:00 (London time, UTC+01:00)"."""
    local = at.astimezone(ZoneInfo(zone))
    named = zone if zone == "UTC" else f"{zone_name(zone)}, {offset(local)}"
    return f"{day(local)} at {local:%H:%M} ({named})"


def next_in_words(db: Connection, hearing: Hearing, *, at: datetime | None = None) -> str:
    """Return the next step of a hearing for a list: "Next: it sits, 1 June 2026 at 18:00 (UTC)"."""
    step = next_step(timeline(db, hearing, at))
    if step is None or step.at is None:
        return ""
    note = f", {step.note}" if step.note else ""
    return f"Next: {_NEXT[step.stage]}{note}, {when(step.at, hearing.time_zone)}"


def notice_in_words(given: Sequence[Notice], hearing: Hearing) -> str:
    """Return how much notice was given, and why it is shorter than it should be."""
    if hearing.demonstration or not given:
        return ""
    parts = [f"{plural(max(one.days, 0), 'day')} before it {one.what}" for one in given]
    told = f"Announced {' and '.join(parts)}"
    if not any(one.is_short for one in given):
        return f"{told}; at least {hearing.notice_days} are kept."
    ground = f" The ground for this: {hearing.notice_ground}" if hearing.notice_ground else ""
    short = " and before it ".join(one.what for one in given if one.is_short)
    needed = f"{hearing.notice_days} days should be given before it {short}"
    return f"{told}; {needed}.{ground}"


def log_html(db: Connection, hearing_id: str, zone: str) -> str:
    """Return the public log of changes, the newest first; "" where nothing was changed."""
    log = log_of(db, hearing_id)
    shown = [(one, when(one.at, zone)) for one in log]
    return render("hearing_log", log=shown) if log else ""


def _sitting(hearing: Hearing) -> str:
    if hearing.sitting is None:
        return ""
    zone = ZoneInfo(hearing.time_zone)
    starts, ends = (one.astimezone(zone) for one in (hearing.sitting.starts_at, hearing.sitting.ends_at))
    until = f"{ends:%H:%M}" if ends.date() == starts.date() else f"{day(ends)} at {ends:%H:%M}"
    return f"{day(starts)}, {starts:%H:%M} to {until} ({zone_name(hearing.time_zone)}, {offset(starts)})"
