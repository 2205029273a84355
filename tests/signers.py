"""Agencies for tests: each with its key, as a force would hold it on its own machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine

from hearing_app.people.permissions import OPERATOR
from hearing_app.record.canonical import canonical_json
from hearing_app.record.keys import bind_key, bind_signer
from hearing_app.record.signatures import (
    KeyRequest,
    Publication,
    Revocation,
    SignedKeyRequest,
    SignedPublication,
    SignedRevocation,
    fingerprint_of,
    key_id_of,
    name_of_record,
    sign,
)
from hearing_app.record.versions import latest_version
from hearing_app.registry.agencies import AgencyKey, register_key
from hearing_app.registry.entry import Entry
from hearing_app.store.engine import writing

RIVERTON = "riverton-police"


@dataclass
class Agency:
    """An agency's machine: its id and its private key. Every field of what it signs can be changed."""

    id: str = RIVERTON
    private_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public_key(self) -> bytes:
        return self.private_key.public_key().public_bytes_raw()

    @property
    def key_id(self) -> str:
        return key_id_of(self.public_key)

    def request(self, db: Connection, old: Agency | None = None, **changes: Any) -> SignedKeyRequest:
        """Ask for this key, in the place of another agency's machine's key where one is given."""
        fields = {
            "record": name_of_record(db),
            "agency": self.id,
            "public_key": self.public_key.hex(),
            "replaces": old.key_id if old else "",
        }
        statement = KeyRequest(**(fields | changes))
        return SignedKeyRequest(
            statement=statement,
            signature=sign(self.private_key, statement),
            signature_of_replaced=sign(old.private_key, statement) if old else "",
        )

    def register(self, db: Connection, old: Agency | None = None, at: datetime | None = None) -> AgencyKey:
        """Have the operator register this key."""
        return register_key(
            db, OPERATOR, self.request(db, old), fingerprint=fingerprint_of(self.key_id), at=at
        )

    def statement(
        self, db: Connection, document: Mapping[str, Any], kind: str = "system", **changes: Any
    ) -> Publication:
        """State that a document is published as its next version."""
        present = latest_version(db, kind, document["id"])
        fields = {
            "record": name_of_record(db),
            "agency": self.id,
            "kind": kind,
            "document_id": document["id"],
            "version": present.version + 1 if present else 1,
            "previous": present.sha256 if present else "",
            "sha256": sha256(canonical_json(document)).hexdigest(),
            "note": "The first version.",
        }
        return Publication(**(fields | changes))

    def sign(self, db: Connection, document: Mapping[str, Any], **changes: Any) -> SignedPublication:
        """Sign a document as its next version."""
        return self.seal(self.statement(db, document, **changes))

    def seal(self, statement: Publication) -> SignedPublication:
        """Sign a statement."""
        return SignedPublication(
            key_id=self.key_id, statement=statement, signature=sign(self.private_key, statement)
        )

    def give_up(self, db: Connection, **changes: Any) -> SignedRevocation:
        """Revoke this key with itself."""
        fields = {
            "record": name_of_record(db),
            "agency": self.id,
            "key_id": self.key_id,
            "untrusted_from": "2026-06-01T12:00:00Z",
            "reason": "The machine was stolen.",
        }
        statement = Revocation(**(fields | changes))
        return SignedRevocation(statement=statement, signature=sign(self.private_key, statement))


def bind(engine: Engine, seed: bytes = bytes(32)) -> None:
    """Bind a record to its keys, as the first start does: it then has a name."""
    with writing(engine) as db:
        bind_key(db, seed)
        bind_signer(db, Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def own_entry(**changes: Any) -> dict[str, Any]:
    """Return an agency's own entry as it was published, with any field of the whole changed."""
    data: dict[str, Any] = {
        "id": "bus-lane-cameras",
        "name": "Bus lane cameras",
        "lang": "en",
        "summary": "Cameras that note vehicles in bus lanes.",
        "compiled": {"by": "deployer", "as_of": "2026-06-01", "statement": "We wrote this ourselves."},
        "is_police_system": True,
        "deployer": {
            "agency": RIVERTON,
            "name": "Riverton Police",
            "kind": "police",
            "country": "Freedonia",
            "places": ["zz"],
        },
        "lifecycle": {"stages": [{"stage": "operational", "since": "2020-03-01", "sources": ["report"]}]},
        "functions": ["traffic_enforcement"],
        "purpose": "To keep bus lanes free.",
        # The register asks for figures by group before a system that finds people is published as in use.
        "subgroup_claims": [
            {
                "attribute": "District",
                "group": "Harbour",
                "metric": "false_positive_rate",
                "value": 0.03,
                "by": "Riverton University",
                "origin": "independent",
                "sources": ["report"],
            }
        ],
        "sources": [
            {
                "id": "report",
                "title": "Yearly report",
                "publisher": "Riverton Police",
                "address": "https://police.example.org/report",
                "date": "2024",
                "kind": "official",
            }
        ],
    }
    return Entry.model_validate(data | changes).model_dump(mode="json")
