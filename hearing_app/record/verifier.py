"""Check a public record with nothing but this file and Python 3.8 or later; docs/record.md gives every form.

What it proves: each event stands where the signed checkpoint says, unaltered, with none left out, and each
text that is there is the one recorded; with an older checkpoint that you kept, that nothing before it was
changed since. A proof shows that one event is in the record, or that one state of it grew from another.
What it does not prove: whoever can make a whole new record can also make a new key, so compare the public
key with one that you got elsewhere. Words that are missing were never public, were erased or are left out:
nobody can tell from their event which. Nor is a thing true because it is here.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from base64 import b64decode, b64encode
from functools import reduce
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, BinaryIO

EVENT = {"actor": str, "at": str, "commitment": str, "kind": str, "seq": int, "subject": str}
CANONICAL = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode
BAD = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # The numbers of RFC 8032, section 5.1.
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
BASE = (15112221349535400772501151409588531511454012693041857206046113283949847762202, 4 * pow(5, -1, P) % P)


def need(truth: object, sentence: str) -> None:
    """Refuse with this sentence what is not true."""
    if not truth:
        raise ValueError(sentence)


def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """Add two points of the curve."""
    (x, y), (u, v), t = a, b, D * a[0] * a[1] * b[0] * b[1]
    return (x * v + u * y) * pow(1 + t, -1, P) % P, (y * v + x * u) * pow(1 - t, -1, P) % P


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Verify an Ed25519 signature (RFC 8032, 5.1.7) without the cofactor; each has one way to be written."""
    s, (sign, y) = int.from_bytes(signature[32:], "little"), divmod(int.from_bytes(key, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT % P
    x = x if x & 1 == sign else -x % P
    if (len(key), len(signature)) != (32, 64) or y >= P or s >= L or x * x % P != square or x & 1 != sign:
        return False
    k = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % L
    total = (0, 1)  # It becomes S times the base less k times the key, bit by bit from the highest.
    for bit in reversed(range(253)):
        total = add(total, total)
        total = add(total, BASE) if s >> bit & 1 else total
        total = add(total, (-x % P, y)) if k >> bit & 1 else total
    return (total[1] | (total[0] & 1) << 255).to_bytes(32, "little") == signature[:32]


def node(left: bytes, right: bytes) -> bytes:
    """Hash two neighbours in the tree."""
    return sha256(b"\1" + left + right).digest()


def top(full: list[bytes]) -> bytes:
    """Return the root over the full subtrees, the largest first."""
    return reduce(lambda right, left: node(left, right), full[::-1] or [sha256().digest()])


def climb(fn: int, sn: int, start: bytes, path: list[str]) -> tuple[bytes, bytes]:
    """Follow a path to the older and the newer root: the loop of RFC 9162, 2.1.3.2 and 2.1.4.2."""
    fr = sr = start
    for step in map(bytes.fromhex, path):
        need(sn, "the path is too long")
        if fn & 1 or fn == sn:
            fr, sr = node(step, fr), node(step, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, step)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "the path is too short")
    return fr, sr


def leaf_hash(event: Any, item: Any) -> bytes:
    """Return the leaf hash of an event that has its six fields, and whose words, if any, fit it."""
    need({name: type(value) for name, value in event.items()} == EVENT, "an event has not its six fields")
    if "salt" in item or "content" in item:
        need(re.fullmatch("[0-9a-f]{64}", item["salt"]), "the salt is not 64 lower-case hex digits")
        said = sha256(bytes.fromhex(item["salt"]) + item["content"].encode()).hexdigest()
        need(said == event["commitment"], "the content is not what the event commits to")
    return sha256(b"\0" + CANONICAL(event).encode()).digest()


def note(text: str, key: bytes, roots: dict[int, bytes]) -> tuple[int, bytes]:
    """Return the size and the root of a checkpoint: written again from what was read, it must be the same."""
    _, size, root, _, last, _ = text.split("\n")
    n, head, seal = int(size[:19]), b64decode(root), b64decode(last[-92:])
    origin = f"hearing-record-{sha256(key).hexdigest()[:16]}"
    body = f"{origin}\n{n}\n{b64encode(head).decode()}\n"
    same = n >= 0 and text == f"{body}\n\u2014 {origin} {b64encode(seal).decode()}\n"
    need(same, "the checkpoint has not its form, or is of another record")
    good = seal[:4] == sha256(f"{origin}\n\1".encode() + key).digest()[:4]
    need(good and is_signed(key, body.encode(), seal[4:]), "the public key has not signed the checkpoint")
    need(roots.setdefault(n, head) == head, f"another root was named for {n} events")
    return n, head


def check_proof(item: Any, key: bytes, roots: dict[int, bytes]) -> str:
    """Check a proof of either kind and say what it shows."""
    need(item["public_key"] == key.hex(), "its public key is not the one that was given or named first")
    if item["format"] == "hearing-inclusion/1":
        seq, (n, root), leaf = item["event"]["seq"], note(item["checkpoint"], key, roots), b""
        leaf = leaf_hash(item["event"], item)
        need(0 <= seq < n and climb(seq, n - 1, leaf, item["path"])[1] == root, "the path leads elsewhere")
        return f"event {seq} is in the record of {n} events"
    need(item["format"] == "hearing-consistency/1", "its format is not known")
    (m, old), (n, new), path = note(item["old"], key, roots), note(item["new"], key, roots), item["path"]
    need(0 < m < n and path or m == n and not path, "the path is not one between these sizes")
    path = path if m & (m - 1) else [old.hex(), *path]
    fn, sn = m - 1, n - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    need(m == n or climb(fn, sn, bytes.fromhex(path[0]), path[1:]) == (old, new), "the path leads elsewhere")
    return f"the record of {n} events begins with that of {m}"


def check_bundle(file: BinaryIO, key: bytes, roots: dict[int, bytes]) -> str:
    """Check a bundle line by line, up to its first fault."""
    full: list[bytes] = []
    size, ended, origin = 0, False, f"hearing-record-{sha256(key).hexdigest()[:16]}"
    for number, line in enumerate(iter(lambda: file.readline(1_000_000), b"")):
        try:
            item = json.loads(line.decode())
            need(f"{CANONICAL(item)}\n".encode() == line, "it is not one line of canonical JSON")
            need(not ended, "it stands after the checkpoint")
            if number == 0:
                first = {"format": "hearing-bundle/1", "origin": origin, "public_key": key.hex()}
                need(item == first, "it is not the first line of a bundle with this public key")
            elif "checkpoint" in item:
                ended = note(item.pop("checkpoint"), key, roots) == (size, top(full)) and not item
                need(ended, "the checkpoint is not over the events before it")
            else:
                event = {name: item[name] for name in item if name not in ("content", "leaf_hash", "salt")}
                leaf = leaf_hash(event, item)
                need(leaf.hex() == item["leaf_hash"], "the leaf hash is not that of the event")
                need(event["seq"] == size, f"event {size} is due")
                push(full, size, leaf)
                size += 1
                need(roots.get(size, top(full)) == top(full), "a checkpoint of that size has another root")
        except BAD as error:
            raise ValueError(f"line {number + 1}: {error}") from None
    need(
        ended and max(roots) == size, "it ends without its checkpoint, or before a checkpoint that was given"
    )
    return f"{size} events of {origin}, with the root {top(full).hex()}"


def main(arguments: list[str] | None = None) -> int:
    """Check what the command line names: 0 when all is sound, 1 when it is not, 2 for wrong usage."""
    parser = argparse.ArgumentParser(description="Check a public record.")
    parser.add_argument("bundle", nargs="?", metavar="BUNDLE.jsonl")
    parser.add_argument("--public-key", metavar="HEX")
