"""A reader's words: other ways to say them, and slips of the hand forgiven."""

from __future__ import annotations

import pytest

from hearing_app.registry.words import SAME, fold, one_slip_apart, terms

TEXTS = [" cameras read number plates", " faces in the street", " predictive policing", " anpr"]


def found(text: str) -> list[str]:
    wanted = terms(text, TEXTS)
    return [one.strip() for one in TEXTS if all(term.stands_in(one) for term in wanted)]


@pytest.mark.parametrize(
    "text", ["license plate", "Licence plates", "number-plate", "ALPR", "registration plate"]
)
def test_a_plate_is_a_plate_under_every_name(text: str) -> None:
    assert found(text) == ["cameras read number plates", "anpr"]


def test_other_ways_of_saying_find_the_same() -> None:
    assert found("facial") == found("face") == found("faces") == ["faces in the street"]
    assert found("forecasts") == ["predictive policing"]
    assert found("cctv number plates") == ["cameras read number plates"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [("anrp", "anpr"), ("predictve", "predictive policing"), ("facal", "faces in the street")],
)
def test_one_slip_is_forgiven(text: str, meant: str) -> None:
    assert meant in found(text)


def test_a_word_that_stands_there_is_no_slip() -> None:
    assert [term.ways for term in terms("read", [" read", " reads road"])] == [("read",)]


def test_a_plural_finds_the_singular_as_a_whole_word() -> None:
    [term] = terms("plates", [" plates"])
    assert term.stands_in(" a plate") and term.stands_in(" a plate reader")
    [term] = terms("compas", [" compas"])
    assert not term.stands_in(" a company")


def test_short_words_and_two_slips_are_not_forgiven() -> None:
    assert found("stret") == ["faces in the street"]
    assert found("sret") == found("tbe") == []


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("anpr", "anrp", True),
        ("face", "fact", True),
        ("face", "faces", True),
        ("faces", "aces", True),
        ("", "a", True),
        ("face", "face", False),
        ("abcd", "badc", False),
        ("abc", "acd", False),
        ("abc", "abcde", False),
    ],
)
def test_one_slip_is_a_letter_wrong_missing_added_or_two_exchanged(a: str, b: str, expected: bool) -> None:
    assert one_slip_apart(a, b) is one_slip_apart(b, a) is expected


def test_the_ways_of_saying_are_folded_and_stand_in_one_group_each() -> None:
    ways = [way for group in SAME for way in group]
    assert ways == [fold(way) for way in ways]
    assert len(set(ways)) == len(ways)
