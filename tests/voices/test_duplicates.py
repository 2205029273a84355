"""Texts that belong together: planted letters are found, all pairs agree with a slow comparison."""

from __future__ import annotations

import itertools
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.voices import duplicates
from hearing_app.voices.duplicates import ALIKE, added_to, alike

WORDS = ["camera", "face", "street", "law", "board", "stop", "safe"]
LETTER = (
    "I am writing about the cameras in our high street. They compare every face with a list. "
    "Nobody told us that they were there. I ask the board to stop them until there is a law."
)


def _index(one: str, other: str) -> float:
    """The Jaccard index of runs of three words, written out."""

    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.casefold())
        size = min(3, len(words))
        return {tuple(words[place : place + size]) for place in range(len(words) - size + 1)}

    return len(runs(one) & runs(other)) / len(runs(one) | runs(other))


def test_a_letter_is_found_with_what_each_sender_added() -> None:
    texts = [
        LETTER,
        f"My son was stopped twice. {LETTER}",
        "I like the cameras, and I feel safer in the evening when I walk home.",
        LETTER.upper().replace(".", " !"),
        f"{LETTER} Please answer me.",
        LETTER,
    ]
    [found] = alike(texts)
    assert found.members == (0, 1, 3, 4, 5)
    assert texts[found.shared] == LETTER
    own = [added_to(texts[found.shared], texts[place]) for place in found.members]
    assert own == ["", "My son was stopped twice.", "", "Please answer me.", ""]


@given(
    st.lists(
        st.lists(
            st.sampled_from(["camera", "face", "street", "law", "board", "stop", "safe"]),
            min_size=1,
            max_size=12,
        ),
        max_size=14,
    )
)
@settings(max_examples=150, deadline=None)
def test_who_belongs_together_is_what_a_slow_comparison_says(drawn: list[list[str]]) -> None:
    texts = [" ".join(words) for words in drawn]
    group = list(range(len(texts)))
    for left, right in itertools.combinations(range(len(texts)), 2):
        if _index(texts[left], texts[right]) >= ALIKE:
            old, new = group[right], group[left]
            group = [new if one == old else one for one in group]
    expected = sorted(
        tuple(place for place, one in enumerate(group) if one == label)
        for label in set(group)
        if group.count(label) > 1
    )
    assert sorted(found.members for found in alike(texts)) == expected


def test_a_campaign_of_hundreds_among_hundreds_of_others() -> None:
    lots = random.Random(3)
    words = [f"word{number}" for number in range(400)]
    others = [" ".join(lots.choices(words, k=40)) + "." for _ in range(300)]
    letters = [LETTER if lots.random() < 0.7 else f"{lots.choice(others)[:60]} {LETTER}" for _ in range(400)]
    texts = [*others, *letters]
    order = lots.sample(range(len(texts)), k=len(texts))
    found = alike([texts[place] for place in order])
    assert [len(one.members) for one in found] == [400]
    assert {order[place] for place in found[0].members} == set(range(300, 700))
    own = [added_to(LETTER, texts[order[place]]) for place in found[0].members]
    assert sum(1 for words in own if words) == sum(1 for text in letters if text != LETTER)


@pytest.mark.parametrize(
    "texts", [[], [""], ["", "  ", "!!"], ["One", "Two"], ["我们反对摄像头。", "我們支持。"]]
)
def test_nothing_belongs_together_by_being_empty_or_short(texts: list[str]) -> None:
    assert alike(texts) == []


def test_short_texts_that_are_the_same_belong_together() -> None:
    [found] = alike(["Stop it!", "stop it", "Keep it"])
    assert found.members == (0, 1)


def test_many_texts_are_joined_as_when_all_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three letters among others: the quick way joins whom the whole comparison joins."""
    lots = random.Random(9)
    words = [f"word{number}" for number in range(300)]
    letters = [lots.choices(words, k=60) for _ in range(3)]
    texts = [" ".join(lots.choices(words, k=40)) for _ in range(200)]
    for _ in range(600):
        letter = list(lots.choice(letters))
        for _ in range(lots.randint(0, 4)):
            letter[lots.randrange(60)] = lots.choice(words)
        texts.append(" ".join(letter))
    whole = [one.members for one in alike(texts)]
    monkeypatch.setattr(duplicates, "_ALL_PAIRS", 10)
    assert [one.members for one in alike(texts)] == whole
    assert [len(members) for members in whole[:3]] == sorted(
        (len(members) for members in whole[:3]), reverse=True
    )
    assert sum(len(members) for members in whole) == 600
