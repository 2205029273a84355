"""The publishing desk as two publishers use it: one writes in steps, the other returns and approves."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from hearing_app.deployment import Deployment
from hearing_app.people.accounts import Account
from hearing_app.people.cookie import session_cookie
from hearing_app.people.permissions import STAFF_ROLES, Role
from hearing_app.people.sessions import start_session
from hearing_app.registry.desk import acts
from hearing_app.registry.desk.drafts import Draft, draft_of, drafts_at
from hearing_app.registry.desk.text import as_yaml, tidy
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import entry_of
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account
from tests.signers import RIVERTON, Agency, own_entry
from tests.web.reader import HOSTILE, Reader, SignIn, Visit

NOTE = "The cameras are on the record now."
As = Callable[[Account], None]
# In use it would have to answer more questions of the rules than this test is about.
PLANNED = {"lifecycle": {"stages": [{"stage": "proposed", "since": "2026", "sources": ["report"]}]}}


@pytest.fixture
def publisher(house: Deployment) -> Callable[..., Account]:
    """Make an account of a publisher."""

    def one(agency: str = RIVERTON) -> Account:
        member = Account(secrets.token_hex(6), "p@example.org", Role.PUBLISHER, agency)
        row = {
            "account_id": member.account_id,
            "email": f"{member.account_id}@example.org",
            "role": Role.PUBLISHER,
            "agency": agency,
            "password_hash": "!",
            "created_at": datetime.now(UTC),
            "disabled": False,
        }
        with writing(house.engine) as db:
            db.execute(insert(account).values(row))
        return member

    return one


@pytest.fixture
def as_member(house: Deployment, cookies: dict[str, str]) -> As:
    """Sit down at this test's browser as somebody."""

    def one(member: Account, *, confirmed: bool = True) -> None:
        with writing(house.engine) as db:
            token = start_session(db, member, confirmed=confirmed)
        cookies[session_cookie(house.settings.is_https)] = token

    return one


def text() -> dict[str, Any]:
    whole = own_entry(**PLANNED, compiled=own_entry()["compiled"] | {"as_of": "2026-06-01"})
    return tidy(Entry.model_validate(whole))


def submitted(house: Deployment, member: Account, **changes: Any) -> Draft:
    with writing(house.engine) as db:
        draft = acts.begin(db, member.actor, document=text() | changes)
        return acts.submit(
            db, member.actor, draft.draft_id, revision=1, note=NOTE, dataset_ids=(), rules=None
        )


def only_draft(house: Deployment, member: Account, *, closed: bool = False) -> Draft:
    with reading(house.engine) as db:
        [draft] = drafts_at(db, member.actor, closed=closed)
    return draft


def typed(page: Reader, path: str, value: str) -> Reader:
    """Type into the field of the entry at a path, whatever the number of this opening of the step."""
    [key] = [
        w.key
        for w in page._nodes
        if re.fullmatch(rf"entry_D-\w+_\d+_{re.escape(path)}", str(getattr(w, "key", "")))
    ]
    return page.type(key, value)


def test_who_is_no_publisher_sees_no_desk(visit: Visit, sign_in: SignIn, house: Deployment) -> None:
    assert "for members of staff" in visit("publish").text
    for role in STAFF_ROLES:
        if role is Role.PUBLISHER:
            continue
        sign_in(role, house)
        page = visit("publish", draft="D-0123456789ab")
        assert not page.at.button
        assert ("Nothing was done yet" if role is Role.AUDITOR else "for publishers, who write") in page.text


def test_it_is_written_in_steps_and_saved_by_itself(
    visit: Visit, house: Deployment, publisher: Callable[..., Account], as_member: As
) -> None:
    ada = publisher()
    as_member(ada)
    page = visit("publish").press("Begin")
    assert page.at.query_params["draft"]
    assert "Who wrote this entry" in page.text
    typed(page, "name", "Bus lane cameras")
    typed(page, "summary", "Cameras that note vehicles in bus lanes.")
    typed(page, "id", "Bus Lanes").press("Save and go on")
    draft = only_draft(house, ada)
    assert (draft.document["name"], draft.document["id"]) == ("Bus lane cameras", "Bus Lanes")
    # Nothing was pressed after this: the run that the browser starts when a field is left saves it.
    typed(page, "unit", "Traffic").run()
    assert only_draft(house, ada).document["unit"] == "Traffic"
    page.press("Add one: Who supplies it")
    typed(page, "suppliers.0.name", "Lane Watch GmbH").run()
    page.press("Add another: Who supplies it")
    typed(page, "suppliers.1.name", "Second").press("Remove Who supplies it 1")
    assert only_draft(house, ada).document["suppliers"] == [{"name": "Second"}]
    # A new session finds it all again.
    again = visit("publish", draft=draft.draft_id)
    assert "Bus lane cameras" in again.text
    assert "Write small letters, digits and single hyphens" in again.text
    assert again.value(f"entry_{draft.draft_id}_0_summary") == "Cameras that note vehicles in bus lanes."


