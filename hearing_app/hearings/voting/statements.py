"""Statements of a hearing: short sentences to agree with or not, most of them from what people wrote.

A facilitator picks them. Each names the comment that it comes from and says whether the words are its
author's own. What its author takes back leaves the statements, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Row, func, insert, select, update

from hearing_app.errors import Conflict, Fault, Invalid, NotFound
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.lists import published_by_number
from hearing_app.hearings.hearing import Phase, hearing_of
from hearing_app.hearings.voting.erasing import TAKEN_DOWN, subject_of
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.ledger import append
from hearing_app.store.tables import statement
from hearing_app.voices.language import detect
from hearing_app.voices.personal_data import find
from hearing_app.voices.signs import is_blank, length, shown, unstorable

ADDED = "statement.added"
# Pol.is gives 140; a sentence of a language with longer words needs a little more.
LONGEST, SHORTEST = 200, 10
MOST = 300
_LONGEST_WHY = 300


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its number in the hearing, its words, and where they come from.

    ``comment_id`` is the comment that it rests on, or ``None``; ``in_own_words`` says that they stand there
    so. ``taken_down_why`` is the public reason of one that is voted on no more.
    """

    hearing_id: str
    number: int
    text: str
    language: str
    comment_id: str | None
    in_own_words: bool
    added_at: datetime
    added_by: str
    taken_down_at: datetime | None
    taken_down_why: str | None

    @property
    def is_shown(self) -> bool:
        """Whether it is voted on."""
        return self.taken_down_at is None


_COLUMNS = [statement.c[name] for name in Statement.__dataclass_fields__]


def statements_of(db: Connection, hearing_id: str) -> list[Statement]:
    """Return every statement of a hearing in the order of their numbers, those taken down as well."""
    rows = db.execute(
        select(*_COLUMNS).where(statement.c.hearing_id == hearing_id).order_by(statement.c.number)
    )
    return [_read(row) for row in rows]


def add(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    text: str,
    *,
    comment_id: str | None = None,
    at: datetime | None = None,
) -> Statement:
    """Put a statement before the public, with its ledger event, and return it.

    The same words again give the statement that is there. Raises ``Invalid`` with every fault, ``Conflict``
    once the hearing has closed, ``NotFound`` for a comment that is not published in it.
    """
    require(actor, Act.CHOOSE_STATEMENTS)
    when = at or datetime.now(UTC)
    hearing = hearing_of(db, hearing_id)
    words = " ".join(text.split())
    if faults := faults_of(text):
        raise Invalid("The statement was not added.", faults, kept="Your words are still here.")
    there = statements_of(db, hearing_id)
    if same := next((one for one in there if one.is_shown and _alike(one.text) == _alike(words)), None):
        return same
    if hearing.phase(when) is Phase.CLOSED:
        raise Conflict(
            "This hearing has closed, so nobody could vote on a new statement.",
            kept="The statements that are there stay as they are.",
            next_step="Put it on the agenda instead.",
        )
    if len(there) >= MOST:
        raise Conflict(f"A hearing has at most {MOST} statements.", next_step="Take one down first.")
    source = _source(db, hearing_id, comment_id) if comment_id else None
    number = 1 + (max((one.number for one in there), default=0))
    told = {
        "text": words,
        "language": detect(words).tag,
        "comment_id": comment_id,
        "in_own_words": source is not None and _stands_in(words, source),
    }
    event = append(
        db, actor=actor.name, kind=ADDED, subject=subject_of(hearing_id, number), content=told, at=when
    )
    db.execute(
        insert(statement).values(
            hearing_id=hearing_id,
            number=number,
            **told,
            added_at=event.at,
            added_by=actor.name,
            seq=event.seq,
        )
    )
    return statement_of(db, hearing_id, number)


def statement_of(db: Connection, hearing_id: str, number: int) -> Statement:
    """Return one statement; raise ``NotFound`` when there is none."""
    row = db.execute(
        select(*_COLUMNS).where(statement.c.hearing_id == hearing_id, statement.c.number == number)
    ).first()
    if row is None:
        raise NotFound(f"There is no statement {number} in this hearing.")
    return _read(row)


def take_down(
    db: Connection, actor: Actor, hearing_id: str, number: int, why: str, *, at: datetime | None = None
) -> Statement:
    """Stop the voting on a statement, with a public reason; its votes stay counted apart.

    Raises ``Invalid`` without a reason, ``Conflict`` once the hearing has closed: the groups stand then.
    """
    require(actor, Act.CHOOSE_STATEMENTS)
    when = at or datetime.now(UTC)
    one = statement_of(db, hearing_id, number)
    if not one.is_shown:
        return one
    if is_blank(why) or length(why) > _LONGEST_WHY or unstorable(why):
        problem = "Say in public why it is taken down."
        raise Invalid(
            "Nothing was changed.", [Fault("", "why", problem, f"At most {_LONGEST_WHY} signs fit.")]
        )
    if hearing_of(db, hearing_id).phase(when) is Phase.CLOSED:
        raise Conflict("This hearing has closed: its statements and their votes stay as they are.")
    event = append(
        db,
        actor=actor.name,
        kind=TAKEN_DOWN,
        subject=subject_of(hearing_id, number),
        content={"why": why.strip()},
        at=when,
    )
    gone = {"taken_down_at": event.at, "taken_down_why": why.strip(), "taken_down_seq": event.seq}
    _set(db, hearing_id, number, gone)
    return statement_of(db, hearing_id, number)


def faults_of(text: str) -> list[Fault]:
    """Return everything that is wrong with the words of a statement."""
    found = []
    size = length(" ".join(shown(text).split()))
    if not SHORTEST <= size <= LONGEST:
        found.append(
            Fault("", "text", f"It has {size} signs.", f"A statement has {SHORTEST} to {LONGEST} signs.")
        )
    if unstorable(text):
        found.append(Fault("", "text", "It holds a sign that cannot be stored.", "Type it again."))
    if kinds := sorted({one.kind for one in find(shown(text))}):
        found.append(Fault("", "text", f"It seems to hold {', '.join(kinds)}.", "Leave that out."))
    return found


def _source(db: Connection, hearing_id: str, comment_id: str) -> Comment:
    found: Sequence[Comment] = published_by_number(db, hearing_id, [comment_id])
    if not found:
        raise NotFound(
            f"No comment {comment_id[:20]} is published in this hearing.",
            kept="Your words are still here.",
            next_step="Publish it first, or add the statement without it.",
        )
    return found[0]


def _stands_in(words: str, source: Comment) -> bool:
    said = " ".join("\n".join((source.concern, source.value_seen, source.ask)).split())
    return words.rstrip(".!?") in said


def _alike(text: str) -> str:
    return " ".join(text.casefold().rstrip(".!?").split())


def _set(db: Connection, hearing_id: str, number: int, values: dict[str, object]) -> None:
    where = (statement.c.hearing_id == hearing_id) & (statement.c.number == number)
    db.execute(update(statement).where(where).values(values))


def _read(row: Row[tuple[object, ...]]) -> Statement:
    return Statement(**row._mapping)


def number_of_statements(db: Connection, hearing_id: str) -> int:
    """Return how many statements are voted on."""
    query = select(func.count()).where(
        statement.c.hearing_id == hearing_id, statement.c.taken_down_at.is_(None)
    )
    return int(db.execute(query).scalar_one())
