"""Was I scored? The form, the receipt, the agency's answer, taking words back, the figures."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from hearing_app.deployment import Deployment
from hearing_app.hearings.requests.answering import Replying, reply
from hearing_app.hearings.requests.asking import Asking, lodge
from hearing_app.hearings.requests.reading import Request, requests_where
from hearing_app.hearings.requests.vocabulary import RequestState
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, reply_draft
from tests.web.reader import HOSTILE, SignIn, Visit, code_of

WORDS = "I was stopped by the zebrawood cameras."


def stored(house: Deployment) -> list[Request]:
    with reading(house.engine) as db:
        return requests_where(db)


def as_publisher(house: Deployment, sign_in: SignIn, agency: str) -> Actor:
    member = sign_in(Role.PUBLISHER, house)
    with writing(house.engine) as db:
        of_theirs = update(account).where(account.c.account_id == member.account_id)
        db.execute(of_theirs.values(agency=agency))
    return Actor(Role.PUBLISHER, member.account_id, agency)


def agency_of(house: Deployment, system: str = "compas") -> str:
    with reading(house.engine) as db:
        return entry_of(db, system).entry.deployer.agency


def test_a_request_goes_from_the_form_to_its_answer_and_back(
    house: Deployment, visit: Visit, sign_in: SignIn, cookies: dict[str, str]
) -> None:
    page = visit("system", id="compas").follow("Was I scored?")
    assert page.title == "Was I scored?"
    # Before a word is typed: who reads it, until when it is kept, that nobody may be there to read it.
    for said in ("nobody else: no facilitator", "are erased 180 days after the answer", "has nobody in this"):
        assert said in page.text
    assert "30 days are counted" in page.text
    page = page.set("request_kind", "review").type("request_words", "Short.").press("Send my request")
    assert "Please write in a few words what happened" in page.text
    assert (page.value("request_kind"), page.value("request_words")) == ("review", "Short.")
    page = page.type("request_words", WORDS + HOSTILE[0]).type("request_reach", HOSTILE[1])
    page = page.press("Send my request")
    code = code_of(page)
    assert code_of(page.run()) == code
    assert "Please print the letter below" in page.text
    [one] = stored(house)
    assert (one.kind, one.words, one.reach) == ("review", WORDS + HOSTILE[0], HOSTILE[1])
    # What was sent is in no field any more.
    assert page.press("Ask something else").value("request_words") == ""
    as_publisher(house, sign_in, agency_of(house))
    assert visit("desk").link("Requests: what people ask your agency about themselves") == "/requests"
    desk = visit("requests")
    assert "zebrawood" in desk.text
    assert "1 request waits for an answer" in desk.text
    key = f"requests_{one.request_id}_0"
    desk = desk.set(f"{key}_kind", "reviewed_kept").type(f"{key}_text", "Quillwort.").press("Send the answer")
    assert stored(house)[0].state is RequestState.WAITING
    desk = desk.type(f"{key}_office", "Review office").press("Send the answer")
    assert "No request waits" in desk.text
    cookies.clear()
    mine = visit("my_comment").type("my_comment_typed", code).press("Find it")
    for said in ("zebrawood", "Quillwort.", "Looked at again by: Review office", "Kept until"):
        assert said in mine.text
    mine = mine.choose("my_comment_sure", True).press("Withdraw my words")
    assert "Withdrawn by its author" in mine.text
    assert "zebrawood" not in mine.text
    assert "Quillwort" not in mine.text
    assert stored(house)[0].words == ""


@pytest.mark.parametrize("role", [None, Role.FACILITATOR, Role.AUDITOR, Role.ADMINISTRATOR, Role.PUBLISHER])
def test_nobody_else_sees_a_request(
    house: Deployment, visit: Visit, sign_in: SignIn, role: Role | None
) -> None:
    with writing(house.engine) as db:
        one = lodge(db, house.key, Asking(new_draft_id(), "scored", "compas", 1, WORDS))
    if role is Role.PUBLISHER:
        as_publisher(house, sign_in, "another-agency")
    elif role is not None:
        sign_in(role, house)
    page = visit("requests")
    assert one.request_id not in page.text
    assert "zebrawood" not in page.text
    assert ("This page is for those who publish" in page.text) is (role is not Role.PUBLISHER)


def test_who_answers_second_keeps_the_words(house: Deployment, visit: Visit, sign_in: SignIn) -> None:
    with writing(house.engine) as db:
        number = lodge(db, house.key, Asking(new_draft_id(), "scored", "compas", 1, WORDS)).request_id
    agency = agency_of(house)
    as_publisher(house, sign_in, agency)
    desk = visit("requests").type(f"requests_{number}_0_text", "A long answer, typed with care.")
    with writing(house.engine) as db:
        colleague = Actor(Role.PUBLISHER, "7", agency)
        reply(db, colleague, number, Replying("not_scored", "No."), seen=0)
    desk = desk.press("Send the answer")
    assert "It was answered since you opened it." in desk.text
    assert "A long answer, typed with care." in desk.text
    assert "A long answer" not in desk.press("I need them no more").text
    assert [one.text for one in stored(house)[0].replies] == ["No."]


def test_a_draft_is_kept_for_its_writer_until_it_is_sent(
    house: Deployment, visit: Visit, sign_in: SignIn
) -> None:
    with writing(house.engine) as db:
        number = lodge(db, house.key, Asking(new_draft_id(), "scored", "compas", 1, WORDS)).request_id
    key, agency = f"requests_{number}_0", agency_of(house)
    as_publisher(house, sign_in, agency)
    desk = visit("requests").type(f"{key}_text", "Begun with care.").set(f"{key}_kind", "not_scored")
    assert "Kept. Only you can see it." in desk.press("Keep as a draft").text
    # Another visit, another day: it stands in the form again.
    desk = visit("requests")
    assert (desk.value(f"{key}_text"), desk.value(f"{key}_kind")) == ("Begun with care.", "not_scored")
    desk = desk.press("Throw the draft away")
    assert desk.value(f"{key}_text") == ""
    desk = desk.type(f"{key}_text", "Begun anew.").press("Keep as a draft")
    desk.press("Send the answer")
    with reading(house.engine) as db:
        assert db.execute(reply_draft.select()).all() == []


def test_without_a_system_it_says_what_to_do_and_the_figures_are_silent(visit: Visit) -> None:
    assert "follow “Was I scored?”" in visit("request").text
    assert "Nothing is published" in visit("request", system=HOSTILE[0]).title
    page = visit("rights")
    assert page.title == "How agencies answer requests"
    assert "so nothing is counted in public yet" in page.text
