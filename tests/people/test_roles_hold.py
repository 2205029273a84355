"""Every role, every guarded function, every state that matters: called directly.

The table of expectations is written here from what each office is for, and compared with what the functions
do. A guarded function that has no row here fails ``test_every_guarded_function_has_its_row``.
"""

from __future__ import annotations

import ast
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine

from hearing_app.errors import ConfirmAgain, Conflict, Forbidden, HearingError, Invalid, NotFound, NotOpen
from hearing_app.hearings import answer_drafts, answering, arranging, asking, lottery, minutes, room
from hearing_app.hearings.agenda import draft_of
from hearing_app.hearings.hearing import Hearing, hearing_of, publish_hearing
from hearing_app.hearings.lists import comments_for_desk, comments_for_export, desk_list
from hearing_app.hearings.moderation import decide
from hearing_app.hearings.proposal import propose_anew
from hearing_app.hearings.retention import carry_out, what_is_due
from hearing_app.hearings.slots import SlotTaken, arrange, book, free, set_slots
from hearing_app.hearings.vocabulary import State
from hearing_app.people import second_factor, staff
from hearing_app.people.accounts import Account, invite
from hearing_app.people.invitations import cancel_invitation, open_invitations
from hearing_app.people.permissions import OPERATOR, SENSITIVE, Act, Actor, Role
from hearing_app.registry.agencies import register_key, revocable_keys, revoke_key
from hearing_app.registry.corrections.answering import Answering, answer, waiting_for
from hearing_app.registry.corrections.receiving import _check_body
from hearing_app.registry.desk.acts import hand_in
from hearing_app.registry.desk.drafts import log_of, office
from hearing_app.registry.entry import Entry
from hearing_app.registry.signed import Approval, publish_document
from hearing_app.registry.supervision.acting import plan, say
from hearing_app.registry.supervision.words import Begun, Replied
from hearing_app.store.engine import writing
from hearing_app.store.tables import comment, slot
from hearing_app.store.tables import second_factor as factor_table
from tests.conftest import Send
from tests.signers import own_entry

from .conftest import MakeAccount
from .test_permissions import ACTS, EXPECTED

PACKAGE = Path(__file__).parents[2] / "hearing_app"
KEY = b"k" * 32
# What the state of a comment allows a facilitator, written from the rules of moderation.
ALLOWED_MOVES = {
    "submitted": {"published", "held", "rejected"},
    "held": {"published", "rejected"},
    "published": {"held"},
    "rejected": set(),
    "withdrawn": set(),
}
Call = Callable[..., Any]


@dataclass(frozen=True)
class Row:
    """One guarded call in one state: what it needs, and what it says to whoever may do it."""

    where: str
    act: Act
    call: Call
    state: str = ""
    says: type[HearingError] | None = None
    # A few functions take the engine, because they work in several transactions.
    takes_engine: bool = False


@dataclass(frozen=True)
class World:
    """A record with a comment in every state and with accounts in both."""

    hearing: Hearing
    comments: dict[str, str]
    speaking: str
    open: Account
    disabled: Account
    invited: str


@pytest.fixture
def world(engine: Engine, hearing: Hearing, send: Send, member: MakeAccount, now: datetime) -> World:
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
        token = invite(db, OPERATOR, email="ivy@board.example", role=Role.AUDITOR, at=now)
    number = sha256(token.encode()).hexdigest()[:12]
    return World(
        hearing,
        comments,
        speaking,
        member(),
        member("bea@board.example", Role.AUDITOR, disabled=True),
        number,
    )


def rows(world: World, now: datetime) -> Iterator[Row]:
    """Every guarded function in every state that it looks at."""
    lists = "hearings/lists.py"
    for state in State:
        yield Row(
            f"{lists}:desk_list",
            Act.READ_UNPUBLISHED_COMMENTS,
            partial(desk_list, hearing_id=world.hearing.id, state=state),
            state,
        )
        yield Row(
            f"{lists}:comments_for_desk",
            Act.READ_UNPUBLISHED_COMMENTS,
            partial(comments_for_desk, comment_ids=[world.comments[state]]),
            state,
        )
        for to in (State.PUBLISHED, State.HELD, State.REJECTED):
            yield Row(
                "hearings/moderation.py:decide",
                Act.MODERATE_COMMENTS,
                partial(
                    decide,
                    comment_id=world.comments[state],
                    to=to,
                    seen_state=state,
                    reason_id="" if to is State.PUBLISHED else "R2",
                    at=now,
                ),
                f"{state} to {to}",
                None if to in ALLOWED_MOVES[state] else Conflict,
            )
    yield Row(
        f"{lists}:comments_for_export",
        Act.EXPORT_COMMENTS,
        lambda db, actor: list(comments_for_export(db, actor, world.hearing.id)),
    )
    yield from rows_on_slots(world, now)
    yield from rows_on_agenda(world, now)
    yield from rows_on_documents(world, now)
    yield from rows_on_accounts(world, now)


