"""The index finds what reading every text finds, in every script, with and without slips."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearing_app.registry.index import Index
from hearing_app.registry.words import Term, distance, fold, joined_words, one_slip_apart, terms_among

# (language, text): what is looked for must be found by the words of people who write so.
CORPUS = (
    ("en", "Cameras read number plates at the city's edge"),
    ("en", "A template for supervision on television"),
    ("de", "Autokennzeichenerkennung und Gesichtserkennung; Überwachung der Straße"),
    ("nl", "Gezichtsvergelijking door de politie"),
    ("sv", "Ansiktsigenkänning i en skola i Skellefteå"),
    ("zh", "警察使用人脸识别系统抓拍行人闯红灯"),
    ("ja", "警察の顔認証システムとナンバープレート読取装置"),
    ("th", "ระบบจดจำใบหน้าของตำรวจ"),
    ("ru", "Распознавание лиц в московском метро; ещё камеры"),
    ("ar", "نظام التعرّف على الوجوه لدى الشرطة"),
    ("hi", "पुलिस चेहरा पहचान प्रणाली"),
    ("ko", "경찰 얼굴 인식 시스템"),
    ("fr", "Reconnaissance faciale à la préfecture de police, 2024年"),
)


@cache
def index() -> Index:
    return of(list(CORPUS))


def of(corpus: list[tuple[str, str]]) -> Index:
    joins = ("de", "nl", "sv")
    return Index(
        [f" {fold(text)}" for _, text in corpus],
        [joined_words(text) if lang in joins else "" for lang, text in corpus],
    )


class Held:
    """A register of nothing but an index."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def holds(self, term: Term) -> bool:
        return bool(self.index.holding(term).any())

    def near(self, word: str, slips: int) -> set[str]:
        return set(self.index.near(word, slips))


def found(text: str, index: Index) -> list[int]:
    wanted = terms_among(text, Held(index))
    return [row for row in range(len(index)) if all(index.holding(term)[row] for term in wanted)]


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("Kennzeichen", ["de"]),
        ("erkennung", ["de"]),
        ("Ueberwachung", ["de"]),
        ("uberwachung strasse", ["de"]),
        ("vergelijking", ["nl"]),
        ("igenkanning", ["sv"]),
        ("plate", ["en"]),
        ("vision", []),
        ("人脸识别", ["zh"]),
        ("识别系统", ["zh"]),
        ("闯红灯 警察", ["zh"]),
        ("警察", ["zh", "ja"]),
        ("顔認証", ["ja"]),
        ("ナンバープレート", ["ja"]),
        ("ใบหน้า", ["th"]),
        ("ตำรวจ", ["th"]),
        ("распознавание лиц", ["ru"]),
        ("еще", ["ru"]),
        ("Распознование", ["ru"]),
        ("شرطة", ["ar"]),
        ("الشرطة", ["ar"]),
        ("والوجوه", ["ar"]),
        ("التعرف", ["ar"]),
        ("चेहरा", ["hi"]),
        ("얼굴", ["ko"]),
        ("prefecture", ["fr"]),
        ("2024", ["fr"]),
        ("年", ["fr"]),
        ("reconaissance", ["fr"]),
        ("reconaisance", ["fr"]),
        ("gesichtserkenung", ["de"]),
    ],
)
def test_words_of_every_script_are_found(text: str, languages: list[str]) -> None:
    assert [CORPUS[row][0] for row in found(text, index())] == languages


def test_most_of_a_run_without_spaces_is_enough_where_the_whole_stands_nowhere() -> None:
    assert [CORPUS[row][0] for row in found("人脸识别系銃", index())] == ["zh"]
    assert found("人銃識別係銃", index()) == []


def test_a_slip_in_a_number_is_another_number() -> None:
    assert found("2025", index()) == []


WORDS = ["face", "faces", "plate", "police", "polizei", "kennzeichen", "erkennung", "kennzeichenerkennung"]
WORDS += [
    "警察",
    "人脸识别",
    "识别",
    "脸",
    "камера",
    "камеры",
    "anpr",
    "re offending",
    "reoffending",
    "license",
]


def stands(way: str, lang: str, text: str) -> bool:
    """The slow and obvious answer: written anew, of regular expressions, sharing nothing but the folding."""
    folded = f" {fold(text)} "
    if re.match("[\u4e00-\u9fff]", way):
        return way.strip() in folded
    if re.search(f" {re.escape(way)}", folded):
        return True
    inner = lang in {"de", "nl", "sv"} and len(way.strip()) >= 4 and " " not in way.strip()
    return inner and re.search(rf"(?<=\S\S\S){re.escape(way)}", f"{joined_words(text)} ") is not None


def text_of(draw: random.Random) -> str:
    return "".join(draw.choice([" ", "", "-"]) + word for word in draw.choices(WORDS, k=6))


def test_the_index_holds_what_reading_every_text_finds() -> None:
    draw = random.Random(20)
    for _ in range(40):
        corpus = [(draw.choice(["en", "de", "zh"]), text_of(draw)) for _ in range(12)]
        made = of(corpus)
        for _ in range(12):
            word, spaced = draw.choice(WORDS), draw.choice(WORDS[:8])
            start = word[: draw.randint(1, len(word))]
            way = draw.choice([word, start, f"{word} ", f"{spaced} {draw.choice(WORDS[:8])}"])
            way = f"{fold(way)}{' ' * way.endswith(' ')}"
            expected = [stands(way, lang, text) for lang, text in corpus]
            assert made.holding(Term((way,))).tolist() == expected, (way, corpus)
            assert [
                Term((way,)).stands_in(*pair) for pair in zip(made.texts, made.joined, strict=True)
            ] == expected, (way, corpus)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text("abcd", min_size=1, max_size=9), min_size=1, max_size=8), st.text("abcd", max_size=9))
def test_near_words_are_those_within_so_many_slips(words: list[str], word: str) -> None:
    made = of([("en", one) for one in words])
    for slips in (1, 2):
        expected = {one for one in words if one != word and plain_distance(one, word) <= slips}
        assert set(made.near(word, slips)) == expected


@cache
def plain_distance(a: str, b: str) -> int:
    """The distance by its definition: the best of every last step."""
    if not a or not b:
        return len(a) + len(b)
    best = min(
        plain_distance(a[:-1], b) + 1,
        plain_distance(a, b[:-1]) + 1,
        plain_distance(a[:-1], b[:-1]) + (a[-1] != b[-1]),
    )
    if len(a) > 1 and len(b) > 1 and (a[-1], a[-2]) == (b[-2], b[-1]):
        best = min(best, plain_distance(a[:-2], b[:-2]) + 1)
    return best


@settings(max_examples=200, deadline=None)
@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_the_distance_is_the_one_of_its_definition(a: str, b: str) -> None:
    assert distance(a, b) == plain_distance(a, b)
    assert one_slip_apart(a, b) is (plain_distance(a, b) == 1)
