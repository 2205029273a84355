"""A hearing's votes as the five files of Pol.is, and such files read again.

Others read these files (Sensemaker, red-dwarf, Agora). Pol.is counts every vote that was cast, also those
that were changed; here each voter's last vote on a statement counts, so the counts add up. Columns are read
by their names. The format is that of the open exports of The Computational Democracy Project. People open
them with spreadsheets, too: what could be taken for a formula begins with an apostrophe, which goes when
the files are read here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hearing_app.documents.exports import as_typed, safe_cell
from hearing_app.documents.text import visible
from hearing_app.errors import Fault, Invalid
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.voting.statements import Statement
from hearing_app.voices.agreement import group_informed_consensus
from hearing_app.voices.opinion_groups import Groups
from hearing_app.voices.vote_table import AGREE, DISAGREE, PASS, UNSEEN

FILES = ("summary.csv", "comments.csv", "participants-votes.csv", "votes.csv", "stats-history.csv")
_ACCEPTED, _REJECTED = 1, -1
_MOST_ROWS = 2_000_000


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the files of a conversation say: its topic, statements by number, rejected ones, and votes.

    ``votes`` are (voter, statement, vote) in the order in which they were cast.
    """

    topic: str
    statements: Mapping[int, str]
    rejected: frozenset[int]
    votes: Sequence[tuple[int, int, int]]


def polis_files(
    hearing: Hearing, address: str, statements: Sequence[Statement], groups: Groups
) -> dict[str, str]:
    """Return the five files by their names; ``address`` is the hearing's page.

    Every vote bears the moment at which the hearing closed: when somebody voted, and what they changed, would
    tell with the public ledger who they are.
    """
    table, closed = groups.table, hearing.window[1]
    counts = {number: row.tolist() for number, row in zip(table.statements, table.counts(), strict=True)}
    consensus = group_informed_consensus(groups).tolist() if groups.number else []
    common = dict(zip(table.statements, consensus, strict=False))
    return {
        "summary.csv": _table(
            ("topic", hearing.title),
            (
                ("url", address),
                ("voters", len(table.participants)),
                ("votes", int(table.seen.sum())),
                ("comments", len(statements)),
                ("groups", groups.number),
                ("votes-sha256", table.sha256),
            ),
        ),
        "comments.csv": _table(
            (
                *("timestamp", "datetime", "comment-id", "author-id", "agrees", "disagrees", "moderated"),
                *(
                    "is-meta",
                    "is-seed",
                    "group-informed-consensus",
                    "comment-body",
                    "passes",
                    "source-comment",
                ),
            ),
            (
                (
                    *_when(one.added_at),
                    one.number,
                    "",
                    *counts.get(one.number, [0, 0, 0])[:2],
                    _ACCEPTED if one.is_shown else _REJECTED,
                    "false",
                    "true" if one.comment_id is None else "false",
                    common.get(one.number, ""),
                    one.text,
                    counts.get(one.number, [0, 0, 0])[2],
                    one.comment_id or "",
                )
                for one in statements
            ),
        ),
        "participants-votes.csv": _participants(groups),
        "votes.csv": _table(
            ("timestamp", "datetime", "comment-id", "voter-id", "vote"),
            ((*_when(closed), number, person, vote) for person, number, vote in table.rows()),
        ),
        "stats-history.csv": _table(
            ("timestamp", "datetime", "n-votes", "n-voters", "n-comments"),
            [(*_when(closed), int(table.seen.sum()), len(table.participants), len(statements))],
        ),
    }


def read_conversation(files: Mapping[str, str]) -> Conversation:
    """Read such files; of the five, ``comments.csv`` and ``votes.csv`` are needed.

    Raises ``Invalid`` with the file, the line and what is wrong with it.
    """
    if missing := [name for name in ("comments.csv", "votes.csv") if name not in files]:
        faults = [Fault(name, "", "This file is missing.", "Give it as well.") for name in missing]
        raise Invalid("The conversation was not read.", faults)
    statements, rejected = {}, set()
    for line, row in _rows(files, "comments.csv", ("comment-id", "comment-body", "moderated")):
        number = _number(row, "comment-id", "comments.csv", line)
        statements[number] = as_typed(row["comment-body"])
        if row["moderated"].strip() == str(_REJECTED):
            rejected.add(number)
    cast = []
    for line, row in _rows(files, "votes.csv", ("timestamp", "comment-id", "voter-id", "vote")):
        numbers = [_number(row, name, "votes.csv", line) for name in ("timestamp", "voter-id", "comment-id")]
        vote = _number(row, "vote", "votes.csv", line)
        if vote not in (AGREE, PASS, DISAGREE):
            _refuse("votes.csv", line, f"“{vote}” is no vote.", "1 agrees, -1 disagrees, 0 passes.")
        cast.append((*numbers, vote))
    # The file need not be in the order of time, and the last vote counts.
    cast.sort(key=lambda one: one[0])
    topic = ""
    if "summary.csv" in files:
        pairs = [row for row in csv.reader(io.StringIO(files["summary.csv"])) if len(row) == 2]
        topic = as_typed(dict(pairs).get("topic", ""))
    votes = tuple((voter, statement, vote) for _, voter, statement, vote in cast)
    return Conversation(topic, statements, frozenset(rejected), votes)


def _participants(groups: Groups) -> str:
    table = groups.table
    head = ("participant", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree", *table.statements)
    rows = []
    for place, person in enumerate(table.participants):
        votes = table.votes[place].tolist()
        label = int(groups.labels[place])
        counted = [sum(vote != UNSEEN for vote in votes), votes.count(AGREE), votes.count(DISAGREE)]
        given = ["" if vote == UNSEEN else vote for vote in votes]
        rows.append((person, "" if label < 0 else label, 0, *counted, *given))
    return _table(head, rows)


def _when(at: datetime) -> tuple[int, str]:
    moment = at.astimezone(UTC)
    return int(moment.timestamp() * 1000), moment.strftime("%a %b %d %H:%M:%S UTC %Y")


def _table(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> str:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerows([_for_sheet(cell) for cell in row] for row in (head, *rows))
    return written.getvalue()


def _for_sheet(cell: Any) -> Any:
    return safe_cell(visible(cell)) if isinstance(cell, str) else cell


def _rows(
    files: Mapping[str, str], name: str, needed: Sequence[str]
) -> Iterable[tuple[int, Mapping[str, str]]]:
    read = csv.DictReader(io.StringIO(files[name].removeprefix("\ufeff"), newline=""))
    if missing := [column for column in needed if column not in (read.fieldnames or ())]:
        _refuse(name, 1, f"The column {', '.join(missing)} is missing.", "Export the file anew.")
    for place, row in enumerate(read):
        if place >= _MOST_ROWS:
            _refuse(name, place + 2, f"It has more than {_MOST_ROWS:,} rows.", "Split it.")
        if any(row.get(column) is None for column in needed):
            _refuse(name, place + 2, "The row is too short.", "Export the file anew.")
        yield place + 2, row


def _number(row: Mapping[str, str], column: str, name: str, line: int) -> int:
    text = row[column].strip()
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        _refuse(name, line, f"“{text[:40]}” is no whole number in {column}.", "Correct it.")
    return int(text)


def _refuse(name: str, line: int, problem: str, repair: str) -> None:
    raise Invalid("The conversation was not read.", [Fault(name, f"line {line}", problem, repair)])
