"""Signs that no eye sees: those that a language needs stay, those that only hide or turn something go."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.voices.signs import MOST_MARKS, is_blank, runs_right_to_left, shown

JOINED = [
    "نمی‌خواهم",
    "ه‍ ۱۴۰۲",
    "क्‍ष",
    "ശ്രീ ന്‍",
    "👩‍👩‍👧‍👦 👨🏽‍⚕️ 🏳️‍🌈",
    "❤️ ©️ ‼️ 1️⃣ #️⃣",
    "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f Cymru",
    "葛\U000e0100城市",
    "ᠮᠣᠩᠭᠣᠯ᠎ᠠ",
    "ភាសា\u200bខ្មែរ",
    "שלום\u200f! (abc)",
    "العربية\u200e +44",
    "\u1100\u1160\u11a8",
    "ḿ̄̂",
]


@pytest.mark.parametrize("text", JOINED)
def test_what_a_language_or_a_picture_needs_stays(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("pay\u200bpal", "paypal"),
        ("pay\u200cpal \u200dx", "paypal x"),
        ("so\u00adft", "soft"),
        ("a\u2060b\ufeffc\u2063d", "abcd"),
        ("\u200eRLM and LRM\u200f\u061c", "RLM and LRM"),
        ("a\u034fb", "ab"),
        ("x\ufe0f\u180b", "x"),
        ("😀\ufe0f\ufe01\U000e0101\U000e0102", "😀\ufe0f"),
        ("\U0001f3f4\U000e0068\U000e0069", "\U0001f3f4"),
        ("hi\U000e0001\U000e0068\U000e007f", "hi"),
        ("\u3164\uffa0name\u115f\u1160", "name"),
        ("می\u200c\u200c\u200cخواهم", "می\u200cخواهم"),
        ("a\ufff9b\ufffac\ufffb", "abc"),
        ("one\u2028two\u2029three", "one\ntwo\n\nthree"),
        ("a\r\nb\rc\x85d\x0be", "a\nb\ncde"),
    ],
)
def test_what_only_hides_goes(text: str, left: str) -> None:
    assert shown(text) == left


def test_a_tower_of_accents_does_not_cover_other_lines() -> None:
    assert shown("e" + "\u0301" * 500) == "e" + "\u0301" * MOST_MARKS


@pytest.mark.parametrize(
    "text", ["", " ", "\u3164", "\u200b\u2060", "\u2800\u2800", "\ufe0f\u200d", "\u00ad\u202e"]
)
def test_what_nobody_could_see_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "字", ".", "😀", "ب"])
def test_what_can_be_seen_is_not_blank(text: str) -> None:
    assert not is_blank(text)


def test_letters_from_right_to_left_are_known_and_marks_alone_are_none() -> None:
    assert runs_right_to_left("Who is משה?")
    assert runs_right_to_left("١٢٣")
    assert not runs_right_to_left("Grüße, 100 % \u200f")


_SIGNS = st.text(
    st.sampled_from("ab 1א\u0643\u0915\u094d\U0001f468\U0001f3f4\U000e0067\U000e007f\u1100\u115f\u1160\u0e01")
    | st.sampled_from(
        "\u200b\u200c\u200d\u200e\u200f\u202e\u2066\u2069\ufe0f\u180e\u034f\u00ad\u0301\r\n\u2028"
    )
    | st.characters()
)


@given(_SIGNS)
def test_what_is_shown_once_is_shown_the_same_again(text: str) -> None:
    once = shown(text)
    assert shown(once) == once
    assert not set(once) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00ad\ufeff\u2060")
    assert all(unicodedata.category(sign) not in {"Cc", "Cs"} or sign in "\n\t" for sign in once)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_is_never_changed(text: str) -> None:
    assert shown(text) == text
