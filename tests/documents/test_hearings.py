"""A hearing and its comments as documents: other people's words cannot act, and names need consent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from hearing_app.documents.hearings import (
    after_sending_html,
    before_sending_html,
    comments_html,
    desk_html,
    hearing_html,
    hearings_html,
    pages_html,
    receipt_html,
    speaking_order_html,
    status_html,
    summary_html,
)
from hearing_app.documents.home import hearing_line
from hearing_app.hearings.agenda.slots import Slot
from hearing_app.hearings.comments.comment import Comment, Receipt
from hearing_app.hearings.comments.draft import Draft, Link
from hearing_app.hearings.comments.lists import Opinions, Tally, part_of
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation.moves import REASONS
from hearing_app.hearings.vocabulary import Reason, Standing, State
from tests.documents.reading import assert_inert, read

MakeComment = Callable[..., Comment]
MakeHearing = Callable[..., Hearing]
NAMES = {"compas": "COMPAS"}
NOBODY = Opinions(0, {}, {})
EMPTY = Tally(0, 0, 0, 0, 0, 0)
WHILE_OPEN = (
    "Views and standing are counted once the hearing has closed, "
    "so that nobody can watch what a single person chose."
)

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)></svg>",
    "</div></div><h1>Official notice</h1>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "![beacon](https://evil.example/p.png)",
    "[click](javascript:alert(1))",
    "<a href='https://evil.example'>here</a>",
    "<style>body{display:none}</style>",
    "<iframe src=https://evil.example></iframe>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "{{ config }}{% include 'x' %}",
    "\u202eevil\u202c text",
    "<!--",
    "]]>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><input name=password>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_comment_is_words_and_nothing_else(written: MakeComment, payload: str) -> None:
    plain = read(comments_html([written(concern="words", value_seen="words", ask="words")], NAMES))
    comment = written(concern=payload, value_seen=payload, ask=payload)
    page = assert_inert(comments_html([comment], NAMES))
    assert [name for name, _ in page.elements] == [name for name, _ in plain.elements]
    shown = " ".join(payload.replace("\u202e", "").replace("\u202c", "").split())
    assert page.text.count(shown) == 3


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_else_that_an_author_sends_can_act(written: MakeComment, payload: str) -> None:
    comment = written(
        display_name=payload,
        consent="text_and_name",
        language_declared="en",
        evidence=[{"url": f'https://example.org/?q="{payload}', "title": payload}],
        pinned={"query": payload, "version": payload, "sentence": payload},
    )
    page = assert_inert(comments_html([comment], {"compas": payload}))
    # The comment's own address, its figures, its evidence.
    assert len(page.all("a")) == 3
    assert_inert(desk_html(comment, {"compas": payload}))


@pytest.mark.parametrize(
    ("consent", "name", "shown"),
    [
        ("text_and_name", "Ann Author", "Ann Author"),
        ("text_and_name", "  ", "No name given"),
        ("text_only", "Ann Author", "No name given"),
        ("facilitators_only", "Ann Author", "No name given"),
        ("panel_only", "Ann Author", "No name given"),
    ],
)
def test_a_name_is_shown_only_to_whom_its_author_said(
    written: MakeComment, consent: str, name: str, shown: str
) -> None:
    text = read(comments_html([written(display_name=name, consent=consent)], NAMES)).text
    assert shown in text
    assert ("Ann Author" in text) is (shown == "Ann Author")


def test_stance_standing_and_notes_are_not_in_public(written: MakeComment) -> None:
    comment = written(reason_note="An inner note", reason_id="R2", decided_by="facilitator:fay")
    html = comments_html([comment], NAMES)
    for word in ("oppose", "Against", "research", "inner note", "fay", "langdetect", "R2"):
        assert word not in html


def test_a_comment_names_its_kind_place_and_day(written: MakeComment) -> None:
    text = read(comments_html([written(ask="Publish the test.", value_seen="Speed.")], NAMES)).text
    assert "A question for the force: the data it uses, COMPAS (entry version 1)" in text
    assert "1 June 2026" in text
    assert "C-2026-ABCDEF7" in text
    assert "What the panel should do or ask:Publish the test." in text
    assert "What they see as useful:Speed." in text


def test_a_link_shows_where_it_really_leads(written: MakeComment) -> None:
    evidence = [{"url": "https://gооgle.com/report", "title": "www.police.uk"}]
    page = assert_inert(comments_html([written(evidence=evidence)], NAMES))
    assert "www.police.uk (xn--ggle-55da.com)" in page.text
    assert page.all("a")[1]["rel"] == "nofollow noopener noreferrer"
    untitled = [{"url": "https://example.org/a", "title": ""}]
    assert (
        "https://example.org/a (example.org)" in read(comments_html([written(evidence=untitled)], NAMES)).text
    )


def test_the_language_of_words_is_marked_for_those_who_hear_them(written: MakeComment) -> None:
    page = read(comments_html([written(language_declared="cy")], NAMES))
    assert [attributes["lang"] for _, attributes in page.elements if "lang" in attributes] == ["cy"]
    unknown = read(comments_html([written(language_detected="und")], NAMES))
    assert [attributes["lang"] for _, attributes in unknown.elements if "lang" in attributes] == [""]


def test_pinned_figures_lead_back_to_the_same_view(written: MakeComment) -> None:
    pinned = {"query": "dataset=x&by=race", "version": "sha256:abcdef0123", "sentence": "About 45 of 100."}
    page = read(comments_html([written(pinned=pinned)], NAMES))
    assert "Written about these figures: About 45 of 100." in page.text
    assert {"href": "/evidence?dataset=x&by=race"} in page.all("a")


def test_no_comments_say_so() -> None:
    assert "No comment has been published yet." in comments_html([], NAMES)
    assert "Nothing waits." in comments_html([], NAMES, empty="Nothing waits.")


def test_the_desk_shows_what_was_said_to_facilitators_alone(written: MakeComment) -> None:
    comment = written(
        concern="Call me on 07700 900123 or write to ann@example.org please.",
        reason_id="R2",
        reason_note="A number",
        consent="panel_only",
    )
    text = assert_inert(desk_html(comment, NAMES)).text
    assert "Look twice:" in text
    assert "View: Against its use." in text
    assert "Standing: I do research; I live in the area." in text
    assert "Only the facilitators and the hearing's panel may read it" in text
    assert f"Reason: {Reason.PERSONAL_DATA.label}. Note: A number" in text
    assert "Language: English (langdetect 1.0.9)" in text


def test_the_desk_shows_a_withdrawn_comment_without_words(written: MakeComment) -> None:
    gone = written(
        state="withdrawn",
        stance="",
        standing=[],
        concern="",
        language_detected="",
        language_detector="",
        language_confidence=None,
    )
    text = read(desk_html(gone, NAMES)).text
    assert "View: not given. Standing: not given. Language: could not be told." in text


@pytest.mark.parametrize(
    ("state", "words", "then"),
    [
        ("submitted", "is waiting to be read by a facilitator.", "A facilitator reads it and decides"),
        ("published", "is published.", "It stands on the hearing's page. The hearing closes on"),
        ("held", "is held back for now.", "They may publish it later, or decide not to."),
        ("rejected", "was not published.", "You can write a new comment while the hearing is open."),
        ("withdrawn", "was withdrawn by its author.", "Its words are gone;"),
    ],
)
def test_an_author_reads_where_the_comment_stands(
    written: MakeComment, make_hearing: MakeHearing, state: str, words: str, then: str
) -> None:
    reason = "R1" if state in {"held", "rejected"} else ""
    page = assert_inert(status_html(written(state=state, reason_id=reason), make_hearing()))
    assert f"Your comment C-2026-ABCDEF7 {words}" in page.text
    assert "Received1 June 2026 at 13:00 (London time)" in page.text
    assert "UTC" not in page.text
    assert then in page.text
    assert (Reason.OFF_TOPIC.label in page.text) is bool(reason)
    assert ("Language" in page.text) is (state != "withdrawn")


def test_every_state_is_worded(written: MakeComment, make_hearing: MakeHearing) -> None:
    texts = {read(status_html(written(state=state), make_hearing())).text for state in State}
    assert len(texts) == len(State) == 5


def test_an_author_who_wanted_no_publication_reads_that_it_is_so(
    written: MakeComment, make_hearing: MakeHearing
) -> None:
    comment = written(state="held", reason_id="R9", consent="facilitators_only")
    assert "As you asked, it is not published." in read(status_html(comment, make_hearing())).text


def test_after_the_close_no_closing_day_is_promised(written: MakeComment, make_hearing: MakeHearing) -> None:
    now = datetime.now(UTC)
    closed = make_hearing(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=2))
    text = read(status_html(written(), closed)).text
    assert "It stands on the hearing's page." in text
    assert "closes on" not in text


def test_a_hearing_counts_every_receipt_in_one_state(make_hearing: MakeHearing) -> None:
    tally = Tally(received=1321, waiting=1000, published=300, held=12, rejected=7, withdrawn=2)
    page = assert_inert(hearing_html(make_hearing(), tally, NOBODY, NAMES))
    assert "1 321 receipts given out" in page.text.replace("\u202f", " ")
    rows = [row.strip() for row in page.text.replace("\u202f", " ").split("Comments")[-1:]]
    for words in (
        "Waiting to be read1 000",
        "Published300",
        "Held back, or not to be published by their authors' wish12",
        "Not published7",
        "Withdrawn2",
    ):
        assert words in rows[0].replace(" 1 000", "1 000"), rows
    assert WHILE_OPEN in page.text


def test_nothing_of_views_is_said_before_closing(make_hearing: MakeHearing) -> None:
    now = datetime.now(UTC)
    ahead = make_hearing(opens_at=now + timedelta(days=2), closes_at=now + timedelta(days=9))
    over = make_hearing(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=2))
    assert WHILE_OPEN in read(hearing_html(ahead, EMPTY, NOBODY, NAMES)).text
    text = read(hearing_html(over, EMPTY, NOBODY, NAMES)).text
    assert WHILE_OPEN not in text
    assert "No views or standing have been counted." in text


def test_views_are_shown_as_counts_and_small_ones_are_not(make_hearing: MakeHearing) -> None:
    counts: dict[str, int | None] = {"oppose": 20, "support_with_conditions": None}
    opinions = Opinions(30, counts, {Standing.LIVES: 25})
    text = read(hearing_html(make_hearing(), EMPTY, opinions, NAMES)).text
    assert "Against its use: 20" in text
    assert "For its use, with conditions: not shown" in text
    assert "I live in the area: 25" in text
    assert "How 30 authors" in text
    assert "A hidden count can be larger than ten." in text
    assert "These counts were made when the hearing had closed and do not change." in text
    assert "cannot be shown without" not in text


def test_where_no_count_can_be_shown_one_sentence_says_so(make_hearing: MakeHearing) -> None:
    opinions = Opinions(20, {"oppose": None, "support": None}, {Standing.LIVES: 20, Standing.WORKS: None})
    text = read(hearing_html(make_hearing(), EMPTY, opinions, NAMES)).text
    assert text.count("These counts cannot be shown without giving single people away.") == 1
    assert "Against its use" not in text
    # One that can be shown is shown: it gives nobody away.
    assert "I live in the area: 20" in text


def test_a_comment_leads_to_its_own_address_once_it_is_public(written: MakeComment) -> None:
    address = {"href": "/record/hearings/example-hearing#C-2026-ABCDEF7"}
    assert read(comments_html([written()], NAMES)).all("a") == [address]
    for state in ("submitted", "held", "rejected", "withdrawn"):
        assert read(comments_html([written(state=state)], NAMES)).all("a") == []


def test_days_and_hours_are_those_of_the_hearing(written: MakeComment) -> None:
    late = written(submitted_at=datetime(2026, 6, 1, 23, 30, tzinfo=UTC))
    assert "2 June 2026" in read(comments_html([late], NAMES, zone="Europe/London")).text
    desk = read(desk_html(late, NAMES, zone="Europe/London")).text
    assert "Received 2 June 2026 at 00:30 (London time)." in desk
    assert "UTC" not in desk


def test_pages_of_comments_are_addresses(make_hearing: MakeHearing) -> None:
    first = read(pages_html(make_hearing(), part_of(100, 20)))
    assert first.all("a") == [
        {"href": "/hearing?id=example-hearing&page=2"},
        {"href": "/hearing?id=example-hearing&page=5"},
    ]
    middle = read(pages_html(make_hearing(), part_of(100, 20, "3")))
    assert "Page 3 of 5 · Newest · Newer · Older · Oldest" in middle.text
    assert len(read(pages_html(make_hearing(), part_of(40, 20, "2"), above=True)).all("nav")) == 0


def test_a_hearing_says_when_it_is_open_in_its_own_zone(make_hearing: MakeHearing) -> None:
    now = datetime.now(UTC)
    opened = read(hearing_html(make_hearing(), EMPTY, NOBODY, NAMES)).text
    assert "Open for comments until" in opened
    assert "(London time)" in opened
    assert "9 days left" in opened or "10 days left" in opened
    ahead = make_hearing(opens_at=now + timedelta(days=2), closes_at=now + timedelta(days=5))
    assert "It opens on" in read(hearing_html(ahead, EMPTY, NOBODY, NAMES)).text
    over = make_hearing(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=2))
    assert "Closed. Comments could be sent from" in read(hearing_html(over, EMPTY, NOBODY, NAMES)).text


def test_the_speaking_order_names_slot_minutes_and_comment(
    written: MakeComment, make_hearing: MakeHearing
) -> None:
    named = written(comment_id="C-2026-ABCDEF8", display_name="Ann Author", consent="text_and_name")
    order = [(Slot(1, 3, "C-2026-ABCDEF7"), written()), (Slot(2, 5, None), None), (Slot(3, 3, "x"), named)]
    for html in (hearing_html(make_hearing(), EMPTY, NOBODY, NAMES, order), speaking_order_html(order)):
        page = assert_inert(html)
        assert "3 slots; each is for one published comment" in page.text
        assert "SlotMinutesWho speaks" in page.text
        assert "13No name given · C-2026-ABCDEF7" in page.text
        assert "25free" in page.text
        assert "33Ann Author · C-2026-ABCDEF8" in page.text
        assert {"href": "/record/hearings/example-hearing#C-2026-ABCDEF8"} in page.all("a")


def test_a_hearing_without_slots_has_no_speaking_order(make_hearing: MakeHearing) -> None:
    assert "Speaking order" not in read(hearing_html(make_hearing(), EMPTY, NOBODY, NAMES)).text
    assert "No speaking slots are set." in read(speaking_order_html([])).text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_name_in_the_speaking_order_is_words_as_well(
    written: MakeComment, make_hearing: MakeHearing, payload: str
) -> None:
    one = written(display_name=payload, consent="text_and_name")
    page = assert_inert(hearing_html(make_hearing(), EMPTY, NOBODY, NAMES, [(Slot(1, 3, "x"), one)]))
    assert " ".join(payload.replace("\u202e", "").replace("\u202c", "").split()) in page.text


@pytest.mark.parametrize("demonstration", [True, False])
def test_a_demonstration_says_so_everywhere(
    make_hearing: MakeHearing, written: MakeComment, demonstration: bool
) -> None:
    hearing = make_hearing(demonstration=demonstration)
    for html in (
        hearing_html(hearing, EMPTY, NOBODY, NAMES),
        hearings_html([(hearing, EMPTY)]),
        before_sending_html(hearing, None),
        hearing_line(hearing),
    ):
        assert ("A demonstration" in read(html).text) is demonstration


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hearing_is_words_as_well(make_hearing: MakeHearing, payload: str) -> None:
    fields = ("title", "summary", "convened_by", "contact", "what_happens_next")
    # As a copy: some payloads would not even pass the register's own check.
    hearing = make_hearing().model_copy(update=dict.fromkeys(fields, payload))
    page = assert_inert(hearing_html(hearing, EMPTY, NOBODY, {"compas": payload}))
    shown = " ".join(payload.replace("\u202e", "").replace("\u202c", "").split())
    # Summary, holder, contact, what happens next, the system's name, and that again where one can comment.
    assert page.text.count(shown) == 6
    assert_inert(hearings_html([(hearing, EMPTY)]))
    assert_inert(before_sending_html(hearing, {"sentence": payload}))
    assert_inert(hearing_line(hearing))


def test_the_list_of_hearings_counts_comments(make_hearing: MakeHearing) -> None:
    page = read(hearings_html([(make_hearing(), Tally(3, 1, 2, 0, 0, 0))]))
    assert "Scores in Exampleton" in page.text
    assert "3 comments received, 2 published." in page.text
    assert {"/hearing?id=example-hearing", "/record/hearings.ics"} <= {one["href"] for one in page.all("a")}
    assert "No hearing is announced." in read(hearings_html([])).text


def test_an_author_reads_before_sending_what_happens_to_the_words(make_hearing: MakeHearing) -> None:
    page = assert_inert(before_sending_html(make_hearing(), {"sentence": "About 45 of 100."}, "COMPAS"))
    told = "Your comment will carry the figures that you saw, so it is about COMPAS: About 45 of 100."
    assert told in page.text
    assert "Should scores be used?" in page.text
    assert "when a receipt is lost, nobody can look it up" in page.text
    assert "You can add files, such as a picture or a document, right after sending." in page.text
    assert (
        "Facilitators, and whoever runs this service, also see your view and your connection to it beside "
        "your words, before they decide. The public sees these two only as counts of ten or more people."
    ) in page.text
    for reason in REASONS:
        assert reason.label.lower() in page.text
    assert Reason.AUTHORS_WISH.label.lower() not in page.text, "no facilitator can give this reason"


def test_everything_that_will_be_sent_is_shown_first(make_hearing: MakeHearing) -> None:
    draft = Draft(
        draft_id="0" * 32,
        hearing_id="example-hearing",
        system_id="compas",
        system_version=3,
        target="metric",
        comment_type="evidence",
        concern="My number is 07700 900123.\n\n<b>Really</b>",
        value_seen="It is quick.",
        ask="Publish the test.",
        stance="support",
        standing=("affected",),
        display_name="Ann",
        consent="text_and_name",
        language_declared="cy",
        evidence=(Link("https://example.org/report", "A report"),),
        pinned={"sentence": "About 45 of 100."},
    )
    page = assert_inert(summary_html(draft, "COMPAS", make_hearing()))
    for words in (
        "Scores in Exampleton",
        "COMPAS (entry version 3)",
        "A figure in the evidence",
        "My number is 07700 900123.",
        "<b>Really</b>",
        "It is quick.",
        "Publish the test.",
        "About 45 of 100.",
        "A report (example.org)",
        "For its use (facilitators see it; the public sees only counts)",
        "I was stopped or identified by it (facilitators see it; the public sees only counts)",
        "Publish my words with the name I give: Ann",
        "Cymraeg (Welsh)",
        "This looks like",
    ):
        assert words in page.text, words


def test_a_summary_leaves_out_what_was_not_written(make_hearing: MakeHearing) -> None:
    draft = Draft("0" * 32, "example-hearing", "compas", 1, concern="Who checks the scores, and when?")
    text = read(summary_html(draft, "COMPAS", make_hearing())).text
    for words in ("useful", "Evidence", "Figures", "Standing", "This looks like"):
        assert words not in text


@pytest.mark.parametrize(
    ("state", "consent", "words"),
    [
        ("submitted", "text_only", "Once published, it stands on the page of the hearing"),
        ("held", "facilitators_only", "As you asked, your comment is not published. The facilitators can"),
        ("held", "panel_only", "The facilitators and the hearing's panel can read it."),
    ],
)
def test_a_receipt_is_shown_with_what_happens_next(
    make_hearing: MakeHearing, state: str, consent: str, words: str
) -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    receipt = Receipt("0123 4567 8901 2345", "C-2026-ABCDEF7", at, state, False)
    digits = assert_inert(receipt_html(receipt)).text
    assert "0123 4567 8901 2345" in digits
    assert "C-2026-ABCDEF7" not in digits, "a second number beside the digits could be written down instead"
    text = assert_inert(after_sending_html(receipt, make_hearing(), consent)).text
    assert "received your comment on 1 June 2026 at 13:00 (London time)" in text
    assert words in text
    assert "already been sent" not in text
    again = Receipt("0123 4567 8901 2345", "C-2026-ABCDEF7", at, state, True)
    repeated = read(after_sending_html(again, make_hearing(), consent)).text
    assert "this is the same comment and the same receipt" in repeated
