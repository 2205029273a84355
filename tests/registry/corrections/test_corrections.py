"""Corrections: who may say what, what is public when, what is owed, and that nothing is kept too long."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, update

from hearing_app.errors import Conflict, Forbidden, HearingError, Invalid, NotFound
from hearing_app.people.permissions import OPERATOR, PUBLIC, Actor, Role
from hearing_app.record.before import Before
from hearing_app.record.erased import Erased
from hearing_app.record.ledger import faults as ledger_faults
from hearing_app.record.receipts import new_draft_id, receipt_of
from hearing_app.registry.corrections.answering import (
    Answering,
    answer,
    may_answer,
    suggests_showing,
    waiting_for,
)
from hearing_app.registry.corrections.erasing import (
    REPORTS,
    UNANSWERED,
    WITHDRAWN,
    due,
    erase_again,
    forget,
    withdraw,
)
from hearing_app.registry.corrections.reading import (
    ANSWER_DAYS,
    correction_by_receipt,
    correction_of,
    corrections_of,
    open_corrections,
)
from hearing_app.registry.corrections.receiving import CorrectionReceipt, receive
from hearing_app.registry.corrections.report import LONGEST, SHORTEST, Report
from hearing_app.registry.corrections.verify import faults
from hearing_app.registry.corrections.vocabulary import Outcome, Standing
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import publish_entry
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import correction, correction_answer, ledger_content, ledger_private
from tests.signers import bind, own_entry

KEY = b"k" * 32
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
COMPILED = {"by": "independent_compilation", "as_of": "2026-06-01", "statement": "Compiled from sources."}
WORDS = "The cameras were taken down in March, not in May."
FACILITATOR = Actor(Role.FACILITATOR, "7")
FORCE = Actor(Role.PUBLISHER, "8", "riverton-police")
OTHERS = Actor(Role.PUBLISHER, "9", "elsewhere-police")
COMPILED_ID, OWN_ID = "compiled-cameras", "own-cameras"


@pytest.fixture
def house(engine: Engine) -> Engine:
    """A record with one entry that others compiled, and one of Riverton's own, in two versions."""
    bind(engine)
    with writing(engine) as db:
        for number in (1, 2):
            compiled = own_entry() | {
                "id": COMPILED_ID,
                "compiled": COMPILED,
                "purpose": f"Purpose {number}.",
            }
            publish_entry(db, OPERATOR, Entry.model_validate(compiled), note="Compiled.", at=AT)
        publish_entry(db, OPERATOR, Entry.model_validate(own_entry() | {"id": OWN_ID}), note="Ours.", at=AT)
    return engine


@pytest.fixture
def db(house: Engine) -> Iterator[Connection]:
    with writing(house) as opened:
        yield opened


def report(**changes: Any) -> Report:
    first = Report(new_draft_id(), "error", COMPILED_ID, 1, "purpose", WORDS, "https://www.example.org/a")
    return replace(first, **changes)


def sent(db: Connection, actor: Actor = PUBLIC, at: datetime = AT, **changes: Any) -> CorrectionReceipt:
    return receive(db, actor, KEY, report(**changes), at=at)


def sound(db: Connection) -> bool:
    return faults(db) == [] and ledger_faults(db) == []


def fields_at_fault(db: Connection, **changes: Any) -> set[str]:
    with pytest.raises(Invalid) as refused:
        sent(db, **changes)
    assert "Your words are still here" in refused.value.kept
    return {fault.field for fault in refused.value.faults}


def test_anyone_reports_an_error_and_finds_it_by_the_receipt(db: Connection) -> None:
    given = sent(db)
    found = correction_by_receipt(db, KEY, given.code)
    assert found is not None
    assert (found.correction_id, found.words, found.standing) == (
        given.correction_id,
        WORDS,
        Standing.WAITING,
    )
    # Due on that day, whatever the hour, and overdue on the next one.
    assert f"{found.due_at:%Y-%m-%d}" == f"{AT + ANSWER_DAYS * DAY:%Y-%m-%d}" == "2026-06-29"
    assert not found.is_overdue(datetime(2026, 6, 29, 23, 59, tzinfo=UTC))
    assert found.is_overdue(datetime(2026, 6, 30, tzinfo=UTC))
    assert correction_by_receipt(db, KEY, "0000 0000 0000 0000") is None
    assert sound(db)


