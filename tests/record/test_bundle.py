"""Bundles and proofs: what is written verifies, here and with the program that was written apart from it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hearing_app.errors import Invalid, NotFound
from hearing_app.record import verifier
from hearing_app.record.bundle import bundle_lines, consistency_proof, inclusion_proof, verify_bundle
from hearing_app.record.canonical import canonical_json
from hearing_app.record.checkpoint import Signer, read_checkpoint
from hearing_app.record.ledger import Content, Event, Head, append, contents, erase_content, head
from hearing_app.record.merkle import consistency_holds, inclusion_holds
from hearing_app.store.engine import reading, writing
from tests.scale import scale

SIGNER = Signer.of(bytes(range(32)))
Measure = Callable[[str, float | int | str], None]


def add(engine: Engine, count: int) -> None:
    with writing(engine) as db:
        for number in range(count):
            content = {"words": f"Ünrat “{number}” \u2028 \x7f"}
            private = {"stance": "against"} if number % 2 else None
            append(db, actor="public", kind="k.v", subject=f"s:{number}", content=content, private=private)


def every(_event: Event, _content: Content) -> bool:
    return True


def bundle(engine: Engine, is_public: Callable[[Event, Content], bool] = every) -> list[bytes]:
    with reading(engine) as db:
        return list(bundle_lines(db, SIGNER, is_public))


def by_the_other(tmp_path: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-I", verifier.__file__, *map(str, arguments)]
    return subprocess.run(program, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120)


def other_finds(lines: list[bytes], tmp_path: Path, *older: str) -> bool:
    """Whether the second verifier refuses the file."""
    file = tmp_path / "changed.jsonl"
    file.write_bytes(b"".join(lines))
    kept: list[str | Path] = []
    for number, text in enumerate(older):
        kept.append(tmp_path / f"kept-{number}.txt")
        (tmp_path / f"kept-{number}.txt").write_text(text, encoding="utf-8")
    done = by_the_other(tmp_path, file, *kept)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in {0, 1}, done.stderr
    return done.returncode == 1


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 20])
def test_what_is_written_verifies_with_both_programs(engine: Engine, tmp_path: Path, size: int) -> None:
    add(engine, size)
    lines = bundle(engine)
    found = verify_bundle(lines)
    with reading(engine) as db:
        assert (found.events, found.contents, found.root) == (size, size, head(db).root)
    assert (found.public_key, found.faults) == (SIGNER.public_key, ())
    assert not other_finds(lines, tmp_path)


def test_only_what_is_public_is_in_it_and_what_was_erased_is_not(engine: Engine, tmp_path: Path) -> None:
    add(engine, 6)
    with writing(engine) as db:
        erase_content(db, "s:4")
    lines = bundle(engine, lambda event, _content: event.seq != 2)
    assert verify_bundle(lines).contents == 4
    shown = [json.loads(line)["seq"] for line in lines[1:-1] if b"content" in line]
    assert shown == [0, 1, 3, 5]
    assert b"against" not in b"".join(lines)
    assert not other_finds(lines, tmp_path)


def test_a_bundle_begins_with_every_state_that_was_kept(engine: Engine, tmp_path: Path) -> None:
    kept = []
    for _ in range(4):
        add(engine, 3)
        with reading(engine) as db:
            kept.append(SIGNER.checkpoint(head(db)))
    lines = bundle(engine)
    assert verify_bundle(lines, kept).faults == ()
    assert not other_finds(lines, tmp_path, *kept)
    of_another = SIGNER.checkpoint(head_of(6, b"another"))
    too_long = SIGNER.checkpoint(head_of(13, b"later"))
    for wrong in (
        of_another,
        too_long,
        kept[0].replace("3", "4", 1),
        "",
        Signer.of(bytes(32)).checkpoint(head_of(3, b"")),
    ):
        assert verify_bundle(lines, [*kept, wrong]).faults != ()
        assert other_finds(lines, tmp_path, *kept, wrong)


def head_of(size: int, seed: bytes) -> Head:
    return Head(size, sha256(seed).digest())


def mutate(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """Change one thing, as an editor of the file would; sometimes carefully, hashes and all."""
    changed = list(lines)
    place, other = chance.randrange(len(lines)), chance.randrange(1, len(lines) - 1)
    kind = chance.randrange(8)
    if kind == 0:
        line = bytearray(changed[place])
        line[chance.randrange(len(line))] ^= 1 << chance.randrange(8)
        changed[place] = bytes(line)
    elif kind == 1:
        del changed[place]
    elif kind == 2:
        changed.insert(place, changed[other])
    elif kind == 3:
        place = chance.choice([n for n in range(1, len(lines) - 1) if n != other])
        changed[place], changed[other] = changed[other], changed[place]
    elif kind == 4:
        del changed[chance.randrange(1, len(lines) - 1) : -1]
    else:
        changed[other] = altered(changed[other], kind, chance)
    return changed


def altered(line: bytes, kind: int, chance: random.Random) -> bytes:
    """Rewrite one event so that the line itself fits together again."""
    event = json.loads(line)
    if kind == 5:
        event["content"] = event["content"].replace("Ünrat", "Unrat")
        event["commitment"] = sha256(bytes.fromhex(event["salt"]) + event["content"].encode()).hexdigest()
    elif kind == 6:
        field = chance.choice(["actor", "kind", "subject"])
        event[field] += "x"
    else:
        event["at"] = event["at"][:-2] + ("1" if event["at"][-2] != "1" else "2") + "Z"
    entry = {name: event[name] for name in ("actor", "at", "commitment", "kind", "seq", "subject")}
    event["leaf_hash"] = sha256(b"\x00" + canonical_json(entry)).hexdigest()
    return canonical_json(event) + b"\n"


@pytest.mark.promise("T1")
def test_every_tampering_with_a_bundle_is_found_by_both(
    engine: Engine, tmp_path: Path, measure: Measure
) -> None:
    add(engine, 30)
    lines = bundle(engine)
    chance, tries, missed = random.Random(20261101), scale(60, 1000), 0
    for _ in range(tries):
        changed = mutate(lines, chance)
        if changed == lines:
            continue
        try:
            ours = verify_bundle(changed).faults != ()
        except Invalid:
            ours = True
        missed += not (ours and other_finds(changed, tmp_path))
    measure("tamperings", tries)
    measure("not found", missed)
    assert missed == 0


@pytest.mark.promise("T1")
def test_an_end_that_was_cut_off_is_found_from_any_kept_checkpoint(engine: Engine, measure: Measure) -> None:
    kept = []
    for _ in range(20):
        add(engine, 1)
        with reading(engine) as db:
            kept.append((head(db).size, SIGNER.checkpoint(head(db))))
    lines, chance, tries, missed = bundle(engine), random.Random(7), scale(50, 1000), 0
    for _ in range(tries):
        size = chance.randrange(1, 20)
        # A new, honest-looking bundle of the shorter record, signed with the true key.
        with reading(engine) as db:
            end = SIGNER.checkpoint(head(db, size=size))
        short = [
            *lines[: size + 1],
            (json.dumps({"checkpoint": end}, ensure_ascii=False, separators=(",", ":")) + "\n").encode(),
        ]
        assert verify_bundle(short).faults == ()
        later = chance.choice([text for at, text in kept if at > size])
        missed += verify_bundle(short, [later]).faults == ()
    measure("cut-off ends", tries)
    measure("cut-off ends not found", missed)
    assert missed == 0


def test_a_file_that_is_no_bundle_is_refused(engine: Engine) -> None:
    add(engine, 2)
    lines = bundle(engine)
    for first in (
        [],
        [b""],
        [b"\xff\n"],
        [b"{}\n"],
        [b"[" * 100_000],
        lines[1:],
        [lines[0].replace(b"/1", b"/2")],
    ):
        with pytest.raises(Invalid):
            verify_bundle(first)
    assert verify_bundle(lines[:1]).faults == ("The bundle has no checkpoint at its end.",)
    assert "stands after the checkpoint" in verify_bundle([*lines, lines[1]]).faults[0]
    assert len(verify_bundle([lines[0], *[b"{}\n"] * 100_000]).faults) <= 21


@pytest.mark.promise("T2")
def test_every_event_proves_its_place(engine: Engine, tmp_path: Path, measure: Measure) -> None:
    """Each proof is checked by the formula of RFC 9162, and some by the second program, as files."""
    size = scale(200, 10_000)
    add(engine, size)
    longest = 0
    with reading(engine) as db:
        kept = {event.seq: (event, content) for event, content in contents(db)}
        top = head(db)
        for seq in range(size):
            proof = inclusion_proof(db, SIGNER, seq, content=kept[seq][1])
            path = [bytes.fromhex(step) for step in proof["path"]]
            longest = max(longest, len(path))
            assert read_checkpoint(proof["checkpoint"], SIGNER.public_key) == top
            assert inclusion_holds(kept[seq][0].leaf_hash, seq, size, path, top.root)
        proofs = [inclusion_proof(db, SIGNER, seq, size=seq + 1 + seq % 3) for seq in (0, 1, 2, 64, 127)]
        worded = [inclusion_proof(db, SIGNER, seq, content=kept[seq][1]) for seq in (3, size - 1)]
    for proof in proofs + worded:
        file = tmp_path / "proof.json"
        file.write_text(json.dumps(proof, ensure_ascii=False), encoding="utf-8")
        assert by_the_other(tmp_path, file).returncode == 0
        for name, change in (
            ("path", [*proof["path"], "00" * 32]),
            ("event", proof["event"] | {"actor": "x"}),
        ):
            file.write_text(json.dumps(proof | {name: change}), encoding="utf-8")
            assert by_the_other(tmp_path, file).returncode == 1
    measure("proofs", size)
    measure("hashes in the longest proof", longest)
    assert longest <= 17


@pytest.mark.promise("T3")
def test_every_pair_of_checkpoints_is_consistent(engine: Engine, tmp_path: Path, measure: Measure) -> None:
    size = scale(40, 200)
    add(engine, size)
    with reading(engine) as db:
        heads = [head(db, size=one) for one in range(size + 1)]
        pairs = 0
        for old in range(1, size + 1):
            for new in range(old, size + 1):
                proof = consistency_proof(db, SIGNER, old, new)
                path = [bytes.fromhex(step) for step in proof["path"]]
                assert read_checkpoint(proof["old"], SIGNER.public_key) == heads[old]
                assert read_checkpoint(proof["new"], SIGNER.public_key) == heads[new]
                assert consistency_holds(old, new, heads[old].root, heads[new].root, path)
                pairs += 1
        some = ((1, 1), (3, 3), (3, 7), (8, 40), (33, 40))
        proofs = [consistency_proof(db, SIGNER, old, new) for old, new in some]
    for proof in proofs:
        file = tmp_path / "proof.json"
        file.write_text(json.dumps(proof, ensure_ascii=False), encoding="utf-8")
        assert by_the_other(tmp_path, file).returncode == 0
        file.write_text(json.dumps(proof | {"path": [*proof["path"], "00" * 32]}), encoding="utf-8")
        assert by_the_other(tmp_path, file).returncode == 1
    measure("pairs", pairs)


def test_what_is_not_there_has_no_proof(engine: Engine) -> None:
    add(engine, 3)
    with reading(engine) as db:
        for seq, size in ((3, None), (0, 4), (2, 2), (0, 0)):
            with pytest.raises(NotFound, match="holds 3 events"):
                inclusion_proof(db, SIGNER, seq, size=size)
        for old, new in ((0, 3), (4, None), (2, 4), (3, 2)):
            with pytest.raises(NotFound, match="from 1 to 3"):
                consistency_proof(db, SIGNER, old, new)
