"""Something is wrong here: the form, the receipt, the public list, the answers, taking words back."""

from __future__ import annotations

from hearing_app.deployment import Deployment
from hearing_app.people.permissions import Role
from hearing_app.registry.corrections.reading import corrections_of
from hearing_app.registry.corrections.vocabulary import Standing
from hearing_app.store.engine import reading
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
    assert "Everything is answered." in visit("corrections").text
