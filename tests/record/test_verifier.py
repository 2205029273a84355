from __future__ import annotations

import ast
import base64
import json
import random
import runpy
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hearing_app.record import verifier
from tests.scale import scale

FILE = Path(verifier.__file__)
ORDER = 2**252 + 27742317777372353535851937790883648493
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
]
# RFC 8032, section 7.1: public key, message, signature.
SIGNED = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
        "454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
        "3dca179c138ac17ad9bef1177331a704",
    ),
]


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def half(n: int) -> int:
    """The largest power of two below n."""
    return 1 << (n - 1).bit_length() - 1


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256().digest()
    k = half(len(leaves))
    return node(root_of(leaves[:k]), root_of(leaves[k:]))


def audit_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = half(len(leaves))
    if m < k:
        return [*audit_path(m, leaves[:k]), root_of(leaves[k:])]
    return [*audit_path(m - k, leaves[k:]), root_of(leaves[:k])]


def growth_path(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962, section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [root_of(leaves)]
    k = half(len(leaves))
    if m <= k:
        return [*growth_path(m, leaves[:k], whole), root_of(leaves[k:])]
    return [*growth_path(m - k, leaves[k:], False), root_of(leaves[:k])]


def literal_inclusion(fn: int, r: bytes, size: int, root: bytes, path: list[bytes]) -> bool:
    """RFC 9162, section 2.1.3.2, step by step."""
    if fn >= size:
        return False
    sn = size - 1
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


class Record:
    """A record made from the specification: every second event has its content, one has it erased."""

    def __init__(self, size: int = 12, seed: int = 1) -> None:
        chance = random.Random(seed)
        self.key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        self.public = self.key.public_key().public_bytes_raw()
        self.origin = f"hearing-record-{sha256(self.public).hexdigest()[:16]}"
        self.lines: list[dict[str, Any]] = []
        for seq in range(size):
            salt = chance.randbytes(32)
            content = canonical(
                {"text": f"Who checks “picture” {seq}?\n\\ é 🎥", "private": chance.randbytes(32).hex()}
            )
            event = {
                "actor": "public",
                "at": f"2026-06-01T12:30:{seq % 60:02}.123456Z",
                "commitment": sha256(salt + content.encode()).hexdigest(),
                "kind": "comment.submitted",
                "seq": seq,
                "subject": f"comment:C-2026-{seq}é",
            }
            shown = {"salt": salt.hex(), "content": content} if seq % 2 == 0 else {}
            self.lines.append({**event, "leaf_hash": self.leaf(event).hex(), **shown})

    @staticmethod
    def leaf(event: dict[str, Any]) -> bytes:
        return sha256(b"\0" + canonical(event).encode()).digest()

    @staticmethod
    def event(line: dict[str, Any]) -> dict[str, Any]:
        return {name: line[name] for name in ("actor", "at", "commitment", "kind", "seq", "subject")}

    def leaves(self) -> list[bytes]:
        return [bytes.fromhex(line["leaf_hash"]) for line in self.lines]

    def checkpoint(self, size: int | None = None, root: bytes | None = None) -> str:
        size = len(self.lines) if size is None else size
        root = root_of(self.leaves()[:size]) if root is None else root
        body = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        mark = sha256(self.origin.encode() + b"\n\1" + self.public).digest()[:4]
        note = base64.b64encode(mark + self.key.sign(body.encode())).decode()
        return f"{body}\n— {self.origin} {note}\n"

    def rows(self, checkpoint: str | None = None) -> list[str]:
        first = {"format": "hearing-bundle/1", "origin": self.origin, "public_key": self.public.hex()}
        last = {"checkpoint": self.checkpoint() if checkpoint is None else checkpoint}
        return [canonical(row) + "\n" for row in (first, *self.lines, last)]

    def bundle(self, checkpoint: str | None = None) -> bytes:
        return "".join(self.rows(checkpoint)).encode()

    def inclusion(self, seq: int, **changes: Any) -> dict[str, Any]:
        return {
            "checkpoint": self.checkpoint(),
            "event": self.event(self.lines[seq]),
            "format": "hearing-inclusion/1",
            "path": [step.hex() for step in audit_path(seq, self.leaves())],
            "public_key": self.public.hex(),
            **changes,
        }

    def consistency(self, m: int, **changes: Any) -> dict[str, Any]:
        path = growth_path(m, self.leaves()) if m else []
        return {
            "format": "hearing-consistency/1",
            "new": self.checkpoint(),
            "old": self.checkpoint(m),
            "path": [step.hex() for step in path],
            "public_key": self.public.hex(),
            **changes,
        }


def run_here(*arguments: str) -> tuple[int, str]:
    """Run the program in this process: its exit status, and what it said last where that is not 0."""
    before, sys.argv = sys.argv, ["verifier.py", *arguments]
    try:
        runpy.run_path(str(FILE), run_name="__main__")
    except SystemExit as stopped:
        return 1, str(stopped.code)
    finally:
        sys.argv = before
    return 0, ""


def signed(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        return verifier.is_signed(key, message, signature)
    except ValueError:
        return False


class Checker:
    """Writes files and runs the verifier over them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys, self.out = folder, capsys, ""

    def file(self, name: str, data: bytes | str | dict[str, Any]) -> str:
        if isinstance(data, dict):
            data = json.dumps(data, indent=1, ensure_ascii=False)
        (self.folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
        return str(self.folder / name)

    def __call__(self, bundle: bytes | None, *rest: str) -> int:
        arguments = [] if bundle is None else [self.file("bundle.jsonl", bundle)]
        code, said = run_here(*arguments, *rest)
        self.out = self.capsys.readouterr().out + said
        assert code in (0, 1)
        return code


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Checker:
    return Checker(tmp_path, capsys)


@pytest.fixture(scope="module")
def record() -> Record:
    return Record()


@pytest.mark.parametrize(("key", "message", "signature"), SIGNED)
def test_the_signatures_of_rfc_8032(key: str, message: str, signature: str) -> None:
    k, m, s = (bytes.fromhex(part) for part in (key, message, signature))
    assert signed(k, m, s)
    assert not signed(k, m + b"x", s)
    for byte in range(64):
        changed = bytearray(s)
        changed[byte] ^= 1 << byte % 8
        assert not signed(k, m, bytes(changed))
    assert not signed(k, m, s + b"\0")
    assert not signed(k, m, s[:63])
    assert not signed(k[:31], m, s)
    again = s[:32] + (int.from_bytes(s[32:], "little") + ORDER).to_bytes(32, "little")
    assert not signed(k, m, again)


def test_a_point_is_taken_only_in_its_one_encoding() -> None:
    # The key of order one signs everything with S = 0 and R = its encoding; written as y + p it is no point.
    one, p = b"\1" + bytes(31), 2**255 - 19
    assert signed(one, b"any", one + bytes(32))
    assert not signed((1 + p).to_bytes(32, "little"), b"any", one + bytes(32))
    assert not signed(one, b"any", (1 + p).to_bytes(32, "little") + bytes(32))
    assert not signed(one[:31] + b"\x80", b"any", one + bytes(32))
    assert not signed(b"\2" + bytes(31), b"any", one + bytes(32))


def test_signatures_agree_with_another_library() -> None:
    chance = random.Random(3)
    for length in range(20):
        key, message = (
            Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)),
            chance.randbytes(length * 7),
        )
        assert signed(key.public_key().public_bytes_raw(), message, key.sign(message))


def test_the_roots_of_the_reference_vectors() -> None:
    leaves = [sha256(b"\0" + bytes.fromhex(entry)).digest() for entry in ENTRIES]
    assert verifier.top([]) == sha256().digest()
    # The reference of these tests gives the published roots; bundles of every size are compared with it.
    assert [root_of(leaves[: size + 1]).hex() for size in range(len(ROOTS))] == ROOTS
    assert verifier.top([root_of(leaves[:4]), root_of(leaves[4:6])]).hex() == ROOTS[5]


def includes(seq: int, leaf: bytes, size: int, root: bytes, path: list[bytes]) -> bool:
    try:
        steps = [step.hex() for step in path]
        return seq < size and verifier.climb(seq, size - 1, leaf, steps)[1] == root
    except ValueError:
        return False


def spoiled(path: list[bytes]) -> list[list[bytes]]:
    wrong = [[*path, bytes(32)], [bytes(32), *path], path[1:], path[:-1], path[::-1], [*path[1:], *path[:1]]]
    return [one for one in wrong if one != path]


def test_every_inclusion_path_up_to_twenty() -> None:
    leaves = [sha256(bytes([0, n])).digest() for n in range(21)]
    for n in range(1, 21):
        root = root_of(leaves[:n])
        for m in range(n):
            path = audit_path(m, leaves[:n])
            assert includes(m, leaves[m], n, root, path)
            for wrong in spoiled(path):
                assert not includes(m, leaves[m], n, root, wrong)
            for seq in range(23):
                for size in range(1, 22):
                    same = literal_inclusion(seq, leaves[m], size, root, path)
                    assert includes(seq, leaves[m], size, root, path) == same


@pytest.mark.parametrize("size", [*range(18), 70])
def test_a_sound_bundle(check: Checker, size: int) -> None:
    made = Record(size)
    assert check(made.bundle()) == 0, check.out
    for said in (f"{size} events", root_of(made.leaves()).hex(), made.public.hex(), "Compare"):
        assert said in check.out


def test_older_checkpoints(check: Checker, record: Record) -> None:
    files = [check.file(f"{n}.txt", record.checkpoint(n)) for n in range(13)]
    assert check(record.bundle(), *files) == 0, check.out
    assert check.out.count("a checkpoint of") == 13
    newer, forged = Record(14).checkpoint(14), record.checkpoint(7, bytes(32))
    for wrong in (newer, forged, Record(7, seed=2).checkpoint(), record.checkpoint(0, bytes(32)), "", "\xff"):
        assert check(record.bundle(), files[3], check.file("wrong.txt", wrong)) == 1
        assert "FAULT" in check.out
    # The checkpoint at the end must be over all events, even if an older one of that size was given.
    short = record.bundle(record.checkpoint(7))
    assert check(short, files[7]) == 1


@pytest.mark.parametrize("seq", range(12))
def test_inclusion_proofs(check: Checker, record: Record, seq: int) -> None:
    proof = record.inclusion(seq)
    assert check(None, check.file("p.json", proof)) == 0, check.out
    assert f"event {seq} is in the record of 12 events" in check.out
    assert record.public.hex() in check.out
    assert check(record.bundle(), check.file("p.json", proof)) == 0
    line = record.lines[0]
    words = {"salt": line["salt"], "content": line["content"]}
    assert check(None, check.file("p.json", record.inclusion(seq, **words))) == (seq != 0)
    assert check(None, check.file("p.json", record.inclusion(seq, salt=line["salt"]))) == 1
    other = record.event(record.lines[(seq + 1) % 12])
    wrong: list[dict[str, Any]] = [
        {"event": other},
        {"event": {**proof["event"], "seq": 99}},
        {"event": {**proof["event"], "seq": float(seq)}},
        {"event": {**proof["event"], "more": "x"}},
        {"path": proof["path"][1:]},
        {"format": "hearing-consistency/1"},
        {"checkpoint": Record(12, seed=2).checkpoint()},
        {"public_key": Record(1, seed=2).public.hex()},
        {"checkpoint": None},
        {"event": []},
    ]
    for change in wrong:
        assert check(None, check.file("p.json", record.inclusion(seq, **change))) == 1
        assert "p.json" in check.out


def test_consistency_proofs(check: Checker, record: Record) -> None:
    for m in range(1, 13):
        proof = record.consistency(m)
        assert check(None, check.file("c.json", proof)) == 0, check.out
        assert f"12 events begins with that of {m}" in check.out
        for change in (
            {"path": [*proof["path"], "0" * 64]},
            {"path": proof["path"][1:] or ["0" * 64]},
            {"old": record.checkpoint(m, b"x" * 32)},
            {"old": proof["new"], "new": proof["old"], "path": proof["path"] or ["0" * 64]},
            {"public_key": Record(1, seed=2).public.hex()},
        ):
            wrong = check.file("c.json", record.consistency(m, **change))
            assert check(None, wrong) == 1


def test_every_consistency_path_up_to_nine_and_around_sixteen(check: Checker) -> None:
    for n in (*range(1, 10), 15, 16, 17):
        made = Record(n)
        for m in range(1, n + 1):
            assert check(None, check.file("c.json", made.consistency(m))) == 0, check.out
            path = [bytes.fromhex(step) for step in made.consistency(m)["path"]]
            wrong = spoiled(path)[m % len(spoiled(path))]
            changed = made.consistency(m, path=[step.hex() for step in wrong])
            assert check(None, check.file("c.json", changed)) == 1


def test_a_proof_from_another_face_of_the_record_does_not_fit_the_bundle(
    check: Checker, record: Record
) -> None:
    other = Record()
    other.lines = [dict(line) for line in Record(12).lines]
    other.lines[3]["actor"] = "someone"
    other.lines[3]["leaf_hash"] = Record.leaf(Record.event(other.lines[3])).hex()
    proof = check.file("p.json", other.inclusion(5))
    assert check(None, proof) == 0
    assert check(record.bundle(), proof) == 1


def put(rows: list[str], number: int, **changes: Any) -> None:
    rows[number] = canonical({**json.loads(rows[number]), **changes}) + "\n"


def flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def tampered(made: Record, chance: random.Random) -> bytes:
    """One change of a sound bundle, chosen by chance, that no keeper of the key has signed."""
    rows = made.rows()
    one, other = chance.sample(range(1, len(rows) - 1), 2)
    with_words = [n for n in range(1, len(rows) - 1) if "salt" in rows[n]]
    kind = chance.randrange(13)
    if kind <= 3:
        return flip(made.bundle(), chance)
    if kind == 4:
        del rows[chance.randrange(len(rows))]
    elif kind == 5:
        at = chance.randrange(len(rows))
        rows.insert(chance.randrange(len(rows) + 1), rows[at])
    elif kind == 6:
        rows[one], rows[other] = rows[other], rows[one]
    elif kind == 7:
        del rows[chance.randrange(1, len(rows) - 1) : -1]
    elif kind == 8:
        line = json.loads(rows[one])
        field = chance.choice(["actor", "at", "commitment", "kind", "seq", "subject"])
        line[field] = {
            "at": "2026-06-01T12:30:15.123457Z",
            "commitment": chance.randbytes(32).hex(),
            "seq": chance.randrange(100, 200),
        }.get(field, "another")
        line["leaf_hash"] = Record.leaf(Record.event(line)).hex()
        rows[one] = canonical(line) + "\n"
    elif kind == 9:
        a, b = chance.sample(with_words, 2)
        first, second = json.loads(rows[a]), json.loads(rows[b])
        names = chance.choice([("content",), ("salt",), ("content", "salt")])
        put(rows, a, **{name: second[name] for name in names})
        put(rows, b, **{name: first[name] for name in names})
    elif kind == 10:
        at = chance.choice(with_words)
        line = json.loads(rows[at])
        del line[chance.choice(["content", "salt"])]
        rows[at] = canonical(line) + "\n"
    elif kind == 11:
        lines = made.checkpoint().split("\n")
        body = {
            0: "hearing-record-0123456789abcdef",
            1: "11",
            2: base64.b64encode(chance.randbytes(32)).decode(),
        }
        at = chance.choice([0, 1, 2, 4])
        mark = base64.b64encode(chance.randbytes(68)).decode()
        lines[at] = body.get(at, f"— {made.origin} {mark}")
        put(rows, -1, checkpoint="\n".join(lines))
    else:
        at = chance.randrange(len(rows))
        rows[at] = chance.choice(
            [
                rows[at].replace(":", ": ", 1),
                rows[at].replace("\n", "\r\n"),
                rows[at].replace("{", '{"a":1,', 1),
                "\ufeff" + rows[at],
                rows[at] + "\n",
                " " + rows[at],
                rows[at][:-1],
                rows[at].replace("o", "\\u006f", 1),
                json.dumps(json.loads(rows[at])) + "\n",
            ]
        )
    return "".join(rows).encode()


@pytest.mark.promise("T1")
def test_tampering_is_found(
    check: Checker, record: Record, measure: Callable[[str, float | int | str], None]
) -> None:
    chance, sound, found = random.Random(20260601), record.bundle(), 0
    assert check(sound) == 0, check.out
    for _ in range(scale(200, 1000)):
        changed = tampered(record, chance)
        while changed == sound:
            changed = tampered(record, chance)
        assert check(changed) == 1, changed.decode(errors="replace")
        found += 1
    measure("tamperings", found)


def test_a_lost_tail_is_found_even_with_the_checkpoint_of_its_time(check: Checker, record: Record) -> None:
    rows = record.rows(record.checkpoint(9))
    cut = "".join([*rows[:10], rows[-1]]).encode()
    assert check(cut) == 0
    assert check(cut, check.file("kept.txt", record.checkpoint())) == 1


def test_words_that_were_erased_leave_the_record_sound(check: Checker, record: Record) -> None:
    rows = record.rows()
    line = json.loads(rows[1])
    del line["salt"], line["content"]
    rows[1] = canonical(line) + "\n"
    assert check("".join(rows).encode()) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"seq": True},
        {"seq": 2.0},
        {"seq": "2"},
        {"seq": -2},
        {"seq": 10**30},
        {"actor": None},
        {"kind": 7},
        {"subject": ["x"]},
        {"leaf_hash": "a" * 65},
    ],
)
def test_a_signed_event_in_another_form_is_refused(check: Checker, change: dict[str, Any]) -> None:
    made = Record(3)
    made.lines[1].update(change)
    if "leaf_hash" not in change:
        made.lines[1]["leaf_hash"] = made.leaf(made.event(made.lines[1])).hex()
    leaves = [line["leaf_hash"] for line in made.lines]
    root = root_of([bytes.fromhex(leaf[:64]) for leaf in leaves])
    assert check(made.bundle(made.checkpoint(3, root))) == 1
    assert "FAULT" in check.out


@pytest.mark.parametrize(
    "note",
    [
        lambda text: text[:-1],
        lambda text: text + "\n",
        lambda text: text.replace("\n12\n", "\n012\n"),
        lambda text: text.replace("\n12\n", "\n+12\n"),
        lambda text: text.replace("\n12\n", "\n١٢\n"),
        lambda text: text.replace("— ", "- "),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text + text.split("\n")[4] + "\n",
        lambda text: text.replace("=\n\n", "\n\n"),
        lambda text: text.replace("\n\n", "\nmore\n\n"),
        lambda text: text.replace("hearing", "Hearing"),
    ],
)
def test_a_checkpoint_in_another_form_is_refused(
    check: Checker, record: Record, note: Callable[[str], str]
) -> None:
    assert note(record.checkpoint()) != record.checkpoint()
    assert check(record.bundle(note(record.checkpoint()))) == 1


def test_a_second_way_to_write_the_base64_is_refused(check: Checker, record: Record) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    lines = record.checkpoint().split("\n")
    for at in (2, 4):
        last = lines[at][-2]
        other = [*lines]
        other[at] = lines[at][:-2] + letters[letters.index(last) + 1] + "="
        assert base64.b64decode(other[at].split(" ")[-1]) == base64.b64decode(lines[at].split(" ")[-1])
        assert check(record.bundle("\n".join(other))) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\0",
        b"\xff\xfe",
        b"null\n",
        b"[]\n" * 3,
        b"{}\n",
        b"[" * 100_000,
        b'{"checkpoint":5}\n',
        b'"a"\n',
        b"1" * 9999,
    ],
)
def test_no_file_is_bad_enough_for_a_traceback(check: Checker, record: Record, data: bytes) -> None:
    assert check(data) == 1
    assert "FAULT" in check.out
    bad = check.file("bad", data)
    for option in "--consistency":
        assert check(record.bundle(), option, bad) == 1


def test_a_long_record_needs_little_memory(check: Checker) -> None:
    made = Record(scale(3_000, 100_000))
    bundle = made.bundle()
    check.file("bundle.jsonl", bundle)
    tracemalloc.start()
    try:
        assert run_here(str(check.folder / "bundle.jsonl")) == (0, "")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_without_a_file_it_says_what_it_is_for() -> None:
    code, said = run_here()
    assert code == 1
    assert said.startswith("Check a public record with nothing but Python: python3 verifier.py FILE")


@pytest.mark.parametrize("name", ["none.jsonl", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_a_fault(name: str, check: Checker, record: Record) -> None:
    assert check(None, name) == 1
    assert check(record.bundle(), name) == 1


def test_it_runs_alone(check: Checker, record: Record) -> None:
    bundle, proof = check.file("b.jsonl", record.bundle()), check.file("p.json", record.inclusion(4))
    other = check.file("é.jsonl", record.bundle()[:-1])

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(FILE), *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=check.folder, env={}, check=False)

    for arguments, code in (
        ([bundle, proof], 0),
        ([proof], 0),
        ([other], 1),
        ([], 1),
    ):
        done = run(*arguments)
        assert done.returncode == code, done
        assert "Traceback" not in done.stderr
        assert bool(done.stderr) == bool(code)


def test_it_is_short_and_needs_only_the_standard_library() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    for part in ast.walk(ast.parse(text, feature_version=(3, 8))):
        if isinstance(part, ast.Import):
            assert {name.name.split(".")[0] for name in part.names} <= sys.stdlib_module_names
        elif isinstance(part, ast.ImportFrom):
            assert part.level == 0
            assert (part.module or "").split(".")[0] in sys.stdlib_module_names


def test_a_salt_has_one_way_to_be_written(check: Checker, record: Record) -> None:
    """Blanks within hexadecimal digits are passed over: what they stand for could move into the words."""
    lines = record.bundle().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if b'"salt"' in line)
    event = json.loads(lines[place])
    for salt, content in (
        (event["salt"][:-2] + "  ", bytes.fromhex(event["salt"][-2:]).decode("latin-1") + event["content"]),
        (event["salt"].upper(), event["content"]),
    ):
        if salt == event["salt"]:
            continue
        changed = list(lines)
        changed[place] = canonical(event | {"salt": salt, "content": content}).encode() + b"\n"
        assert check(b"".join(changed)) == 1
