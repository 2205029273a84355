"""Voting as documents: a statement to vote on, what voters should know, what the votes say, and as files."""

from __future__ import annotations

import csv
import io
from typing import Any

from sqlalchemy import Connection

from hearing_app.documents.render import render
from hearing_app.hearings.hearing import Hearing, Phase
from hearing_app.hearings.voting.results import (
    Counted,
    Results,
    are_shown,
    results_of,
    table_of,
    votes_cast,
)
from hearing_app.hearings.voting.statements import Statement, number_of_statements
from hearing_app.voices.opinion_groups import ALGORITHM, ENOUGH_PEOPLE


def statement_html(one: Statement) -> str:
    """Return a statement to vote on, with where it comes from."""
    return render("statement_card", one=one)


def before_voting_html(hearing: Hearing) -> str:
    """Return what a voter should know before the first vote."""
    return render("voting_before", hearing=hearing)


def ballot_html(code: str) -> str:
    """Return the digits of a voter."""
    return render("ballot", code=code)


def results_html(db: Connection, hearing: Hearing) -> str:
    """Return what the votes of a hearing say; while it is open, only how many there are."""
    results = results_of(db, hearing)
    people, votes = votes_cast(db, hearing.id)
    if results is None:
        return render("voting_after", hearing=hearing, results=None, people=people, votes=votes)
    clear = results.groups.are_clear
    return render(
        "voting_after",
        hearing=hearing,
        results=results,
        words={one.statement.number: one.statement for one in results.statements},
        groups=results.groups.names if clear else [],
        sizes=_sizes(results),
        why=_why_unclear(results),
        algorithm=ALGORITHM,
    )


def voting_section(db: Connection, hearing: Hearing) -> str:
    """Return the part of a hearing's page that leads to its statements; nothing where there are none."""
    number = number_of_statements(db, hearing.id)
    if not number:
        return ""
    people, votes = votes_cast(db, hearing.id)
    return render(
        "voting_section",
        hearing=hearing,
        number=number,
        people=people,
        votes=votes,
        is_open=hearing.phase() is Phase.OPEN,
        are_shown=are_shown(hearing),
    )


def votes_csv(db: Connection, hearing: Hearing) -> str:
    """Return the published table of votes as CSV: voter's number, statement, vote, by voter and statement."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(("voter", "statement", "vote"))
    table.writerows(table_of(db, hearing.id).rows())
    return written.getvalue()


def results_as_data(results: Results) -> dict[str, Any]:
    """Return the results as a program reads them."""
    groups = results.groups
    return {
        "voters": results.voters,
        "votes": results.cast,
        "algorithm": ALGORITHM,
        "votes_sha256": groups.table.sha256,
        "groups_are_clear": groups.are_clear,
        "silhouette": groups.silhouette,
        "groups": [
            {
                "name": name,
                "size": size,
                "voters": [
                    person
                    for person, label in zip(groups.table.participants, groups.labels.tolist(), strict=True)
                    if label == place
                ],
                "representative": [
                    {"statement": one.statement, "agrees": one.agrees, "count": one.count, "seen": one.seen}
                    for one in results.apart[place]
                ],
            }
            for place, (name, size) in enumerate(zip(groups.names, _sizes(results), strict=True))
        ]
        if groups.are_clear
        else [],
        "agreed": list(results.agreed),
        "disagreed": list(results.disagreed),
    }


def counted_as_data(one: Counted) -> dict[str, Any]:
    """Return a statement with its counts; null where fewer than ten have voted."""
    votes = one.votes or (None, None, None)
    return {
        **statement_as_data(one.statement),
        "agree": votes[0],
        "disagree": votes[1],
        "pass": votes[2],
        "by_group": [
            dict(zip(("agree", "disagree", "pass"), counts, strict=True)) for counts in one.by_group
        ],
        "in_common": one.common,
    }


def statement_as_data(one: Statement) -> dict[str, Any]:
    """Return a statement without its votes."""
    return {
        "number": one.number,
        "text": one.text,
        "language": one.language,
        "comment_id": one.comment_id,
        "in_own_words": one.in_own_words,
        "is_shown": one.is_shown,
        "taken_down_why": one.taken_down_why,
    }


def _sizes(results: Results) -> list[int]:
    return [int(results.groups.members(group).sum()) for group in range(results.groups.number)]


def _why_unclear(results: Results) -> str:
    part = int(results.groups.taking_part.sum())
    if part < ENOUGH_PEOPLE:
        return f"{part} people voted often enough to be compared; {ENOUGH_PEOPLE} are needed."
    return "those who voted often enough cannot be told apart by how they voted."
