"""What the pages say of keys and signatures: who signed, with which key, and what became of it since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from hearing_app.documents.agencies import keys_html
from hearing_app.documents.systems import system_html
from hearing_app.evidence.datasets import Catalogue
from hearing_app.people.permissions import OPERATOR
from hearing_app.record.signatures import fingerprint_of
from hearing_app.record.versions import versions_of
from hearing_app.registry.agencies import all_keys, revoke_key
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import entry_of, publish_entry, publish_signed_entry
from hearing_app.registry.signed import signatures_of
from hearing_app.store.engine import writing
from tests.documents.reading import Page, assert_inert
from tests.signers import RIVERTON, Agency, bind, own_entry

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
ENTRY = "bus-lane-cameras"


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    bind(engine)
    with writing(engine) as opened:
        yield opened


@pytest.fixture
def force(db: Connection) -> Agency:
    made = Agency()
    made.register(db, at=AT)
    return made


def keys_page(db: Connection, names: Mapping[str, str] | None = None) -> Page:
    return assert_inert(
        keys_html(all_keys(db), names or {RIVERTON: "Riverton Police"}, "hearing-record-0123")
    )


def system_page(db: Connection, catalogue: Catalogue) -> Page:
    html = system_html(
        entry_of(db, ENTRY),
        versions_of(db, "system", ENTRY),
        [],
        catalogue,
        signatures_of(db, "system", ENTRY),
    )
    return assert_inert(html)


def publish(db: Connection, force: Agency, at: datetime = AT, **changes: Any) -> None:
    document = own_entry(**changes)
    publish_signed_entry(db, document, force.sign(db, document), dataset_ids=(), at=at)


def test_without_keys_the_page_says_so(db: Connection) -> None:
    text = keys_page(db).text
    assert "No body has registered a key here yet." in text
    assert "Its name is hearing-record-0123." in text


def test_a_key_in_use_stands_there_whole_with_how_to_compare_it(db: Connection, force: Agency) -> None:
    page = keys_page(db)
    assert "Riverton Police" in page.text
    assert "In use since 1 June 2026" in page.text
    assert f"Fingerprint (SHA-256):{fingerprint_of(force.key_id)}" in page.text
    assert "who compared the fingerprint" in page.text
    assert "on its own website, on paper, or by telephone" in page.text
    assert "BEGIN PUBLIC KEY" in page.text
    assert {"id": f"agency-{RIVERTON}"} in page.all("h2")


def test_replaced_and_revoked_keys_stay_with_their_story(db: Connection, force: Agency) -> None:
    new = Agency()
    new.register(db, force, at=AT + timedelta(days=30))
    text = keys_page(db).text
    assert text.index("In use since 1 July 2026") < text.index("Replaced since 1 July 2026")
    assert "had the signature of the key before it" in text
    revoke_key(
        db,
        OPERATOR,
        force.key_id,
        reason="<b>Found</b> in the wild.",
        untrusted_from=AT + timedelta(hours=1),
        at=AT + timedelta(days=40),
    )
    text = keys_page(db).text
    assert "Revoked since 11 July 2026" in text
    assert "Revoked on 11 July 2026: <b>Found</b> in the wild." in text
    assert "from 1 June 2026 at 13:00 (UTC) on is not to be trusted" in text


def test_an_agency_without_an_entry_is_named_by_its_id(db: Connection, force: Agency) -> None:
    assert RIVERTON in keys_page(db, {"elsewhere-police": "Elsewhere Police"}).text


def test_a_signed_entry_says_who_signed_it_and_with_which_key(
    db: Connection, force: Agency, catalogue: Catalogue
) -> None:
    publish(db, force)
    page = system_page(db, catalogue)
    short = fingerprint_of(force.key_id)[:19]
    assert f"Signed by Riverton Police on 1 June 2026 with the key {short} …. Compare the key" in page.text
    assert {"href": f"/record/keys#agency-{RIVERTON}"} in page.all("a")
    assert f"1 June 2026, signed with the key {fingerprint_of(force.key_id)}" in page.text


def test_a_key_that_was_replaced_or_revoked_later_is_said_to_be(
    db: Connection, force: Agency, catalogue: Catalogue
) -> None:
    publish(db, force)
    Agency().register(db, force, at=AT + timedelta(days=1))
    assert "which was replaced by another on 2 June 2026." in system_page(db, catalogue).text
    revoke_key(
        db,
        OPERATOR,
        force.key_id,
        reason="Lost.",
        untrusted_from=AT + timedelta(hours=1),
        at=AT + timedelta(days=2),
    )
    page = system_page(db, catalogue)
    assert "revoked on 3 June 2026; this was signed while it could still be trusted." in page.text
    assert {"class": "notice"} in page.all("div")


def test_what_was_signed_after_the_key_was_lost_is_said_first(
    db: Connection, force: Agency, catalogue: Catalogue
) -> None:
    publish(db, force)
    revoke_key(db, OPERATOR, force.key_id, reason="Lost.", untrusted_from=AT, at=AT + timedelta(days=2))
    page = system_page(db, catalogue)
    assert "Signed with a key that was revoked on 3 June 2026, at a time when it may have been" in page.text
    assert "This may not be the body's own." in page.text
    assert {"class": "notice urgent"} in page.all("div")
    assert "Signed by Riverton Police" not in page.text


def test_unsigned_entries_say_that_they_are(db: Connection, catalogue: Catalogue) -> None:
    publish_entry(db, OPERATOR, Entry.model_validate(own_entry()), note="First.")
    assert "It is not signed." in system_page(db, catalogue).text
    compiled = {"by": "independent_compilation", "as_of": "2026-06-01", "statement": "From sources."}
    publish_entry(db, OPERATOR, Entry.model_validate(own_entry(compiled=compiled)), note="Second.")
    text = system_page(db, catalogue).text
    assert "It is not the body's own, and not signed by it." in text
    assert "It is not signed." not in text
