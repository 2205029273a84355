"""Requests: who reads them, by when they are answered, what the record says of them, and that words leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select, text, update

from hearing_app.errors import Conflict, Forbidden, HearingError, Invalid, NotFound
from hearing_app.hearings.requests import drafts as reply_drafts
from hearing_app.hearings.requests.answering import MOST_EXTENDED, Replying, extend, reply, requests_for
from hearing_app.hearings.requests.asking import (
    DEFAULT_DAYS,
    LONGEST,
    LONGEST_AROUND,
    LONGEST_REACH,
    SHORTEST,
    Asking,
    RequestReceipt,
    lodge,
)
from hearing_app.hearings.requests.erasing import (
    ERASED,
    REQUESTS,
    UNANSWERED,
    WITHDRAWN,
    due,
    erase_again,
    forget,
    kept_until,
    withdraw,
)
from hearing_app.hearings.requests.reading import Request, request_by_receipt, request_of
from hearing_app.hearings.requests.verify import faults
from hearing_app.hearings.requests.vocabulary import ReplyKind, RequestKind, RequestState
from hearing_app.people.permissions import OPERATOR, PUBLIC, Actor, Role
from hearing_app.people.retention import Due
from hearing_app.record.before import Before
from hearing_app.record.erased import Erased
from hearing_app.record.ledger import contents
from hearing_app.record.ledger import faults as ledger_faults
from hearing_app.record.receipts import new_draft_id, receipt_of
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import publish_entry
from hearing_app.store.engine import erase_freed_pages, reading, writing
from hearing_app.store.tables import account, ledger, ledger_private, reply_draft, rights_request
from tests.signers import bind, own_entry

KEY = b"k" * 32
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FORCE = Actor(Role.PUBLISHER, "8", "riverton-police")
COLLEAGUE = Actor(Role.PUBLISHER, "9", "riverton-police")
OTHERS = Actor(Role.PUBLISHER, "7", "elsewhere-police")
STATED, SILENT = "cameras-that-say", "cameras-that-do-not"
WORDS = "I was stopped by the zebrawood cameras and told that I had been matched."
GIVEN = Replying("explained", "The quillwort list was searched by hand; you were not on it.")


@pytest.fixture
def house(engine: Engine) -> Engine:
    """A record with two entries of Riverton: one says that it answers within ten days, one says nothing."""
    bind(engine)
    with writing(engine) as db:
        for name, route in ((STATED, {"days": 10}), (SILENT, None)):
            entry = own_entry() | {"id": name, "explanation_route": route}
            publish_entry(db, OPERATOR, Entry.model_validate(entry), note="Ours.", at=AT)
    return engine


@pytest.fixture
def db(house: Engine) -> Iterator[Connection]:
    with writing(house) as opened:
        yield opened


def asking(**changes: Any) -> Asking:
    first = Asking(new_draft_id(), "review", STATED, 1, WORDS, "in thornapple week", "ann@mullein.example")
    return replace(first, **changes)


def sent(db: Connection, at: datetime = AT, **changes: Any) -> RequestReceipt:
    return lodge(db, KEY, asking(**changes), at=at)


def by(db: Connection, receipt: RequestReceipt) -> Request:
    found = request_by_receipt(db, KEY, receipt.code)
    assert found is not None
    return found


def sound(db: Connection) -> bool:
    return faults(db) == [] and ledger_faults(db) == []


def test_it_is_found_by_its_receipt_and_due_when_the_entry_says(db: Connection) -> None:
    first, silent = sent(db), sent(db, system_id=SILENT)
    found = by(db, first)
    assert (found.words, found.around, found.reach) == (WORDS, "in thornapple week", "ann@mullein.example")
    assert (found.agency, found.kind, found.state) == (
        "riverton-police",
        RequestKind.REVIEW,
        RequestState.WAITING,
    )
    assert (found.days, found.days_stated) == (10, True)
    assert first.due_at == found.due_by == datetime(2026, 6, 11, 23, 59, 59, tzinfo=UTC)
    assert not found.is_overdue(datetime(2026, 6, 11, 23, tzinfo=UTC))
    assert found.is_overdue(datetime(2026, 6, 12, tzinfo=UTC))
    assert (by(db, silent).days, by(db, silent).days_stated) == (DEFAULT_DAYS, False)
    assert f"{silent.due_at:%Y-%m-%d}" == "2026-07-01"
    assert request_by_receipt(db, KEY, "0000 0000 0000 0000") is None
    assert sound(db)


def test_the_day_stays_when_the_entry_changes(db: Connection) -> None:
    first = sent(db)
    entry = own_entry() | {"id": STATED, "explanation_route": {"days": 90}}
    publish_entry(db, OPERATOR, Entry.model_validate(entry), note="Longer.", at=AT + DAY)
    assert by(db, first).due_by == first.due_at
    assert sent(db, system_version=2).due_at > first.due_at
    assert sound(db)


def test_a_far_promise_of_an_entry_does_not_break_the_form(db: Connection) -> None:
    entry = own_entry() | {"id": STATED, "explanation_route": {"days": 10_000_000}}
    publish_entry(db, OPERATOR, Entry.model_validate(entry), note="Never.", at=AT + DAY)
    assert sent(db, system_version=2).due_at.year == 9999


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "revenge"}, "kind"),
        ({"words": "x" * (SHORTEST - 1)}, "words"),
        ({"words": "\u200b" * 100}, "words"),
        ({"words": "x" * (LONGEST + 1)}, "words"),
        ({"words": "half a pair \ud800 in it"}, "words"),
        ({"around": "x" * (LONGEST_AROUND + 1)}, "around"),
        ({"reach": "x" * (LONGEST_REACH + 1)}, "reach"),
        ({"draft_id": "1"}, "draft_id"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    db: Connection, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        sent(db, **changes)
    assert {fault.field for fault in refused.value.faults} == {field}
    assert "nothing was sent" in refused.value.kept
    assert db.execute(select(rights_request)).first() is None


def test_little_is_asked_and_the_most_that_fits_is_taken_whole(db: Connection) -> None:
    assert by(db, sent(db, words="x" * SHORTEST, around="", reach="")).reach == ""
    assert by(db, sent(db, words="\N{WAVING HAND SIGN}" * LONGEST)).words == "\N{WAVING HAND SIGN}" * LONGEST
    for changes in ({"system_id": "nothing"}, {"system_version": 3}):
        with pytest.raises(NotFound):
            sent(db, **changes)


def test_sending_twice_is_sending_once_and_other_words_are_refused(db: Connection) -> None:
    one = asking()
    first, again = (lodge(db, KEY, one, at=AT) for _ in range(2))
    assert (again.code, again.request_id, again.repeated) == (first.code, first.request_id, True)
    # A comment or a report that was sent under the same number has a receipt of its own.
    assert first.code not in {receipt_of(KEY, one.draft_id), receipt_of(KEY, f"report:{one.draft_id}")}
    with pytest.raises(Conflict, match="what came first stays"):
        lodge(db, KEY, replace(one, words="Quite another text, of the same draft."), at=AT)


def test_two_at_once_send_one_request(house: Engine) -> None:
    one = asking()

    def send(_: int) -> str:
        with writing(house) as db:
            return lodge(db, KEY, one, at=AT).request_id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(send, range(8)))) == 1


@pytest.mark.parametrize(
    "actor",
    [
        PUBLIC,
        OPERATOR,
        OTHERS,
        Actor(Role.PUBLISHER, "3"),
        *(
            Actor(role, "4", "riverton-police")
            for role in (Role.FACILITATOR, Role.AUDITOR, Role.ADMINISTRATOR)
        ),
    ],
)
def test_nobody_reads_or_answers_but_the_agencys_publishers(db: Connection, actor: Actor) -> None:
    number = sent(db).request_id
    if actor.role is Role.PUBLISHER:
        assert requests_for(db, actor) == []
    else:
        with pytest.raises(Forbidden):
            requests_for(db, actor)
    with pytest.raises(Forbidden) as refused:
        reply(db, actor, number, GIVEN, seen=0, at=AT)
    with pytest.raises(Forbidden):
        extend(db, actor, number, date(2026, 6, 20), "More time.", at=AT)
    with pytest.raises(Forbidden) as unknown:
        reply(db, actor, "Q-2026-AAAAAAA", GIVEN, seen=0, at=AT)
    # Nor does a refusal say whether there is such a request.
    assert str(refused.value) == str(unknown.value)
    assert "zebrawood" not in str(refused.value)
    assert request_of(db, number).replies == ()


def test_an_answer_is_given_supplemented_and_never_changed(db: Connection) -> None:
    number = sent(db).request_id
    assert [one.request_id for one in requests_for(db, COLLEAGUE)] == [number]
    first = reply(db, FORCE, number, GIVEN, seen=0, at=AT + DAY)
    assert (first.state, first.replies[0].text) == (RequestState.ANSWERED, GIVEN.text)
    # Sent twice it stands once; a colleague who has not read it is stopped.
    assert reply(db, FORCE, number, GIVEN, seen=0, at=AT + DAY).replies == first.replies
    with pytest.raises(Conflict, match="answered since you opened it"):
        reply(db, COLLEAGUE, number, Replying("not_scored", "No."), seen=0, at=AT + DAY)
    more = Replying("reviewed_changed", "The mark was removed.", "Data protection office")
    both = reply(db, COLLEAGUE, number, more, seen=1, at=AT + 2 * DAY)
    assert [one.kind for one in both.replies] == [ReplyKind.EXPLAINED, ReplyKind.REVIEWED_CHANGED]
    assert both.replies[0] == first.replies[0]
    assert sound(db)


def test_two_answers_at_once_are_one(house: Engine) -> None:
    with writing(house) as db:
        number = sent(db).request_id

    def answer(actor: Actor) -> bool:
        try:
            with writing(house) as db:
                reply(db, actor, number, Replying("explained", f"By {actor.account_id}."), seen=0, at=AT)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(answer, (FORCE, COLLEAGUE))) == [False, True]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Replying("shrug", "Yes."), "kind"),
        (Replying("explained", " "), "text"),
        (Replying("explained", "Yes.", "An office"), "office"),
        (Replying("reviewed_kept", "It stays."), "office"),
        (Replying("passed_on", "They know."), "office"),
        (Replying("reviewed_kept", "It stays.", "j.smith@police.example"), "office"),
    ],
)
def test_what_an_answer_lacks_is_said(db: Connection, given: Replying, field: str) -> None:
    number = sent(db).request_id
    with pytest.raises(Invalid) as refused:
        reply(db, FORCE, number, given, seen=0, at=AT)
    assert {fault.field for fault in refused.value.faults} == {field}


def test_a_day_is_put_off_once_with_a_reason_and_not_too_far(db: Connection) -> None:
    number = sent(db).request_id
    due_on = date(2026, 6, 11)
    for until in (due_on, due_on + (MOST_EXTENDED + 1) * DAY):
        with pytest.raises(Invalid, match="was not changed"):
            extend(db, FORCE, number, until, "More time.", at=AT)
    with pytest.raises(Invalid):
        extend(db, FORCE, number, due_on + DAY, " ", at=AT)
    later = extend(db, FORCE, number, due_on + MOST_EXTENDED * DAY, "The burdock logs are on tape.", at=AT)
    assert later.due_by.date() == date(2026, 8, 10)
    assert not later.is_overdue(later.due_by)
    with pytest.raises(Conflict, match="put off already"):
        extend(db, FORCE, number, due_on + 3 * DAY, "Again.", at=AT)
    late = sent(db).request_id
    with pytest.raises(Conflict, match="overdue"):
        extend(db, FORCE, late, due_on + 5 * DAY, "Too late.", at=AT + 20 * DAY)
    assert sound(db)


def test_the_public_part_of_the_record_says_no_more_than_a_day(db: Connection) -> None:
    begin = len(list(contents(db)))
    kept = sent(db).request_id
    extend(db, FORCE, kept, date(2026, 6, 20), "The burdock logs are on tape.", at=AT)
    reply(db, FORCE, kept, GIVEN, seen=0, at=AT + DAY)
    told = list(contents(db))[begin:]
    assert [event.kind for event, _ in told] == ["request.lodged", "request.extended", "request.answered"]
    for event, content in told:
        assert content is not None
        # The seal of the private part, and nothing beside it: no kind, no system, no agency.
        assert set(content.fields) == {"private"}
        # An account's number would name the agency, a minute whose connection it was.
        assert event.actor in {"public", "publisher"}
        assert event.at.time() == datetime.min.time()
        assert event.subject == f"request:{kept}"


def bytes_of(engine: Engine) -> bytes:
    database = Path(str(engine.url.database))
    return b"".join(file.read_bytes() for file in sorted(database.parent.glob(f"{database.name}*")))


TOLD = (b"zebrawood", b"thornapple", b"mullein")
SAID = (b"quillwort", b"burdock")


def test_what_is_taken_back_is_in_no_file_and_the_record_holds(house: Engine) -> None:
    with writing(house) as db:
        first = sent(db)
        extend(db, FORCE, first.request_id, date(2026, 6, 20), "The burdock logs are on tape.", at=AT)
        reply(db, FORCE, first.request_id, GIVEN, seen=0, at=AT + DAY)
    assert all(word in bytes_of(house) for word in TOLD + SAID)
    for _ in range(2):
        gone = withdraw(house, KEY, first.code, at=AT + 2 * DAY)
    assert (gone.state, gone.words, gone.replies[0].text) == (RequestState.WITHDRAWN, "", "")
    assert not [word for word in TOLD + SAID if word in bytes_of(house)]
    with writing(house) as db:
        assert sound(db)
        assert requests_for(db, FORCE) == []
        with pytest.raises(Conflict):
            reply(db, FORCE, first.request_id, GIVEN, seen=1, at=AT)
    with pytest.raises(NotFound):
        withdraw(house, KEY, "0000 0000 0000 0000")


def test_words_leave_when_their_period_is_over_and_what_was_owed_stays(house: Engine) -> None:
    with writing(house) as db:
        answered, waiting, fresh = (sent(db) for _ in range(3))
        reply(db, FORCE, answered.request_id, GIVEN, seen=0, at=AT + DAY)
        reply(db, FORCE, answered.request_id, Replying("explained", "More."), seen=1, at=AT + 9 * DAY)
        assert due(db, REQUESTS, AT + 9 * DAY - DAY).count == 0
        assert due(db, REQUESTS, AT + 10 * DAY).count == 1
        assert due(db, UNANSWERED, AT + DAY).count == 2
        assert kept_until(by(db, answered), 180, 730).date() == date(2026, 6, 10) + 180 * DAY
        assert kept_until(by(db, fresh), 180, 730).date() == date(2026, 6, 1) + 730 * DAY
        assert forget(db, REQUESTS, AT + 10 * DAY, at=AT + 200 * DAY) == 1
        assert forget(db, UNANSWERED, AT + DAY, at=AT + 800 * DAY) == 2
        assert forget(db, REQUESTS, AT + 999 * DAY, at=AT + 999 * DAY) == 0
    erase_freed_pages(house)
    assert not [word for word in TOLD + SAID if word in bytes_of(house)]
    with reading(house) as db:
        assert by(db, answered).state is RequestState.ANSWERED
        assert by(db, waiting).state is RequestState.NEVER_ANSWERED
        assert sound(db)


def test_what_was_erased_after_a_backup_is_erased_again(house: Engine) -> None:
    with writing(house) as db:
        back, over = sent(db), sent(db)
    noted = [
        Erased(WITHDRAWN, f"request:{back.request_id}", AT + DAY),
        Erased(ERASED, f"request:{over.request_id}", AT + DAY),
        Erased(WITHDRAWN, "request:Q-2026-AAAAAAA", AT),
        Erased("comment.withdrawn", "comment:C-2026-AAAAAAA", AT),
    ]
    before = Before(None, noted, holds=True)
    with writing(house) as db:
        assert [erase_again(db, before), erase_again(db, before)] == [2, 0]
    erase_freed_pages(house)
    assert not [word for word in TOLD if word in bytes_of(house)]
    with reading(house) as db:
        assert (by(db, back).state, by(db, over).state) == (
            RequestState.WITHDRAWN,
            RequestState.NEVER_ANSWERED,
        )
        assert sound(db)


Change = Callable[[Connection], Any]
FORGERIES: dict[str, str] = {
    "words": "UPDATE rights_request SET words = 'Nothing happened.'",
    "agency": "UPDATE rights_request SET agency = 'elsewhere-police'",
    "due": "UPDATE rights_request SET due_at = '2030-01-01 00:00:00.000000'",
    "day": "UPDATE rights_request SET lodged_at = '2026-05-01 00:00:00.000000'",
    "put off": "UPDATE rights_request SET extended_until = NULL, extended_at = NULL",
    "withdrawn": "UPDATE rights_request SET withdrawn_at = '2026-06-03 00:00:00.000000'",
    "answer": "UPDATE rights_request_answer SET text = 'Something else.'",
    "answered on": "UPDATE rights_request_answer SET at = '2026-06-01 00:00:00.000000'",
    "no answer": "DELETE FROM rights_request_answer",
    "gone": "DELETE FROM rights_request_answer; DELETE FROM rights_request",
}


@pytest.mark.parametrize("name", FORGERIES)
@pytest.mark.parametrize("erased", [False, True])
def test_a_row_that_was_changed_is_found_out(house: Engine, name: str, *, erased: bool) -> None:
    with writing(house) as db:
        receipt = sent(db)
        extend(db, FORCE, receipt.request_id, date(2026, 6, 20), "The burdock logs are on tape.", at=AT)
        reply(db, FORCE, receipt.request_id, GIVEN, seen=0, at=AT + DAY)
        if erased:
            assert forget(db, REQUESTS, AT + 10 * DAY, at=AT + 200 * DAY) == 1
        assert sound(db)
        for statement in FORGERIES[name].split("; "):
            db.execute(text(statement))
        assert faults(db)


def test_private_words_that_came_back_are_found_out(db: Connection) -> None:
    receipt = sent(db)
    [seq] = db.execute(select(ledger.c.seq).where(ledger.c.kind == "request.lodged")).scalars()
    private = db.execute(select(ledger_private).where(ledger_private.c.seq == seq)).one()._asdict()
    forget(db, UNANSWERED, AT + DAY, at=AT + 800 * DAY)
    db.execute(ledger_private.insert().values(private))
    assert any("still stand beside the ledger" in one for one in faults(db))
    number = rights_request.c.request_id == receipt.request_id
    db.execute(update(rights_request).where(number).values(words=WORDS))
    assert any("still stand in its row" in one for one in faults(db))


def test_a_refusal_leaves_nothing_half_written(house: Engine) -> None:
    with pytest.raises(HearingError), writing(house) as db:
        sent(db, words="")
    with reading(house) as db:
        assert sound(db)
        assert db.execute(select(rights_request)).first() is None


UNSENT = Replying("reviewed_kept", "The teasel list says", "")


def employ(db: Connection, actor: Actor) -> None:
    """Make the account to which a draft belongs."""
    row: dict[str, Any] = {"account_id": actor.account_id, "email": f"{actor.account_id}@example.org"}
    row |= {"role": actor.role, "agency": actor.agency, "password_hash": "!", "created_at": AT}
    db.execute(insert(account).values(row | {"disabled": False}))


def test_a_draft_is_its_writers_alone_and_goes(db: Connection) -> None:
    number = sent(db).request_id
    employ(db, FORCE)
    size = len(list(contents(db)))
    reply_drafts.keep(db, FORCE, number, Replying("explained", "The"), at=AT)
    reply_drafts.keep(db, FORCE, number, UNSENT, at=AT)
    assert reply_drafts.kept(db, FORCE, number) == UNSENT
    assert len(list(contents(db))) == size
    moved = Actor(Role.PUBLISHER, FORCE.account_id, "elsewhere-police")
    for other in (COLLEAGUE, OTHERS, moved):
        assert reply_drafts.kept(db, other, number) is None
        reply_drafts.drop(db, COLLEAGUE, number)
    for who in (moved, OTHERS, Actor(Role.AUDITOR, "a", "riverton-police")):
        with pytest.raises(Forbidden):
            reply_drafts.keep(db, who, number, UNSENT, at=AT)
    for unfit in (
        Replying("shrug", "Yes."),
        Replying("explained", "x" * 50_001),
        Replying("explained", "\0"),
        Replying("explained", "Yes.", "\ud800"),
    ):
        with pytest.raises(Invalid, match="draft was not kept"):
            reply_drafts.keep(db, FORCE, number, unfit, at=AT)
    assert reply_drafts.kept(db, FORCE, number) == UNSENT
    assert reply_drafts.due(db, AT).count == 0
    assert reply_drafts.due(db, AT + DAY) == Due(1, AT)
    reply_drafts.drop(db, FORCE, number)
    assert reply_drafts.kept(db, FORCE, number) is None
    reply_drafts.keep(db, FORCE, number, UNSENT, at=AT)
    assert reply_drafts.forget(db, AT + DAY) == 1
    assert db.execute(reply_draft.select()).all() == []


@pytest.mark.parametrize("way", ["withdrawn", "over", "restored"])
def test_a_draft_goes_with_the_words_that_it_answers(house: Engine, way: str) -> None:
    with writing(house) as db:
        one = sent(db)
        employ(db, FORCE)
        reply_drafts.keep(db, FORCE, one.request_id, UNSENT, at=AT)
    assert b"teasel" in bytes_of(house)
    if way == "withdrawn":
        withdraw(house, KEY, one.code, at=AT + DAY)
    else:
        with writing(house) as db:
            if way == "over":
                forget(db, UNANSWERED, AT + DAY, at=AT + DAY)
            else:
                noted = Erased(ERASED, f"request:{one.request_id}", AT + DAY)
                erase_again(db, Before(None, [noted], holds=True))
        erase_freed_pages(house)
    assert b"teasel" not in bytes_of(house)
    with writing(house) as db:
        assert reply_drafts.kept(db, FORCE, one.request_id) is None
        with pytest.raises(Conflict):
            reply_drafts.keep(db, FORCE, one.request_id, UNSENT)
        assert sound(db)
        # A draft that stayed behind, from whatever hand, is a fault of the record.
        row: dict[str, Any] = {"account_id": FORCE.account_id, "request_id": one.request_id}
        row |= {"kind": "explained", "text": "x", "office": "", "saved_at": AT}
        db.execute(insert(reply_draft).values(row))
        assert "draft of an answer" in faults(db)[0]
