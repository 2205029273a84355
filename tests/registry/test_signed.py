"""An agency's own words need its signature: every way around it is refused, by name."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from hearing_app.errors import Conflict, Forbidden, HearingError, Invalid
from hearing_app.people.permissions import COMPILATION, OPERATOR, PUBLIC, Actor, Role
from hearing_app.record.ledger import events, head
from hearing_app.record.ledger import faults as ledger_faults
from hearing_app.record.signatures import Publication, SignedPublication, sign
from hearing_app.record.versions import Version, latest_version, versions_of
from hearing_app.registry.agencies import revoke_key
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import publish_entry, publish_signed_entry
from hearing_app.registry.signature_faults import faults
from hearing_app.registry.signed import about, all_signatures, publish_document, signatures_of, speaks_for
from hearing_app.store.engine import open_engine, reading, writing
from hearing_app.store.migrate import migrate
from hearing_app.store.tables import ledger_content
from tests.scale import scale
from tests.signers import RIVERTON, Agency, bind, own_entry

ENTRY = "bus-lane-cameras"
COMPILED = {"by": "independent_compilation", "as_of": "2026-06-01", "statement": "Compiled from sources."}
ELSEWHERE = {
    "agency": "elsewhere-police",
    "name": "Elsewhere Police",
    "kind": "police",
    "country": "Freedonia",
    "places": ["zz"],
}
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    bind(engine)
    with writing(engine) as opened:
        yield opened


@pytest.fixture
def force(db: Connection) -> Agency:
    """Riverton's police, with a registered key."""
    made = Agency()
    made.register(db)
    return made


def publish(
    db: Connection, document: dict[str, Any], signed: SignedPublication | None = None, **options: Any
) -> Version:
    if signed is not None:
        return publish_signed_entry(db, document, signed, dataset_ids=(), **options)
    return publish_entry(db, OPERATOR, Entry.model_validate(document), note="By the operator.", **options)


def test_a_signed_entry_is_published_with_its_signature(db: Connection, force: Agency) -> None:
    document = own_entry()
    signed = force.sign(db, document, note="Our first entry.")
    version = publish(db, document, signed, at=AT)
    assert (version.version, version.document, version.note) == (1, document, "Our first entry.")
    assert version.actor == f"publisher:key-{force.key_id[:16]}"
    kept = signatures_of(db, "system", ENTRY)[1]
    assert (kept.statement, kept.signature, kept.key.key_id) == (
        signed.statement,
        signed.signature,
        force.key_id,
    )
    text = db.execute(
        select(ledger_content.c.content).where(ledger_content.c.seq == version.seq)
    ).scalar_one()
    content = json.loads(text)
    assert (content["key_id"], content["signature"]) == (force.key_id, signed.signature)
    assert Publication.model_validate_json(content["statement"]) == signed.statement
    assert (content["version"], content["sha256"], content["note"]) == (1, version.sha256, "Our first entry.")
    assert faults(db) == []


def test_the_operator_hands_in_what_the_agency_signed(db: Connection, force: Agency) -> None:
    document = own_entry()
    version = publish(db, document, force.sign(db, document), actor=OPERATOR)
    assert version.actor == "operator"
    assert signatures_of(db, "system", ENTRY)[1].key.key_id == force.key_id


NO_CARRIERS = [PUBLIC, COMPILATION] + [
    Actor(role, "x") for role in (Role.FACILITATOR, Role.AUDITOR, Role.ADMINISTRATOR)
]


@pytest.mark.parametrize("actor", NO_CARRIERS, ids=lambda actor: actor.role)
def test_nobody_else_hands_it_in(db: Connection, force: Agency, actor: Actor) -> None:
    document = own_entry()
    with pytest.raises(Forbidden):
        publish(db, document, force.sign(db, document), actor=actor)
    assert latest_version(db, "system", ENTRY) is None


def test_version_after_version(db: Connection, force: Agency) -> None:
    for number in range(1, 4):
        document = own_entry(purpose=f"To keep bus lanes free, year {number}.")
        assert publish(db, document, force.sign(db, document, note=f"Year {number}")).version == number
    assert list(signatures_of(db, "system", ENTRY)) == [1, 2, 3]
    assert faults(db) == []


