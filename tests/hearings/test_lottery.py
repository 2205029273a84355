"""The lottery: committed to, published in time, closed by rule, drawn again by anyone, and even."""

from __future__ import annotations

import hmac
import json
import re
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from itertools import permutations
from pathlib import Path

import pytest
from scipy.stats import chisquare
from sqlalchemy import Engine, select, update

from hearing_app.errors import Conflict, Forbidden, NotOpen
from hearing_app.hearings import lottery
from hearing_app.hearings.agenda_verify import faults
from hearing_app.hearings.lottery import commit, draw, keep, keep_when_due, lottery_of, publish_seed
from hearing_app.people.permissions import PUBLIC
from hearing_app.record.ledger import append, contents, head, size_of
from hearing_app.store import tables
from hearing_app.store.engine import reading, writing

from .agendas import CLOSES, DURING, ID, OPENS, act, announce, look, sign_up

RECIPE = Path(__file__).parents[2] / "docs" / "lottery.md"
EARLY = OPENS - timedelta(days=20)


def recipe() -> str:
    """Return the program that the manual prints."""
    found = re.search(r"```python\n(.*?)```", RECIPE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def told(engine: Engine, kind: str) -> list[dict[str, object]]:
    with reading(engine) as db:
        return [content.fields for event, content in contents(db) if event.kind == kind and content]


def test_first_the_commitment_then_the_seed_then_the_root(engine: Engine) -> None:
    announce(engine)
    made = act(engine, commit, at=EARLY)
    assert (made.seed, made.root, made.is_ready) == ("", "", False)
    assert act(engine, commit, at=DURING).commitment == made.commitment
    known = act(engine, publish_seed, at=DURING)
    assert sha256(bytes.fromhex(known.seed)).hexdigest() == made.commitment
    with writing(engine) as db:
        assert keep(db, at=CLOSES - timedelta(seconds=1)) == 0
        before = head(db)
        assert keep(db, at=CLOSES) == 1
    closed = look(engine, lottery_of, ID)
    assert (closed.size, closed.root, closed.is_ready) == (before.size, before.root.hex(), True)
    assert [len(told(engine, kind)) for kind in (lottery.COMMITTED, lottery.SEED, lottery.CLOSED)] == [
        1,
        1,
        1,
    ]
    assert look(engine, faults) == []


def test_the_seed_is_nowhere_before_it_is_published(engine: Engine) -> None:
    announce(engine)
    act(engine, commit, at=EARLY)
    with reading(engine) as db:
        seed = db.execute(select(tables.lottery.c.seed)).scalar_one()
        texts = list(db.execute(select(tables.ledger_content.c.content)).scalars())
    assert not any(seed.hex() in text for text in texts)
    assert seed.hex() not in repr(look(engine, lottery_of, ID))


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=3)])
def test_once_sign_up_has_closed_nothing_is_committed_and_no_seed_published(
    engine: Engine, late: timedelta
) -> None:
    announce(engine)
    with pytest.raises(NotOpen):
        act(engine, commit, at=CLOSES + late)
    act(engine, commit, at=EARLY)
    with pytest.raises(NotOpen, match="could be chosen"):
        act(engine, publish_seed, at=CLOSES + late)
    assert look(engine, lottery_of, ID).seed == ""
    assert told(engine, lottery.SEED) == []


def test_sign_up_may_close_before_comments_do(engine: Engine) -> None:
    announce(engine, sign_up_closes_at=CLOSES - timedelta(days=10))
    act(engine, commit, at=EARLY)
    with pytest.raises(NotOpen):
        act(engine, publish_seed, at=CLOSES - timedelta(days=9))


def test_the_service_forgets_nothing_that_the_clock_asks_for(engine: Engine) -> None:
    announce(engine)
    done = []
    for at in (EARLY, DURING, CLOSES - timedelta(hours=24), CLOSES - timedelta(hours=1), CLOSES, CLOSES):
        size = look(engine, size_of)
        done.append(keep_when_due(engine, at=at))
        assert look(engine, size_of) == size + done[-1]
    assert done == [1, 0, 1, 0, 1, 0]
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
    for function in (commit, publish_seed):
        with pytest.raises(Forbidden):
            act(engine, function, actor=PUBLIC, at=EARLY)


def test_a_seed_is_published_once(engine: Engine) -> None:
    announce(engine)
    act(engine, publish_seed, at=DURING)
    with pytest.raises(Conflict):
        act(engine, publish_seed, at=DURING)


def test_the_recipe_of_the_manual_draws_the_same_order_in_a_program_of_its_own(engine: Engine) -> None:
    announce(engine)
    act(engine, publish_seed, at=EARLY)
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


def test_what_happens_after_the_seed_changes_the_order(engine: Engine) -> None:
    """Who knows the seed still cannot tell the places: they hang on events that are to come."""
    announce(engine)
    act(engine, publish_seed, at=EARLY)
    numbers = [f"C-2026-{place:07}" for place in range(6)]
    orders = set()
    for _ in range(4):
        with writing(engine) as db:
            append(db, actor="operator", kind="record.noted", subject="record:x", content={})
            keep(db, at=CLOSES)
        known = look(engine, lottery_of, ID)
        orders.add(tuple(known.order(numbers)))
        with writing(engine) as db:
            db.execute(update(tables.lottery).values(root=None, closed_seq=None))
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
    act(engine, publish_seed, at=EARLY)
    with writing(engine) as db:
        keep(db, at=CLOSES)
        assert faults(db) == []
        db.execute(update(tables.lottery).values(change))
        assert says in " ".join(faults(db))
