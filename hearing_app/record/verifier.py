"""Check a public record with nothing but Python: python3 verifier.py FILE [CHECKPOINT OR PROOF ...]
FILE is the whole record (a bundle) or a proof, as in docs/record.md. A bundle is sound when each event stands
where the checkpoint at its end says, unaltered, none left out, with the texts that were recorded, and when it
begins with every checkpoint given. That does not prove that the key is the true one (a new record can have a
new key: compare it), nor why words are missing, nor that they are true."""

from __future__ import annotations

import json
import sys
from base64 import b64decode, b64encode
from datetime import datetime
from functools import reduce
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, BinaryIO

EVENT = {"actor": str, "at": str, "commitment": str, "kind": str, "seq": int, "subject": str}
CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
BUNDLE, LONGEST, MOMENT = "hearing-bundle/1", 1_000_000, "%Y-%m-%dT%H:%M:%S.%fZ"
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # The numbers of RFC 8032, section 5.1.
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
BASE = (15112221349535400772501151409588531511454012693041857206046113283949847762202, 4 * pow(5, -1, P) % P)


def need(truth: object, sentence: str) -> None:
    if not truth:
        raise ValueError(sentence)


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:  # RFC 8032, 5.1.7, without the cofactor
    def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
        (x, y), (u, v), t = a, b, D * a[0] * a[1] * b[0] * b[1]
        return (x * v + u * y) * pow(1 + t, -1, P) % P, (y * v + x * u) * pow(1 - t, -1, P) % P

    s, (sign, y) = int.from_bytes(signature[32:], "little"), divmod(int.from_bytes(key, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    fits = [r for r in (x, -x % P, x * ROOT % P, -x * ROOT % P) if r * r % P == square and r & 1 == sign]
    need(fits and (len(key), len(signature)) == (32, 64) and y < P and s < L, "no key or no signature")
    k = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % L
    minus, total = (-fits[0] % P, y), (0, 1)  # It becomes S times the base less k times the key.
    sums = ((0, 1), BASE, minus, add(BASE, minus))
    for bit in reversed(range(253)):
        total = add(add(total, total), sums[(s >> bit & 1) + 2 * (k >> bit & 1)])
    return (total[1] | (total[0] & 1) << 255).to_bytes(32, "little") == signature[:32]


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def top(full: list[bytes]) -> bytes:
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


def leaf_of(item: dict[str, Any], event: dict[str, Any]) -> bytes:
    """Return the leaf hash of an event with its six fields; the words beside it, if any, must fit it."""
    need({name: type(value) for name, value in event.items()} == EVENT, "an event has not its six fields")
    moment, c = datetime.strptime(event["at"], MOMENT).strftime(MOMENT), event["commitment"]
    need(moment == event["at"] and f"{int(c, 16):064x}" == c, "the time or the commitment cannot be read")
    if "salt" in item or "content" in item:
        found = sha256((salt := bytes.fromhex(item["salt"])) + item["content"].encode()).hexdigest()
        need(salt.hex() == item["salt"] and len(salt) == 32 and found == c, "its words do not fit an event")
    return sha256(b"\0" + CANONICAL(event).encode()).digest()


def note(text: str, key: str, roots: dict[int, bytes]) -> tuple[int, bytes]:
    """Return the size and the root of a checkpoint: written again from what was read, it must be the same."""
    _, size, root, _, last, _ = text.split("\n")
    n, head, seal, public = int(size[:19]), b64decode(root), b64decode(last[-92:]), bytes.fromhex(key)
    origin = f"hearing-record-{sha256(public).hexdigest()[:16]}"
    body = f"{origin}\n{n}\n{b64encode(head).decode()}\n"
    good = n >= 0 and public.hex() == key and text == f"{body}\n\u2014 {origin} {b64encode(seal).decode()}\n"
    named = seal[:4] == sha256(f"{origin}\n\1".encode() + public).digest()[:4]
    need(good and named and is_signed(public, body.encode(), seal[4:]), "the checkpoint is not signed so")
    need(roots.setdefault(n, head) == head, f"two roots are named for {n} events")
    return n, head


def check_small(text: str, key: str, roots: dict[int, bytes]) -> str:
    if not text.startswith("{"):
        return f"a checkpoint of {note(text.strip() + chr(10), key, roots)[0]} events"
    item = json.loads(text)
    if item["format"] == "hearing-inclusion/1":
        seq, (n, root) = item["event"]["seq"], note(item["checkpoint"], key, roots)
        found = climb(seq, n - 1, leaf_of(item, item["event"]), item["path"])[1]
        need(found == root and 0 <= seq < n, "the path leads to another root")
        return f"event {seq} is in the record of {n} events"
    (m, old), (n, new), path = note(item["old"], key, roots), note(item["new"], key, roots), item["path"]
    need(item["format"] == "hearing-consistency/1" and (0 < m < n if path else m == n), "it is no proof")
    start, *rest = path if m & (m - 1) and m < n else [old.hex(), *path]
    shift = (m & -m).bit_length() - 1  # While the lowest bit of m - 1 is set.
    both = (old, new) if m == n else climb((m - 1) >> shift, (n - 1) >> shift, bytes.fromhex(start), rest)
    need(both == (old, new), "the path leads to other roots")
    return f"the record of {n} events begins with that of {m}"


def check_bundle(file: BinaryIO, key: str, roots: dict[int, bytes]) -> str:
    full, size, ended = [b""] * 0, 0, False
    for line in iter(lambda: file.readline(LONGEST), b""):
        item = json.loads(line)
        need(f"{CANONICAL(item)}\n".encode() == line and not ended, f"line {size + 2} is not as it should be")
        if ended := set(item) == {"checkpoint"} and note(item["checkpoint"], key, roots) == (size, top(full)):
            continue
        claimed, shown = item.pop("leaf_hash"), {n: item.pop(n) for n in ("content", "salt") if n in item}
        leaf, seq = leaf_of(shown, item), size
        need(leaf.hex() == claimed and item["seq"] == size, f"event {size} is not the one that was recorded")
        while seq & 1:
            leaf, seq = node(full.pop(), leaf), seq >> 1
        full, size = [*full, leaf], size + 1
        need(roots.get(size, top(full)) == top(full), f"a checkpoint of {size} events has another root")
    need(ended and max(roots) == size, "its end is missing, or not the one that is signed or was given")
    return f"whole and unaltered, {size} events with the root {top(full).hex()}"


if __name__ == "__main__":
    name = sys.argv[1] if sys.argv[1:] else sys.exit(__doc__)
    try:
        with Path(name).open("rb") as file:
            line = file.readline(LONGEST)
            is_bundle = BUNDLE in line.decode()
            head = json.loads(line if is_bundle else line + file.read())
            key, roots = head["public_key"], {0: sha256().digest()}
            for name in sys.argv[1 + is_bundle :]:
                print(f"{name}: {check_small(Path(name).read_text(encoding='utf-8'), key, roots)}")
            if is_bundle:
                name, origin = sys.argv[1], f"hearing-record-{sha256(bytes.fromhex(key)).hexdigest()[:16]}"
                head = {"format": BUNDLE, "origin": origin, "public_key": key}
                need(line == f"{CANONICAL(head)}\n".encode(), "its first line is not that of a bundle")
                print(f"{name}: {check_bundle(file, key, roots)}")
        print(f"Public key: {key}. Compare it with one from elsewhere.")
    except Exception as error:
        sys.exit(f"{name}: FAULT: {error!s:.200}")
