"""YAML that is made to cost more than it is worth: refused, or read, at once; never an exception."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from itertools import pairwise

import pytest

from hearing_app.evidence.manifest import Manifest
from hearing_app.hearings.hearing import Hearing
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import validate
from hearing_app.registry.reading import LARGEST_FILE, MOST_VALUES, parse
from tests.scale import scale
from tests.soon import BOUND, soon

FULL = LARGEST_FILE - 16
LETTERS = "abcdefghi"


def laughs() -> bytes:
    """Nine levels of nine references each: 387 million words, in 400 bytes."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in pairwise(LETTERS):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    return "\n".join(lines).encode()


def filled(unit: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    return before + unit * ((FULL - len(before) - len(after)) // len(unit)) + after


REFUSED = {
    "a billion laughs": (laughs(), "anchor or alias"),
    "an alias of itself": (b"a: &a [*a]", "anchor or alias"),
    "merged keys": (b"a: &a {b: 1}\nc:\n  <<: *a\n", "anchor or alias"),
    "anchors": (filled(b"&a "), "anchor or alias"),
    "lists in lists": (filled(b"["), "deeper than 20 levels"),
    "groups in groups": (filled(b"{a: "), "deeper than 20 levels"),
    "dashes in dashes": (filled(b"- "), "deeper than 20 levels"),
    "questions": (filled(b"? "), "deeper than 20 levels"),
    "a tag that runs code": (b"!!python/object/apply:os.system ['true']", "a tag (!)"),
    "a long tag": (filled(b"%41", b"!"), "a tag (!)"),
    "many documents": (filled(b"---\na\n"), "not valid YAML"),
    "many values": (filled(b"- a\n"), f"more than {MOST_VALUES:,} fields and values"),
    "many values on one line": (filled(b"a,", b"[", b"]"), f"more than {MOST_VALUES:,} fields and values"),
    "many empty lists": (filled(b"[],", b"[", b"]"), f"more than {MOST_VALUES:,} fields and values"),
    "one field many times": (filled(b"a: b, ", b"{", b"}"), f"more than {MOST_VALUES:,} fields and values"),
    "a long key": (b"x" * (FULL - 8) + b": 1", "not valid YAML"),
    "a long directive": (filled(b"1", b"%YAML "), "not valid YAML"),
    "many directives": (filled(b"%TAG ! tag:x\n"), "not valid YAML"),
    "nothing but zeros": (b"\0" * FULL, "not valid YAML"),
    "nothing but blanks": (b" " * FULL, "The file is empty"),
    "nothing but remarks": (filled(b"#\n"), "The file is empty"),
    "an image": (b"\x89PNG\r\n\x1a\n" + b"\0" * 1000, "not a text in UTF-8"),
    "a packed file": (b"\x1f\x8b\x08\x00" + b"\0" * 1000, "not a text in UTF-8"),
    "a gigabyte, were it read": (b"a: " + b"x" * LARGEST_FILE, "more than 256 KiB"),
}


@pytest.mark.promise("S8b")
@pytest.mark.parametrize("name", REFUSED)
def test_a_bomb_is_refused_at_once(name: str, measure: Callable[[str, float], None]) -> None:
    text, words = REFUSED[name]
    assert len(text) <= LARGEST_FILE + 3
    with soon() as used:
        data, (fault,) = parse(text, "a.yaml")
    assert data is None
    assert words in str(fault)
    measure("seconds of processor time", used[0])
    measure("bound, in seconds", BOUND)


READ = {
    "a long word": b"a: " + b"x" * (FULL - 8),
    "a long number": b"a: " + b"9" * (FULL - 8),
    "a long fraction": b"a: 1." + b"1" * (FULL - 8),
    "an exponent": b"a: 1e999999",
    "escapes": filled(b"\\x41", b'a: "', b'"'),
    "folded lines": filled(b" x\n\n", b"a: >\n"),
    "many unknown fields": b"".join(b"k%d: 1\n" % number for number in range(MOST_VALUES // 2 - 1)),
}


@pytest.mark.promise("S8b")
@pytest.mark.parametrize("name", READ)
def test_what_is_merely_long_is_read_and_its_faults_are_named_at_once(name: str) -> None:
    with soon():
        data, faults = parse(READ[name], "a.yaml")
        assert (data is None) == bool(faults)
        for model in (Entry, Hearing, Manifest):
            document, wrong = validate(data, model, "a.yaml")
            assert document is None
            assert wrong


@pytest.mark.promise("S8b")
def test_no_bomb_takes_much_memory(measure: Callable[[str, float], None]) -> None:
    most = 0
    for name in ("a billion laughs", "many values", *REFUSED)[: scale(2, len(REFUSED) + 2)]:
        tracemalloc.start()
        parse(REFUSED[name][0])
        most = max(most, tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    measure("MB at most", round(most / 1e6, 1))
    assert most < 64e6


def test_the_most_values_are_far_from_what_is_written() -> None:
    inside = b"".join(b"k%d: 1\n" % number for number in range(MOST_VALUES // 2 - 1))
    assert parse(inside)[1] == []
    assert parse(inside + b"last: [1, 2]\n")[0] is None
