"""The record as one file that anyone can check, and the proofs that stand for a part of it.

docs/record.md says what the files hold. What of an event's content may be shown is for the caller to say:
this module knows events, not what they are about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from hearing_app.errors import Invalid, NotFound
from hearing_app.record.canonical import canonical_json
from hearing_app.record.checkpoint import Signer, origin_of, read_checkpoint
from hearing_app.record.ledger import Content, Event, Head, contents, events, head, node_reader, size_of
from hearing_app.record.merkle import RootOfMany, consistency_path, inclusion_path

BUNDLE, INCLUSION, CONSISTENCY = "hearing-bundle/1", "hearing-inclusion/1", "hearing-consistency/1"
# No line of ours comes near it: an event's content is a comment of a few thousand signs, or less.
LONGEST_LINE = 1_000_000
_MOST_FAULTS = 20
_HEX = frozenset("0123456789abcdef")

IsPublic = Callable[[Event, Content], bool]


def bundle_lines(db: Connection, signer: Signer, is_public: IsPublic) -> Iterator[bytes]:
    """Yield the lines of a bundle of everything that is recorded in this snapshot."""
    yield _line({"format": BUNDLE, "origin": signer.origin, "public_key": signer.public_key.hex()})
    top = RootOfMany()
    for event, content in contents(db):
        top.add(event.leaf_hash)
        shown = {}
        if content is not None and is_public(event, content):
            shown = {"salt": content.salt.hex(), "content": content.text}
        yield _line({**event.entry, "leaf_hash": event.leaf_hash.hex(), **shown})
    yield _line({"checkpoint": signer.checkpoint(Head(top.size, top.root))})


def inclusion_proof(
    db: Connection, signer: Signer, seq: int, *, size: int | None = None, content: Content | None = None
) -> dict[str, Any]:
    """Return the proof that event ``seq`` is in the record of ``size`` events, the present one by default.

    With ``content`` it also shows what was committed to. Raises ``NotFound`` when there is no such event.
    """
    present = size_of(db)
    wanted = present if size is None else size
    if not 0 <= seq < wanted <= present:
        raise NotFound(
            "The record holds no such event, or not as many events as that.",
            kept="",
            next_step=f"It holds {present} events, counted from 0.",
        )
    event = next(events(db, start=seq, limit=1))
    shown = {} if content is None else {"salt": content.salt.hex(), "content": content.text}
    return {
        "format": INCLUSION,
        "public_key": signer.public_key.hex(),
        "event": event.entry,
        "path": [step.hex() for step in inclusion_path(node_reader(db), seq, wanted)],
        "checkpoint": signer.checkpoint(head(db, size=wanted)),
        **shown,
    }


def consistency_proof(db: Connection, signer: Signer, old: int, new: int | None = None) -> dict[str, Any]:
    """Return the proof that the record of ``old`` events begins that of ``new`` ones, by default the present.

    Raises ``NotFound`` when the record does not hold as many, or ``old`` is the larger.
    """
    present = size_of(db)
    wanted = present if new is None else new
    if not 0 < old <= wanted <= present:
        raise NotFound(
            "There are no two such states of the record.",
            kept="",
            next_step=f"Use two whole numbers from 1 to {present}, the smaller one as the old state.",
        )
    return {
        "format": CONSISTENCY,
        "public_key": signer.public_key.hex(),
        "old": signer.checkpoint(head(db, size=old)),
        "new": signer.checkpoint(head(db, size=wanted)),
        "path": [step.hex() for step in consistency_path(node_reader(db), old, wanted)],
    }


@dataclass(frozen=True, slots=True)
class Verified:
    """What a bundle turned out to be. It is sound when there is no fault."""

    events: int
    contents: int
    root: bytes
    public_key: bytes
    faults: tuple[str, ...]


def verify_bundle(lines: Iterable[bytes], checkpoints: Sequence[str] = ()) -> Verified:
    """Check a bundle line by line, and that it begins with the state of each older checkpoint.

    Everything that does not fit is named, up to twenty faults. Raises ``Invalid`` when the file is no bundle.
    """
    given = iter(lines)
    public_key = _head_line(next(given, b""))
    found, sealed, top, last = [], 0, RootOfMany(), None
    older = {text: _older(text, public_key) for text in checkpoints}
    roots: dict[int, bytes] = {}
    sizes = {one.size for one in older.values() if one}
    for number, raw in enumerate(given, start=2):
        line = _object(raw)
        if last is not None:
            found.append(f"Line {number} stands after the checkpoint, which is the last.")
        elif line is None:
            found.append(f"Line {number} is not one JSON object in its canonical form.")
        elif set(line) == {"checkpoint"}:
            last = line["checkpoint"]
        else:
            wrong, leaf = _faults_of_line(line, top.size)
            found += [f"Line {number}: {fault}" for fault in wrong]
            sealed += "content" in line
            top.add(leaf)
            if top.size in sizes:
                roots[top.size] = top.root
        if len(found) >= _MOST_FAULTS:
            break
    else:
        found += _faults_of_end(last, public_key, Head(top.size, top.root))
        found += [
            "A checkpoint that you gave does not hold, or names a state that this record never had."
            for one in older.values()
            if one is None or roots.get(one.size) != one.root
        ]
    return Verified(top.size, sealed, top.root, public_key, tuple(found))


def _head_line(raw: bytes) -> bytes:
    line = _object(raw) or {}
    if set(line) != {"format", "origin", "public_key"} or line["format"] != BUNDLE:
        raise Invalid("This file is not a bundle of a record.", kept="")
    if not _is_hex(line["public_key"], 64) or line["origin"] != origin_of(bytes.fromhex(line["public_key"])):
        raise Invalid("The bundle's first line does not name the record that its key signs for.", kept="")
    return bytes.fromhex(line["public_key"])


def _faults_of_line(line: dict[str, Any], seq: int) -> tuple[list[str], bytes]:
    """Return what is wrong with one event's line, and its leaf hash as its fields give it."""
    entry = {name: line.get(name) for name in ("actor", "at", "commitment", "kind", "seq", "subject")}
    names = {*entry, "leaf_hash"}
    leaf = sha256(b"\x00" + canonical_json(entry)).digest()
    if set(line) not in ({*names}, {*names, "salt", "content"}):
        return ["it does not have the fields of an event."], leaf
    found = []
    texts = [value for name, value in line.items() if name != "seq"]
    if type(line["seq"]) is not int or not all(isinstance(value, str) for value in texts):
        return ["a field has a value of another type."], leaf
    if line["seq"] != seq:
        found.append(f"the event has number {line['seq']}, not {seq}.")
    if not _is_moment(line["at"]) or not _is_hex(line["commitment"], 64):
        found.append("its time or its commitment cannot be read.")
    if line["leaf_hash"] != leaf.hex():
        found.append(f"event {seq} is not the one whose hash stands beside it.")
    if "content" in line:
        salted = bytes.fromhex(line["salt"]) if _is_hex(line["salt"], 64) else b""
        if not salted or sha256(salted + line["content"].encode()).hexdigest() != line["commitment"]:
            found.append(f"the words of event {seq} are not those that were committed to.")
    return found, leaf


