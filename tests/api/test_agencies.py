"""Publishing by signature over HTTP, and keys as data and as a page."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from hearing_app.deployment import Deployment
from hearing_app.people.permissions import OPERATOR
from hearing_app.record.ledger import head
from hearing_app.record.signatures import Publication, fingerprint_of, is_signed, name_of_record
from hearing_app.registry.agencies import revoke_key
from hearing_app.registry.signature_faults import faults
from hearing_app.store.engine import reading, writing
from tests.api.problems import fields_of, problem_of
from tests.signers import RIVERTON, Agency, own_entry

VERSIONS = "/api/v1/systems/bus-lane-cameras/versions"
LONDON = "metropolitan-police"


@pytest.fixture
def force(house: Deployment) -> Agency:
    made = Agency()
    with writing(house.engine) as db:
        made.register(db)
    return made


def body_of(house: Deployment, agency: Agency, document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What an agency's machine sends; made without the record but for what anybody can read of it."""
    with reading(house.engine) as db:
        signed = agency.sign(db, document, **changes)
    return {"document": document, "signature": signed.model_dump()}


def send(client: TestClient, body: object, path: str = VERSIONS) -> Response:
    return client.post(path, json=body)


def test_an_agency_publishes_with_its_signature_alone(
    client: TestClient, house: Deployment, force: Agency
) -> None:
    answer = send(client, body_of(house, force, own_entry(), note="Our first entry."))
    assert answer.status_code == 201, answer.text
    published = answer.json()
    assert (published["version"], published["repeated"]) == (1, False)
    assert (published["actor"], published["note"]) == (
        f"publisher:key-{force.key_id[:16]}",
        "Our first entry.",
    )
    whole = client.get("/api/v1/systems/bus-lane-cameras").json()
    assert whole["entry"]["name"] == "Bus lane cameras"
    assert whole["signature"] == published["signature"]
    # Anybody can check it, with what this interface gives.
    (key,) = client.get(f"/api/v1/agencies/{RIVERTON}/keys").json()["keys"]
    statement = Publication.model_validate(whole["signature"]["statement"])
    assert statement.sha256 == whole["sha256"]
    assert is_signed(bytes.fromhex(key["public_key"]), statement, whole["signature"]["signature"])
    (listed,) = client.get(VERSIONS).json()["versions"]
    assert listed["signature"] == published["signature"]
    with reading(house.engine) as db:
        assert faults(db) == []


def test_what_the_interface_says_is_enough_to_sign_the_next_version(
    client: TestClient, house: Deployment, force: Agency
) -> None:
    send(client, body_of(house, force, own_entry()))
    said = client.get(VERSIONS).json()
    newest = said["versions"][-1]
    document = own_entry(purpose="Another one.")
    body = body_of(
        house,
        force,
        document,
        record=said["record"],
        version=newest["version"] + 1,
        previous=newest["sha256"],
    )
    assert send(client, body).status_code == 201
    assert client.get("/api/v1/agencies").json()["record"] == said["record"]
    answer = client.get(f"{VERSIONS}/2")
    assert answer.json()["signature"]["statement"]["version"] == 2
    assert "max-age" in answer.headers["cache-control"]


def test_a_program_written_from_the_documents_alone_publishes(
    client: TestClient, house: Deployment, force: Agency
) -> None:
    """Nothing of ours signs here but the key itself: what docs/api.md says is enough."""

    def canonical(document: object) -> bytes:
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()

    send(client, body_of(house, force, own_entry()))
    whole = client.get("/api/v1/systems/bus-lane-cameras").json()
    assert hashlib.sha256(canonical(whole["entry"])).hexdigest() == whole["sha256"]
    document = whole["entry"] | {"purpose": "To keep bus lanes free: “always”."}
    statement = {
        "format": "hearing-publication/1",
        "record": client.get(VERSIONS).json()["record"],
        "agency": RIVERTON,
        "kind": "system",
        "document_id": "bus-lane-cameras",
        "version": 2,
        "previous": whole["sha256"],
        "sha256": hashlib.sha256(canonical(document)).hexdigest(),
        "note": "What changed",
    }
    signed = force.private_key.sign(b"hearing-publication/1\n" + canonical(statement))
    key_id = hashlib.sha256(force.private_key.public_key().public_bytes_raw()).hexdigest()
    body = {
        "document": document,
        "signature": {"key_id": key_id, "statement": statement, "signature": signed.hex()},
    }
    assert send(client, body).status_code == 201


