"""Writing a comment: every question, every limit, and nothing lost on the way."""

from __future__ import annotations

from typing import Any

import pytest

from hearing_app.deployment import Deployment
from hearing_app.hearings.comments.draft import LIMITS
from hearing_app.hearings.comments.lists import tally
from hearing_app.store.engine import reading
from tests.web.reader import HOSTILE, OPEN_HEARING, Announce, Reader, Visit

WORDS = "Who looks at the scores before a judge does?"
SEEN = "dataset=compas-broward&by=race&threshold=8&reference=race:Caucasian&metric=false_positive_rate"
CHECK = "Check before sending"


def write(page: Reader, **words: str) -> Reader:
    for name, text in words.items():
        page.type(f"comment_{name}", text)
    return page


def begun(visit: Visit, **query: str) -> Reader:
    """The form with the two choices made that nobody else can make for the author."""
    page = visit("comment", **query).set("comment_target", "purpose")
    return page.set("comment_comment_type", "question")


def test_it_says_what_happens_to_the_words_before_they_are_written(visit: Visit) -> None:
    page = visit("comment", hearing=OPEN_HEARING)
    assert page.title == "Your comment"
    assert "You need no account and no name." in page.text
    assert "A demonstration. No public body holds this hearing, and none will answer." in page.text
    assert "A facilitator reads them before anyone else can." in page.text
    assert "With your receipt you can withdraw your comment at any time" in page.text
    assert "it holds personal data of another person" in page.text
    assert "its author wished" not in page.text, "no facilitator can give this reason"
    assert page.text.index("What happens to your words") < page.text.index("What you want to say")


def test_what_can_be_lost_is_said_in_sight(visit: Visit) -> None:
    page = visit("comment", hearing=OPEN_HEARING)
    [body] = [one.value for one in page.at.html if "<details>" in one.value]
    in_sight = body.partition("<details>")[0]
    assert "This page forgets what you typed when you close it or load it anew." in in_sight
    assert "when a receipt is lost, nobody can look it up or replace it" in in_sight


def test_nothing_is_chosen_that_its_author_did_not_choose(visit: Visit) -> None:
    page = visit("comment")
    assert page.value("comment_target") is page.value("comment_comment_type") is None
    assert page.value("comment_stance") == "no_view"
    write(page, concern=WORDS).press(CHECK)
    assert page.title == "Your comment"
    for words in ("what your comment is about.", "what kind of comment it is."):
        assert page.text.count(f"Nothing is chosen yet. Please choose {words}") == 2
    page.choose("comment_target", "data").choose("comment_comment_type", "support").press(CHECK)
    assert page.title == "Check your comment"
    assert "Kind Support" in page.text


def test_who_comes_with_figures_comments_on_a_figure_until_they_choose_otherwise(visit: Visit) -> None:
    page = visit("comment", hearing=OPEN_HEARING, system="compas", seen=SEEN)
    assert page.value("comment_target") == "metric"
    page.choose("comment_target", "data")
    page.open("about")
    page.open("comment", hearing=OPEN_HEARING, system="compas", seen=SEEN.replace("=8", "=5"))
    assert page.value("comment_target") == "data"


def test_labels_are_plain_words(visit: Visit) -> None:
    page = visit("comment").choose("comment_consent", "text_and_name")
    labels = [one.label for one in page._nodes if getattr(one, "key", None) and hasattr(one, "label")]
    assert len(labels) > 15
    assert not [label for label in labels if "*" in label]
    for label in ("What you want to say", "What you see as useful", "What the panel should do or ask"):
        [whole] = [one for one in labels if one.startswith(f"{label}\n")]
        assert "One of the three boxes is enough." in whole


def test_the_limits_are_said_before_they_are_met(visit: Visit) -> None:
    page = visit("comment")
    for limit in ("At most 2,000 characters.", "At most 1,000 characters.", "At most 500 characters."):
        assert limit in page.text
    assert "0 of 2,000 characters used." in page.text
    assert f"{len(WORDS)} of 2,000 characters used." in write(page, concern=WORDS).run().text


def test_without_an_address_it_is_about_the_open_hearing(visit: Visit) -> None:
    assert (
        "For the hearing “Risk scores and face recognition, a demonstration hearing”" in visit("comment").text
    )


def test_the_system_of_the_address_is_chosen(visit: Visit) -> None:
    page = visit("comment", hearing=OPEN_HEARING, system="met-live-facial-recognition")
    assert page.value("comment_system_id") == "met-live-facial-recognition"


