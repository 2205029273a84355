"""A mapping whose values are made when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hearing_app.evidence.when_asked import WhenAsked


def test_a_value_is_made_once_and_only_when_it_is_asked_for() -> None:
    made: list[Sequence[str]] = []

    def make(names: Sequence[str]) -> list[str]:
        made.append(names)
        return [name.upper() for name in names]

    found = WhenAsked(["a", "b", "c"], make)
    assert list(found) == ["a", "b", "c"] and len(found) == 3 and "b" in found and "d" not in found
    assert made == []
    assert found["b"] == found["b"] == "B"
    assert made == [["b"]]
    # What is missing is made together, and stands in the order of the names.
    assert list(found.items()) == [("a", "A"), ("b", "B"), ("c", "C")]
    assert made == [["b"], ["a", "c"]]
    assert dict(found) == found == {"a": "A", "b": "B", "c": "C"}
    assert list(found.values()) == ["A", "B", "C"] and len(found.items()) == 3
    assert made == [["b"], ["a", "c"]]


def test_another_name_is_not_made() -> None:
    with pytest.raises(KeyError, match="d"):
        WhenAsked(["a"], lambda names: [*names])["d"]
