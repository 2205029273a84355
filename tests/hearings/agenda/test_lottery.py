"""The lottery: committed to in time, closed by rule, only then shown, drawn again by anyone, and even."""

from __future__ import annotations

import hmac
import json
import re
import secrets
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from itertools import permutations
from pathlib import Path

import pytest
from scipy.stats import chisquare
from sqlalchemy import Engine, select, update

from hearing_app.documents.agenda import agenda_html, published_of
from hearing_app.documents.agenda_desk import lottery_html
from hearing_app.errors import Damaged, Forbidden, NotOpen
from hearing_app.hearings.agenda import lottery
from hearing_app.hearings.agenda.lottery import commit, draw, keep, keep_when_due, lottery_of, note_closing
from hearing_app.hearings.agenda.verify import faults
from hearing_app.hearings.hearing import hearing_of
from hearing_app.people.permissions import PUBLIC
from hearing_app.record.ledger import append, contents, head, size_of
from hearing_app.store import tables
from hearing_app.store.engine import reading, writing
from tests.hearings.agendas import CLOSES, DURING, ID, OPENS, act, announce, look, sign_up

RECIPE = Path(__file__).parents[3] / "docs" / "lottery.md"
EARLY = OPENS - timedelta(days=20)


def recipe() -> str:
    """Return the program that the manual prints."""
    found = re.search(r"```python\n(.*?)```", RECIPE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def told(engine: Engine, kind: str) -> list[dict[str, object]]:
    with reading(engine) as db:
        return [content.fields for event, content in contents(db) if event.kind == kind and content]


def test_first_the_commitment_then_the_root_then_the_seed(engine: Engine) -> None:
    announce(engine)
    made = act(engine, commit, at=EARLY)
    assert (made.seed, made.root, made.is_ready) == ("", "", False)
    assert act(engine, commit, at=DURING).commitment == made.commitment
    with writing(engine) as db:
        assert keep(db, at=CLOSES - timedelta(seconds=1)) == 0
        before = head(db)
        assert keep(db, at=CLOSES) == 1
    closed = look(engine, lottery_of, ID)
    assert (closed.size, closed.root, closed.is_ready) == (before.size, before.root.hex(), True)
    assert sha256(bytes.fromhex(closed.seed)).hexdigest() == made.commitment
    with reading(engine) as db:
        kinds = [(event.seq, event.kind) for event, _ in contents(db) if event.kind.startswith("lottery.")]
    assert [kind for _, kind in kinds] == [lottery.COMMITTED, lottery.CLOSED, lottery.SEED]
    assert [seq for seq, _ in kinds[1:]] == [before.size, before.size + 1], "nothing came between them"
    assert look(engine, faults) == []


def public_before(engine: Engine) -> str:
    """Return everything that anybody can read of a lottery: each event, the pages, and what is read of it."""
    with reading(engine) as db:
        hearing = hearing_of(db, ID)
        events = "".join(f"{event} {content.text if content else ''}" for event, content in contents(db))
        found = lottery_of(db, ID)
        pages = agenda_html(published_of(db, hearing)) + lottery_html(found, hearing)
    return f"{events} {found!r} {pages}"


def test_who_changes_the_root_before_the_close_does_not_know_the_order(engine: Engine) -> None:
    """An outsider can change the root with each vote, and draw with all that is public: it leads nowhere."""
    announce(engine)
    act(engine, commit, at=EARLY)
    numbers = [sign_up(engine).comment_id for _ in range(12)]
    mine, last = numbers[-1], CLOSES - timedelta(minutes=5)
    with reading(engine) as db:
        seed = db.execute(select(tables.lottery.c.seed)).scalar_one()
    # If a seed were public: somebody who tries roots is first after about as many as there are wishes.
    assert any(draw(seed, sha256(bytes([one])).digest(), numbers)[0] == mine for one in range(256))
    roots = set()
    for number in range(20):
        with writing(engine) as db:
            # What a vote does to the ledger: one event more, and another root.
            append(db, actor="public", kind="vote.cast", subject=f"voter:{secrets.token_hex(4)}", content={})
            keep(db, at=last + timedelta(seconds=number))
            root = head(db).root
        known = look(engine, lottery_of, ID)
        assert (known.seed, known.root, known.published_at) == ("", "", None)
        # Everything of 32 bytes that is public, tried as the seed.
        tried = {bytes.fromhex(one) for one in re.findall(r"\b[0-9a-f]{64}\b", public_before(engine))}
        assert bytes.fromhex(known.commitment) in tried
        assert seed not in tried
        roots.add(root)
    assert len(roots) == 20, "the root can be changed at will"
    assert seed.hex() not in public_before(engine)
    with writing(engine) as db:
        note_closing(db, hearing_of(db, ID), at=CLOSES)
    known = look(engine, lottery_of, ID)
    assert known.seed == seed.hex()
    assert known.seed in public_before(engine)
    assert sha256(seed).hexdigest() == known.commitment


def test_a_seed_that_was_exchanged_is_not_published(engine: Engine) -> None:
    announce(engine)
    act(engine, commit, at=EARLY)
    with writing(engine) as db:
        db.execute(update(tables.lottery).values(seed=bytes(32)))
    with writing(engine) as db, pytest.raises(Damaged, match="not the one that was committed to"):
        keep(db, at=CLOSES)
    assert told(engine, lottery.SEED) == []
    assert "not the one that was committed to" in " ".join(look(engine, faults))


def test_the_seed_is_nowhere_before_it_is_published(engine: Engine) -> None:
    announce(engine)
    act(engine, commit, at=EARLY)
    with reading(engine) as db:
        seed = db.execute(select(tables.lottery.c.seed)).scalar_one()
        texts = list(db.execute(select(tables.ledger_content.c.content)).scalars())
    assert not any(seed.hex() in text for text in texts)
    assert seed.hex() not in repr(look(engine, lottery_of, ID))


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=3)])
def test_without_a_commitment_from_before_the_close_there_is_no_lottery(
    engine: Engine, late: timedelta
) -> None:
    hearing = announce(engine)
    with pytest.raises(NotOpen, match="could be chosen"):
        act(engine, commit, at=CLOSES + late)
    with writing(engine) as db:
        assert keep(db, at=CLOSES + late) == 0
        note_closing(db, hearing, at=CLOSES + late)
    assert look(engine, lottery_of, ID) is None
    assert told(engine, lottery.SEED) == told(engine, lottery.CLOSED) == []