def test_nobody_reads_a_persons_words_until_an_answer_shows_them(db: Connection) -> None:
    number = sent(db).correction_id
    assert corrections_of(db, COMPILED_ID)[0].public_words == ""
    # Nor does the public part of the ledger hold them.
    assert not [text for text in db.execute(select(ledger_content.c.content)).scalars() if "March" in text]
    answer(db, FACILITATOR, number, Answering("not_corrected", "The report says May."), seen=0, at=AT)
    assert correction_of(db, number).public_words == ""
    other = sent(db).correction_id
    given = Answering("corrected", "You are right.", version=2, shows_words=True)
    assert answer(db, FACILITATOR, other, given, seen=0, at=AT).public_words == WORDS
    assert sound(db)


def test_what_may_hold_something_private_is_not_offered_to_be_shown(db: Connection) -> None:
    plain = correction_of(db, sent(db).correction_id)
    private = correction_of(db, sent(db, words=f"{WORDS} Write to ann@example.org.").correction_id)
    assert (suggests_showing(plain), suggests_showing(private)) == (True, False)


def test_sending_twice_is_sending_once_and_other_words_are_refused(db: Connection) -> None:
    one = report()
    first, again = (receive(db, PUBLIC, KEY, one, at=AT) for _ in range(2))
    assert (again.code, again.correction_id, again.repeated) == (first.code, first.correction_id, True)
    with pytest.raises(Conflict):
        receive(db, PUBLIC, KEY, replace(one, words="Quite another text, of the same draft."), at=AT)
    assert len(corrections_of(db, COMPILED_ID)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"words": "x" * (SHORTEST - 1)}, "words"),
        ({"words": "\u200b" * 100}, "words"),
        ({"words": "x" * (LONGEST + 1)}, "words"),
        ({"words": "half a pair \ud800 in a sentence"}, "words"),
        ({"field": "shoe_size"}, "field"),
        ({"field": "claims.nothing"}, "field"),
        ({"source": "javascript:alert(1)"}, "source"),
        ({"source": "http://localhost/x"}, "source"),
        ({"kind": "revenge"}, "kind"),
        ({"draft_id": "1"}, "draft_id"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    db: Connection, changes: dict[str, Any], field: str
) -> None:
    assert fields_at_fault(db, **changes) == {field}
    assert corrections_of(db, COMPILED_ID) == []


def test_all_faults_are_named_at_once(db: Connection) -> None:
    assert fields_at_fault(db, words="", field="no", source="no") == {"words", "field", "source"}


def test_an_unknown_entry_or_version_is_not_found(db: Connection) -> None:
    for changes in ({"system_id": "nothing"}, {"system_version": 3}):
        with pytest.raises(NotFound):
            sent(db, **changes)


@pytest.mark.parametrize("kind", ["claim", "contested"])
@pytest.mark.parametrize("actor", [PUBLIC, FACILITATOR, OTHERS, Actor(Role.PUBLISHER, "3"), OPERATOR])
def test_only_the_body_itself_speaks_for_it(db: Connection, actor: Actor, kind: str) -> None:
    with pytest.raises(Forbidden):
        sent(db, actor, kind=kind)


def test_a_body_speaks_in_public_at_once_and_claims_once(db: Connection) -> None:
    contested = correction_of(db, sent(db, FORCE, kind="contested").correction_id)
    assert (contested.public_words, contested.agency) == (WORDS, "riverton-police")
    number = sent(db, FORCE, kind="claim", field="").correction_id
    with pytest.raises(Conflict, match="claimed already"):
        sent(db, FORCE, kind="claim", field="")
    with pytest.raises(Conflict, match="own already"):
        sent(db, FORCE, kind="contested", system_id=OWN_ID)
    given = Answering("handed_over", "Riverton may write it.")
    assert answer(db, FACILITATOR, number, given, seen=0, at=AT).standing is Standing.ANSWERED
    with pytest.raises(Invalid):
        answer(db, FACILITATOR, contested.correction_id, given, seen=0, at=AT)
    assert sound(db)


