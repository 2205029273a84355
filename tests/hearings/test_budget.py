"""What one network may send, counted with the comment itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from hearing_app.errors import Invalid, NotFound, TooMany
from hearing_app.hearings.comments.comment import find_by_receipt, submit, withdraw
from hearing_app.hearings.comments.draft import Draft
from hearing_app.people.permissions import PUBLIC
from hearing_app.people.throttle import RECEIPT_BY_ADDRESS, RECEIPT_BY_CODE, sender
from hearing_app.settings import Settings
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import attempt, comment

from .conftest import MakeDraft, Send

ADDRESS = "203.0.113.77"


def sent_by(engine: Engine, key: bytes, draft: Draft, at: datetime, address: str = ADDRESS) -> str:
    settings = Settings(comments_in_ten_minutes=3, trusted_networks="198.51.100.7")
    with writing(engine) as db:
        return submit(db, PUBLIC, key, draft, by=sender(settings, key, address, at=at), at=at).code


def rows(engine: Engine) -> tuple[int, int]:
    with reading(engine) as db:
        one, other = (
            db.execute(select(func.count()).select_from(t)).scalar_one() for t in (comment, attempt)
        )
    return one, other


def test_a_network_may_send_so_many_and_a_repeated_draft_costs_nothing(
    engine: Engine, draft: MakeDraft, receipt_key: bytes, now: datetime
) -> None:
    first = draft()
    receipts = {sent_by(engine, receipt_key, first, now) for _ in range(10)}
    assert len(receipts) == 1
    assert rows(engine) == (1, 1)
    for _ in range(2):
        sent_by(engine, receipt_key, draft(), now)
    with pytest.raises(TooMany, match="3 comments from your network") as caught:
        sent_by(engine, receipt_key, draft(), now)
    assert caught.value.retry_after == 600
    assert rows(engine) == (3, 3)
    # Its own receipt is still there for who sends the first one again.
    assert sent_by(engine, receipt_key, first, now) in receipts
    sent_by(engine, receipt_key, draft(), now, address="203.0.113.78")
    sent_by(engine, receipt_key, draft(), now + timedelta(minutes=10))


def test_a_library_may_send_more_from_one_address(
    engine: Engine, draft: MakeDraft, receipt_key: bytes, now: datetime
) -> None:
    for _ in range(12):
        sent_by(engine, receipt_key, draft(), now, address="198.51.100.7")
    assert rows(engine) == (12, 12)


def test_what_is_refused_or_rolled_back_costs_nothing(
    engine: Engine, draft: MakeDraft, receipt_key: bytes, now: datetime
) -> None:
    with pytest.raises(Invalid):
        sent_by(engine, receipt_key, draft(concern=""), now)
    by = sender(Settings(), receipt_key, ADDRESS, at=now)
    with pytest.raises(ZeroDivisionError), writing(engine) as db:
        submit(db, PUBLIC, receipt_key, draft(), by=by, at=now)
        raise ZeroDivisionError
    assert rows(engine) == (0, 0)


def test_one_receipt_can_be_asked_for_only_so_often_from_everywhere(
    engine: Engine, send: Send, receipt_key: bytes, now: datetime
) -> None:
    code = send().code
    for number in range(RECEIPT_BY_CODE.tries):
        find_by_receipt(engine, receipt_key, code, f"203.0.113.{number}", at=now)
    with pytest.raises(TooMany, match="look-ups of this receipt"):
        find_by_receipt(engine, receipt_key, code, "192.0.2.1", at=now)
    with pytest.raises(TooMany, match="look-ups of this receipt"):
        withdraw(engine, receipt_key, code, "192.0.2.1", at=now)
    other = send().code
    assert find_by_receipt(engine, receipt_key, other, "192.0.2.1", at=now)
    assert withdraw(engine, receipt_key, code, "192.0.2.1", at=now + timedelta(minutes=15))


def test_withdrawing_is_no_way_to_guess(
    engine: Engine, send: Send, receipt_key: bytes, now: datetime
) -> None:
    code = send().code
    for number in range(RECEIPT_BY_ADDRESS.tries):
        with pytest.raises(NotFound):
            withdraw(engine, receipt_key, f"{number:016d}", ADDRESS, at=now)
    with pytest.raises(TooMany):
        withdraw(engine, receipt_key, code, ADDRESS, at=now)
    assert withdraw(engine, receipt_key, code, "203.0.113.9", at=now).state == "withdrawn"


def test_no_address_is_in_any_file(
    engine: Engine, draft: MakeDraft, receipt_key: bytes, now: datetime, tmp_path: Path
) -> None:
    code = sent_by(engine, receipt_key, draft(), now)
    find_by_receipt(engine, receipt_key, code, ADDRESS, at=now)
    withdraw(engine, receipt_key, code, ADDRESS, at=now)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"hearing" in written
    assert ADDRESS.encode() not in written
    assert b"203.0.113" not in written
    assert code.encode() not in written


def test_a_line_with_many_networks_guesses_receipts_as_one_with_a_few(
    engine: Engine, receipt_key: bytes, now: datetime
) -> None:
    guesses = 0
    for place in range(8):
        for digit in range(6):
            try:
                code = f"{place}{digit}".rjust(16, "1")
                find_by_receipt(engine, receipt_key, code, f"2001:db8:0:a{place:x}::1", at=now)
            except NotFound:
                guesses += 1
            except TooMany:
                break
    assert guesses == 4 * RECEIPT_BY_ADDRESS.tries
