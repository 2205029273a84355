"""Reading comments: what the public sees, what facilitators see, and the counts of a hearing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from hearing_app.hearings.agenda.slots import Slot, slots_of
from hearing_app.hearings.comments.comment import COLUMNS, Comment
from hearing_app.hearings.hearing import Hearing, hearing_of
from hearing_app.hearings.moderation.claims import others
from hearing_app.hearings.moderation.deciding import personal_data_in
from hearing_app.hearings.moderation.holding import due_at
from hearing_app.hearings.moderation.redactions import as_published, is_redacted
from hearing_app.hearings.release import shown_opinions
from hearing_app.hearings.vocabulary import Consent, State
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.registry.vocabulary import Term
from hearing_app.store.tables import appeal, comment, comment_hold, removal, slot, theme_comment
from hearing_app.voices.language import effective

# A statement of SQL takes only so many values.
_AT_ONCE = 500
_FIELDS = tuple(column.name for column in COLUMNS)
_PUBLIC = (Consent.TEXT_AND_NAME, Consent.TEXT_ONLY)
IS_PUBLISHED = (comment.c.state == State.PUBLISHED) & comment.c.consent.in_(_PUBLIC)


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a longer list: page ``number`` of ``pages``, with ``size`` places on each."""

    number: int
    pages: int
    size: int

    @property
    def offset(self) -> int:
        """How many stand before it."""
        return (self.number - 1) * self.size

    def of(self, whole: Sequence[str]) -> Sequence[str]:
        """Return the part of a list that stands on this page."""
        return whole[self.offset : self.offset + self.size]


