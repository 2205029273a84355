"""Whoever has the database can change its tables: every such change of keys and signatures is found."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, update

from hearing_app.people.permissions import OPERATOR
from hearing_app.record.canonical import canonical_json
from hearing_app.record.ledger import append
from hearing_app.record.signatures import key_id_of, sign
from hearing_app.record.versions import publish_version
from hearing_app.registry.agencies import revoke_key, revoke_own_key
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import publish_entry, publish_signed_entry
from hearing_app.registry.signature_faults import faults
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import agency_key, document_version, ledger, ledger_content, version_signature
from tests.signers import RIVERTON, Agency, bind, own_entry

ENTRY = "bus-lane-cameras"


@pytest.fixture
def machines(engine: Engine) -> list[Agency]:
    """A record with a life: two keys of one agency, one of another, given up; three signed versions."""
    bind(engine)
    old, new, other = Agency(), Agency(), Agency("elsewhere-police")
    with writing(engine) as db:
        publish_entry(db, OPERATOR, Entry.model_validate(own_entry()), note="Before the key.")
        old.register(db)
        for number in (2, 3):
            document = own_entry(purpose=f"Purpose {number}.")
            publish_signed_entry(db, document, old.sign(db, document), dataset_ids=())
        new.register(db, old)
        document = own_entry(purpose="Purpose 4.")
        publish_signed_entry(db, document, new.sign(db, document), dataset_ids=())
        other.register(db)
        revoke_own_key(db, other.give_up(db))
        revoke_key(db, OPERATOR, old.key_id, reason="Found in the wild.")
    return [old, new, other]


def found(engine: Engine) -> list[str]:
    with reading(engine) as db:
        return faults(db)


def test_a_record_with_every_kind_of_event_is_sound(engine: Engine, machines: list[Agency]) -> None:
    assert found(engine) == []


def test_a_record_that_no_agency_signs_has_nothing_to_check(engine: Engine) -> None:
    assert found(engine) == []


def rewrite(db: Connection, kind: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what the newest event of a kind says."""
    query = (
        select(ledger.c.seq, ledger_content.c.content)
        .join(ledger_content, ledger_content.c.seq == ledger.c.seq)
        .where(ledger.c.kind == kind)
        .order_by(ledger.c.seq.desc())
    )
    seq, text = db.execute(query).first() or (0, "{}")
    content = json.loads(text)
    change(content)
    changed = update(ledger_content).where(ledger_content.c.seq == seq)
    db.execute(changed.values(content=canonical_json(content).decode()))


def statement_of(content: dict[str, Any], **changes: Any) -> None:
    content["statement"] = canonical_json(json.loads(content["statement"]) | changes).decode()


VERSION_4 = (version_signature.c.version == 4, document_version.c.version == 4)
TAMPERINGS: dict[str, tuple[Callable[[Connection, list[Agency]], Any], str]] = {
    "a signature altered": (
        lambda db, _: db.execute(update(version_signature).where(VERSION_4[0]).values(signature="0" * 128)),
        "Version 4 .* not the one that was committed to",
    ),
    "a signature taken away": (
        lambda db, _: db.execute(delete(version_signature).where(VERSION_4[0])),
        "Version 4 .* with a signature, which is gone",
    ),
    "a statement altered": (
        lambda db, _: db.execute(update(version_signature).where(VERSION_4[0]).values(statement="{}")),
        "Version 4 .* not the one that was committed to",
    ),
    "a signature given to another key": (
        lambda db, them: db.execute(
            update(version_signature).where(VERSION_4[0]).values(key_id=them[0].key_id)
        ),
        "Version 4 .* not the one that was committed to",
    ),
    "a document altered": (
        lambda db, _: db.execute(
            update(document_version)
            .where(VERSION_4[1])
            .values(document=canonical_json(own_entry(purpose="To watch everybody.")).decode())
        ),
        "Version 4 .* its text is not the one that was signed",
    ),
    "a document and its hash altered": (
        lambda db, _: db.execute(update(document_version).where(VERSION_4[1]).values(sha256="0" * 64)),
        "Version 4 .* what was signed is not what is published",
    ),
    "a note altered": (
        lambda db, _: db.execute(update(document_version).where(VERSION_4[1]).values(note="Nothing new.")),
        "Version 4 .* what was signed is not what is published",
    ),
    "a document that cannot be read": (
        lambda db, _: db.execute(update(document_version).where(VERSION_4[1]).values(document="{")),
        "Version 4 .* cannot be read",
    ),
    "an earlier version's hash altered": (
        lambda db, _: db.execute(
            update(document_version).where(document_version.c.version == 3).values(sha256="0" * 64)
        ),
        "Version 4 .* what was signed is not what is published",
    ),
    "a key unrevoked": (
        lambda db, them: db.execute(
            update(agency_key)
            .where(agency_key.c.key_id == them[0].key_id)
            .values(
                revoked_at=None, revoked_by=None, revoked_reason=None, untrusted_from=None, revoked_seq=None
            )
        ),
        "does not stand in its table as the ledger tells it",
    ),
    "a key exchanged": (
        lambda db, them: db.execute(
            update(agency_key)
            .where(agency_key.c.key_id == them[1].key_id)
            .values(public_key=Agency().public_key)
        ),
        "does not stand in its table as the ledger tells it",
    ),
    "a key given to another agency": (
        lambda db, them: db.execute(
            update(agency_key).where(agency_key.c.key_id == them[1].key_id).values(agency="elsewhere-police")
        ),
        "does not stand in its table as the ledger tells it",
    ),
    "a key slipped in": (
        lambda db, them: db.execute(
            insert(agency_key).values(
                key_id=key_id_of(them[2].public_key[::-1]),
                agency=RIVERTON,
                public_key=them[2].public_key[::-1],
                registered_at=db.execute(select(agency_key.c.registered_at)).scalars().first(),
                registered_by="operator",
                proof="administrator",
                seq=0,
            )
        ),
        "does not stand in its table as the ledger tells it",
    ),
    "an event of a key altered": (
        lambda db, _: rewrite(db, "agency_key.rotated", lambda it: it.update(agency="elsewhere-police")),
        "what it says does not hold",
    ),
    "an event's statement altered": (
        lambda db, _: rewrite(
            db, "agency_key.rotated", lambda it: statement_of(it, record="hearing-record-0000000000000000")
        ),
        "what it says does not hold",
    ),
    "the old key's signature taken from a rotation": (
        lambda db, _: rewrite(db, "agency_key.rotated", lambda it: it.update(signature_of_replaced="")),
        "what it says does not hold",
    ),
    "a reason altered": (
        lambda db, _: rewrite(db, "agency_key.revoked", lambda it: it.update(untrusted_from="yesterday")),
        "what it says does not hold",
    ),
    "the words of every event gone": (
        lambda db, _: db.execute(delete(ledger_content)),
        "what it says does not hold",
    ),
}


