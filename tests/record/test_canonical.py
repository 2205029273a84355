from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.record.canonical import canonical_json


def test_the_order_of_the_keys_does_not_matter_and_nothing_is_escaped_without_need() -> None:
    assert canonical_json({"b": [1, "ü"], "a": {"d": None, "c": "\x7f\u2028/"}}) == (
        '{"a":{"c":"\x7f\u2028/","d":null},"b":[1,"ü"]}'.encode()
    )
    assert canonical_json({"a": 1, "b": 2}) == canonical_json({"b": 2, "a": 1})


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_cannot_say_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"n": number})


_STRINGS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(_STRINGS, st.one_of(_STRINGS, st.integers(), st.lists(_STRINGS), st.none())))
def test_what_was_written_is_read_back(document: dict[str, object]) -> None:
    text = canonical_json(document)
    assert json.loads(text) == document
    assert canonical_json(json.loads(text)) == text
