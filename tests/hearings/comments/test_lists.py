from __future__ import annotations

import random
from collections import Counter
from dataclasses import astuple
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine

from hearing_app.errors import Forbidden, HearingError
from hearing_app.hearings.comments.comment import Comment, Receipt
from hearing_app.hearings.comments.lists import (
    Opinions,
    Tally,
    comments_for_desk,
    comments_for_export,
    desk_list,
    opinions,
    part_of,
    published_comments,
    tally,
)
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.vocabulary import Consent, Stance, Standing, State
from hearing_app.people.permissions import OPERATOR, PUBLIC, Actor, Role
from hearing_app.record.ledger import events, faults
from hearing_app.store.engine import reading
from tests.hearings.conftest import Decide, Leave, Send


def counted(engine: Engine, hearing: Hearing) -> Tally:
    with reading(engine) as db:
        return tally(db, hearing.id)


def public(engine: Engine, hearing: Hearing) -> list[Comment]:
    with reading(engine) as db:
        return published_comments(db, hearing.id)


def views(engine: Engine, hearing: Hearing) -> Opinions:
    """Return what the public would see if the hearing had closed by now."""
    with reading(engine) as db:
        return opinions(db, hearing, at=hearing.window[1] + timedelta(days=1))


def test_an_empty_hearing_has_nothing(engine: Engine, hearing: Hearing) -> None:
    assert astuple(counted(engine, hearing)) == (0, 0, 0, 0, 0, 0)
    assert public(engine, hearing) == []
    found = views(engine, hearing)
    assert found.people == 0
    assert set(found.stance) == {str(value) for value in Stance}
    assert set(found.standing) == {str(value) for value in Standing}
    assert {*found.stance.values(), *found.standing.values()} == {None}


def test_after_any_acts_every_receipt_is_counted_once_and_no_word_slips_out(
    engine: Engine, hearing: Hearing, send: Send, move: Decide, leave: Leave
) -> None:
    # Legal and illegal acts in a random order, kept in step with a model: what state each comment is in.
    chance = random.Random(11)
    receipts: list[Receipt] = []
    state: dict[str, str] = {}
    shareable: set[str] = set()
    acts = Counter[str]()
    for _ in range(400):
        (act,) = chance.choices(["send", "decide", "leave"], weights=[4, 12, 1])
        if act == "send" or not receipts:
            consent = chance.choice(list(Consent))
            receipts.append(
                send(consent=str(consent), display_name="Fay", stance=str(chance.choice(list(Stance))))
            )
            name = receipts[-1].comment_id
            state[name] = receipts[-1].state
            if consent in (Consent.TEXT_ONLY, Consent.TEXT_AND_NAME):
                shareable.add(name)
        elif act == "decide":
            name = chance.choice(receipts).comment_id
            seen = chance.choice([State(state[name]), State(state[name]), *State])
            actor = Actor(chance.choice([Role.FACILITATOR, Role.FACILITATOR, Role.ADMINISTRATOR]), "x")
            try:
                state[name] = move(name, chance.choice(list(State)), seen, actor=actor).state
            except HearingError:
                act = "refused"
        else:
            receipt = chance.choice(receipts)
            state[receipt.comment_id] = leave(receipt.code).state
        acts[act] += 1
        expected = Counter(state.values())
        found = counted(engine, hearing)
        assert found.received == len(receipts) == sum(astuple(found)[1:])
        assert astuple(found)[1:] == tuple(
            expected[name] for name in ("submitted", "published", "held", "rejected", "withdrawn")
        )
        shown = {one.comment_id for one in public(engine, hearing)}
        assert shown == {name for name in state if state[name] == "published"}
        assert shown <= shareable
    assert min(acts[act] for act in ("send", "decide", "leave", "refused")) > 10
    assert len(set(state.values())) == 5
    with reading(engine) as db:
        assert faults(db) == []
        last = {event.subject: event.kind for event in events(db)}
    for name, now in state.items():
        assert last[f"comment:{name}"] == f"comment.{now}"


def test_the_newest_come_first_and_pages_cover_each_once(
    engine: Engine, hearing: Hearing, send: Send, move: Decide, now: datetime
) -> None:
    names = []
    for minute in (3, 1, 2, 2, 5, 4, 4):
        receipt = send(at=now + timedelta(minutes=minute))
        move(receipt.comment_id, State.PUBLISHED)
        names.append(receipt.comment_id)
    send()
    whole = public(engine, hearing)
    assert {one.comment_id for one in whole} == set(names)
    assert all(one.submitted_at >= two.submitted_at for one, two in pairwise(whole))
    with reading(engine) as db:
        pages = [published_comments(db, hearing.id, limit=3, offset=start) for start in (0, 3, 6, 9)]
        assert published_comments(db, hearing.id, offset=5) == whole[5:]
        assert published_comments(db, "another-hearing") == []
    assert [one for page in pages for one in page] == whole
    assert [len(page) for page in pages] == [3, 3, 1, 0]


def test_a_facilitator_reads_the_longest_waiting_first(
    engine: Engine, hearing: Hearing, send: Send, facilitator: Actor, now: datetime
) -> None:
    names = {minute: send(at=now + timedelta(minutes=minute)).comment_id for minute in (2, 1, 3)}
    held = send(consent="panel_only").comment_id
    with reading(engine) as db:
        waiting = desk_list(db, facilitator, hearing.id, State.SUBMITTED)
        assert waiting == [names[1], names[2], names[3]]
        assert desk_list(db, OPERATOR, hearing.id, State.HELD) == [held]
        assert desk_list(db, facilitator, "another-hearing", State.SUBMITTED) == []
        assert comments_for_desk(db, facilitator, []) == []


