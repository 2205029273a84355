"""The tables that can be taken from a hearing: each column with its kind and meaning, once for all forms.

The open-data bundle holds what the public may read; the workbook is for facilitators and says more about each
comment. Views and standings of single authors are in neither of the public tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from hearing_app.hearings.agenda.minutes import decisions_of
from hearing_app.hearings.agenda.reading import agenda_of
from hearing_app.hearings.answers.reading import answers_by_comment, answers_of, waits_of
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.lists import every_published
from hearing_app.hearings.comments.themes import themes_by_comment, themes_of
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation.figures import each_decision
from hearing_app.hearings.voting.results import are_shown, results_of, table_of
from hearing_app.hearings.voting.statements import statements_of

Cell = str | int | float | bool | datetime | None
TEXT, INTEGER, NUMBER, FLAG, MOMENT = "text", "integer", "number", "flag", "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its kind (text, integer, number, flag, moment) and what it means."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, what a row is, its columns, and its rows, read anew each time they are asked for."""

    name: str
    row: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Sequence[Cell]]]


COMMENTS = (
    Column("comment_id", TEXT, "Number of the comment."),
    Column("system_id", TEXT, "The system that it is about."),
    Column("system_version", INTEGER, "The version of the system's entry when it was written."),
    Column("target", TEXT, "What of the system it is about."),
    Column("target_detail", TEXT, "Where or which, in the author's words."),
    Column("comment_type", TEXT, "What kind of comment it is."),
    Column("concern", TEXT, "What the author wants to say, as published."),
    Column("value_seen", TEXT, "What the author sees as useful, as published."),
    Column("ask", TEXT, "What the panel should do or ask, as published."),
    Column("name", TEXT, "The name to show; “No name given” where the author gave none to show."),
    Column(
        "language", TEXT, "BCP 47 tag, declared by the author or found; “und” where it could not be told."
    ),
    Column("identity_basis", TEXT, "What is known of who sent it."),
    Column("evidence", TEXT, "Links that the author gave, as JSON: a list of url and title."),
    Column("pinned_selection", TEXT, "The figures it was written about: query of the evidence page."),
    Column("pinned_version", TEXT, "Hash of the release of the data behind these figures."),
    Column("pinned_finding", TEXT, "The sentence that stood beside these figures."),
    Column("submitted_on", TEXT, "Day on which it arrived, in UTC. The minute is not public."),
    Column("themes", TEXT, "Names of its themes, as JSON."),
    Column("answered_at", MOMENT, "When the first answer to it was given; empty without one."),
    Column("answer_kind", TEXT, "The kind of the last answer to it."),
)


def public_tables(db: Connection, hearing: Hearing) -> list[Table]:
    """Return the tables of a hearing that anyone may have, in the order of the bundle."""
    themes, answers = themes_by_comment(db, hearing.id), answers_by_comment(db, hearing.id)

    def comments() -> Iterator[Sequence[Cell]]:
        for one in every_published(db, hearing.id):
            given = answers.get(one.comment_id, [])
            named = [theme.name for theme in themes.get(one.comment_id, ())]
            yield (
                *public_cells(one),
                as_json(named),
                given[0].given_at if given else None,
                str(given[-1].kind) if given else "",
            )

    return [
        Table("comments", "One published comment, words as readers see them.", COMMENTS, comments),
        *_of_themes(db, hearing),
        *_of_moderation(db, hearing),
        *_of_agenda(db, hearing),
        *_of_answers(db, hearing),
        *_of_votes(db, hearing),
    ]


def public_cells(one: Comment) -> tuple[Cell, ...]:
    """Return what of a published comment is public, up to the day of its arrival."""
    pinned = one.pinned or {}
    return (
        one.comment_id,
        one.system_id,
        one.system_version,
        one.target,
        one.target_detail,
        one.comment_type,
        one.concern,
        one.value_seen,
        one.ask,
        one.public_name,
        one.language,
        one.identity_basis,
        as_json(one.evidence),
        pinned.get("query", ""),
        pinned.get("version", ""),
        pinned.get("sentence", ""),
        one.submitted_at.astimezone(UTC).date().isoformat(),
    )


