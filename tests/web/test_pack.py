"""The page of the pack: what is chosen is counted and made, found again, and taken away by its maker."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from hearing_app.deployment import Deployment
from hearing_app.documents.pack import making
from hearing_app.documents.pack.making import making_of
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Role
from hearing_app.store.engine import writing
from hearing_app.store.tables import session
from tests.web.reader import OPEN_HEARING, Decided, Send, SignIn, Visit


def _wait(pack_id: str) -> None:
    for thread in threading.enumerate():
        if thread.name == pack_id:
            thread.join(30)


def test_a_facilitator_chooses_makes_and_finds_a_pack(
    house: Deployment, visit: Visit, sign_in: SignIn, send: Send, decided: Decided
) -> None:
    assert "This page is for facilitators." in visit("pack").text
    sign_in(Role.PUBLISHER, house)
    assert "This page is for facilitators." in visit("pack").text
    me = sign_in(Role.FACILITATOR, house).actor
    decided(send().comment_id, State.PUBLISHED)
    send(comment_type="question", concern="When are these scores switched off?")
    desk = visit("desk").choose("desk_hearing", OPEN_HEARING)
    assert f"/pack?hearing={OPEN_HEARING}" in [address for address, _ in desk.links]
    page = visit("pack", hearing=OPEN_HEARING)
    assert "This takes 2 of 2 comments." in page.text
    page.choose("pack_state", ["published"])
    assert "This takes 1 of 2 comments." in page.text
    page.choose("pack_kind", ["question"])
    assert "This takes 0 of 2 comments." in page.text
    page.choose("pack_kind", []).choose("pack_all_columns", False)
    assert "Never public for one author." in page.text, "columns are said in plain words"
    page.choose("pack_column_stance", False)
    page.press("Make the pack")
    made = making_of(me, OPEN_HEARING, house.settings.data)
    assert made is not None
    assert made.choice.state == ("published",)
    assert "stance" not in made.choice.column
    assert "concern" in made.choice.column
    _wait(made.pack_id)
    # Loaded anew, in another window: it is found again.
    other = visit("pack", hearing=OPEN_HEARING)
    assert "Your pack is ready." in other.text
    assert "state Published; columns" in other.text
    assert other.link("Fetch the pack") == f"/desk/packs-made/{made.pack_id}"
    other.press("Remove this pack")
    assert "You stopped this pack." in other.text
    assert not made.file.exists()
    # A day before another is refused in words, and nothing can be begun with it.
    [since] = [one for one in other.at.date_input if one.key == "pack_since"]
    [until] = [one for one in other.at.date_input if one.key == "pack_until"]
    since.set_value(datetime(2026, 5, 2, tzinfo=UTC).date())
    until.set_value(datetime(2026, 5, 1, tzinfo=UTC).date())
    assert "It lies after the last day." in other.run().text
    [button] = [one for one in other.at.button if one.key == "pack_make"]
    assert button.disabled
    making.end(house.settings.data)


def test_who_has_not_shown_lately_who_they_are_is_asked_first(
    house: Deployment, visit: Visit, sign_in: SignIn
) -> None:
    sign_in(Role.FACILITATOR, house)
    with writing(house.engine) as db:
        db.execute(update(session).values(confirmed_at=datetime.now(UTC) - timedelta(minutes=11)))
    page = visit("pack", hearing=OPEN_HEARING)
    way = page.link("please confirm first that it is you")
    assert way == f"/confirm?next=/pack%3Fhearing%3D{OPEN_HEARING}"
    assert "Make the pack" not in page.text
