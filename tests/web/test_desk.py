"""The desk: who may read, decide, export and invite; and what a decision does."""

from __future__ import annotations

import re

import pytest

from hearing_app.deployment import Deployment
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.vocabulary import State
from hearing_app.people.accounts import open_invitation
from hearing_app.people.permissions import STAFF_ROLES, Role
from hearing_app.people.sessions import end_session
from hearing_app.record.ledger import head
from hearing_app.store.engine import reading, writing
from tests.web.reader import HOSTILE, OPEN_HEARING, Announce, Decided, Reader, Send, SignIn, Stored, Visit

WORDS = "Who checks the scores that judges are shown?"
HOLD, REJECT = "Hold comment 1 for review", "Do not publish comment 1"
ANEW = "Show what is waiting now"


@pytest.fixture
def facilitator(visit: Visit, sign_in: SignIn, house: Deployment) -> str:
    """Sign a facilitator in, and return how the ledger names them."""
    return sign_in(Role.FACILITATOR, house).actor.name


def buttons(page: Reader) -> list[str]:
    """Return the labels of the buttons that can be pressed on comments, or on an invitation."""
    others = ("desk_anew", "slots_", "step_", "desk_bulk", "review_", "translate_", "identity_")
    return [one.label for one in page.at.button if not str(one.key).startswith(others) and not one.disabled]


def labels(page: Reader) -> list[str]:
    """Return the labels of the buttons by which nothing may move, whether they can be pressed or not."""
    # What stands in a panel that is folded moves nothing.
    folded = ("step_", "desk_bulk", "review_", "translate_", "identity_")
    return [one.label for one in page.at.button if not str(one.key).startswith(folded)]


def test_the_public_sees_a_way_to_sign_in_and_nothing_else(visit: Visit, send: Send) -> None:
    send()
    page = visit("desk")
    assert page.title == "Facilitator desk"
    assert "This page is for members of staff." in page.text
    assert page.link("Sign in") == "/sign-in"
    assert not page.at.button
    assert not page.at.selectbox
    assert WORDS not in page.bodies


@pytest.mark.parametrize("role", [role for role in STAFF_ROLES if role is not Role.FACILITATOR])
def test_no_other_role_reads_comments(
    visit: Visit, send: Send, sign_in: SignIn, house: Deployment, role: Role
) -> None:
    made = send()
    sign_in(role, house)
    page = visit("desk")
    assert page.title == "Staff desk"
    assert f"Signed in as {role}:" in page.text
    for absent in (WORDS, made.comment_id, "Export", "Waiting to be read"):
        assert absent not in page.text
    assert ("Invite a member of staff" in page.text) == (role is Role.ADMINISTRATOR)
    assert buttons(page) == (["Make an invitation link"] if role is Role.ADMINISTRATOR else [])


@pytest.mark.usefixtures("facilitator")
def test_a_facilitator_sees_everything_that_is_needed_to_decide(visit: Visit, send: Send) -> None:
    made = send(stance="oppose", standing=("affected",), ask="Call me on +44 20 7946 0958, please.")
    page = visit("desk")
    assert page.title == "Facilitator desk"
    # A rule has held it back for a person, because of the number in it.
    page.choose("desk_state", "held")
    assert "Waiting to be read (0) Held back (1) Published (0) Not published (0) Withdrawn (0)" in page.text
    assert WORDS in page.text
    assert "For facilitators only: Publish my words without a name. View: Against its use." in page.text
    assert "Standing: I was stopped or identified by it." in page.text
    assert "Look twice: it holds what looks like a telephone number." in page.text
    assert "until a person decides" in page.text
    assert buttons(page) == [f"Publish {made.comment_id}", REJECT]
    assert "Invite a member of staff" not in page.text