def _of_themes(db: Connection, hearing: Hearing) -> Iterator[Table]:
    columns = (
        Column("theme_id", INTEGER, "Number of the theme in this hearing."),
        Column("theme", TEXT, "Its name, given by a facilitator."),
        Column("comment_id", TEXT, "A published comment that is about it."),
    )

    def rows() -> Iterator[Sequence[Cell]]:
        for one in themes_of(db, hearing.id):
            yield from ((one.theme_id, one.name, comment_id) for comment_id in one.comment_ids)

    yield Table("themes", "One comment in one theme.", columns, rows)


def _of_moderation(db: Connection, hearing: Hearing) -> Iterator[Table]:
    columns = (
        Column("event", INTEGER, "Number of the event in the record."),
        Column("at", MOMENT, "When; of what authors and rules do, the day alone."),
        Column("comment_id", TEXT, "Number of the comment."),
        Column("act", TEXT, "What was done."),
        Column("by", TEXT, "By whom, as an office."),
        Column("reason_id", TEXT, "The reason, R1 to R10; empty where none is needed."),
        Column("rule_version", TEXT, "Version of the rules that were in force."),
        Column("authority", TEXT, "The court or authority, where a legal duty was the reason."),
    )

    def rows() -> Iterator[Sequence[Cell]]:
        for one in each_decision(db, hearing.id):
            yield (
                *(one.seq, one.at, one.comment_id, one.act, one.by),
                *(one.reason_id, one.rule_version, one.authority),
            )

    yield Table("moderation", "One decision on a comment.", columns, rows)


def _of_agenda(db: Connection, hearing: Hearing) -> Iterator[Table]:
    items = (
        Column("item", INTEGER, "Number of the item."),
        Column("title", TEXT, "Its title."),
        Column("kind", TEXT, "What kind of item it is."),
        Column("minutes", INTEGER, "Minutes that it takes, with its speakers."),
        Column("starts_at", MOMENT, "About when it begins; empty where no sitting is set."),
        Column("comment_ids", TEXT, "Published comments behind it, as JSON."),
    )
    decided = (
        Column("number", INTEGER, "Number in the minutes."),
        Column("kind", TEXT, "Decision or condition."),
        Column("text", TEXT, "What was decided."),
        Column("owner", TEXT, "Which office sees to it."),
        Column("due", TEXT, "By which day."),
        Column("done_at", MOMENT, "When it was said to be done; empty before."),
        Column("comment_ids", TEXT, "Comments that it rests on, as JSON."),
    )

    def of_items() -> Iterator[Sequence[Cell]]:
        agenda = agenda_of(db, hearing.id)
        for one in agenda.items if agenda else ():
            yield (
                *(one.number, one.title, one.kind, one.all_minutes, one.starts_at),
                as_json(one.comment_ids),
            )

    def of_decisions() -> Iterator[Sequence[Cell]]:
        for one in decisions_of(db, hearing.id):
            yield (
                *(one.number, one.kind, one.text, one.owner, one.due.isoformat(), one.done_at),
                as_json(one.comment_ids),
            )

    yield Table("agenda", "One item of the published agenda.", items, of_items)
    yield Table("decisions", "One decision or condition of the hearing.", decided, of_decisions)