def test_an_ordinary_comment_comes_to_the_check_page(visit: Visit) -> None:
    page = write(begun(visit, system="compas"), concern=WORDS).press(CHECK)
    assert page.title == "Check your comment"
    assert WORDS in page.text


def test_too_short_is_refused_at_the_field_and_in_a_list(visit: Visit) -> None:
    page = write(begun(visit), concern="Too short").press(CHECK)
    assert page.title == "Your comment"
    problem = (
        "Please write at least one sentence (20 characters) in one of the three boxes. Together they have 9"
    )
    assert page.text.count(problem) == 2
    assert f"What you want to say: {problem}" in page.text, "the list names the field"
    assert "Your comment was not sent yet. Your words are still here." in page.text
    assert page.value("comment_concern") == "Too short"


@pytest.mark.parametrize("name", ["concern", "value_seen", "ask"])
def test_over_length_is_refused_with_the_count_and_nothing_is_cut(visit: Visit, name: str) -> None:
    limit = LIMITS[name]
    text = "é" * (limit + 7)
    page = write(begun(visit), concern=WORDS)
    write(page, **{name: text}).press(CHECK)
    assert page.title == "Your comment"
    assert (
        f"has {limit + 7:,} characters; at most {limit:,} fit. Please shorten it by 7. Nothing was cut."
        in page.text
    )
    assert f"{limit + 7:,} of {limit:,} characters used." in page.text
    assert page.value(f"comment_{name}") == text
    write(page, **{name: text[:limit]}).press(CHECK)
    assert page.title == "Check your comment"
    assert text[:limit] in page.text


def test_faults_are_gone_once_they_are_mended(visit: Visit) -> None:
    page = write(begun(visit), concern="Too short").press(CHECK)
    write(page, concern=WORDS).press(CHECK).press("Change it")
    assert page.title == "Your comment"
    assert not page.at.error
    assert "at least one sentence" not in page.text


def test_a_fault_follows_what_is_typed_before_anything_is_pressed(visit: Visit) -> None:
    page = write(begun(visit), concern="", link_1="no address").press(CHECK)
    assert "Together they have 0 so far." in page.text
    assert "Together they have 7 so far." in write(page, ask="Ask it.").run().text
    write(page, ask=WORDS).run()
    assert "at least one sentence" not in page.text
    assert page.text.count("Changed since the last check.") == 1, "it stands where the fault stood"
    assert "Link 2: “no address” is not a web address." in page.text, "what is still wrong stays"
    write(page, link_1="").run()
    assert "was not sent yet" not in page.text
    assert "Everything that was marked has been changed. Please check again." in page.text
    [links] = [one for one in page.at.expander if "Evidence" in one.label]
    assert links.proto.expanded, "it does not close while its last fault is mended"


def test_two_thousand_signs_of_emoji_fit(visit: Visit) -> None:
    text = "\N{GRINNING FACE}" * 2000
    page = write(begun(visit), concern=text).press(CHECK)
    assert page.title == "Check your comment"
    assert text in page.text


def test_a_name_is_asked_for_only_when_it_is_to_be_shown(visit: Visit) -> None:
    page = begun(visit)
    assert "Name to show" not in page.text
    page.choose("comment_consent", "text_and_name")
    assert "Name to show" in page.text
    write(page, concern=WORDS, display_name="A" * 61).press(CHECK)
    assert "“Name to show” has 61 characters; at most 60 fit." in page.text
    write(page, display_name="Ada Field").press(CHECK)
    assert "Publish my words with the name I give: Ada Field" in page.text


def test_a_name_that_was_taken_back_is_not_sent(visit: Visit) -> None:
    page = begun(visit).choose("comment_consent", "text_and_name")
    write(page, concern=WORDS, display_name="Ada Field").run()
    page.choose("comment_consent", "text_only").press(CHECK)
    assert "Ada Field" not in page.text
    page.press("Change it").choose("comment_consent", "text_and_name")
    assert page.value("comment_display_name") == "Ada Field", "what was typed is not thrown away"


def test_a_name_that_is_to_be_shown_is_asked_for(visit: Visit) -> None:
    page = write(begun(visit).choose("comment_consent", "text_and_name"), concern=WORDS).press(CHECK)
    assert page.title == "Your comment"
    problem = "You chose to show a name. Please write it, or choose “without a name”."
    assert page.text.count(problem) == 2
    assert problem not in page.choose("comment_consent", "text_only").text
    assert page.press(CHECK).title == "Check your comment"


