"""Themes of a hearing: what people write about, named by facilitators, who put the comments into them.

A program may suggest words that go together (``voices.themes``); a person names a theme and puts comments
into it. A comment may stand in several themes; only published ones do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from hearing_app.errors import Conflict, Fault, Invalid, NotFound
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.lists import (
    published_by_number,
    published_comments,
    published_numbers,
    words_of,
)
from hearing_app.hearings.hearing import hearing_of
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.checking import unreadable_is_a_fault
from hearing_app.record.ledger import append, contents
from hearing_app.store.tables import theme, theme_comment
from hearing_app.voices.signs import is_blank, length, shown, unstorable
from hearing_app.voices.themes import Suggestion, suggest

NAMED, SORTED = "theme.named", "theme.sorted"
LONGEST, MOST = 80, 60


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: its number in the hearing, its name, and the published comments that are about it."""

    theme_id: int
    name: str
    comment_ids: tuple[str, ...]


def themes_of(db: Connection, hearing_id: str) -> list[Theme]:
    """Return a hearing's themes, those with most comments first."""
    query = select(theme_comment.c.number, theme_comment.c.comment_id).where(
        theme_comment.c.hearing_id == hearing_id
    )
    rows = db.execute(query.order_by(theme_comment.c.seq, theme_comment.c.comment_id)).all()
    public = published_numbers(db, hearing_id) if rows else set()
    members: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        if row.comment_id in public:
            members[row.number].append(row.comment_id)
    named = db.execute(
        select(theme.c.number, theme.c.name).where(theme.c.hearing_id == hearing_id).order_by(theme.c.number)
    )
    found = [Theme(row.number, row.name, tuple(members[row.number])) for row in named]
    return sorted(found, key=lambda one: (-len(one.comment_ids), one.theme_id))


def themes_by_comment(db: Connection, hearing_id: str) -> dict[str, list[Theme]]:
    """Return the themes of each comment that has one."""
    found: dict[str, list[Theme]] = defaultdict(list)
    for one in themes_of(db, hearing_id):
        for comment_id in one.comment_ids:
            found[comment_id].append(one)
    return dict(found)


def name_theme(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    name: str,
    *,
    number: int | None = None,
    at: datetime | None = None,
) -> int:
    """Make a theme, or give the one with this ``number`` another name; return its number.

    The name of a theme that is there gives that one. Raises ``Invalid`` for a name that does not fit.
    """
    require(actor, Act.SORT_COMMENTS)
    hearing_of(db, hearing_id)
    words = " ".join(name.split())
    if is_blank(words) or length(shown(words)) > LONGEST or unstorable(words):
        fault = Fault("", "name", "This is no name for a theme.", f"Write 1 to {LONGEST} signs.")
        raise Invalid("Nothing was changed.", [fault], kept="Your words are still here.")
    there: dict[int, str] = {
        row.number: row.name for row in db.execute(select(theme).where(theme.c.hearing_id == hearing_id))
    }
    if number is not None and number not in there:
        raise NotFound(f"This hearing has no theme {number}.")
    same = [one for one, known in there.items() if known.casefold() == words.casefold() and one != number]
    if same:
        if number is None:
            return same[0]
        raise Conflict(f"There is a theme “{words}” already.", next_step="Put the comments into that one.")
    if number is None and len(there) >= MOST:
        raise Conflict(f"A hearing has at most {MOST} themes.", next_step="Give one of them another name.")
    new = number or max(there, default=0) + 1
    event = append(
        db,
        actor=actor.name,
        kind=NAMED,
        subject=_subject(hearing_id, new),
        content={"name": words},
        at=at or datetime.now(UTC),
    )
    values = {"name": words, "made_at": event.at, "seq": event.seq}
    if number is None:
        db.execute(insert(theme).values(hearing_id=hearing_id, number=new, **values))
    else:
        db.execute(
            update(theme).where(theme.c.hearing_id == hearing_id, theme.c.number == new).values(values)
        )
    return new


