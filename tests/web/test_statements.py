"""Voting on statements, as a person does; and choosing them, as a facilitator does."""

from __future__ import annotations

import re

from hearing_app.deployment import Deployment
from hearing_app.hearings.voting.results import votes_cast
from hearing_app.hearings.voting.statements import add, statements_of
from hearing_app.people.permissions import Role
from hearing_app.store.engine import reading, writing
from tests.api.conftest import FACILITATOR, OPEN_HEARING
from tests.web.reader import HOSTILE, SignIn, Visit


def test_a_person_votes_changes_and_takes_all_back(house: Deployment, visit: Visit) -> None:
    with writing(house.engine) as db:
        for number in (1, 2):
            add(db, FACILITATOR, OPEN_HEARING, f"Here stands the statement with number {number}.")
    page = visit("statements", hearing=OPEN_HEARING)
    assert "You have answered 0 of 2 statements." in page.text
    first = re.search(r"statement with number (\d)", page.text)
    assert first is not None
    page = page.press("Agree")
    assert "You have answered 1 of 2 statements." in page.text
    page = page.press("Pass, or not sure")
    assert "You have answered every statement." in page.text
    digits = re.search(r"\d{4} \d{4} \d{4} \d{4}", page.text)
    assert digits is not None
    with reading(house.engine) as db:
        assert votes_cast(db, OPEN_HEARING) == (1, 2)
    again = visit("statements", hearing=OPEN_HEARING)
    again = again.type("voting_typed", "0000 0000 0000 0000").press("Go on")
    assert "Nobody voted in this hearing with these 16 digits." in again.text
    again = again.type("voting_typed", digits[0]).press("Go on")
    assert "2 votes of yours stand here" in again.text
    assert "You have answered every statement." in again.text
    gone = again.press("Take all my votes back")
    assert "Your votes are taken back." in gone.text
    with reading(house.engine) as db:
        assert votes_cast(db, OPEN_HEARING) == (0, 0)


def test_a_facilitator_chooses_and_takes_down(house: Deployment, visit: Visit, sign_in: SignIn) -> None:
    assert "Only a member of staff in the role facilitator" in visit("choose_statements").text
    sign_in(Role.FACILITATOR, house)
    desk = visit("choose_statements").type("statements_text", "Too short").press("Add it")
    assert "A statement has 10 to 200 signs." in desk.text
    desk = desk.type("statements_text", f"A statement with {HOSTILE[0]}"[:200]).press("Add it")
    with reading(house.engine) as db:
        [one] = statements_of(db, OPEN_HEARING)
    desk = desk.press("Take 1 down")
    assert "Say in public why it is taken down." in desk.text
    desk = desk.type("statements_why_1", "It says two things.").press("Take 1 down")
    with reading(house.engine) as db:
        [one] = statements_of(db, OPEN_HEARING)
    assert one.taken_down_why == "It says two things."


def test_without_a_hearing_it_says_what_to_do(visit: Visit) -> None:
    assert "Please choose one under “Hearings”." in visit("statements").text