def test_the_form_says_who_sees_each_answer_and_when_files_are_sent(visit: Visit) -> None:
    text = begun(visit).text
    assert (
        text.count(
            "Facilitators see your answer beside your words; the public sees only counts of ten or more."
        )
        == 2
    )
    assert "Shown only" not in text
    assert "Files, such as a picture, can be added right after sending, with the receipt." in text


def test_the_address_that_a_fault_proposes_can_be_copied_from_it(visit: Visit) -> None:
    page = write(begun(visit), concern=WORDS, link_0="example.org/report").press(CHECK)
    below = [one.value for one in page.at.error if "If you mean" in one.value]
    proposed = below[-1].partition("If you mean “")[2].partition("”")[0].replace("\\", "")
    assert proposed.replace("\u2060", "") == "https://example.org/report"
    page.type("comment_link_0", proposed).press(CHECK)
    assert page.title == "Check your comment"
    assert "https://example.org/report" in [address for address, _ in page.links]


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        (
            "javascript:alert(1)",
            "Link 3: “javascript:alert(1)” is not a web address. It begins with https://",
        ),
        ("example.org/report", "Link 3: “example.org/report” is not a web address. If you mean “https:"),
        ("https://" + "x" * 500, "Link 3 has 508 characters. At most 500 characters fit."),
    ],
    ids=["script", "bare", "long"],
)
def test_a_link_that_is_none_is_refused_and_kept(visit: Visit, link: str, problem: str) -> None:
    page = write(begun(visit), concern=WORDS, link_2=link).press(CHECK)
    assert page.title == "Your comment"
    assert page.text.count(problem) == 2
    assert (
        page.text.rindex("What link 3 is") < page.text.rindex(problem) < page.text.index("Address of link 4")
    )
    assert page.value("comment_link_2") == link
    [links] = [one for one in page.at.expander if "Evidence" in one.label]
    assert links.proto.expanded, "the fault must not hide in a closed box"


def test_a_title_without_an_address_is_refused_at_its_row(visit: Visit) -> None:
    page = write(begun(visit), concern=WORDS, title_3="A report").press(CHECK)
    assert page.title == "Your comment"
    assert page.text.count("Link 4 has a title but no address.") == 2
    assert page.value("comment_title_3") == "A report"


def test_links_are_shown_with_their_host(visit: Visit) -> None:
    page = write(begun(visit), concern=WORDS, link_0="https://example.org/a", title_0="A report")
    page.press(CHECK)
    assert "A report (example.org)" in page.text


def test_the_figures_that_were_seen_are_pinned(visit: Visit) -> None:
    page = begun(visit, hearing=OPEN_HEARING, system="compas", seen=SEEN)
    sentence = "about 16 (14 to 18) were scored high; of 100 White defendants, about 5 (4 to 7)"
    told = "Your comment will carry the figures that you saw, so it is about COMPAS risk scores: Of 100 Black"
    assert told in page.text
    assert sentence in page.text
    write(page, concern=WORDS).press(CHECK)
    assert "Figures it carries Of 100 Black defendants" in page.text
    assert sentence in page.text


@pytest.mark.parametrize(
    "seen",
    [
        "dataset=nope&metric=accuracy",
        "dataset=compas-broward&metric=nope",
        "dataset=compas-broward&metric=accuracy&threshold=99",
        "dataset=compas-broward&metric=accuracy&shoes=red",
        "&".join(f"where=sex:{number}" for number in range(60)),
        *HOSTILE[:-1],
    ],
    ids=range(len(HOSTILE) + 4),
)
def test_figures_that_cannot_be_read_are_left_out_and_said(visit: Visit, seen: str) -> None:
    page = visit("comment", hearing=OPEN_HEARING, system="compas", seen=seen)
    assert (
        "The figures that you came from could not be read, so your comment does not carry them." in page.text
    )
    assert "will carry" not in page.text
    assert page.title == "Your comment"


def test_a_link_to_another_view_keeps_what_was_typed(visit: Visit) -> None:
    page = write(visit("comment", system="compas"), concern=WORDS).run()
    page.open("about")
    page.open("comment", hearing=OPEN_HEARING, system="compas", seen=SEEN)
    assert page.value("comment_concern") == WORDS
    assert "Your comment will carry the figures" in page.text