@pytest.mark.usefixtures("facilitator")
def test_publishing_puts_the_words_on_the_hearings_page(visit: Visit, send: Send, stored: Stored) -> None:
    made = send()
    assert WORDS not in visit("hearing", id=OPEN_HEARING).text
    page = visit("desk").press(f"Publish {made.comment_id}")
    assert f"Comment {made.comment_id} is published." in page.text
    # Its place and its words stay, and so does everything below it, until the list is asked for anew.
    assert WORDS in page.text
    assert buttons(page) == [HOLD]
    page.press(ANEW)
    assert "No comment is in this list." in page.text
    assert made.comment_id not in page.text
    assert stored(made.code).state == "published"
    assert WORDS in visit("hearing", id=OPEN_HEARING).text


@pytest.mark.parametrize(("button", "state"), [(HOLD, "held"), (REJECT, "rejected")])
def test_holding_and_rejecting_need_a_reason_from_the_list(
    visit: Visit, send: Send, *, stored: Stored, facilitator: str, button: str, state: str
) -> None:
    made = send()
    key = f"desk_{made.comment_id}"
    page = visit("desk").press(button)
    # In the panel in which it was tried, after the comment's own words.
    assert "hold it, or do not publish it Choose a reason first. Nothing was decided. Reason" in page.text
    assert stored(made.code).state == "submitted"
    page.type(f"{key}_note", "Please leave the name out.").choose(f"{key}_reason", "R2")
    # A refusal stays until the next try: were it gone with any touch, everything below it would move.
    assert "Choose a reason first. Nothing was decided." in page.text
    page.press(button)
    assert "Choose a reason first" not in page.text
    assert f"Comment {made.comment_id} {State(state).label}." in page.text
    kept = stored(made.code)
    assert (kept.state, kept.reason_id, kept.reason_note) == (state, "R2", "Please leave the name out.")
    assert kept.decided_by == facilitator
    author = visit("my_comment").type("my_comment_typed", made.code).press("Find it")
    assert "It holds personal data of another person (rule R2" in author.text
    assert "Please leave the name out." in author.text


@pytest.mark.usefixtures("facilitator")
def test_a_note_that_is_too_long_is_refused_and_kept(visit: Visit, send: Send, stored: Stored) -> None:
    made = send()
    key = f"desk_{made.comment_id}"
    page = visit("desk").choose(f"{key}_reason", "R1").type(f"{key}_note", "x" * 501).press(HOLD)
    assert "The note has 501 characters. 500 fit. Nothing was decided." in page.text
    assert page.value(f"{key}_note") == "x" * 501
    assert stored(made.code).state == "submitted"


@pytest.mark.usefixtures("facilitator")
def test_when_another_has_decided_nothing_is_done(
    visit: Visit, send: Send, stored: Stored, decided: Decided
) -> None:
    made = send()
    page = visit("desk")
    decided(made.comment_id, State.REJECTED)
    page.press(f"Publish {made.comment_id}")
    assert f"Comment {made.comment_id} was not published since you opened it." in page.text
    assert "Read it again and decide anew." in page.text
    assert stored(made.code).state == "rejected"
    assert WORDS not in visit("hearing", id=OPEN_HEARING).text


@pytest.mark.usefixtures("facilitator")
def test_when_its_author_has_withdrawn_it_nothing_is_done(
    visit: Visit, send: Send, house: Deployment
) -> None:
    made = send()
    page = visit("desk")
    withdraw(house.engine, house.key, made.code)
    page.press(f"Publish {made.comment_id}")
    assert f"Comment {made.comment_id} was withdrawn by its author since you opened it." in page.text
    assert WORDS not in page.text


def test_a_session_that_ended_decides_nothing(
    visit: Visit, send: Send, *, stored: Stored, sign_in: SignIn, house: Deployment, cookies: dict[str, str]
) -> None:
    made = send()
    sign_in(Role.FACILITATOR, house)
    page = visit("desk")
    with writing(house.engine) as db:
        end_session(db, next(iter(cookies.values())))
    page.press(f"Publish {made.comment_id}")
    assert stored(made.code).state == "submitted"
    assert "This page is for members of staff." in page.text
    assert WORDS not in page.bodies


