"""What was seen of who wrote a comment: who may say so, what everybody reads, and that it goes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, insert, update

from hearing_app.documents.comment_record import identity_below, identity_section
from hearing_app.errors import Conflict, Forbidden, Invalid, NotFound
from hearing_app.hearings.comments.comment import comment_by_receipt
from hearing_app.hearings.comments.erasure import erase_answers, erase_words, take_back
from hearing_app.hearings.comments.identity import (
    CONFIRMED,
    UNDONE,
    Seen,
    WhyUndone,
    confirm,
    confirmed_of,
    undo,
)
from hearing_app.hearings.comments.record_verify import faults
from hearing_app.hearings.comments.verify import faults as comment_faults
from hearing_app.hearings.disclosure import public_contents
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import IdentityBasis, State
from hearing_app.people.permissions import OPERATOR, PUBLIC, Actor, Role
from hearing_app.record.ledger import contents
from hearing_app.record.ledger import faults as ledger_faults
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import comment_identity
from tests.conftest import Send

FAY, FINN = Actor(Role.FACILITATOR, "fay"), Actor(Role.FACILITATOR, "finn")
DAY = timedelta(days=1)


@pytest.fixture
def sent(send: Send) -> str:
    return send().comment_id


def sound(db: Connection) -> bool:
    return not [*faults(db), *comment_faults(db), *ledger_faults(db)]


def told(db: Connection) -> list[tuple[str, dict[str, Any] | None]]:
    """Every event about identities: its kind, and what anybody may read of it."""
    is_public = public_contents(db)
    return [
        (event.kind, content.fields if content and is_public(event, content) else None)
        for event, content in contents(db)
        if event.kind.startswith("identity.")
    ]


def test_it_is_confirmed_shown_and_undone_with_a_reason(
    engine: Engine, hearing: Hearing, send: Send, receipt_key: bytes, now: datetime
) -> None:
    receipt = send()
    name = receipt.comment_id
    with writing(engine) as db:
        first = confirm(db, FAY, name, "official_letter", at=now)
        # Pressed twice it stands once.
        assert confirm(db, FINN, name, "official_letter", at=now + DAY) == first
        assert (first.basis, first.seen, first.at) == (
            IdentityBasis.ORGANISATION,
            Seen.OFFICIAL_LETTER,
            now,
        )
        # Of a comment that nobody may read the record does not say either who wrote it.
        assert told(db) == [(CONFIRMED, None)]
        decide(db, FAY, name, State.PUBLISHED, seen_state=State.SUBMITTED, at=now)
        shown = {"basis": "organisation_confirmed", "seen": "official_letter"}
        assert told(db) == [(CONFIRMED, shown)]
        page = identity_below(db, hearing, [name])[name]
        assert "An organisation, confirmed by the facilitators on 1 June 2026: a signed letter" in page
        assert "fay" not in page
        mine = comment_by_receipt(db, receipt_key, receipt.code)
        assert "they can undo it" in identity_section(db, hearing, mine)
        # How it came is as it was committed to on its arrival.
        assert mine.identity_basis == "none"
        with pytest.raises(Conflict, match="Undo that first"):
            confirm(db, FINN, name, "receipt_shown", at=now)
        undo(db, FINN, name, "does_not_show_it", at=now + DAY)
        assert told(db)[1:] == [(UNDONE, {"reason": "does_not_show_it"})]
        assert identity_below(db, hearing, [name]) == {}
        assert "they can undo it" not in identity_section(db, hearing, mine)
        with pytest.raises(Conflict, match="Nothing is confirmed"):
            undo(db, FAY, name, "authors_wish", at=now)
        assert confirm(db, FINN, name, "receipt_shown", at=now).basis is IdentityBasis.IN_PERSON
        assert sound(db)


@pytest.mark.parametrize(
    "actor", [PUBLIC, OPERATOR, *(Actor(role, "x") for role in (Role.PUBLISHER, Role.AUDITOR))]
)
def test_only_facilitators_say_so(engine: Engine, sent: str, actor: Actor) -> None:
    with writing(engine) as db:
        confirm(db, FAY, sent, "receipt_shown")
        for act, given in ((confirm, "called_back"), (undo, "authors_wish")):
            with pytest.raises(Forbidden):
                act(db, actor, sent, given)
        assert confirmed_of(db, [sent])[sent].seen is Seen.RECEIPT_SHOWN


def test_nothing_but_the_choices_is_taken_and_nothing_is_added_to_the_record(
    engine: Engine, sent: str
) -> None:
    with writing(engine) as db:
        size = len(list(contents(db)))
        for given in ("", "passport 123", "email_confirmed"):
            with pytest.raises(Invalid):
                confirm(db, FAY, sent, given)
            with pytest.raises(Invalid):
                undo(db, FAY, sent, given)
        with pytest.raises(NotFound):
            confirm(db, FAY, "C-2026-AAAAAAA", "called_back")
        assert len(list(contents(db))) == size
    assert {seen.basis for seen in Seen} == {IdentityBasis.IN_PERSON, IdentityBasis.ORGANISATION}
    assert len(WhyUndone) == 3


@pytest.mark.parametrize("way", ["withdrawn", "erased", "answers"])
def test_it_goes_with_the_words_and_stays_with_them(
    engine: Engine, sent: str, now: datetime, way: str
) -> None:
    with writing(engine) as db:
        confirm(db, FAY, sent, "authority_shown", at=now)
        if way == "withdrawn":
            take_back(db, sent, at=now + DAY)
        else:
            erase = erase_words if way == "erased" else erase_answers
            erase(db, sent, period="held", at=now + DAY)
        assert (sent in confirmed_of(db, [sent])) is (way == "answers")
        if way != "answers":
            with pytest.raises(Conflict, match="no words"):
                confirm(db, FAY, sent, "receipt_shown")
        assert sound(db)


def test_a_row_that_the_record_does_not_tell_of_is_found(engine: Engine, sent: str, now: datetime) -> None:
    def wrong(statement: Any) -> str:
        with writing(engine) as db:
            db.execute(statement)
            [found] = faults(db)
            db.rollback()
        return str(found)

    row: dict[str, Any] = {"comment_id": sent, "basis": "in_person", "seen": "receipt_shown"}
    assert "without its event" in wrong(
        insert(comment_identity).values(row | {"at": now, "actor": "facilitator:fay", "seq": 0})
    )
    with writing(engine) as db:
        confirm(db, FAY, sent, "receipt_shown", at=now)
    for changed in (
        {"basis": "organisation_confirmed"},
        {"seen": "called_back"},
        {"actor": "facilitator:finn"},
        {"at": now + DAY},
    ):
        assert "not what its event says" in wrong(update(comment_identity).values(changed))
    assert "gone without an event" in wrong(delete(comment_identity))
    with writing(engine) as db:
        undo(db, FAY, sent, "wrong_comment", at=now)
        event = db.execute(insert(comment_identity).values(row | {"at": now, "actor": "x", "seq": 0}))
        assert event.rowcount == 1
        assert "without its event" in faults(db)[0]
        db.rollback()
    with reading(engine) as db:
        assert sound(db)
