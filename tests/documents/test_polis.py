"""The five files of Pol.is: what is written is read again, counts add up, groups can be found from them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hearing_app.documents.exports import safe_cell
from hearing_app.documents.polis import FILES, polis_files, read_conversation
from hearing_app.errors import Invalid
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.voting.statements import Statement
from hearing_app.voices.opinion_groups import opinion_groups
from hearing_app.voices.vote_table import vote_table
from tests.voices.votes import camps

DAY = datetime(2026, 6, 1, tzinfo=UTC)
WORDS = 'He said: "no, never",\nand =SUM(A1) is no formula; ünïcode, 中文'


@pytest.fixture(scope="module")
def statements() -> list[Statement]:
    return [
        Statement(
            "h", number, WORDS if number == 3 else f"Statement {number}", "en", None, False, DAY, "f",
            DAY if number == 5 else None, "Twice" if number == 5 else None,
        )
        for number in range(12)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def votes() -> list[tuple[datetime, int, int, int]]:
    events = camps((20, 14), 12)
    changed = [*events, *((person, number, -vote) for person, number, vote in events[:40])]
    return [(DAY + timedelta(days=place // 100), *event) for place, event in enumerate(changed)]


@pytest.fixture(scope="module")
def files(
    hearing: Hearing, statements: list[Statement], votes: list[tuple[datetime, int, int, int]]
) -> dict[str, str]:
    table = vote_table(((p, s, v) for _, p, s, v in votes), (one.number for one in statements))
    groups = opinion_groups(table, without=frozenset({5}))
    return polis_files(hearing, "https://example.org/hearing?id=h", statements, groups)


@pytest.fixture(scope="module")
def hearing() -> Hearing:
    return Hearing.model_validate(
        {
            "id": "h", "title": 'A "title", with a comma', "summary": "s", "convened_by": "b",
            "demonstration": True, "systems": ["x"], "questions": [{"id": "q", "text": "What do you think?"}],
            "time_zone": "UTC", "opens_at": DAY, "closes_at": DAY + timedelta(days=9),
            "what_happens_next": "n",
        }
    )  # fmt: skip


def _read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_what_is_written_is_read_again(
    files: dict[str, str], statements: list[Statement], votes: list[tuple[datetime, int, int, int]]
) -> None:
    assert tuple(files) == FILES
    found = read_conversation(files)
    assert found.topic == 'A "title", with a comma'
    assert found.statements == {one.number: one.text for one in statements}
    assert found.rejected == {5}
    last = {(person, number): vote for _, person, number, vote in votes}
    assert list(found.votes) == [(*pair, vote) for pair, vote in sorted(last.items())]


@pytest.mark.parametrize("words", ["=1+1 is two", "-5 % of stops", "so;=1+1", 'a "b";"=1+1', "\uff1dSUM(A1)"])
def test_no_words_are_a_formula_and_they_are_read_as_they_were_written(
    files: dict[str, str], statements: list[Statement], hearing: Hearing, words: str
) -> None:
    hostile = [replace(one, text=words) for one in statements]
    table = vote_table([], [one.number for one in statements])
    written = polis_files(hearing.model_copy(update={"title": words}), "", hostile, opinion_groups(table))
    assert {row["comment-body"] for row in _read(written["comments.csv"])} == {safe_cell(words)} != {words}
    assert written["summary.csv"].splitlines()[0] != files["summary.csv"].splitlines()[0]
    found = read_conversation(written)
    assert found.topic == words
    assert set(found.statements.values()) == {words}


def test_no_file_says_when_somebody_voted_or_what_they_changed(
    files: dict[str, str], votes: list[tuple[datetime, int, int, int]]
) -> None:
    rows = _read(files["votes.csv"])
    assert {row["datetime"] for row in rows} == {"Wed Jun 10 00:00:00 UTC 2026"}
    assert len(rows) == len({(person, number) for _, person, number, _ in votes}) < len(votes)


def test_the_counts_add_up_although_votes_were_changed(
    files: dict[str, str], votes: list[tuple[datetime, int, int, int]]
) -> None:
    last = {(person, number): vote for _, person, number, vote in votes}
    expected = Counter((number, vote) for (_, number), vote in last.items())
    for row in _read(files["comments.csv"]):
        number = int(row["comment-id"])
        stands = [int(row[name]) for name in ("agrees", "disagrees", "passes")]
        assert stands == [expected[number, vote] for vote in (1, -1, 0)]
    people = _read(files["participants-votes.csv"])
    assert sum(int(row["n-votes"]) for row in people) == len(last)
    assert sum(int(row["n-agree"]) for row in people) == sum(vote == 1 for vote in last.values())
    cells = {(int(row["participant"]), number): row[str(number)] for row in people for number in range(12)}
    assert {place: int(cell) for place, cell in cells.items() if cell} == last
    assert _read(files["stats-history.csv"])[-1]["n-votes"] == str(len(last))


def test_anybody_finds_the_same_groups_from_the_files(files: dict[str, str]) -> None:
    found = read_conversation(files)
    groups = opinion_groups(vote_table(found.votes, found.statements), without=found.rejected)
    published = [row["group-id"] for row in _read(files["participants-votes.csv"])]
    assert [str(label) if label >= 0 else "" for label in groups.labels.tolist()] == published
    assert groups.number == 2
    assert f"votes-sha256,{groups.table.sha256}" in files["summary.csv"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"votes.csv": None}, "This file is missing"),
        ({"votes.csv": "timestamp,comment-id,voter-id\n1,2,3\n"}, "column vote is missing"),
        (
            {"votes.csv": "timestamp,comment-id,voter-id,vote\n1,2,x,1\n"},
            "“x” is no whole number in voter-id",
        ),
        ({"votes.csv": "timestamp,comment-id,voter-id,vote\n1,2,3,7\n"}, "“7” is no vote"),
        ({"votes.csv": "timestamp,comment-id,voter-id,vote\n1,2\n"}, "too short"),
        ({"comments.csv": ""}, "is missing"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_with_its_line(
    files: dict[str, str], change: dict[str, str | None], says: str
) -> None:
    given = {name: text for name, text in {**files, **change}.items() if text is not None}
    with pytest.raises(Invalid) as error:
        read_conversation(given)
    [fault] = error.value.faults
    assert says in fault.problem
    assert fault.file


def test_votes_out_of_order_are_put_in_order(files: dict[str, str]) -> None:
    late = "timestamp,comment-id,voter-id,vote\n20,1,1,-1\n10,1,1,1\n"
    assert read_conversation({**files, "votes.csv": late}).votes == ((1, 1, 1), (1, 1, -1))