def rows_on_slots(world: World, now: datetime) -> Iterator[Row]:
    """Slot 1 is booked, slot 2 is free, and there is no slot 3."""
    for number, says in ((3, None), (2, None), (1, None), (0, Conflict), (-1, Invalid), (201, Invalid)):
        yield Row(
            "hearings/slots.py:set_slots",
            Act.SET_SLOTS,
            partial(set_slots, hearing_id=world.hearing.id, number=number, at=now),
            f"{number} slots",
            says,
        )
    for place, says_of_published in ((1, SlotTaken), (2, None), (3, NotFound)):
        for state, comment_id in (*world.comments.items(), ("speaking", world.speaking)):
            yield Row(
                "hearings/slots.py:book",
                Act.BOOK_SLOTS,
                partial(book, hearing_id=world.hearing.id, slot_number=place, comment_id=comment_id, at=now),
                f"slot {place} for one {state}",
                says_of_published if state == "published" or place == 3 else Conflict,
            )
        yield Row(
            "hearings/slots.py:free",
            Act.BOOK_SLOTS,
            partial(free, hearing_id=world.hearing.id, slot_number=place, comment_id=world.speaking, at=now),
            f"slot {place}",
            {1: None, 2: Conflict, 3: NotFound}[place],
        )


def rows_on_agenda(world: World, now: datetime) -> Iterator[Row]:
    """The hearing is open: it can be arranged, and nothing can be published, started or noted yet."""
    arranging_it, running = Act.ARRANGE_AGENDA, Act.RUN_ROOM
    turns = partial(room.pause, hearing_id=world.hearing.id, seen=1, at=now)
    for where, act, function, more, says in (
        ("slots.py:arrange", arranging_it, arrange, {"wanted": []}, None),
        ("lottery.py:commit", arranging_it, lottery.commit, {}, None),
        ("lottery.py:publish_seed", arranging_it, lottery.publish_seed, {}, None),
        ("arranging.py:change", arranging_it, arranging.change, {"seen": 0, "made": None}, Conflict),
        ("arranging.py:publish", arranging_it, arranging.publish, {"seen": 0, "note": ""}, NotOpen),
        ("proposal.py:propose_anew", arranging_it, propose_anew, {"seen": 0, "minutes": 60}, NotOpen),
        ("room.py:start", running, room.start, {"item_id": 1, "comment_id": None, "seen": 0}, NotOpen),
        ("room.py:_running", running, turns, {}, Conflict),
        ("minutes.py:_may_write", running, minutes.note, {"item_id": None, "text": "A note."}, NotOpen),
        ("minutes.py:correct", running, minutes.correct, {"number": 1, "text": "A note."}, NotFound),
        ("minutes.py:settle", running, minutes.settle, {"number": 1, "text": "A note."}, NotFound),
        ("minutes.py:publish_minutes", running, minutes.publish_minutes, {}, Conflict),
    ):
        call: Call = partial(function, **({"hearing_id": world.hearing.id, "at": now} | more))
        yield Row(f"hearings/{where}", act, call, "open", says)
    for where, act, function in (
        ("agenda.py:draft_of", arranging_it, draft_of),
        ("minutes.py:minutes_for_office", running, minutes.minutes_for_office),
    ):
        yield Row(f"hearings/{where}", act, partial(function, hearing_id=world.hearing.id), "open")