def test_sign_up_may_close_before_comments_do(engine: Engine) -> None:
    announce(engine, sign_up_closes_at=CLOSES - timedelta(days=10))
    act(engine, commit, at=EARLY)
    with writing(engine) as db:
        keep(db, at=CLOSES - timedelta(days=9))
    assert look(engine, lottery_of, ID).is_ready


def test_the_service_forgets_nothing_that_the_clock_asks_for(engine: Engine) -> None:
    announce(engine)
    done = []
    for at in (EARLY, DURING, CLOSES - timedelta(hours=24), CLOSES - timedelta(hours=1), CLOSES, CLOSES):
        size = look(engine, size_of)
        done.append(keep_when_due(engine, at=at))
        # The close is one act with two events: the root, and after it the seed.
        assert look(engine, size_of) == size + (2 if done[-1] and at == CLOSES else done[-1])
    assert done == [1, 0, 0, 0, 1, 0]
    assert look(engine, lottery_of, ID).is_ready
    assert look(engine, faults) == []


def test_a_hearing_without_a_sitting_is_left_alone(engine: Engine) -> None:
    announce(engine, sitting=None)
    for at in (EARLY, CLOSES - timedelta(hours=1), CLOSES + timedelta(days=1)):
        with writing(engine) as db:
            assert keep(db, at=at) == 0
    assert look(engine, lottery_of, ID) is None