def sort_comments(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    number: int,
    *,
    into: Sequence[str] = (),
    out_of: Sequence[str] = (),
    at: datetime | None = None,
) -> int:
    """Put comments into a theme, and take others out of it; return how many changed.

    One act, one event. Raises ``NotFound`` for a theme, or a published comment, that is not there.
    """
    require(actor, Act.SORT_COMMENTS)
    if not db.execute(select(theme).where(_is(hearing_id, number))).first():
        raise NotFound(f"This hearing has no theme {number}.")
    unknown = set(into) - {one.comment_id for one in published_by_number(db, hearing_id, list(into))}
    if unknown:
        raise NotFound(
            f"No comment {min(unknown)[:20]} is published in this hearing.", kept="Nothing was sorted."
        )
    there = set(db.execute(select(theme_comment.c.comment_id).where(_of(hearing_id, number))).scalars())
    new, gone = sorted(set(into) - there), sorted(set(out_of) & there - set(into))
    if not new and not gone:
        return 0
    event = append(
        db,
        actor=actor.name,
        kind=SORTED,
        subject=_subject(hearing_id, number),
        content={"into": new, "out_of": gone},
        at=at or datetime.now(UTC),
    )
    if gone:
        db.execute(delete(theme_comment).where(_of(hearing_id, number), theme_comment.c.comment_id.in_(gone)))
    for comment_id in new:
        values = {"hearing_id": hearing_id, "number": number, "comment_id": comment_id, "seq": event.seq}
        db.execute(insert(theme_comment).values(values))
    return len(new) + len(gone)


def suggestions(db: Connection, hearing_id: str) -> list[tuple[Suggestion, tuple[Comment, ...]]]:
    """Return what the published comments without a theme may be about, each with those comments."""
    sorted_already = themes_by_comment(db, hearing_id)
    left = [one for one in published_comments(db, hearing_id) if one.comment_id not in sorted_already]
    left.sort(key=lambda one: one.comment_id)
    found = suggest([words_of(one) for one in left])
    return [(one, tuple(left[place] for place in one.members)) for one in found]


@unreadable_is_a_fault("The themes")
def faults(db: Connection) -> list[str]:
    """Return every difference between the themes and the events about them; empty means none."""
    names: dict[str, tuple[str, int]] = {}
    members: dict[str, dict[str, int]] = defaultdict(dict)
    for event, content in contents(db):
        if event.kind not in {NAMED, SORTED} or content is None:
            continue
        if event.kind == NAMED:
            names[event.subject] = (content.fields["name"], event.seq)
            continue
        for comment_id in content.fields["out_of"]:
            members[event.subject].pop(comment_id, None)
        members[event.subject] |= dict.fromkeys(content.fields["into"], event.seq)
    return list(_differences(db, names, members))


def _differences(
    db: Connection, names: dict[str, tuple[str, int]], members: dict[str, dict[str, int]]
) -> Iterator[str]:
    rows: dict[str, dict[str, int]] = defaultdict(dict)
    for row in db.execute(select(theme_comment)):
        rows[_subject(row.hearing_id, row.number)][row.comment_id] = row.seq
    stands = {_subject(row.hearing_id, row.number): (row.name, row.seq) for row in db.execute(select(theme))}
    for subject in sorted({*stands, *names, *rows, *members}):
        if stands.get(subject) != names.get(subject):
            yield f"The name of {subject} is not as the ledger says."
        if rows.get(subject, {}) != members.get(subject, {}):
            yield f"The comments of {subject} are not as the ledger says."


def _subject(hearing_id: str, number: int) -> str:
    return f"theme:{hearing_id}/{number}"


def _is(hearing_id: str, number: int) -> ColumnElement[bool]:
    return (theme.c.hearing_id == hearing_id) & (theme.c.number == number)


def _of(hearing_id: str, number: int) -> ColumnElement[bool]:
    return (theme_comment.c.hearing_id == hearing_id) & (theme_comment.c.number == number)