def test_a_request_may_be_repeated(client: TestClient, house: Deployment, force: Agency) -> None:
    body = body_of(house, force, own_entry())
    first, second = send(client, body), send(client, body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json() | {"repeated": True}
    assert len(client.get(VERSIONS).json()["versions"]) == 1


def test_what_is_not_signed_by_a_key_in_use_is_forbidden(
    client: TestClient, house: Deployment, force: Agency
) -> None:
    thief = Agency()
    problem = problem_of(send(client, body_of(house, thief, own_entry())), 403)
    assert "No agency has registered the key" in problem["detail"]
    body = body_of(house, force, own_entry())
    changed = json.loads(json.dumps(body))
    changed["document"]["purpose"] = "To watch everybody."
    assert "for another text" in problem_of(send(client, changed), 403)["detail"]
    forged = json.loads(json.dumps(body))
    forged["signature"]["signature"] = "0" * 128
    assert "not that of this key" in problem_of(send(client, forged), 403)["detail"]
    with writing(house.engine) as db:
        revoke_key(db, OPERATOR, force.key_id, reason="The laptop was stolen.")
        before = head(db)
    assert "The laptop was stolen." in problem_of(send(client, body), 403)["detail"]
    with reading(house.engine) as db:
        assert head(db) == before
    problem_of(client.get("/api/v1/systems/bus-lane-cameras"), 404)


def test_an_old_version_cannot_be_sent_again(client: TestClient, house: Deployment, force: Agency) -> None:
    first = body_of(house, force, own_entry())
    send(client, first)
    send(client, body_of(house, force, own_entry(purpose="Another one.")))
    problem = problem_of(send(client, first), 409)
    assert "signed as version 1, and the next one is 3" in problem["detail"]
    assert client.get("/api/v1/systems/bus-lane-cameras").json()["version"] == 2


def test_a_compiled_entry_of_another_agency_is_not_taken_over(
    client: TestClient, house: Deployment, force: Agency
) -> None:
    document = own_entry(id="compas")
    problem = problem_of(
        send(client, body_of(house, force, document), "/api/v1/systems/compas/versions"), 403
    )
    assert "is an entry about “broward-county”" in problem["detail"]


def test_faults_are_named_where_they_were_sent(client: TestClient, house: Deployment, force: Agency) -> None:
    document = own_entry(datasets=["unknown-counts"]) | {"colour": "red"}
    document["deployer"]["name"] = "Metropolitan Police Service"
    fields = fields_of(send(client, body_of(house, force, document)))
    assert set(fields) == {"document.colour", "document.datasets.0", "document.deployer.name"}
    linked = own_entry(datasets=["compas-broward"])
    assert send(client, body_of(house, force, linked)).status_code == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"document": []}, "document"),
        ({"more": 1}, "more"),
        ({"signature": {}}, "signature.key_id"),
        ({"signature": None}, "signature"),
    ],
)
def test_a_body_of_another_form_is_refused(
    client: TestClient, house: Deployment, force: Agency, change: dict[str, Any], field: str
) -> None:
    assert field in fields_of(send(client, body_of(house, force, own_entry()) | change))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"a": NaN}', b"\xff", b"[" * 5000, b'{"a":' * 5000]
)
def test_what_is_no_object_is_refused(client: TestClient, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    for path in (VERSIONS, f"/api/v1/agencies/{RIVERTON}/revocations"):
        problem_of(client.post(path, content=content, headers=headers), 422)


def test_size_type_and_address_are_looked_at_first(
    client: TestClient, house: Deployment, force: Agency
) -> None:
    body = body_of(house, force, own_entry())
    assert fields_of(client.post(VERSIONS, content=json.dumps(body))) == ["content-type"]
    large = body | {"document": {"name": "x" * 256 * 1024}}
    assert fields_of(send(client, large)) == ["body"]
    assert fields_of(send(client, body, "/api/v1/systems/compas/versions")) == [
        "signature.statement.document_id"
    ]
    problem_of(send(client, body, "/api/v1/systems/Not_a_name/versions"), 404)
    problem_of(client.put(VERSIONS, json=body), 405)


def test_agencies_are_listed_with_the_name_of_the_record(
    client: TestClient, house: Deployment, force: Agency
) -> None:
    listed = client.get("/api/v1/agencies").json()
    with reading(house.engine) as db:
        assert listed["record"] == name_of_record(db)
    agencies = {one["id"]: one for one in listed["agencies"]}
    assert agencies[RIVERTON] == {"id": RIVERTON, "name": None, "signs": True, "key_in_use": force.key_id}
    assert agencies["broward-county"]["signs"] is False
    assert agencies["broward-county"]["key_in_use"] is None
    assert agencies["broward-county"]["name"]
    with writing(house.engine) as db:
        revoke_key(db, OPERATOR, force.key_id, reason="Lost.")
    again = {one["id"]: one for one in client.get("/api/v1/agencies").json()["agencies"]}
    assert again[RIVERTON] == {"id": RIVERTON, "name": None, "signs": True, "key_in_use": None}


def test_the_keys_of_an_agency_tell_their_life(client: TestClient, house: Deployment, force: Agency) -> None:
    new = Agency()
    with writing(house.engine) as db:
        new.register(db, force)
        revoke_key(db, OPERATOR, force.key_id, reason="Found in the wild.")
    old, present = client.get(f"/api/v1/agencies/{RIVERTON}/keys").json()["keys"]
    assert (old["state"], old["replaced_by"], old["revoked_reason"]) == (
        "revoked",
        new.key_id,
        "Found in the wild.",
    )
    assert (present["state"], present["proof"], present["fingerprint"]) == (
        "in use",
        "old_key",
        fingerprint_of(new.key_id),
    )
    assert present["revoked_at"] is None
    assert client.get("/api/v1/agencies/broward-county/keys").json() == {
        "agency": "broward-county",
        "keys": [],
    }
    problem_of(client.get("/api/v1/agencies/nobody/keys"), 404)


def test_an_agency_gives_up_its_key_over_http(client: TestClient, house: Deployment, force: Agency) -> None:
    path = f"/api/v1/agencies/{RIVERTON}/revocations"
    with reading(house.engine) as db:
        sound = force.give_up(db).model_dump()
        forged = Agency().give_up(db, key_id=force.key_id).model_dump()
    problem_of(client.post(path, json=forged), 403)
    problem_of(client.post("/api/v1/agencies/nobody/revocations", json=sound), 422)
    unknown = sound | {"statement": sound["statement"] | {"agency": "nobody"}}
    problem_of(client.post("/api/v1/agencies/nobody/revocations", json=unknown), 404)
    answer = client.post(path, json=sound)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["revoked_reason"]) == ("revoked", "The machine was stolen.")
    problem_of(client.post(path, json=sound), 409)
    problem_of(send(client, body_of(house, force, own_entry())), 403)


def test_the_page_of_keys_needs_no_script(client: TestClient, house: Deployment, force: Agency) -> None:
    answer = client.get("/record/keys")
    assert answer.status_code == 200
    assert "Keys of agencies" in answer.text
    assert fingerprint_of(force.key_id) in answer.text
    assert "<script" not in answer.text
    assert 'href="/record/keys"' in client.get("/record").text


def test_the_permanent_page_says_who_signed(client: TestClient, house: Deployment, force: Agency) -> None:
    send(client, body_of(house, force, own_entry()))
    page = client.get("/record/systems/bus-lane-cameras").text
    assert fingerprint_of(force.key_id) in page
    assert f'href="/record/keys#agency-{RIVERTON}"' in page