def test_who_only_looks_changes_nothing(
    visit: Visit, house: Deployment, publisher: Callable[..., Account], as_member: As
) -> None:
    """Else they would count as its last editor, and could not approve it."""
    ada, ben = publisher(), publisher()
    rough = own_entry(**PLANNED) | {"name": "TODO", "functions": "anpr", "next_review": 2027, "unit": None}
    with writing(house.engine) as db:
        draft = acts.begin_from_text(db, ada.actor, rough)
    as_member(ben)
    page = visit("publish", draft=draft.draft_id)
    for step in (*"ABCDEFGHIJK", "yaml", "submit"):
        page.choose(f"publish_step_{draft.draft_id}", step)
    assert only_draft(house, ben) == draft


def test_another_window_overwrites_nothing(
    visit: Visit, house: Deployment, publisher: Callable[..., Account], as_member: As
) -> None:
    ada = publisher()
    as_member(ada)
    with writing(house.engine) as db:
        draft = acts.begin(db, ada.actor, document=text())
    one = visit("publish", draft=draft.draft_id)
    other = visit("publish", draft=draft.draft_id)
    typed(one, "name", "From one window").press("Save")
    typed(other, "name", "From the other window").press("Save")
    assert "Somebody, or another window, changed this draft" in other.text
    assert only_draft(house, ada).name == "From one window"
    other.press("Keep mine as a draft of its own")
    with reading(house.engine) as db:
        assert {one.name for one in drafts_at(db, ada.actor)} == {"From one window", "From the other window"}
    assert one.run().value(f"entry_{draft.draft_id}_0_name") == "From one window"


def test_what_waits_for_a_decision_is_shown_as_it_was_submitted(
    visit: Visit, house: Deployment, publisher: Callable[..., Account], as_member: As
) -> None:
    """Also to somebody who wrote in it before: what this window held is not what is decided on."""
    ada, ben = publisher(), publisher()
    with writing(house.engine) as db:
        draft = acts.begin(db, ada.actor, document=text())
    as_member(ben)
    page = visit("publish", draft=draft.draft_id)
    typed(page, "name", "As Ben wrote it").run()
    with writing(house.engine) as db:
        now = draft_of(db, ada.actor, draft.draft_id)
        now = acts.save(
            db,
            ada.actor,
            draft.draft_id,
            {**now.document, "name": "As Ada submitted it"},
            revision=now.revision,
        )
        acts.submit(
            db, ada.actor, draft.draft_id, revision=now.revision, note="New.", dataset_ids=(), rules=()
        )
    page.run()
    assert "As Ada submitted it" in page.text
    assert "As Ben wrote it" not in page.text
    page.press("Take it back, to go on writing")
    assert "You can go on writing." in page.text


def test_yaml_is_taken_over_or_refused_with_every_fault(
    visit: Visit, house: Deployment, publisher: Callable[..., Account], as_member: As
) -> None:
    ada = publisher()
    as_member(ada)
    page = visit("publish")
    page.type("publish_text", "id: &a x\nname: *a\n").press("Begin with this text")
    assert "an anchor or alias" in page.text
    page.type("publish_text", as_yaml(text())).press("Begin with this text")
    draft = only_draft(house, ada)
    assert draft.document == text()
    page.choose(f"publish_step_{draft.draft_id}", "yaml")
    page.type(f"yaml_{draft.draft_id}_1", as_yaml({**text(), "name": "TODO"})).press("Take this text over")
    assert "The text was taken over" in page.text
    page.choose(f"publish_step_{draft.draft_id}", "submit")
    assert "It still holds the placeholder “TODO”." in page.text
    assert "The page can be shown once nothing is at fault." in page.text


def test_a_second_person_returns_and_then_approves(
    visit: Visit, house: Deployment, publisher: Callable[..., Account], as_member: As
) -> None:
    ada, ben = publisher(), publisher()
    draft = submitted(house, ada)
    as_member(ada)
    own = visit("publish", draft=draft.draft_id)
    assert "whoever wrote a text does not approve it" in own.text
    assert "Approve and publish" not in own.text
    as_member(ben)
    page = visit("publish", draft=draft.draft_id)
    assert "What changes" in page.text
    assert NOTE in page.text
    page.choose(f"preview_{draft.draft_id}", True)
    assert "Written by the body that deploys the system." in page.text
    page.set(f"remark_field_{draft.draft_id}", "summary")
    page.type(f"remark_{draft.draft_id}", "Say who looks at the pictures.").press("Add this remark")
    page.type(f"remark_{draft.draft_id}", "And when.").press("Return it with the remarks")
    assert "Returned." in page.text
    as_member(ada)
    mended = visit("publish", draft=draft.draft_id)
    assert "Remark: Say who looks at the pictures." in mended.text
    typed(mended, "summary", "Officers look at each picture.").press("Save")
    mended.choose(f"publish_step_{draft.draft_id}", "submit").press("Submit to a second person")
    assert "Submitted." in mended.text
    as_member(ben)
    page = visit("publish", draft=draft.draft_id).press("Approve and publish")
    assert "Approved and published." in page.text
    with reading(house.engine) as db:
        version = entry_of(db, "bus-lane-cameras").version
    assert (version.version, version.actor, version.note) == (1, ben.actor.name, NOTE)
    assert page.link("Version 1, as the public reads it") == "/record/systems/bus-lane-cameras/1"
    assert "Officers look at each picture." in visit("system", id="bus-lane-cameras").text
    assert "submitted it" in page.text


