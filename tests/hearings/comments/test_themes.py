"""Themes and campaigns: named by a facilitator, over published comments alone, as the ledger says."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Engine, update

from hearing_app.errors import Conflict, Forbidden, Invalid, NotFound
from hearing_app.hearings.comments.campaigns import campaigns_of
from hearing_app.hearings.comments.lists import WITHOUT_THEME, desk_list
from hearing_app.hearings.comments.themes import (
    faults,
    name_theme,
    sort_comments,
    suggestions,
    themes_by_comment,
    themes_of,
)
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.receipts import new_draft_id
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import theme, theme_comment
from tests.hearings.conftest import Decide, Send

LETTER = "I am writing about the cameras in our street. They compare every face with a list of people."


@pytest.fixture
def published(send: Send, move: Decide) -> list[str]:
    """Three comments that were published, and one that was not."""
    receipts = [send(draft_id=new_draft_id(), concern=f"{LETTER} Number {n} says so.") for n in range(4)]
    for receipt in receipts[:3]:
        move(receipt.comment_id, State.PUBLISHED)
    return [receipt.comment_id for receipt in receipts]


def test_the_desk_shows_one_theme_or_what_is_in_none(
    *, engine: Engine, facilitator: Actor, hearing: Hearing, published: list[str], move: Decide, now: datetime
) -> None:
    *sent, waiting = published
    # What arrived at the same moment stands in the order of its number.
    first, second, third = sorted(sent)
    with writing(engine) as db:
        cost = name_theme(db, facilitator, hearing.id, "What it costs", at=now)
        law = name_theme(db, facilitator, hearing.id, "The law", at=now)
        sort_comments(db, facilitator, hearing.id, cost, into=[first, second], at=now)
        sort_comments(db, facilitator, hearing.id, law, into=[second], at=now)

    def listed(state: State, theme: int | None = None) -> list[str]:
        with reading(engine) as db:
            return desk_list(db, facilitator, hearing.id, state, theme=theme)

    assert listed(State.PUBLISHED) == [first, second, third]
    assert listed(State.PUBLISHED, cost) == [first, second]
    assert listed(State.PUBLISHED, law) == [second]
    assert listed(State.PUBLISHED, WITHOUT_THEME) == [third]
    assert listed(State.SUBMITTED, WITHOUT_THEME) == [waiting]
    assert listed(State.PUBLISHED, 9) == []
    move(second, State.HELD, State.PUBLISHED)
    assert listed(State.HELD, cost) == listed(State.HELD, law) == [second]
    assert listed(State.HELD, WITHOUT_THEME) == []


def test_comments_go_into_themes_and_out(
    engine: Engine, facilitator: Actor, hearing: Hearing, published: list[str], now: datetime
) -> None:
    with writing(engine) as db:
        cost = name_theme(db, facilitator, hearing.id, " What it  costs ", at=now)
        law = name_theme(db, facilitator, hearing.id, "The law", at=now)
        assert name_theme(db, facilitator, hearing.id, "what it costs", at=now) == cost
        assert sort_comments(db, facilitator, hearing.id, cost, into=published[:2], at=now) == 2
        assert sort_comments(db, facilitator, hearing.id, cost, into=published[:2], at=now) == 0
        sort_comments(db, facilitator, hearing.id, law, into=published[:3], at=now)
        sort_comments(db, facilitator, hearing.id, cost, into=[published[2]], out_of=[published[0]], at=now)
        name_theme(db, facilitator, hearing.id, "Which law", number=law, at=now)
    with reading(engine) as db:
        found = {one.name: set(one.comment_ids) for one in themes_of(db, hearing.id)}
        assert found == {"Which law": set(published[:3]), "What it costs": set(published[1:3])}
        assert [one.name for one in themes_by_comment(db, hearing.id)[published[1]]] == [
            "Which law",
            "What it costs",
        ]
        assert faults(db) == []


def test_what_is_not_published_stands_in_no_theme(  # noqa: PLR0917 - fixtures
    engine: Engine, facilitator: Actor, hearing: Hearing, published: list[str], move: Decide, now: datetime
) -> None:
    with writing(engine) as db:
        number = name_theme(db, facilitator, hearing.id, "The law", at=now)
        with pytest.raises(NotFound, match="No comment"):
            sort_comments(db, facilitator, hearing.id, number, into=published, at=now)
        assert sort_comments(db, facilitator, hearing.id, number, into=published[:2], at=now) == 2
    move(published[0], State.HELD, State.PUBLISHED)
    with reading(engine) as db:
        assert [one.comment_ids for one in themes_of(db, hearing.id)] == [(published[1],)]
        assert faults(db) == []


def test_a_name_that_does_not_fit_is_refused(
    engine: Engine, facilitator: Actor, hearing: Hearing, now: datetime
) -> None:
    with writing(engine) as db:
        name_theme(db, facilitator, hearing.id, "One", at=now)
        two = name_theme(db, facilitator, hearing.id, "Two", at=now)
        for name in ("", " \u200b ", "a" * 81, "a\0b"):
            with pytest.raises(Invalid):
                name_theme(db, facilitator, hearing.id, name, at=now)
        with pytest.raises(Conflict, match="already"):
            name_theme(db, facilitator, hearing.id, "ONE", number=two, at=now)
        with pytest.raises(NotFound):
            name_theme(db, facilitator, hearing.id, "X", number=9)
        with pytest.raises(NotFound):
            sort_comments(db, facilitator, hearing.id, 9)


def test_only_a_facilitator_sorts(engine: Engine, hearing: Hearing) -> None:
    for role in set(Role) - {Role.FACILITATOR}:
        with writing(engine) as db, pytest.raises(Forbidden):
            name_theme(db, Actor(role, "x"), hearing.id, "Cost")
        with writing(engine) as db, pytest.raises(Forbidden):
            sort_comments(db, Actor(role, "x"), hearing.id, 1)


def test_what_no_event_says_is_found(
    engine: Engine, facilitator: Actor, hearing: Hearing, published: list[str], now: datetime
) -> None:
    with writing(engine) as db:
        number = name_theme(db, facilitator, hearing.id, "The law", at=now)
        sort_comments(db, facilitator, hearing.id, number, into=published[:2], at=now)
    for change in (
        update(theme).values(name="Another"),
        update(theme_comment)
        .where(theme_comment.c.comment_id == published[0])
        .values(comment_id=published[2]),
        theme_comment.delete(),
    ):
        with writing(engine) as db:
            db.execute(change)
            assert faults(db)
            db.rollback()


def test_a_letter_is_found_with_the_words_of_each_sender(
    engine: Engine, hearing: Hearing, published: list[str]
) -> None:
    with reading(engine) as db:
        [found] = campaigns_of(db, hearing.id)
        assert suggestions(db, hearing.id) == []
    assert sorted(found.comment_ids) == sorted(published[:3])
    assert found.own_words.keys() == set(published[:3]) - {found.shared.comment_id}
