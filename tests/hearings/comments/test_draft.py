from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.errors import Fault
from hearing_app.hearings.comments.draft import (
    LARGEST_PINNED,
    LIMITS,
    Draft,
    Link,
    check_draft,
    still_wrong,
)
from hearing_app.hearings.vocabulary import LANGUAGES, CommentType, Consent, Stance, Standing, Target
from hearing_app.voices.signs import length

ENOUGH = "Twenty letters and on"
A_LINK = Link("https://example.org/report", "A report")


def fits(**changes: Any) -> list[Fault]:
    fields: dict[str, Any] = {
        "draft_id": "0123456789abcdef" * 2,
        "hearing_id": "cameras",
        "system_id": "street-cameras",
        "system_version": 1,
        "concern": ENOUGH,
    }
    return check_draft(Draft(**(fields | changes)))


def faulty(**changes: Any) -> list[str]:
    return [fault.field for fault in fits(**changes)]


def test_the_limits_are_those_that_were_promised() -> None:
    said = {"concern": 2000, "value_seen": 1000, "ask": 500, "display_name": 60}
    assert said | {"target_detail": 200, "access_needs": 500} == LIMITS


def test_a_short_comment_and_a_full_one_can_be_sent() -> None:
    assert fits() == []
    full = fits(
        **{name: "ü" * limit for name, limit in LIMITS.items()},
        target="metric",
        comment_type="question",
        stance="oppose",
        standing=tuple(str(value) for value in Standing),
        consent="panel_only",
        language_declared="zh-Hant-TW",
        evidence=(Link("https://example.org/" + "a" * 480, "t" * 120),) * 5,
        pinned={"dataset": "compas", "figures": [0.4484679665738162, None]},
        speaking="phone_or_video",
        interpreter=True,
        interpreter_language="so",
        first_time=False,
    )
    assert full == []


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
@pytest.mark.parametrize("sign", ["a", "字", "😀", "e\u0301", "각"])
def test_one_over_a_limit_is_refused_with_the_count_and_nothing_is_cut(
    name: str, limit: int, sign: str
) -> None:
    wish = {"speaking": "in_person"} if name == "access_needs" else {}
    assert fits(**({"concern": ENOUGH} | wish | {name: sign * limit})) == []
    changes = {"concern": ENOUGH, name: sign * (limit + 1)} | wish
    (fault,) = fits(**changes)
    assert fault.field == name
    assert f"has {limit + 1:,} characters; at most {limit:,} fit" in fault.problem
    assert fault.repair == "Please shorten it by 1. Nothing was cut."


@pytest.mark.parametrize("nothing", ["\u3164", "\u200b\u2060", "\u202e \u2069", "\u2800"])
def test_what_nobody_can_see_is_no_name_and_no_sentence(nothing: str) -> None:
    assert faulty(consent=Consent.TEXT_AND_NAME, display_name=nothing) == ["display_name"]
    # A blank cell of Braille has a width, and stands for a blank in Braille.
    assert nothing == "\u2800" or faulty(concern=f"{nothing * 20}short") == ["concern"]
    assert fits(consent=Consent.TEXT_AND_NAME, display_name=f"Jo{nothing}") == []


def test_letters_with_accents_count_once_however_they_are_stored() -> None:
    assert length("é") == length("e\u0301") == 1
    assert length("각") == length("\u1100\u1161\u11a8") == 1
    assert length("") == 0


def test_nineteen_characters_are_too_few_and_blanks_do_not_count() -> None:
    assert fits(concern="x" * 20) == []
    assert fits(concern="x" * 10, value_seen="y" * 5, ask="z" * 5) == []
    for changes in ({"concern": "x" * 19}, {"concern": " x" + " " * 50}, {"concern": "\n" * 2000}):
        assert faulty(**changes) == ["concern"]
    (fault,) = fits(concern="x" * 15, ask="x" * 4)
    assert "at least one sentence (20 characters) in one of the three boxes" in fault.problem
    assert fault.repair == "Together they have 19 so far."
    assert faulty(concern="", value_seen="", ask="") == ["concern"]


@pytest.mark.parametrize("sign", ["\0", "\ud800", "\udfff"])
@pytest.mark.parametrize("name", [*LIMITS, "hearing_id", "system_id"])
def test_what_no_database_keeps_is_refused(name: str, sign: str) -> None:
    assert name in faulty(**({"concern": ENOUGH} | {name: ENOUGH + sign}))


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
def test_so_it_is_in_links_and_pinned_figures(sign: str) -> None:
    assert faulty(evidence=(A_LINK, Link(A_LINK.url, "A report" + sign))) == ["evidence.1"]
    assert faulty(evidence=(Link(A_LINK.url + sign),)) == ["evidence.0"]
    assert faulty(pinned={"dataset": "\ud800"}) == ["pinned"]


