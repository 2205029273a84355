"""Keys and signatures on PostgreSQL: published, refused and verified as on SQLite."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from sqlalchemy import Engine, select, update

from hearing_app.errors import Conflict
from hearing_app.people.permissions import OPERATOR
from hearing_app.registry.agencies import all_keys, revoke_key
from hearing_app.registry.published import publish_signed_entry
from hearing_app.registry.signature_faults import faults
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import agency_key, version_signature
from tests.signers import Agency, bind, own_entry


def test_keys_and_signatures_are_kept_and_checked(postgresql_engine: Engine) -> None:
    bind(postgresql_engine)
    old, new = Agency(), Agency()
    document = own_entry()
    with writing(postgresql_engine) as db:
        old.register(db)
        signed = old.sign(db, document)
        publish_signed_entry(db, document, signed, dataset_ids=())
        new.register(db, old)
        second = own_entry(purpose="Another one.")
        publish_signed_entry(db, second, new.sign(db, second), dataset_ids=())
        revoke_key(db, OPERATOR, old.key_id, reason="Lost.")
    with reading(postgresql_engine) as db:
        assert faults(db) == []
        rows = [dict(row) for row in db.execute(select(agency_key).order_by(agency_key.c.seq)).mappings()]
        assert rows == [asdict(key) for key in all_keys(db)]
    third = own_entry(purpose="A third one.")
    with writing(postgresql_engine) as db, pytest.raises(Conflict):
        publish_signed_entry(db, third, new.sign(db, third, version=2), dataset_ids=())
    with writing(postgresql_engine) as db:
        db.execute(update(version_signature).values(signature="0" * 128))
    with reading(postgresql_engine) as db:
        assert len(faults(db)) == 2
