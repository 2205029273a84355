"""Entries like another, with the reasons; the words are weighed as TF-IDF weighs them."""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
import pytest

from hearing_app.registry import similar as module
from hearing_app.registry.entry import Entry
from hearing_app.registry.register import Register
from hearing_app.registry.similar import similar


def entry(data: dict[str, Any], id: str, function: str, purpose: str, **more: Any) -> Entry:
    return Entry.model_validate(
        {**data, "id": id, "name": id, "functions": [function], "purpose": purpose, "claims": [], **more}
    )


@pytest.fixture
def register(data: dict[str, Any]) -> Register:
    maker = [{"name": "Example Systems Ltd"}]
    return Register.of(
        [
            entry(data, "one", "anpr", "Stolen lorries at the harbour.", suppliers=maker),
            entry(data, "two", "anpr", "Stolen lorries at the harbour gate.", method_family=["vision"]),
            entry(data, "three", "redaction", "Blacken names in letters.", suppliers=maker),
            entry(data, "four", "scheduling", "Plan the working week."),
        ]
    )


def test_the_likest_comes_first_and_says_why(register: Register) -> None:
    found = similar(register, "one")
    assert [one.entry.id for one in found][:2] == ["two", "three"]
    reasons = {one.entry.id: {reason.kind: reason.shared for reason in one.reasons} for one in found}
    assert reasons["two"]["functions"] == (register["one"].functions[0].label,)
    assert {"lorries", "harbour"} <= set(reasons["two"]["words"])
    assert reasons["three"]["suppliers"] == ("Example Systems Ltd",)
    assert "functions" not in reasons["three"]
    assert "one" not in reasons
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_what_has_nothing_in_common_is_not_like_it(data: dict[str, Any]) -> None:
    register = Register.of(
        [
            entry(data, "a", "anpr", "Stolen lorries.", summary="Plates."),
            entry(data, "b", "redaction", "Blacken names.", summary="Letters."),
        ]
    )
    assert similar(register, "a") == ()


def test_the_cosines_are_those_of_the_definition(register: Register) -> None:
    words = [module._words_of(one.folded) for one in register.ordered]
    vocabulary = sorted({word for one in words for word in one})
    documents = {word: sum(word in one for one in words) for word in vocabulary}

    def vector(one: list[str]) -> list[float]:
        weights = [
            (1 + log(one.count(word))) * (log((1 + len(words)) / (1 + documents[word])) + 1)
            if word in one
            else 0.0
            for word in vocabulary
        ]
        length = sum(weight * weight for weight in weights) ** 0.5
        return [weight / length for weight in weights]

    vectors = [vector(one) for one in words]
    expected = [sum(a * b for a, b in zip(vectors[0], other, strict=True)) for other in vectors]
    np.testing.assert_allclose(module._compared_in(register).cosines("one"), expected, atol=1e-5)


def test_a_changed_entry_takes_the_words_that_were_learnt(
    data: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_CHANGED", 0.5)
    first = Register.of([entry(data, f"s{n}", "anpr", f"Harbour lorries {n}.") for n in range(3)])
    module._compared_in(first)
    other = Register.of([entry(data, "s1", "anpr", "Zebra crossings and harbour.")])
    second = first.followed_by(other.rows)
    before = module._compared_in(first).vectorizer
    compared = module._compared_in(second)
    assert compared.vectorizer is before
    assert [round(float(one), 3) for one in compared.cosines("s1")][compared.place["s1"]] == 1.0
    assert all(
        reason.kind != "words" or "zebra" not in reason.shared
        for one in similar(second, "s0")
        for reason in one.reasons
    )
