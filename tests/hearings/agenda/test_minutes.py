"""Minutes: noted, corrected by a further entry, published whole; decisions with an office and a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from hearing_app.errors import Conflict, Forbidden, Invalid, NotFound, NotOpen
from hearing_app.hearings.agenda.minutes import (
    correct,
    decide,
    decisions_of,
    digest_of,
    minutes_for_office,
    minutes_of,
    note,
    publish_minutes,
    settle,
)
from hearing_app.hearings.agenda.verify import faults
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.people.permissions import PUBLIC
from hearing_app.store import tables
from hearing_app.store.engine import writing
from tests.hearings.agendas import FAY, ID, KEY, SITS, act, announce, arranged, look, said, sign_up

HEARD = {"at": SITS + timedelta(minutes=30)}
DUE = date(2026, 7, 1)


def deciding(engine: Engine, **changes: Any) -> Any:
    fields: dict[str, Any] = {
        "kind": "condition",
        "text": "Pictures are deleted after a day.",
        "owner": "Chief Constable",
        "due_on": DUE,
    }
    return act(engine, decide, 2, **(fields | changes), **HEARD)


def test_notes_are_public_once_they_are_published_and_stay_as_they_were(engine: Engine) -> None:
    announce(engine)
    arranged(engine)
    act(engine, note, 1, "The chair opened the hearing.", **HEARD)
    act(engine, note, None, "Forty people were there.", **HEARD)
    act(engine, correct, 2, "Fifty people were there.", **HEARD)
    assert look(engine, minutes_of, ID).entries == ()
    with writing(engine) as db:
        texts = " ".join(db.execute(select(tables.ledger_content.c.content)).scalars())
    assert "opened the hearing" not in texts
    written = look(engine, minutes_for_office, FAY, ID)
    act(engine, publish_minutes, **HEARD)
    public = look(engine, minutes_of, ID)
    assert public.entries == written.entries
    assert public.sha256 == digest_of(written.entries)
    assert [(one.kind, one.about, one.text) for one in public.of_item(None)] == [
        ("note", None, "Forty people were there."),
        ("correction", 2, "Fifty people were there."),
    ]
    act(engine, correct, 1, "The deputy opened it.", **HEARD)
    assert len(look(engine, minutes_of, ID).entries) == 4
    with pytest.raises(Conflict):
        act(engine, publish_minutes, **HEARD)
    assert look(engine, faults) == []


def test_a_decision_is_public_at_once_and_overdue_until_it_is_done(engine: Engine) -> None:
    announce(engine)
    one = sign_up(engine).comment_id
    arranged(engine)
    made = deciding(engine, comment_ids=[one, one])
    act(engine, correct, made.number, "After a week.", **HEARD)
    (decision,) = look(engine, decisions_of, ID)
    assert (decision.owner, decision.due, decision.kind, decision.item_id) == (
        "Chief Constable", DUE, "condition", 2,
    )  # fmt: skip
    assert (decision.comment_ids, decision.corrections) == ((one,), ("After a week.",))
    assert [decision.is_overdue(DUE), decision.is_overdue(DUE + timedelta(days=1))] == [False, True]
    assert len(look(engine, minutes_of, ID).entries) == 2
    act(engine, settle, made.number, "The rule is in force.", **HEARD)
    (done,) = look(engine, decisions_of, ID)
    assert (done.done, done.is_overdue(DUE + timedelta(days=1))) == ("The rule is in force.", False)
    with pytest.raises(Conflict):
        act(engine, settle, made.number, "Again.", **HEARD)
    # What was said to be done is corrected, and that again: it stands with the decision, and is public.
    act(engine, correct, 3, "It is in force from May.", **HEARD)
    act(engine, correct, 4, "From June.", **HEARD)
    (corrected,) = look(engine, decisions_of, ID)
    assert corrected.corrections == ("After a week.", "It is in force from May.", "From June.")
    assert len(look(engine, minutes_of, ID).entries) == 5
    assert look(engine, faults) == []


def test_what_does_not_fit_is_refused_all_at_once(engine: Engine) -> None:
    announce(engine)
    arranged(engine)
    with pytest.raises(Invalid) as error:
        deciding(
            engine, text=" ", owner="Jane Doe", due_on=date(2026, 1, 1), kind="note", comment_ids=["C-1"]
        )
    assert {one.field for one in error.value.faults} == {"text", "owner", "due_on", "kind", "comment_ids"}
    with pytest.raises(Invalid) as error:
        act(engine, note, 1, "x" * 2001, **HEARD)
    assert "2,001" in said(error.value)
    with pytest.raises(NotFound):
        act(engine, note, 99, "Nothing.", **HEARD)
    with pytest.raises(NotFound):
        act(engine, correct, 1, "There is none.", **HEARD)
    act(engine, note, 1, "A note.", **HEARD)
    with pytest.raises(Conflict, match="no decision"):
        act(engine, settle, 1, "Done.", **HEARD)


def test_minutes_are_for_facilitators_and_begin_with_the_sitting(engine: Engine) -> None:
    announce(engine)
    arranged(engine)
    with pytest.raises(NotOpen):
        act(engine, note, 1, "Too early.", at=SITS - timedelta(hours=1))
    for function, given in (
        (note, (1, "Mine.")),
        (correct, (1, "x")),
        (settle, (1, "x")),
        (publish_minutes, ()),
    ):
        with pytest.raises(Forbidden):
            act(engine, function, *given, actor=PUBLIC, **HEARD)
    with pytest.raises(Forbidden):
        look(engine, minutes_for_office, PUBLIC, ID)


def test_a_decision_stays_when_a_comment_it_rests_on_is_withdrawn(engine: Engine) -> None:
    announce(engine)
    receipt = sign_up(engine)
    arranged(engine)
    deciding(engine, comment_ids=[receipt.comment_id])
    withdraw(engine, KEY, receipt.code, at=SITS + timedelta(hours=1))
    assert look(engine, decisions_of, ID)[0].comment_ids == (receipt.comment_id,)
    assert look(engine, faults) == []


@pytest.mark.parametrize("change", [{"text": "Otherwise."}, {"owner": "Mayor"}, {"due_on": date(2027, 1, 1)}])
def test_minutes_that_were_changed_are_a_fault(engine: Engine, change: dict[str, object]) -> None:
    announce(engine)
    arranged(engine)
    deciding(engine)
    act(engine, publish_minutes, **HEARD)
    with writing(engine) as db:
        db.execute(update(tables.minute).values(change))
        found = " ".join(faults(db))
        assert "entry 1 of its minutes is not the one that was made" in found
        assert "its minutes are not those that were published" in found
