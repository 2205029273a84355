"""From a published question to its answer: who may, what an answer needs, and what stays when words go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, update

from hearing_app.deployment import row_faults
from hearing_app.errors import ConfirmAgain, Conflict, Forbidden, Invalid
from hearing_app.hearings.answers import drafts as answer_drafts
from hearing_app.hearings.answers.answering import Answering, may_answer, queue_of
from hearing_app.hearings.answers.asking import ask, asks_of, may_be_asked
from hearing_app.hearings.answers.figures import figures_of
from hearing_app.hearings.answers.like import like
from hearing_app.hearings.answers.reading import (
    answers_by_comment,
    answers_of,
    answers_on,
    open_count,
)
from hearing_app.hearings.answers.terms import AnswerKind, AnswerState
from hearing_app.hearings.answers.verify import faults
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.comments.draft import Link
from hearing_app.hearings.hearing import Sitting
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import PUBLIC, Actor, Role
from hearing_app.record.ledger import contents
from hearing_app.record.versions import publish_version
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import (
    account,
    answer_ask,
    answer_ask_comment,
    answer_draft,
    hearing_answer,
    hearing_answer_comment,
)
from tests.hearings.answered import FAY, MET, OTHER, TEXT, Asked
from tests.hearings.conftest import Decide

# The hearing closes on 1 December 2026 at 00:00 in London; answers are due 28 days later.
DUE = datetime(2026, 12, 29, 23, 59, 59, tzinfo=UTC)
AFTER = DUE + timedelta(seconds=1)


@contextmanager
def refused(why: str) -> Iterator[None]:
    """Expect a refusal one of whose faults says why."""
    with pytest.raises(Invalid) as caught:
        yield
    assert why in " ".join(one.problem for one in caught.value.faults)


def test_a_published_question_waits_until_its_day(asked: Asked, move: Decide) -> None:
    number, concern = asked.published(), asked.published(comment_type="concern", ask="Stop it.")
    unread = asked.send(comment_type="question").comment_id
    private = asked.send(comment_type="question", consent="facilitators_only").comment_id
    [one] = asked.waits()
    assert (one.comment_id, one.agency, one.state) == (number, "met", AnswerState.WAITING)
    assert (one.due_at, one.is_overdue(DUE), one.is_overdue(AFTER)) == (DUE, False, True)
    assert (one.days_overdue(DUE), one.days_overdue(AFTER + timedelta(days=2))) == (0, 3)
    assert {concern, unread, private}.isdisjoint(each.comment_id for each in asked.waits())
    with reading(asked.engine) as db:
        assert open_count(db, asked.hearing.id) == 1
    # What was published later has its days from then.
    with_late = asked.published(at=datetime(2026, 11, 30, tzinfo=UTC))
    move(unread, State.PUBLISHED, at=datetime(2027, 1, 5, 12, tzinfo=UTC))
    due = {each.comment_id: each.due_at for each in asked.waits()}
    assert due == {number: DUE, with_late: DUE, unread: datetime(2027, 2, 2, 23, 59, 59, tzinfo=UTC)}
    # What is held back again waits for nothing.
    move(number, State.HELD, State.PUBLISHED)
    assert number not in {each.comment_id for each in asked.waits()}


def test_an_answer_to_many_stands_below_each_and_nothing_more_is_owed(asked: Asked) -> None:
    first, second = asked.published(), asked.published()
    given = asked.give(first, second, evidence=(Link("https://www.example.org/report", "The report"),))
    assert (given.kind, given.agency, given.due_at) == (AnswerKind.ACCEPTED, "met", DUE)
    assert given.comment_ids == tuple(sorted((first, second)))
    assert given.evidence == ({"url": "https://www.example.org/report", "title": "The report"},)
    with reading(asked.engine) as db:
        assert open_count(db, asked.hearing.id) == 0
        assert answers_by_comment(db, asked.hearing.id) == {first: [given], second: [given]}
        assert row_faults(db) == []
    # Sent twice it stands once.
    assert (
        asked.give(first, second, evidence=(Link("https://www.example.org/report", "The report"),), seen={})
        == given
    )
    with reading(asked.engine) as db:
        assert len(answers_of(db, asked.hearing.id)) == 1


def test_of_two_who_answer_at_once_the_second_is_told(asked: Asked) -> None:
    number = asked.published()
    asked.give(number, seen={number: 0})
    with pytest.raises(Conflict, match="answered since you opened"):
        asked.give(
            number, actor=replace(MET, account_id="eve"), text="Another answer altogether.", seen={number: 0}
        )
    assert len(asked.wait(number).answers) == 1


def test_it_is_supplemented_and_never_changed(asked: Asked) -> None:
    number = asked.published()
    asked.give(number, kind="not_accepted", text="We do not do this.")
    asked.give(number, text="We do it from now on.")
    assert [(str(one.kind), one.text) for one in asked.wait(number).answers] == [
        ("not_accepted", "We do not do this."),
        ("accepted", "We do it from now on."),
    ]
    assert asked.wait(number).final == asked.wait(number).answers[0]


def test_will_find_out_opens_a_second_day_once(asked: Asked) -> None:
    number = asked.published()
    promised = date(2027, 3, 27)
    asked.give(number, kind="will_find_out", find_out_by=promised)
    one = asked.wait(number)
    assert (one.state, one.is_open) == (AnswerState.LOOKED_INTO, True)
    assert one.due_at == datetime(2027, 3, 27, 23, 59, 59, tzinfo=UTC)
    assert not one.is_overdue(AFTER)
    with refused("was said before"):
        asked.give(number, kind="will_find_out", find_out_by=date(2027, 5, 1), text="We need longer for it.")
    asked.give(number, at=datetime(2027, 4, 2, 12, tzinfo=UTC))
    one = asked.wait(number)
    assert (one.state, one.was_late) == (AnswerState.ANSWERED, True)
    with reading(asked.engine) as db:
        assert row_faults(db) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "TBC"}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"text": "Hidden \u202e signs turn this round."}, "text"),
        ({"kind": "perhaps"}, "kind"),
        ({"kind": "will_find_out"}, "find_out_by"),
        ({"kind": "will_find_out", "find_out_by": date(2026, 6, 1)}, "find_out_by"),
        ({"kind": "will_find_out", "find_out_by": date(2028, 6, 1)}, "find_out_by"),
        ({"find_out_by": date(2027, 1, 1)}, "find_out_by"),
        ({"kind": "not_ours"}, "whose"),
        ({"whose": "The council"}, "whose"),
        ({"version": 9}, "version"),
        ({"version": 1}, "version"),
        ({"kind": "not_accepted", "version": 2}, "version"),
        ({"evidence": (Link("javascript:alert(1)", "x"),)}, "evidence.0"),
        ({"evidence": (Link("https://www.example.org/"),) * 6}, "evidence"),
        ({"received_on": date(2026, 6, 1)}, "received_on"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(asked: Asked, changes: dict[str, Any], field: str) -> None:
    number = asked.published()
    with pytest.raises(Invalid) as caught:
        asked.give(number, **changes)
    assert [one.field for one in caught.value.faults] == [field]
    assert asked.wait(number).answers == ()


def test_what_changed_is_a_later_version_of_the_one_system(asked: Asked) -> None:
    number = asked.published()
    given = asked.give(number, version=2)
    assert (given.system_id, given.version) == ("street-cameras", 2)
    with reading(asked.engine) as db:
        assert answers_on(db, "street-cameras") == [given]
        assert answers_on(db, "compas") == []


def test_an_answer_quotes_nobody(asked: Asked) -> None:
    words = (
        "My neighbour was stopped twice in the high street last winter and nobody told her why it happened."
    )
    number = asked.published(concern=words)
    with refused("repeats words of a comment"):
        asked.give(number, text=f"You write: {words.upper().replace(' ', '  ')} We are sorry.")
    asked.give(number, text="She may ask why she was stopped in the high street; we answer within a month.")


def test_it_stays_when_the_comment_is_withdrawn(asked: Asked, receipt_key: bytes) -> None:
    sent = asked.send(comment_type="question", concern="Is the zebrawood camera in use? I live beside it.")
    other = asked.published()
    with writing(asked.engine) as db:
        decide(db, FAY, sent.comment_id, State.PUBLISHED, seen_state=State.SUBMITTED, at=asked.now)
    given = asked.give(sent.comment_id)
    withdraw(asked.engine, receipt_key, sent.code, at=asked.now)
    with reading(asked.engine) as db:
        assert answers_of(db, asked.hearing.id) == [given]
        assert row_faults(db) == []
    file = asked.engine.url.database
    assert file is not None
    kept = Path(file).read_bytes()
    assert b"zebrawood" not in kept
    assert given.text.encode() in kept
    # One that waited, and was withdrawn before it was answered, waits no more.
    assert {one.comment_id for one in asked.waits()} == {sent.comment_id, other}


@pytest.mark.parametrize("actor", [OTHER, PUBLIC, Actor(Role.AUDITOR, "a"), Actor(Role.ADMINISTRATOR, "a")])
def test_nobody_else_answers(asked: Asked, actor: Actor) -> None:
    number = asked.published()
    with pytest.raises(Forbidden):
        asked.give(number, actor=actor)


def test_who_answers_shows_first_that_it_is_them(asked: Asked) -> None:
    number = asked.published()
    with pytest.raises(ConfirmAgain):
        asked.give(number, actor=replace(MET, fresh=False))


def test_on_paper_facilitators_enter_it_where_the_agency_has_nobody_here(asked: Asked) -> None:
    number, late = asked.published(), asked.published()
    with refused("on which day"):
        asked.give(number, actor=FAY)
    came = date(2026, 6, 4)
    given = asked.give(number, actor=FAY, received_on=came, at=asked.now + timedelta(days=9))
    assert (given.on_paper, given.received_on) == (True, "2026-06-04")
    # The agency is not slower for the days that the letter lay here.
    assert asked.wait(number).days() == 3
    asked.employ("met")
    with pytest.raises(Forbidden):
        asked.give(late, actor=FAY, received_on=came, at=asked.now + timedelta(days=9))
    with reading(asked.engine) as db:
        assert not may_answer(db, FAY, "met")
        assert may_answer(db, FAY, "west")
        assert queue_of(db, FAY, asked.hearing) == []
        assert len(queue_of(db, MET, asked.hearing)) == 2


def test_a_facilitator_marks_what_is_to_be_answered(asked: Asked) -> None:
    first = asked.published(comment_type="concern", ask="Publish the list of places.")
    second = asked.published(comment_type="condition", ask="Please publish where they stand.")
    silent = asked.published(comment_type="concern")
    with reading(asked.engine) as db:
        assert may_be_asked(db, asked.hearing) == sorted(
            (first, second), key=may_be_asked(db, asked.hearing).index
        )
    marked = asked.now + timedelta(days=200)
    with writing(asked.engine) as db:
        one = ask(db, FAY, asked.hearing.id, [first, second], "Where the cameras stand", at=marked)
        assert ask(db, FAY, asked.hearing.id, [second, first], "Where the cameras stand", at=marked) == one
        assert asks_of(db, asked.hearing.id) == [one]
        assert one.agency == "met"
        with pytest.raises(Conflict, match="Already marked"):
            ask(db, FAY, asked.hearing.id, [first], "Again", at=marked)
        for wrong in ([silent], [], ["C-2026-AAAAAAA"]):
            with pytest.raises(Invalid):
                ask(db, FAY, asked.hearing.id, wrong, "Where", at=marked)
        with pytest.raises(Forbidden):
            ask(db, MET, asked.hearing.id, [silent], "Where", at=marked)
    waits = asked.waits()
    assert {each.heading for each in waits} == {"Where the cameras stand"}
    # Marked long after the close: the days are counted from the mark.
    assert {each.due_at.date() for each in waits} == {(marked + timedelta(days=28)).date()}
    asked.give(first, second)
    with reading(asked.engine) as db:
        assert row_faults(db) == []
        assert may_be_asked(db, asked.hearing) == []


@pytest.mark.parametrize("heading", ["", "TODO", "two\nlines", "Ask ann@example.org", "x" * 201])
def test_a_heading_is_one_neutral_line(asked: Asked, heading: str) -> None:
    number = asked.published()
    with writing(asked.engine) as db, pytest.raises(Invalid) as caught:
        ask(db, FAY, asked.hearing.id, [number], heading, at=asked.now)
    assert {one.field for one in caught.value.faults} == {"heading"}


def test_with_a_sitting_the_days_are_counted_from_its_end(asked: Asked) -> None:
    number = asked.published()
    ends = datetime(2026, 12, 10, 21, tzinfo=UTC)
    sitting = Sitting(
        starts_at=ends - timedelta(hours=3), ends_at=ends, place="Town hall", speaking_minutes=60
    )
    document = asked.hearing.model_copy(update={"sitting": sitting}).model_dump(mode="json")
    with writing(asked.engine) as db:
        publish_version(
            db,
            actor="compilation",
            kind="hearing",
            document_id=asked.hearing.id,
            document=document,
            note="It sits.",
            at=asked.now,
        )
    assert asked.wait(number).due_at == datetime(2027, 1, 7, 23, 59, 59, tzinfo=UTC)


def test_what_looks_alike_is_suggested(asked: Asked) -> None:
    whole, same, other, marked, with_it = (
        asked.published(concern=f"A question about matter number {place}, of its own.", target=target)
        for place, target in enumerate(("data", "data", "purpose", "oversight", "contract"))
    )
    with writing(asked.engine) as db:
        ask(db, FAY, asked.hearing.id, [marked, with_it], "Who supervises it", at=asked.now)
    waits = asked.waits()

    def alike(*chosen: str) -> set[str]:
        with reading(asked.engine) as db:
            return set(like(db, [one for one in waits if one.comment_id in chosen], waits))

    assert alike(whole) == {same}
    assert alike(marked) == {with_it}
    assert alike(other) == alike() == set()
    asked.give(same)
    waits = asked.waits()
    assert alike(whole) == set()


def test_figures_count_what_waits(asked: Asked) -> None:
    answered, late, waiting = (asked.published() for _ in range(3))
    asked.give(answered, at=asked.now + timedelta(days=2))
    asked.give(late, kind="not_accepted", at=AFTER)
    found = figures_of(asked.waits(), at=AFTER)
    assert (found.total, found.answered, found.waiting, found.overdue, found.late) == (3, 2, 0, 1, 1)
    assert {str(kind): count for kind, count in found.kinds.items()} == {"accepted": 1, "not_accepted": 1}
    assert found.plain.median == 2
    assert found.counting_open.median == (DUE.date() - asked.now.date()).days + 1
    assert waiting in {one.comment_id for one in asked.waits() if one.is_open}


def test_a_draft_is_its_writers_alone_and_goes(asked: Asked) -> None:
    asked.employ("met")
    member = Actor(Role.PUBLISHER, "of-met", "met")
    begun = Answering("accepted", "We", ("C-2026-AAAAAAA",), (Link("no", ""),), 3, date(2027, 1, 1), "", None)
    with writing(asked.engine) as db:
        answer_drafts.keep(db, member, asked.hearing.id, begun, at=asked.now)
        answer_drafts.keep(db, member, asked.hearing.id, replace(begun, text="We do"), at=asked.now)
        assert answer_drafts.kept(db, member, asked.hearing.id) == replace(begun, text="We do")
        assert answer_drafts.kept(db, MET, asked.hearing.id) is None
        assert not [event for event, _ in contents(db) if "draft" in event.kind]
        with pytest.raises(Invalid):
            answer_drafts.keep(db, member, asked.hearing.id, replace(begun, text="x" * 60_000), at=asked.now)
        with pytest.raises(Forbidden):
            answer_drafts.keep(db, Actor(Role.AUDITOR, "a"), asked.hearing.id, begun)
        assert answer_drafts.due(db, asked.now).count == 0
        assert answer_drafts.due(db, AFTER).count == 1
        assert answer_drafts.forget(db, AFTER) == 1
        answer_drafts.keep(db, member, asked.hearing.id, begun, at=asked.now)
        answer_drafts.drop(db, member, asked.hearing.id)
        assert db.execute(answer_draft.select()).all() == []


CHANGED = {
    "another text": update(hearing_answer).values(text="We never do."),
    "another kind": update(hearing_answer).values(kind="not_accepted"),
    "another agency": update(hearing_answer).values(agency="west"),
    "a later day": update(hearing_answer_comment).values(due_at=AFTER),
    "another beginning": update(hearing_answer_comment).values(waited_from=AFTER),
    "a comment less": delete(hearing_answer_comment),
    "another heading": update(answer_ask).values(heading="Something else"),
    "nobody was asked": delete(answer_ask_comment),
    "another day of the letter": update(hearing_answer).values(received_on="2026-01-01"),
    "another promise": update(hearing_answer).values(find_out_by=AFTER),
    "a text that is none": update(hearing_answer).values(evidence={"url": 1}),
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_row_that_was_changed_is_found(asked: Asked, what: str) -> None:
    number = asked.published()
    with writing(asked.engine) as db:
        ask(db, FAY, asked.hearing.id, [number], "Where they stand", at=asked.now)
    asked.give(number)
    with writing(asked.engine) as db:
        assert faults(db) == []
        db.execute(CHANGED[what])
        assert faults(db) != []


def test_an_answer_that_is_gone_is_found(engine: Engine, asked: Asked) -> None:
    number = asked.published()
    given = asked.give(number)
    with writing(engine) as db:
        db.execute(delete(hearing_answer_comment))
        db.execute(delete(hearing_answer))
        assert faults(db) == [f"Answer {given.answer_id} is in the ledger, but not among the answers."]
        assert db.execute(account.select()).all() == []
        assert given.text == TEXT
