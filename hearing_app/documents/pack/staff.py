"""What facilitators take from a hearing beside what is public: every comment, its state, and why.

It holds words that are not public, and views and standings of single authors: for those who prepare the
hearing alone. A wish to speak is in it as the bare fact, without what somebody needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date

from sqlalchemy import Connection

from hearing_app.documents.pack.tables import (
    COMMENTS,
    FLAG,
    INTEGER,
    MOMENT,
    NUMBER,
    TEXT,
    Cell,
    Column,
    Table,
    as_json,
    chosen,
    public_cells,
    public_tables,
)
from hearing_app.errors import Fault, Invalid
from hearing_app.hearings.agenda.slots import slots_by_comment
from hearing_app.hearings.answers.reading import agency_of
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.lists import comments_for_export
from hearing_app.hearings.comments.themes import themes_by_comment
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation.figures import LOG_COLUMNS, each_logged
from hearing_app.hearings.requests.statistics import figures_by_agency
from hearing_app.hearings.vocabulary import CommentType, State
from hearing_app.people.permissions import Act, Actor, require

_PRIVATE = (
    Column("state", TEXT, "Where the comment stands."),
    Column("state_at", MOMENT, "Since when."),
    Column("reason_id", TEXT, "The reason of the last decision, R1 to R10."),
    Column("reason_note", TEXT, "The note for the author."),
    Column("consent", TEXT, "Who may read it, as the author chose."),
    Column("stance", TEXT, "The author's view. Never public for one author."),
    Column("standing", TEXT, "How the author stands to the system, as JSON. Never public for one author."),
    Column("speaking", TEXT, "Whether the author wishes to speak, and how."),
    Column("slot", NUMBER, "The slot in which it speaks; empty without one."),
    Column("submitted_at", MOMENT, "When it arrived, to the second."),
    Column("language_declared", TEXT, "The language that the author chose."),
    Column("language_detected", TEXT, "The language that was found."),
    Column("language_confidence", NUMBER, "How sure the model says it is; it is as sure when it is wrong."),
    Column("has_words", FLAG, "False once the words were withdrawn or erased."),
)
# The words as they were typed, not as they are published: what was taken out stands in them.
STAFF_COMMENTS = (*(one for one in COMMENTS if one.name not in {"answered_at", "answer_kind"}), *_PRIVATE)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which comments to take: of these states, systems, kinds, languages and themes, from and up to a day.

    ``column`` names the columns to take of each, in their order. An empty choice takes all.
    """

    state: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    column: tuple[str, ...] = ()

    def takes(self, one: Comment, themes: Sequence[str]) -> bool:
        """Return whether a comment is taken."""
        arrived = one.submitted_at.astimezone(UTC).date()
        return (
            (not self.state or one.state in self.state)
            and (not self.system or one.system_id in self.system)
            and (not self.kind or one.comment_type in self.kind)
            and (not self.language or one.language in self.language)
            and (not self.theme or not set(self.theme).isdisjoint(themes))
            and (self.since is None or arrived >= self.since)
            and (self.until is None or arrived <= self.until)
        )


def choice_of(pairs: Sequence[tuple[str, str]]) -> Choice:
    """Return the choice that (name, value) pairs make; names may repeat, and each widens its part.

    Raises ``Invalid`` with every name and value that is none.
    """
    known = {field.name for field in fields(Choice)}
    lists: dict[str, list[str]] = {}
    days: dict[str, date] = {}
    faults = []
    words = {
        "state": [str(one) for one in State],
        "kind": [str(one) for one in CommentType],
        "column": [column.name for column in STAFF_COMMENTS],
    }
    for name, value in pairs:
        if name not in known:
            repair = f"Use one of: {', '.join(sorted(known))}."
            faults.append(Fault("", name[:40], "There is no such filter.", repair))
        elif name in {"since", "until"}:
            try:
                days[name] = date.fromisoformat(value)
            except ValueError:
                faults.append(Fault("", name, f"“{value[:40]}” is no day.", "Write it as 2026-11-23."))
        elif value not in words.get(name, [value]):
            repair = f"Use one of: {', '.join(words[name])}."
            faults.append(Fault("", name, f"“{value[:40]}” is not one of the choices.", repair))
        else:
            lists.setdefault(name, []).append(value)
    if faults:
        raise Invalid("Nothing was exported.", faults, kept="")
    listed = {name: tuple(dict.fromkeys(values)) for name, values in lists.items()}
    return Choice(since=days.get("since"), until=days.get("until"), **listed)


ALL = Choice()


def staff_tables(db: Connection, actor: Actor, hearing: Hearing, choice: Choice = ALL) -> list[Table]:
    """Return the sheets of the facilitators' workbook; refuses before the first row is read."""
    require(actor, Act.EXPORT_COMMENTS)
    public = {table.name: table for table in public_tables(db, hearing)}
    return [
        comments_table(db, actor, hearing, choice),
        Table(
            "moderation_log",
            "One event of a comment, with the note.",
            tuple(
                Column(name, NUMBER if name == "event" else TEXT, "As in the log of the desk.")
                for name in LOG_COLUMNS
            ),
            lambda: each_logged(db, actor, hearing.id),
        ),
        _requests(db, hearing),
        *(
            public[name]
            for name in ("themes", "statements", "votes", "answers", "waiting", "agenda", "decisions")
        ),
    ]


def _requests(db: Connection, hearing: Hearing) -> Table:
    """Return figures of how the agencies of a hearing's systems answer people who ask about themselves."""
    agencies = {agency_of(db, system) for system in hearing.systems}
    columns = (
        Column("agency", TEXT, "Who was asked."),
        Column("counted", INTEGER, "Requests that are over, in full tens; what is fewer is not shown."),
        Column("in_time_at_least", INTEGER, "Answered by their day, at least."),
        Column("in_time_at_most", INTEGER, "The same, at most: in each ten a count under three is a range."),
        Column("median_weeks", INTEGER, "Begun weeks within which half were answered; empty if not known."),
    )

    def rows() -> Iterator[Sequence[Cell]]:
        for one in figures_by_agency(db):
            if one.agency in agencies:
                yield (
                    *(one.agency, one.counted, one.in_time_at_least, one.in_time_at_most),
                    one.median_weeks,
                )

    return Table("requests", "One agency: figures of whole months, with nobody in them.", columns, rows)


def comments_table(db: Connection, actor: Actor, hearing: Hearing, choice: Choice = ALL) -> Table:
    """Return every comment of a hearing that a choice takes, in the order of arrival."""
    require(actor, Act.EXPORT_COMMENTS)
    themes = {
        comment_id: [theme.name for theme in found]
        for comment_id, found in themes_by_comment(db, hearing.id).items()
    }
    slots = slots_by_comment(db, hearing.id)

    def rows() -> Iterator[Sequence[Cell]]:
        for one in comments_for_export(db, actor, hearing.id):
            named = themes.get(one.comment_id, [])
            if choice.takes(one, named):
                yield (*public_cells(one), as_json(named), *_private(one, slots))

    whole = Table(
        "comments", "One comment, published or not, words as they were typed.", STAFF_COMMENTS, rows
    )
    return chosen(whole, choice.column) if choice.column else whole


def _private(one: Comment, slots: dict[str, int]) -> tuple[Cell, ...]:
    return (
        *(one.state, one.state_at, one.reason_id, one.reason_note, one.consent, one.stance),
        as_json(one.standing),
        *(one.speaking, slots.get(one.comment_id), one.submitted_at, one.language_declared),
        *(one.language_detected, one.language_confidence, one.has_words),
    )
