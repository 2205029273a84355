"""Keys of agencies: the page on which anybody compares a fingerprint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from hearing_app.deployment import Deployment
from hearing_app.people.accounts import Account
from hearing_app.people.permissions import STAFF_ROLES, Role
from hearing_app.record.signatures import fingerprint_of, name_of_record
from hearing_app.registry.agencies import all_keys
from hearing_app.registry.published import publish_signed_entry
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import session
from tests.signers import Agency, own_entry
from tests.web.reader import HOSTILE, SignIn, Visit


def test_it_shows_the_fingerprints_and_how_to_compare_them(visit: Visit, house: Deployment) -> None:
    assert "No body has registered a key here yet." in visit("keys").text
    force = Agency()
    with writing(house.engine) as db:
        force.register(db)
    page = visit("keys")
    assert page.title == "Keys of agencies"
    assert fingerprint_of(force.key_id) in page.text
    assert "Compare the whole fingerprint" in page.text
    with reading(house.engine) as db:
        assert name_of_record(db) in page.text


def test_about_leads_to_it(visit: Visit) -> None:
    assert visit("about").link("The keys, and how to compare them") == "/keys"


def test_a_systems_page_says_who_signed_it(visit: Visit, house: Deployment) -> None:
    force = Agency()
    document = own_entry()
    with writing(house.engine) as db:
        force.register(db)
        publish_signed_entry(db, document, force.sign(db, document), dataset_ids=())
    page = visit("system", id="bus-lane-cameras")
    assert "Signed by Riverton Police on" in page.text
    assert page.link("Compare the key") == "/record/keys#agency-riverton-police"
    assert "It is not the body's own, and not signed by it." in visit("system", id="compas").text


def test_an_address_with_anything_in_it_is_the_same_page(visit: Visit) -> None:
    assert visit("keys", id=[*HOSTILE], agency=[*HOSTILE]).text == visit("keys").text


@pytest.fixture
def administrator(sign_in: SignIn, house: Deployment) -> Account:
    return sign_in(Role.ADMINISTRATOR, house)


def request_of(house: Deployment, force: Agency, old: Agency | None = None) -> str:
    with reading(house.engine) as db:
        return force.request(db, old).model_dump_json()


def registered(house: Deployment) -> dict[str, str]:
    with reading(house.engine) as db:
        return {key.key_id: key.state for key in all_keys(db)}


@pytest.mark.parametrize("role", [role for role in STAFF_ROLES if role is not Role.ADMINISTRATOR])
def test_nobody_else_sees_the_forms(visit: Visit, sign_in: SignIn, house: Deployment, role: Role) -> None:
    assert not visit("keys").at.button
    sign_in(role, house)
    assert not visit("keys").at.button


@pytest.mark.usefixtures("administrator")
def test_an_administrator_registers_what_an_agency_sent(
    visit: Visit, house: Deployment, administrator: Account
) -> None:
    force = Agency()
    page = visit("keys")
    page.type("keys_request", request_of(house, force))
    page.type("keys_fingerprint", fingerprint_of(force.key_id)).press("Register this key")
    assert f"riverton-police signs with {fingerprint_of(force.key_id)} from now on." in page.text
    assert "In use since" in page.text
    assert page.value("keys_request") == ""
    with reading(house.engine) as db:
        (key,) = all_keys(db)
    assert (key.key_id, key.registered_by) == (force.key_id, administrator.actor.name)


@pytest.mark.usefixtures("administrator")
def test_what_is_refused_stays_in_the_form(visit: Visit, house: Deployment) -> None:
    force, thief = Agency(), Agency()
    page = visit("keys")
    page.press("Register this key")
    assert "The request cannot be read." in page.text
    page.type("keys_request", request_of(house, thief))
    page.type("keys_fingerprint", fingerprint_of(force.key_id)).press("Register this key")
    assert "not that of the key in this request" in page.text
    assert page.value("keys_fingerprint") == fingerprint_of(force.key_id)
    assert registered(house) == {}


@pytest.mark.usefixtures("administrator")
def test_a_lost_key_is_replaced_on_the_administrators_word(visit: Visit, house: Deployment) -> None:
    old, new = Agency(), Agency()
    with writing(house.engine) as db:
        old.register(db)
    page = visit("keys")
    page.type("keys_request", request_of(house, new))
    page.type("keys_fingerprint", fingerprint_of(new.key_id)).press("Register this key")
    assert "that key has not signed this request" in page.text
    page.choose("keys_lost", True).press("Register this key")
    assert registered(house) == {old.key_id: "replaced", new.key_id: "in use"}


@pytest.mark.usefixtures("administrator")
def test_an_administrator_revokes_with_a_reason(visit: Visit, house: Deployment) -> None:
    force = Agency()
    assert "Revoke a key" not in visit("keys").text
    with writing(house.engine) as db:
        force.register(db)
    page = visit("keys").press("Revoke this key")
    assert "A reason has 1 to 500 characters." in page.text
    assert registered(house) == {force.key_id: "in use"}
    page.type("keys_reason", "The laptop was stolen.").press("Revoke this key")
    assert "Nothing that riverton-police signs with this key is taken from now on." in page.text
    assert "The laptop was stolen." in page.text
    assert registered(house) == {force.key_id: "revoked"}
    assert "Revoke a key" not in page.text


@pytest.mark.usefixtures("administrator")
def test_the_key_that_is_chosen_is_revoked_however_fast(visit: Visit, house: Deployment) -> None:
    """Pressed before the page could follow the choice."""
    keys = {one.key_id: one for one in (Agency(), Agency("otherton-police"))}
    with writing(house.engine) as db:
        for one in keys.values():
            one.register(db)
    page = visit("keys").type("keys_reason", "The laptop was stolen.")
    chosen = next(name for name in keys if name != page.value("keys_chosen"))
    page.set("keys_chosen", chosen).press("Revoke this key")
    assert registered(house) == {name: "revoked" if name == chosen else "in use" for name in keys}


def test_whoever_has_not_confirmed_lately_is_asked_to(
    visit: Visit, house: Deployment, administrator: Account
) -> None:
    with writing(house.engine) as db:
        db.execute(update(session).values(confirmed_at=datetime.now(UTC) - timedelta(days=1)))
    page = visit("keys")
    assert "please confirm first that it is you" in page.text
    assert not page.at.button