def test_a_claim_that_was_pressed_twice_is_one(db: Connection) -> None:
    claim = report(kind="claim", field="")
    first, again = (receive(db, FORCE, KEY, claim, at=AT) for _ in range(2))
    assert (again.code, again.repeated) == (first.code, True)
    # Who does not speak for the body learns no receipt from its number.
    with pytest.raises(Forbidden):
        receive(db, OTHERS, KEY, claim, at=AT)


def test_a_comment_of_the_same_number_has_another_receipt(db: Connection) -> None:
    one = report()
    assert receive(db, PUBLIC, KEY, one, at=AT).code != receipt_of(KEY, one.draft_id)


def test_the_body_answers_for_its_own_entry_and_the_keepers_for_the_others(db: Connection) -> None:
    numbers = {name: sent(db, system_id=name).correction_id for name in (COMPILED_ID, OWN_ID)}
    no = Answering("not_corrected", "It is as it stands.")
    for actor, name in (
        (FORCE, COMPILED_ID),
        (FACILITATOR, OWN_ID),
        (OTHERS, OWN_ID),
        (PUBLIC, COMPILED_ID),
        (Actor(Role.AUDITOR, "5"), COMPILED_ID),
        (Actor(Role.ADMINISTRATOR, "6"), OWN_ID),
    ):
        with pytest.raises(Forbidden):
            answer(db, actor, numbers[name], no, seen=0, at=AT)
    assert [one.system_id for one in waiting_for(db, FORCE)] == [OWN_ID]
    assert [one.system_id for one in waiting_for(db, FACILITATOR)] == [COMPILED_ID]
    answer(db, FORCE, numbers[OWN_ID], no, seen=0, at=AT)
    answer(db, FACILITATOR, numbers[COMPILED_ID], no, seen=0, at=AT)
    assert open_corrections(db) == []
    assert not may_answer(Actor(Role.PUBLISHER, "3"), Entry.model_validate(own_entry()))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Answering("corrected", "Done."), "version"),
        (Answering("corrected", "Done.", version=1), "version"),
        (Answering("partly", "Done.", version=3), "version"),
        (Answering("not_corrected", "No.", version=2), "version"),
        (Answering("not_corrected", "No.", until=AT + DAY), "until"),
        (Answering("will_find_out", "We look."), "until"),
        (Answering("will_find_out", "We look.", until=AT - DAY), "until"),
        (Answering("will_find_out", "We look.", until=AT + 367 * DAY), "until"),
        (Answering("will_find_out", "We look.", until=datetime.max.replace(tzinfo=UTC)), "until"),
        (Answering("not_corrected", ""), "text"),
        (Answering("not_corrected", "TBC"), "text"),
        (Answering("never", "No."), "outcome"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(db: Connection, given: Answering, field: str) -> None:
    number = sent(db).correction_id
    with pytest.raises(Invalid) as refused:
        answer(db, FACILITATOR, number, given, seen=0, at=AT)
    assert {fault.field for fault in refused.value.faults} == {field}
    assert correction_of(db, number).answers == ()


def test_a_promise_moves_the_day_and_is_overdue_after_it(db: Connection) -> None:
    number = sent(db).correction_id
    assert not correction_of(db, number).is_overdue(AT + 27 * DAY)
    assert correction_of(db, number).is_overdue(AT + 29 * DAY)
    later = Answering("will_find_out", "We asked the force.", until=AT + 60 * DAY)
    found = answer(db, FACILITATOR, number, later, seen=0, at=AT)
    assert (found.standing, found.is_overdue(AT + 29 * DAY)) == (Standing.LOOKED_INTO, False)
    assert found.is_overdue(AT + 61 * DAY)
    done = answer(db, FACILITATOR, number, Answering("corrected", "Yes.", version=2), seen=1, at=AT)
    assert [one.outcome for one in done.answers] == [Outcome.WILL_FIND_OUT, Outcome.CORRECTED]
    assert not done.is_overdue(AT + 999 * DAY)
    with pytest.raises(Conflict):
        answer(db, FACILITATOR, number, later, seen=2, at=AT)
    assert sound(db)


def test_of_two_who_answer_at_once_one_is_told(house: Engine) -> None:
    with writing(house) as db:
        number = sent(db).correction_id

    def try_it(place: int) -> str:
        given = Answering("not_corrected", f"Answer {place}.")
        try:
            with writing(house) as db:
                answer(db, Actor(Role.FACILITATOR, str(place)), number, given, seen=0)
        except Conflict:
            return "refused"
        return "given"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(try_it, range(8))) == ["given", *["refused"] * 7]
    with reading(house) as db:
        assert len(correction_of(db, number).answers) == 1
        assert sound(db)