def test_a_list_on_the_desk_keeps_its_order_whatever_is_decided(
    engine: Engine, hearing: Hearing, send: Send, move: Decide, facilitator: Actor
) -> None:
    names = [send().comment_id for _ in range(3)]
    wanted = [names[2], names[0], "C-2026-0000000", names[1]]
    move(names[0], State.PUBLISHED)
    with reading(engine) as db:
        found = comments_for_desk(db, facilitator, wanted)
    assert [one.comment_id for one in found] == [names[2], names[0], names[1]]
    assert [one.state for one in found] == ["submitted", "published", "submitted"]


def test_a_second_look_is_for_what_looks_like_personal_data(
    engine: Engine, *, hearing: Hearing, send: Send, move: Decide, facilitator: Actor
) -> None:
    move(send().comment_id, State.HELD)
    places = [
        send(**{field: "Write to ann@example.org, please."}) for field in ("concern", "value_seen", "ask")
    ]
    with reading(engine) as db:
        found = desk_list(db, facilitator, hearing.id, State.HELD, second_look=True)
    assert set(found) == {receipt.comment_id for receipt in places}


@pytest.mark.parametrize(
    ("total", "wanted", "number", "pages"),
    [(0, "", 1, 1), (20, "2", 1, 1), (21, "2", 2, 2), (41, 9, 3, 3), (41, "0", 1, 3), (41, "-2", 1, 3),
     (41, "1e1", 1, 3), (41, "²", 1, 3), (41, "9" * 5000, 1, 3)],
)  # fmt: skip
def test_a_page_of_a_list(total: int, wanted: str | int, number: int, pages: int) -> None:
    part = part_of(total, 20, wanted)
    assert (part.number, part.pages, part.offset) == (number, pages, (number - 1) * 20)
    numbers = [str(place) for place in range(total)]
    assert list(part.of(numbers)) == numbers[part.offset :][:20]


def test_an_export_holds_every_comment_in_the_order_of_arrival(
    engine: Engine, hearing: Hearing, send: Send, leave: Leave, now: datetime
) -> None:
    receipts = [
        send(at=now + timedelta(minutes=minute), consent=str(consent), display_name="Fay")
        for minute, consent in enumerate(list(Consent) * 2)
    ]
    leave(receipts[1].code)
    with reading(engine) as db:
        exported = list(comments_for_export(db, OPERATOR, hearing.id))
    assert [one.comment_id for one in exported] == [one.comment_id for one in receipts]
    assert (exported[1].state, exported[1].concern) == ("withdrawn", "")


@pytest.mark.parametrize("role", list(Role))
def test_unpublished_comments_are_read_by_facilitators_and_the_operator_alone(
    engine: Engine, hearing: Hearing, send: Send, role: Role
) -> None:
    send()
    actor = Actor(role, "ab12")
    with reading(engine) as db:
        if role in (Role.FACILITATOR, Role.OPERATOR):
            names = desk_list(db, actor, hearing.id, State.SUBMITTED)
            assert len(comments_for_desk(db, actor, names)) == len(names) == 1
            assert len(list(comments_for_export(db, actor, hearing.id))) == 1
            return
        with pytest.raises(Forbidden):
            desk_list(db, actor, hearing.id, State.SUBMITTED)
        with pytest.raises(Forbidden):
            comments_for_desk(db, actor, [])
        # At the call, before a row is asked for.
        with pytest.raises(Forbidden):
            comments_for_export(db, actor, hearing.id)


def test_opinions_are_none_or_fives_from_ten_on(
    engine: Engine, hearing: Hearing, send: Send, now: datetime
) -> None:
    chance = random.Random(5)
    for place in range(1, 61):
        send(
            at=now + timedelta(seconds=place),
            stance=str(chance.choices(list(Stance), weights=[6, 3, 2, 1])[0]),
            standing=tuple(str(one) for one in chance.sample(list(Standing), chance.randrange(3))),
        )
        found = views(engine, hearing)
        assert found.people == place
        for count in (*found.stance.values(), *found.standing.values()):
            assert count is None or (count >= 10 and count % 5 == 0)
    assert found.stance["oppose"] is not None


def test_opinions_are_those_that_were_given(
    engine: Engine, hearing: Hearing, send: Send, move: Decide
) -> None:
    for _ in range(20):
        send(stance="oppose", standing=("affected", "family"))
    for _ in range(20):
        move(send(stance="support").comment_id, State.PUBLISHED)
    found = views(engine, hearing)
    assert (found.people, found.stance["oppose"], found.stance["support"]) == (40, 20, 20)
    # 40 said something of how they stand, 20 each; the choices that nobody took are not told from few.
    assert {name: count for name, count in found.standing.items() if count} == {"affected": 20, "family": 20}
    for _ in range(20):
        send(stance="oppose", consent="panel_only")
    assert (views(engine, hearing).people, views(engine, hearing).stance["oppose"]) == (60, 40)
    with reading(engine) as db:
        assert opinions(db, hearing, at=hearing.window[0]).people == 0
        assert tally(db, "another-hearing").received == 0


def test_nobody_among_the_public_has_a_desk(engine: Engine, hearing: Hearing) -> None:
    with reading(engine) as db, pytest.raises(Forbidden):
        desk_list(db, PUBLIC, hearing.id, State.PUBLISHED)
