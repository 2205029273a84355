"""Preparing a hearing as facilitators do: draft it, see its faults, preview, announce, change, follow up."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hearing_app.deployment import Deployment
from hearing_app.hearings.life.drafts import drafts, save
from hearing_app.people.permissions import Role
from hearing_app.record.versions import versions_of
from hearing_app.store.engine import reading, writing
from tests.web.reader import HOSTILE, Announce, Reader, SignIn, Visit

TODAY = datetime.now(UTC).date()


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def fill(page: Reader, **typed: str) -> Reader:
    """Type into fields of the form, whatever the number of its opening."""
    for name, text in typed.items():
        [key] = [
            str(one.key)
            for one in (*page.at.text_input, *page.at.text_area)
            if re.fullmatch(rf"prepare_H-\w+_\d+_{name}", str(one.key))
        ]
        page.type(key, text)
    return page.run()


def choose(page: Reader, *systems: str) -> Reader:
    [field] = [one for one in page.at.multiselect if str(one.key).endswith("_systems")]
    field.set_value(list(systems))
    return page.run()


def complete(page: Reader) -> Reader:
    choose(page, "compas", "predpol")
    return fill(
        page,
        title="Scores and forecasts",
        summary="The council asks what residents think of two systems.",
        convened_by="The city council",
        question_0="Should they be used?",
        opens_day=day(20),
        closes_day=day(40),
        what_happens_next="The council decides in spring.",
    )


def test_it_is_for_facilitators(visit: Visit, sign_in: SignIn, house: Deployment) -> None:
    assert "for members of staff" in visit("prepare", draft="H-0").text
    sign_in(Role.PUBLISHER, house)
    page = visit("prepare")
    assert "for facilitators" in page.text
    assert not page.at.button


def test_from_a_draft_to_a_change_of_what_was_announced(
    visit: Visit, sign_in: SignIn, house: Deployment
) -> None:
    member = sign_in(Role.FACILITATOR, house)
    page = visit("prepare").press("Begin")
    assert "Still missing. Write it." in page.text
    assert "What keeps it from being announced" in page.text
    page.press("Announce this hearing")
    assert "The hearing was not announced." in page.text
    complete(page)
    assert "Nothing keeps it from being announced." in page.text
    fill(page, opens_day=day(3))
    assert "It would be announced 3 days before; 14 are needed." in page.text
    fill(page, opens_day=day(20))
    [preview] = [one for one in page.at.checkbox if one.label.startswith("Show the page")]
    preview.check()
    page.run()
    assert "Where it stands" in page.text
    assert "The council decides in spring." in page.text
    assert "Announced 20 days before it opens; at least 14 are kept." in page.text
    page.press("Announce this hearing")
    assert "Announced." in page.text
    assert page.link("Its page") == "/hearing?id=scores-and-forecasts"
    shown = visit("hearing", id="scores-and-forecasts")
    assert "COMPAS" in shown.text
    assert re.search(r"in version \d+ of its entry", shown.text)

    page = visit("prepare")
    # Chosen and pressed at once, before the page could follow the choice.
    page.set("prepare_of", "scores-and-forecasts").press("Begin")
    fill(page, closes_day=day(50))
    assert "The reason is missing." in page.text
    assert "Comments close. Before:" in page.text
    fill(page, reason="More time was asked for.")
    page.press("Publish this change")
    assert "More time was asked for." in visit("hearing", id="scores-and-forecasts").text
    with reading(house.engine) as db:
        assert [one.actor for one in versions_of(db, "hearing", "scores-and-forecasts")] == [
            member.actor.name
        ] * 2
        assert drafts(db, member.actor) == []


def test_a_colleague_was_faster_and_nothing_is_lost(visit: Visit, sign_in: SignIn, house: Deployment) -> None:
    mine = sign_in(Role.FACILITATOR, house)
    page = visit("prepare").press("Begin")
    fill(page, title="My words")
    other = sign_in(Role.FACILITATOR, house)
    with writing(house.engine) as db:
        [draft] = drafts(db, other.actor)
        save(db, other.actor, draft.draft_id, {**draft.form, "summary": "Theirs."}, revision=draft.revision)
    fill(page, contact="desk@example.org")
    assert "A colleague, or another window of yours, saved this draft" in page.text
    page.press("Keep mine as a draft of its own")
    with reading(house.engine) as db:
        found = {(one.form["summary"], one.form["contact"]) for one in drafts(db, mine.actor)}
    assert found == {("Theirs.", ""), ("", "desk@example.org")}


def test_hostile_words_stay_words_and_are_refused(visit: Visit, sign_in: SignIn, house: Deployment) -> None:
    sign_in(Role.FACILITATOR, house)
    page = complete(visit("prepare").press("Begin"))
    for text in HOSTILE:
        fill(page, title=text, contact=text, opens_day=text, closes_time=text, id=text, notice_ground=text)
        assert "What keeps it from being announced" in page.text
        page.press("Announce this hearing")
        assert "was not announced" in page.text or "larger than" in page.text
    fill(page, **dict.fromkeys(("title", "summary", "question_0"), HOSTILE[0]))
    assert "<script>alert(1)</script>" in page.text


def test_it_is_cancelled_with_a_reason_in_public(
    visit: Visit, sign_in: SignIn, house: Deployment, announce: Announce
) -> None:
    sign_in(Role.FACILITATOR, house)
    announce(5, 9)
    page = visit("prepare")
    page.choose("prepare_announced", "town-hall").press("Cancel the hearing")
    assert "The reason is missing." in page.text
    # Chosen and pressed at once, before the page could follow: the other hearing stays.
    page = visit("prepare")
    others = [one for one in page.at.selectbox(key="prepare_announced").options if "town hall" not in one]
    assert others and page.value("prepare_announced") != "town-hall"
    page.type("prepare_cancel_reason", "The system was withdrawn.")
    page.set("prepare_announced", "town-hall").press("Cancel the hearing")
    assert "The hearing is cancelled." in page.text
    assert "Cancelled on" in visit("hearing", id="town-hall").text
    assert "Cancelled A hearing in the town hall Cancelled on" in visit("hearings").text
