"""The public counts of views: none before a hearing has closed, then one publication that never changes."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from hearing_app.evidence.disclosure import publishable
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.comments.lists import Opinions, opinions
from hearing_app.hearings.hearing import Hearing, hearing_of, publish_hearing
from hearing_app.hearings.vocabulary import Stance, Standing, State
from hearing_app.people.permissions import COMPILATION
from hearing_app.record.ledger import events, faults
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import ledger_content, opinion_release

from .conftest import Decide, Leave, Send

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
CLOSES = datetime(2026, 12, 1, tzinfo=UTC)
AFTER = CLOSES + timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)
NOTHING = Opinions(0, dict.fromkeys(map(str, Stance)), dict.fromkeys(map(str, Standing)))


def views(engine: Engine, hearing: Hearing, at: datetime) -> Opinions:
    with reading(engine) as db:
        return opinions(db, hearing_of(db, hearing.id), at=at)


def kept(engine: Engine) -> list[tuple[int, dict[str, Any]]]:
    """Return what the table holds for later."""
    with reading(engine) as db:
        return [(row.people, row.counts) for row in db.execute(select(opinion_release))]


def released(engine: Engine) -> list[dict[str, Any]]:
    """Return what the ledger's events say was released."""
    with reading(engine) as db:
        assert faults(db) == []
        numbers = [event.seq for event in events(db) if event.kind == "opinions.released"]
        rows = db.execute(select(ledger_content).where(ledger_content.c.seq.in_(numbers)))
        return [json.loads(row.content) for row in rows.all()]


def publish_until(engine: Engine, hearing: Hearing, closes: datetime, at: datetime) -> None:
    with writing(engine) as db:
        changed = hearing.model_copy(update={"closes_at": closes})
        publish_hearing(db, COMPILATION, changed, note="It closes at another time.", at=at)


def expected(chosen: dict[str, tuple[str, tuple[str, ...]]], states: dict[str, State]) -> Opinions:
    """Count anew, by hand, what authors chose whose comments stand."""
    gone = {State.REJECTED, State.WITHDRAWN}
    standing_now = [chosen[name] for name, state in states.items() if state not in gone]
    stance = Counter(one for one, _ in standing_now)
    standing = Counter(value for _, values in standing_now for value in values)
    return Opinions(
        len(standing_now),
        publishable({str(value): stance[value] for value in Stance}),
        publishable({str(value): standing[value] for value in Standing}),
    )


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_nothing_is_shown_before_and_one_thing_after(
    engine: Engine, hearing: Hearing, send: Send, move: Decide, leave: Leave, *, seed: int
) -> None:
    chance = random.Random(seed)
    codes: dict[str, str] = {}
    chosen: dict[str, tuple[str, tuple[str, ...]]] = {}
    states: dict[str, State] = {}

    def act(at: datetime, kinds: list[str]) -> None:
        kind = chance.choices(kinds, weights=[6, 3, 1][-len(kinds) :])[0]
        if kind == "send":
            stance = str(chance.choice(list(Stance)))
            standing = tuple(str(one) for one in chance.sample(list(Standing), chance.randrange(3)))
            consent = chance.choice(["text_only", "panel_only"])
            made = send(at=at, stance=stance, standing=standing, consent=consent)
            codes[made.comment_id], chosen[made.comment_id] = made.code, (stance, standing)
            states[made.comment_id] = State(made.state)
        elif codes:
            name = chance.choice(list(codes))
            if kind == "leave":
                leave(codes[name], at=at)
                states[name] = State.WITHDRAWN
            elif states[name] in {State.SUBMITTED, State.HELD}:
                states[name] = State(move(name, State.REJECTED, states[name], at=at).state)

    for step in range(100):
        at = START + timedelta(seconds=step)
        act(at, ["send", "reject", "leave"])
        assert views(engine, hearing, at) == NOTHING
    assert views(engine, hearing, CLOSES - MOMENT) == NOTHING
    assert (released(engine), kept(engine)) == ([], [])

    only = expected(chosen, states)
    assert only.people >= 10
    assert len(set(states.values())) == 4
    for step in range(40):
        at = AFTER + timedelta(seconds=step)
        assert views(engine, hearing, at) == only
        act(at, ["reject", "leave"])
    assert expected(chosen, states) != only
    # Opened once more, it hides them; closed again, it shows the same, whoever came meanwhile.
    reopened = AFTER + timedelta(days=1)
    publish_until(engine, hearing, CLOSES + timedelta(days=9), reopened)
    for step in range(40):
        at = reopened + timedelta(seconds=step)
        act(at, ["send", "reject", "leave"])
        assert views(engine, hearing, at) == NOTHING
    assert views(engine, hearing, AFTER + timedelta(days=9)) == only
    # The event and the table say what the public saw, and nothing more exact.
    assert released(engine) == [asdict(only)]
    assert kept(engine) == [(only.people, {"stance": only.stance, "standing": only.standing})]


