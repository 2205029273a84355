"""Keys of agencies: who may register them, what must vouch for them, and how they end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from hearing_app.errors import ConfirmAgain, Conflict, Forbidden, HearingError, Invalid, NotFound
from hearing_app.people.permissions import COMPILATION, OPERATOR, PUBLIC, Actor, Role
from hearing_app.record.ledger import events, head
from hearing_app.record.signatures import (
    WEAK_KEYS,
    KeyRequest,
    SignedKeyRequest,
    fingerprint_of,
    key_id_of,
    sign,
)
from hearing_app.registry.agencies import (
    all_keys,
    find_key,
    key_in_use,
    key_of,
    keys_of,
    register_key,
    revoke_key,
    revoke_own_key,
)
from hearing_app.store.engine import writing
from hearing_app.store.tables import ledger_content
from tests.signers import RIVERTON, Agency, bind

ADMINISTRATOR = Actor(Role.ADMINISTRATOR, "ada")
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    bind(engine)
    with writing(engine) as opened:
        yield opened


def register(db: Connection, agency: Agency, request: SignedKeyRequest | None = None, **options: Any) -> None:
    register_key(
        db, ADMINISTRATOR, request or agency.request(db), fingerprint=fingerprint_of(agency.key_id), **options
    )


def content_of(db: Connection, kind: str) -> dict[str, Any]:
    """Return what the newest event of a kind says, after checking whose words they are."""
    seq = max(event.seq for event in events(db) if event.kind == kind)
    found = db.execute(select(ledger_content.c.content).where(ledger_content.c.seq == seq)).scalar_one()
    parsed: dict[str, Any] = json.loads(found)
    return parsed


def test_the_first_key_is_registered_with_its_event(db: Connection) -> None:
    agency = Agency()
    key = register_key(
        db, ADMINISTRATOR, agency.request(db), fingerprint=fingerprint_of(agency.key_id).upper(), at=AT
    )
    assert (key.key_id, key.agency, key.public_key) == (agency.key_id, RIVERTON, agency.public_key)
    assert (key.registered_at, key.registered_by, key.proof) == (AT, "administrator:ada", "administrator")
    assert (key.state, key.ended_seq) == ("in use", None)
    assert key_in_use(db, RIVERTON) == key == key_of(db, agency.key_id)
    event = list(events(db))[key.seq]
    assert (event.kind, event.subject, event.actor) == (
        "agency_key.registered",
        f"agency:{RIVERTON}",
        "administrator:ada",
    )
    content = content_of(db, "agency_key.registered")
    assert content["agency"] == RIVERTON
    assert content["key_id"] == agency.key_id
    assert content["public_key"] == agency.public_key.hex()
    assert key_in_use(db, "elsewhere-police") is None


@pytest.mark.parametrize(
    "actor",
    [PUBLIC, COMPILATION, *(Actor(role, "x") for role in (Role.FACILITATOR, Role.PUBLISHER, Role.AUDITOR))],
)
def test_nobody_else_registers_or_revokes(db: Connection, actor: Actor) -> None:
    agency = Agency()
    with pytest.raises(Forbidden):
        register_key(db, actor, agency.request(db), fingerprint=fingerprint_of(agency.key_id))
    key = agency.register(db)
    with pytest.raises(Forbidden):
        revoke_key(db, actor, key.key_id, reason="No reason.")
    assert key_in_use(db, RIVERTON) == key


def test_an_administrator_shows_again_that_it_is_them(db: Connection) -> None:
    agency, stale = Agency(), Actor(Role.ADMINISTRATOR, "ada", fresh=False)
    with pytest.raises(ConfirmAgain):
        register_key(db, stale, agency.request(db), fingerprint=fingerprint_of(agency.key_id))
    key = agency.register(db)
    with pytest.raises(ConfirmAgain):
        revoke_key(db, stale, key.key_id, reason="Lost.")


def test_another_fingerprint_than_the_agency_said_stops_it(db: Connection) -> None:
    """Somebody between the two put their own key into the request."""
    force, thief = Agency(), Agency()
    with pytest.raises(Invalid, match="not that of the key in this request"):
        register_key(db, ADMINISTRATOR, thief.request(db), fingerprint=fingerprint_of(force.key_id))
    with pytest.raises(Invalid, match="64 digits"):
        register_key(db, ADMINISTRATOR, force.request(db), fingerprint=force.key_id[:16])
    assert all_keys(db) == []


def test_a_key_that_nobody_holds_is_refused(db: Connection) -> None:
    """The request must be signed by the key itself: else one could register the key of somebody else."""
    force, other = Agency(), Agency()
    statement = force.request(db).statement
    unsigned = SignedKeyRequest(statement=statement, signature=sign(other.private_key, statement))
    with pytest.raises(Forbidden, match="not signed by the key"):
        register(db, force, unsigned)


@pytest.mark.parametrize("weak", sorted(WEAK_KEYS), ids=lambda key: key.hex()[:8])
def test_a_key_with_which_anybody_signs_is_refused(db: Connection, weak: bytes) -> None:
    statement = KeyRequest(
        record=Agency().request(db).statement.record, agency=RIVERTON, public_key=weak.hex()
    )
    request = SignedKeyRequest(statement=statement, signature=weak.hex() + "0" * 64)
    with pytest.raises(Invalid, match="anybody can sign"):
        register_key(db, OPERATOR, request, fingerprint=key_id_of(weak))


def test_a_request_for_another_record_is_refused(db: Connection) -> None:
    agency = Agency()
    with pytest.raises(Forbidden, match="another record"):
        register(db, agency, agency.request(db, record="hearing-record-ffffffffffffffff"))


@pytest.mark.parametrize("name", ["riverton_police", "a" * 80 + "-b"])
def test_an_agency_that_no_entry_can_name_is_refused(db: Connection, name: str) -> None:
    with pytest.raises((Invalid, ValueError)):
        Agency(name).register(db)


def test_a_key_is_registered_once_and_for_one_agency(db: Connection) -> None:
    agency = Agency()
    agency.register(db)
    with pytest.raises(Conflict, match="known here already"):
        agency.register(db)
    with pytest.raises(Conflict, match="known here already"):
        Agency("elsewhere-police", agency.private_key).register(db)
    revoke_key(db, OPERATOR, agency.key_id, reason="Lost.")
    with pytest.raises(Conflict, match="known here already"):
        agency.register(db)


def test_a_chain_of_keys_each_vouching_for_the_next(db: Connection) -> None:
    machines = [Agency() for _ in range(4)]
    machines[0].register(db, at=AT)
    for number, (old, new) in enumerate(pairwise(machines), 1):
        made = new.register(db, old, at=AT + timedelta(days=number))
        assert made.proof == "old_key"
        before = key_of(db, old.key_id)
        assert (before.state, before.replaced_by, before.replaced_seq) == ("replaced", new.key_id, made.seq)
        assert before.replaced_at == made.registered_at
        content = content_of(db, "agency_key.rotated")
        assert (content["proof"], content["replaces"]) == ("old_key", old.key_id)
        assert content["signature_of_replaced"]
    assert [key.state for key in keys_of(db, RIVERTON)] == ["replaced"] * 3 + ["in use"]
    in_use = key_in_use(db, RIVERTON)
    assert in_use is not None
    assert in_use.key_id == machines[-1].key_id


def test_a_second_key_needs_the_first_or_the_word_that_it_is_lost(db: Connection) -> None:
    old, new = Agency(), Agency()
    old.register(db)
    with pytest.raises(Conflict, match="has not signed this request"):
        register(db, new)
    assert key_in_use(db, RIVERTON) == key_of(db, old.key_id)
    register(db, new, old_key_is_lost=True)
    content = content_of(db, "agency_key.rotated")
    assert (content["proof"], content["replaces"], content["signature_of_replaced"]) == (
        "administrator",
        old.key_id,
        "",
    )
    assert key_of(db, new.key_id).proof == "administrator"
    assert key_of(db, old.key_id).state == "replaced"


def test_only_the_key_in_use_vouches(db: Connection) -> None:
    first, second, third, thief = (Agency() for _ in range(4))
    first.register(db)
    second.register(db, first)
    # Replaced keys, keys of nobody and keys of other agencies can lie about themselves only.
    for wrong in (first, thief):
        with pytest.raises(Conflict, match="not in use"):
            third.register(db, wrong)
    other = Agency("elsewhere-police")
    other.register(db)
    with pytest.raises(Conflict, match="not in use"):
        third.register(db, other)
    forged = third.request(db, second)
    forged = forged.model_copy(
        update={"signature_of_replaced": sign(thief.private_key, forged.statement)},
    )
    for lost in (False, True):
        with pytest.raises(Forbidden, match="not signed by the key that it replaces"):
            register(db, third, forged, old_key_is_lost=lost)
    assert key_in_use(db, RIVERTON) == key_of(db, second.key_id)


def test_an_administrator_revokes_with_a_reason_and_a_moment(db: Connection) -> None:
    agency = Agency()
    agency.register(db, at=AT)
    since = AT + timedelta(hours=1)
    key = revoke_key(
        db,
        ADMINISTRATOR,
        agency.key_id,
        reason="The laptop\n was stolen.",
        untrusted_from=since,
        at=AT + timedelta(days=1),
    )
    assert (key.state, key.revoked_by, key.revoked_reason) == (
        "revoked",
        "administrator:ada",
        "The laptop was stolen.",
    )
    assert (key.revoked_at, key.untrusted_from) == (AT + timedelta(days=1), since)
    assert key.trusted_at(since - timedelta(seconds=1))
    assert not key.trusted_at(since)
    assert key_in_use(db, RIVERTON) is None
    content = content_of(db, "agency_key.revoked")
    assert (content["reason"], content["untrusted_from"]) == (
        "The laptop was stolen.",
        "2026-06-01T13:00:00Z",
    )
    assert content["proof"] == "administrator"
    # The next key has nothing to replace: it begins anew, vouched for by the administrator.
    new = Agency()
    register(db, new)
    assert key_of(db, new.key_id).proof == "administrator"
    with pytest.raises(Conflict, match="revoked before"):
        revoke_key(db, ADMINISTRATOR, agency.key_id, reason="Another reason.")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\u202eb", "a\x07b"])
def test_a_reason_is_words(db: Connection, reason: str) -> None:
    key = Agency().register(db)
    with pytest.raises(Invalid):
        revoke_key(db, OPERATOR, key.key_id, reason=reason)


def test_an_agencys_own_reason_is_words_too(db: Connection) -> None:
    agency = Agency()
    agency.register(db)
    with pytest.raises(Invalid):
        revoke_own_key(db, agency.give_up(db, reason="a\u202eb"))


def test_nothing_is_revoked_from_tomorrow_on(db: Connection) -> None:
    agency = Agency()
    agency.register(db, at=AT)
    with pytest.raises(Invalid):
        revoke_key(db, OPERATOR, agency.key_id, reason="Soon.", untrusted_from=AT + timedelta(days=2), at=AT)
    for moment in ("2026-06-01T12:00:01Z", "2026-13-45T00:00:00Z", "2026-02-30T00:00:00Z"):
        with pytest.raises(Invalid):
            revoke_own_key(db, agency.give_up(db, untrusted_from=moment), at=AT)
    with pytest.raises(NotFound):
        revoke_key(db, OPERATOR, "0" * 64, reason="Nobody's.")


def test_an_agency_gives_up_its_own_key_without_asking(db: Connection) -> None:
    agency = Agency()
    agency.register(db, at=AT)
    key = revoke_own_key(db, agency.give_up(db), at=AT + timedelta(hours=1))
    assert (key.state, key.revoked_by) == ("revoked", f"publisher:key-{agency.key_id[:16]}")
    assert key.untrusted_from == AT
    content = content_of(db, "agency_key.revoked")
    assert content["proof"] == "key"
    assert json.loads(content["statement"])["reason"] == "The machine was stolen."


def test_a_replaced_key_can_still_be_revoked(db: Connection) -> None:
    old, new = Agency(), Agency()
    old.register(db)
    new.register(db, old)
    key = revoke_own_key(db, old.give_up(db))
    assert key.state == "revoked"
    assert key.ended_seq == key.replaced_seq
    assert key_in_use(db, RIVERTON) == key_of(db, new.key_id)


def test_nobody_gives_up_a_key_of_others(db: Connection) -> None:
    force, other = Agency(), Agency("elsewhere-police")
    force.register(db)
    other.register(db)
    size = head(db).size
    wrong = {
        "signed by another": other.give_up(db, key_id=force.key_id, agency=RIVERTON),
        "signed by nobody's": Agency().give_up(db),
        "for another record": force.give_up(db, record="hearing-record-ffffffffffffffff"),
        "for another agency": force.give_up(db, agency="elsewhere-police"),
    }
    for name, revocation in wrong.items():
        with pytest.raises(Forbidden):
            revoke_own_key(db, revocation)
            pytest.fail(name)
    sound = force.give_up(db)
    later = sound.model_copy(
        update={"statement": sound.statement.model_copy(update={"reason": "I never meant it."})}
    )
    with pytest.raises(Forbidden):
        revoke_own_key(db, later)
    assert head(db).size == size
    assert find_key(db, "0" * 64) is None


def test_what_is_refused_leaves_nothing(db: Connection) -> None:
    agency = Agency()
    agency.register(db)
    size, keys = head(db).size, all_keys(db)
    for attempt in (
        lambda: agency.register(db),
        lambda: Agency().register(db),
        lambda: register(db, Agency(), agency.request(db)),
        lambda: revoke_key(db, OPERATOR, agency.key_id, reason=""),
    ):
        with pytest.raises(HearingError):
            attempt()
    assert (head(db).size, all_keys(db)) == (size, keys)


def test_a_refused_statement_is_logged_once(db: Connection, caplog: pytest.LogCaptureFixture) -> None:
    force = Agency()
    force.register(db)
    with pytest.raises(Forbidden):
        revoke_own_key(db, force.give_up(db, agency="elsewhere-police"))
    assert caplog.messages == ["refused: The revocation names another agency than the key's."]
