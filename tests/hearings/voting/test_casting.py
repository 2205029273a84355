"""Votes: under digits that one person has, changed and taken back, while the hearing is open, not after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from hearing_app.errors import Conflict, Forbidden, HearingError, Invalid, NotFound, NotOpen, TooMany
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation.redactions import redact
from hearing_app.hearings.vocabulary import State
from hearing_app.hearings.voting import casting
from hearing_app.hearings.voting.casting import Ballot, Vote, ballot_by_code, cast, take_back, voting_code
from hearing_app.hearings.voting.erasing import forget_words_of
from hearing_app.hearings.voting.results import (
    FEWEST_VOTERS,
    counts_of,
    results_of,
    table_of,
    votes_cast,
)
from hearing_app.hearings.voting.statements import Statement, add, statements_of, take_down
from hearing_app.hearings.voting.verify import faults
from hearing_app.people.permissions import PUBLIC, Actor, Role
from hearing_app.people.throttle import Limit, Sender
from hearing_app.record.ledger import contents
from hearing_app.record.receipts import new_draft_id
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import ledger_private, statement, vote, voter
from tests.hearings.conftest import Decide, Send
from tests.voices.votes import camps

CastOne = Callable[..., Ballot]
ASKS = "The force should publish each deployment in advance."


@pytest.fixture
def added(engine: Engine, facilitator: Actor, hearing: Hearing, now: datetime) -> list[Statement]:
    with writing(engine) as db:
        texts = (ASKS, "Cameras make this city safer for me.", "Faces of children should not be compared.")
        return [add(db, facilitator, hearing.id, text, at=now) for text in texts]


@pytest.fixture
def voted(engine: Engine, receipt_key: bytes, hearing: Hearing, now: datetime) -> CastOne:
    """Cast a vote as somebody, named by a number, whose browser drew its digits."""

    def one(person: int, number: int, given: int, **more: object) -> Ballot:
        code = voting_code(receipt_key, hearing.id, f"{person:032x}")
        at = more.pop("at", now)
        with writing(engine) as db:
            return cast(db, receipt_key, Vote(hearing.id, code, number, given, is_new=True), at=at, **more)  # type: ignore[arg-type]  # given on

    return one


@pytest.mark.usefixtures("added")
def test_the_last_vote_counts_and_a_pass_is_one(engine: Engine, hearing: Hearing, voted: CastOne) -> None:
    voted(1, 1, 1)
    voted(1, 1, -1)
    voted(1, 2, 0)
    ballot = voted(2, 1, 1)
    assert dict(ballot.votes) == {1: 1}
    with reading(engine) as db:
        assert votes_cast(db, hearing.id) == (2, 3)
        assert db.execute(select(func.count()).select_from(vote)).scalar_one() == 4
        assert faults(db) == []
    with reading(engine) as db:
        rows = db.execute(select(vote.c.statement, vote.c.vote).order_by(vote.c.seq)).all()
    assert [tuple(row) for row in rows] == [(1, 1), (1, -1), (2, 0), (1, 1)]


@pytest.mark.usefixtures("added")
def test_the_same_vote_again_is_written_once(engine: Engine, hearing: Hearing, voted: CastOne) -> None:
    voted(1, 1, 1)
    voted(1, 1, 1)
    with reading(engine) as db:
        assert db.execute(select(func.count()).select_from(vote)).scalar_one() == 1


@pytest.mark.usefixtures("added")
def test_a_vote_says_in_public_neither_how_nor_on_what(engine: Engine, voted: CastOne) -> None:
    voted(1, 1, -1)
    with reading(engine) as db:
        event, content = list(contents(db))[-1]
    assert event.kind == casting.CAST
    assert content is not None
    assert set(content.fields) == {"hearing", "private"}
    assert (event.at.hour, event.at.minute, event.actor) == (0, 0, "public")
    assert event.subject.startswith("vote:")


@pytest.mark.usefixtures("added")
def test_nobody_can_tell_from_the_ledger_which_votes_belong_together(engine: Engine, voted: CastOne) -> None:
    voted(1, 1, 1)
    voted(1, 2, 1)
    with reading(engine) as db:
        told = [event for event, _ in contents(db) if event.kind == casting.CAST]
    assert len({event.subject for event in told}) == 2
    assert len({(event.at, event.actor) for event in told}) == 1


@pytest.mark.usefixtures("added")
def test_what_cannot_be_voted_on_is_refused_and_nothing_is_written(
    engine: Engine, hearing: Hearing, voted: CastOne, facilitator: Actor, now: datetime
) -> None:
    with writing(engine) as db:
        take_down(db, facilitator, hearing.id, 2, "It says two things at once.", at=now)
    opens, closes = hearing.window
    refused: list[tuple[type[HearingError], dict[str, object]]] = [
        (Conflict, {"number": 2, "given": 1}),
        (NotFound, {"number": 9, "given": 1}),
        (Invalid, {"number": 1, "given": 2}),
        (NotOpen, {"number": 1, "given": 1, "at": closes}),
        (NotOpen, {"number": 1, "given": 1, "at": opens - timedelta(seconds=1)}),
    ]
    for error, what in refused:
        with pytest.raises(error):
            voted(1, **what)
    with reading(engine) as db:
        assert db.execute(select(voter)).all() == []
        assert db.execute(select(vote)).all() == []


@pytest.mark.usefixtures("added")
def test_digits_that_nobody_has_vote_for_nobody(
    engine: Engine, receipt_key: bytes, hearing: Hearing, now: datetime
) -> None:
    with writing(engine) as db, pytest.raises(NotFound):
        cast(db, receipt_key, Vote(hearing.id, "0000 0000 0000 0000", 1, 1), at=now)
    with pytest.raises(NotFound, match="16 digits"):
        ballot_by_code(engine, receipt_key, hearing.id, "0000 0000 0000 0000", at=now)
    with pytest.raises(Invalid):
        ballot_by_code(engine, receipt_key, hearing.id, "12", at=now)


@pytest.mark.usefixtures("added")
def test_a_voter_comes_back_by_the_digits(
    engine: Engine, receipt_key: bytes, hearing: Hearing, voted: CastOne, now: datetime
) -> None:
    first = voted(1, 1, 1)
    assert ballot_by_code(engine, receipt_key, hearing.id, first.code.replace(" ", ""), at=now) == first
    with pytest.raises(NotFound):
        ballot_by_code(engine, receipt_key, "another-hearing", first.code, at=now)


@pytest.mark.usefixtures("added")
def test_votes_that_are_taken_back_are_in_no_table_and_no_file(
    engine: Engine, receipt_key: bytes, hearing: Hearing, voted: CastOne, now: datetime
) -> None:
    gone, stays = voted(1, 1, 1), voted(2, 1, -1)
    for _ in range(2):
        assert take_back(engine, receipt_key, hearing.id, gone.code, at=now).has_left
    with reading(engine) as db:
        assert [row.voter_id for row in db.execute(select(vote))] == [stays.voter_id]
        assert len([row for row in db.execute(select(ledger_private)) if '"vote"' in row.content]) == 1
        assert faults(db) == []
    with pytest.raises(Conflict, match="taken back"):
        voted(1, 2, 1)


@pytest.mark.usefixtures("added")
def test_one_network_cannot_be_a_hundred_voters(voted: CastOne) -> None:
    by = Sender("a-network", (Limit("comment", 3, 600),))
    for person in range(3):
        voted(person, 1, 1, by=by)
    with pytest.raises(TooMany, match="voters from your network"):
        voted(3, 1, 1, by=by)
    # Who votes already goes on.
    assert dict(voted(2, 2, -1, by=by).votes) == {1: 1, 2: -1}


@pytest.mark.usefixtures("added")
def test_what_a_row_says_and_no_event_is_found(engine: Engine, voted: CastOne) -> None:
    voted(1, 1, 1)
    changes = (
        update(vote).values(vote=-1),
        update(vote).values(statement=2),
        update(voter).values(left_at=datetime.fromisoformat("2026-01-01T00:00:00+00:00")),
        update(statement).where(statement.c.number == 1).values(text="Another sentence."),
        update(statement).where(statement.c.number == 1).values(taken_down_why="No."),
        vote.delete(),
    )
    for change in changes:
        with writing(engine) as db:
            db.execute(change)
            assert faults(db)
            db.rollback()


def test_only_a_facilitator_chooses_statements(engine: Engine, hearing: Hearing, now: datetime) -> None:
    for role in set(Role) - {Role.FACILITATOR}:
        with writing(engine) as db, pytest.raises(Forbidden):
            add(db, Actor(role, "x"), hearing.id, ASKS, at=now)
        with writing(engine) as db, pytest.raises(Forbidden):
            take_down(db, Actor(role, "x"), hearing.id, 1, "Why", at=now)
    assert PUBLIC.role is Role.PUBLIC


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Short", "has 5 signs"),
        ("a" * 201, "has 201 signs"),
        ("Write to ann@example.org about it.", "seems to hold"),
        ("A nul \0 sign in the middle of it", "cannot be stored"),
    ],
)
def test_a_statement_that_does_not_fit_is_refused(  # noqa: PLR0917 - fixtures and cases
    engine: Engine, facilitator: Actor, hearing: Hearing, now: datetime, text: str, says: str
) -> None:
    with writing(engine) as db, pytest.raises(Invalid) as error:
        add(db, facilitator, hearing.id, text, at=now)
    assert says in " ".join(fault.problem for fault in error.value.faults)


def test_the_same_words_are_one_statement(
    engine: Engine, facilitator: Actor, hearing: Hearing, added: list[Statement], now: datetime
) -> None:
    with writing(engine) as db:
        again = add(db, facilitator, hearing.id, f"  {ASKS.upper().rstrip('.')} ", at=now)
    assert again == added[0]


def test_words_whose_author_takes_them_back_leave_the_statements(  # noqa: PLR0917 - fixtures
    engine: Engine,
    facilitator: Actor,
    hearing: Hearing,
    send: Send,
    move: Decide,
    receipt_key: bytes,
    voted: CastOne,
    now: datetime,
) -> None:
    said = "The lens above my door sees straight into the garden of a school."
    receipt = send(draft_id=new_draft_id(), concern=f"{said} I want it gone.")
    with writing(engine) as db, pytest.raises(NotFound):
        add(db, facilitator, hearing.id, said, comment_id=receipt.comment_id, at=now)
    move(receipt.comment_id, State.PUBLISHED)
    with writing(engine) as db:
        one = add(db, facilitator, hearing.id, said, comment_id=receipt.comment_id, at=now)
        other = add(
            db, facilitator, hearing.id, "No lens near a school.", comment_id=receipt.comment_id, at=now
        )
    assert (one.in_own_words, other.in_own_words) == (True, False)
    voted(1, one.number, 1)
    withdraw(engine, receipt_key, receipt.code, at=now)
    with reading(engine) as db:
        left = statements_of(db, hearing.id)
        assert [(found.text, found.is_shown) for found in left] == [("", False), ("", False)]
        assert faults(db) == []
        assert forget_words_of(db, receipt.comment_id, at=now) == 0
    database = engine.url.database
    assert database is not None
    assert b"garden of a school" not in Path(database).read_bytes()


def test_results_are_shown_after_the_close_and_name_the_groups(
    engine: Engine, facilitator: Actor, hearing: Hearing, voted: CastOne, now: datetime
) -> None:
    with writing(engine) as db:
        for number in range(12):
            add(db, facilitator, hearing.id, f"This is statement number {number} of twelve.", at=now)
    for person, number, given in camps((18, 15), 12, slips=0.02):
        voted(person, number + 1, given)
    closes = hearing.window[1]
    with reading(engine) as db:
        assert results_of(db, hearing, at=closes) is None
        found = results_of(db, hearing, at=closes + timedelta(minutes=2))
    assert found is not None
    assert (found.voters, found.groups.number, found.groups.are_clear) == (33, 2, True)
    assert [int(found.groups.members(group).sum()) for group in (0, 1)] == [18, 15]
    assert len(found.apart) == 2
    for one in found.statements:
        assert one.votes is not None
        assert sum(one.votes) >= 10
        assert len(one.by_group) == 2
        assert [sum(counts) for counts in zip(*one.by_group, strict=True)] <= list(one.votes)


@pytest.mark.usefixtures("added")
def test_few_votes_on_a_statement_are_not_counted_in_public(
    engine: Engine, hearing: Hearing, voted: CastOne
) -> None:
    for person in range(10):
        voted(person, 1, 1)
    for person in range(9):
        voted(person, 2, 1)
    with reading(engine) as db:
        found = results_of(db, hearing, at=hearing.window[1] + timedelta(minutes=2))
    assert found is not None
    assert [one.votes for one in found.statements] == [(10, 0, 0), None, None]
    assert (found.agreed, found.apart) == ((1,), ())
    # Among so few, somebody is known by the votes: no table, and so no groups.
    assert found.groups.table.participants == ()


@pytest.mark.usefixtures("added")
def test_the_table_has_thirty_voters_and_ten_votes_on_a_statement_or_is_empty(
    engine: Engine, hearing: Hearing, voted: CastOne
) -> None:
    for person in range(FEWEST_VOTERS - 1):
        voted(person, 1, 1 if person % 2 else -1)
    for person in range(9):
        voted(person, 2, 1)
    with reading(engine) as db:
        assert table_of(db, hearing.id).participants == ()
        assert counts_of(db, hearing.id) == {1: (14, 15, 0)}
    voted(FEWEST_VOTERS, 1, 0)
    with reading(engine) as db:
        table = table_of(db, hearing.id)
        assert counts_of(db, hearing.id) == {1: (14, 15, 1)}
    assert (len(table.participants), table.statements) == (FEWEST_VOTERS, (1,))
    assert table.counts().tolist() == [[14, 15, 1]]


def test_words_that_are_taken_out_leave_the_statements_too(  # noqa: PLR0917 - fixtures
    engine: Engine, facilitator: Actor, hearing: Hearing, send: Send, move: Decide, now: datetime
) -> None:
    concern = "The man at number seven, Jon Doeson, was stopped twice. The list is far too long."
    receipt = send(draft_id=new_draft_id(), concern=concern)
    move(receipt.comment_id, State.PUBLISHED)
    with writing(engine) as db:
        for text in ("Jon Doeson was stopped twice.", "Nobody should be stopped twice by mistake."):
            add(db, facilitator, hearing.id, text, comment_id=receipt.comment_id, at=now)
        start = concern.index("Jon Doeson")
        redact(
            db, facilitator, receipt.comment_id, field="concern", start=start, stop=start + 10, kind="name",
            reason_id="R2", seen_state=State.PUBLISHED, at=now,
        )  # fmt: skip
    with reading(engine) as db:
        texts = [one.text for one in statements_of(db, hearing.id)]
        assert faults(db) == []
    assert texts == ["", "Nobody should be stopped twice by mistake."]
    move(receipt.comment_id, State.HELD, State.PUBLISHED)
    with reading(engine) as db:
        assert [one.text for one in statements_of(db, hearing.id)] == ["", ""]
        assert faults(db) == []
