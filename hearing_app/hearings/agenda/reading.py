"""A hearing's agenda: its items in their order, who speaks in which, and the comments that lie behind them.

What is published is a version, kept for ever. It holds numbers of comments and no words: whose comment is
withdrawn or taken down has no name, no words and no slot on any version from that moment on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from hearing_app.errors import NotFound
from hearing_app.hearings.agenda.slots import MOST_MINUTES, slots_by_comment
from hearing_app.hearings.hearing import Hearing, hearing_of
from hearing_app.hearings.vocabulary import Consent, State
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.registry.text import Line
from hearing_app.registry.vocabulary import Term
from hearing_app.store.tables import agenda_draft, agenda_version, comment

PUBLISHED = "agenda.published"
MOST_ITEMS, LONGEST_ITEM = 60, 480
CommentNumber = Annotated[str, Field(pattern=r"^[A-Z]-\d{4}-[0-9A-Z]{1,12}$")]


class ItemKind(Term):
    """What happens in an item."""

    OPENING = "opening", "Opening"
    STATEMENT = "statement", "Statement of the force"
    COMMENTS = "comments", "The public speaks"
    QUESTIONS = "questions", "Questions to the force"
    DECISION = "decision", "Decision"
    BREAK = "break", "Break"
    CLOSING = "closing", "Closing"
    OTHER = "other", "Other"


class Place(BaseModel):
    """One turn to speak in an item. ``locked`` keeps who has it when an agenda is proposed anew."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    minutes: int = Field(ge=1, le=MOST_MINUTES)
    comment_id: CommentNumber | None = None
    locked: bool = False


