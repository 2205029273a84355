"""Rows against the ledger: an administrator with the database open changes nothing unseen."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select

from hearing_app.deployment import faults_of_copy
from hearing_app.hearings.agenda.slots import book, free, set_slots
from hearing_app.hearings.comments.comment import submit, withdraw
from hearing_app.hearings.comments.proof import proof_of_comment
from hearing_app.hearings.comments.verify import faults
from hearing_app.hearings.disclosure import public_contents
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import Consent, State
from hearing_app.people.permissions import PUBLIC, Actor, Role
from hearing_app.record import ledger, versions
from hearing_app.record.bundle import bundle_lines
from hearing_app.record.checkpoint import Signer
from hearing_app.store import tables
from hearing_app.store.engine import open_engine, reading, writing
from hearing_app.store.tables import ledger_content, ledger_private
from tests.conftest import MakeDraft, Send
from tests.scale import scale

FACILITATOR = Actor(Role.FACILITATOR, "ab12")


@pytest.fixture
def record(engine: Engine, send: Send, receipt_key: bytes, now: datetime) -> list[str]:
    """Comments in every state; returns their numbers, in the order of arrival."""
    sent = [
        send(concern=f"Words of comment number {number}.", stance="oppose", standing=("lives_in_area",))
        if number % 2
        else send(
            concern=f"Words of comment number {number}.", consent=Consent.TEXT_AND_NAME, display_name="A. N."
        )
        for number in range(6)
    ]
    private = send(consent=Consent.FACILITATORS_ONLY)
    moves = (State.PUBLISHED, State.HELD, State.REJECTED, State.PUBLISHED)
    with writing(engine) as db:
        for number, state in enumerate(moves):
            decide(
                db,
                FACILITATOR,
                sent[number].comment_id,
                state,
                seen_state=State.SUBMITTED,
                reason_id="" if state is State.PUBLISHED else "R2",
                note="A note for the author.",
                at=now + timedelta(minutes=number),
            )
        decide(
            db,
            FACILITATOR,
            sent[3].comment_id,
            State.HELD,
            seen_state=State.PUBLISHED,
            reason_id="R2",
            at=now + timedelta(hours=1),
        )
    withdraw(engine, receipt_key, sent[4].code, at=now + timedelta(hours=2))
    return [one.comment_id for one in (*sent, private)]


def found(engine: Engine) -> list[str]:
    with reading(engine) as db:
        return [*ledger.faults(db), *versions.faults(db), *faults(db)]


def change(engine: Engine, statement: str) -> int:
    with reading(engine) as db:
        db.exec_driver_sql("COMMIT")
        db.exec_driver_sql("PRAGMA foreign_keys=OFF")
        done = db.exec_driver_sql(statement).rowcount
        db.exec_driver_sql("BEGIN")
    engine.dispose()
    return done


def test_a_record_that_nobody_touched_has_no_fault(engine: Engine, record: list[str]) -> None:
    assert found(engine) == []


OF_COMMENT = "WHERE seq = (SELECT seq FROM ledger WHERE subject = 'comment:{5}')"
SECOND = "kind, document_id, 2, document, sha256, published_at, actor, note, seq"


@pytest.mark.parametrize(
    ("values", "place", "says"),
    [
        ("concern = 'Other words.'", 0, "differs from what was committed to: concern"),
        ("stance = 'support'", 1, "committed to: stance"),
        ("standing = '[]'", 1, "committed to: standing"),
        ("display_name = 'B. Name'", 0, "committed to: display_name"),
        ("consent = 'text_only'", 6, "committed to: consent"),
        ("receipt_key = 'stolen'", 5, "committed to: receipt_key"),
        ("hearing_id = 'another'", 5, "committed to: hearing_id"),
        ("state = 'published'", 2, "its row says “published”, and its last event is comment.rejected"),
        ("state = 'rejected'", 5, "its last event is comment.submitted"),
        ("state_at = '2026-06-02 00:00:00.000000'", 0, "its last event is"),
        ("submitted_at = '2026-05-01 00:00:00.000000'", 0, "did not arrive when"),
        ("decided_by = 'facilitator:cd34'", 0, "another one who decided"),
        ("comment_id = 'C-2026-AAAAAAA'", 5, "no event of its arrival"),
        ("concern = 'Put back.'", 4, "has again what was erased: concern"),
        ("pinned = '{}'", 4, "has again what was erased: pinned"),
        ("language_detected = 'en'", 4, "has again what was erased: language_detected"),
        ("stance = 'oppose'", 4, "has again what was erased: stance"),
        ("hearing_id = 'another'", 4, "not what was left: hearing_id"),
        ("receipt_key = 'stolen'", 4, "not what was left: receipt_key"),
        ("reason_note = 'Rude.'", 4, "another reason"),
        ("reason_id = 'R3'", 4, "not what was left: reason_id"),
        ("reason_note = 'Rude.'", 5, "another reason"),
        ("reason_id = 'R3'", 5, "another reason"),
        ("reason_id = 'R3'", 5, "another reason"),
        ("reason_id = 'R3'", 2, "another reason"),
        ("reason_note = 'Rude.'", 2, "another reason"),
        ("rule_version = '2020-01'", 2, "another reason"),
    ],
)
def test_a_comment_that_was_changed_alone_is_named(
    engine: Engine, record: list[str], values: str, place: int, says: str
) -> None:
    assert change(engine, f"UPDATE comment SET {values} WHERE comment_id = '{record[place]}'") == 1
    now = found(engine)
    assert any(says in fault for fault in now), now


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM comment WHERE comment_id = '{5}'", "{5} is in the ledger, but not among the comments"),
        (f"DELETE FROM ledger_content {OF_COMMENT}", "gone"),
        (f"DELETE FROM ledger_private {OF_COMMENT}", "committed to is gone"),
        ("UPDATE document_version SET document = '[]' WHERE kind = 'hearing'", "is not what was published"),
        ("UPDATE document_version SET note = 'Nothing' WHERE kind = 'system'", "is not what was published"),
        ("UPDATE document_version SET actor = 'operator' WHERE kind = 'system'", "is not what was published"),
        ("DELETE FROM document_version WHERE kind = 'system'", "version of system street-cameras is gone"),
        (
            f"INSERT INTO document_version SELECT {SECOND} FROM document_version WHERE kind = 'system'",
            "no event of the publication",
        ),
    ],
)
def test_what_was_taken_away_or_added_is_named(
    engine: Engine, record: list[str], statement: str, says: str
) -> None:
    assert change(engine, statement.format(*record)) == 1
    now = found(engine)
    assert any(says.format(*record) in fault for fault in now), now


NOON = datetime(2026, 6, 1, 12, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def of_the_public(engine: Engine, draft: MakeDraft, receipt_key: bytes) -> dict[str, str]:
    """Comments that only their authors touched, all at one moment: waiting, held by rule, withdrawn."""
    sent = {}
    for name, more in (("waiting", {}), ("held", {"consent": Consent.FACILITATORS_ONLY}), ("withdrawn", {})):
        with writing(engine) as db:
            receipt = submit(db, PUBLIC, receipt_key, draft(**more), at=NOON)
        sent[name] = receipt.comment_id
    withdraw(engine, receipt_key, receipt.code, at=NOON + timedelta(hours=1))
    return sent


def test_of_what_authors_do_the_record_tells_the_day_and_the_desk_the_moment(
    engine: Engine, of_the_public: dict[str, str]
) -> None:
    signer = Signer.of(bytes(32))
    with reading(engine) as db:
        told = [event for event in ledger.events(db) if event.kind.startswith("comment.")]
        text = b"".join(bundle_lines(db, signer, public_contents(db))).decode()
        proof = json.dumps(proof_of_comment(db, signer, of_the_public["waiting"]))
        rows = {row.comment_id: row for row in db.execute(select(tables.comment))}
    kinds = ["submitted", "submitted", "held", "submitted", "withdrawn"]
    assert [event.kind for event in told] == [f"comment.{kind}" for kind in kinds]
    assert {event.at for event in told} == {datetime(2026, 6, 1, tzinfo=UTC)}
    assert "12:30:15" not in text + proof
    assert "13:30:15" not in text
    assert rows[of_the_public["waiting"]].submitted_at == rows[of_the_public["held"]].state_at == NOON
    assert rows[of_the_public["withdrawn"]].state_at == NOON + timedelta(hours=1)
    assert found(engine) == []


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        # The moment is committed to in private.
        ("waiting", "submitted_at = '{0}', state_at = '{0}'", "did not arrive when"),
        ("held", "submitted_at = '{0}', state_at = '{0}'", "did not arrive when"),
        ("waiting", "state_at = '{0}'", "its last event is comment.submitted"),
        ("held", "state_at = '{0}'", "its last event is comment.held"),
        # Once it was withdrawn, the day alone is left to compare with.
        ("withdrawn", "submitted_at = '{1}'", "did not arrive when"),
        ("withdrawn", "state_at = '{1}'", "its last event is comment.withdrawn"),
    ],
)
def test_another_moment_in_a_row_is_named(
    engine: Engine, of_the_public: dict[str, str], name: str, values: str, says: str
) -> None:
    changed = values.format("2026-06-01 12:30:16.000000", "2026-06-02 12:30:15.123456")
    assert change(engine, f"UPDATE comment SET {changed} WHERE comment_id = '{of_the_public[name]}'") == 1
    now = found(engine)
    assert any(says in fault for fault in now), now


def test_events_that_an_earlier_version_wrote_with_the_moment_hold(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(ledger, "WITHOUT_OFFICE", frozenset())
    old = request.getfixturevalue("of_the_public")
    with reading(engine) as db:
        told = {event.at for event in ledger.events(db) if event.kind.startswith("comment.")}
    assert told == {NOON, NOON + timedelta(hours=1)}
    assert found(engine) == []
    # What says the moment is compared to the moment.
    values = "state_at = '2026-06-01 13:30:16.000000'"
    assert change(engine, f"UPDATE comment SET {values} WHERE comment_id = '{old['withdrawn']}'") == 1
    assert any("its last event is comment.withdrawn" in fault for fault in found(engine))


def forge(engine: Engine, comment_id: str, kind: str, left: dict[str, object]) -> None:
    """Take what a comment committed to away, and append an event that says it was erased, hashes and all."""
    for table in (ledger_content, ledger_private):
        about = select(tables.ledger.c.seq).where(tables.ledger.c.subject == f"comment:{comment_id}")
        with writing(engine) as db:
            db.execute(delete(table).where(table.c.seq.in_(about)))
    with writing(engine) as db:
        ledger.append(
            db, actor="operator", kind=kind, subject=f"comment:{comment_id}", content={"left": left}
        )


def test_published_words_cannot_be_replaced_behind_an_erasing_event(
    engine: Engine, send: Send, now: datetime
) -> None:
    with writing(engine) as db:
        bound = "checkpoint_key.bound"
        ledger.append(db, actor="compilation", kind=bound, subject="checkpoint-key:00", content={})
    one = send().comment_id
    with writing(engine) as db:
        decide(db, FACILITATOR, one, State.PUBLISHED, seen_state=State.SUBMITTED, at=now)
    words = "Words that the author never wrote."
    forge(engine, one, "comment.erased", {"concern": words})
    change(engine, f"UPDATE comment SET stance = '', concern = '{words}' WHERE comment_id = '{one}'")
    assert f"Comment {one}: its words are said to be erased, and it is published." in found(engine)


def test_answers_cannot_be_forged_behind_an_erasing_event(engine: Engine, record: list[str]) -> None:
    forge(engine, record[1], "comment.private_erased", {"stance": "support"})
    change(engine, f"UPDATE comment SET stance = 'support' WHERE comment_id = '{record[1]}'")
    now = found(engine)
    assert any("it has again what was erased: stance" in fault for fault in now), now


def test_what_is_left_of_a_withdrawn_comment_cannot_be_said_anew(engine: Engine, record: list[str]) -> None:
    forge(engine, record[4], "comment.private_erased", {"hearing_id": "another"})
    change(engine, f"UPDATE comment SET hearing_id = 'another' WHERE comment_id = '{record[4]}'")
    now = found(engine)
    assert any("something was erased after it was withdrawn" in fault for fault in now), now


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE opinion_release SET people = 999999, counts = json_set(counts, '$.people', 3)",
        "UPDATE opinion_release SET counts = json_set(counts, '$.stance.oppose', 50)",
        "UPDATE opinion_release SET at = '2026-12-24 00:00:00.000000'",
        "DELETE FROM opinion_release",
    ],
)
def test_released_counts_are_compared_one_by_one(
    engine: Engine, send: Send, receipt_key: bytes, statement: str
) -> None:
    sent = [send(stance="oppose") for _ in range(3)]
    withdraw(engine, receipt_key, sent[0].code, at=datetime(2026, 12, 2, tzinfo=UTC))
    assert found(engine) == []
    assert change(engine, statement) == 1
    assert any("counts of views" in fault for fault in found(engine)), found(engine)


@pytest.fixture
def speaking(engine: Engine, record: list[str], now: datetime) -> list[str]:
    """Three slots: the first has the comment that is published, the second had it before."""
    hearing_id = "live-recognition"
    with writing(engine) as db:
        set_slots(db, FACILITATOR, hearing_id, 3, at=now)
        book(db, FACILITATOR, hearing_id, 2, record[0], at=now)
        free(db, FACILITATOR, hearing_id, 2, record[0], at=now)
        book(db, FACILITATOR, hearing_id, 1, record[0], at=now)
    assert found(engine) == []
    return record


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE slot SET minutes = 9 WHERE number = 3", "Slot 3 of hearing live-recognition is not as"),
        ("UPDATE slot SET comment_id = NULL", "Slot 1 of hearing live-recognition is not as"),
        ("UPDATE slot SET number = 7 WHERE number = 1", "Slot 7 of hearing live-recognition is not as"),
        ("UPDATE slot SET hearing_id = 'another'", "Slot 1 of hearing live-recognition is gone"),
        ("DELETE FROM slot WHERE number = 3", "Slot 3 of hearing live-recognition is gone"),
        ("DELETE FROM slot", "Slot 2 of hearing live-recognition is gone"),
        ("INSERT INTO slot VALUES ('live-recognition', 4, 3, NULL)", "Slot 4 of hearing live-recognition is"),
        (
            "UPDATE slot SET comment_id = '{1}' WHERE number = 2",
            "is given to a comment that is not published",
        ),
        ("UPDATE slot SET comment_id = 'nobody' WHERE number = 2", "a comment that is not published"),
        ("UPDATE slot SET minutes = 'many'", "is not as the ledger says"),
    ],
)
def test_slots_that_were_changed_alone_are_named(
    engine: Engine, speaking: list[str], statement: str, says: str
) -> None:
    assert change(engine, statement.format(*speaking)) > 0
    now = found(engine)
    assert any(says in fault for fault in now), now


@pytest.mark.parametrize(
    ("kind", "content", "says"),
    [
        ("slot.booked", {"slot": 1, "comment": "C-2026-0000000"}, "was given to a second comment"),
        ("slot.freed", {"slot": 2, "comment": "C-2026-0000000"}, "a comment that did not have it"),
        ("slot.booked", {"slot": 4, "comment": "C-2026-0000000"}, "and was never set"),
        ("slots.set", {"slots": 0, "minutes": 3}, "was taken away while a comment had it"),
        ("slots.set", {"slots": "many"}, "cannot be read"),
        ("slot.booked", {}, "cannot be read"),
    ],
)
def test_an_act_on_slots_that_could_not_be_is_named(
    engine: Engine, speaking: list[str], kind: str, content: dict[str, object], says: str
) -> None:
    """Hashes and all, as someone with the database and time could write it: two people with one slot."""
    with writing(engine) as db:
        ledger.append(
            db, actor="facilitator:ab12", kind=kind, subject="hearing:live-recognition", content=content
        )
    now = found(engine)
    assert any(says in fault for fault in now), now


Measure = Callable[[str, float | int | str], None]
# What a comment's row holds that its author, or a decision, gave it.
COLUMNS = (
    *("hearing_id", "system_id", "system_version", "target", "comment_type", "concern", "value_seen", "ask"),
    *("stance", "standing", "display_name", "consent", "language_declared", "language_detected", "evidence"),
    *("submitted_at", "state", "state_at", "reason_id", "reason_note", "decided_by", "receipt_key", "pinned"),
)
LEDGER = ("at", "kind", "subject", "actor", "commitment", "leaf_hash")


def tampering(chance: random.Random, comments: list[str], events: int) -> str:
    """One change to one row, or one row taken away, added or swapped, anywhere in the record."""
    seq, other = chance.sample(range(events), 2)
    comment_id, column, field = chance.choice(comments), chance.choice(COLUMNS), chance.choice(LEDGER)
    salt = chance.randbytes(32).hex()
    return chance.choice(
        [
            f"UPDATE comment SET {column} = {column} || 'x' WHERE comment_id = '{comment_id}'",
            f"DELETE FROM comment WHERE comment_id = '{comment_id}'",
            f"UPDATE ledger SET {field} = x'00' WHERE seq = {seq}",
            f"UPDATE ledger SET {field} = (SELECT {field} || 'x' FROM ledger WHERE seq = {other}) "
            f"WHERE seq = {seq}",
            f"DELETE FROM ledger WHERE seq = {seq}",
            f"DELETE FROM ledger WHERE seq >= {seq}",
            f"UPDATE ledger SET seq = {events + chance.randrange(9)} WHERE seq = {seq}",
            f"UPDATE ledger_content SET content = content || ' ' WHERE seq = {seq}",
            f"UPDATE ledger_content SET salt = x'{salt}' WHERE seq = {seq}",
            f"UPDATE ledger_private SET content = content || ' ' WHERE seq = {seq}",
            f"DELETE FROM ledger_content WHERE seq = {seq}",
            f"DELETE FROM ledger_private WHERE seq = {seq}",
            f"UPDATE ledger_node SET hash = x'{salt}' WHERE place = {seq % 3} AND level = 1",
            "DELETE FROM ledger_node WHERE level = 2 AND place = 0",
            "UPDATE document_version SET document = document || ' ' WHERE kind = 'hearing'",
            "DELETE FROM document_version WHERE kind = 'system'",
            f"UPDATE OR IGNORE slot SET comment_id = '{comment_id}' WHERE number = 2",
            "UPDATE slot SET comment_id = NULL WHERE number = 1",
            "DELETE FROM slot WHERE number = 3",
        ]
    )


@pytest.mark.promise("T1")
def test_every_tampering_with_the_database_is_found(
    engine: Engine, speaking: list[str], tmp_path: Path, measure: Measure
) -> None:
    """The file is copied, changed by one statement, and verified; one that changes nothing is no try."""
    with reading(engine) as db:
        events = ledger.size_of(db)
    engine.dispose()
    sound = Path(str(engine.url.database))
    chance, tries, missed = random.Random(20261102), 0, []
    while tries < scale(60, 1000):
        file = tmp_path / "changed.sqlite"
        file.write_bytes(sound.read_bytes())
        opened = open_engine(f"sqlite:///{file}")
        statement = tampering(chance, speaking, events)
        changed = change(opened, statement)
        tries += bool(changed)
        if changed and not faults_of_copy(opened):
            missed.append(statement)
        opened.dispose()
    measure("tamperings of the database", tries)
    measure("tamperings of the database not found", len(missed))
    assert missed == []
