"""Every cell of role, standing and step, tried: against a table that is written here from the rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, func, select

from hearing_app.errors import Conflict, Forbidden, HearingError
from hearing_app.hearings.comments.comment import comment_by_receipt, withdraw
from hearing_app.hearings.comments.erasure import erase_words, take_back
from hearing_app.hearings.comments.verify import faults
from hearing_app.hearings.moderation import appeals, redactions, removals
from hearing_app.hearings.moderation import verify as moderation_verify
from hearing_app.hearings.moderation.deciding import decide, steps_open_to
from hearing_app.hearings.moderation.lapses import lapse
from hearing_app.hearings.moderation.moves import MOVES, comment_of, stand_of, steps_from
from hearing_app.hearings.vocabulary import Reason, Stand, State, Step, Who
from hearing_app.people.permissions import Actor, Role
from hearing_app.record import ledger as record
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import ledger
from tests.conftest import Send

FAY, SAM = Actor(Role.FACILITATOR, "fay"), Actor(Role.FACILITATOR, "sam")
# From where a comment stands: the state after each step that there is. Whatever is not here does not exist.
# Fay did everything before, so what is marked * is open to Sam alone.
EXPECTED: dict[str, dict[str, str]] = {
    "submitted": {"publish": "published", "hold": "held", "reject": "rejected", "redact": "submitted"},
    "kept": {"reject": "rejected"},
    "held": {
        **{"publish": "published", "reject": "rejected", "redact": "held", "lapse": "published"},
        **{"uphold": "held*", "overturn": "published*", "appeal": "held"},
    },
    "held_again": {
        **{"publish": "published", "propose_removal": "held", "redact": "held", "lapse": "published"},
        **{"uphold": "held*", "overturn": "published*", "appeal": "held"},
    },
    "removal": {
        **{"confirm_removal": "rejected*", "refuse_removal": "published*"},
        **{"redact": "held", "lapse": "published"},
    },
    "published": {
        **{"hold": "held", "propose_removal": "held", "redact": "published"},
        **{"uphold": "published*", "overturn": "published*", "appeal": "published"},
    },
    "returned": {
        **{"propose_removal": "held", "redact": "published"},
        **{"uphold": "published*", "overturn": "published*", "appeal": "published"},
    },
    "rejected": {"uphold": "rejected*", "overturn": "published*", "appeal": "rejected"},
    "refused": {"uphold": "rejected*", "overturn": "held*", "appeal": "rejected"},
    "empty": {},
    "withdrawn": {},
}
for stand, steps in EXPECTED.items():
    if "redact" in steps:
        steps["lift"] = steps["redact"]
    if stand != "withdrawn":
        steps["withdraw"] = "withdrawn"
STAFF_STEPS = {
    *("publish", "hold", "reject", "redact", "lift"),
    *("propose_removal", "confirm_removal", "refuse_removal", "uphold", "overturn"),
}
WORDS = "The officer Jane Roe stood there. Who checks the pictures?"


@contextmanager
def undone(db: Connection) -> Iterator[None]:
    """Do something, and undo it."""
    point = db.begin_nested()
    try:
        yield
    finally:
        point.rollback()


class Place:
    """A comment in each standing, each brought there by the acts themselves, all of them Fay's."""

    def __init__(self, db: Connection, send: dict[str, str], now: datetime) -> None:
        self.db, self.now, self.ids = db, now, send

    def bring(self, stand: str) -> str:
        name, db, now = self.ids[stand], self.db, self.now
        if stand in {"kept", "refused"}:
            if stand == "refused":
                self.decide(name, State.REJECTED)
                appeals.appeal_against(db, comment_of(db, name), "It is not off topic.", at=now)
            return name
        redactions.redact(
            db, FAY, name, field="concern", start=12, stop=20, kind="name", reason_id="R2",
            seen_state=State.SUBMITTED, at=now,
        )  # fmt: skip
        if stand == "submitted":
            return name
        if stand == "empty":
            erase_words(db, name, period="held", at=now)
            return name
        if stand == "withdrawn":
            take_back(db, name, at=now)
            return name
        if stand in {"held", "rejected"}:
            self.decide(name, State(stand))
        else:
            self.decide(name, State.PUBLISHED)
        if stand in {"held_again", "returned"}:
            self.decide(name, State.HELD)
        if stand == "returned":
            assert name in lapse(db, at=now + timedelta(days=5))
        if stand == "removal":
            removals.propose(db, FAY, name, seen_state=State.PUBLISHED, reason_id="R4", at=now)
        else:
            appeals.appeal_against(db, comment_of(db, name), "Please look again.", at=now)
        return name

    def decide(self, name: str, to: State) -> None:
        seen = State(comment_of(self.db, name).state)
        reason = "" if to is State.PUBLISHED else "R1"
        decide(self.db, FAY, name, to, seen_state=seen, reason_id=reason, at=self.now)


