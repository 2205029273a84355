"""Whatever is typed as a receipt is one, in its one form, or is refused in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.errors import Invalid
from hearing_app.record.receipts import read_receipt, receipt_of
from tests.anything import ANY, TEXT, UNITS, is_linear


@pytest.mark.promise("H2")
@ANY
@given(TEXT | st.text(alphabet="0123456789 .-–٣１", max_size=30))
def test_anything_is_a_receipt_or_refused(text: str) -> None:
    try:
        read = read_receipt(text)
    except Invalid as refused:
        assert "16 digits" in str(refused)
    else:
        assert re.fullmatch(r"[0-9]{4}( [0-9]{4}){3}", read)
        assert read_receipt(read) == read


@pytest.mark.promise("H2")
@ANY
@given(st.binary(min_size=32, max_size=32), st.text(alphabet="0123456789abcdef", min_size=32, max_size=32))
def test_every_receipt_is_read_back(key: bytes, draft_id: str) -> None:
    made = receipt_of(key, draft_id)
    for typed in (made, made.replace(" ", ""), made.replace(" ", "-"), f"  {made}\n"):
        assert read_receipt(typed) == made


@pytest.mark.promise("H2")
@pytest.mark.parametrize("unit", UNITS)
def test_reading_takes_time_in_proportion(unit: str) -> None:
    def read(text: str) -> None:
        with pytest.raises(Invalid):
            read_receipt(text)

    assert is_linear(read, unit, 5_000)
