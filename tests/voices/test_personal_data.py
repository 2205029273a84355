from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.voices.personal_data import find

KINDS = {
    "an e-mail address": [
        "fay.okoro+hearing@board.example",
        "a_b-c@mail.police.example",
        "Łukasz@poczta.example",
    ],
    "an IP address": ["203.0.113.7", "10.0.0.1"],
    "a telephone number": [
        "07700 900123",
        "07700900123",
        "+44 7700 900123",
        "+44 (0)20 7946 0958",
        "(020) 7946 0958",
        "020-7946-0958",
        "020\u20117946\u20110958",
        "020\u00a07946\u00a00958",
        "(313) 555-0142",
        "+1-313-555-0142",
        "313.555.0142",
        "030/90210567",
    ],
    "a National Insurance number": ["QQ 12 34 56 C", "QQ123456C", "qq123456c"],
    "a number plate": ["AB12 CDE", "AB12CDE", "ab12 cde"],
    "a postcode": ["SW1A 1AA", "SW1A1AA", "M1 1AE", "sw1a 1aa", "EC1A 1BB", "B33 8TH", "CR2 6XH", "dn55 1pt"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in KINDS.items() for text in texts])
@pytest.mark.parametrize(
    "around", ["{}", "Please write to {}.", "({})", "It was {}, I saw it.", "A line\n{}\nmore"]
)
def test_each_kind_is_found_wherever_it_stands(kind: str, text: str, around: str) -> None:
    whole = around.format(text)
    (finding,) = find(whole)
    assert finding.kind == kind
    # An opening bracket belongs to the sentence as well as to the number.
    assert whole[finding.start : finding.end].lstrip("(") == text.lstrip("(")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The force stopped 1,234,567 cars in 2019 and 2,345,678 in 2020.",
        "Of 3696 people, 1369 were scored 5 or more; that is 37.04 %.",
        "The threshold was 0.64 on 25 October 2026 at 18:30.",
        "Version 2.1.9 of the software, page 12-14, section 4.3.",
        "See @police and section 5 of the Act; write to us at the office.",
        "In Q1 2nd place went to the 3rd team on the M25 and the A40.",
        "It took 20 to 30 minutes, twice, in May and in June.",
    ],
)
def test_ordinary_sentences_are_left_alone(text: str) -> None:
    assert find(text) == []


def test_several_are_found_in_their_order_and_none_twice() -> None:
    text = "07700 900123, AB12 CDE, fay@board.example and again 07700 900123"
    found = find(text)
    assert [text[one.start : one.end] for one in found] == [
        "07700 900123",
        "AB12 CDE",
        "fay@board.example",
        "07700 900123",
    ]


@given(st.text(alphabet="aZ0159@.+-() /\n\ud800é", max_size=200))
def test_findings_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    end = 0
    for finding in find(text):
        assert end <= finding.start < finding.end <= len(text)
        end = finding.end


@pytest.mark.parametrize("sign", ["a", "0", "0 ", "(", "@", "a.", "a@", "1.", "0-"])
def test_a_long_text_takes_no_time(sign: str) -> None:
    import time

    began = time.perf_counter()
    find(sign * 3500)
    assert time.perf_counter() - began < 1