def take(db: Connection, actor: Actor, name: str, step: str, now: datetime) -> None:
    """Take one step by the function that is there for it."""
    seen = State(comment_of(db, name).state)
    if step in {"publish", "hold", "reject"}:
        to = {"publish": State.PUBLISHED, "hold": State.HELD, "reject": State.REJECTED}[step]
        decide(db, actor, name, to, seen_state=seen, reason_id="R4", at=now)
    elif step == "redact":
        redactions.redact(
            db, actor, name, field="concern", start=0, stop=3, kind="other", reason_id="R7",
            seen_state=seen, at=now,
        )  # fmt: skip
    elif step == "lift":
        redactions.lift(db, actor, name, 1, note="It is a public office.", at=now)
    elif step == "propose_removal":
        removals.propose(db, actor, name, seen_state=seen, reason_id="R4", at=now)
    elif step in {"confirm_removal", "refuse_removal"}:
        done = removals.confirm if step.startswith("confirm") else removals.refuse
        done(db, actor, name, at=now)
    elif step in {"uphold", "overturn"}:
        answer = appeals.uphold if step == "uphold" else appeals.overturn
        answer(db, actor, name, note="A colleague looked again.", at=now)


def size(db: Connection) -> int:
    return int(db.execute(select(func.count()).select_from(ledger)).scalar_one())


@pytest.fixture
def place(engine: Engine, send: Send, now: datetime) -> Iterator[Place]:
    sent = {
        stand: send(concern=WORDS, consent="panel_only" if stand in {"kept", "refused"} else "text_only")
        for stand in EXPECTED
    }
    with writing(engine) as db:
        yield Place(db, {stand: one.comment_id for stand, one in sent.items()}, now)


def test_every_cell_of_role_standing_and_step_is_as_the_table_says(place: Place, now: datetime) -> None:
    db, tried = place.db, 0
    for stand, steps in EXPECTED.items():
        with undone(db):
            name = place.bring(stand)
            before = comment_of(db, name)
            assert stand_of(db, before) == stand
            for role in Role:
                for actor in (Actor(role, "sam"), Actor(role, "fay")):
                    for step in sorted(STAFF_STEPS):
                        tried += 1
                        cell = f"{actor.name}: {step} where {stand}"
                        to = steps.get(step, "")
                        mine = role is Role.FACILITATOR and to and (actor == SAM or not to.endswith("*"))
                        with undone(db):
                            count = size(db)
                            if mine:
                                take(db, actor, name, step, now)
                                assert comment_of(db, name).state == to.rstrip("*"), cell
                                assert size(db) > count, cell
                                continue
                            with pytest.raises(HearingError) as caught:
                                take(db, actor, name, step, now)
                            if role is not Role.FACILITATOR:
                                assert isinstance(caught.value, Forbidden), cell
                            assert (comment_of(db, name), size(db)) == (before, count), cell
    assert tried == len(EXPECTED) * len(Role) * 2 * len(STAFF_STEPS)


