from __future__ import annotations

import json
import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from hearing_app.errors import Conflict, HearingError, Invalid, NotFound, TooMany
from hearing_app.hearings.comments.comment import (
    AlreadySent,
    Comment,
    Receipt,
    check_letter,
    comment_by_receipt,
    find_by_receipt,
    submit,
)
from hearing_app.hearings.comments.draft import Link
from hearing_app.hearings.comments.lists import published_comments
from hearing_app.hearings.comments.speaking import FIELDS as WISH
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.vocabulary import Consent, State
from hearing_app.people.permissions import PUBLIC
from hearing_app.record.ledger import events, faults
from hearing_app.record.receipts import receipt_of
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import comment, ledger_content, ledger_private
from tests.hearings.conftest import Decide, Leave, Look, MakeDraft, Send

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def kinds(engine: Engine) -> list[str]:
    with reading(engine) as db:
        assert faults(db) == []
        return [event.kind for event in events(db) if event.kind.startswith("comment.")]


def bytes_of(engine: Engine) -> bytes:
    folder = Path(str(engine.url.database)).parent
    return b"\n".join(path.read_bytes() for path in sorted(folder.glob("hearing.sqlite*")))


def test_a_comment_is_kept_to_the_letter(
    engine: Engine, draft: MakeDraft, receipt_key: bytes, now: datetime
) -> None:
    written = draft(
        concern="  Who checks the pictures?\r\n\u202eAnd e\u0301 stays as it is typed. =1+1  ",
        value_seen="None",
        ask="Publish 'the' \"list\"; DROP TABLE comment",
        target="metric",
        comment_type="question",
        stance="oppose",
        standing=("affected", "family"),
        display_name="Łukasz O’Neill",
        consent="text_and_name",
        language_declared="en",
        evidence=(Link("https://example.org/r", "A report"), Link("http://example.org")),
        pinned={"dataset": "compas", "figures": [{"value": 0.4484679665738162, "low": None}]},
    )
    with writing(engine) as db:
        receipt = submit(db, PUBLIC, receipt_key, written, at=now)
    with reading(engine) as db:
        found = comment_by_receipt(db, receipt_key, receipt.code)
        content = json.loads(
            db.execute(select(ledger_content).order_by(ledger_content.c.seq.desc())).all()[0].content
        )
        private = json.loads(db.execute(select(ledger_private.c.content)).scalar_one())
    assert receipt == Receipt(
        receipt_of(receipt_key, written.draft_id), found.comment_id, now, State.SUBMITTED, False
    )
    for name, value in asdict(written).items():
        # A wish to speak stands by itself.
        if name not in {"draft_id", *WISH}:
            expected = list(value) if isinstance(value, tuple) else value
            assert getattr(found, name) == expected, name
            # A view and a standing are committed to, and never stand with what may be shown.
            hidden = name in {"stance", "standing"}
            assert (private if hidden else content)[name] == expected, name
            assert hidden == (name not in content), name
    assert (found.state, found.submitted_at, found.state_at, found.reason_id) == ("submitted", now, now, "")
    assert (found.language, found.public_name) == ("en", "Łukasz O’Neill")
    assert kinds(engine) == ["comment.submitted"]
    assert written.draft_id.encode() not in bytes_of(engine)
    assert receipt.code.replace(" ", "").encode() not in bytes_of(engine)


def test_the_language_is_found_and_what_was_declared_wins(send: Send, look: Look) -> None:
    words = "Ich möchte wissen, wer sich die Bilder ansieht und wann sie gelöscht werden."
    found = look(send(concern=words).code)
    assert (found.language_detected, found.language_detector, found.language) == (
        "de",
        "langdetect 1.0.9",
        "de",
    )
    assert look(send(concern=words, language_declared="gsw").code).language == "gsw"
    assert look(send().code).language == "und"


@pytest.mark.parametrize(
    ("consent", "name", "shown"),
    [
        ("text_and_name", "Fay", "Fay"),
        ("text_and_name", "  Fay ", "Fay"),
        ("text_only", "Fay", "No name given"),
        ("facilitators_only", "Fay", "No name given"),
        ("panel_only", "Fay", "No name given"),
    ],
)
def test_a_name_is_shown_only_by_consent(send: Send, look: Look, consent: str, name: str, shown: str) -> None:
    assert look(send(consent=consent, display_name=name).code).public_name == shown


def test_a_name_that_was_left_empty_before_it_was_asked_for_is_still_no_name(
    engine: Engine, send: Send, look: Look
) -> None:
    receipt = send(consent="text_and_name", display_name="Fay")
    with writing(engine) as db:
        db.execute(update(comment).values(display_name="  "))
    assert look(receipt.code).public_name == "No name given"


