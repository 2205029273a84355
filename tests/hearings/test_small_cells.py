"""No count of one to nine people can be worked out from anything that a hearing shows: the attack itself.

The attacker knows the program, collects everything the public can get, before the closing and after it, while
comments are withdrawn or decided on and the hearing is published again, and lets a solver find the least and
the most that each hidden or rounded count can be. The counts that are sought are known to the test alone.

What the attacker does not know is what others chose. Who wrote, or knows, all comments but one can read that
one from any count whatever; docs/decisions.md says so.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from sqlalchemy import Connection, Engine

from hearing_app.documents.hearings import comments_html, hearing_html
from hearing_app.evidence.disclosure import BASE, publishable
from hearing_app.hearings.comments.lists import opinions, published_comments, tally
from hearing_app.hearings.disclosure import public_contents
from hearing_app.hearings.hearing import Hearing, all_hearings, hearing_of, publish_hearing
from hearing_app.hearings.vocabulary import Stance, Standing, State
from hearing_app.people.permissions import COMPILATION
from hearing_app.record.ledger import contents, events
from hearing_app.store.engine import reading, writing
from tests.scale import scale

from .conftest import Decide, Leave, Send

Counts = dict[str, int]
Shown = Mapping[str, int | None]
CLOSES = datetime(2026, 12, 1, tzinfo=UTC)
LEAST = 10
HALF = BASE // 2


def bounds_of(shown: Shown, total: int | None, most: int) -> dict[str, tuple[int, int]]:
    """The least and most that each count can be, for a solver that knows what is shown and the rule.

    ``total`` is what the counts add up to where that is public, ``most`` how many people there are. For each
    hidden count a second, binary unknown says whether it is hidden for itself (under ten) or for the sake of
    the others, and then is no larger than any that is shown.
    """
    names = list(shown)
    size = len(names)
    smallest = min((value for value in shown.values() if value is not None), default=most) + HALF
    low, high = np.zeros(2 * size), np.full(2 * size, float(most))
    rows, limits = [], []
    for place, name in enumerate(names):
        value = shown[name]
        low[size + place], high[size + place] = 0, 1
        if value is not None:
            low[place], high[place] = max(LEAST, value - HALF), min(most, value + HALF)
            high[size + place] = 0
            continue
        high[place] = min(most, max(smallest, LEAST - 1))
        # Under ten where the binary is 1: count + most * binary <= most + 9. Ten or more where it is 0.
        under, over = np.zeros(2 * size), np.zeros(2 * size)
        under[place], under[size + place] = 1, most
        over[place], over[size + place] = 1, LEAST
        rows += [under, over]
        limits += [(-np.inf, most + LEAST - 1), (LEAST, np.inf)]
    if any(value is None for value in shown.values()):
        # Something was hidden for itself, or nothing would be hidden.
        some = np.zeros(2 * size)
        some[size:] = 1
        rows.append(some)
        limits.append((1, np.inf))
    if total is not None:
        whole = np.zeros(2 * size)
        whole[:size] = 1
        rows.append(whole)
        limits.append((total, total))
    constraints = [LinearConstraint(np.array(rows), *np.array(limits, dtype=float).T)] if rows else []
    found = {}
    for place, name in enumerate(names):
        ends = []
        for sign in (1, -1):
            goal = np.zeros(2 * size)
            goal[place] = sign
            solved = milp(
                goal, constraints=constraints, bounds=Bounds(low, high), integrality=np.ones(2 * size)
            )
            assert solved.success, (shown, total, solved.message)
            ends.append(round(sign * solved.fun))
        found[name] = (ends[0], ends[1])
    return found


def another(counts: Counts, name: str, most: int, *, total_is_public: bool) -> Counts | None:
    """A table that looks exactly the same and has another count there: the proof that it stays open."""
    shown = publishable(counts)

    def tables() -> Iterator[Counts]:
        for step in (-1, 1, -2, 2, -3, 3, -4, 4):
            moved = counts[name] + step
            if not 0 <= moved <= most:
                continue
            if not total_is_public:
                yield counts | {name: moved}
                continue
            others = [other for other in counts if other != name]
            for other in others:
                yield counts | {name: moved, other: counts[other] - step}
            for one, two in permutations(others, 2):
                half = step // 2
                yield counts | {name: moved, one: counts[one] - half, two: counts[two] - (step - half)}

    return next(
        (one for one in tables() if min(one.values()) >= 0 and one != counts and publishable(one) == shown),
        None,
    )


def attack(stance: Counts, standing: Counts, people: int) -> tuple[int, int]:
    """Attack one publication; return how many counts of 1 to 9 there were, and how many were found out."""
    small = found_out = 0
    for counts, total in ((stance, people), (standing, None)):
        bounds = bounds_of(publishable(counts), total, people)
        for name, count in counts.items():
            least, most = bounds[name]
            # The solver must never be wrong about what is true, or its bounds would prove nothing.
            assert least <= count <= most, (counts, name, bounds)
            if 1 <= count < LEAST:
                small += 1
                pinned = least == most
                found_out += (
                    pinned or another(counts, name, people, total_is_public=total is not None) is None
                )
    return small, found_out


def random_choices(chance: random.Random, people: int) -> list[tuple[str, tuple[str, ...]]]:
    """What authors chose: now evenly, now nearly all the same, now with a category that nobody took."""
    weights = [chance.choice([0, 1, 1, 3, 10, 40]) for _ in Stance]
    weights = weights if any(weights) else [1] * len(Stance)
    likely = {value: chance.choice([0, 0.02, 0.1, 0.3, 0.9]) for value in Standing}
    return [
        (
            str(chance.choices(list(Stance), weights)[0]),
            tuple(str(value) for value in Standing if chance.random() < likely[value]),
        )
        for _ in range(people)
    ]


def counted(chosen: list[tuple[str, tuple[str, ...]]]) -> tuple[Counts, Counts]:
    stance = Counter(one for one, _ in chosen)
    standing = Counter(value for _, values in chosen for value in values)
    return {str(v): stance[v] for v in Stance}, {str(v): standing[v] for v in Standing}


@pytest.mark.promise("S4")
def test_a_solver_finds_no_small_count_in_any_publication(measure: Callable[[str, float], None]) -> None:
    chance, small, found_out = random.Random(4), 0, 0
    publications = scale(60, 1000)
    for _ in range(publications):
        people = chance.choice([1, 2, 5, 9, 10, 11, 14, 20, 27, 28, 36, 40, chance.randrange(1, 400)])
        stance, standing = counted(random_choices(chance, people))
        more, worse = attack(stance, standing, people)
        small, found_out = small + more, found_out + worse
        assert not worse, (stance, standing, people)
    measure("publications", publications)
    measure("counts of 1 to 9", small)
    measure("counts found out", found_out)
    assert small > publications


def test_the_attack_can_succeed() -> None:
    """Against a rule that hides the small counts alone, and nothing for their sake, the solver finds them."""
    assert bounds_of({"a": 100, "b": None}, 111, 111)["b"] == (9, 9)
    assert bounds_of({"only": None}, 4, 4) == {"only": (4, 4)}
    for a, b in ((12, 57), (17, 17), (202, 12)):
        counts = {"a": a, "b": b, "c": 9}
        shown = {name: None if n < LEAST else BASE * ((n + HALF) // BASE) for name, n in counts.items()}
        assert bounds_of(shown, a + b + 9, a + b + 9)["c"] == (9, 9)
        assert publishable(counts) != shown


@dataclass(frozen=True)
class Seen:
    """What an outsider has at one moment: (people, stance, standing) and the comments counted by state."""

    at: datetime
    people: int
    stance: Shown
    standing: Shown
    states: Mapping[str, int]


class Outsider:
    """Looks at every public view and export of a hearing, and keeps what they say about choices."""

    WORDS = frozenset(map(str, (*Stance, *Standing))) - {"support"}  # "support" is a type of comment, too

    def __init__(self, engine: Engine, hearing_id: str) -> None:
        self.engine, self.hearing_id = engine, hearing_id
        self.seen: list[Seen] = []

    def look(self, at: datetime) -> Seen:
        with reading(self.engine) as db:
            hearing = hearing_of(db, self.hearing_id)
            views, states = opinions(db, hearing, at=at), tally(db, hearing.id)
            comments = published_comments(db, hearing.id)
            released = self.released(db)
            elsewhere = json.dumps(
                [
                    comments_html(comments, {}, zone=hearing.time_zone),
                    [event.entry for event in events(db)],
                    [one.model_dump(mode="json") for one in all_hearings(db)],
                ]
            )
            page = hearing_html(hearing, states, views, {})
        # Neither the list of comments nor the ledger or the list of hearings says anything.
        assert not any(word in elsewhere for word in self.WORDS)
        # The bundle says what was released, word for word, and nothing before.
        assert released in (
            [],
            [{"people": views.people, "stance": views.stance, "standing": views.standing}],
        ) or (views.people == 0 and len(released) == 1)
        # A page is made of what stands beside it here, so it can say no more.
        assert page == hearing_html(hearing, states, type(views)(**asdict(views)), {})
        seen = Seen(at, views.people, views.stance, views.standing, asdict(states))
        self.seen.append(seen)
        return seen

    def released(self, db: Connection) -> list[dict[str, object]]:
        is_public = public_contents(db)
        found = []
        for event, content in contents(db):
            if content is not None and is_public(event, content):
                if event.kind == "opinions.released":
                    found.append(content.fields)
                elif event.kind.startswith("comment."):
                    assert not {"stance", "standing"} & set(content.fields)
        return found


@pytest.mark.promise("S4")
@pytest.mark.parametrize("seed", range(scale(2, 40)))
def test_two_looks_at_a_hearing_tell_no_more_than_one(
    engine: Engine,
    hearing: Hearing,
    send: Send,
    *,
    move: Decide,
    leave: Leave,
    measure: Callable[[str, float], None],
    seed: int,
) -> None:
    """Comments come and go; the hearing closes, opens again and closes; any two looks are compared."""
    chance = random.Random(seed)
    outsider = Outsider(engine, hearing.id)
    people = chance.choice([12, 22, 31])
    chosen = dict(enumerate(random_choices(chance, people)))
    codes: dict[int, str] = {}
    gone: set[int] = set()
    at = datetime(2026, 6, 1, tzinfo=UTC)

    def gone_by(place: int) -> None:
        if chance.random() < 0.5:
            leave(codes[place], at=at)
        else:
            move(ids[place], State.REJECTED, at=at)
        gone.add(place)

    ids: dict[int, str] = {}
    for place, (one_stance, standings) in chosen.items():
        at += timedelta(minutes=chance.randrange(1, 600))
        made = send(at=at, stance=one_stance, standing=standings)
        codes[place], ids[place] = made.code, made.comment_id
        if chance.random() < 0.1:
            gone_by(chance.choice([p for p in codes if p not in gone] or [place]))
        outsider.look(at)
    counted_now = [choice for place, choice in chosen.items() if place not in gone]
    for hours in range(4):
        outsider.look(CLOSES + timedelta(seconds=30 * hours))
    for _ in range(6):
        at = CLOSES + timedelta(minutes=2 + len(outsider.seen))
        gone_by(chance.choice([place for place in codes if place not in gone]))
        outsider.look(at)
    with writing(engine) as db:
        again = hearing.model_copy(update={"closes_at": CLOSES + timedelta(days=9)})
        publish_hearing(db, COMPILATION, again, note="Open for longer.", at=CLOSES + timedelta(days=1))
    for place, (one_stance, standings) in enumerate(random_choices(chance, 6), start=people):
        at = CLOSES + timedelta(days=2, minutes=place)
        send(at=at, stance=one_stance, standing=standings)
        outsider.look(at)
    outsider.look(CLOSES + timedelta(days=10))

    # Everything that was ever shown is one publication; so no pair of looks has a difference in it.
    shown = {json.dumps([s.people, s.stance, s.standing]) for s in outsider.seen if s.people}
    assert len(shown) == 1
    pairs = scale(300, 10_000)
    for _ in range(pairs):
        one, two = chance.choice(outsider.seen), chance.choice(outsider.seen)
        for table in ("stance", "standing"):
            for name, before in getattr(one, table).items():
                after = getattr(two, table)[name]
                assert before is None or after is None or after == before
    stance, standing = counted(counted_now)
    assert json.loads(shown.pop()) == [len(counted_now), publishable(stance), publishable(standing)]
    small, found_out = attack(stance, standing, len(counted_now))
    measure("pairs of looks", pairs)
    measure("counts of 1 to 9", small)
    measure("counts found out", found_out)
    assert not found_out
