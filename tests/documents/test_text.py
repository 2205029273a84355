"""Other people's words on a page: what is taken out, what is escaped, what stays as it is."""

from __future__ import annotations

import re
import unicodedata
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.documents.text import for_label, host, inline, isolated, one_line, paragraphs, visible
from tests.documents.reading import read

DIRECTION = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</p></div><iframe src=//evil.example>",
    "<svg/onload=alert(1)>",
    '"><a href="javascript:alert(1)">x</a>',
    "&lt;script&gt;",
    "<!-- -->",
    "<![CDATA[x]]>",
    "{{ 7 * 7 }}{% raw %}",
]


@pytest.mark.parametrize("sign", list(DIRECTION))
def test_signs_that_reverse_what_follows_are_taken_out(sign: str) -> None:
    assert visible(f"photo{sign}gpj.exe") == "photogpj.exe"


@pytest.mark.parametrize("code", [0, 1, 7, 8, 0x0B, 0x0C, 0x1B, 0x7F, 0x80, 0x85, 0x9F, 0xD800, 0xDFFF])
def test_control_characters_and_halves_of_pairs_are_taken_out(code: int) -> None:
    assert visible(f"a{chr(code)}b") == "ab"


@pytest.mark.parametrize("code", [0xFFFE, 0xFFFF, 0xFDD0, 0xFDEF, 0x1FFFE, 0x10FFFF])
def test_code_points_that_are_no_signs_are_taken_out(code: int) -> None:
    assert visible(f"a{chr(code)}b") == "ab"


def test_line_ends_become_one_kind_and_tabs_stay() -> None:
    assert visible("a\r\nb\rc\n\td") == "a\nb\nc\n\td"


@pytest.mark.parametrize(
    "words",
    [
        "Grüße, ñandú, ﬁn",
        "من يراقب الكاميرات؟",
        "משטרה",
        "警察的演算法",
        "கணினி",
        "👩‍👩‍👧‍👦 🏳️‍🌈",
        "نمی‌خواهم",
        "e\u0301",
    ],
)
def test_words_in_every_script_stay_exactly(words: str) -> None:
    assert visible(words) == words


@given(st.text())
def test_what_is_visible_stays_visible(text: str) -> None:
    once = visible(text)
    assert visible(once) == once
    assert not set(once) & set(DIRECTION)
    assert all(unicodedata.category(sign) not in {"Cc", "Cs"} or sign in "\n\t" for sign in once)


@given(st.text())
def test_what_is_visible_can_stand_in_xml(text: str) -> None:
    element = Element("title")
    element.text = visible(text)
    assert (fromstring(tostring(element, encoding="utf-8")).text or "") == visible(text)  # noqa: S314 - ours


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert line.splitlines() in ([line], [])
    assert line == line.strip()
    assert "  " not in line


def test_only_what_runs_from_right_to_left_is_isolated() -> None:
    assert inline("Ada & <b>") == "Ada &amp; &lt;b&gt;"
    assert inline("משה <b>") == "<bdi>משה &lt;b&gt;</bdi>"
    assert isolated("Ada 12") == "Ada 12"
    assert isolated("משה\u202e 12") == "\u2068משה 12\u2069"
    assert for_label("משה 12") == "\u2068משה 12\u2069"


def test_paragraphs_keep_line_breaks_and_isolate_direction() -> None:
    assert paragraphs("One\ntwo\n\n\n  three  ") == '<p dir="auto">One<br>two</p><p dir="auto">three</p>'
    assert paragraphs(" \n\n ") == ""
    assert paragraphs("a & b < c") == '<p dir="auto">a &amp; b &lt; c</p>'


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_payload_is_shown_as_the_words_it_is(payload: str) -> None:
    page = read(paragraphs(payload))
    assert [name for name, _ in page.elements] == ["p"]
    assert page.text == payload


_SNIPPETS = st.sampled_from([*HOSTILE, "\n", "\n\n", "<", ">", "&", '"', "'", "\r", "\u2028", "\u202e", "p>"])


