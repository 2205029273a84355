"""The whole register to take away, made of a piece for each entry: as a table, as data, and as a catalogue.

To make the pieces of 5,000 entries takes a quarter of a minute. A version never changes, so its piece is
kept, packed, and whoever takes the register begins to get it at once: what is kept, and the rest as it is
made.
"""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from hearing_app.documents.exchange import about
from hearing_app.documents.exports import csv_bytes, csv_rows
from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import dcat, labelled
from hearing_app.registry.exchange.kinds import kind_of
from hearing_app.registry.exchange.trip import plain
from hearing_app.registry.listed import Listed
from hearing_app.registry.published import PublishedEntry
from hearing_app.registry.standard import fields

STABLE = ("entry_id", "agency_id", "version", "sha256", "permalink", "published_at")
"""What stands before the fields of every entry: so that it can be told and found again."""
AT_ONCE = 50
"""Entries that are sent in one go."""
MOST_BYTES = 64 * 2**20
"""Of pieces that are kept, packed: of 5,000 entries they take some 40 MiB."""
Read = Callable[[Sequence[Listed]], Iterable[PublishedEntry]]


@dataclass(frozen=True, slots=True)
class Whole:
    """A way to take the register away: what stands before, between and behind the pieces, and a piece."""

    name: str
    start: Callable[[str, str], bytes]
    between: bytes
    end: bytes
    piece: Callable[[PublishedEntry, str], bytes]


_Key = tuple[str, str, str, int, str]
_kept: OrderedDict[_Key, bytes] = OrderedDict()
_lock = Lock()


def whole(
    form: Whole, entries: Sequence[Listed], read: Read, base: str, operator: str = ""
) -> Iterator[bytes]:
    """Yield the register in a form, bit by bit. ``read`` gives entries whole when their turn comes.

    ``base`` is the public address, without a slash; ``operator`` is who runs the service.
    """
    yield form.start(base, operator)
    before = b""
    for start in range(0, len(entries), AT_ONCE):
        made = _pieces(form, entries[start : start + AT_ONCE], read, base)
        yield before + form.between.join(made)
        before = form.between
    yield form.end


def _pieces(form: Whole, entries: Sequence[Listed], read: Read, base: str) -> list[bytes]:
    keys = {one.id: (form.name, base, one.id, one.version, one.sha256) for one in entries}
    with _lock:
        found = {id: _kept[key] for id, key in keys.items() if key in _kept}
        for id in found:
            _kept.move_to_end(keys[id])
    missing = [one for one in entries if one.id not in found]
    made = {one.entry.id: form.piece(one, base) for one in read(missing)} if missing else {}
    _keep({keys[id]: zlib.compress(piece, 1) for id, piece in made.items()})
    return [made[one.id] if one.id in made else zlib.decompress(found[one.id]) for one in entries]


def _keep(pieces: dict[_Key, bytes]) -> None:
    with _lock:
        for key, piece in pieces.items():
            _kept[key] = piece
            _kept.move_to_end(key)
        size = sum(map(len, _kept.values()))
        while size > MOST_BYTES:
            size -= len(_kept.popitem(last=False)[1])


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _row(one: PublishedEntry, base: str) -> bytes:
    data = plain(one.entry)
    return csv_rows([[*_stable(one, base), *(_cell(name, data.get(name)) for name in _names())]])


def _names() -> list[str]:
    return [one.name for one in fields()]


def _data(one: PublishedEntry, base: str) -> bytes:
    return _json(
        {
            **dict(zip(STABLE, _stable(one, base), strict=True)),
            "entry": one.entry.model_dump(mode="json", exclude_none=True),
        }
    )


def _catalogue_start(base: str, operator: str) -> bytes:
    head = dcat.catalogue(
        (),
        base=base,
        title="Register of the systems that police use",
        publisher=operator or "The register",
    )
    del head["dcat:dataset"]
    return _json(head)[:-1] + b',"dcat:dataset":['


def _node(one: PublishedEntry, base: str) -> bytes:
    return _json(dcat.node(plain(one.entry), about(one, base)))


TABLE = Whole("table", lambda _, __: csv_bytes((*STABLE, *_names()), ()), b"", b"", _row)
DATA = Whole("data", lambda _, __: b'{"systems":[', b",", b"]}", _data)
CATALOGUE = Whole("catalogue", _catalogue_start, b",", b"]}", _node)


def _stable(one: PublishedEntry, base: str) -> tuple[str | int, ...]:
    version = one.version
    link = f"{base}/record/systems/{one.entry.id}/{version.version}"
    moment = version.published_at.isoformat()
    return (one.entry.id, one.entry.deployer.agency, version.version, version.sha256, link, moment)


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "impact":
        return json.dumps(value, ensure_ascii=False)
    return labelled.write(value, kind_of(Entry, name))
