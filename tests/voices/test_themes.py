"""Suggested themes: planted topics are found again, the same way each time; little text suggests nothing."""

from __future__ import annotations

import random

import pytest
from sklearn.metrics import adjusted_rand_score

from hearing_app.voices.themes import FEWEST_TEXTS, suggest, words_of

TOPICS = {
    "cost": "contract price budget money supplier tender invoice taxes licence spending".split(),  # noqa: SIM905 - a list of words
    "error": "wrong match mistake stopped innocent error false alarm apology officer".split(),  # noqa: SIM905 - a list of words
    "law": "statute court judge parliament rights article regulation power proportionate warrant".split(),  # noqa: SIM905 - a list of words
    "safety": "evening safer walk night daughter robbery street arrest burglar lamp".split(),  # noqa: SIM905 - a list of words
}


def _made(number: int, seed: int = 5) -> tuple[list[str], list[str]]:
    lots = random.Random(seed)
    common = ["camera", "city", "people", "police", "think", "face"]
    texts, labels = [], []
    for _ in range(number):
        topic = lots.choice(list(TOPICS))
        words = [*lots.choices(TOPICS[topic], k=8), *lots.choices(common, k=6)]
        lots.shuffle(words)
        texts.append(f"The {' and '.join(words)}.")
        labels.append(topic)
    return texts, labels


def test_planted_topics_are_found_again() -> None:
    texts, labels = _made(200)
    found = suggest(texts, 4)
    placed = {place: number for number, one in enumerate(found) for place in one.members}
    assert len(placed) > 180
    mine = [placed[place] for place in sorted(placed)]
    assert adjusted_rand_score([labels[place] for place in sorted(placed)], mine) > 0.9
    for one in found:
        assert max(len(set(one.words) & set(words)) for words in TOPICS.values()) == len(one.words)
    assert [len(one.members) for one in found] == sorted((len(one.members) for one in found), reverse=True)


def test_the_same_texts_give_the_same_suggestions() -> None:
    texts, _ = _made(120)
    assert suggest(texts) == suggest(list(texts))


def test_a_text_stands_in_one_suggestion_at_most() -> None:
    members = [place for one in suggest(_made(150)[0]) for place in one.members]
    assert len(members) == len(set(members))


@pytest.mark.parametrize(
    "texts", [[], ["one text"], [""] * 50, [f"word{n}" for n in range(50)], ["same"] * 50]
)
def test_where_there_is_little_nothing_is_suggested(texts: list[str]) -> None:
    assert suggest(texts) == []


def test_fewer_than_twenty_texts_are_left_to_a_person() -> None:
    assert suggest(_made(FEWEST_TEXTS - 1)[0]) == []


def test_words_that_only_carry_a_sentence_are_left_out() -> None:
    assert words_of("The cameras THAT they put over our 3 streets, ÜBER uns") == ["cameras", "put", "streets"]
