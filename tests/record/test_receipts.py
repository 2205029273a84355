from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.errors import Invalid
from hearing_app.record.receipts import lookup_key, new_draft_id, read_receipt, receipt_of

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
RECEIPT = "0123 4567 8901 2345"


def test_a_draft_has_one_receipt_under_one_key() -> None:
    draft_id = new_draft_id()
    assert re.fullmatch("[0-9a-f]{32}", draft_id)
    assert draft_id != new_draft_id()
    code = receipt_of(KEY, draft_id)
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", code)
    assert receipt_of(KEY, draft_id) == code
    assert receipt_of(OTHER_KEY, draft_id) != code
    assert receipt_of(KEY, new_draft_id()) != code


def test_every_digit_is_as_likely_at_every_place() -> None:
    codes = [receipt_of(KEY, f"{number:032x}").replace(" ", "") for number in range(5000)]
    assert len(set(codes)) == 5000
    for place in range(16):
        counts = Counter(code[place] for code in codes)
        # 500 expected; beyond 100 away once in a million draws.
        assert set(counts) == set("0123456789")
        assert all(400 < count < 600 for count in counts.values())


def test_what_is_stored_does_not_tell_the_receipt() -> None:
    stored = lookup_key(KEY, RECEIPT)
    assert re.fullmatch("[0-9a-f]{64}", stored)
    assert stored == lookup_key(KEY, RECEIPT.replace(" ", ""))
    assert stored != lookup_key(OTHER_KEY, RECEIPT)
    assert stored != lookup_key(KEY, "0123 4567 8901 2346")
    # The two uses of one key are kept apart: a receipt's own hash is never a lookup key.
    assert int(lookup_key(KEY, "ab"), 16) % 10**16 != int(receipt_of(KEY, "ab").replace(" ", ""))


@pytest.mark.parametrize(
    "typed",
    [
        RECEIPT,
        "0123456789012345",
        "0123-4567-8901-2345",
        "0123–4567–8901–2345",
        "0123.4567.8901.2345",
        "  0123\u00a04567\t8901\n2345 ",
        "01 23 45 67 89 01 23 45",
        "０１２３ ４５６７ ８９０１ ２３４５",
        "٠١٢٣ ٤٥٦٧ ٨٩٠١ ٢٣٤٥",
    ],
)
def test_a_receipt_may_be_typed_in_many_ways(typed: str) -> None:
    assert read_receipt(typed) == RECEIPT


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "this has 0"),
        ("0123 4567 8901 234", "this has 15"),
        ("0123 4567 8901 23456", "this has 17"),
        ("O123 4567 8901 2345", "this has 15 and other signs"),
        ("0123 4567 8901 2345x", "this has 16 and other signs"),
        ("0123 4567 8901 2345\0", "this has 16 and other signs"),
        ("²123 4567 8901 2345", "this has 15 and other signs"),
        ("1" * 100_000, "this has 100000"),
    ],
)
def test_anything_else_is_refused_with_the_count(typed: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read_receipt(typed)


@given(st.text())
def test_no_text_is_more_than_refused(typed: str) -> None:
    try:
        read = read_receipt(typed)
    except Invalid:
        return
    assert re.fullmatch(r"[0-9]{4}( [0-9]{4}){3}", read)
