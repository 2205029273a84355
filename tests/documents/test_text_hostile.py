"""No words of a stranger break the page that they stand on."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.documents.exports import safe_cell
from hearing_app.documents.text import for_label, host, inline, isolated, one_line, paragraphs, visible
from hearing_app.hearings.comments.draft import _is_web_address
from tests.anything import ANY, MARKS, TEXT, UNITS, is_linear


@pytest.mark.promise("H2")
@ANY
@given(TEXT)
def test_text_becomes_text_whatever_it_is(text: str) -> None:
    html = str(paragraphs(text))
    tags = re.findall(r"<[^>]*>", html)
    assert set(tags) <= {'<p dir="auto">', "</p>", "<br>"}
    assert html.count("<p") == html.count("</p>")
    assert set(re.findall(r"<[^>]*>", str(inline(text)))) <= {"<bdi>", "</bdi>"}
    # Nothing is lost that can be seen.
    plain = unescape(re.sub(r"<[^>]*>", "", html))
    assert "".join(plain.split()) == "".join(visible(text).split())


@pytest.mark.promise("H2")
@ANY
@given(TEXT)
def test_one_line_is_one_line_and_stays_as_it_is(text: str) -> None:
    line = one_line(text)
    assert line == one_line(line)
    assert len(line.splitlines()) <= 1
    assert one_line(isolated(text)) == line
    assert len(for_label(text).splitlines()) <= 1
    assert visible(visible(text)) == visible(text)


@pytest.mark.promise("H2")
@ANY
@given(st.text(alphabet=MARKS + "ехample.org", max_size=60))
def test_the_host_of_every_link_that_is_taken_can_be_shown(rest: str) -> None:
    address = f"https://{rest}"
    if _is_web_address(address):
        shown = host(address)
        assert shown
        assert shown.isascii()


@pytest.mark.promise("H2")
@ANY
@given(TEXT)
def test_a_cell_is_made_harmless_once(text: str) -> None:
    once = safe_cell(text)
    assert isinstance(once, str)
    assert safe_cell(once) == once or once.startswith("'")


@pytest.mark.promise("H2")
@pytest.mark.parametrize("unit", UNITS)
def test_rendering_takes_time_in_proportion(unit: str) -> None:
    for render in (paragraphs, isolated, inline, for_label, safe_cell):
        assert is_linear(render, unit)
