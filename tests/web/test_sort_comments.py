"""Themes at the desk: named, filled, and shown on the hearing's page."""

from __future__ import annotations

from hearing_app.deployment import Deployment
from hearing_app.hearings.comments.lists import WITHOUT_THEME
from hearing_app.hearings.comments.themes import themes_of
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Role
from hearing_app.store.engine import reading, writing
from tests.api.conftest import FACILITATOR, OPEN_HEARING
from tests.web.reader import HOSTILE, Send, SignIn, Visit


def test_a_facilitator_makes_a_theme_and_the_public_sees_it(
    house: Deployment, visit: Visit, sign_in: SignIn, send: Send
) -> None:
    receipt = send()
    with writing(house.engine) as db:
        decide(db, FACILITATOR, receipt.comment_id, State.PUBLISHED, seen_state=State.SUBMITTED)
    assert "Only a member of staff in the role facilitator" in visit("sort_comments").text
    sign_in(Role.FACILITATOR, house)
    desk = visit("sort_comments").press("Make it")
    assert "This is no name for a theme." in desk.text
    name = f"Errors {HOSTILE[0]}"[:70]
    desk = desk.type("themes_name", name).press("Make it")
    desk = desk.set(f"themes_{OPEN_HEARING}_1_into", [receipt.comment_id]).press("Change the theme")
    with reading(house.engine) as db:
        [one] = themes_of(db, OPEN_HEARING)
    assert one.comment_ids == (receipt.comment_id,)
    # The desk's list can be read theme by theme.
    listed = visit("desk").choose("desk_hearing", OPEN_HEARING).choose("desk_state", "published")
    assert receipt.comment_id in listed.choose(f"desk_theme_{OPEN_HEARING}", 1).text
    none = listed.choose(f"desk_theme_{OPEN_HEARING}", WITHOUT_THEME).text
    assert "No comment is in this list." in none
    page = visit("hearing", id=OPEN_HEARING)
    assert "What the comments are about" in page.text
    assert "1 comment" in page.text