def test_who_adds_comments_around_another_sees_nothing_of_that_one_while_it_is_open(
    engine: Engine, hearing: Hearing, send: Send, leave: Leave
) -> None:
    """Ten of the attacker's before, the victim's, and the attacker's one by one after it, then withdrawn."""
    for stance, standing in (("oppose", ("officer_or_staff",)), ("support", ()), ("no_view", ("affected",))):
        mine = []
        for place in range(25):
            if place == 10:
                send(stance=stance, standing=standing)
            mine.append(send(stance="oppose", standing=("officer_or_staff",)))
            assert views(engine, hearing, START) == NOTHING
        for one in mine:
            leave(one.code)
            assert views(engine, hearing, START) == NOTHING
    assert (released(engine), kept(engine)) == ([], [])


def test_who_waits_for_the_closing_cannot_take_his_own_comments_out_of_the_counts(
    engine: Engine, hearing: Hearing, send: Send, leave: Leave
) -> None:
    mine = [send(stance="oppose") for _ in range(15)]
    send(stance="oppose")
    send(stance="support")
    # The first withdrawal keeps the counts, even before anybody may see them.
    leave(mine[0].code, at=CLOSES)
    first = views(engine, hearing, CLOSES)
    assert (first.people, first.stance["oppose"], first.stance["support"]) == (17, 15, None)
    for one in mine[1:]:
        leave(one.code, at=CLOSES + timedelta(seconds=5))
        assert views(engine, hearing, AFTER) == first
    assert len(released(engine)) == 1


def test_waiting_published_and_held_comments_are_counted_and_no_others(
    engine: Engine, hearing: Hearing, send: Send, move: Decide, leave: Leave
) -> None:
    sent = [send(stance="oppose", standing=("family",)) for _ in range(40)]
    for one in sent[:10]:
        move(one.comment_id, State.PUBLISHED)
    for one in sent[10:15]:
        move(one.comment_id, State.HELD)
    for one in sent[15:20]:
        move(one.comment_id, State.REJECTED)
    for one in sent[20:25]:
        leave(one.code)
    found = views(engine, hearing, AFTER)
    assert (found.people, found.stance["oppose"], found.standing["family"]) == (30, 30, 30)
    for one, to in ((sent[30], State.PUBLISHED), (sent[31], State.REJECTED)):
        move(one.comment_id, to, at=AFTER)
        assert views(engine, hearing, AFTER) == found
    assert len(released(engine)) == 1


def test_what_was_under_way_at_the_closing_is_waited_for(
    engine: Engine, hearing: Hearing, send: Send
) -> None:
    for _ in range(12):
        send(stance="oppose")
    assert views(engine, hearing, AFTER - MOMENT) == NOTHING
    send(stance="oppose", at=CLOSES - MOMENT)
    assert views(engine, hearing, AFTER).people == 13


def test_a_withdrawal_that_waited_past_the_closing_comes_after_it(
    engine: Engine, hearing: Hearing, send: Send, receipt_key: bytes
) -> None:
    one, *_ = [send(stance="oppose") for _ in range(12)]
    closes = datetime.now(UTC) + timedelta(seconds=0.5)
    publish_until(engine, hearing, closes, START)
    with ThreadPoolExecutor(1) as pool:
        with writing(engine):
            leaving = pool.submit(withdraw, engine, receipt_key, one.code)
            while datetime.now(UTC) <= closes:
                time.sleep(0.05)
        assert leaving.result().state == State.WITHDRAWN
    assert views(engine, hearing, closes + timedelta(minutes=1)).people == 12


def test_a_hearing_that_is_opened_again_keeps_what_was_shown(
    engine: Engine, hearing: Hearing, send: Send
) -> None:
    """Nobody left and nothing was decided: the later closing alone would have brought others in."""
    for _ in range(12):
        send(stance="oppose")
    first = views(engine, hearing, AFTER)
    later = CLOSES + timedelta(days=9)
    publish_until(engine, hearing, later, AFTER)
    assert views(engine, hearing, AFTER) == NOTHING
    for _ in range(12):
        send(stance="oppose", at=AFTER)
    assert views(engine, hearing, later + timedelta(minutes=1)) == first
    assert released(engine) == [asdict(first)]


def test_where_nobody_is_counted_nothing_is_kept(
    engine: Engine, hearing: Hearing, send: Send, leave: Leave, move: Decide
) -> None:
    """Nothing was shown, so those who come when the hearing is opened again can be counted."""
    gone = send()
    move(gone.comment_id, State.REJECTED)
    leave(gone.code, at=AFTER)
    publish_until(engine, hearing, CLOSES + timedelta(days=9), AFTER)
    assert (released(engine), kept(engine)) == ([], [])
    for _ in range(10):
        send(stance="oppose", at=AFTER)
    assert views(engine, hearing, AFTER + timedelta(days=9)).stance["oppose"] == 10


def test_one_hearing_shows_nothing_of_another(engine: Engine, hearing: Hearing, send: Send) -> None:
    for _ in range(10):
        send(stance="oppose")
    other = hearing.model_copy(update={"id": "another-hearing"})
    with writing(engine) as db:
        publish_hearing(db, COMPILATION, other, note="Another.", at=START)
    assert views(engine, other, AFTER) == NOTHING