def test_the_same_answer_twice_stands_once(db: Connection) -> None:
    number = sent(db).correction_id
    given = Answering("not_corrected", "No.")
    answer(db, FACILITATOR, number, given, seen=0, at=AT)
    assert len(answer(db, FACILITATOR, number, given, seen=0, at=AT).answers) == 1


def test_an_author_takes_the_words_back(house: Engine) -> None:
    with writing(house) as db:
        given = sent(db)
        shows = Answering("corrected", "You are right.", version=2, shows_words=True)
        answer(db, FACILITATOR, given.correction_id, shows, seen=0, at=AT)
    for _ in range(2):
        gone = withdraw(house, KEY, given.code, at=AT + DAY)
        assert (gone.standing, gone.words, gone.source, gone.public_words) == (Standing.WITHDRAWN, "", "", "")
    with reading(house) as db:
        assert [one.text for one in correction_of(db, given.correction_id).answers] == ["You are right."]
        assert db.execute(select(ledger_private)).first() is None
        assert sound(db)
    with pytest.raises(NotFound):
        withdraw(house, KEY, "0000 0000 0000 0000")


def test_a_body_does_not_take_back_what_it_said(house: Engine) -> None:
    with writing(house) as db:
        given = sent(db, FORCE, kind="contested")
    with pytest.raises(Conflict):
        withdraw(house, KEY, given.code)


def test_words_that_no_answer_shows_go_after_their_time(db: Connection) -> None:
    kept = {
        "waiting": sent(db).correction_id,
        "shown": sent(db).correction_id,
        "hidden": sent(db).correction_id,
    }
    shows = Answering("corrected", "Yes.", version=2, shows_words=True)
    answer(db, FACILITATOR, kept["shown"], shows, seen=0, at=AT)
    answer(db, FACILITATOR, kept["hidden"], Answering("not_corrected", "No."), seen=0, at=AT)
    assert due(db, REPORTS, AT).count == 0
    assert due(db, REPORTS, AT + DAY).count == 1
    assert forget(db, REPORTS, AT + DAY, at=AT + 180 * DAY) == 1
    assert {name: bool(correction_of(db, number).words) for name, number in kept.items()} == {
        "waiting": True,
        "shown": True,
        "hidden": False,
    }
    assert sound(db)


def test_words_that_nobody_answered_go_too_and_the_report_stays_open(db: Connection) -> None:
    kept = {
        "waiting": sent(db).correction_id,
        "put off": sent(db).correction_id,
        "put off and shown": sent(db).correction_id,
        "answered": sent(db).correction_id,
        "of a body": sent(db, FORCE, kind="contested").correction_id,
    }
    later = Answering("will_find_out", "We look.", until=AT + 30 * DAY)
    answer(db, FACILITATOR, kept["put off"], later, seen=0, at=AT + 5 * DAY)
    shown = later._replace(shows_words=True)
    answer(db, FACILITATOR, kept["put off and shown"], shown, seen=0, at=AT)
    answer(db, FACILITATOR, kept["answered"], Answering("not_corrected", "No."), seen=0, at=AT)
    assert due(db, UNANSWERED, AT - DAY).count == 0
    assert (due(db, UNANSWERED, AT + DAY).count, due(db, UNANSWERED, AT + 9 * DAY).count) == (1, 2)
    assert forget(db, UNANSWERED, AT + DAY, at=AT + 730 * DAY) == 1
    words = {name: bool(correction_of(db, number).words) for name, number in kept.items()}
    assert words == {"waiting": False} | dict.fromkeys(list(kept)[1:], True)
    found = correction_of(db, kept["waiting"])
    assert found.is_open and found.is_overdue(AT + 730 * DAY)
    assert forget(db, UNANSWERED, AT + 9 * DAY, at=AT + 740 * DAY) == 1
    assert forget(db, UNANSWERED, AT + 9 * DAY, at=AT + 740 * DAY) == 0
    assert sound(db)