def test_a_role_that_changed_decides_nothing(
    visit: Visit, send: Send, stored: Stored, sign_in: SignIn, house: Deployment
) -> None:
    made = send()
    sign_in(Role.FACILITATOR, house)
    page = visit("desk")
    sign_in(Role.AUDITOR, house)
    page.press(f"Publish {made.comment_id}")
    assert stored(made.code).state == "submitted"
    assert WORDS not in page.text


@pytest.mark.usefixtures("facilitator")
@pytest.mark.parametrize("consent", ["facilitators_only", "panel_only"])
def test_an_authors_wish_cannot_be_overruled(visit: Visit, send: Send, consent: str) -> None:
    made = send(consent=consent)
    page = visit("desk")
    assert WORDS not in page.text
    page.choose("desk_state", "held")
    assert WORDS in page.text
    assert "Its author wished that it is not published" in page.text
    assert buttons(page) == [REJECT]
    assert made.comment_id not in visit("hearing", id=OPEN_HEARING).text


@pytest.mark.usefixtures("facilitator")
def test_the_list_stays_where_it_is_after_a_decision(visit: Visit, send: Send, decided: Decided) -> None:
    """A browser sends a choice by its label. Unless it is told the new one, the desk jumps elsewhere."""
    first, second = send(), send(concern="A second comment for the same hearing.")
    for one in (first, second):
        decided(one.comment_id, State.HELD)
    page = visit("desk").choose("desk_state", "held").press(f"Publish {first.comment_id}")
    [told] = [one.proto for one in page.at.radio if one.key == "desk_state"]
    assert told.set_value
    assert told.raw_value == "Held back (1)"
    assert "A second comment for the same hearing." in page.text


@pytest.mark.usefixtures("facilitator")
def test_published_words_can_be_held_back_and_no_more(visit: Visit, send: Send, decided: Decided) -> None:
    made = send()
    decided(made.comment_id, State.PUBLISHED)
    page = visit("desk").choose("desk_state", "published")
    assert buttons(page) == [HOLD]
    page.choose(f"desk_{made.comment_id}_reason", "R7").press(HOLD)
    assert "Name the court or the body whose order it is." in page.text
    page.type(f"desk_{made.comment_id}_authority", "The county court").press(HOLD)
    assert WORDS not in visit("hearing", id=OPEN_HEARING).text


@pytest.mark.usefixtures("facilitator")
def test_eleven_comments_take_two_pages_the_oldest_first(visit: Visit, send: Send) -> None:
    for number in range(11):
        send(concern=f"This is the comment with number {number:02d}.")
    page = visit("desk")
    assert "number 00." in page.text
    assert "number 10." not in page.text
    page.at.pagination[0].set_value(2)
    page.run()
    assert "number 00." not in page.text
    assert "number 10." in page.text


@pytest.mark.usefixtures("facilitator")
def test_the_last_comment_of_the_last_page_gives_way(visit: Visit, send: Send) -> None:
    made = [send(concern=f"This is the comment with number {number:02d}.") for number in range(11)]
    page = visit("desk")
    page.at.pagination[0].set_value(2)
    page.run().press(f"Publish {made[10].comment_id}")
    assert "number 10." in page.text
    assert "number 00." in page.press(ANEW).text
    assert not page.at.pagination