@given(st.lists(st.one_of(st.text(), _SNIPPETS), max_size=12).map("".join))
def test_no_text_brings_an_element_along(text: str) -> None:
    page = read(paragraphs(text))
    assert {name for name, _ in page.elements} <= {"p", "br"}
    assert all(attributes in ({"dir": "auto"}, {}) for _, attributes in page.elements)
    assert re.sub(r"\s", "", page.text) == re.sub(r"\s", "", visible(text))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.example.org/report?x=1", "www.example.org"),
        ("https://EXAMPLE.org:8443/", "example.org"),
        ("https://аpple.com/", "xn--pple-43d.com"),
        ("https://pаypal.com", "xn--pypal-4ve.com"),
        ("https://gооgle.com/login", "xn--ggle-55da.com"),
        ("https://münchen.de", "xn--mnchen-3ya.de"),
        ("https://groß-bank.example", "xn--gro-bank-sya.example"),
        ("https://example.org@evil.example/", "evil.example"),
        ("https://evil.example/https://www.police.uk/", "evil.example"),
        ("https://evil.example\\@www.police.uk/", "www.police.uk"),
        ("mailto:a@b.example", ""),
    ],
)
def test_the_host_is_the_one_that_is_looked_up(url: str, shown: str) -> None:
    assert host(url) == shown


@given(st.text(min_size=1).filter(lambda name: not set(name) & set("[]/?#@:\\")))
def test_a_host_is_always_shown_in_ascii(name: str) -> None:
    try:
        shown = host(f"https://{name}/")
    except ValueError:
        return  # urlsplit itself refuses it; such an address is never stored.
    assert shown.isascii()


MARKDOWN = [
    "![](https://evil.example/pixel.png)",
    "[read](https://evil.example)",
    "<https://evil.example>",
    "**bold** _slanted_ ~~gone~~ `code`",
    ":red[alarm] :blue-background[x] :material/home: :smile:",
    "$E = mc^2$",
    "# Heading",
    "- item",
    "+ item",
    "1. item",
    "23) item",
    "-> a <- b <-> c -- d --- e",
    "a | b",
    "Re-arrest (x) {y} #1!",
    "> quote",
    "| a | b |",
    "<b>bold</b>",
    "&copy;",
    "[a]: https://evil.example",
    "https://evil.example/x",
    "www.evil.example",
    "name@evil.example",
    "\\",
]


@pytest.mark.parametrize("text", MARKDOWN)
def test_a_label_shows_markdown_as_the_signs_it_is(text: str) -> None:
    markdown_it = pytest.importorskip("markdown_it")
    parser = markdown_it.MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    inline = parser.parse(for_label(text))
    assert [token.type for token in inline] == ["paragraph_open", "inline", "paragraph_close"]
    kinds = {child.type for child in inline[1].children}
    assert kinds <= {"text", "text_special"}
    shown = "".join(child.content for child in inline[1].children)
    assert shown.replace("\u2060", "") == text


@pytest.mark.parametrize(
    "text", ["https://evil.example/x", "http://a", "www.evil.example", "WWW.evil.example"]
)
def test_a_label_breaks_what_would_become_a_link_after_markdown_was_read(text: str) -> None:
    unescaped = re.sub(r"\\(.)", r"\1", for_label(text))
    assert not re.search(r"(https?://|www(?=\.))([-.\w]+)", unescaped, re.IGNORECASE)
    assert not re.search(r"[-.\w+]+@[-\w]+(\.[-\w]+)+", re.sub(r"\\(.)", r"\1", for_label(f"me@{text}")))


@pytest.mark.parametrize("text", [":smile:", ":material/home:", ":streamlit:", ":+1:"])
def test_a_label_breaks_what_would_become_a_picture_after_markdown_was_read(text: str) -> None:
    unescaped = re.sub(r"\\(.)", r"\1", for_label(f"Say {text} now"))
    assert not re.search(r":[\w+/-]+:", unescaped)


@pytest.mark.parametrize("text", ["a -> b", "a <- b", "a <-> b", "a -- b", "a >= b", "a <= b", "a ~= b"])
def test_a_label_breaks_what_would_become_an_arrow_or_a_dash(text: str) -> None:
    unescaped = re.sub(r"\\(.)", r"\1", for_label(text))
    assert not re.search(r"->|<-|--|>=|<=|~=", unescaped)
    assert unescaped.replace("\u2060", "") == text


def test_a_label_leaves_ordinary_words_alone() -> None:
    assert for_label("Live face recognition, London") == "Live face recognition, London"
    assert for_label("Re-arrest at 12:30 (about 45 % of 100).") == "Re-arrest at 12:30 (about 45 % of 100)."
    assert for_label("It begins with https:// or http://.").replace("\\", "") == (
        "It begins with https:// or http://."
    )
    assert for_label("two\nlines\u202e") == "two lines"
