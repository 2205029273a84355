"""Every role, every guarded function, every state that matters: called directly.

The table of expectations is written here from what each office is for, and compared with what the functions
do. A guarded function that has no row here fails ``test_every_guarded_function_has_its_row``.
"""

from __future__ import annotations

import ast
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from hearing_app.errors import ConfirmAgain, Forbidden, HearingError
from hearing_app.hearings.hearing import Hearing
from hearing_app.people import second_factor
from hearing_app.people.accounts import Account, invite
from hearing_app.people.permissions import OPERATOR, SENSITIVE, Act, Actor, Role
from hearing_app.record.versions import publish_version
from hearing_app.store.engine import writing
from hearing_app.store.tables import comment, slot
from hearing_app.store.tables import second_factor as factor_table
from tests.conftest import Send
from tests.signers import own_entry

from . import roles_hearings, roles_offices, roles_preparing, roles_work
from .conftest import MakeAccount
from .roles import ALLOWED_MOVES, Row, World
from .test_permissions import ACTS, EXPECTED

PACKAGE = Path(__file__).parents[2] / "hearing_app"
KEY = b"k" * 32
AREAS = (
    roles_hearings.rows_on_comments,
    roles_hearings.rows_on_slots,
    roles_hearings.rows_on_agenda,
    roles_work.rows_on_moderation,
    roles_preparing.rows_on_preparing,
    roles_preparing.rows_on_gathering,
    roles_preparing.rows_on_reading,
    roles_offices.rows_on_documents,
    roles_offices.rows_on_accounts,
    lambda _, now: roles_hearings.rows_on_answers(now),
    lambda _, now: roles_hearings.rows_on_requests(now),
)


@pytest.fixture
def world(
    *, engine: Engine, hearing: Hearing, send: Send, member: MakeAccount, now: datetime, tmp_path: Path
) -> World:
    comments = {}
    for state in ALLOWED_MOVES:
        comments[state] = send().comment_id
        with writing(engine) as db:
            db.execute(comment.update().where(comment.c.comment_id == comments[state]).values(state=state))
    speaking = send().comment_id
    with writing(engine) as db:
        db.execute(comment.update().where(comment.c.comment_id == speaking).values(state="published"))
        for place, comment_id in ((1, speaking), (2, None)):
            row = {"hearing_id": hearing.id, "number": place, "minutes": 3, "comment_id": comment_id}
            db.execute(slot.insert().values(row))
        # A whole entry, for the files that are taken away.
        entry = own_entry(id="street-cameras")
        made = {"kind": "system", "document_id": entry["id"], "document": entry, "note": "Written out."}
        publish_version(db, actor="compilation", **made, at=now)
        token = invite(db, OPERATOR, email="ivy@board.example", role=Role.AUDITOR, at=now)
    number = sha256(token.encode()).hexdigest()[:12]
    return World(
        hearing,
        comments,
        speaking,
        member(),
        member("bea@board.example", Role.AUDITOR, disabled=True),
        number,
        roles_work.colleagues_work(engine, hearing, send, tmp_path, now),
        tmp_path,
    )


def rows(world: World, now: datetime) -> Iterator[Row]:
    """Every guarded function in every state that it looks at."""
    for of_area in AREAS:
        yield from of_area(world, now)


class _RollBack(Exception):
    """Ends a transaction of which nothing may stay."""


def outcome(engine: Engine, row: Row, actor: Actor) -> tuple[HearingError | None, int]:
    """Call in a transaction of which nothing stays; return the refusal, and how many rows were written."""
    refusal: HearingError | None = None
    written = 0
    if row.takes_engine:
        try:
            row.call(engine, actor)
        except HearingError as error:
            refusal = error
        return refusal, 0
    try:
        with writing(engine) as db:
            raw: Any = db.connection.driver_connection
            before = raw.total_changes
            try:
                row.call(db, actor)
            except HearingError as error:
                refusal = error
            written = raw.total_changes - before
            raise _RollBack
    except _RollBack:
        return refusal, written


def expected(row: Row, actor: Actor) -> type[HearingError] | None:
    allowed = EXPECTED[actor.role][ACTS.index(row.act)] == "x"
    if not allowed:
        return Forbidden
    asks = row.act in SENSITIVE or row.confirms
    return ConfirmAgain if asks and not actor.fresh else row.says