def test_the_same_draft_from_sixteen_threads_is_one_comment(
    engine: Engine, draft: MakeDraft, receipt_key: bytes, now: datetime
) -> None:
    written = draft()

    def send_again(place: int) -> Receipt:
        with writing(engine) as db:
            return submit(db, PUBLIC, receipt_key, written, at=now + timedelta(seconds=place))

    with ThreadPoolExecutor(16) as pool:
        receipts = list(pool.map(send_again, range(16)))
    assert Counter(receipt.repeated for receipt in receipts) == {False: 1, True: 15}
    assert len({(one.code, one.comment_id, one.submitted_at, one.state) for one in receipts}) == 1
    with reading(engine) as db:
        assert len(db.execute(select(comment)).all()) == 1
    assert kinds(engine) == ["comment.submitted"]


def test_what_arrived_first_stays_even_after_the_hearing_has_closed(
    send: Send, look: Look, hearing: Hearing
) -> None:
    first = send(draft_id="a" * 32)
    again = send(draft_id="a" * 32, at=hearing.closes_at)
    assert (again.code, again.comment_id, again.repeated) == (first.code, first.comment_id, True)
    assert look(first.code).concern == "Who checks the pictures that are kept?"


@pytest.mark.parametrize(
    "changes",
    [
        {"concern": "Other words under the same number."},
        {"ask": "One more."},
        {"consent": "facilitators_only"},
        {"stance": "oppose"},
        {"standing": ("affected",)},
        {"evidence": (Link("https://example.org"),)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_sent_draft_with_other_words_is_refused_and_what_arrived_first_stays(
    engine: Engine, send: Send, look: Look, changes: dict[str, Any]
) -> None:
    first = send(draft_id="a" * 32)
    kept = look(first.code)
    with pytest.raises(AlreadySent, match="what arrived first stays") as caught:
        send(draft_id="a" * 32, **changes)
    assert isinstance(caught.value, Conflict)
    assert caught.value.receipt == replace(first, repeated=True)
    assert look(first.code) == kept
    assert kinds(engine) == ["comment.submitted"]


def test_the_same_answers_of_every_kind_are_the_same(send: Send) -> None:
    answers: dict[str, Any] = {
        "draft_id": "c" * 32,
        "standing": ("affected", "family"),
        "evidence": (Link("https://example.org/r", "A report"), Link("http://example.org")),
        "display_name": "Łukasz",
        "consent": "text_and_name",
        "pinned": {"figures": [0.1]},
    }
    assert send(**answers).code == send(**answers).code
    # The figures are computed anew each time, so a new release of the data is no other comment.
    assert send(**answers | {"pinned": {"figures": [0.2]}}).repeated


def test_other_drafts_have_other_receipts(send: Send) -> None:
    receipts = [send() for _ in range(5)]
    assert len({one.code for one in receipts}) == len({one.comment_id for one in receipts}) == 5


@pytest.mark.parametrize(("seconds", "says"), [(-1, None), (0, "has closed"), (86400, "has closed")])
def test_the_closing_moment_is_too_late(
    engine: Engine, send: Send, hearing: Hearing, seconds: int, says: str | None
) -> None:
    assert hearing.closes_at
    at = hearing.closes_at + timedelta(seconds=seconds)
    if says is None:
        assert send(at=at).state == State.SUBMITTED
        return
    with pytest.raises(Conflict, match=says) as caught:
        send(at=at)
    assert "Your words are still" in caught.value.kept
    assert kinds(engine) == []


def test_before_the_opening_moment_it_is_too_early(engine: Engine, send: Send, hearing: Hearing) -> None:
    assert hearing.opens_at
    with pytest.raises(Conflict, match="has not opened yet"):
        send(at=hearing.opens_at - timedelta(microseconds=1))
    assert kinds(engine) == []
    assert send(at=hearing.opens_at).state == State.SUBMITTED


def test_a_comment_is_on_a_system_and_a_version_that_are_heard(engine: Engine, send: Send) -> None:
    for changes, field in (
        ({"system_id": "drones"}, "system_id"),
        ({"system_version": 2}, "system_version"),
        ({"system_version": 0}, "system_version"),
        ({"system_version": -(2**70)}, "system_version"),
    ):
        with pytest.raises(Invalid) as caught:
            send(**changes)
        assert [fault.field for fault in caught.value.faults] == [field]
    with pytest.raises(NotFound):
        send(hearing_id="parking")
    assert kinds(engine) == []


def test_figures_of_another_system_are_refused(engine: Engine, send: Send) -> None:
    with pytest.raises(Invalid) as caught:
        send(pinned={"system": "compas", "figures": []})
    assert [fault.field for fault in caught.value.faults] == ["pinned"]
    assert kinds(engine) == []


def test_what_is_wrong_with_the_words_and_with_the_place_is_said_in_one_answer(send: Send) -> None:
    with pytest.raises(Invalid) as caught:
        send(concern="short", system_id="drones")
    assert [fault.field for fault in caught.value.faults] == ["concern", "system_id"]
    with pytest.raises(NotFound):
        send(concern="short", hearing_id="parking")


def test_a_draft_with_faults_is_refused_and_its_words_are_kept_by_the_form(
    engine: Engine, send: Send
) -> None:
    with pytest.raises(Invalid) as caught:
        send(concern="x" * 2001, ask="y" * 501, pinned={"value": float("nan")})
    assert [fault.field for fault in caught.value.faults] == ["concern", "ask", "pinned"]
    assert caught.value.kept == "Your words are still here."
    assert kinds(engine) == []


@pytest.mark.parametrize("consent", ["facilitators_only", "panel_only"])
def test_what_is_not_to_be_published_is_held_and_can_never_be(
    engine: Engine, send: Send, look: Look, move: Decide, consent: str
) -> None:
    receipt = send(consent=consent)
    found = look(receipt.code)
    assert (receipt.state, found.state, found.reason_id, found.decided_by) == ("held", "held", "R9", "rule")
    assert kinds(engine) == ["comment.submitted", "comment.held"]
    for seen in State:
        with pytest.raises(Conflict):
            move(receipt.comment_id, State.PUBLISHED, seen)
    assert look(receipt.code) == found
    # Not even a row that says "published" shows it.
    with writing(engine) as db:
        db.execute(update(comment).values(state=State.PUBLISHED))
        assert published_comments(db, found.hearing_id) == []


@pytest.mark.parametrize("published", [False, True])
def test_withdrawn_words_are_in_no_file_and_the_ledger_verifies(
    engine: Engine, send: Send, move: Decide, leave: Leave, published: bool
) -> None:
    words = {
        name: " ".join(f"{name}{place}word" for place in range(40)) for name in ("concern", "value_seen")
    }
    words["ask"] = "The panel should ask them who looked at my picture and why they did."
    receipt = send(
        **words,
        display_name="Łukasz Unmistakable",
        consent="text_and_name",
        standing=("affected",),
        evidence=(Link("https://unmistakable.example/link", "An unmistakable title"),),
        pinned={"dataset": "unmistakable"},
        language_declared="cy",
    )
    elsewhere = "These words belong to somebody else and stay here."
    send(concern=elsewhere)
    if published:
        move(receipt.comment_id, State.PUBLISHED)
        move(receipt.comment_id, State.HELD, State.PUBLISHED, note="unmistakable note of a facilitator")
    before = bytes_of(engine)
    spans = [
        " ".join(parts[start : start + 8]).encode()
        for parts in (text.split(" ") for text in words.values())
        for start in range(len(parts) - 7)
    ]
    assert all(span in before for span in spans)

    later = receipt.submitted_at + timedelta(days=1)
    gone = leave(receipt.code, at=later)
    after = bytes_of(engine)
    assert not any(span in after for span in spans)
    assert b"nmistakable" not in after
    assert elsewhere.encode() in after
    assert (gone.state, gone.state_at, gone.decided_by) == ("withdrawn", later, "author")
    left = asdict(gone)
    for name in (
        "concern",
        "value_seen",
        "ask",
        "stance",
        "display_name",
        "reason_note",
        "language_declared",
    ):
        assert left[name] == "", name
    assert (left["standing"], left["evidence"], left["pinned"]) == ([], [], None)
    assert (gone.comment_id, gone.submitted_at) == (receipt.comment_id, receipt.submitted_at)
    assert kinds(engine)[-1] == "comment.withdrawn"


def test_no_copy_stays_behind_in_the_pages_that_rows_have_left(
    engine: Engine, send: Send, look: Look, move: Decide, leave: Leave
) -> None:
    # Rows grow when they are decided on, so SQLite moves their neighbours from page to page. With this seed
    # and the log emptied but the file not rebuilt, some of the ninety comments could still be read.
    chance = random.Random(6)
    receipts = []
    for place in range(90):
        words = " ".join(
            f"mark{place:03d}mark{chance.randrange(10**6)}" for _ in range(chance.randrange(3, 80))
        )
        receipts.append(send(concern=words[:2000]))
        one = chance.choice(receipts)
        if look(one.code).state == State.SUBMITTED:
            move(one.comment_id, State.HELD, note="A long note. " * chance.randrange(1, 38))
    order = list(range(90))
    chance.shuffle(order)
    for place in order:
        assert f"mark{place:03d}mark".encode() in bytes_of(engine)
        leave(receipts[place].code)
        assert f"mark{place:03d}mark".encode() not in bytes_of(engine)
    assert b"A long note" not in bytes_of(engine)
    assert kinds(engine).count("comment.withdrawn") == 90


def test_withdrawing_twice_changes_nothing(engine: Engine, send: Send, leave: Leave, now: datetime) -> None:
    receipt = send()
    first = leave(receipt.code, at=now)
    assert leave(receipt.code, at=now + timedelta(days=1)) == first
    assert kinds(engine) == ["comment.submitted", "comment.withdrawn"]


def test_two_withdrawals_at_once_are_one(engine: Engine, send: Send, leave: Leave) -> None:
    receipt = send()
    with ThreadPoolExecutor(4) as pool:
        states = list(pool.map(lambda _: leave(receipt.code).state, range(4)))
    assert states == ["withdrawn"] * 4
    assert kinds(engine) == ["comment.submitted", "comment.withdrawn"]


def test_a_withdrawn_draft_that_is_sent_again_stays_withdrawn(send: Send, leave: Leave) -> None:
    receipt = send(draft_id="b" * 32)
    leave(receipt.code)
    again = send(draft_id="b" * 32, concern="Other words, for nothing is left to compare with.")
    assert (again.state, again.comment_id, again.repeated) == ("withdrawn", receipt.comment_id, True)


def test_a_receipt_finds_its_comment_however_it_is_typed_and_no_other(
    engine: Engine, send: Send, look: Look, leave: Leave
) -> None:
    receipt = send()
    assert (
        look(receipt.code.replace(" ", "-"))
        == look(f" {receipt.code.replace(' ', '')} ")
        == look(receipt.code)
    )
    last = receipt.code[:-1] + str((int(receipt.code[-1]) + 1) % 10)
    with pytest.raises(NotFound):
        look(last)
    with pytest.raises(Invalid):
        look(receipt.comment_id)
    with reading(engine) as db, pytest.raises(NotFound):
        comment_by_receipt(db, bytes(32), receipt.code)
    with pytest.raises(NotFound):
        leave(last)


def test_receipts_cannot_be_guessed_more_than_five_times_a_minute(
    engine: Engine, send: Send, receipt_key: bytes, now: datetime
) -> None:
    receipt = send()

    def guess(code: str, address: str = "203.0.113.7", at: datetime = now) -> Comment | type[HearingError]:
        try:
            return find_by_receipt(engine, receipt_key, code, address, at=at)
        except HearingError as refusal:
            return type(refusal)

    for _ in range(9):
        assert isinstance(guess(receipt.code), Comment)
    assert guess("no receipt") is Invalid
    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(guess, [f"{number:016d}" for number in range(20)]))
    assert outcomes == {NotFound: 5, TooMany: 15}
    assert guess(receipt.code) is TooMany
    assert isinstance(guess(receipt.code, address="203.0.113.8"), Comment)
    assert isinstance(guess(receipt.code, at=now + timedelta(seconds=60)), Comment)


def test_a_comments_number_can_be_read_aloud_and_checks_itself(send: Send) -> None:
    number = send().comment_id
    assert re.fullmatch(rf"C-2026-[{SIGNS}]{{7}}", number)
    signs = number[2:6] + number[7:]
    assert check_letter(signs[:-1]) == signs[-1]


def test_the_check_letter_shows_every_wrong_sign_and_swapped_neighbours() -> None:
    chance = random.Random(7)
    for _ in range(60):
        signs = "2026" + "".join(chance.choice(SIGNS) for _ in range(6))
        signs += check_letter(signs)
        for place, sign in enumerate(signs):
            for wrong in SIGNS.replace(sign, ""):
                changed = signs[:place] + wrong + signs[place + 1 :]
                assert check_letter(changed[:-1]) != changed[-1]
        for place in range(len(signs) - 1):
            one, two = signs[place], signs[place + 1]
            swapped = signs[:place] + two + one + signs[place + 2 :]
            unseen = check_letter(swapped[:-1]) == swapped[-1]
            assert unseen == (abs(SIGNS.index(one) - SIGNS.index(two)) in (0, 16))


def test_no_consent_is_public_by_accident(send: Send) -> None:
    for consent in Consent:
        assert send(consent=str(consent), display_name="Fay").state == (
            "submitted" if "text" in consent else "held"
        )