def rows_on_documents(world: World, now: datetime) -> Iterator[Row]:
    for state, title in (("unchanged", world.hearing.title), ("changed", "Another title")):
        changed = world.hearing.model_copy(update={"title": title})
        yield Row(
            "hearings/hearing.py:publish_hearing",
            Act.PUBLISH_DOCUMENTS,
            partial(publish_hearing, hearing=changed, note="A test.", at=now),
            state,
        )
    document = {"id": "street-cameras", "name": "Street cameras, again"}
    publish = partial(
        publish_document,
        kind="note",
        document_id="street-cameras",
        document=document,
        note="A test.",
        at=now,
    )
    yield Row(
        "registry/signed.py:publish_document",
        Act.PUBLISH_DOCUMENTS,
        publish,
        "unsigned",
    )
    unknown: Any = SimpleNamespace(key_id="0" * 64, statement=None)
    yield Row(
        "registry/signed.py:publish_document",
        Act.PUBLISH_SIGNED,
        partial(publish, signed=unknown),
        "signed by nobody's key",
        Forbidden,
    )
    request: Any = SimpleNamespace(statement=SimpleNamespace(public_key="00" * 32))
    yield Row(
        "registry/agencies.py:register_key",
        Act.REGISTER_KEYS,
        partial(register_key, request=request, fingerprint="no fingerprint"),
        "a request that does not hold",
        Invalid,
    )
    yield Row(
        "registry/agencies.py:revoke_key",
        Act.REGISTER_KEYS,
        partial(revoke_key, key_id="0" * 64, reason="It was lost."),
        "an unknown key",
        NotFound,
    )
    yield Row("registry/agencies.py:revocable_keys", Act.REGISTER_KEYS, revocable_keys)
    yield from rows_on_drafts(now)
    yield from rows_on_audits(now)
    yield from rows_on_corrections(now)
    yield from rows_on_answers(now)


def rows_on_drafts(now: datetime) -> Iterator[Row]:
    """The doors of the publishing desk; every state behind them is in ``tests/registry/desk/test_states``."""
    for act in (Act.WRITE_DRAFTS, Act.APPROVE_DRAFTS, Act.READ_DESK_LOG):
        yield Row(
            "registry/desk/drafts.py:office",
            act,
            lambda _, actor, act=act: office(replace(actor, agency="met"), act),
        )
    yield Row(
        "registry/desk/drafts.py:log_of",
        Act.READ_DESK_LOG,
        lambda db, actor: log_of(db, replace(actor, agency="met")),
    )
    document = {"deployer": {"agency": "met"}, "compiled": {"by": "deployer"}}
    yield Row(
        "registry/signed.py:_check_approval",
        Act.APPROVE_DRAFTS,
        lambda db, actor: publish_document(
            db,
            replace(actor, agency="met"),
            kind="system",
            document_id="street-cameras-2",
            document=document,
            note="A test.",
            approval=Approval("D-1", "publisher:another"),
            at=now,
        ),
    )
    entry: Any = Entry.model_validate(own_entry())
    yield Row(
        "registry/desk/acts.py:hand_in",
        Act.PUBLISH_DOCUMENTS,
        partial(hand_in, entry=entry, note="", dataset_ids=(), rules=(), at=now),
        "without a note",
        Invalid,
    )


def rows_on_audits(now: datetime) -> Iterator[Row]:
    """The door of supervision; every state behind it is in ``tests/registry/supervision/test_acting``."""
    door = "registry/supervision/acting.py:_check_role"
    planned: Any = SimpleNamespace(system="nothing", version=1)
    yield Row(
        door,
        Act.CARRY_OUT_AUDITS,
        partial(plan, planned=planned, draft_id="a" * 32, at=now),
        "an unknown system",
        NotFound,
    )
    for act, said in (
        (Act.CARRY_OUT_AUDITS, Begun()),
        (Act.ANSWER_AUDITS, Replied(finding=1, text="We agree.")),
    ):
        yield Row(
            door,
            act,
            partial(say, audit_id="A-2026-0000000", said=said, seen=1, at=now),
            "an unknown audit",
            NotFound,
        )


def rows_on_corrections(now: datetime) -> Iterator[Row]:
    """The doors of corrections; who answers for which entry is in ``tests/registry/corrections``."""
    answering = "registry/corrections/answering.py"
    given = Answering("not_corrected", "It is as it stands.")
    call = partial(answer, correction_id="E-2026-AAAAAAA", given=given, seen=0, at=now)
    yield Row(f"{answering}:answer", Act.ANSWER_CORRECTIONS, call, "an unknown one", NotFound)
    yield Row(f"{answering}:waiting_for", Act.ANSWER_CORRECTIONS, waiting_for)
    compiled = {"by": "independent_compilation", "as_of": "2026-06-01", "statement": "Compiled."}
    entry = Entry.model_validate(own_entry() | {"compiled": compiled})
    yield Row(
        "registry/corrections/receiving.py:_check_body",
        Act.CLAIM_ENTRIES,
        lambda _, actor: _check_body(replace(actor, agency=entry.deployer.agency), entry),
    )


