"""A hearing: what is heard, what the public is asked, and when it is open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from holidays import list_supported_countries
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator
from sqlalchemy import Connection

from hearing_app.errors import Fault, NotFound
from hearing_app.hearings.release import release_opinions
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.versions import Version, latest_version, latest_versions, publish_version, versions_of
from hearing_app.registry.text import Line, Prose, Slug, refuse


class Phase(StrEnum):
    """Where a hearing stands at a moment, as far as its document says it: what comments go by.

    ``stages.Stage`` goes on from here with what happened since, as the ledger says.
    """

    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"


class Question(BaseModel):
    """One question that the hearing puts to the public."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Slug
    text: Line
    system: Slug | None = Field(None, description="The system that it is about, where it is about one alone.")


class Sitting(BaseModel):
    """When and where the hearing itself is held, and how long the public may speak in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    place: Line
    online: Line | None = Field(None, description="How it can be followed from elsewhere.")
    speaking_minutes: int = Field(ge=1, le=960, description="Minutes for all who wish to speak, together.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts_at.astimezone(UTC) >= self.ends_at.astimezone(UTC):
            raise refuse("It ends before it starts.", "Set ends_at later than starts_at.")
        return self


class Cancellation(BaseModel):
    """That a hearing will not be held, since when that is said, and why. What was written stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: AwareDatetime
    reason: Prose


class Hearing(BaseModel):
    """A hearing on one or more systems, as it is published.

    The window is either two moments with their zone, or ``open_for_days`` counted from the moment of first
    publication; what is published always has the two moments.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, title="Hearing")

    id: Slug
    title: Line
    summary: Prose
    convened_by: Line = Field(description="The body that holds the hearing, by its office, not a person.")
    demonstration: bool = Field(description="True for a hearing that only shows how the service works.")
    systems: tuple[Slug, ...] = Field(min_length=1, description="Ids of the systems that are heard.")
    questions: tuple[Question, ...] = Field(min_length=1, max_length=12)
    time_zone: str = Field(description="IANA name of the zone in which the hearing's times are read.")
    opens_at: AwareDatetime | None = None
    closes_at: AwareDatetime | None = None
    open_for_days: int | None = Field(None, ge=1, le=365)
    what_happens_next: Prose
    contact: Line | None = None
    versions: dict[Slug, int] = Field(
        default_factory=dict, description="The version of each system's entry that is heard, by the system."
    )
    sitting: Sitting | None = None
    sign_up_closes_at: AwareDatetime | None = Field(
        None, description="Until when a wish to speak is taken; without it, until comments close."
    )
    answer_within_days: int = Field(28, ge=1, le=365, description="Days that an authority has for an answer.")
    notice_days: int = Field(
        14, ge=0, le=365, description="Days by which it is announced before it opens, and before it sits."
    )
    notice_ground: Line | None = Field(None, description="Why the notice is shorter, where it is.")
    holidays: str | None = Field(
        None, description="Whose public holidays are no working days: GB, or with a part GB-ENG."
    )
    cancelled: Cancellation | None = None

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            problem = f"“{name[:60]}” is no time zone of the IANA list."
            raise refuse(problem, "Use a name such as Europe/London.") from error
        return name

    @field_validator("holidays")
    @classmethod
    def _known_holidays(cls, name: str | None) -> str | None:
        if name is not None and not knows_holidays(name):
            problem = f"The holidays of “{name[:20]}” are not known."
            raise refuse(problem, "Use the code of a country, such as GB, with a part as in GB-ENG.")
        return name

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        if self.open_for_days is not None:
            if self.opens_at or self.closes_at:
                raise refuse("The window is given twice.", "Give open_for_days, or opens_at and closes_at.")
        elif self.opens_at is None or self.closes_at is None:
            raise refuse("The window is missing.", "Give open_for_days, or opens_at and closes_at.")
        elif self.opens_at >= self.closes_at:
            raise refuse("It closes before it opens.", "Set closes_at later than opens_at.")
        return self

    @property
    def window(self) -> tuple[datetime, datetime]:
        """Opening and closing moment, in the hearing's own zone. A file's relative window has none yet."""
        if self.opens_at is None or self.closes_at is None:
            raise ValueError("the window is set at publication")
        zone = ZoneInfo(self.time_zone)
        return self.opens_at.astimezone(zone), self.closes_at.astimezone(zone)

    def phase(self, at: datetime | None = None) -> Phase:
        """Return the phase; a hearing is open from its opening moment up to, not at, its closing moment.

        From the moment on at which it was cancelled, it takes no comments.
        """
        opens, closes = self.window
        # Two times of one zone are compared by the clock on the wall, which shows an hour in October twice.
        now = (at or datetime.now(UTC)).astimezone(UTC)
        if self.cancelled is not None and now >= self.cancelled.at.astimezone(UTC):
            return Phase.CLOSED
        if now < opens:
            return Phase.ANNOUNCED
        return Phase.OPEN if now < closes else Phase.CLOSED


def knows_holidays(name: str) -> bool:
    """Return whether the holidays of a country, or of a part of it, are known: "GB", "GB-ENG"."""
    country, _, part = name.partition("-")
    known = list_supported_countries(include_aliases=False)
    return country in known and (not part or part in known[country])


def check_hearings(documents: Iterable[tuple[str, Hearing]], system_ids: Collection[str]) -> list[Fault]:
    """Return what does not fit between hearings, each with its file's name, and the register."""
    found: list[Fault] = []
    seen: set[str] = set()
    for file, hearing in documents:
        if hearing.id != Path(file).stem:
            repair = f"Rename the file to {hearing.id}.yaml, or correct the id."
            found.append(Fault(file, "id", f"“{hearing.id}” is not the file's name.", repair))
        if hearing.id in seen:
            found.append(Fault(file, "id", f"“{hearing.id}” is used twice.", "Give each hearing its own id."))
        seen.add(hearing.id)
        found += [
            Fault(
                file,
                f"systems.{place}",
                f"There is no system “{system}” in the register.",
                f"Use one of: {', '.join(sorted(system_ids))}.",
            )
            for place, system in enumerate(hearing.systems)
            if system not in system_ids
        ]
        found += [Fault(file, *one) for one in misfits(hearing)]
    return found


