"""A mapping whose values are made when they are asked for."""

from __future__ import annotations

import pytest

from hearing_app.evidence.when_asked import WhenAsked


def test_a_value_is_made_once_and_only_when_it_is_asked_for() -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    found = WhenAsked(["a", "b", "c"], make)
    assert list(found) == ["a", "b", "c"] and len(found) == 3 and "b" in found and "d" not in found
    assert made == []
    assert found["b"] == found["b"] == "B"
    assert made == ["b"]
    assert dict(found) == {"a": "A", "b": "B", "c": "C"}
    assert found == {"a": "A", "b": "B", "c": "C"}
    assert sorted(made) == ["a", "b", "c"]


def test_another_name_is_not_made() -> None:
    with pytest.raises(KeyError, match="d"):
        WhenAsked(["a"], str.upper)["d"]
