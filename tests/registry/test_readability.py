"""LIX, counted by hand."""

from __future__ import annotations

import pytest

from hearing_app.registry.readability import readability


def test_it_is_what_one_counts_by_hand() -> None:
    # 12 words in 2 sentences; "cameras" and "stolen," no: "cameras" has 7 letters, "compares" has 8.
    text = "The cameras read each plate. It compares them with a list."
    found = readability(text)
    assert (found.words, found.sentences, found.long_words) == (11, 2, 2)
    assert found.lix == pytest.approx(11 / 2 + 100 * 2 / 11)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It costs 1.5 million a year and is looked after at www.example.org by two people.", 1),
        ("Is it used? Yes! It is used here, and it is used there as well...", 3),
        ("No full stop at the end of these ten plain words", 1),
    ],
)
def test_points_in_numbers_end_no_sentence(text: str, sentences: int) -> None:
    assert readability(text).sentences == sentences


@pytest.mark.parametrize(
    "text", ["", "Too short.", "这个系统读取车牌并与名单比较。" * 5, "1 2 3 4 5 6 7 8 9 10 11 12"]
)
def test_what_cannot_be_measured_is_said(text: str) -> None:
    found = readability(text)
    assert found.lix is None
    assert found.in_words.startswith("Too short to be measured")


def test_other_languages_are_measured_alike() -> None:
    found = readability("Камеры читают номер каждой машины. Они сравнивают его со списком угнанных машин.")
    assert found.lix is not None
    assert (found.words, found.sentences) == (12, 2)
