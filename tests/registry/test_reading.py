from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearing_app.registry import reading
from hearing_app.registry.reading import LARGEST_FILE, parse

ROOT = Path(__file__).parents[2]

# A busy machine may be slow; that is no fault of the code.
PATIENT = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def refusal(text: bytes) -> str:
    data, faults = parse(text, "a.yaml")
    assert data is None
    (fault,) = faults
    assert fault.file == "a.yaml" and fault.problem and fault.repair
    return str(fault)


def test_words_stay_words_and_only_true_and_false_are_truth_values() -> None:
    text = b"""
a: no
b: on
c: 2018-09-11
d: true
e: False
f: 2018
g: 0.60
h: 012
i: 1_000
j: 12:30
k: ~
l: 1e3
m: <<
n: -5
"""
    words = {"a": "no", "b": "on", "c": "2018-09-11", "e": "False", "h": "012", "i": "1_000", "j": "12:30"}
    values = {"d": True, "f": 2018, "g": 0.6, "k": None, "l": "1e3", "m": "<<", "n": -5}
    assert parse(text)[0] == {**words, **values}


def test_a_very_long_number_stays_text() -> None:
    assert parse(b"a: " + b"9" * 5000)[0] == {"a": "9" * 5000}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"a: 1\nb: 2\na: 3\n", "Line 3: the field “a” stands here twice."),
        (b"a:\n  b: 1\n  b: 2\n", "Line 3"),
        (b"a: &x 1\nb: *x\n", "Line 1: an anchor or alias"),
        (b"a: *x\n", "an anchor or alias"),
        (b"a: !!python/object/apply:os.system ['true']\n", "a tag (!) is used"),
        (b"a: !!binary aGk=\n", "a tag (!) is used"),
        (b"2018: a\n", "a field's name must be a word"),
        (b"? [a, b]\n: c\n", "a field's name must be a word"),
        (b"~: a\n", "a field's name must be a word"),
        (b"a: b: c\n", "Line 1: this is not valid YAML"),
        (b"a: 'open\n", "this is not valid YAML"),
        (b"a: 1\n---\nb: 2\n", "this is not valid YAML"),
        (b"\ta: 1", "this is not valid YAML"),
        (b'a: "\\ud800"\n', "cannot see (U+D800)"),
        (b'"a\\u202e": 1\n', "cannot see (U+202E)"),
        (b'a: "\\UFFFFFFFF"\n', "not valid YAML"),
        (b"\xff\xfe\x00a", "not a text in UTF-8"),
        (b"\x00\x01", "not valid YAML"),
        (b"", "The file is empty"),
        (b"# only a comment\n", "The file is empty"),
        (b"[" * 10_000, "deeper than 20 levels"),
        (b"\n".join(b" " * level + b"a:" for level in range(400)), "deeper than 20 levels"),
        (b"- " * 10_000 + b"a", "deeper than 20 levels"),
        (b"a" * (LARGEST_FILE + 1), "more than 256 KiB"),
    ],
)
def test_what_the_register_does_not_take_is_one_fault(text: bytes, words: str) -> None:
    assert words in refusal(text)


def test_a_byte_order_mark_is_allowed() -> None:
    assert parse(b"\xef\xbb\xbfa: b")[0] == {"a": "b"}


@PATIENT
@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_no_bytes_make_it_raise(text: bytes) -> None:
    data, faults = parse(text)
    assert (data is None) == bool(faults)


@PATIENT
@given(
    st.lists(st.sampled_from([*"ab:- \n[]{}&*!|>'\"#?,%@`~<0", "\n  ", ": ", "- ", "\\x", "<<"]), max_size=60)
)
def test_no_mixture_of_yamls_own_marks_makes_it_raise(marks: list[str]) -> None:
    data, faults = parse("".join(marks).encode())
    assert (data is None) == bool(faults)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abcdef", min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=10,
)


@PATIENT
@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=4), PLAIN, min_size=1, max_size=4))
def test_plain_data_comes_back_as_it_was(data: dict[str, object]) -> None:
    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    def quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')

    Plain.add_representer(str, quoted)
    assert parse(yaml.dump(data, Dumper=Plain).encode()) == (data, [])


def slowly(text: bytes) -> tuple[object, list[object]]:
    """Read a text with PyYAML's own scanner alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "__with_libyaml__", False)
        data, faults = parse(text)
    return data, list(faults)


def read_quickly(text: bytes) -> bool:
    """Return whether libyaml's scanner was enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_Reader", None)
        try:
            parse(text)
        except TypeError:
            return False
    return True


def test_what_is_shipped_is_read_quickly_and_as_slowly() -> None:
    texts = [path.read_bytes() for path in sorted((ROOT / "registry").rglob("*.yaml"))]
    assert len(texts) > 50
    for text in texts:
        assert read_quickly(text)
        assert repr(slowly(text)) == repr(parse(text))


@pytest.mark.parametrize(
    "text",
    [
        b"a\tb: c\n",
        b"a: 1\n\xef\xbb\xbf# remark\n",
        b"a: [b?]\n",
        b"a: {b? c, d: e}\n",
        b"a: [[b], c?]\n",
        b"|#\n",
        b"a: >-# remark\n  b\n",
    ],
)
def test_what_libyaml_would_take_is_refused_all_the_same(text: bytes) -> None:
    assert slowly(text)[1]
    assert parse(text)[1] == slowly(text)[1]


PIECES = [
    *"ab:- \n[]{}&*!|>'\"#?,%@`~<0\t\r\x85\u2028\ufeff\xa0\x07\u200b人😀",
    *(
        "\n  ",
        ": ",
        "- ",
        "\\x41",
        "\\ud800",
        "<<",
        "---",
        "\n---\n",
        "\n...\n",
        "%YAML 1.1\n---\n",
        "|+\n",
        ">2\n",
    ),
    *("? ", "\r\n", "\\\n", "''", '""', "a: b\n", "null", "1.0", " #c\n", "[a, b]", "{a: b}", "  - a: b\n"),
]


@PATIENT
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_the_quick_way_reads_nothing_otherwise(text: str) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    assert repr(parse(raw)) == repr(slowly(raw))
