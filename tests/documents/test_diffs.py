"""What changed, as a page: nothing is told by colour or by a line through words alone."""

from __future__ import annotations

import re

import pytest

from hearing_app.documents.diffs import changes_as_data, changes_html, changes_in_short
from hearing_app.registry.diff import changes
from hearing_app.registry.entry import Entry
from tests.documents.reading import assert_inert, read


def test_a_reader_hears_what_was_removed_and_what_was_added(entries: dict[str, Entry]) -> None:
    old = entries["compas"].model_copy(update={"purpose": "To help judges. It is advice.", "unit": "Desk"})
    new = old.model_copy(update={"purpose": "To help clerks. It is advice.", "unit": None, "aliases": ()})
    html = changes_html(changes(old, new))
    page = assert_inert(html)
    assert "1 field changed, none was added, 2 were removed." in page.text
    assert "What it is for: ◐changed" in page.text
    assert "To help removed: judges. added: clerks. It is advice." in page.text
    assert "Unit: ○removed" in page.text
    assert "removed: Desk" in page.text
    for tag, word in (("del", "removed:"), ("ins", "added:")):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", html)
        assert inside
        assert all(read(one).text.startswith(word) for one in inside)


def test_every_step_to_an_item_is_said(entries: dict[str, Entry]) -> None:
    compas = entries["compas"]
    first, *others = compas.risks
    new = compas.model_copy(update={"risks": (first.model_copy(update={"owner": "Chief Judge"}), *others)})
    text = read(changes_html(changes(compas, new))).text
    assert f"{first.title} › Watched over by (added)" in text
    assert "added: Chief Judge" in text


def test_no_change_is_said_in_words(entries: dict[str, Entry]) -> None:
    compas = entries["compas"]
    assert read(changes_html(changes(compas, compas), nothing="It is as it was.")).text == "It is as it was."


def test_the_headings_stand_below_the_page_they_are_in(entries: dict[str, Entry]) -> None:
    found = changes(entries["compas"], entries["predpol"])
    assert {name for name, _ in read(changes_html(found, level=2)).elements if name[0] == "h"} == {"h2", "h3"}
    assert {name for name, _ in read(changes_html(found)).elements if name[0] == "h"} == {"h3", "h4"}


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", '" onclick="x', "</del></div>"])
def test_changes_are_words_and_nothing_else(entries: dict[str, Entry], payload: str) -> None:
    compas = entries["compas"]
    claim = compas.claims[0].model_copy(update={"text": payload, "finding": f"{payload} and more"})
    new = compas.model_copy(update={"purpose": payload, "claims": (claim,), "gaps": (payload, payload)})
    assert payload in assert_inert(changes_html(changes(compas, new))).text


def test_the_data_hold_every_text_whole(entries: dict[str, Entry]) -> None:
    compas = entries["compas"]
    new = compas.model_copy(update={"purpose": compas.purpose + " More."})
    (data,) = changes_as_data(changes(compas, new))
    assert (data["field"], data["kind"], data["after"]) == ("purpose", "changed", new.purpose)
    (detail,) = data["details"]
    assert "".join(one["text"] for one in detail["words"] if one["kind"] != "removed") == new.purpose


def test_counts_are_worded() -> None:
    assert changes_in_short(()) == "0 fields changed, none was added, none was removed."
