from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select

from hearing_app.errors import Damaged
from hearing_app.record.checkpoint import Signer, read_checkpoint
from hearing_app.record.kept import check_against_kept, faults_against, keep_checkpoint, kept_checkpoints
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
    assert [one.size for one in kept_checkpoints(file, KEY, last_only=True)] == [9]
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
        assert [one.size for one in kept_checkpoints(file, KEY, last_only=True)] == [size]
    file.write_bytes(b"\xff\x00 no line of ours\n[]\n{}\n" + whole)
    assert [one.size for one in kept_checkpoints(file, KEY)] == [2]


def test_the_last_one_is_found_in_a_long_file(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.jsonl"
    for _ in range(40):
        add(engine, 1)
        keep(engine, file)
    assert file.stat().st_size > 8192
    assert [one.size for one in kept_checkpoints(file, KEY, last_only=True)] == [40]


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