def _faults_of_end(last: object, public_key: bytes, present: Head) -> list[str]:
    if not isinstance(last, str):
        return ["The bundle has no checkpoint at its end."]
    try:
        signed = read_checkpoint(last, public_key)
    except Invalid as error:
        return [error.what]
    return [] if signed == present else ["The checkpoint does not sign these events."]


def _older(text: str, public_key: bytes) -> Head | None:
    try:
        return read_checkpoint(text, public_key)
    except Invalid:
        return None


def _line(document: dict[str, Any]) -> bytes:
    return canonical_json(document) + b"\n"


def _object(raw: bytes) -> dict[str, Any] | None:
    """Return the object of a line that is exactly the canonical form of it, else ``None``."""
    if len(raw) > LONGEST_LINE:
        return None
    try:
        line = json.loads(raw)
        return line if isinstance(line, dict) and _line(line) == raw else None
    except (ValueError, RecursionError):
        return None


def _is_hex(text: object, length: int) -> bool:
    return isinstance(text, str) and len(text) == length and set(text) <= _HEX


def _is_moment(text: str) -> bool:
    try:
        return f"{datetime.strptime(text, '%Y-%m-%dT%H:%M:%S.%fZ'):%Y-%m-%dT%H:%M:%S.%fZ}" == text
    except ValueError:
        return False
