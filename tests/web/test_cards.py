"""Wishes to speak on the form and behind the receipt, and paper cards typed by two people."""

from __future__ import annotations

from datetime import UTC, datetime

from hearing_app.deployment import Deployment
from hearing_app.hearings.comments.cards import print_cards
from hearing_app.hearings.comments.comment import comment_by_receipt
from hearing_app.hearings.comments.speaking import wish_of
from hearing_app.people.permissions import Actor, Role
from hearing_app.store.engine import reading, writing
from tests.web.reader import HOSTILE, OPEN_HEARING, SignIn, Visit, code_of

NEEDS = "A step-free way to the platform"


def test_a_wish_is_stated_on_the_form_and_changed_with_the_receipt(house: Deployment, visit: Visit) -> None:
    page = visit("comment", hearing=OPEN_HEARING, system="compas")
    assert "I need an interpreter" not in page.text, "who does not wish to speak is asked nothing more"
    page.set("comment_comment_type", "question").choose("comment_target", "deployment")
    page.type("comment_target_detail", f"The front desk {HOSTILE[0]}")
    page.type("comment_concern", "Who looks at the scores before a judge does?")
    page.choose("comment_speaking", "in_person")
    page.choose("comment_interpreter", True).press("Check before sending")
    assert "Please choose from which language." in page.text
    fault, below = (page.text.index(words) for words in ("Please choose from which", "What do you need to"))
    assert page.text.index("Which language do you speak?") < fault < below, "a fault stands under its field"
    page.set("comment_interpreter_language", "so").type("comment_access_needs", NEEDS)
    page.set("comment_first_time", "yes").press("Check before sending")
    assert NEEDS in page.text
    assert "with an interpreter (Soomaali (Somali))" in page.text
    page.press("Send my comment")
    code = code_of(page)
    with reading(house.engine) as db:
        sent = comment_by_receipt(db, house.key, code)
        wish = wish_of(db, sent.comment_id)
    assert wish is not None
    assert (wish.how, wish.interpreter_language, wish.access_needs) == ("in_person", "so", NEEDS)
    assert wish.first_time is True
    assert sent.target_detail == f"The front desk {HOSTILE[0]}"
    mine = visit("my_comment").type("my_comment_typed", code).press("Find it")
    assert NEEDS in mine.text
    mine.choose("own_wish_speaking", "phone_or_video").press("Keep this wish")
    assert NEEDS in mine.text, "what was asked for before is still in the fields"
    mine.choose("own_wish_speaking", "no").press("Keep this wish")
    assert NEEDS not in mine.text
    assert "You have not asked to speak." in mine.text
    with reading(house.engine) as db:
        assert wish_of(db, sent.comment_id) is None


def test_a_card_is_typed_by_one_and_confirmed_by_another(
    house: Deployment, visit: Visit, sign_in: SignIn
) -> None:
    assert "This page is for facilitators." in visit("cards").text
    sign_in(Role.PUBLISHER, house)
    assert "This page is for facilitators." in visit("cards").text
    with writing(house.engine) as db:
        cards = print_cards(db, Actor(Role.FACILITATOR, "pat"), house.key, OPEN_HEARING, 2)
    sign_in(Role.FACILITATOR, house)

    def type_card(number: str, words: str) -> str:
        page = visit("cards").choose("cards_hearing", OPEN_HEARING).type("card_number", number)
        page.type("card_written_on", datetime.now(UTC).date().isoformat())
        page.set("card_target", "purpose").set("card_comment_type", "concern")
        page.set("card_consent", "text_only").type("card_concern", words).press("Keep this card")
        return page.text

    said = type_card("K-00000001", "Who checks the scores of this?")
    assert "mistyped" in said, said[:3000]
    words = f"Who checks the scores of this? {HOSTILE[0]}"
    assert "is kept. It counts as entered when a second person" in type_card(cards[0].number, words)
    page = visit("cards").choose("cards_hearing", OPEN_HEARING)
    assert "You typed it: a colleague confirms it" in page.text
    sign_in(Role.FACILITATOR, house)
    differs = type_card(cards[0].number, "Who keeps the scores of this?")
    assert "What differs" in differs
    page = visit("cards").choose("cards_hearing", OPEN_HEARING)
    page.choose(f"cards_sure_{cards[0].number}", True).press(f"Enter card {cards[0].number}")
    assert "is entered as comment C-" in page.text
    with reading(house.engine) as db:
        found = comment_by_receipt(db, house.key, cards[0].receipt)
    assert (found.concern, found.identity_basis) == (words, "paper_card")
