"""Something is wrong here: the form, the receipt, the public list, the answers, taking words back."""

from __future__ import annotations

from sqlalchemy import update

from hearing_app.deployment import Deployment
from hearing_app.documents.corrections import MOST_SHOWN, corrections_html, open_corrections_html
from hearing_app.people.permissions import PUBLIC, Actor, Role
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.corrections.answering import Answering, answer
from hearing_app.registry.corrections.reading import correction_of, corrections_of
from hearing_app.registry.corrections.receiving import receive
from hearing_app.registry.corrections.report import Report
from hearing_app.registry.corrections.vocabulary import Kind, Standing
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account
from tests.web.reader import HOSTILE, SignIn, Visit, code_of

WORDS = "The score has eleven steps, not ten, as the manual of 2019 says."


def test_a_report_goes_from_the_form_to_its_answer_and_back(
    house: Deployment, visit: Visit, sign_in: SignIn
) -> None:
    page = visit("correction", system="compas", field="outputs")
    assert page.title == "Something is wrong here"
    page = page.type("correction_words", "Too short.").press("Send my report")
    assert "Please write at least one sentence" in page.text
    page = page.type("correction_words", WORDS + HOSTILE[0]).press("Send my report")
    code = code_of(page)
    with reading(house.engine) as db:
        [one] = corrections_of(db, "compas")
    assert (one.field, one.words) == ("outputs", WORDS + HOSTILE[0])
    public = visit("corrections", system="compas")
    assert one.correction_id in public.text
    assert "eleven" not in public.text
    sign_in(Role.FACILITATOR, house)
    desk = visit("corrections")
    assert "eleven" in desk.text
    key = f"corrections_{one.correction_id}_0"
    desk.type(f"{key}_text", "The manual says ten; page 4.").press("Answer")
    with reading(house.engine) as db:
        [one] = corrections_of(db, "compas")
    # The first choice is "corrected", which needs a version: it was refused, and nothing was written.
    assert one.standing is Standing.WAITING
    desk = visit("corrections").set(f"{key}_outcome", "not_corrected")
    desk.type(f"{key}_text", "The manual says ten; page 4.").press("Answer")
    assert "Not changed" in visit("corrections", system="compas").text
    mine = visit("my_comment").type("my_comment_typed", code).press("Find it")
    assert "eleven" in mine.text
    assert "page 4" in mine.text
    mine = mine.choose("my_comment_sure", True).press("Withdraw my words")
    assert "eleven" not in mine.text
    with reading(house.engine) as db:
        assert corrections_of(db, "compas")[0].standing is Standing.WITHDRAWN


def test_without_a_system_it_says_what_to_do(visit: Visit) -> None:
    assert "follow “Something is wrong here”" in visit("correction").text
    assert "No report waits for an answer." in visit("corrections").text


def test_what_is_typed_belongs_to_one_entry_and_the_receipt_stays(
    house: Deployment, visit: Visit, sign_in: SignIn
) -> None:
    with reading(house.engine) as db:
        claim = f"claims.{entry_of(db, 'compas').entry.claims[0].id}"
    page = visit("correction", system="compas", field=claim)
    page = page.type("correction_words", "Too short.").type("correction_source", "no").press("Send my report")
    # What was refused is still there, and none of it comes along to another entry.
    kept = [page.value(f"correction_{name}") for name in ("field", "words", "source")]
    assert kept == [claim, "Too short.", "no"]
    page = page.open("system", id="compas").open("correction", system="compas", field=claim)
    assert [page.value(f"correction_{name}") for name in ("field", "words", "source")] == kept
    page = page.open("correction", system="predpol", field="purpose")
    assert [page.value(f"correction_{name}") for name in ("field", "words", "source")] == ["purpose", "", ""]
    assert "Please write at least one sentence" not in page.text
    code = code_of(page.type("correction_words", WORDS).press("Send my report"))
    # A connection that was lost lets the page run again; so does a second press, which sends nothing.
    assert code_of(page.run()) == code
    page = page.press("Report something else")
    assert (page.value("correction_field"), page.value("correction_words")) == ("purpose", "")
    with reading(house.engine) as db:
        assert [one.words for one in corrections_of(db, "predpol")] == [WORDS]
        assert corrections_of(db, "compas") == []


def test_who_signed_out_speaks_for_no_body_any_more(
    house: Deployment, visit: Visit, sign_in: SignIn, cookies: dict[str, str]
) -> None:
    with reading(house.engine) as db:
        agency = entry_of(db, "compas").entry.deployer.agency
    member = sign_in(Role.PUBLISHER, house)
    with writing(house.engine) as db:
        of_theirs = update(account).where(account.c.account_id == member.account_id)
        db.execute(of_theirs.values(agency=agency))
    page = visit("correction", system="compas")
    assert "you can speak for it here" in page.text
    assert "no name is asked" not in page.text
    page = page.set("correction_kind", "claim").press("Send it")
    assert page.value("correction_kind") == "claim"
    assert page.link("It was not sent. See what to change") == "#refusal"
    cookies.clear()
    page = page.type("correction_words", WORDS).press("Send it")
    assert "no name is asked" in page.text
    # The button was still that of the body: it is refused, the words stay, and the form is everybody's.
    assert "Only a member of staff in the role publisher" in page.text
    assert page.value("correction_words") == WORDS
    code_of(page.press("Send my report"))
    with reading(house.engine) as db:
        assert [(one.kind, one.agency) for one in corrections_of(db, "compas")] == [(Kind.ERROR, "")]


def test_who_answers_second_keeps_the_words(house: Deployment, visit: Visit, sign_in: SignIn) -> None:
    sent = Report(new_draft_id(), "error", "compas", 1, "purpose", WORDS)
    with writing(house.engine) as db:
        number = receive(db, PUBLIC, house.key, sent).correction_id
    sign_in(Role.FACILITATOR, house)
    desk = visit("corrections").set(f"corrections_{number}_0_outcome", "not_corrected")
    desk = desk.type(f"corrections_{number}_0_text", "A long answer, typed with care.")
    with writing(house.engine) as db:
        answer(db, Actor(Role.FACILITATOR, "7"), number, Answering("not_corrected", "No."), seen=0)
    desk = desk.press("Answer")
    assert "It was answered since you opened it." in desk.text
    assert "A long answer, typed with care." in desk.text
    assert "A long answer" not in desk.press("I need them no more").text
    with reading(house.engine) as db:
        assert [one.text for one in corrections_of(db, "compas")[0].answers] == ["No."]


def test_a_flood_of_reports_makes_no_page_that_cannot_be_opened(house: Deployment) -> None:
    with writing(house.engine) as db:
        entry = entry_of(db, "compas").entry
        one = receive(db, PUBLIC, house.key, Report(new_draft_id(), "error", "compas", 1, "", WORDS))
        found = [correction_of(db, one.correction_id)] * (MOST_SHOWN + 3)
    for body in (corrections_html(found, entry), open_corrections_html(found, {})):
        assert body.count(one.correction_id) == 2 * MOST_SHOWN
        assert "3 more stand" in body
    assert "more stand" not in corrections_html(found[:MOST_SHOWN], entry)


def test_the_desk_leads_to_the_reports_that_wait(visit: Visit, sign_in: SignIn, house: Deployment) -> None:
    sign_in(Role.FACILITATOR, house)
    page = visit("desk")
    assert "No report waits for your answer." in page.text
    assert page.link("Corrections") == "/corrections"