class Item(BaseModel):
    """One item. ``minutes`` are its own, beside those of the places in it; ``id`` stays when it moves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int = Field(ge=1)
    title: Line
    kind: ItemKind
    minutes: int = Field(0, ge=0, le=LONGEST_ITEM)
    system_id: str = Field("", max_length=80)
    question_id: str = Field("", max_length=80)
    theme: str = Field("", max_length=200)
    comment_ids: tuple[CommentNumber, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def all_minutes(self) -> int:
        """Its own minutes and those of everyone who speaks in it."""
        return self.minutes + sum(one.minutes for one in self.places)


class InLine(BaseModel):
    """Somebody who waits for a place, with the id of why (``proposing.WHY``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    comment_id: CommentNumber
    why: str = Field(max_length=20)


class Arrangement(BaseModel):
    """An agenda as it is drafted and published. ``drawn`` are all wishes that the draw put in an order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: tuple[Item, ...] = ()
    waiting: tuple[InLine, ...] = ()
    drawn: tuple[CommentNumber, ...] = ()
    by_lottery: bool = False

    @property
    def minutes(self) -> int:
        """How long it takes as a whole."""
        return sum(item.all_minutes for item in self.items)

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place, in the order in which people speak: the first has slot 1."""
        return tuple(place for item in self.items for place in item.places)

    @property
    def speakers(self) -> tuple[str, ...]:
        """The comments that have a place, in the order in which they speak."""
        return tuple(place.comment_id for place in self.places if place.comment_id)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a facilitator is arranging. Who changes it says which ``revision`` they saw."""

    hearing_id: str
    revision: int
    arrangement: Arrangement
    saved_at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class AgendaSlot:
    """A slot as it stands now: ``state`` is "speaks", "free", "withdrawn", or "unpublished".

    ``comment_id`` is the number of the comment that was given the slot, also when it has left it.
    ``starts_at`` is about when, or ``None`` where the hearing has no sitting yet.
    """

    number: int
    minutes: int
    comment_id: str | None
    state: str
    starts_at: datetime | None


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """An item as readers see it; ``comment_ids`` are those behind it that are published now."""

    id: int
    number: int
    title: str
    kind: str
    system_id: str
    question_id: str
    theme: str
    minutes: int
    all_minutes: int
    starts_at: datetime | None
    comment_ids: tuple[str, ...]
    slots: tuple[AgendaSlot, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """A published agenda as it stands now. ``waiting`` are (comment, why) of those without a place."""

    hearing_id: str
    version: int
    at: datetime
    note: str
    sha256: str
    items: tuple[AgendaItem, ...]
    minutes: int
    waiting: tuple[tuple[str, str], ...]
    drawn: tuple[str, ...]
    by_lottery: bool


@dataclass(frozen=True, slots=True)
class AgendaVersion:
    """One published version, as it was written."""

    hearing_id: str
    version: int
    arrangement: Arrangement
    note: str
    at: datetime
    actor: str
    sha256: str


def draft_of(db: Connection, actor: Actor, hearing_id: str) -> Draft | None:
    """Return what is being arranged for a hearing, for facilitators; ``None`` before it was begun."""
    require(actor, Act.ARRANGE_AGENDA)
    row = db.execute(select(agenda_draft).where(agenda_draft.c.hearing_id == hearing_id)).first()
    if row is None:
        return None
    return Draft(
        hearing_id, row.revision, Arrangement.model_validate_json(row.document), row.saved_at, row.actor
    )


def versions_of(db: Connection, hearing_id: str) -> list[AgendaVersion]:
    """Return every published version of a hearing's agenda, oldest first."""
    query = select(agenda_version).where(agenda_version.c.hearing_id == hearing_id)
    return [
        AgendaVersion(
            hearing_id,
            row.version,
            Arrangement.model_validate(json.loads(row.document)),
            row.note,
            row.at,
            row.actor,
            row.sha256,
        )
        for row in db.execute(query.order_by(agenda_version.c.version))
    ]


def agenda_of(db: Connection, hearing_id: str) -> Agenda | None:
    """Return a hearing's published agenda as it stands now; ``None`` before the first was published."""
    versions = versions_of(db, hearing_id)
    return as_it_stands(db, hearing_of(db, hearing_id), versions[-1]) if versions else None


def as_it_stands(db: Connection, hearing: Hearing, version: AgendaVersion) -> Agenda:
    """Return a version with what became of its comments since: who has left their slot, who may be read."""
    arranged = version.arrangement
    states = _states(
        db,
        hearing.id,
        {*arranged.speakers, *arranged.drawn, *(one for item in arranged.items for one in item.comment_ids)},
    )
    booked = slots_by_comment(db, hearing.id)
    public = {one for one, state in states.items() if state == State.PUBLISHED}
    return Agenda(
        hearing.id,
        version.version,
        version.at,
        version.note,
        version.sha256,
        tuple(_items(arranged, hearing, states, booked, public)),
        arranged.minutes,
        tuple(
            (one.comment_id, one.why)
            for one in arranged.waiting
            if one.comment_id in public and one.comment_id not in booked
        ),
        arranged.drawn,
        arranged.by_lottery,
    )


def _items(
    arranged: Arrangement,
    hearing: Hearing,
    states: dict[str, str],
    booked: dict[str, int],
    public: set[str],
) -> Iterator[AgendaItem]:
    begins, slot = _begin(hearing), 0
    for number, item in enumerate(arranged.items, 1):
        slots, starts = [], _later(begins, item.minutes)
        for place in item.places:
            slot += 1
            state = _state(place.comment_id, states, booked)
            slots.append(AgendaSlot(slot, place.minutes, place.comment_id, state, starts))
            starts = _later(starts, place.minutes)
        yield AgendaItem(
            id=item.id,
            number=number,
            title=item.title,
            kind=str(item.kind),
            system_id=item.system_id,
            question_id=item.question_id,
            theme=item.theme,
            minutes=item.minutes,
            all_minutes=item.all_minutes,
            starts_at=begins,
            comment_ids=tuple(one for one in item.comment_ids if one in public),
            slots=tuple(slots),
        )
        begins = starts


def standing_of(agenda: Agenda, comment_id: str) -> tuple[AgendaItem, AgendaSlot] | int | None:
    """Return where a comment stands: its item and slot, its place on the waiting list, or ``None``."""
    for item in agenda.items:
        for slot in item.slots:
            if slot.comment_id == comment_id and slot.state == "speaks":
                return item, slot
    return next((place for place, (one, _) in enumerate(agenda.waiting, 1) if one == comment_id), None)


def items_of_comment(agenda: Agenda, comment_id: str) -> list[AgendaItem]:
    """Return the items behind which a comment lies."""
    return [item for item in agenda.items if comment_id in item.comment_ids]


def require_agenda(db: Connection, hearing_id: str) -> Agenda:
    """Return the published agenda; raise ``NotFound`` where there is none."""
    hearing_of(db, hearing_id)
    if (found := agenda_of(db, hearing_id)) is None:
        raise NotFound(
            "The agenda of this hearing is not published yet.",
            kept="",
            next_step="Look at the hearing's page, which says what happens next.",
            heading="There is no agenda yet",
        )
    return found


def item_numbered(items: Sequence[Item], item_id: int) -> Item:
    """Return the item with this id; raise ``NotFound`` where it has gone."""
    for item in items:
        if item.id == item_id:
            return item
    raise NotFound("This item is not on the agenda any more.", next_step="Look at the agenda again.")


def published_numbers(db: Connection, hearing_id: str, comment_ids: Iterable[str]) -> set[str]:
    """Return those of these comments that are published in this hearing."""
    states = _states(db, hearing_id, set(comment_ids))
    return {one for one, state in states.items() if state == State.PUBLISHED}


def _states(db: Connection, hearing_id: str, comment_ids: set[str]) -> dict[str, str]:
    row = comment.c
    query = select(row.comment_id, row.state).where(
        row.hearing_id == hearing_id,
        # A withdrawn comment keeps its consent; nobody else's number may be asked for here.
        row.consent.in_((Consent.TEXT_AND_NAME, Consent.TEXT_ONLY)),
    )
    return {one.comment_id: one.state for one in db.execute(query) if one.comment_id in comment_ids}


def _state(comment_id: str | None, states: dict[str, str], booked: dict[str, int]) -> str:
    if comment_id is None:
        return "free"
    if comment_id in booked:
        return "speaks"
    return "withdrawn" if states.get(comment_id) == State.WITHDRAWN else "unpublished"


def _begin(hearing: Hearing) -> datetime | None:
    return hearing.sitting.starts_at.astimezone(UTC) if hearing.sitting else None


def _later(at: datetime | None, minutes: int) -> datetime | None:
    return at + timedelta(minutes=minutes) if at else None


def as_data(arrangement: Arrangement) -> dict[str, Any]:
    """Return an arrangement as the JSON document that is stored and hashed."""
    # What was put in without a check is checked when the document is read: it need not be warned of here.
    return arrangement.model_dump(mode="json", warnings=False)