@pytest.mark.promise("S6")
@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_tampering_is_found(engine: Engine, machines: list[Agency], name: str) -> None:
    change, words = TAMPERINGS[name]
    with writing(engine) as db:
        change(db, machines)
    problems = found(engine)
    assert problems
    assert any(re.search(words, problem) for problem in problems), problems


def test_words_put_into_an_agencys_mouth_are_found(engine: Engine, machines: list[Agency]) -> None:
    """Past the function that refuses them, as somebody with the program's own parts could."""
    with writing(engine) as db:
        publish_version(
            db,
            actor="operator",
            kind="system",
            document_id=ENTRY,
            document=own_entry(purpose="To watch everybody."),
            note="",
        )
    assert found(engine) == [f"Version 5 of system “{ENTRY}”: it speaks for “{RIVERTON}”, and is not signed."]


@pytest.mark.parametrize("which", [0, 2])
def test_a_signature_with_a_key_that_had_ended_is_found(
    engine: Engine, machines: list[Agency], which: int
) -> None:
    force = machines[which]
    deployer = {**own_entry()["deployer"], "agency": force.id}
    document = own_entry(id="other-cameras", deployer=deployer)
    with writing(engine) as db:
        signed = force.sign(db, document)
        kept = {
            "key_id": force.key_id,
            "statement": canonical_json(signed.statement.model_dump()).decode(),
            "signature": signed.signature,
        }
        publish_version(
            db,
            actor="operator",
            kind="system",
            document_id="other-cameras",
            document=document,
            note=signed.statement.note,
            more=kept,
        )
        db.execute(
            insert(version_signature).values(kind="system", document_id="other-cameras", version=1, **kept)
        )
    assert found(engine) == [
        "Version 1 of system “other-cameras”: it is signed with a key that was not in use."
    ]


def test_a_signature_without_its_version_is_found(engine: Engine, machines: list[Agency]) -> None:
    without_rules = sqlite3.connect(str(engine.url.database))
    with without_rules:
        without_rules.execute("DELETE FROM document_version WHERE version = 4")
    assert found(engine) == [
        f"There is a signature of version 4 of system “{ENTRY}”, and no such version.",
        "Event 7 published something with a signature, and no version of it is left.",
    ]
    # With the signature gone as well, the event still knows.
    with without_rules:
        without_rules.execute("DELETE FROM version_signature WHERE version = 4")
    without_rules.close()
    assert found(engine) == ["Event 7 published something with a signature, and no version of it is left."]


def test_a_revocation_that_no_key_signed_is_found(engine: Engine, machines: list[Agency]) -> None:
    """An event that claims to be the agency's own word, and is not."""
    force = machines[1]
    with writing(engine) as db:
        statement = force.give_up(db).statement
        append(
            db,
            actor="operator",
            kind="agency_key.revoked",
            subject=f"agency:{RIVERTON}",
            content={
                "agency": RIVERTON,
                "key_id": force.key_id,
                "reason": statement.reason,
                "untrusted_from": statement.untrusted_from,
                "proof": "key",
                "statement": canonical_json(statement.model_dump()).decode(),
                "signature": sign(Agency().private_key, statement),
            },
        )
    (problem,) = found(engine)
    assert "what it says does not hold" in problem
