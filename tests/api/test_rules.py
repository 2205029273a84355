"""The rules over HTTP: as data that fits its description, and as a page without JavaScript."""

from __future__ import annotations

import shutil

from starlette.testclient import TestClient

from hearing_app.deployment import Deployment, use
from hearing_app.people.permissions import OPERATOR
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import publish_entry
from hearing_app.registry.rules.rule import Rule
from hearing_app.store.engine import writing
from tests.api.problems import fields_of, problem_of
from tests.api.test_agencies import body_of, send
from tests.registry.rules.cases import RACE, serving
from tests.registry.rules.entries import entry_in
from tests.signers import Agency, own_entry


def test_the_data_are_the_rules_and_what_they_say(client: TestClient, house: Deployment) -> None:
    entry = entry_in("", by="independent_compilation", **serving("place_forecasting"), **RACE)
    with writing(house.engine) as db:
        publish_entry(db, OPERATOR, Entry.model_validate(entry))
    answer = client.get("/api/v1/rules").json()
    assert [Rule.model_validate(one["rule"]) for one in answer["rules"]] == list(house.rules)
    by_id = {one["rule"]["id"]: one["systems"] for one in answer["rules"]}
    assert "case" in by_id["R-20"][0]["touched"]
    assert "predpol" not in by_id["R-20"][0]["touched"]
    assert "case" in by_id["R-21"][0]["evidence_not_shown"]
    assert [one["effect"] for one in by_id["R-04"]] == ["block", "high", "warn"]


def test_the_page_needs_no_script(client: TestClient) -> None:
    page = client.get("/record/prohibited-uses")
    assert page.status_code == 200
    assert "<h1>Prohibited uses</h1>" in page.text
    assert 'id="rule-R-02b"' in page.text
    assert "/record/prohibited-uses" in client.get("/record").text


def test_a_bodys_own_entry_is_refused_with_the_fields(client: TestClient, house: Deployment) -> None:
    force = Agency()
    with writing(house.engine) as db:
        force.register(db)
    document = own_entry(**serving("place_forecasting"), **RACE)
    refused = send(client, body_of(house, force, document))
    assert fields_of(refused) == ["document.protected_attributes", "document.proxy_review.done"]
    assert "R-20" in refused.text


def test_a_broken_rule_stops_publishing_and_is_not_taken_for_none(
    client: TestClient, house: Deployment
) -> None:
    registry = house.settings.data / "registry"
    shutil.copytree(house.settings.registry / "rules", registry / "rules")
    (registry / "rules" / "R-20.yaml").write_text("a: [")
    settings = house.settings.model_copy(update={"registry": registry})
    use(Deployment(settings, house.engine, house.catalogue, house.key, house.signer, house.factor_key))
    problem = problem_of(client.get("/api/v1/rules"), 503)
    assert "rules/R-20.yaml" in problem["detail"]