def test_sent_twice_it_is_published_once(db: Connection, force: Agency) -> None:
    """An answer that was lost on its way is asked for again."""
    document = own_entry()
    signed = force.sign(db, document)
    first = publish(db, document, signed)
    size = head(db).size
    assert publish(db, document, signed) == first
    assert head(db).size == size


# Every attack: how it is made, and what the refusal says.
Attack = Callable[[Connection, Agency], tuple[dict[str, Any], SignedPublication | None]]


def _unsigned(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    return own_entry(purpose="To watch everybody."), None


def _unknown_key(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    document = own_entry(purpose="To watch everybody.")
    return document, Agency().sign(db, document)


def _wrong_key(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    """Made with another key, said to be the force's."""
    document = own_entry(purpose="To watch everybody.")
    return document, Agency().sign(db, document).model_copy(update={"key_id": force.key_id})


def _other_agency(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    """Another agency, with a good key of its own, speaks for this one."""
    other = Agency("elsewhere-police")
    other.register(db)
    document = own_entry(purpose="To watch everybody.")
    return document, other.sign(db, document)


def _other_agency_by_name(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    other = Agency("elsewhere-police")
    other.register(db)
    document = own_entry(purpose="To watch everybody.")
    return document, other.sign(db, document, agency=RIVERTON)


def _takeover(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    """Another agency puts an entry of its own in the place of this one's."""
    other = Agency("elsewhere-police")
    other.register(db)
    document = own_entry(deployer=ELSEWHERE)
    return document, other.sign(db, document)


def _about_others(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    document = own_entry(id="their-cameras", deployer=ELSEWHERE)
    return document, force.sign(db, document)


def _not_its_own(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    document = own_entry(compiled=COMPILED)
    return document, force.sign(db, document)


def _compiled_over(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    """A compilation in the place of what the agency signed."""
    return own_entry(compiled=COMPILED), None


def _revoked(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    document = own_entry(purpose="To watch everybody.")
    signed = force.sign(db, document)
    revoke_key(db, OPERATOR, force.key_id, reason="The laptop was stolen.")
    return document, signed


def _unsigned_after_revoked(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    """With no key left, nobody may publish in its name as if it never had one."""
    revoke_key(db, OPERATOR, force.key_id, reason="The laptop was stolen.")
    return own_entry(purpose="To watch everybody."), None


def _replaced(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    Agency().register(db, force)
    document = own_entry(purpose="To watch everybody.")
    return document, force.sign(db, document)


def _replayed(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    """The first version, word for word and with its good signature, after the second."""
    first = own_entry()
    signed = force.sign(db, first, version=1, previous="")
    second = own_entry(purpose="To keep bus lanes free, and only that.")
    publish(db, second, force.sign(db, second))
    return first, signed


def _other_place(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    """The right number, after a text that never stood there."""
    document = own_entry(purpose="To watch everybody.")
    return document, force.sign(db, document, previous="ab" * 32)


def _skipped(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    document = own_entry(purpose="To watch everybody.")
    return document, force.sign(db, document, version=9)


def _unchanged(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    document = own_entry()
    return document, force.sign(db, document)


def _other_record(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    document = own_entry(purpose="To watch everybody.")
    return document, force.sign(db, document, record="hearing-record-ffffffffffffffff")


def _other_document(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    return own_entry(purpose="To watch everybody."), force.sign(db, own_entry(purpose="To count buses."))


def _other_id(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    document = own_entry(purpose="To watch everybody.")
    return document, force.sign(db, document, document_id="other-cameras")


def _other_kind(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    document = own_entry(purpose="To watch everybody.")
    statement = force.statement(db, document).model_copy(update={"kind": "answer"})
    return document, force.seal(statement)


def _changed_statement(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    document = own_entry(purpose="To watch everybody.")
    signed = force.sign(db, document)
    statement = signed.statement.model_copy(update={"note": "Nothing of importance."})
    return document, signed.model_copy(update={"statement": statement})


def _hidden_sign(db: Connection, force: Agency) -> tuple[dict[str, Any], SignedPublication | None]:
    document = own_entry(purpose="To watch everybody.")
    return document, force.sign(db, document, note="Read \u202ethis")


ATTACKS: dict[Attack, str] = {
    _unsigned: "it is not signed",
    _unknown_key: "No agency has registered",
    _wrong_key: "not that of this key",
    _other_agency: "has signed this, but it is about|is that of",
    _other_agency_by_name: "cannot sign for",
    _takeover: "is an entry about",
    _about_others: "but it is about",
    _not_its_own: "wrote itself",
    _compiled_over: "signed by the agency itself",
    _revoked: "was revoked on .* The laptop was stolen",
    _unsigned_after_revoked: "it is not signed",
    _replaced: "was replaced on",
    _replayed: "the next one is",
    _other_place: "after another text",
    _skipped: "the next one is 2",
    _unchanged: "word for word",
    _other_record: "signed for the record",
    _other_document: "for another text",
    _other_id: "signed for system “other-cameras”",
    _other_kind: "signed for answer",
    _changed_statement: "not that of this key",
    _hidden_sign: "cannot see",
}


@pytest.mark.promise("S6")
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__.strip("_"))
def test_every_attack_is_refused_by_name_and_leaves_nothing(
    db: Connection, force: Agency, attack: Attack
) -> None:
    first = own_entry()
    publish(db, first, force.sign(db, first))
    document, signed = attack(db, force)
    before = head(db), len(all_signatures(db)), latest_version(db, "system", ENTRY)
    with pytest.raises(HearingError, match=ATTACKS[attack]) as refused:
        publish(db, document, signed)
    assert refused.value.status in {403, 409, 422}
    assert refused.value.next_step or isinstance(refused.value, Invalid)
    assert (head(db), len(all_signatures(db)), latest_version(db, "system", ENTRY)) == before
    assert faults(db) == []


def test_a_forged_publication_is_logged(
    db: Connection, force: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    document, signed = _wrong_key(db, force)
    with pytest.raises(Forbidden):
        publish(db, document, signed)
    assert caplog.messages == ["refused: The signature is not that of this key under this statement."]


def test_every_refusal_says_something_of_its_own() -> None:
    assert len(set(ATTACKS.values())) >= len(ATTACKS) - 3


def test_a_publication_for_one_record_is_worth_nothing_in_another(
    db: Connection, force: Agency, tmp_path: Any
) -> None:
    """The same agency, the same key, registered in two records."""
    document = own_entry()
    signed = force.sign(db, document)
    other = open_engine(f"sqlite:///{tmp_path / 'other.sqlite'}")
    migrate(other)
    bind(other, bytes([7]) * 32)
    with writing(other) as second:
        force.register(second)
        with pytest.raises(Forbidden, match="signed for the record"):
            publish(second, document, signed)
        assert publish(second, document, force.sign(second, document)).version == 1
    other.dispose()


def test_an_agency_without_a_key_publishes_as_before(db: Connection) -> None:
    document = own_entry()
    assert publish(db, document).version == 1
    agency = Agency()
    agency.register(db)
    # What stands is unchanged, and the next version needs the key.
    assert publish(db, document).version == 1
    changed = own_entry(purpose="Another one.")
    with pytest.raises(Forbidden, match="not signed"):
        publish(db, changed)
    assert publish(db, changed, agency.sign(db, changed)).version == 2
    assert list(signatures_of(db, "system", ENTRY)) == [2]
    assert faults(db) == []


def test_a_compilation_about_an_agency_with_a_key_needs_no_signature(db: Connection, force: Agency) -> None:
    assert publish(db, own_entry(compiled=COMPILED)).version == 1
    # The agency takes its entry over, after the compilation.
    document = own_entry()
    assert publish(db, document, force.sign(db, document)).version == 2
    assert faults(db) == []


def test_a_new_key_goes_on_where_the_old_one_ended(db: Connection, force: Agency) -> None:
    document = own_entry()
    publish(db, document, force.sign(db, document), at=AT)
    new = Agency()
    new.register(db, force)
    second = own_entry(purpose="Another one.")
    publish(db, second, new.sign(db, second))
    revoke_key(db, OPERATOR, force.key_id, reason="Found in the wild.", untrusted_from=AT + timedelta(days=1))
    kept = signatures_of(db, "system", ENTRY)
    assert [one.key.state for one in kept.values()] == ["revoked", "in use"]
    assert kept[1].key.trusted_at(AT)
    assert faults(db) == []


def test_the_faults_of_an_entry_are_all_named(db: Connection, force: Agency) -> None:
    document = own_entry()
    publish(db, document, force.sign(db, document))
    other = own_entry(id="more-cameras", datasets=["unknown-counts"])
    other["deployer"]["country"] = "Sylvania"
    other["colour"] = "red"
    with pytest.raises(Invalid) as refused:
        publish(db, other, force.sign(db, other))
    assert {fault.field for fault in refused.value.faults} == {"colour", "datasets.0", "deployer.country"}
    nothing: Any
    for nothing in ([], "words", None, 5):
        with pytest.raises(Invalid):
            publish(db, nothing, force.sign(db, document))


@pytest.mark.parametrize("stuffing", [{"claims": [{}] * 50_000}, {"gaps": [[[1] * 2000] * 5]}])
def test_an_entry_that_holds_far_too_much_is_not_read(
    db: Connection, force: Agency, stuffing: dict[str, Any]
) -> None:
    """Naming its 350,000 faults took 25 seconds."""
    document = own_entry()
    with pytest.raises(Invalid) as refused:
        publish(db, document | stuffing, force.sign(db, document))
    (fault,) = refused.value.faults
    assert fault.problem == "There are more than 5,000 fields and values."


def test_an_agency_does_not_take_the_name_of_another(db: Connection, force: Agency) -> None:
    document = own_entry()
    publish(db, document, force.sign(db, document))
    thief = Agency("riverton-constabulary")
    thief.register(db)
    deployer = {**document["deployer"], "agency": thief.id, "name": "RIVERTON Police"}
    false = own_entry(id="our-cameras", deployer=deployer)
    with pytest.raises(Invalid) as refused:
        publish(db, false, thief.sign(db, false))
    assert [fault.field for fault in refused.value.faults] == ["deployer.name"]


def test_the_signature_is_looked_at_before_the_document(db: Connection, force: Agency) -> None:
    with pytest.raises(Forbidden, match="No agency has registered"):
        publish(db, {"anything": 1}, Agency().sign(db, own_entry()))


def test_other_kinds_of_documents_speak_for_nobody_yet(db: Connection, force: Agency) -> None:
    assert (about("hearing", {}), speaks_for("hearing", {})) == ("", "")
    assert (about("system", {}), speaks_for("system", {"compiled": {"by": "deployer"}})) == ("", "")
    document = {"id": "town-hall"}
    signed = force.sign(db, document, kind="hearing")
    with pytest.raises(Forbidden, match="about"):
        publish_document(
            db, OPERATOR, kind="hearing", document_id="town-hall", document=document, note="", signed=signed
        )


@pytest.mark.promise("S6")
def test_every_publication_verifies_and_every_forged_one_is_refused(
    engine: Engine, measure: Callable[[str, int], None]
) -> None:
    """Random agencies publish; between them come forged, stolen, outdated and repeated publications."""
    bind(engine)
    chance = random.Random(600)
    wanted, refused, attacks = scale(100, 1000), 0, 0
    agencies = {f"agency-{number}": Agency(f"agency-{number}") for number in range(5)}
    old: list[tuple[dict[str, Any], SignedPublication]] = []
    dead: list[Agency] = []
    with writing(engine) as db:
        for agency in agencies.values():
            agency.register(db)
        for number in range(wanted):
            name = chance.choice(sorted(agencies))
            agency = agencies[name]
            deployer = own_entry()["deployer"] | {"agency": name, "name": f"Police {name}"}
            document = own_entry(
                id=f"{name}-{chance.randrange(4)}", deployer=deployer, purpose=f"Purpose {number}."
            )
            good = agency.sign(db, document, note=f"Change {number}")
            bits = bytearray.fromhex(good.signature)
            bits[chance.randrange(64)] ^= 1 << chance.randrange(8)
            thief = Agency(name)
            forged: list[tuple[dict[str, Any], SignedPublication | None]] = [
                (document, None),
                (document, thief.sign(db, document)),
                (document, good.model_copy(update={"key_id": thief.key_id})),
                (document, good.model_copy(update={"signature": bytes(bits).hex()})),
                (document | {"purpose": "Another."}, good),
                (document, agency.sign(db, document, record="hearing-record-0000000000000000")),
                *[(document, one.sign(db, document)) for one in dead if one.id == name],
                *([chance.choice(old)] if old else []),
            ]
            for text, signed in chance.sample(forged, min(4, len(forged))):
                attacks += 1
                with pytest.raises((Forbidden, Conflict)):
                    publish(db, text, signed)
                refused += 1
            published = publish(db, document, good)
            assert published.note == f"Change {number}"
            history = versions_of(db, "system", document["id"])
            if len(history) > 1:
                before = signatures_of(db, "system", document["id"])[len(history) - 1]
                replay = SignedPublication(
                    key_id=before.key.key_id, statement=before.statement, signature=before.signature
                )
                old.append((dict(history[-2].document), replay))
            if chance.random() < 0.1:
                new = Agency(name)
                if chance.random() < 0.5:
                    new.register(db, agency)
                else:
                    revoke_key(db, OPERATOR, agency.key_id, reason="Lost.")
                    new.register(db)
                dead.append(agency)
                agencies[name] = new
    with reading(engine) as db:
        assert (
            len(all_signatures(db))
            == wanted
            == sum(e.kind == "system.published" for e in events(db, limit=10**6))
        )
        assert faults(db) == []
        assert ledger_faults(db) == []
    assert refused == attacks
    measure("publications verified", wanted)
    measure("attacks refused", refused)
    measure("keys rotated or revoked", len(dead))


def test_a_signature_can_be_made_for_any_kind(db: Connection, force: Agency, monkeypatch: Any) -> None:
    """An answer will be signed as an entry is: its kind only says for whom it speaks."""
    from hearing_app.registry import signed as module

    monkeypatch.setitem(module._SPEAKERS, "answer", lambda document: (document["agency"], document["agency"]))
    answer = {"id": "answer-1", "agency": RIVERTON, "text": "We accept this."}
    with pytest.raises(Forbidden, match="not signed"):
        publish_document(db, OPERATOR, kind="answer", document_id="answer-1", document=answer, note="")
    signed = force.sign(db, answer, kind="answer")
    actor = Actor(Role.PUBLISHER, "key", RIVERTON)
    made = publish_document(
        db, actor, kind="answer", document_id="answer-1", document=answer, note="", signed=signed
    )
    assert (made.kind, made.version) == ("answer", 1)
    assert faults(db) == []
    assert sign(force.private_key, signed.statement) == signed.signature


def test_of_many_that_publish_at_once_one_is_next(engine: Engine) -> None:
    """Eight machines of one agency sign different texts as version 1; the same text may come eight times."""
    bind(engine)
    force = Agency()
    with writing(engine) as db:
        force.register(db)
        texts = [own_entry(purpose=f"Purpose {number}.") for number in range(8)]
        signed = [force.sign(db, text) for text in texts]

    def attempt(number: int) -> str:
        try:
            with writing(engine) as db:
                return publish(db, texts[number % 8], signed[number % 8]).note
        except Conflict:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))
    assert outcomes.count("refused") == 7
    winner = next(number for number, outcome in enumerate(outcomes) if outcome != "refused")
    with ThreadPoolExecutor(8) as pool:
        assert "refused" not in list(pool.map(lambda _: attempt(winner), range(8)))
    with reading(engine) as db:
        assert len(versions_of(db, "system", ENTRY)) == 1
        assert faults(db) == []
