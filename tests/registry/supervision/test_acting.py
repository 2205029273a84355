"""Audits: who may state what and when, and that it stands on the record as it was said."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from hearing_app.errors import Conflict, Forbidden, HearingError, Invalid, NotFound
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.ledger import append, contents
from hearing_app.registry.supervision.acting import may_state, plan, reply_due, say
from hearing_app.registry.supervision.audits import Audit, all_audits, audit_of, audits_of
from hearing_app.registry.supervision.moves import steps_open_to
from hearing_app.registry.supervision.vocabulary import Standing, State, Step
from hearing_app.registry.supervision.words import Planned, read_words
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import audit_statement
from tests.registry.supervision.conftest import AUDITOR, FORCE, PLAN, START, SYSTEM, Acting, words

# Written from what an audit is, not from the code. A row: whose step it is (a: auditor, f: the body's
# publisher), then whether it can be taken while planned, in progress, reported, closed, cancelled.
EXPECTED = {
    Step.BEGUN: ("a", "x----"),
    Step.POSTPONED: ("a", "xx---"),
    Step.FINDING: ("a", "-xx--"),
    Step.REPLY: ("f", "-xxxx"),
    Step.REMEDY: ("af", "-xx--"),
    Step.DONE: ("f", "-xx-x"),
    Step.RETURNED: ("a", "-xx--"),
    Step.REPORTED: ("a", "-x---"),
    Step.CORRECTION: ("af", "xxxxx"),
    Step.CLOSED: ("a", "--x--"),
    Step.CANCELLED: ("a", "xx---"),
}
STATES = [State.PLANNED, State.IN_PROGRESS, State.REPORTED, State.CLOSED, State.CANCELLED]
_WORK = [Step.BEGUN, Step.FINDING, Step.REMEDY, Step.REPLY]
PATHS: dict[State, list[Step]] = {
    State.PLANNED: [],
    State.IN_PROGRESS: _WORK,
    State.REPORTED: [*_WORK, Step.REPORTED],
    State.CLOSED: [*_WORK, Step.DONE, Step.REPORTED, Step.CLOSED],
    State.CANCELLED: [*_WORK, Step.CANCELLED],
}
# Who acts, and on which side: of the audit, of the body, or on none.
ACTORS = {
    "auditor": (AUDITOR, "a"),
    "auditor of another agency": (Actor(Role.AUDITOR, "au02", "harbour-police"), "a"),
    "auditor of this agency": (Actor(Role.AUDITOR, "au03", "riverton-police"), ""),
    "publisher": (FORCE, "f"),
    "publisher of another agency": (Actor(Role.PUBLISHER, "pu02", "harbour-police"), ""),
    "publisher of none": (Actor(Role.PUBLISHER, "pu03"), ""),
    **{str(role): (Actor(role, "ab12"), "") for role in Role if role not in {Role.AUDITOR, Role.PUBLISHER}},
}


class _RollBack(Exception):
    """Ends a transaction of which nothing may stay."""


def tried(engine: Engine, actor: Actor, audit: Audit, step: Step, **changes: Any) -> HearingError | None:
    """Take a step in a transaction of which nothing stays; return the refusal."""
    refusal: HearingError | None = None
    with pytest.raises(_RollBack), writing(engine) as db:
        before = db.execute(select(func.count()).select_from(audit_statement)).scalar_one()
        try:
            said = words(step, **changes)
            say(db, actor, audit.audit_id, said, seen=audit.revision, at=START + timedelta(hours=1))
        except HearingError as error:
            refusal = error
        after = db.execute(select(func.count()).select_from(audit_statement)).scalar_one()
        assert after - before == (refusal is None)
        raise _RollBack
    return refusal


def test_every_cell_of_role_state_and_step(acting: Acting, caplog: pytest.LogCaptureFixture) -> None:
    assert set(EXPECTED) == set(Step) - {Step.PLANNED}
    wrong = []
    for place, where in enumerate(STATES):
        open_ended = acting.through(*PATHS[where])
        finished = open_ended
        if where in {State.IN_PROGRESS, State.REPORTED}:
            finished = acting.through(*_WORK, Step.DONE, *PATHS[where][len(_WORK) :])
        assert open_ended.state is finished.state is where
        for step, (sides, cells) in EXPECTED.items():
            audit = finished if step in {Step.RETURNED, Step.CLOSED} else open_ended
            for name, (actor, side) in ACTORS.items():
                own = {"of": 5} if step is Step.CORRECTION and side == "f" else {}
                caplog.clear()
                with caplog.at_level(logging.WARNING):
                    refusal = tried(acting.engine, actor, audit, step, **own)
                if not side or side not in sides:
                    fits = type(refusal) is Forbidden and f"refused: {actor.name}" in caplog.text
                elif cells[place] != "x":
                    fits = type(refusal) is Conflict
                elif own and where is State.PLANNED:
                    # The body has said nothing yet that it could correct.
                    fits = type(refusal) is Invalid
                else:
                    fits = refusal is None
                if not fits:
                    wrong.append((where, step, name, repr(refusal)))
                offered = step in steps_open_to(actor, where)
                if refusal is None and not offered:
                    wrong.append((where, step, name, "is not offered"))
    assert wrong == []


@pytest.mark.parametrize("name", ACTORS)
def test_who_may_plan(acting: Acting, name: str) -> None:
    actor, side = ACTORS[name]
    if side == "a":
        assert acting.plan(actor=actor).state is State.PLANNED
    else:
        with pytest.raises(Forbidden):
            acting.plan(actor=actor)


def test_who_spoke_for_the_agency_before_does_not_audit_it(acting: Acting) -> None:
    audit = acting.plan()
    turned = Actor(Role.AUDITOR, "turned")
    with writing(acting.engine) as db:
        for kind, role, agency in (
            ("account.created", "publisher", "riverton-police"),
            ("account.role_changed", "auditor", ""),
        ):
            content = {"role": role, "agency": agency}
            append(db, actor="operator", kind=kind, subject="account:turned", content=content, at=START)
    with pytest.raises(Forbidden, match="this account spoke for “riverton-police” on 2026-03-02"):
        acting.take(audit, Step.BEGUN, actor=turned)
    with pytest.raises(Forbidden):
        acting.plan(actor=turned)
    with reading(acting.engine) as db:
        assert [may_state(db, who, audit) for who in (AUDITOR, FORCE, turned)] == [True, True, False]


def test_everything_is_on_the_ledger_in_the_words_in_which_it_was_said(acting: Acting) -> None:
    audit = acting.through(*_WORK, Step.DONE, Step.RETURNED, Step.DONE, Step.REPORTED, Step.CLOSED)
    with reading(acting.engine) as db:
        said = list(contents(db, subject=f"audit:{audit.audit_id}"))
    kinds = ["planned", "begun", "finding", "remedy", "reply", "done", "returned", "done"]
    kinds += ["reported", "closed"]
    assert [event.kind for event, _ in said] == [f"audit.{kind}" for kind in kinds]
    assert [event.actor for event, _ in said][2:5] == ["auditor:au01", "auditor:au01", "publisher:pu01"]
    event, content = said[2]
    assert content is not None
    assert content.fields["system"] == SYSTEM
    assert content.fields["number"] == 3
    assert content.fields["said"]["text"] == "Readings at night are wrong more often."
    assert content.fields["said"]["reply_due"] == "2026-04-30"
    assert event.seq == audit.statements[2].seq


def test_an_audit_is_what_its_statements_make_of_it(acting: Acting) -> None:
    audit = acting.through(*_WORK, Step.DONE, Step.RETURNED)
    audit = acting.take(audit, Step.FINDING, about="claim:fewer-cars", severity="observation")
    audit = acting.take(audit, Step.REMEDY, finding=2, what="Publish a count.", actor=FORCE)
    audit = acting.take(audit, Step.POSTPONED)
    assert (audit.state, audit.due, audit.plan.due) == (State.IN_PROGRESS, date(2026, 9, 1), PLAN["due"])
    first, second = audit.findings
    assert [len(one.replies) for one in (first, second)] == [1, 0]
    assert [one.number for one in audit.remedies] == [1, 2]
    assert [one.stated.by_force for one in audit.remedies] == [False, True]
    assert audit.remedies[0].done is None
    assert len(audit.remedies[0].returned) == 1
    assert second.words.about == "claim:fewer-cars"
    with reading(acting.engine) as db:
        assert audits_of(db, SYSTEM) == all_audits(db) == [audit]
        assert audits_of(db, "another") == []


def test_a_correction_stands_beside_what_it_corrects(acting: Acting) -> None:
    audit = acting.take(acting.plan(), Step.CORRECTION, text="It should be another week.")
    assert audit.plan.scope == PLAN["scope"]
    [correction] = audit.statements[0].corrections
    assert correction.number == 2
    with pytest.raises(Invalid) as caught:
        acting.take(audit, Step.CORRECTION, of=2)
    assert [fault.field for fault in caught.value.faults] == ["of"]


@pytest.mark.parametrize(
    ("today", "report", "reply", "remedy"),
    [
        (date(2026, 4, 30), "due", "due", "due"),
        (date(2026, 5, 1), "due", "overdue", "due"),
        (date(2026, 5, 31), "due", "overdue", "due"),
        (date(2026, 6, 1), "due", "overdue", "overdue"),
        (date(2026, 7, 1), "overdue", "overdue", "overdue"),
    ],
)
def test_a_duty_is_overdue_on_the_day_after_its_day(
    acting: Acting, *, today: date, report: str, reply: str, remedy: str
) -> None:
    audit = acting.through(Step.BEGUN, Step.FINDING, Step.REMEDY)
    found = (audit, audit.findings[0], audit.remedies[0])
    assert [one.standing(today) for one in found] == [report, reply, remedy]
    audit = acting.take(acting.take(acting.take(audit, Step.REPLY), Step.DONE), Step.REPORTED)
    found = (audit, audit.findings[0], audit.remedies[0])
    assert {one.standing(today) for one in found} == {Standing.DONE}


def test_an_audit_stays_open_until_the_body_has_replied_or_its_time_is_over(acting: Acting) -> None:
    audit = acting.through(Step.BEGUN, Step.FINDING, Step.REPORTED)
    with pytest.raises(Invalid) as caught:
        acting.take(audit, Step.CLOSED, at=START.replace(month=4, day=30))
    assert "can still reply to finding 1" in str(caught.value.faults[0])
    closed = acting.take(audit, Step.CLOSED, at=START.replace(month=5, day=1))
    assert closed.state is State.CLOSED
    # A reply that comes late is still heard.
    assert acting.take(closed, Step.REPLY, at=START.replace(month=5, day=2)).findings[0].replies


def test_an_audit_stays_open_until_every_remedy_is_done(acting: Acting) -> None:
    audit = acting.through(*_WORK, Step.REPORTED)
    for _ in range(2):
        with pytest.raises(Invalid) as caught:
            acting.take(audit, Step.CLOSED)
        assert [fault.problem for fault in caught.value.faults] == ["Remedy 1 is not done."]
        audit = acting.take(acting.take(audit, Step.DONE), Step.RETURNED)
    assert acting.take(acting.take(audit, Step.DONE), Step.CLOSED).state is State.CLOSED


@pytest.mark.parametrize(
    ("step", "changes", "field"),
    [
        (Step.FINDING, {"about": "field:colour"}, "about"),
        (Step.FINDING, {"about": "claim:nothing"}, "about"),
        (Step.FINDING, {"about": "purpose"}, "about"),
        (Step.FINDING, {"version": 2}, "version"),
        (Step.FINDING, {"version": 0}, "version"),
        (Step.FINDING, {"severity": "awful"}, "severity"),
        (Step.FINDING, {"text": ""}, "text"),
        (Step.FINDING, {"text": "TODO"}, "text"),
        (Step.FINDING, {"text": "x" * 2001}, "text"),
        (Step.FINDING, {"reply_due": START.date() + timedelta(days=6)}, "reply_due"),
        (Step.FINDING, {"reply_due": date(2036, 12, 1)}, "reply_due"),
        (Step.REPLY, {"finding": 2}, "finding"),
        (Step.REPLY, {"finding": True}, "finding"),
        (Step.REMEDY, {"finding": 2}, "finding"),
        (Step.REMEDY, {"by": "Jane Doe"}, "by"),
        (Step.REMEDY, {"due": START.date() - timedelta(days=1)}, "due"),
        (Step.DONE, {"remedy": 2}, "remedy"),
        (Step.DONE, {"day": date(2026, 3, 3)}, "day"),
        (Step.DONE, {"evidence": "n/a"}, "evidence"),
        (Step.RETURNED, {}, "remedy"),
        (Step.POSTPONED, {"due": PLAN["due"]}, "due"),
        (Step.POSTPONED, {"due": date(2026, 3, 1)}, "due"),
        (Step.REPORTED, {"address": "javascript:alert(1)"}, "address"),
        (Step.CORRECTION, {"of": 9}, "of"),
        (Step.CORRECTION, {"of": 5}, "of"),
        (Step.CORRECTION, {"more": "x"}, "more"),
    ],
)
def test_every_fault_is_named_by_its_field(
    acting: Acting, step: Step, changes: dict[str, Any], field: str
) -> None:
    audit = acting.through(*_WORK)
    with pytest.raises(Invalid) as caught:
        acting.take(audit, step, **changes)
    assert [fault.field for fault in caught.value.faults] == [field]
    assert all(fault.problem and fault.repair for fault in caught.value.faults)
    assert caught.value.kept == "Your words are kept."
    assert acting.read(audit) == audit


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"due": date(2026, 3, 1)}, ["due"]),
        ({"body": "Jane Doe"}, ["body"]),
        ({"body": "Dr Doe of the City Auditor"}, ["body"]),
        ({"title": "a\nb", "scope": "", "independence": "very"}, ["title", "scope", "independence"]),
    ],
)
def test_every_fault_of_a_plan_is_named(acting: Acting, changes: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(Invalid) as caught:
        acting.plan(**changes)
    assert [fault.field for fault in caught.value.faults] == fields


@pytest.mark.parametrize(
    "body",
    ["City Auditor", "Riverton University", "Algemene Rekenkamer (court of audit)", "ICO", "audit lab"],
)
def test_a_body_is_not_taken_for_a_person(acting: Acting, body: str) -> None:
    assert acting.plan(body=body).plan.body == body


def test_what_is_not_in_the_register_cannot_be_audited(acting: Acting) -> None:
    with pytest.raises(NotFound):
        acting.plan(system="nothing")
    with pytest.raises(NotFound):
        acting.plan(version=7)
    with reading(acting.engine) as db, pytest.raises(NotFound, match="There is no audit"):
        audit_of(db, "A-2026-<script>")


def test_who_has_not_seen_the_last_word_is_refused_and_nothing_is_lost(acting: Acting) -> None:
    audit = acting.through(Step.BEGUN)
    acting.take(audit, Step.POSTPONED)
    for seen in (audit.revision, 0, -1, 99):
        with pytest.raises(Conflict, match="since you opened it"), writing(acting.engine) as db:
            say(db, AUDITOR, audit.audit_id, words(Step.FINDING), seen=seen, at=START)
    assert acting.read(audit).revision == audit.revision + 1


def test_what_is_sent_twice_stands_once(acting: Acting) -> None:
    audit = acting.through(Step.BEGUN)
    once = acting.take(audit, Step.FINDING, seen=2)
    assert acting.take(audit, Step.FINDING, seen=2) == once
    # The same words of another auditor are a statement of their own, and come too late.
    with pytest.raises(Conflict):
        acting.take(audit, Step.FINDING, seen=2, actor=Actor(Role.AUDITOR, "au02"))
    first = acting.plan(draft="a" * 32)
    assert acting.plan(draft="a" * 32) == first
    with pytest.raises(Conflict, match="was sent before"):
        acting.plan(draft="a" * 32, title="Another one")
    assert acting.plan(draft="b" * 32).audit_id != first.audit_id


@pytest.mark.parametrize("same", [True, False])
def test_of_two_who_close_at_once_one_does(acting: Acting, same: bool) -> None:
    audit = acting.through(*_WORK, Step.DONE, Step.REPORTED)
    barrier = Barrier(2)
    actors = [AUDITOR, AUDITOR if same else Actor(Role.AUDITOR, "au02")]

    def close(actor: Actor) -> HearingError | None:
        barrier.wait()
        try:
            with writing(acting.engine) as db:
                say(db, actor, audit.audit_id, words(Step.CLOSED), seen=audit.revision, at=acting.at)
        except HearingError as error:
            return error
        return None

    with ThreadPoolExecutor(2) as pool:
        refusals = list(pool.map(close, actors))
    assert [type(one) for one in refusals if one] == ([] if same else [Conflict])
    assert acting.read(audit).revision == audit.revision + 1


def test_two_sendings_of_one_plan_at_once_make_one_audit(acting: Acting) -> None:
    barrier = Barrier(2)
    planned = read_words(Step.PLANNED, PLAN)
    assert isinstance(planned, Planned)

    def send(_: int) -> str:
        barrier.wait()
        with writing(acting.engine) as db:
            return plan(db, AUDITOR, planned, draft_id="c" * 32, at=START).audit_id

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(send, range(2)))) == 1
    with reading(acting.engine) as db:
        assert len(all_audits(db)) == 1


def test_the_body_has_four_weeks_to_reply() -> None:
    assert reply_due(date(2026, 2, 1)) == date(2026, 3, 1)