def test_what_an_author_and_a_rule_may_do_is_as_the_table_says(place: Place, now: datetime) -> None:
    db = place.db
    for stand, steps in EXPECTED.items():
        with undone(db):
            name = place.bring(stand)
            before = comment_of(db, name)
            with undone(db):
                lapsed = name in lapse(db, at=now + timedelta(days=30))
                assert lapsed is ("lapse" in steps), stand
                assert comment_of(db, name).state == steps.get("lapse", before.state), stand
            # Where an appeal is possible, one was made against this decision already: there is none twice.
            with pytest.raises(Conflict, match="already" if "appeal" in steps else "no decision"):
                appeals.appeal_against(db, before, "Once more.", at=now)
            with undone(db):
                if "withdraw" in steps:
                    take_back(db, name, at=now)
                assert comment_of(db, name).state == "withdrawn" or stand == "withdrawn"


def test_the_table_in_the_code_has_these_cells_and_no_others() -> None:
    found = {stand: {} for stand in map(str, Stand)}  # type: dict[str, dict[str, str]]
    for (stand, step), move in MOVES.items():
        if step is not Step.SCREEN:
            found[stand][step] = str(move.to) + ("*" if move.needs_second else "")
    assert found == EXPECTED
    screened = {stand: move for (stand, step), move in MOVES.items() if step is Step.SCREEN}
    assert list(screened) == [Stand.SUBMITTED]
    assert (screened[Stand.SUBMITTED].to, screened[Stand.SUBMITTED].who) == (State.HELD, Who.RULE)
    # A rule may hold back and let a hold end, and refuses nothing.
    assert {m.to for m in MOVES.values() if m.who is Who.RULE} == {State.HELD, State.PUBLISHED}
    needing = {step for (_, step), move in MOVES.items() if move.reasons}
    assert needing == {Step.HOLD, Step.REJECT, Step.PROPOSE_REMOVAL, Step.REDACT, Step.SCREEN}
    for (_, step), move in MOVES.items():
        assert (Reason.AUTHORS_WISH in move.reasons) is (step is Step.SCREEN)


def test_the_steps_that_are_offered_are_those_of_the_table(place: Place) -> None:
    db = place.db
    for stand, steps in EXPECTED.items():
        with undone(db):
            written = comment_of(db, place.bring(stand))
            offered = steps_open_to(db, SAM, [written])[written.comment_id]
            assert set(map(str, offered)) == steps.keys() & STAFF_STEPS
            assert steps_open_to(db, Actor(Role.AUDITOR, "a"), [written])[written.comment_id] == frozenset()
            assert offered <= steps_from(stand_of(db, written))


def test_after_every_walk_the_rows_agree_with_the_ledger(
    engine: Engine, send: Send, receipt_key: bytes, now: datetime
) -> None:
    sent = [
        send(concern=WORDS, consent="panel_only" if s in {"kept", "refused"} else "text_only")
        for s in EXPECTED
    ]
    ids = dict(zip(EXPECTED, [one.comment_id for one in sent], strict=True))
    with writing(engine) as db:
        there = Place(db, ids, now)
        # Its hold is over in the future: that of the others, too, were they there already.
        for stand in sorted(EXPECTED, key=lambda stand: stand != "returned"):
            there.bring(stand)
    with reading(engine) as db:
        assert (record.faults(db), faults(db), moderation_verify.faults(db)) == ([], [], [])
        assert comment_by_receipt(db, receipt_key, sent[0].code).concern == WORDS
    with writing(engine) as db:
        for step, stand in (("overturn", "rejected"), ("uphold", "held"), ("overturn", "published")):
            take(db, SAM, ids[stand], step, now)
        take(db, SAM, ids["removal"], "confirm_removal", now)
    withdraw(engine, receipt_key, sent[list(EXPECTED).index("held_again")].code, at=now)
    with reading(engine) as db:
        assert (record.faults(db), faults(db), moderation_verify.faults(db)) == ([], [], [])