def test_approval_waits_for_a_fresh_proof_and_for_the_signature(
    visit: Visit, house: Deployment, publisher: Callable[..., Account], as_member: Any
) -> None:
    ada, ben, force = publisher(), publisher(), Agency()
    with writing(house.engine) as db:
        force.register(db)
    draft = submitted(house, ada)
    as_member(ben, confirmed=False)
    page = visit("publish", draft=draft.draft_id)
    assert (
        page.link("Please confirm first that it is you.")
        == f"/confirm?next=/publish%3Fdraft%3D{draft.draft_id}"
    )
    [button] = [one for one in page.at.button if one.label == "Approve and publish"]
    assert button.disabled
    as_member(ben)
    page = visit("publish", draft=draft.draft_id).press("Approve and publish")
    assert "it is not signed" in page.text
    page.type(f"signed_{draft.draft_id}", "{}").press("Approve and publish")
    assert "The signed file cannot be read." in page.text
    document = own_entry(**PLANNED, compiled=own_entry()["compiled"] | {"as_of": "2026-06-01"})
    with reading(house.engine) as db:
        statement = force.sign(db, document, note=NOTE)
    whole = json.dumps({"document": document, "signature": statement.model_dump()})
    page.type(f"signed_{draft.draft_id}", whole).press("Approve and publish")
    assert "Approved and published." in page.text


def test_a_system_is_taken_out_of_use_past_a_second_person(
    visit: Visit, house: Deployment, publisher: Callable[..., Account], as_member: As
) -> None:
    ada, ben = publisher(), publisher()
    draft = submitted(house, ada)
    with writing(house.engine) as db:
        acts.approve(db, ben.actor, draft.draft_id, revision=draft.revision, dataset_ids=(), rules=None)
    as_member(ada)
    page = visit("publish")
    assert "Bus lane cameras" in page.text
    page.choose("ending_stage", "cancelled").type("ending_since", "2026-05-20")
    page.press("Begin this draft")
    assert "What was found is missing." in page.text
    page.type("ending_finding", "Nobody could say what it would be good for.")
    page.type("ending_data_fate", "There are none.")
    page.type("ending_decision", "Decision of the Chief Constable").press("Begin this draft")
    begun = only_draft(house, ada)
    assert begun.based_on == 1
    assert [one["stage"] for one in begun.document["lifecycle"]["stages"]] == ["proposed", "cancelled"]
    assert begun.document["retirement"]["finding"] == "Nobody could say what it would be good for."
    page.choose(f"publish_step_{begun.draft_id}", "submit")
    page.type(f"note_{begun.draft_id}", "x" * 501).run()
    assert "Shorten it to at most 500." in page.text
    # The note is kept as the text is, before anything is pressed.
    page.type(f"note_{begun.draft_id}", "It was given up.").run()
    assert only_draft(house, ada).note == "It was given up."
    page.press("Submit to a second person")
    assert "Submitted." in page.text


def test_anything_in_the_address_is_no_draft(
    visit: Visit, house: Deployment, publisher: Callable[..., Account], as_member: As
) -> None:
    harbour = own_entry()["deployer"] | {"agency": "harbour-police", "name": "Harbour Police"}
    other = submitted(house, publisher("harbour-police"), deployer=harbour)
    as_member(publisher())
    for draft in (other.draft_id, *HOSTILE[:5]):
        assert "There is no such draft" in visit("publish", draft=draft).text


def test_hostile_words_act_nowhere(
    visit: Visit, house: Deployment, publisher: Callable[..., Account], as_member: As
) -> None:
    ada, ben = publisher(), publisher()
    as_member(ada)
    for words in HOSTILE[:3]:
        with writing(house.engine) as db:
            draft = acts.begin(
                db, ada.actor, document={"name": words, "suppliers": [{"name": words}], "id": words}
            )
        visit("publish", draft=draft.draft_id)
    visit("publish")
    draft = submitted(house, ada, name=HOSTILE[1], summary=HOSTILE[0])
    as_member(ben)
    page = visit("publish", draft=draft.draft_id)
    page.choose(f"preview_{draft.draft_id}", True)
    with reading(house.engine) as db:
        assert draft_of(db, ben.actor, draft.draft_id) == draft