@pytest.mark.parametrize("sign", ["\n", "\r", "\t", "\x0b", "\x1b", "\x85", "\u2028", "\u2029"])
def test_a_name_is_one_line(sign: str) -> None:
    assert faulty(display_name=f"Fay{sign}Okoro") == ["display_name"]
    assert fits(display_name="Fay Okoro-O’Neill") == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("target", Target),
        ("comment_type", CommentType),
        ("stance", Stance),
        ("consent", Consent),
    ],
)
def test_a_choice_is_one_of_the_list(name: str, values: Any) -> None:
    for value in values:
        assert fits(**{name: str(value)}, display_name="Fay") == []
    for value in ("", "other one", "Oppose", " oppose", "\ud800", "x" * 100_000, next(iter(values)).label):
        (fault,) = fits(**{name: value})
        assert fault.field == name
        assert len(fault.problem) < 100
        str(fault).encode()


@pytest.mark.parametrize("name", ["target", "comment_type"])
def test_what_only_the_author_can_choose_is_asked_for(name: str) -> None:
    (fault,) = fits(**{name: ""})
    assert (fault.field, fault.problem) == (name, "Nothing is chosen yet.")
    assert fault.repair.startswith("Please choose wh")


@pytest.mark.parametrize("name", ["", "  ", "\u00a0"])
def test_a_name_that_is_to_be_shown_is_there(name: str) -> None:
    (fault,) = fits(consent="text_and_name", display_name=name)
    assert (fault.field, fault.problem) == ("display_name", "You chose to show a name.")
    assert fault.repair == "Please write it, or choose “without a name”."
    assert fits(consent="text_and_name", display_name="Fay") == []
    assert fits(consent="text_only", display_name=name) == []


def test_standing_may_be_several_each_once() -> None:
    assert fits(standing=("affected", "lives_in_area")) == []
    assert faulty(standing=("affected", "somebody")) == ["standing"]
    assert faulty(standing=("affected", "affected")) == ["standing"]


@pytest.mark.parametrize("tag", [*LANGUAGES, "zh-Hant", "de-1996", "sr-Latn-RS", "a" * 3 + "-bcdefghi" * 3])
def test_a_language_tag_is_taken(tag: str) -> None:
    assert fits(language_declared=tag) == []


@pytest.mark.parametrize(
    "tag",
    ["e", "english", "en_GB", "en-", "-en", "en GB", "en\n", "ён", "en-" + "abc-" * 8 + "abcd", "\ud800"],
)
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    assert faulty(language_declared=tag) == ["language_declared"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://example.org/a?b=c#d",
        "HTTPS://EXAMPLE.ORG/",
        "https://bücher.example/straße",
        "https://[2001:db8::1]:8443/x",
        "https://example.org/a@b",
    ],
)
def test_a_web_address_is_taken(url: str) -> None:
    assert fits(evidence=(Link(url),)) == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/x",
        "javascript:alert(1)",
        "JaVaScRiPt://example.org/%0aalert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "ftp://example.org",
        "https:",
        "https://",
        "https:///path",
        "https:example.org",
        "https://user@example.org",
        "https://user:secret@example.org",
        "https://board.example\\@evil.example",
        "https://exa mple.org",
        " https://example.org",
        "https://example.org/\u00a0x",
        "https://example.org/\u202egpj.exe",
        "https://exam\u200bple.org",
        "https://example.org:99999/",
        "https://example.org:port/",
        "https://[::1",
    ],
)
def test_anything_else_is_no_link(url: str) -> None:
    (fault,) = fits(evidence=(A_LINK, Link(url)))
    assert fault.field == "evidence.1"
    assert fault.problem.startswith("Link 2")
    assert ("is not a web address" if url else "has no address") in fault.problem


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("example.org/story", "https://example.org/story"),
        ("www.example.org", "https://www.example.org"),
        ("example.org/a?b=https://x", "https://example.org/a?b=https://x"),
        ("javascript:alert(1)", ""),
        ("me@example.org", ""),
        ("x", ""),
        ("./report", ""),
        ("//example.org", ""),
        ("exa mple.org", ""),
        ("example.org/\u202egpj", ""),
        ("example.org/" + "a" * 485, ""),
    ],
)
def test_who_left_out_the_beginning_of_a_link_reads_what_to_type(typed: str, meant: str) -> None:
    (fault,) = fits(evidence=(Link(typed),))
    assert ("If you mean" in fault.repair) is bool(meant)
    if meant:
        assert f"“{meant}”" in fault.repair
        assert fits(evidence=(Link(meant),)) == [], "what it says is taken"


