"""Redactions: stretches in code points, marks in every door, nothing of it where others look."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from hearing_app.errors import Conflict, Forbidden, Invalid, NotFound
from hearing_app.hearings.comments.comment import Comment, withdraw
from hearing_app.hearings.comments.lists import published_comments
from hearing_app.hearings.disclosure import public_contents
from hearing_app.hearings.moderation.redactions import (
    Redaction,
    lift,
    place_of,
    redact,
    redactions_of,
    without,
)
from hearing_app.hearings.moderation.verify import faults
from hearing_app.hearings.vocabulary import Redacted, State
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.ledger import contents
from hearing_app.store.engine import reading, writing
from tests.hearings.conftest import Decide, Look, Send

FAY = Actor(Role.FACILITATOR, "fay")
WORDS = "\N{FAMILY} e\u0301t\xe9: Officer Jane Roe, \U0001f46e\u200d\u2640\ufe0f and Jane Roe again."
BEFORE = WORDS.index("Jane")


def take_out(engine: Engine, name: str, now: datetime, **changes: object) -> Redaction:
    fields = {"field": "concern", "start": BEFORE, "stop": BEFORE + 8, "kind": "name", "reason_id": "R2"}
    with writing(engine) as db:
        return redact(db, FAY, name, **{"seen_state": State.PUBLISHED, "at": now, **fields, **changes})  # type: ignore[arg-type]  # any of them may be wrong


@pytest.fixture
def shown(send: Send, move: Decide) -> tuple[str, str]:
    sent = send(concern=WORDS, ask="Ask Jane Roe.")
    move(sent.comment_id, State.PUBLISHED)
    return sent.comment_id, sent.code


def test_readers_see_a_mark_and_the_record_says_why(
    engine: Engine, shown: tuple[str, str], look: Look, now: datetime
) -> None:
    name, code = shown
    take_out(engine, name, now, note="A person.")
    with reading(engine) as db:
        [seen] = published_comments(db, look(code).hearing_id)
        events = list(contents(db, subject=f"comment:{name}"))
        is_public = public_contents(db)
        told = [content.text for event, content in events if content and is_public(event, content)]
        assert faults(db) == []
    assert seen.concern == WORDS.replace("Jane Roe", "[name removed]", 1)
    assert look(code).concern == WORDS
    assert '"kind":"name"' in told[-1]
    assert '"reason":"R2"' in told[-1]
    # Neither the words as they arrived nor the place are in what anyone may read.
    assert "Jane" not in "".join(told)
    assert "start" not in "".join(told)


def test_what_was_taken_out_comes_back_with_a_reason(
    engine: Engine, shown: tuple[str, str], now: datetime
) -> None:
    name, _ = shown
    take_out(engine, name, now)
    with writing(engine) as db:
        with pytest.raises(Invalid):
            lift(db, FAY, name, 1, note=" ", at=now)
        with pytest.raises(NotFound):
            lift(db, FAY, name, 2, note="Why", at=now)
        assert not lift(db, FAY, name, 1, note="A public office.", at=now).is_in_force
        with pytest.raises(Conflict):
            lift(db, FAY, name, 1, note="Again", at=now)
        assert faults(db) == []
    with reading(engine) as db:
        assert public_contents(db) is not None
        assert published_comments(db, "live-recognition")[0].concern == WORDS
    # The same stretch can be taken out again.
    assert take_out(engine, name, now).number == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": 5, "stop": 5}, "start"),
        ({"start": 6, "stop": 5}, "start"),
        ({"start": -1}, "start"),
        ({"stop": len(WORDS) + 1}, "start"),
        ({"start": True}, "start"),
        ({"start": 1, "stop": 2}, "start"),
        ({"start": BEFORE + 7, "stop": BEFORE + 9}, "start"),
        ({"field": "display_name"}, "field"),
        ({"field": "\0"}, "field"),
        ({"field": "ask", "start": 4, "stop": 8, "kind": "person"}, "kind"),
        ({"field": "ask", "start": 4, "stop": 8, "reason_id": "R1"}, "reason_id"),
        ({"field": "ask", "start": 4, "stop": 8, "note": "n" * 501}, "note"),
        ({"field": "ask", "start": 4, "stop": 8, "note": "a\ud800"}, "note"),
    ],
)
def test_a_stretch_that_does_not_fit_is_refused(
    engine: Engine, shown: tuple[str, str], now: datetime, changes: dict[str, object], field: str
) -> None:
    name, _ = shown
    take_out(engine, name, now)
    with pytest.raises(Invalid) as caught:
        take_out(engine, name, now, **changes)
    assert [fault.field for fault in caught.value.faults] == [field]
    with reading(engine) as db:
        assert len(redactions_of(db, [name])[name]) == 1


def test_another_state_or_role_changes_nothing(engine: Engine, shown: tuple[str, str], now: datetime) -> None:
    name, _ = shown
    with pytest.raises(Conflict):
        take_out(engine, name, now, seen_state=State.HELD)
    with writing(engine) as db, pytest.raises(Forbidden):
        lift(db, Actor(Role.AUDITOR, "a"), name, 1, note="Why", at=now)


def test_withdrawing_takes_the_stretches_with_it(
    engine: Engine, shown: tuple[str, str], receipt_key: bytes, now: datetime
) -> None:
    name, code = shown
    take_out(engine, name, now, note="Her sister told us.")
    withdraw(engine, receipt_key, code, at=now)
    with reading(engine) as db:
        assert redactions_of(db, [name]) == {}
        assert faults(db) == []
    file = engine.url.database
    assert file is not None
    for ending in ("", "-wal"):
        try:
            with open(file + ending, "rb") as database:  # noqa: PTH123 - the log may be gone between
                raw = database.read()
        except FileNotFoundError:
            continue
        assert b"Jane Roe" not in raw
        assert b"Her sister" not in raw


def test_words_are_named_by_what_stands_there() -> None:
    assert place_of(WORDS, "Jane Roe") == (BEFORE, BEFORE + 8)
    assert place_of(WORDS, "Jane Roe", 2) == (WORDS.rindex("Jane"), WORDS.rindex("Jane") + 8)
    assert place_of("aaa", "aa", 2) == (1, 3)
    for words, turn in (("", 1), ("Joe", 1), ("Jane Roe", 3), ("Jane Roe", 0)):
        with pytest.raises(Invalid):
            place_of(WORDS, words, turn)


def blank(words: str) -> Comment:
    fields = dict.fromkeys(Comment.__dataclass_fields__, "")
    return replace(Comment(**fields), concern=words)  # type: ignore[arg-type]  # only its words matter


@given(st.text(min_size=1, max_size=40), st.data())
def test_marks_stand_exactly_where_words_were_taken_out(words: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(words)), max_size=8)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    kinds = [data.draw(st.sampled_from(list(Redacted))) for _ in spans]
    lifted = [data.draw(st.booleans()) for _ in spans]
    when = datetime(2026, 6, 1)
    marks = [
        Redaction(
            "C", n, "concern", *span, str(kind), "R2", "", when, "f", n, when if gone else None, None, None
        )
        for n, (span, kind, gone) in enumerate(zip(spans, kinds, lifted, strict=True), 1)
    ]
    # Slowly: sign by sign.
    expected = ""
    for place in range(len(words)):
        for (start, stop), kind, gone in zip(spans, kinds, lifted, strict=True):
            if gone or not start <= place < stop:
                continue
            expected += f"[{kind.label} removed]" if place == start else ""
            break
        else:
            expected += words[place]
    assert without(blank(words), reversed(marks)).concern == expected
    assert without(blank(words), []).concern == words
