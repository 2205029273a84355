"""Restoring when somebody has been at the backup, the record or the files beside it; what is done again."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from hearing_app.cli import main
from hearing_app.condition import State, findings
from hearing_app.deployment import Deployment, carry_over, faults_of_copy, open_deployment, record_faults
from hearing_app.errors import Conflict, Damaged, NotFound
from hearing_app.hearings.agenda.slots import book, set_slots, slots_of
from hearing_app.hearings.comments.comment import submit, withdraw
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State as Stands
from hearing_app.people import staff
from hearing_app.people.accounts import Account, accept_invitation, invite, open_invitation
from hearing_app.people.permissions import OPERATOR, PUBLIC, Actor, Role
from hearing_app.people.sessions import account_of_session, start_session
from hearing_app.record import restore as restoring
from hearing_app.record.backup import DATABASE, MANIFEST, Manifest, make_backup, read_manifest
from hearing_app.record.checkpoint import Signer
from hearing_app.record.erased import FILE as NOTED
from hearing_app.record.erased import read_erased
from hearing_app.record.ledger import Head, contents
from hearing_app.record.receipts import new_draft_id
from hearing_app.record.restore import NOTHING, Allowed, Restored, restore
from hearing_app.registry.agencies import all_keys, key_in_use, revoke_key
from hearing_app.settings import Settings
from hearing_app.store.engine import erase_what_is_left, open_engine, reading, writing
from hearing_app.store.files import digest
from hearing_app.store.tables import account, comment, ledger
from tests.signers import Agency

HEARING = "demonstration-risk-scores"
ROOT = Path(__file__).parents[1]
PASSWORD = "correct horse battery 7"
Open = Callable[[Path], Deployment]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def opened() -> Iterator[Open]:
    open_now: list[Deployment] = []

    def one(data: Path) -> Deployment:
        open_now.append(
            open_deployment(Settings(data=data, registry=ROOT / "registry", datasets=ROOT / "datasets"))
        )
        return open_now[-1]

    yield one
    for house in open_now:
        house.close()


def send_one(house: Deployment, words: str) -> tuple[str, str]:
    """Send a comment; return its receipt and its number."""
    draft = Draft(new_draft_id(), HEARING, "compas", 1, concern=words)
    with writing(house.engine) as db:
        sent = submit(db, PUBLIC, house.key, draft)
    return sent.code, sent.comment_id


def back_up(house: Deployment, out: Path) -> Path:
    return make_backup(house.engine, out, check=faults_of_copy, signer=house.signer)[0]


def put_back(
    backup: Path, data: Path, *, allowed: Allowed = NOTHING, checkpoints: Path | None = None,
    keys: Path | None = None,
) -> Restored:  # fmt: skip
    return restore(
        backup, data, replace=True, checkpoints=checkpoints or data / "checkpoints.jsonl",
        check=faults_of_copy, carry_over=carry_over, allowed=allowed, keys=keys,
    )  # fmt: skip


def rewrite(folder: Path, manifest: Manifest) -> None:
    """Write a manifest as the command would, with whatever signature it has."""
    said = {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}
    (folder / MANIFEST).write_text(
        json.dumps({"format": "hearing-backup/1", **said, "made_at": manifest.made_at.isoformat()})
    )


def change(folder: Path, statement: str) -> Manifest:
    """Change the database of a backup, and return the manifest that fits it, but for its signature."""
    changed = sqlite3.connect(folder / DATABASE)
    changed.execute(statement)
    changed.commit()
    changed.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    changed.close()
    manifest = read_manifest(folder)
    return replace(manifest, files={DATABASE: digest(folder / DATABASE)})


def words_in(house: Deployment, number: str) -> str:
    with reading(house.engine) as db:
        found: str = db.execute(select(comment.c.concern).where(comment.c.comment_id == number)).scalar_one()
    return found


def overwrite(data: Path, table: str) -> None:
    """Overwrite the root page of a table or an index, as a failing disk does."""
    file = sqlite3.connect(data / DATABASE)
    file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    page = file.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    size = file.execute("PRAGMA page_size").fetchone()[0]
    file.close()
    with (data / DATABASE).open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"\xff" * 200)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO attempt (scope, key, at) VALUES ('s', 'k', '2026-11-23 09:00:00.000000')",
        "INSERT INTO daily_salt (day, salt) VALUES ('2026-11-23', x'00')",
        "CREATE TRIGGER t AFTER INSERT ON session BEGIN UPDATE account SET role = 'administrator'; END",
    ],
)
def test_a_backup_that_was_changed_with_its_manifest_is_refused(
    house: Deployment, out: Path, statement: str
) -> None:
    """What the ledger does not commit to (passwords, triggers) only a signature over the whole file tells."""
    folder = back_up(house, out)
    house.close()
    manifest = change(folder, statement)
    rewrite(folder, manifest)
    for allowed in (NOTHING, Allowed(unsigned=True)):
        with pytest.raises(Damaged, match="Its signature is not that of its record"):
            put_back(folder, house.settings.data, allowed=allowed)
    rewrite(folder, replace(manifest, signature=""))
    with pytest.raises(Damaged, match="is not signed") as refused:
        put_back(folder, house.settings.data)
    assert "--unsigned" in refused.value.next_step
    checked = CliRunner().invoke(main, ["--data", str(house.settings.data), "backup", "--check", str(folder)])
    assert (checked.exit_code, "is not signed" in checked.output) == (1, True)


@pytest.mark.parametrize("checkpoint", [None, "nonsense", "of another state", "of another key"])
def test_the_checkpoint_of_a_backup_is_verified(house: Deployment, out: Path, checkpoint: str | None) -> None:
    folder = back_up(house, out)
    house.close()
    manifest = read_manifest(folder)
    if checkpoint == "of another state":
        checkpoint = house.signer.checkpoint(Head(1, bytes(32)))
    elif checkpoint == "of another key":
        now = Head(manifest.size, bytes.fromhex(manifest.root))
        checkpoint = Signer.of(b"\5" * 32).checkpoint(now)
    manifest = replace(manifest, checkpoint=checkpoint)
    rewrite(folder, replace(manifest, signature=house.signer.private_key.sign(manifest.signed_text).hex()))
    with pytest.raises(Damaged, match="heckpoint"):
        put_back(folder, house.settings.data)


def test_an_unsigned_backup_is_restored_where_somebody_vouches_for_it_and_says_so(
    house: Deployment, out: Path
) -> None:
    folder = make_backup(house.engine, out, check=faults_of_copy)[0]
    house.close()
    command = ["--data", str(house.settings.data), "restore", str(folder), "--replace"]
    assert CliRunner().invoke(main, command).exit_code == 1
    said = CliRunner().invoke(main, [*command, "--unsigned"])
    assert said.exit_code == 0
    assert "NOT KNOWN: who wrote this backup." in said.output


def test_a_record_rewritten_under_a_new_key_is_refused_where_the_old_one_is_known(
    published_data: Path, out: Path, tmp_path: Path, opened: Open
) -> None:
    """A forger signs with a key of their own: the keys, the record or a kept checkpoint tell."""
    forged = opened(tmp_path / "forged")
    folder = make_backup(
        forged.engine, out, check=faults_of_copy, signer=forged.signer, keys=tmp_path / "forged" / "keys"
    )[0]
    whole = shutil.copytree(published_data, tmp_path / "whole")
    no_keys = shutil.copytree(published_data, tmp_path / "no_keys")
    shutil.rmtree(no_keys / "keys")
    (no_keys / "checkpoints.jsonl").unlink()
    only_keys = tmp_path / "only_keys"
    shutil.copytree(published_data / "keys", only_keys / "keys")
    only_kept = tmp_path / "only_kept"
    only_kept.mkdir()
    shutil.copy(published_data / "checkpoints.jsonl", only_kept)
    for data in (whole, no_keys, only_keys, only_kept):
        with pytest.raises(Conflict, match="not of the record that was served here") as refused:
            put_back(folder, data)
        assert "--even-if-rewritten" in refused.value.next_step
    kept = (whole / "checkpoints.jsonl").read_bytes()
    done = put_back(folder, whole, allowed=Allowed(rewritten=True))
    assert done.contradicted
    assert (whole / "checkpoints.jsonl").read_bytes().startswith(kept)
    with reading(opened(whole).engine) as db:
        last = list(contents(db))[-1]
    assert last[1] is not None and last[1].fields["although"]
    # Where nothing is known, that is said.
    assert not put_back(folder, tmp_path / "new").is_known


def test_keys_and_accounts_that_were_closed_after_the_backup_stay_closed(
    house: Deployment, out: Path, opened: Open
) -> None:
    old, new, lost = Agency(), Agency("riverton-police"), Agency("northside-police")
    made = {}
    with writing(house.engine) as db:
        old.register(db)
        lost.register(db)
        tokens = {
            name: invite(db, OPERATOR, email=f"{name}@board.example", role=role)
            for name, role in (
                ("gone", Role.FACILITATOR), ("less", Role.ADMINISTRATOR), ("used", Role.FACILITATOR)
            )
        }  # fmt: skip
    for name in ("gone", "less"):
        made[name] = accept_invitation(
            house.engine, tokens[name], email=f"{name}@board.example", password=PASSWORD
        )
    with writing(house.engine) as db:
        session_of_less = start_session(db, made["less"])
        reset = staff.offer_reset(db, OPERATOR, made["less"].account_id)
    folder, data = back_up(house, out), house.settings.data
    with writing(house.engine) as db:
        new.register(db, old)
        revoke_key(db, OPERATOR, lost.key_id, reason="It was stolen.")
        staff.disable(db, OPERATOR, made["gone"].account_id)
        staff.change_role(db, OPERATOR, made["less"].account_id, Role.FACILITATOR)
    accept_invitation(house.engine, tokens["used"], email="used@board.example", password=PASSWORD)
    house.close()
    done = put_back(folder, data)
    assert len(done.carried.said) == 4
    again = opened(data)
    with reading(again.engine) as db:
        assert record_faults(again, db) == []
        keys = {key.key_id: key.state for key in all_keys(db)}
        assert keys == {old.key_id: "replaced", new.key_id: "in use", lost.key_id: "revoked"}
        rows = {row.email: (row.role, row.disabled) for row in db.execute(select(account))}
        assert rows == {
            "gone@board.example": ("facilitator", True),
            "less@board.example": ("facilitator", False),
        }
        assert account_of_session(db, session_of_less) is None
        with pytest.raises(NotFound):
            open_invitation(db, tokens["used"])
        with pytest.raises(NotFound):
            staff.open_reset(db, reset)
        told = [content.fields for event, content in contents(db) if content and event.actor == "operator"]
        assert sum("carried over" in json.dumps(one) for one in told) >= 3


def test_a_record_that_does_not_verify_gives_nobody_power(house: Deployment, out: Path, opened: Open) -> None:
    """What a tampered record tells is believed where it closes something, and nowhere else."""
    old = Agency()
    with writing(house.engine) as db:
        old.register(db)
        token = invite(db, OPERATOR, email="fay@board.example", role=Role.FACILITATOR)
    fay: Account = accept_invitation(house.engine, token, email="fay@board.example", password=PASSWORD)
    folder, data = back_up(house, out), house.settings.data
    with writing(house.engine) as db:
        staff.change_role(db, OPERATOR, fay.account_id, Role.ADMINISTRATOR)
        db.execute(ledger.update().where(ledger.c.seq == 3).values(actor="nobody"))
    house.close()
    put_back(folder, data)
    again = opened(data)
    with reading(again.engine) as db:
        row = db.execute(select(account)).one()
        assert (row.role, row.disabled) == ("facilitator", True)
        assert key_in_use(db, old.id) is not None
        assert record_faults(again, db) == []


@pytest.mark.parametrize("page", ["ix_attempt_scope_key", "ledger", "ix_ledger_subject", "comment"])
@pytest.mark.parametrize("is_noted", [True, False])
def test_withdrawn_words_stay_withdrawn_when_the_record_is_damaged(
    house: Deployment, out: Path, opened: Open, page: str, is_noted: bool
) -> None:
    receipt, number = send_one(house, "Eight words that their author has taken back again.")
    folder, data = back_up(house, out), house.settings.data
    withdraw(house.engine, house.key, receipt)
    house.close()
    overwrite(data, page)
    if not is_noted:
        (data / NOTED).unlink()
        if page == "ledger":
            with pytest.raises(Damaged, match="could come back") as refused:
                put_back(folder, data)
            assert "--unknown-withdrawals" in refused.value.next_step
    done = put_back(folder, data, allowed=Allowed(unknown_withdrawals=not is_noted))
    assert done.carried.erased == 1
    assert words_in(opened(data), number) == ""


def test_speaking_slots_come_back_and_who_withdrew_since_does_not_speak(
    house: Deployment, out: Path, opened: Open
) -> None:
    facilitator, sent = Actor(Role.FACILITATOR, "fay"), []
    for place in (1, 2):
        code, number = send_one(house, f"Comment {place} asks who checks the scores that judges are shown.")
        sent.append((code, number))
        with writing(house.engine) as db:
            decide(db, facilitator, number, Stands.PUBLISHED, seen_state=Stands.SUBMITTED)
            set_slots(db, facilitator, HEARING, 3)
            book(db, facilitator, HEARING, place, number)
    backup = back_up(house, out)
    assert read_manifest(backup).counts["slot"] == 3
    withdraw(house.engine, house.key, sent[0][0])
    data = house.settings.data
    house.close()
    put_back(backup, data)
    again = opened(data)
    with reading(again.engine) as db:
        assert [one.comment_id for one in slots_of(db, HEARING)] == [None, sent[1][1], None]
        assert record_faults(again, db) == []


def test_a_record_of_which_nothing_can_be_read_needs_the_list_beside_it(
    house: Deployment, out: Path, opened: Open
) -> None:
    receipt, number = send_one(house, "Eight words that their author has taken back again.")
    folder, data = back_up(house, out), house.settings.data
    withdraw(house.engine, house.key, receipt)
    house.keep_checkpoint()
    (noted,), is_whole = read_erased(data / NOTED)
    assert (noted.kind, noted.comment_id, is_whole) == ("comment.withdrawn", number, True)
    assert b"author" not in (data / NOTED).read_bytes()
    house.close()
    (data / DATABASE).write_bytes(b"\xa5" * 8192)
    with (data / NOTED).open("ab") as torn:
        torn.write(b'{"kind": "comment.with')
    with pytest.raises(Damaged, match="cannot be read whole"):
        put_back(folder, data)
    (data / NOTED).write_bytes((data / NOTED).read_bytes().rpartition(b"\n")[0] + b"\n")
    assert put_back(folder, data).carried.erased == 1
    assert words_in(opened(data), number) == ""


def test_what_is_erased_is_noted_once_and_after_a_torn_line(house: Deployment, opened: Open) -> None:
    data = house.settings.data
    assert read_erased(data / NOTED) == ([], True)
    assert read_erased(data / "none") == ([], False)
    receipts = [send_one(house, f"Words that go one after another, {number}.")[0] for number in range(2)]
    withdraw(house.engine, house.key, receipts[0])
    house.keep_checkpoint()
    house.keep_checkpoint()
    with (data / NOTED).open("ab") as torn:
        torn.write(b'{"kind": "comm')
    withdraw(house.engine, house.key, receipts[1])
    house.close()
    opened(data).keep_checkpoint()
    found, is_whole = read_erased(data / NOTED)
    assert (len(found), len({one.comment_id for one in found}), is_whole) == (2, 2, False)


def test_checkpoints_kept_elsewhere_are_only_ever_added_to(
    house: Deployment, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may be on a disk of somebody else, in a file that can only be added to."""
    outside = tmp_path / "elsewhere" / "kept.jsonl"
    outside.parent.mkdir()
    house.close()
    settings = house.settings.model_copy(update={"checkpoints": outside})
    data = settings.data
    first = open_deployment(settings)
    folder = back_up(first, out)
    renamed = Path.rename

    def only_at_home(self: Path, target: Path) -> Path:
        assert self.is_relative_to(data)
        return renamed(self, target)

    monkeypatch.setattr(Path, "rename", only_at_home)
    for round_ in range(2):
        send_one(first, f"Sent after the backup was made, {round_}.")
        first.keep_checkpoint()
        in_use, before = first.checkpoints, first.checkpoints.read_bytes()
        first.close()
        put_back(folder, data, checkpoints=outside)
        assert in_use.read_bytes().startswith(before)
        first = open_deployment(settings)
        assert first.checkpoints not in {in_use, outside}
        with reading(first.engine) as db:
            assert record_faults(first, db) == []
    first.close()
    # A line that says where they go on counts only with the record's signature.
    lines = outside.read_text().splitlines()
    outside.write_text("\n".join([*lines[:-1], lines[-1].replace("since-", "since_")]) + "\n")
    with pytest.raises(Damaged, match="not the one that was served before"):
        open_deployment(settings)


