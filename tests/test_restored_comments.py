"""Restoring an older backup: words that readers were no longer to see are at no public door again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hearing_app.api import ROUTES
from hearing_app.deployment import Deployment, carry_over, faults_of_copy, open_deployment, record_faults, use
from hearing_app.documents.moderation import moderation_page
from hearing_app.hearings.comments import files, translations
from hearing_app.hearings.comments.comment import submit, withdraw
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.comments.file_adding import Sent, add_file
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.moderation import removals
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.moderation.lapses import lapse
from hearing_app.hearings.moderation.moves import comment_of
from hearing_app.hearings.moderation.redactions import lift, place_of, redact
from hearing_app.hearings.vocabulary import State
from hearing_app.hearings.voting import statements
from hearing_app.people.permissions import PUBLIC, Actor, Role
from hearing_app.record.backup import DATABASE, make_backup
from hearing_app.record.erased import FILE as NOTED
from hearing_app.record.ledger import contents
from hearing_app.record.receipts import new_draft_id
from hearing_app.record.restore import Allowed, Restored, restore
from hearing_app.settings import Settings
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import comment_hold
from tests.test_restore import HEARING, ROOT, overwrite

FAY, SAM = Actor(Role.FACILITATOR, "fay"), Actor(Role.FACILITATOR, "sam")
WORDS = {
    "redacted": "REDACTEDNAME asked why the scores stand before a judge.",
    "removed": "REMOVEDWORDS about a neighbour who was named in the street.",
    "held": "HELDWORDS about somebody else that nobody should read yet.",
    "submitted": "SUBMITTEDWORDS that were refused after the backup was made.",
    "waiting": "WAITINGWORDS that were held, and then refused for good.",
    "withdrawn": "WITHDRAWNWORDS that their author has taken back again.",
    "again": "AGAINWORDS that were held back and then published once more.",
    "lifted": "LIFTEDNAME was taken out and then put back as it was harmless.",
    "kept": "KEPTWORDS ask who may see the scores, and for how many years.",
}
HIDDEN = {name: WORDS[name].split()[0] for name in WORDS if name not in {"again", "lifted", "kept"}}
BESIDE = {"file": "FILEWORDS", "statement": "to vote on: STATEMENTWORDS", "translation": "TRANSLATEDWORDS"}


@dataclass
class Place:
    """A record with a backup, and what was done since."""

    data: Path
    backup: Path
    numbers: dict[str, str]


def back(place: Place, *, allowed: bool = False) -> Restored:
    return restore(
        place.backup, place.data, replace=True, checkpoints=place.data / "checkpoints.jsonl",
        check=faults_of_copy, carry_over=carry_over, allowed=Allowed(unknown_withdrawals=allowed),
    )  # fmt: skip


def doors(house: Deployment) -> str:
    """Return all that a stranger is given of the hearing: pages, interface, feeds, files of open data."""
    use(house)
    found = []
    with TestClient(Starlette(routes=ROUTES), base_url="http://hearing.test") as client:
        of_hearing = f"/api/v1/hearings/{HEARING}"
        addresses = [
            *(f"/record/hearings/{HEARING}{part}" for part in ("", "/voting", "/moderation")),
            *(f"{of_hearing}{part}" for part in ("", "/comments", "/comments?format=csv", "/statements")),
            *("/feed.atom", f"{of_hearing}/feed.atom", "/api/v1/record/bundle"),
        ]
        for address in addresses:
            answer = client.get(address)
            if answer.status_code == 200:
                found.append(answer.text)
        assert any(WORDS["kept"] in one for one in found[:2]), "else this looks at the wrong pages"
        packed = client.get(f"{of_hearing}/open-data.zip")
        assert packed.status_code == 200
        with zipfile.ZipFile(io.BytesIO(packed.content)) as opened:
            found += [opened.read(name).decode("utf-8", "replace") for name in opened.namelist()]
    with reading(house.engine) as db:
        found += [
            data.decode() for kept in files.public_files(db, HEARING).values() for data in shown(db, kept)
        ]
        found += [f"to vote on: {one.text}" for one in statements.statements_of(db, HEARING) if one.is_shown]
    return "\n".join(found)


def shown(db: object, kept: list[files.Kept]) -> Iterator[bytes]:
    for one in kept:
        yield files.public_file(db, HEARING, one.file_id)[1]  # type: ignore[arg-type]  # a connection


@pytest.fixture
def place(house: Deployment, tmp_path: Path) -> Place:
    sent = {}
    with writing(house.engine) as db:
        for name, words in WORDS.items():
            sent[name] = submit(
                db, PUBLIC, house.key, Draft(new_draft_id(), HEARING, "compas", 1, concern=words)
            )
    number = {name: one.comment_id for name, one in sent.items()}
    evidence = Sent(content=b"FILEWORDS of evidence", name="a.txt", title="A note", whose="Mine")
    file = add_file(house.engine, house.key, sent["kept"].code, "203.0.113.1", evidence, folder=tmp_path)
    with writing(house.engine) as db:
        decide(db, FAY, number["waiting"], State.HELD, seen_state=State.SUBMITTED, reason_id="R1")
        for name in WORDS.keys() - {"submitted", "waiting"}:
            decide(db, FAY, number[name], State.PUBLISHED, seen_state=State.SUBMITTED)
        files.screen(db, FAY, file.file_id, "published")
        statements.add(db, FAY, HEARING, "STATEMENTWORDS stand before people to vote on.")
        statements.add(db, FAY, HEARING, "A statement that stays where it is.")
        of_redacted = number["redacted"]
        statements.add(db, FAY, HEARING, "REDACTEDNAME asked why the scores stand", comment_id=of_redacted)
        translations.translate(db, FAY, number["kept"], "cy", {"concern": "TRANSLATEDWORDS that are wrong."})
        translations.check(db, SAM, number["kept"], "cy")
    before = doors(house)
    assert all(
        one in before for one in (*BESIDE.values(), *(HIDDEN[name] for name in ("redacted", "removed")))
    )
    backup = make_backup(house.engine, tmp_path / "backups", check=faults_of_copy, signer=house.signer)[0]
    seen = State.PUBLISHED
    with writing(house.engine) as db:
        for name in ("redacted", "lifted"):
            start, stop = place_of(WORDS[name], WORDS[name].split()[0])
            redact(
                db, FAY, number[name], field="concern", start=start, stop=stop, kind="name", reason_id="R2",
                seen_state=seen,
            )  # fmt: skip
        lift(db, FAY, number["lifted"], 1, note="It is the name of a street.")
        removals.propose(db, FAY, number["removed"], reason_id="R4", seen_state=seen)
        removals.confirm(db, SAM, number["removed"])
        for name in ("held", "again"):
            decide(db, FAY, number[name], State.HELD, reason_id="R1", seen_state=seen)
        decide(db, FAY, number["again"], State.PUBLISHED, seen_state=State.HELD)
        decide(db, FAY, number["submitted"], State.REJECTED, reason_id="R3", seen_state=State.SUBMITTED)
        decide(db, FAY, number["waiting"], State.REJECTED, reason_id="R1", seen_state=State.HELD)
        files.screen(db, FAY, file.file_id, "refused", "R2")
        statements.take_down(db, FAY, HEARING, 1, "It says two things at once.")
        translations.translate(db, FAY, number["kept"], "cy", {"concern": "Anew, and not checked yet."})
    withdraw(house.engine, house.key, sent["withdrawn"].code)
    house.close()
    return Place(house.settings.data, backup, number)


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Deployment]]:
    now: list[Deployment] = []

    def one(data: Path) -> Deployment:
        now.append(
            open_deployment(Settings(data=data, registry=ROOT / "registry", datasets=ROOT / "datasets"))
        )
        return now[-1]

    yield one
    for house in now:
        house.close()


@pytest.mark.parametrize("left", ["all", "the list alone", "rows alone"])
def test_what_was_hidden_since_the_backup_is_not_public_again(
    place: Place, opened: Callable[[Path], Deployment], left: str
) -> None:
    if left == "the list alone":
        (place.data / DATABASE).write_bytes(b"\xa5" * 8192)
    elif left == "rows alone":
        (place.data / NOTED).unlink()
        overwrite(place.data, "ledger")
    done = back(place, allowed=left == "rows alone")
    house = opened(place.data)
    with reading(house.engine) as db:
        assert record_faults(house, db) == []
        stands = {name: comment_of(db, number) for name, number in place.numbers.items()}
        due = {row.comment_id: row for row in db.execute(select(comment_hold))}
        told = {
            event.subject: kept.fields for event, kept in contents(db) if kept and event.actor == "operator"
        }
    looks_at = {"redacted", "removed", "held", "submitted", "waiting"}
    # Where the record before cannot be read whole, nobody knows that they were public again at its end.
    looks_at |= {"all": set(), "the list alone": {"again", "lifted"}, "rows alone": {"lifted"}}[left]
    assert {name for name, one in stands.items() if (one.state, one.reason_id) == ("held", "R10")} == looks_at
    assert (stands["withdrawn"].state, stands["withdrawn"].concern) == ("withdrawn", "")
    for name in looks_at:
        one = stands[name]
        assert one.concern == WORDS[name], "nothing is lost"
        assert not due[one.comment_id].lapses
        assert told[f"comment:{one.comment_id}"]["because"] == "restored"
        assert one.reason_note.startswith("After the backup")
    now = doors(house)
    assert [name for name, word in {**HIDDEN, **BESIDE}.items() if word in now] == []
    assert (WORDS["again"] in now) is ("again" not in looks_at)
    assert "A statement that stays where it is." in now
    assert any("held back" in one for one in done.carried.said)
    if left == "all":
        # No hold of them ends by itself, and they stand in public as overdue.
        late = stands["held"].state_at + timedelta(days=30)
        with writing(house.engine) as db:
            assert not set(lapse(db, at=late)) & {place.numbers[name] for name in looks_at}
            assert place.numbers["held"] in moderation_page(db, hearing_of(db, HEARING), at=late)


def test_what_a_person_has_looked_at_since_is_not_held_a_second_time(
    place: Place, opened: Callable[[Path], Deployment], tmp_path: Path
) -> None:
    back(place)
    house = opened(place.data)
    number = place.numbers["held"]
    with writing(house.engine) as db:
        decide(db, SAM, number, State.PUBLISHED, seen_state=State.HELD)
    second = make_backup(house.engine, tmp_path / "later", check=faults_of_copy, signer=house.signer)[0]
    house.close()
    # All that tells of the first decision is the list beside the record.
    (place.data / DATABASE).write_bytes(b"\xa5" * 8192)
    back(Place(place.data, second, place.numbers))
    house = opened(place.data)
    with reading(house.engine) as db:
        assert record_faults(house, db) == []
        assert comment_of(db, number).state == State.PUBLISHED
        assert comment_of(db, place.numbers["removed"]).state == State.HELD