@pytest.mark.usefixtures("facilitator")
def test_nothing_moves_until_the_list_is_asked_for_anew(
    visit: Visit, send: Send, stored: Stored, decided: Decided
) -> None:
    made = [send(concern=f"This is the comment with number {number:02d}.") for number in range(12)]
    page = visit("desk")
    drawn = labels(page)
    decided(made[1].comment_id, State.PUBLISHED)
    page.press(f"Publish {made[0].comment_id}").choose(f"desk_{made[2].comment_id}_reason", "R5")
    page.press("Do not publish comment 3")
    # The same buttons in the same places; those that are possible no more cannot be pressed.
    assert labels(page) == drawn
    assert [stored(one.code).state for one in made[:4]] == ["published", "published", "rejected", "submitted"]
    closed = [one.label for one in page.at.button if one.disabled and str(one.key).startswith("desk_C")]
    assert closed == [
        f"Publish {made[0].comment_id}", "Do not publish comment 1",
        f"Publish {made[1].comment_id}", "Do not publish comment 2",
        f"Publish {made[2].comment_id}", "Hold comment 3 for review", "Do not publish comment 3",
    ]  # fmt: skip
    assert "Comment 3: nothing more to decide" in page.text
    assert [number for number in range(12) if f"number {number:02d}." in page.text] == list(range(10))
    page.press(ANEW)
    assert [number for number in range(12) if f"number {number:02d}." in page.text] == list(range(3, 12))


@pytest.mark.usefixtures("facilitator")
def test_what_was_published_can_be_held_back_where_it_stands(
    visit: Visit, send: Send, stored: Stored
) -> None:
    made = send()
    page = visit("desk").press(f"Publish {made.comment_id}")
    assert "Comment 1: hold it back" in page.text
    page.choose(f"desk_{made.comment_id}_reason", "R2").press(HOLD)
    assert stored(made.code).state == "held"
    # Readers have seen it: one person alone does not make it disappear.
    assert buttons(page) == [f"Publish {made.comment_id}"]
    assert "Propose to remove comment 1" in [one.label for one in page.at.button]


@pytest.mark.usefixtures("facilitator")
def test_who_comes_back_to_the_desk_finds_the_list_of_now(visit: Visit, send: Send, decided: Decided) -> None:
    made = send()
    page = visit("desk")
    decided(made.comment_id, State.PUBLISHED)
    assert made.comment_id in page.run().text
    assert made.comment_id not in page.open("hearings").open("desk").text


@pytest.mark.usefixtures("facilitator")
def test_only_those_that_need_a_second_look(visit: Visit, send: Send, decided: Decided) -> None:
    plain, marked = send(), send(ask="Call me on +44 20 7946 0958, please.")
    decided(plain.comment_id, State.HELD)
    page = visit("desk").choose("desk_state", "held")
    # A rule held it back; a person has held the other one.
    page.choose("desk_second_look", value=True)
    assert marked.comment_id in page.text
    assert plain.comment_id not in page.text
    assert "Comment 1: do not publish it" in page.text
    assert "Comment 2: do not publish it" not in page.text
    assert plain.comment_id in page.choose("desk_second_look", value=False).text


@pytest.mark.usefixtures("facilitator")
def test_every_button_has_a_name_of_its_own_with_the_comments_number(visit: Visit, send: Send) -> None:
    made = [send() for _ in range(3)]
    page = visit("desk")
    theirs = [one.label for one in page.at.button if not str(one.key).startswith("translate_")]
    names = theirs + [one.label for one in page.at.expander if one.label.startswith("Comment")]
    assert len(names) == len(set(names))
    # With the comment, on the button that publishes it, and with its translation.
    assert {page.text.count(one.comment_id) for one in made} == {4}


@pytest.mark.usefixtures("facilitator")
def test_times_are_those_of_the_hearing(visit: Visit, announce: Announce, send: Send) -> None:
    announce(-1, 5, time_zone="Asia/Tokyo")
    send(hearing_id="town-hall")
    text = visit("desk").choose("desk_hearing", "town-hall").text
    assert "(Tokyo time)" in text
    assert "UTC" not in text


@pytest.mark.usefixtures("facilitator")
def test_another_hearing_has_its_own_comments(visit: Visit, send: Send) -> None:
    send()
    page = visit("desk").choose("desk_hearing", "demonstration-predictive-policing")
    assert "No comment is in this list." in page.text
    assert "All 0 comments of this hearing" in page.text