def test_checkpoints_that_cannot_be_added_to_stop_a_restore_before_it_is_agreed_on(
    house: Deployment, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, data = back_up(house, out), house.settings.data
    send_one(house, "Sent after the backup was made.")
    house.keep_checkpoint()
    house.close()
    opening = os.open

    def refuse(path: object, flags: int, *more: int) -> int:
        if str(path).endswith("checkpoints.jsonl") and flags & os.O_WRONLY:
            raise PermissionError(13, "Permission denied")
        return opening(path, flags, *more)  # type: ignore[arg-type] # what os.open takes

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(Conflict, match="cannot be added"):
        put_back(folder, data)
    assert not restoring.is_pending(data)
    assert not list(data.glob("checkpoints.jsonl.since*"))


def test_a_record_that_was_replaced_goes_when_backups_do(house: Deployment, out: Path) -> None:
    folder, data = back_up(house, out), house.settings.data
    house.close()
    assert put_back(folder, data).aside is not None
    settings = house.settings
    says = {one.check: one for one in findings(settings)}
    assert says["replaced"].state is State.LOOK
    later = datetime.now(UTC) + timedelta(days=settings.backup_days)
    assert {one.check: one for one in findings(settings, at=later)}["replaced"].state is State.PROBLEM
    (fresh,) = data.glob("replaced-*")
    old = fresh.rename(data / "replaced-2020-01-01T000000Z")
    command = ["--data", str(data), "retention", "run"]
    listed = CliRunner().invoke(main, command)
    assert f"{old}, a record that was replaced" in listed.output
    assert "due to be removed" in listed.output
    assert old.exists()
    assert CliRunner().invoke(main, [*command, "--carry-out"]).exit_code == 0
    assert not old.exists()


def test_what_a_killed_restore_left_is_removed_at_the_next_start(house: Deployment, opened: Open) -> None:
    house.close()
    left = house.settings.data / ".restoring-0123456789abcdef"
    left.mkdir()
    (left / DATABASE).write_bytes(b"withdrawn words")
    opened(house.settings.data)
    assert not left.exists()


def test_an_idle_log_is_emptied(house: Deployment) -> None:
    """Another process erased: its words are still in the log that this one keeps open."""
    log = house.settings.data / f"{DATABASE}-wal"
    receipt, _ = send_one(house, "Words that another process takes back for good.")
    other = open_engine(house.settings.record_url)
    with reading(house.engine) as db:
        db.execute(select(func.count()).select_from(comment)).scalar_one()
        withdraw(other, house.key, receipt)
    other.dispose()
    send_one(house, "Something else was sent since.")
    assert log.stat().st_size
    erase_what_is_left(house.engine)
    assert log.stat().st_size, "it is left alone while it changes"
    erase_what_is_left(house.engine)
    assert log.stat().st_size == 0
