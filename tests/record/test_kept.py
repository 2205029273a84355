from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select

from hearing_app.errors import Damaged
from hearing_app.record.checkpoint import Signer, read_checkpoint
from hearing_app.record.kept import (
    check_against_kept,
    faults_against,
    faults_against_kept,
    keep_checkpoint,
    kept_checkpoints,
)
from hearing_app.record.ledger import append, faults, head
from hearing_app.record.merkle import completed_nodes, root
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import ledger, ledger_content, ledger_node

SIGNER = Signer.of(bytes(range(32)))
KEY = SIGNER.public_key


def add(engine: Engine, count: int) -> None:
    with writing(engine) as db:
        for number in range(count):
            append(db, actor="public", kind="k.v", subject=f"s:{number}", content={"n": number})


def keep(engine: Engine, file: Path) -> int:
    with reading(engine) as db:
        return keep_checkpoint(db, SIGNER, file).size


def cut(engine: Engine, size: int) -> None:
    """Cut the end off, as carefully as somebody would who knows how the record is kept."""
    with writing(engine) as db:
        db.execute(delete(ledger_content).where(ledger_content.c.seq >= size))
        db.execute(delete(ledger).where(ledger.c.seq >= size))
        db.execute(delete(ledger_node))
        leaves = list(db.execute(select(ledger.c.leaf_hash).order_by(ledger.c.seq)).scalars())
        for seq in range(size):
            for level, place in completed_nodes(seq):
                made = root(leaves[place << level : (place + 1) << level])
                db.execute(insert(ledger_node).values(level=level, place=place, hash=made))


def test_what_is_kept_is_signed_and_grows_with_the_record(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.jsonl"
    assert kept_checkpoints(file, KEY) == []
    sizes = []
    for count in (3, 0, 5, 1):
        add(engine, count)
        sizes.append(keep(engine, file))
    assert sizes == [3, 3, 8, 9]
    lines = [json.loads(line)["checkpoint"] for line in file.read_text().splitlines()]
    assert [read_checkpoint(line, KEY).size for line in lines] == [3, 8, 9]
    assert [one.size for one in kept_checkpoints(file, KEY)] == [3, 8, 9]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with reading(engine) as db:
        assert faults_against(db, kept_checkpoints(file, KEY)) == []
        check_against_kept(db, file, KEY)


def test_a_line_that_was_cut_off_costs_that_line_alone(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.jsonl"
    add(engine, 2)
    keep(engine, file)
    whole = file.read_bytes()
    for length in range(1, len(whole) - 1):
        file.write_bytes(whole + whole[:length])
        add(engine, 1)
        size = keep(engine, file)
        assert [one.size for one in kept_checkpoints(file, KEY)] == [2, size]
        with reading(engine) as db:
            assert faults_against_kept(db, file, KEY) == []
    file.write_bytes(b"\xff\x00 no line of ours\n[]\n{}\n" + whole)
    assert [one.size for one in kept_checkpoints(file, KEY)] == [2]


def test_a_start_looks_for_the_largest_in_the_whole_file(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.jsonl"
    for _ in range(40):
        add(engine, 1)
        keep(engine, file)
    first = file.read_bytes().splitlines(keepends=True)[0]
    with file.open("ab") as kept:
        kept.write(b"junk\n" * 5000 + first)
    cut(engine, 39)
    with reading(engine) as db, pytest.raises(Damaged, match="names 40 events; the record has 39"):
        check_against_kept(db, file, KEY)


@pytest.mark.parametrize("last", [True, False])
def test_what_another_key_signed_is_not_passed_over(engine: Engine, tmp_path: Path, last: bool) -> None:
    """A rewritten record under a new key, beside a file that can only be added to."""
    file, other = tmp_path / "checkpoints.jsonl", Signer.of(bytes(32))
    add(engine, 9 if last else 3)
    with reading(engine) as db:
        keep_checkpoint(db, other, file)
    add(engine, 0 if last else 6)
    with reading(engine) as db:
        keep_checkpoint(db, SIGNER, file)
        says = "checkpoints.jsonl holds one checkpoint that is not signed with this record's key."
        assert faults_against_kept(db, file, KEY) == [says]
        if last:
            with pytest.raises(Damaged, match="not signed with this record's key"):
                check_against_kept(db, file, KEY)


def test_one_altered_byte_of_a_kept_signature_is_a_fault(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.jsonl"
    add(engine, 2)
    keep(engine, file)
    file.write_bytes(file.read_bytes().replace(b"\\n2\\n", b"\\n1\\n"))
    with reading(engine) as db:
        assert len(faults_against_kept(db, file, KEY)) == 1
        with pytest.raises(Damaged):
            check_against_kept(db, file, KEY)


def test_a_record_whose_end_was_cut_off_is_refused(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.jsonl"
    add(engine, 8)
    keep(engine, file)
    cut(engine, 7)
    with reading(engine) as db:
        assert faults(db) == [], "the ledger alone cannot tell"
        with pytest.raises(Damaged, match="its end is missing"):
            check_against_kept(db, file, KEY)


def test_a_record_that_was_written_anew_is_refused(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.jsonl"
    add(engine, 8)
    keep(engine, file)
    cut(engine, 0)
    add(engine, 9)
    with reading(engine) as db:
        assert head(db).size == 9
        with pytest.raises(Damaged, match="not those that a checkpoint names"):
            check_against_kept(db, file, KEY)