def rows_on_answers(now: datetime) -> Iterator[Row]:
    """The doors of answers; whose agency it is, and every state, is in ``tests/hearings/test_answering``."""
    given = answering.Answering("accepted", "We look into each of these cases.", ("C-2026-AAAAAAA",))
    for door, put, act in (
        ("hearings/answering.py:give", answering.give, Act.ANSWER_COMMENTS),
        ("hearings/answering.py:enter", answering.enter, Act.ENTER_ANSWERS),
    ):
        call = partial(put, hearing_id="live-recognition", given=given, seen={}, at=now)
        yield Row(door, act, call, "a comment that waits for nothing", Invalid)
    asked = partial(asking.ask, hearing_id="live-recognition", comment_ids=[], heading="", at=now)
    yield Row("hearings/asking.py:ask", Act.ASK_FOR_ANSWERS, asked, "no comment", Invalid)
    for door, function, says in (
        ("hearings/answering.py:check", partial(answering.check, given=given), Invalid),
        ("hearings/answer_drafts.py:keep", partial(answer_drafts.keep, given=given), NotFound),
        ("hearings/answer_drafts.py:kept", answer_drafts.kept, None),
        ("hearings/answer_drafts.py:drop", answer_drafts.drop, None),
    ):
        # A draft needs an account, which these actors do not have.
        place = "nothing" if says is NotFound else "live-recognition"
        yield Row(door, Act.WRITE_ANSWERS, partial(function, hearing_id=place), "", says)
    yield Row(
        "hearings/answering.py:queue_of",
        Act.WRITE_ANSWERS,
        lambda db, actor: answering.queue_of(db, actor, hearing_of(db, "live-recognition")),
    )


def rows_on_accounts(world: World, now: datetime) -> Iterator[Row]:
    for state, email, says in (
        ("new", "new@board.example", None),
        ("has an account", world.open.email, Conflict),
    ):
        yield Row(
            "people/accounts.py:invite",
            Act.INVITE_STAFF,
            partial(invite, email=email, role=Role.AUDITOR, at=now),
            state,
            says,
        )
    yield Row("people/invitations.py:open_invitations", Act.INVITE_STAFF, open_invitations)
    for state, number, refusal in (("open", world.invited, None), ("unknown", "0" * 12, NotFound)):
        yield Row(
            "people/invitations.py:cancel_invitation",
            Act.INVITE_STAFF,
            partial(cancel_invitation, number=number, at=now),
            state,
            refusal,
        )
    # With no period in force there is nothing to erase.
    yield Row("hearings/retention.py:what_is_due", Act.CARRY_OUT_RETENTION, partial(what_is_due, in_force=()))
    yield Row(
        "hearings/retention.py:carry_out",
        Act.CARRY_OUT_RETENTION,
        partial(carry_out, in_force=()),
        takes_engine=True,
    )
    yield Row("people/staff.py:list_staff", Act.MANAGE_STAFF, staff.list_staff)
    yield Row(
        "people/staff.py:forget_every_second_factor", Act.MANAGE_STAFF, staff.forget_every_second_factor
    )
    calls: dict[str, Callable[..., Any]] = {
        "disable": staff.disable,
        "enable": staff.enable,
        "end_all_sessions": staff.end_all_sessions,
        "offer_reset": staff.offer_reset,
        "change_role": partial(staff.change_role, role=Role.FACILITATOR),
    }
    for name, call in calls.items():
        for state, account_id in (
            ("open", world.open.account_id),
            ("disabled", world.disabled.account_id),
            ("unknown", "nobody"),
        ):
            closed = state == "disabled" and name == "offer_reset"
            yield Row(
                # All five ask by one function who may.
                "people/staff.py:_other",
                Act.MANAGE_STAFF,
                partial(call, account_id=account_id),
                f"{name}, {state}",
                NotFound if state == "unknown" else Conflict if closed else None,
            )


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
    return ConfirmAgain if row.act in SENSITIVE and not actor.fresh else row.says


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
                logged = [line for line in said if f"{role}:ab12 " in line and str(row.act) in line]
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
    assert guarded == {row.where for row in rows(world, now)} | own


def test_every_act_has_a_row(world: World, now: datetime) -> None:
    """Every act of the table has a row; without one, nobody would notice that nothing asks for it."""
    assert {row.act for row in rows(world, now)} == set(Act)