def test_the_public_can_do_none_of_it(engine: Engine) -> None:
    announce(engine)
    with pytest.raises(Forbidden):
        act(engine, commit, actor=PUBLIC, at=EARLY)


def test_the_recipe_of_the_manual_draws_the_same_order_in_a_program_of_its_own(engine: Engine) -> None:
    announce(engine)
    act(engine, commit, at=EARLY)
    numbers = [sign_up(engine).comment_id for _ in range(5)]
    with writing(engine) as db:
        keep(db, at=CLOSES)
    known = look(engine, lottery_of, ID)
    page = {
        "commitment": known.commitment,
        "seed": known.seed,
        "checkpoint": {"size": known.size, "root": known.root},
        "comments": sorted(numbers),
    }
    program = recipe()
    assert len(program.splitlines()) <= 20
    drawn = subprocess.run(
        [sys.executable, "-I", "-c", program],
        input=json.dumps(page),
        capture_output=True,
        text=True,
        check=True,
    )
    assert drawn.stdout.split() == known.order(numbers)
    wrong = page | {"seed": sha256(b"another").hexdigest()}
    refused = subprocess.run(
        [sys.executable, "-I", "-c", program],
        input=json.dumps(wrong),
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0


def test_what_happens_after_the_commitment_changes_the_order(engine: Engine) -> None:
    """Even the server, which knows the seed, cannot tell the places: they hang on events that are to come."""
    announce(engine)
    act(engine, commit, at=EARLY)
    numbers = [f"C-2026-{place:07}" for place in range(6)]
    orders = set()
    for _ in range(4):
        with writing(engine) as db:
            append(db, actor="operator", kind="record.noted", subject="record:x", content={})
            keep(db, at=CLOSES)
        known = look(engine, lottery_of, ID)
        orders.add(tuple(known.order(numbers)))
        with writing(engine) as db:
            db.execute(update(tables.lottery).values(root=None, closed_seq=None, published_at=None))
    assert len(orders) > 1


def test_every_order_of_three_is_as_likely_as_any_other() -> None:
    seen = dict.fromkeys(permutations("abc"), 0)
    for number in range(6000):
        seed = sha256(number.to_bytes(4, "big")).digest()
        seen[tuple(draw(seed, bytes(32), "abc"))] += 1
    assert chisquare(list(seen.values())).pvalue > 0.001


def test_with_two_it_is_exactly_whose_code_is_smaller_and_no_third_changes_that() -> None:
    seed, root = bytes(range(32)), bytes(32)
    codes = {one: hmac.new(seed + root, one.encode(), sha256).hexdigest() for one in ("a", "b", "c")}
    for one, other in permutations("abc", 2):
        assert draw(seed, root, [one, other]) == sorted([one, other], key=codes.__getitem__)
    whole = draw(seed, root, "abc")
    assert [one for one in whole if one != "b"] == draw(seed, root, "ca")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seed": bytes(32)}, "not the one that was committed to"),
        ({"published_at": None}, "published otherwise"),
        ({"root": bytes(32)}, "closed otherwise"),
    ],
)
def test_a_lottery_that_was_changed_is_a_fault(engine: Engine, change: dict[str, object], says: str) -> None:
    announce(engine)
    act(engine, commit, at=EARLY)
    with writing(engine) as db:
        keep(db, at=CLOSES)
        assert faults(db) == []
        db.execute(update(tables.lottery).values(change))
        assert says in " ".join(faults(db))


def test_a_seed_that_was_public_before_the_close_is_a_fault(engine: Engine) -> None:
    announce(engine)
    act(engine, commit, at=EARLY)
    with writing(engine) as db:
        seed = db.execute(select(tables.lottery.c.seed)).scalar_one()
        append(
            db,
            actor="fay",
            kind=lottery.SEED,
            subject=f"hearing:{ID}",
            content={"seed": seed.hex()},
            at=DURING,
        )
        db.execute(update(tables.lottery).values(published_at=DURING))
        assert faults(db) == [f"Hearing {ID}: the seed of its lottery was public before sign-up had closed."]