def part_of(total: int, size: int, wanted: str | int = 1) -> Part:
    """Return the wanted page: the first for what is no page's number, the last for one that is too high."""
    pages, text = max(1, -(-total // size)), str(wanted)
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
    return Part(min(max(1, number), pages), pages, size)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many comments a hearing has had, by state. Every receipt is in exactly one of the states."""

    received: int
    waiting: int
    published: int
    held: int
    rejected: int
    withdrawn: int


def tally(db: Connection, hearing_id: str) -> Tally:
    """Count the comments of a hearing by state."""
    rows = db.execute(
        select(comment.c.state, func.count())
        .where(comment.c.hearing_id == hearing_id)
        .group_by(comment.c.state)
    )
    counts = {row[0]: int(row[1]) for row in rows}
    return Tally(
        received=sum(counts.values()),
        waiting=counts.get(State.SUBMITTED, 0),
        published=counts.get(State.PUBLISHED, 0),
        held=counts.get(State.HELD, 0),
        rejected=counts.get(State.REJECTED, 0),
        withdrawn=counts.get(State.WITHDRAWN, 0),
    )


def published_comments(
    db: Connection, hearing_id: str, *, limit: int | None = None, offset: int = 0
) -> list[Comment]:
    """Return the comments that everyone may read, newest first."""
    query = (
        select(*COLUMNS)
        .where(comment.c.hearing_id == hearing_id, IS_PUBLISHED)
        .order_by(comment.c.submitted_at.desc(), comment.c.comment_id)
        .limit(limit)
        .offset(offset)
    )
    return as_published(db, [Comment(**row._mapping) for row in db.execute(query)])


def published_by_number(db: Connection, hearing_id: str, comment_ids: Sequence[str]) -> list[Comment]:
    """Return those of the comments that everyone may read, in the order given."""
    return list(each_published(db, hearing_id, comment_ids))


def each_published(db: Connection, hearing_id: str, comment_ids: Sequence[str]) -> Iterator[Comment]:
    """Yield those of the comments that everyone may read, in the order given, some at a time."""
    for part in _parts(comment_ids):
        yield from _published_of(db, hearing_id, part)


def every_published(db: Connection, hearing_id: str) -> Iterator[Comment]:
    """Yield the comments that everyone may read, in the order of arrival, some at a time: for an export."""
    yield from each_published(db, hearing_id, list(published_kinds(db, hearing_id)))


def published_words(db: Connection, hearing_id: str) -> Iterator[tuple[str, str]]:
    """Yield number and words of every comment that everyone may read, in the order of arrival.

    The words are those of ``words_of``, read without the rest of the comment.
    """
    row = comment.c
    for part in _parts(list(published_kinds(db, hearing_id))):
        changed = {
            one.comment_id: words_of(one) for one in _published_of(db, hearing_id, part, redacted=True)
        }
        query = select(row.comment_id, row.concern, row.value_seen, row.ask)
        found = {
            number: "\n".join(words) for number, *words in db.execute(query.where(row.comment_id.in_(part)))
        }
        for number in part:
            yield number, changed.get(number, found[number])


def words_of(one: Comment) -> str:
    """Return what a comment says: its concern, what it sees as useful and what it asks for."""
    return "\n".join((one.concern, one.value_seen, one.ask))


def published_kinds(db: Connection, hearing_id: str) -> dict[str, str]:
    """Return the kind of each comment that everyone may read, by number, in the order of arrival."""
    query = select(comment.c.comment_id, comment.c.comment_type).where(
        comment.c.hearing_id == hearing_id, IS_PUBLISHED
    )
    return {
        row[0]: row[1] for row in db.execute(query.order_by(comment.c.submitted_at, comment.c.comment_id))
    }


def published_by(db: Connection, hearing_id: str, column: str) -> Counter[str]:
    """Count the comments that everyone may read by their ``target``, or by the ``language`` to go by."""
    row = comment.c
    columns = (row.target,) if column == "target" else (row.language_declared, row.language_detected)
    query = select(func.count(), *columns).where(row.hearing_id == hearing_id, IS_PUBLISHED)
    counts = Counter[str]()
    for count, *values in db.execute(query.group_by(*columns)):
        counts[values[0] if column == "target" else effective(*values)] += count
    return counts


def published_numbers(db: Connection, hearing_id: str) -> set[str]:
    """Return the numbers of the comments that everyone may read."""
    query = select(comment.c.comment_id).where(comment.c.hearing_id == hearing_id, IS_PUBLISHED)
    return set(db.execute(query).scalars())


def _parts(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))


def _published_of(
    db: Connection, hearing_id: str, comment_ids: Sequence[str], *, redacted: bool = False
) -> list[Comment]:
    """Return the published ones of so many comments as fit; with ``redacted`` only those with a mark."""
    query = select(*COLUMNS).where(
        comment.c.hearing_id == hearing_id, comment.c.comment_id.in_(comment_ids), IS_PUBLISHED
    )
    if redacted:
        query = query.where(is_redacted())
    rows = [Comment(**dict(zip(_FIELDS, row, strict=True))) for row in db.execute(query)]
    found = {one.comment_id: one for one in as_published(db, rows)}
    return [found[one] for one in comment_ids if one in found]


def speaking_order(db: Connection, hearing_id: str) -> list[tuple[Slot, Comment | None]]:
    """Return a hearing's slots in their order, each with the published comment that speaks in it, if any."""
    there = slots_of(db, hearing_id)
    query = select(*COLUMNS).where(
        comment.c.comment_id.in_([one.comment_id for one in there if one.comment_id]), IS_PUBLISHED
    )
    found = as_published(db, [Comment(**row._mapping) for row in db.execute(query)])
    speakers = {one.comment_id: one for one in found}
    return [(one, speakers.get(one.comment_id or "")) for one in there]


def without_slot(db: Connection, hearing_id: str) -> list[str]:
    """Return the numbers of the published comments that have no slot, in the order of arrival."""
    query = (
        select(comment.c.comment_id)
        .outerjoin(slot, slot.c.comment_id == comment.c.comment_id)
        .where(comment.c.hearing_id == hearing_id, IS_PUBLISHED, slot.c.number.is_(None))
        .order_by(comment.c.submitted_at, comment.c.comment_id)
    )
    return list(db.execute(query).scalars())


WITHOUT_THEME = 0
"""In the place of a theme's number: comments that are in no theme. Numbers of themes begin at 1."""


class Only(Term):
    """Which comments of a list a facilitator wants to see."""

    ALL = "all", "All of them"
    OVERDUE = "overdue", "Overdue"
    FREE = "free", "Not open at a colleague's desk"
    MINE = "mine", "Decided by me"
    APPEAL = "appeal", "With an appeal that waits for an answer"
    REMOVAL = "removal", "With a removal that a second person decides on"


def desk_list(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    state: State,
    *,
    second_look: bool = False,
    only: Only = Only.ALL,
    language: str = "",
    theme: int | None = None,
    at: datetime | None = None,
) -> list[str]:
    """Return the numbers of a hearing's comments in one state for a facilitator, what is due first first.

    With ``second_look``, only of those that hold what looks like personal data; with a ``language``, only of
    those in it; with the number of a ``theme``, only of those that were put into it, and with
    ``WITHOUT_THEME`` of those in none. A comment that was held after it had been sorted stays in its theme.
    """
    require(actor, Act.READ_UNPUBLISHED_COMMENTS)
    now, row = at or datetime.now(UTC), comment.c
    query = (
        select(*COLUMNS, comment_hold.c.due_at)
        .outerjoin(comment_hold, comment_hold.c.comment_id == row.comment_id)
        .where(row.hearing_id == hearing_id, row.state == state)
        .order_by(comment_hold.c.due_at.is_(None), comment_hold.c.due_at, row.submitted_at, row.comment_id)
    )
    if only is Only.MINE:
        query = query.where(row.decided_by == actor.name)
    elif only is Only.APPEAL:
        query = query.where(row.comment_id.in_(select(appeal.c.comment_id).where(appeal.c.outcome == "")))
    elif only is Only.REMOVAL:
        query = query.where(row.comment_id.in_(select(removal.c.comment_id).where(removal.c.outcome == "")))
    if theme is not None:
        of_hearing = theme_comment.c.hearing_id == hearing_id
        sorted_in = select(theme_comment.c.comment_id).where(of_hearing)
        if theme == WITHOUT_THEME:
            query = query.where(row.comment_id.not_in(sorted_in))
        else:
            query = query.where(row.comment_id.in_(sorted_in.where(theme_comment.c.number == theme)))
    rows = list(db.execute(query))
    found = [(Comment(**{one: row_._mapping[one] for one in _FIELDS}), row_.due_at) for row_ in rows]
    if only is Only.OVERDUE:
        hearing = hearing_of(db, hearing_id)
        found = [(one, due) for one, due in found if _is_late(hearing, one, due, now)]
    if only is Only.FREE:
        theirs = others(db, actor, [one.comment_id for one, _ in found], at=now)
        found = [(one, due) for one, due in found if one.comment_id not in theirs]
    return [
        one.comment_id
        for one, _ in found
        if (not language or one.language == language) and (not second_look or personal_data_in(one))
    ]


def languages_of(db: Connection, actor: Actor, hearing_id: str) -> list[str]:
    """Return the languages of a hearing's comments, the most frequent first, for a facilitator."""
    require(actor, Act.READ_UNPUBLISHED_COMMENTS)
    row = comment.c
    query = select(row.language_declared, row.language_detected).where(
        row.hearing_id == hearing_id, row.state != State.WITHDRAWN
    )
    counts = Counter(effective(one[0], one[1]) for one in db.execute(query))
    return [name for name, _ in counts.most_common() if name]


def _is_late(hearing: Hearing, one: Comment, due: datetime | None, now: datetime) -> bool:
    if due is None and one.state == State.SUBMITTED:
        due = due_at(hearing, one.submitted_at)
    return due is not None and due <= now


def comments_for_desk(db: Connection, actor: Actor, comment_ids: Sequence[str]) -> list[Comment]:
    """Return these comments as they stand now, in this order, whatever was decided on them meanwhile."""
    require(actor, Act.READ_UNPUBLISHED_COMMENTS)
    rows = db.execute(select(*COLUMNS).where(comment.c.comment_id.in_(comment_ids)))
    found = {row.comment_id: Comment(**row._mapping) for row in rows}
    return [found[comment_id] for comment_id in comment_ids if comment_id in found]


def comments_for_export(db: Connection, actor: Actor, hearing_id: str) -> Iterator[Comment]:
    """Return every comment of a hearing, in the order of arrival, for an export; read row by row.

    Refuses at the call, not at the first row: an answer that has begun cannot become a refusal.
    """
    require(actor, Act.EXPORT_COMMENTS)
    query = (
        select(*COLUMNS)
        .where(comment.c.hearing_id == hearing_id)
        .order_by(comment.c.submitted_at, comment.c.comment_id)
    )
    rows = db.execute(query, execution_options={"yield_per": 500})
    return (Comment(**dict(zip(_FIELDS, row, strict=True))) for row in rows)


@dataclass(frozen=True, slots=True)
class Opinions:
    """Public counts of stance and standing of the ``people`` counted; ``None`` is not shown."""

    people: int
    stance: dict[str, int | None]
    standing: dict[str, int | None]


def opinions(db: Connection, hearing: Hearing, *, at: datetime | None = None) -> Opinions:
    """Return stance and standing as the public may see them: once the hearing has closed, and then the same.

    At 0 ``people`` there is nothing to show. See ``release`` for why.
    """
    people, counts = shown_opinions(db, hearing, at=at or datetime.now(UTC))
    return Opinions(people, counts["stance"], counts["standing"])
