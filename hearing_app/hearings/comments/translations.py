"""Translations of comments, made by people: beside the original, labelled, never in its place.

One person translates, another one checks; before that nobody but facilitators reads it. Nothing here calls a
service: where a machine was used elsewhere, who did it names it. Translations go with the words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, String, delete, insert, select, type_coerce, update

from hearing_app.errors import Conflict, Fault, Invalid, NotFound
from hearing_app.hearings.comments.draft import LIMITS, NAMES, is_tag
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import OPERATOR, Act, Actor, require
from hearing_app.record.before import Before, moment_of
from hearing_app.record.ledger import append
from hearing_app.store.tables import comment, comment_translation, ledger
from hearing_app.voices.signs import length, unstorable

TRANSLATED, CHECKED = "comment.translated", "comment.translation_checked"
REMOVED = "comment.translation_removed"
HIDING = (TRANSLATED,)
FIELDS = ("concern", "value_seen", "ask")
# A translation can be longer than what it translates.
_TIMES = 2
LONGEST_MACHINE = 120


@dataclass(frozen=True, slots=True)
class Translation:
    """A comment in another language. ``machine`` names the program and version that was used, or is ""."""

    comment_id: str
    language: str
    concern: str
    value_seen: str
    ask: str
    machine: str
    made_by: str
    made_at: datetime
    checked_by: str
    checked_at: datetime | None

    @property
    def is_checked(self) -> bool:
        """Whether a second person has checked it: only then readers see it."""
        return self.checked_at is not None


_COLUMNS = [comment_translation.c[name] for name in Translation.__dataclass_fields__]


def translate(
    db: Connection,
    actor: Actor,
    comment_id: str,
    language: str,
    texts: dict[str, str],
    *,
    machine: str = "",
    at: datetime | None = None,
) -> Translation:
    """Keep a translation of a comment, with its ledger event; one that was there is replaced, unchecked.

    ``texts`` has a text for each of ``FIELDS`` that the original has, and for no other. Raises ``Invalid``
    with every fault, ``NotFound``, and ``Conflict`` for a comment without words.
    """
    require(actor, Act.MODERATE_COMMENTS)
    when = at or datetime.now(UTC)
    row = db.execute(select(comment).where(comment.c.comment_id == comment_id)).first()
    if row is None:
        raise NotFound(f"There is no comment {comment_id[:20]}.")
    if row.state == State.WITHDRAWN or not any(getattr(row, name) for name in FIELDS):
        raise Conflict("This comment has no words any more.")
    faults = []
    if not is_tag(language):
        faults.append(Fault("", "language", "This is not a language tag.", "Use one like “en”."))
    for name in FIELDS:
        there, given = bool(getattr(row, name).strip()), texts.get(name, "")
        if there and not given.strip():
            faults.append(Fault("", name, f"“{NAMES[name]}” is not translated yet.", "Translate it."))
        if given.strip() and not there:
            faults.append(
                Fault("", name, f"The original says nothing here: “{NAMES[name]}”.", "Leave it out.")
            )
        if length(given) > _TIMES * LIMITS[name] or unstorable(given):
            faults.append(Fault("", name, f"“{NAMES[name]}” cannot be stored so.", "Shorten it, or retype."))
    if length(machine) > LONGEST_MACHINE or unstorable(machine):
        faults.append(Fault("", "machine", "The program's name is too long.", f"{LONGEST_MACHINE} fit."))
    if faults:
        raise Invalid("The translation was not kept.", faults, kept="What you typed is still here.")
    words = {name: texts.get(name, "") for name in FIELDS} | {"machine": machine.strip()}
    event = append(
        db,
        actor=actor.name,
        kind=TRANSLATED,
        subject=f"comment:{comment_id}",
        # Without a private part it stays closed (``hearings.disclosure``): readers find it at the comment.
        content={"language": language, **words},
        at=when,
    )
    _delete(db, comment_id, language)
    made = {"made_by": actor.name, "made_at": when, "checked_by": "", "checked_at": None, "seq": event.seq}
    db.execute(insert(comment_translation).values(comment_id=comment_id, language=language, **words, **made))
    return _one(db, comment_id, language)


def check(
    db: Connection, actor: Actor, comment_id: str, language: str, *, at: datetime | None = None
) -> Translation:
    """Say that a translation was compared with the original, as another person than who made it."""
    require(actor, Act.MODERATE_COMMENTS)
    when = at or datetime.now(UTC)
    found = _one(db, comment_id, language)
    if found.is_checked:
        raise Conflict("This translation was checked already.")
    if found.made_by == actor.name:
        raise Conflict("You made this translation.", next_step="A second person has to check it.")
    append(
        db,
        actor=actor.name,
        kind=CHECKED,
        subject=f"comment:{comment_id}",
        content={"language": language},
        at=when,
    )
    here = (comment_translation.c.comment_id == comment_id) & (comment_translation.c.language == language)
    db.execute(update(comment_translation).where(here).values(checked_by=actor.name, checked_at=when))
    return _one(db, comment_id, language)


def translations_of(
    db: Connection, comment_ids: Iterable[str], *, checked_only: bool = True
) -> dict[str, list[Translation]]:
    """Return the translations of comments by their numbers, in the order of their languages.

    The caller knows that these comments may be read; unchecked ones are for facilitators.
    """
    query = select(*_COLUMNS).where(comment_translation.c.comment_id.in_(list(comment_ids)))
    if checked_only:
        query = query.where(comment_translation.c.checked_at.is_not(None))
    found: dict[str, list[Translation]] = defaultdict(list)
    for row in db.execute(query.order_by(comment_translation.c.comment_id, comment_translation.c.language)):
        found[row.comment_id].append(Translation(**row._mapping))
    return dict(found)


def remove_all(db: Connection, comment_id: str) -> None:
    """Delete the translations of a comment whose words go; what committed to them goes with the words."""
    db.execute(delete(comment_translation).where(comment_translation.c.comment_id == comment_id))


def remove_again(db: Connection, before: Before, *, at: datetime | None = None) -> int:
    """Delete in a restored record the translations that were replaced since the backup; return how many.

    Which language a comment was translated into anew may not be known: then all of its translations that
    are older go, but for those that the record before, where it holds, had to its end.
    """
    when, row = at or datetime.now(UTC), comment_translation.c
    asked = [(one.subject, one.at) for one in before.events if one.kind == TRANSLATED]
    asked += [(f"comment:{one.comment_id}", one.at) for one in before.noted if one.kind == TRANSLATED]
    if not before.whole:
        # The events may be lost where the rows are not.
        rows = before.rows(select(row.comment_id, type_coerce(row.made_at, String).label("at")))
        asked += [(f"comment:{one.comment_id}", moment_of(one.at)) for one in rows]
    last: dict[str, datetime] = {}
    have = select(ledger.c.subject, ledger.c.at).where(ledger.c.kind == TRANSLATED)
    known = {(one.subject, one.at) for one in db.execute(have)}
    for subject, moment in set(asked) - known:
        last[subject] = max(moment, last.get(subject, moment))
    there = select(row.comment_id, row.language, row.made_at)
    stays = set()
    if before.holds and before.whole:
        stays = {tuple(one) for one in before.rows(there)}
    older = [
        one
        for one in db.execute(there.order_by(row.comment_id, row.language))
        if tuple(one) not in stays and last.get(f"comment:{one.comment_id}", one.made_at) > one.made_at
    ]
    for one in older:
        append(
            db,
            actor=OPERATOR.name,
            kind=REMOVED,
            subject=f"comment:{one.comment_id}",
            content={"language": one.language, "because": "restored"},
            at=when,
        )
        _delete(db, one.comment_id, one.language)
    return len(older)


def _one(db: Connection, comment_id: str, language: str) -> Translation:
    here = (comment_translation.c.comment_id == comment_id) & (comment_translation.c.language == language)
    row = db.execute(select(*_COLUMNS).where(here)).first()
    if row is None:
        raise NotFound("There is no such translation.")
    return Translation(**row._mapping)


def _delete(db: Connection, comment_id: str, language: str) -> None:
    here = (comment_translation.c.comment_id == comment_id) & (comment_translation.c.language == language)
    db.execute(delete(comment_translation).where(here))
