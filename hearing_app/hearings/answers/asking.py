"""Marking comments for an answer: a facilitator says what an agency has to answer, like ones at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Row, insert, select

from hearing_app.errors import Conflict, Fault, Invalid
from hearing_app.hearings.answers.reading import agency_of, answers_by_comment
from hearing_app.hearings.answers.terms import MOST_AT_ONCE
from hearing_app.hearings.hearing import Hearing, hearing_of
from hearing_app.hearings.vocabulary import CommentType, Consent, State
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.ledger import append
from hearing_app.registry.faults import faults_of
from hearing_app.registry.text import Line
from hearing_app.store.tables import answer_ask, answer_ask_comment, comment
from hearing_app.voices.personal_data import find

ASKED = "answer.asked"
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_KEPT = "Nothing was marked; your words are still here."


@dataclass(frozen=True, slots=True)
class Ask:
    """What a facilitator marked: the comments, the agency that is asked, and the words over them."""

    ask_id: str
    hearing_id: str
    agency: str
    heading: str
    comment_ids: tuple[str, ...]


def may_be_asked(db: Connection, hearing: Hearing) -> list[str]:
    """Return the numbers of published comments that can be marked, in the order of arrival.

    What is marked or answered already is left out; a question waits by itself, and can be put with others.
    """
    marked = select(answer_ask_comment.c.comment_id)
    query = (
        select(comment.c.comment_id)
        .where(
            comment.c.hearing_id == hearing.id,
            comment.c.state == State.PUBLISHED,
            comment.c.consent.in_((Consent.TEXT_AND_NAME, Consent.TEXT_ONLY)),
            comment.c.comment_id.not_in(marked),
            (comment.c.ask != "") | (comment.c.comment_type == CommentType.QUESTION),
        )
        .order_by(comment.c.submitted_at, comment.c.comment_id)
    )
    answered = answers_by_comment(db, hearing.id)
    return [one for one in db.execute(query).scalars() if one not in answered]


def ask(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    comment_ids: Sequence[str],
    heading: str,
    *,
    at: datetime | None = None,
) -> Ask:
    """Mark comments for an answer by the agency that deploys their system, with the ledger event.

    The same mark twice is made once. Raises ``Invalid`` with every fault: comments that are not published, of
    several agencies, or without anything to answer; a heading that is none. ``Conflict`` where one is marked
    already.
    """
    require(actor, Act.ASK_FOR_ANSWERS)
    when, hearing = at or datetime.now(UTC), hearing_of(db, hearing_id)
    wanted = tuple(dict.fromkeys(comment_ids))
    before = asks_of(db, hearing_id)
    if same := next(
        (one for one in before if set(one.comment_ids) == set(wanted) and one.heading == heading.strip()),
        None,
    ):
        return same
    marked = {comment_id for one in before for comment_id in one.comment_ids}
    if already := sorted(marked & set(wanted)):
        raise Conflict(
            f"Already marked since you opened this: {', '.join(already[:8])}.",
            kept=_KEPT,
            next_step="Leave these out, and try again.",
        )
    faults = _faults_of_heading(heading)
    rows = list(db.execute(select(comment).where(comment.c.comment_id.in_(wanted[:MOST_AT_ONCE]))))
    found, agency = _faults_of_comments(db, hearing, wanted, rows)
    if faults := faults + found:
        raise Invalid("Nothing was marked yet.", faults, kept=_KEPT)
    said = {
        "ask_id": _new_id(db, when),
        "agency": agency,
        "heading": heading.strip(),
        "comments": sorted(wanted),
    }
    event = append(db, actor=actor.name, kind=ASKED, subject=f"hearing:{hearing_id}", content=said, at=when)
    db.execute(
        insert(answer_ask).values(
            ask_id=said["ask_id"],
            hearing_id=hearing_id,
            agency=agency,
            heading=said["heading"],
            at=event.at,
            actor=actor.name,
            seq=event.seq,
        )
    )
    rows_of_ask = [{"comment_id": one, "ask_id": said["ask_id"]} for one in wanted]
    db.execute(insert(answer_ask_comment), rows_of_ask)
    return Ask(str(said["ask_id"]), hearing_id, agency, heading.strip(), tuple(sorted(wanted)))


def asks_of(db: Connection, hearing_id: str) -> list[Ask]:
    """Return what was marked in a hearing, in the order in which it was."""
    query = (
        select(answer_ask, answer_ask_comment.c.comment_id)
        .join(answer_ask_comment, answer_ask_comment.c.ask_id == answer_ask.c.ask_id)
        .where(answer_ask.c.hearing_id == hearing_id)
        .order_by(answer_ask.c.seq, answer_ask_comment.c.comment_id)
    )
    found: dict[str, Ask] = {}
    for row in db.execute(query):
        before = found[row.ask_id].comment_ids if row.ask_id in found else ()
        found[row.ask_id] = Ask(
            row.ask_id, row.hearing_id, row.agency, row.heading, (*before, row.comment_id)
        )
    return list(found.values())


def _faults_of_heading(heading: str) -> list[Fault]:
    try:
        TypeAdapter(Line).validate_python(heading)
    except ValidationError as error:
        return [Fault("", "heading", one.problem, one.repair) for one in faults_of(error)]
    if kinds := sorted({one.kind for one in find(heading)}):
        problem = f"It seems to hold something private ({', '.join(kinds)})."
        return [Fault("", "heading", problem, "Say what is asked, without naming anybody.")]
    return []


def _faults_of_comments(
    db: Connection, hearing: Hearing, wanted: Sequence[str], rows: Sequence[Row[tuple[object, ...]]]
) -> tuple[list[Fault], str]:
    """Return what is wrong with the comments, and the agency that deploys what they are about."""
    if not wanted:
        return [Fault("", "comments", "No comment is chosen.", "Choose at least one.")], ""
    if len(wanted) > MOST_AT_ONCE:
        problem = f"{len(wanted):,} comments are chosen; at most {MOST_AT_ONCE} fit."
        return [Fault("", "comments", problem, "Mark them in several groups.")], ""
    public = {Consent.TEXT_AND_NAME, Consent.TEXT_ONLY}
    fit = {
        row.comment_id
        for row in rows
        if row.hearing_id == hearing.id and row.state == State.PUBLISHED and row.consent in public
    }
    found = []
    if gone := sorted(set(wanted) - fit):
        problem = f"Not published in this hearing: {', '.join(one[:20] for one in gone[:8])}."
        found.append(Fault("", "comments", problem, "Leave these out."))
    empty = [row.comment_id for row in rows if not row.ask and row.comment_type != CommentType.QUESTION]
    if empty:
        problem = f"Nothing is asked in {', '.join(sorted(empty)[:8])}."
        found.append(Fault("", "comments", problem, "Choose comments that ask for something."))
    answered = answers_by_comment(db, hearing.id)
    if done := sorted(set(wanted) & set(answered)):
        problem = f"Answered already: {', '.join(done[:8])}."
        found.append(Fault("", "comments", problem, "Leave these out."))
    agencies = {agency_of(db, row.system_id) for row in rows}
    if len(agencies) > 1:
        problem = "They are about systems of several agencies."
        found.append(Fault("", "comments", problem, "Ask each agency by itself."))
    if agencies == {""}:
        problem = "The entry of the system names no agency that could answer."
        found.append(Fault("", "comments", problem, "Name it in the entry first."))
    return found, agencies.pop() if len(agencies) == 1 else ""


def _new_id(db: Connection, when: datetime) -> str:
    while True:
        found = f"K-{when:%Y}-{''.join(secrets.choice(_LETTERS) for _ in range(7))}"
        if not db.execute(select(answer_ask.c.ask_id).where(answer_ask.c.ask_id == found)).first():
            return found
