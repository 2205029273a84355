"""Eight who write at once, each something else: the ledger has no gap, no fork, and every event of each."""

from __future__ import annotations

import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine

from hearing_app.hearings.comments.comment import Receipt, submit, withdraw
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.hearing import Hearing, publish_hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people import staff
from hearing_app.people.accounts import Account, invite, make_account
from hearing_app.people.outside import accept_at_provider
from hearing_app.people.permissions import OPERATOR, PUBLIC, Actor, Role
from hearing_app.record.ledger import events, faults, head
from hearing_app.record.merkle import root
from hearing_app.record.versions import publish_version
from hearing_app.store.engine import open_engine, reading, writing
from tests.scale import scale

FAY = Actor(Role.FACILITATOR, "fay")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, empty_record: Path, tmp_path: Path) -> Iterator[Engine]:
    """Both kinds of record, one after the other."""
    if request.param == "postgresql":
        yield request.getfixturevalue("postgresql_engine")
        return
    made = open_engine(f"sqlite:///{shutil.copy(empty_record, tmp_path / 'hearing.sqlite')}")
    yield made
    made.dispose()


def test_eight_writers_at_once_leave_no_gap_and_no_fork(  # noqa: PLR0915 - eight acts side by side
    engine: Engine, hearing: Hearing, draft: Callable[..., Draft], receipt_key: bytes, now: datetime
) -> None:
    rounds = scale(8, 100)
    start = Barrier(8)

    def account(place: int, worker: str) -> Account:
        address = f"{worker}{place}@board.example"
        with writing(engine) as db:
            token = invite(db, OPERATOR, email=address, role=Role.AUDITOR, at=now)
        with writing(engine) as db:
            return make_account(db, token, address=address, password_hash="none", at=now)

    def send(**changes: object) -> Receipt:
        with writing(engine) as db:
            return submit(db, PUBLIC, receipt_key, draft(**changes), at=now)

    def move(receipt: Receipt, to: State, seen: State = State.SUBMITTED) -> None:
        with writing(engine) as db:
            reason = "" if to is State.PUBLISHED else "R2"
            decide(db, FAY, receipt.comment_id, to, seen_state=seen, reason_id=reason, at=now)

    def submits(_: int) -> list[str]:
        send()
        return ["comment.submitted"]

    def decides(_: int) -> list[str]:
        receipt = send()
        move(receipt, State.PUBLISHED)
        move(receipt, State.HELD, State.PUBLISHED)
        return ["comment.submitted", "comment.published", "comment.held"]

    def withdraws(_: int) -> list[str]:
        receipt = send()
        withdraw(engine, receipt_key, receipt.code, at=now)
        return ["comment.submitted", "comment.withdrawn"]

    def publishes(place: int) -> list[str]:
        with writing(engine) as db:
            publish_version(
                db,
                actor="compilation",
                kind="system",
                document_id="street-cameras",
                document={"id": "street-cameras", "name": f"Street cameras {place}"},
                note="Another name.",
                at=now,
            )
        return ["system.published"]

    def announces(place: int) -> list[str]:
        changed = hearing.model_copy(update={"title": f"A hearing, said for the {place + 2}nd time"})
        with writing(engine) as db:
            publish_hearing(db, OPERATOR, changed, note="Another title.", at=now)
        return ["hearing.published"]

    def invites(place: int) -> list[str]:
        account(place, "ann")
        return ["account.created"]

    def changes(place: int) -> list[str]:
        made = account(place, "ben").account_id
        for act in (staff.disable, staff.enable, staff.end_all_sessions):
            with writing(engine) as db:
                act(db, OPERATOR, made, at=now)
        with writing(engine) as db:
            staff.change_role(db, OPERATOR, made, Role.FACILITATOR, at=now)
        return ["account.created", "account.disabled", "account.enabled", "account.role_changed"]

    def accepts(place: int) -> list[str]:
        with writing(engine) as db:
            token = invite(db, OPERATOR, email=f"cy{place}@board.example", role=Role.AUDITOR, at=now)
        accept_at_provider(
            engine, token, issuer="https://id.example.org", subject=secrets.token_hex(8), at=now
        )
        return ["account.created"]

    def work(act: Callable[[int], list[str]]) -> list[str]:
        start.wait()
        return [kind for place in range(rounds) for kind in act(place)]

    with reading(engine) as db:
        before = [event.kind for event in events(db)]
    acts = (submits, decides, withdraws, publishes, announces, invites, changes, accepts)
    with ThreadPoolExecutor(8) as pool:
        done = [kind for kinds in pool.map(work, acts) for kind in kinds]
    with reading(engine) as db:
        written = list(events(db, limit=10_000))
        assert faults(db) == []
        assert head(db).root == root([event.leaf_hash for event in written])
    assert [event.seq for event in written] == list(range(len(before) + len(done)))
    assert Counter(event.kind for event in written) == Counter(before) + Counter(done)