@pytest.mark.parametrize("noted", [True, False])
def test_a_restore_takes_the_words_out_again(house: Engine, noted: bool) -> None:
    with writing(house) as db:
        number = sent(db).correction_id
    before = Before(None, [Erased(WITHDRAWN, f"correction:{number}", AT + DAY)] if noted else [], holds=True)
    with writing(house) as db:
        assert erase_again(db, before) == int(noted)
        assert erase_again(db, before) == 0
        assert correction_of(db, number).words == ("" if noted else WORDS)
        assert sound(db)


CHANGES: list[dict[str, Any]] = [
    {"words": "Other words."},
    {"source": ""},
    {"field": ""},
    {"kind": "claim"},
    {"agency": "riverton-police"},
    {"system_id": OWN_ID},
    {"system_version": 2},
    {"receipt_key": "0" * 64},
    {"received_at": AT + DAY},
    {"withdrawn_at": AT},
]


@pytest.mark.parametrize("change", CHANGES, ids=[next(iter(one)) for one in CHANGES])
def test_every_change_of_a_row_is_noticed(db: Connection, change: dict[str, Any]) -> None:
    sent(db)
    assert faults(db) == []
    db.execute(update(correction).values(**change))
    assert faults(db)


def test_what_a_report_was_about_is_never_gone(house: Engine) -> None:
    with writing(house) as db:
        given = sent(db)
    withdraw(house, KEY, given.code, at=AT + DAY)
    with writing(house) as db:
        assert sound(db)
        # The ledger excuses it, for somebody withdrew; without it the row could say anything.
        db.execute(ledger_content.delete().where(ledger_content.c.seq == correction_seq(db)))
        db.execute(update(correction).values(system_id=OWN_ID, kind="claim"))
        assert ledger_faults(db) == []
        assert faults(db)


def test_words_that_only_seem_to_be_erased_are_noticed(house: Engine) -> None:
    with writing(house) as db:
        given = sent(db)
        kept = db.execute(select(ledger_private)).one()._asdict()
    withdraw(house, KEY, given.code, at=AT + DAY)
    with writing(house) as db:
        assert sound(db)
        db.execute(ledger_private.insert().values(**kept))
        assert faults(db) == [
            f"Correction {given.correction_id}: its words were erased, and still stand beside the ledger."
        ]


def correction_seq(db: Connection) -> int:
    return int(db.execute(select(correction.c.seq)).scalar_one())


@pytest.mark.parametrize(
    "change",
    [{"text": "Other."}, {"outcome": "corrected"}, {"shows_words": True}, {"actor": "facilitator:9"}],
)
def test_every_change_of_an_answer_is_noticed(db: Connection, change: dict[str, Any]) -> None:
    number = sent(db).correction_id
    answer(db, FACILITATOR, number, Answering("not_corrected", "No."), seen=0, at=AT)
    assert faults(db) == []
    db.execute(update(correction_answer).values(**change))
    assert faults(db)


def test_a_row_that_came_or_went_is_noticed(db: Connection) -> None:
    number = sent(db).correction_id
    answer(db, FACILITATOR, number, Answering("not_corrected", "No."), seen=0, at=AT)
    db.execute(correction_answer.delete())
    assert faults(db)
    db.execute(correction.delete())
    assert faults(db) == [f"Correction {number} is in the ledger, but not among the corrections."]


def test_a_refused_report_leaves_nothing(db: Connection) -> None:
    before = db.execute(select(ledger_content)).all()
    with pytest.raises(HearingError):
        sent(db, words="")
    assert db.execute(select(ledger_content)).all() == before
