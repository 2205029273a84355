"""Whatever a register's file holds is a document or faults; whatever is searched for, an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_entries, read_file, validate
from hearing_app.registry.search import search
from hearing_app.registry.text import Address, Line, Post, Prose, Slug
from hearing_app.registry.words import fold
from tests.anything import ANY, TEXT, UNITS, is_linear
from tests.soon import soon

ROOT = Path(__file__).parents[2]
ENTRIES, _ = read_entries(ROOT / "registry")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.promise("H2")
@ANY
@given(name=st.sampled_from(sorted(Entry.model_fields)), value=JSON, place=st.integers(0, len(ENTRIES) - 1))
def test_an_entry_with_anything_in_a_field_is_one_or_has_faults(name: str, value: Any, *, place: int) -> None:
    data = ENTRIES[place].model_dump(mode="json") | {name: value}
    document, found = validate(data, Entry, "a.yaml")
    assert (document is None) == bool(found)
    assert all(fault.problem and fault.repair for fault in found)
    if document is not None:
        # What was read is read again as the same.
        assert validate(document.model_dump(mode="json"), Entry, "a.yaml") == (document, [])


@pytest.mark.promise("H2")
@ANY
@given(st.binary(max_size=300))
def test_a_file_of_anything_is_data_or_a_fault(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    data, found = read_file(file, "a.yaml")
    assert (data is None) == bool(found)


@pytest.mark.promise("H2")
@ANY
@given(TEXT | st.from_regex(r"[0-9]{1,5}(-[0-9]{1,3}){0,3}", fullmatch=True))
def test_anything_is_a_date_in_its_own_words_or_refused(text: str) -> None:
    try:
        date = PartialDate(text)
    except ValueError:
        return
    assert str(date) == text
    assert date.first_day <= date.last_day
    assert date.words
    assert not date.is_after(date)


@pytest.mark.promise("H2")
@ANY
@given(TEXT, st.lists(TEXT, max_size=3), st.lists(TEXT, max_size=3))
def test_anything_can_be_searched_for(text: str, functions: list[str], stages: list[str]) -> None:
    found = search(ENTRIES, text, functions=functions, stages=stages)
    assert {one.id for one in found} <= {one.id for one in ENTRIES}
    assert fold(fold(text)) == fold(text)


@pytest.mark.promise("H2")
@pytest.mark.parametrize("unit", UNITS)
def test_reading_texts_takes_time_in_proportion(unit: str) -> None:
    adapters = [TypeAdapter(kind) for kind in (Line, Prose, Slug, Address, Post)]

    def read(text: str) -> None:
        for adapter in adapters:
            try:
                adapter.validate_python(text)
            except ValidationError:
                continue

    # Longer texts are refused by their length, before any pattern.
    assert is_linear(read, unit, 200)
    with soon(2):
        read(unit * 50_000)
        search(ENTRIES, unit * 50_000)
    assert is_linear(fold, unit)