def test_a_fault_names_the_link_by_its_row_in_the_form() -> None:
    draft = Draft("0" * 32, "h", "s", 1, concern=ENOUGH, evidence=(A_LINK, Link("", "A title"), Link("x")))
    found = check_draft(draft, places=[0, 2, 4])
    assert [(fault.field, fault.problem) for fault in found] == [
        ("evidence.2", "Link 3 has a title but no address."),
        ("evidence.4", "Link 5: “x” is not a web address."),
    ]


def test_links_have_their_limits() -> None:
    assert fits(evidence=(A_LINK,) * 5) == []
    (fault,) = fits(evidence=(A_LINK,) * 6)
    assert (fault.field, fault.problem) == ("evidence", "There are 6 links; 5 fit.")
    assert faulty(evidence=(Link("https://example.org/" + "a" * 481),)) == ["evidence.0"]
    assert (
        "Link 1 has 501 characters" in fits(evidence=(Link("https://example.org/" + "a" * 481),))[0].problem
    )
    assert "title of link 1 has 121 characters" in fits(evidence=(Link(A_LINK.url, "t" * 121),))[0].problem


@pytest.mark.parametrize(
    "pinned",
    [
        {"value": float("nan")},
        {"value": float("inf")},
        {"value": object()},
        {"value": b"bytes"},
        {1: "a", "b": 2},
        {"value": "x" * (LARGEST_PINNED - 11)},
    ],
)
def test_pinned_figures_are_json_and_not_endless(pinned: Any) -> None:
    assert faulty(pinned=pinned) == ["pinned"]


def test_pinned_figures_may_be_as_large_as_the_limit() -> None:
    assert fits(pinned={"value": "x" * (LARGEST_PINNED - 12)}) == []
    assert fits(pinned={}) == []


def test_figures_of_one_system_do_not_travel_with_a_comment_on_another() -> None:
    assert fits(pinned={"system": "street-cameras"}) == []
    for system in ("compas", "", None, 5, "\u202e" * 999):
        (fault,) = fits(pinned={"system": system})
        assert fault.field == "pinned"
        assert "the comment is about another" in fault.problem
        assert len(fault.problem) < 160


@pytest.mark.parametrize("draft_id", ["", "0" * 31, "0" * 33, "G" * 32, "0" * 32 + "\n", "A" * 32, "٠" * 32])
def test_a_draft_has_a_number_of_its_own(draft_id: str) -> None:
    assert faulty(draft_id=draft_id) == ["draft_id"]


def test_every_fault_is_named_in_one_answer_in_the_order_of_the_form() -> None:
    found = faulty(
        concern="a" * 2001,
        ask="b" * 501,
        display_name="c\n",
        target="x",
        stance="x",
        evidence=(Link("x"),),
        draft_id="x",
        pinned={"x": object()},
    )
    assert found == ["target", "concern", "ask", "stance", "evidence.0", "display_name", "pinned", "draft_id"]


def test_of_earlier_faults_only_those_are_left_that_are_not_mended() -> None:
    earlier = fits(concern="", target="", evidence=(Link("x"),))
    sent = Fault("", "system_id", "It is not heard here.", "Choose another.")
    now = Draft("0" * 32, "h", "s", 1, concern="Nine here", stance="", evidence=(Link("https://a.example"),))
    left = still_wrong(now, [*earlier, sent])
    assert [fault.field for fault in left] == ["system_id", "concern"], "what was sound is not blamed yet"
    assert left[1].repair == "Together they have 9 so far."
    assert still_wrong(dataclasses.replace(now, concern=ENOUGH), earlier) == []


@given(st.data())
def test_checking_raises_for_nothing_and_changes_nothing(data: st.DataObject) -> None:
    text = st.text(st.characters(exclude_categories=[]), max_size=60)
    names = "draft_id hearing_id system_id target comment_type concern value_seen ask stance display_name"
    texts: dict[str, Any] = {name: data.draw(text, name) for name in names.split()}
    draft = Draft(
        **texts,
        consent=data.draw(text),
        language_declared=data.draw(text),
        system_version=data.draw(st.integers()),
        standing=tuple(data.draw(st.lists(text, max_size=3))),
        evidence=tuple(Link(one, one) for one in data.draw(st.lists(text, max_size=3))),
    )
    before = dataclasses.asdict(draft)
    for fault in check_draft(draft):
        str(fault).encode()
    assert dataclasses.asdict(draft) == before


def test_a_text_that_cannot_fit_is_not_composed() -> None:
    # Accents piled up cost the square of their number to compose: a million would take hours.
    piled = "a" + "\u0301" * 500_000 + "\u0323" * 500_000
    assert length(piled) == 1_000_001
    assert length("e\u0301" * 500) == 500