def _of_answers(db: Connection, hearing: Hearing) -> Iterator[Table]:
    given = (
        Column("answer_id", TEXT, "Number of the answer."),
        Column("agency", TEXT, "Who answered."),
        Column("comment_ids", TEXT, "The comments that it answers, as JSON."),
        Column("kind", TEXT, "Accepted, accepted in part, not accepted, will find out, not ours."),
        Column("text", TEXT, "The answer."),
        Column("due_at", MOMENT, "By when it was due."),
        Column("given_at", MOMENT, "When it was given."),
        Column("find_out_by", MOMENT, "By when the agency said it will find out; empty for other kinds."),
        Column("system_version", INTEGER, "The version of the entry that changed because of it."),
        Column("on_paper", FLAG, "Whether it came on paper and was entered by facilitators."),
    )
    owed = (
        Column("comment_id", TEXT, "The comment that waits."),
        Column("agency", TEXT, "Who owes an answer."),
        Column("since", MOMENT, "Since when it waits."),
        Column("due_at", MOMENT, "By when an answer is due."),
        Column("overdue", FLAG, "Whether that day is over."),
    )

    def of_answers() -> Iterator[Sequence[Cell]]:
        for one in answers_of(db, hearing.id):
            yield (
                *(one.answer_id, one.agency, as_json(one.comment_ids), str(one.kind), one.text, one.due_at),
                *(one.given_at, one.find_out_by, one.version, one.on_paper),
            )

    def of_waits() -> Iterator[Sequence[Cell]]:
        for one in waits_of(db, hearing):
            if one.is_open:
                yield one.comment_id, one.agency, one.since, one.due_at, one.is_overdue()

    yield Table("answers", "One answer of an agency.", given, of_answers)
    yield Table("waiting", "One comment to which an answer is owed.", owed, of_waits)


def _of_votes(db: Connection, hearing: Hearing) -> Iterator[Table]:
    columns = (
        Column("statement", INTEGER, "Number of the statement."),
        Column("text", TEXT, "Its words; empty where they left the record."),
        Column("language", TEXT, "BCP 47 tag, as found."),
        Column("comment_id", TEXT, "The comment that it rests on; empty where facilitators wrote it."),
        Column("in_own_words", FLAG, "Whether these are the author's own words."),
        Column("is_shown", FLAG, "Whether it is voted on; if not, it was taken down."),
        Column(
            "agree", INTEGER, "Voters whose last vote agrees; empty under ten votes and before the close."
        ),
        Column("disagree", INTEGER, "Voters whose last vote disagrees."),
        Column("pass", INTEGER, "Voters whose last vote passes. Who never saw it is in no column."),
        Column(
            "in_common", NUMBER, "Agreement multiplied over the groups, 0 to 1; empty without clear groups."
        ),
    )
    cast = (
        Column("voter", INTEGER, "Number of the voter, in an order that says nothing."),
        Column("statement", INTEGER, "Number of the statement."),
        Column("vote", INTEGER, "1 agrees, -1 disagrees, 0 passes: the voter's last vote on the statement."),
    )

    def of_statements() -> Iterator[Sequence[Cell]]:
        results = results_of(db, hearing)
        found = {one.statement.number: one for one in results.statements} if results else {}
        for one in statements_of(db, hearing.id):
            counted = found.get(one.number)
            votes: Sequence[Cell] = counted.votes if counted and counted.votes else (None, None, None)
            yield (
                *(one.number, one.text, one.language, one.comment_id or "", one.in_own_words, one.is_shown),
                *votes,
                counted.common if counted else None,
            )

    def of_votes() -> Iterator[Sequence[Cell]]:
        if are_shown(hearing):
            yield from table_of(db, hearing.id).rows()

    yield Table("statements", "One statement.", columns, of_statements)
    yield Table(
        "votes",
        "One voter's last vote on one statement; none before the close or under thirty voters.",
        cast,
        of_votes,
    )


def chosen(table: Table, names: Sequence[str]) -> Table:
    """Return a table with some of its columns, in the order in which they are named.

    Raises ``KeyError`` for a column that it does not have.
    """
    place_of = {column.name: place for place, column in enumerate(table.columns)}
    places = [place_of[name] for name in names]
    return Table(
        table.name,
        table.row,
        tuple(table.columns[place] for place in places),
        lambda: ([row[place] for place in places] for row in table.rows()),
    )


def dictionary(tables: Iterable[Table]) -> dict[str, list[Mapping[str, str]]]:
    """Return what each column of each table means, for people and programs."""
    return {
        table.name: [
            {"column": column.name, "kind": column.kind, "meaning": column.meaning}
            for column in table.columns
        ]
        for table in tables
    }


def as_json(value: object) -> str:
    """Return a list as the text of a cell."""
    return json.dumps(value, ensure_ascii=False) if value else "[]"