def test_change_it_brings_every_answer_back(visit: Visit) -> None:
    page = visit("comment", hearing=OPEN_HEARING, system="compas", seen=SEEN)
    answers = {
        "comment_target": "metric",
        "comment_comment_type": "question",
        "comment_stance": "oppose",
        "comment_standing": ["lives_in_area", "researcher"],
        "comment_consent": "text_and_name",
        "comment_language_declared": "cy",
    }
    for key, value in answers.items():
        page.choose(key, value)
    texts = {"concern": WORDS, "value_seen": "It may help.", "ask": "Ask why.", "display_name": "Ada"}
    write(page, **texts, link_0="https://example.org/a").press(CHECK)
    assert page.title == "Check your comment"
    for words in (
        "A figure in the evidence",
        "A question for the force",
        "Against its use (facilitators see it; the public sees only counts)",
        "I live in the area; I do research (facilitators see it; the public sees only counts)",
        "Cymraeg (Welsh)",
        "COMPAS risk scores (entry version 1)",
    ):
        assert words in page.text
    page.press("Change it")
    assert page.title == "Your comment"
    for key, value in answers.items():
        assert page.value(key) == value, key
    for name, text in {**texts, "link_0": "https://example.org/a"}.items():
        assert page.value(f"comment_{name}") == text
    assert page.at.query_params == {"hearing": OPEN_HEARING, "system": "compas", "seen": SEEN}
    assert "Your comment will carry the figures" in page.text


def test_change_it_brings_another_system_back(visit: Visit) -> None:
    page = begun(visit, hearing=OPEN_HEARING, system="compas")
    page.choose("comment_system_id", "met-live-facial-recognition")
    write(page, concern=WORDS).press(CHECK)
    assert "Live facial recognition in London (entry version 1)" in page.text
    assert page.press("Change it").value("comment_system_id") == "met-live-facial-recognition"


def test_with_figures_only_their_system_can_be_chosen(visit: Visit) -> None:
    page = visit("comment", hearing=OPEN_HEARING, system="met-live-facial-recognition", seen=SEEN)
    assert "Which system is it about?" not in page.text
    assert "so it is about COMPAS risk scores" in page.text


def test_nothing_is_stored_before_it_is_sent(visit: Visit, house: Deployment) -> None:
    write(begun(visit), concern=WORDS).press(CHECK)
    with reading(house.engine) as db:
        assert tally(db, OPEN_HEARING).received == 0


@pytest.mark.parametrize("window", [(-9, -2), (3, 9)], ids=["closed", "announced"])
def test_a_hearing_that_is_not_open_takes_no_comment(
    visit: Visit, announce: Announce, window: tuple[int, int]
) -> None:
    announce(*window)
    page = visit("comment", hearing="town-hall", system="compas")
    assert page.title == "Your comment"
    assert "This hearing takes no comments now. Its page says when it was open." in page.text
    assert not page.at.button


@pytest.mark.parametrize("text", ["nope", *HOSTILE], ids=range(len(HOSTILE) + 1))
def test_an_unknown_hearing_is_refused_in_words(visit: Visit, text: str) -> None:
    page = visit("comment", hearing=[text, text])
    assert page.title == "Nothing is published at this address"
    assert "There is no hearing" in page.text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_an_unknown_system_leaves_the_choice_open(visit: Visit, text: str) -> None:
    page = visit("comment", hearing=OPEN_HEARING, system=text)
    assert page.title == "Your comment"
    assert page.value("comment_system_id") == "compas"
    assert "Which system is it about?" in page.text


def test_hostile_words_are_words_on_the_check_page(visit: Visit) -> None:
    hostile: dict[str, Any] = {
        "concern": "<script>alert(1)</script> ![x](https://example.org/x.png) \u202eevil",
        "value_seen": "=cmd|'/c calc'!A1",
        "ask": "</div></body><h1>Gone</h1>",
    }
    page = write(begun(visit), **hostile).press(CHECK)
    assert "<script>alert(1)</script> ![x](https://example.org/x.png)" in page.text
    assert "=cmd|'/c calc'!A1" in page.text
    assert "</div></body><h1>Gone</h1>" in page.text
    assert "\u202e" not in page.bodies


def test_without_an_open_hearing_it_says_so(visit_empty: Visit) -> None:
    page = visit_empty("comment")
    assert page.title == "Your comment"
    assert "No hearing is open for comments at the moment." in page.text
    assert not page.at.text_area