@pytest.mark.promise("S3")
def test_every_cell_is_as_the_table_says(
    engine: Engine,
    world: World,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
    measure: Callable[[str, int], None],
) -> None:
    cells = refused = 0
    wrong = []
    for row in rows(world, now):
        for role in Role:
            for fresh in (True, False):
                actor = Actor(role, "ab12", fresh=fresh)
                caplog.clear()
                with caplog.at_level(logging.WARNING):
                    refusal, written = outcome(engine, row, actor)
                cells += 1
                wanted = expected(row, actor)
                by_role = wanted is ConfirmAgain or EXPECTED[role][ACTS.index(row.act)] != "x"
                said = [one.getMessage() for one in caplog.records if one.getMessage().startswith("refused")]
                tried = row.confirms if wanted is ConfirmAgain and row.confirms else str(row.act)
                logged = [line for line in said if f"{role}:ab12 " in line and tried in line]
                fits = (type(refusal) if refusal else None) is wanted and len(logged) == by_role
                if by_role:
                    refused += 1
                    fits = fits and said == logged and written == 0 and "@" not in caplog.text
                if not fits:
                    wrong.append((row.where, row.state, str(role), fresh, repr(refusal), said, written))
    assert wrong == []
    measure("cells", cells)
    measure("refused, each logged once", refused)
    assert cells > 600


OWN_ACTS: dict[str, Callable[[Engine, Account], Any]] = {
    "begin_second_factor": lambda engine, me: _in(
        engine, second_factor.begin_second_factor, KEY, me, "token"
    ),
    "finish_second_factor": lambda engine, me: second_factor.finish_second_factor(
        engine, KEY, KEY, me, "000000", session="token", address="local"
    ),
    "new_recovery_codes": lambda engine, me: second_factor.new_recovery_codes(
        engine, KEY, KEY, me, "000000", address="local"
    ),
    "remove_second_factor": lambda engine, me: second_factor.remove_second_factor(
        engine, KEY, KEY, me, "000000", must_stay=False, address="local"
    ),
}


# The operator's shell alone calls it, and it acts as the operator whoever types: there is nobody to refuse.
WITHOUT_ACTOR = {"hearings/demonstration/removing.py:remove"}


def _in(engine: Engine, call: Callable[..., Any], *given: Any) -> Any:
    with writing(engine) as db:
        return call(db, *given)


@pytest.mark.promise("S3")
@pytest.mark.parametrize("name", OWN_ACTS)
@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.PUBLISHER, Role.AUDITOR, Role.ADMINISTRATOR])
@pytest.mark.parametrize("has_one", [True, False])
def test_ones_own_second_step_is_changed_by_who_has_confirmed(
    *,
    engine: Engine,
    member: MakeAccount,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
    name: str,
    role: Role,
    has_one: bool,
) -> None:
    made = member(role=role)
    if has_one:
        secret = second_factor._closed(KEY, made.account_id, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        row = {"account_id": made.account_id, "secret": secret, "created_at": now, "last_step": 0}
        with writing(engine) as db:
            db.execute(factor_table.insert().values(row | {"confirmed_at": now}))
    me = Account(made.account_id, made.email, role, "", fresh=False)
    with pytest.raises(ConfirmAgain):
        OWN_ACTS[name](engine, me)
    assert len(caplog.records) == 1
    assert f"refused: {me.actor.name} must confirm again" in caplog.text


def test_every_guarded_function_has_its_row(world: World, now: datetime) -> None:
    guarded = set()
    for file in PACKAGE.rglob("*.py"):
        if file.name == "permissions.py" or PACKAGE / "api" in file.parents:
            continue
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                called = {
                    node.func.id
                    for node in ast.walk(function)
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                }
                if called & {"require", "require_fresh"}:
                    guarded.add(f"{file.relative_to(PACKAGE).as_posix()}:{function.name}")
    own = {f"people/second_factor.py:{name}" for name in OWN_ACTS}
    assert guarded == {row.where for row in rows(world, now)} | own | WITHOUT_ACTOR


def test_every_act_has_a_row(world: World, now: datetime) -> None:
    """Every act of the table has a row; without one, nobody would notice that nothing asks for it."""
    assert {row.act for row in rows(world, now)} == set(Act)