def misfits(hearing: Hearing) -> list[tuple[str, str, str]]:
    """Return what does not fit within one hearing: the field, the problem, and the repair."""
    found = [
        (f"questions.{place}.system", "It is about a system that is not heard.", "Choose one that is heard.")
        for place, question in enumerate(hearing.questions)
        if question.system is not None and question.system not in hearing.systems
    ]
    ids = [question.id for question in hearing.questions]
    found += [
        (f"questions.{place}.id", f"“{name}” is used twice.", "Give each question its own id.")
        for place, name in enumerate(ids)
        if name in ids[:place]
    ]
    found += [
        (f"versions.{system}", "A version is given of a system that is not heard.", "Take it out.")
        for system in hearing.versions
        if system not in hearing.systems
    ]
    return found


def publish_hearing(
    db: Connection,
    actor: Actor,
    hearing: Hearing,
    *,
    note: str,
    at: datetime | None = None,
    act: Act = Act.PUBLISH_DOCUMENTS,
    more: Mapping[str, object] | None = None,
) -> Version:
    """Publish a hearing; a window that is counted in days begins with its first publication.

    A system whose version is not named is heard in the version that stands when the hearing is first
    published with it. ``act`` is the office by which it is done: the operator's, or that of the facilitators,
    whose drafts are checked by then (``announcing``); ``more`` stands in the event.
    """
    require(actor, act)
    when = at or datetime.now(UTC)
    before = latest_version(db, "hearing", hearing.id)
    if before is not None:
        release_opinions(db, Hearing.model_validate(before.document), at=when)
    if hearing.open_for_days is not None:
        hearing = _with_window(db, hearing, when)
    hearing = hearing.model_copy(update={"versions": _pinned(db, hearing, before)})
    return publish_version(
        db,
        actor=actor.name,
        kind="hearing",
        document_id=hearing.id,
        document=hearing.model_dump(mode="json"),
        note=note,
        more=more,
        at=when,
    )


def _with_window(db: Connection, hearing: Hearing, when: datetime) -> Hearing:
    """Return a hearing with the two moments of a window that is counted in days."""
    # Published again, a window in days is still counted from the first time: nothing reopens by itself.
    history = versions_of(db, "hearing", hearing.id)
    first = history[0].published_at if history else when
    opens = first.astimezone(UTC).replace(second=0, microsecond=0)
    # It closes at the end of a day in the hearing's own zone: easier to say and to remember. The days are
    # counted on that zone's calendar, so the hour that summer time adds or takes cannot move the day.
    last_day = opens.astimezone(ZoneInfo(hearing.time_zone)) + timedelta(days=hearing.open_for_days or 0)
    closes = last_day.replace(hour=23, minute=59)
    return hearing.model_copy(
        update={"opens_at": opens, "closes_at": closes.astimezone(UTC), "open_for_days": None}
    )


def _pinned(db: Connection, hearing: Hearing, before: Version | None) -> dict[str, int]:
    """Return the version in which each system is heard: as named, else as before, else the present one.

    A system that was announced without a version stays without: nobody said then which one is heard.
    """
    known: Mapping[str, int] = before.document.get("versions", {}) if before else {}
    announced = set(before.document["systems"]) if before else set()
    pinned = {**{system: known[system] for system in hearing.systems if system in known}, **hearing.versions}
    for system in hearing.systems:
        present = latest_version(db, "system", system) if system not in {*pinned, *announced} else None
        if present is not None:
            pinned[system] = present.version
    return {system: pinned[system] for system in sorted(pinned)}


def hearing_of(db: Connection, hearing_id: str) -> Hearing:
    """Return the hearing as it is published now; raise ``NotFound`` when there is none."""
    version = latest_version(db, "hearing", hearing_id)
    if version is None:
        raise NotFound(
            f"There is no hearing “{hearing_id[:60]}”.",
            kept="",
            next_step="Look for it in the list of hearings.",
        )
    return Hearing.model_validate(version.document)


def all_hearings(db: Connection) -> list[Hearing]:
    """Return every published hearing: open ones first, soonest to close first; then the newest.

    A demonstration that was cancelled has nothing left to show, and is not listed.
    """
    documents = [Hearing.model_validate(version.document) for version in latest_versions(db, "hearing")]
    hearings = [one for one in documents if not (one.demonstration and one.cancelled)]
    now = datetime.now(UTC)
    opened = sorted((h for h in hearings if h.phase(now) is Phase.OPEN), key=lambda h: h.window[1])
    others = sorted(
        (h for h in hearings if h.phase(now) is not Phase.OPEN), key=lambda h: h.window[0], reverse=True
    )
    return opened + others


def hearings_on(db: Connection, system_id: str) -> list[Hearing]:
    """Return the hearings in which a system is heard, in the order of ``all_hearings``."""
    return [hearing for hearing in all_hearings(db) if system_id in hearing.systems]