@pytest.mark.usefixtures("facilitator")
def test_exports_are_offered_for_the_hearing(visit: Visit, send: Send) -> None:
    send()
    page = visit("desk")
    assert "All 1 comment of this hearing" in page.text
    for words, form in (
        ("CSV, for reading in a spreadsheet", "csv"),
        ("XLSX, typed cells", "xlsx"),
        ("JSON Lines, exactly as written", "jsonl"),
    ):
        assert page.link(words) == f"/desk/exports/{OPEN_HEARING}.{form}"


@pytest.mark.usefixtures("facilitator")
def test_a_hostile_comment_is_text_on_the_desk(visit: Visit, send: Send) -> None:
    send(
        concern="<script>alert(1)</script> ![x](https://example.org/x.png)",
        ask="=cmd|'/c calc'!A1 \u202eevil",
        display_name="<b>Mallory</b>",
        consent="text_and_name",
    )
    page = visit("desk")
    assert "<script>alert(1)</script> ![x](https://example.org/x.png)" in page.text
    assert "<b>Mallory</b>" in page.text
    assert "\u202e" not in page.bodies


def test_an_administrator_invites_and_sees_the_link_once(
    visit: Visit, sign_in: SignIn, house: Deployment
) -> None:
    sign_in(Role.ADMINISTRATOR, house)
    page = visit("desk").type("invite_email", "new@example.org").press("Make an invitation link")
    assert "It works once, for three days, and is not shown again." in page.text
    [link] = [one.value for one in page.at.code]
    token = re.fullmatch(rf"{re.escape(house.settings.address)}/invitation/(\S{{40,}})", link)
    assert token
    with reading(house.engine) as db:
        assert open_invitation(db, token[1]).email == "new@example.org"
        assert open_invitation(db, token[1]).role is Role.FACILITATOR
    assert not page.run().at.code


def test_an_invitation_that_does_not_fit_is_refused(visit: Visit, sign_in: SignIn, house: Deployment) -> None:
    sign_in(Role.ADMINISTRATOR, house)
    page = visit("desk").type("invite_email", "nobody").press("Make an invitation link")
    assert "This is not an e-mail address. Write it like name@example.org." in page.text
    assert not page.at.code
    page.type("invite_email", "new@example.org")
    assert "Agency" not in page.text
    page.choose("invite_role", "publisher")
    assert "Agency" in page.text
    page.press("Make an invitation link")
    assert "A publisher speaks for one agency." in page.text
    assert page.value("invite_email") == "new@example.org"


@pytest.mark.usefixtures("facilitator")
def test_an_address_changes_nothing(visit: Visit, send: Send, house: Deployment) -> None:
    send()
    with reading(house.engine) as db:
        before = head(db)
    page = visit("desk", hearing=[*HOSTILE], state=[*HOSTILE], desk_state=[*HOSTILE])
    assert WORDS in page.text
    with reading(house.engine) as db:
        assert head(db) == before


def test_an_empty_house_has_no_hearing_to_moderate(
    visit_empty: Visit, sign_in: SignIn, empty_house: Deployment
) -> None:
    sign_in(Role.FACILITATOR, empty_house)
    page = visit_empty("desk")
    assert page.title == "Facilitator desk"
    assert "There is no hearing yet." in page.text
    assert "Export" not in page.text


@pytest.mark.usefixtures("facilitator")
def test_what_was_seen_of_an_author_is_confirmed_shown_and_undone(
    visit: Visit, send: Send, decided: Decided
) -> None:
    made = send()
    decided(made.comment_id, State.PUBLISHED)
    key, label = f"identity_{made.comment_id}", "An organisation, confirmed by the facilitators on"
    page = visit("desk").choose("desk_state", "published")
    assert "Write no name and no number down" in page.text
    page = page.choose(f"{key}_seen", "called_back").press("Confirm who wrote comment 1")
    assert label in page.text
    assert label in visit("hearing", id=OPEN_HEARING).text
    page = page.choose(f"{key}_why", "authors_wish").press("Undo what is confirmed of comment 1")
    assert label not in page.text
    assert label not in visit("hearing", id=OPEN_HEARING).text
