"""The files to take away: each says what it cannot hold, as the file itself is, and no cell can act."""

from __future__ import annotations

import csv
import io
import json
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hearing_app.documents import whole as module
from hearing_app.documents.exchange import (
    FILES,
    NAMES,
    exported,
    exports_html,
    exports_index,
    taken,
    unplaced_lines,
)
from hearing_app.documents.exports import as_typed, safe_cell
from hearing_app.documents.whole import CATALOGUE, DATA, STABLE, TABLE, Whole, whole
from hearing_app.errors import Invalid
from hearing_app.record.versions import Version
from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import About, Unplaced
from hearing_app.registry.files import read_entries
from hearing_app.registry.listed import Listed, listed
from hearing_app.registry.published import PublishedEntry
from hearing_app.registry.standard import fields
from tests.registry.exchange.made import WORDS

BASE = "https://hearing.example.org"
SHIPPED = read_entries(Path(__file__).parents[2] / "registry")[0]


def published(entry: Entry) -> PublishedEntry:
    document = entry.model_dump(mode="json")
    moment = datetime(2026, 3, 2, 10, tzinfo=UTC)
    version = Version("system", entry.id, 3, document, "a" * 64, moment, "operator", "A note.", 7)
    return PublishedEntry(version, entry)


def entries_of(wanted: Iterable[Listed]) -> list[PublishedEntry]:
    return [published(next(entry for entry in SHIPPED if entry.id == one.id)) for one in wanted]


def taken_whole(form: Whole) -> bytes:
    rows = [listed(entry, 3, datetime(2026, 3, 2, 10, tzinfo=UTC), sha256="a" * 64) for entry in SHIPPED]
    return b"".join(whole(form, rows, entries_of, BASE, "Riverton"))


HART = next(entry for entry in SHIPPED if entry.id == "hart")


def test_every_file_has_a_name_on_the_command_line() -> None:
    assert sorted(NAMES.values()) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_gives_back_what_it_does_not_name_as_lost(name: str) -> None:
    file = FILES[name]
    for entry in SHIPPED:
        made = exported(file, entry, About(BASE, f"{BASE}/record/systems/{entry.id}"))
        assert isinstance(made.document, bytes)
        draft = taken(file, made.document).draft
        said = entry.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        lost = {one.field.partition(".")[0] for one in made.not_held}
        for field, value in said.items():
            assert field in lost or draft[field] == value, field


def test_the_index_names_each_file_and_each_loss() -> None:
    index = exports_index(published(HART), BASE)
    assert [one["file"] for one in index["files"]] == list(FILES)
    assert (index["system"], index["version"]) == ("hart", 3)
    for one in index["files"]:
        assert one["address"] == f"{BASE}/api/v1/systems/hart/exports/{one['file']}"
        assert all(lost["why"].endswith(".") for lost in one["not_held"])
    annex = next(one for one in index["files"] if one["file"] == "annex-viii.json")
    assert any("amended in 2026" in caveat for caveat in annex["caveats"])
    dutch = next(one for one in index["files"] if one["file"] == "nl.json")
    assert "contact_email" in dutch["missing"]


def test_the_page_links_every_file_and_feed_and_names_losses_by_their_titles() -> None:
    html = exports_html(HART)
    for name in FILES:
        assert f'href="/api/v1/systems/hart/exports/{name}"' in html
        assert f"What {name} cannot hold" in html
    for feed in ("systems/hart", f"agencies/{HART.deployer.agency}", f"functions/{HART.functions[0]}"):
        assert f'href="/api/v1/{feed}/feed.atom"' in html
    assert "What is claimed" in html


def test_hostile_words_stay_words_on_the_page() -> None:
    deployer = HART.deployer.model_copy(update={"name": "<script>alert(1)</script>"})
    html = exports_html(HART.model_copy(update={"deployer": deployer}))
    assert "<script>" not in html


def test_the_table_has_stable_ids_and_a_column_for_each_field() -> None:
    raw = taken_whole(TABLE)
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows[0] == [*STABLE, *(one.name for one in fields())]
    assert len(rows) == len(SHIPPED) + 1
    row = dict(zip(rows[0], next(row for row in rows if row[0] == "hart"), strict=True))
    assert row["permalink"] == f"{BASE}/record/systems/hart/3"
    assert (row["agency_id"], row["version"], row["sha256"]) == (HART.deployer.agency, "3", "a" * 64)
    assert as_typed(row["purpose"]) == HART.purpose
    for cell in (cell for one in rows[1:] for cell in one):
        assert cell[:1] not in {"=", "+", "-", "@"}, cell[:60]


def test_a_formula_cannot_act_and_comes_back() -> None:
    entry = HART.model_copy(update={"purpose": '=HYPERLINK("https://x.example")', "not_for": ()})
    sheet = exported(FILES["atrs.csv"], entry, About()).document
    assert b",'=HYPERLINK" in sheet or b"\"'=HYPERLINK" in sheet
    assert taken(FILES["atrs.csv"], sheet).draft["purpose"] == entry.purpose


@pytest.mark.parametrize("word", [*WORDS, "@a", "a;=b", "x\n-y", "|z", "\u22121", " =1"])
def test_a_cell_is_read_as_it_was_typed(word: str) -> None:
    if word != "'=1+2":  # It looks as if it had been made safe already.
        assert as_typed(str(safe_cell(word))) == word


def test_the_whole_register_as_data_and_as_a_catalogue() -> None:
    systems = json.loads(taken_whole(DATA))["systems"]
    assert [set(one) for one in systems] == [{*STABLE, "entry"}] * len(SHIPPED)
    assert Entry.model_validate(systems[0]["entry"]) == SHIPPED[0]
    catalogue = json.loads(taken_whole(CATALOGUE))
    assert catalogue["@type"] == "dcat:Catalog"
    assert catalogue["dct:publisher"]["foaf:name"] == "Riverton"
    listed = [one["@id"] for one in catalogue["dcat:dataset"]]
    assert listed == [f"{BASE}/record/systems/{entry.id}" for entry in SHIPPED]
    assert "@context" not in catalogue["dcat:dataset"][0]
    json.dumps(catalogue, allow_nan=False)


@pytest.mark.parametrize(
    ("name", "raw", "problem"),
    [
        ("atrs.csv", b"a,b\r\n1,2\r\n", "does not name the columns"),
        ("atrs.csv", b"", "does not name the columns"),
        ("atrs.csv", b'attribute,value\r\nname,"x', "not CSV"),
        ("atrs.csv", b"attribute,value\r\nname," + b"x" * 200_000, "not CSV"),
        ("atrs.csv", b"\xff", "UTF-8"),
        ("atrs.csv", b"attribute,value\r\n" + b"name,x\r\n" * 2_001, "2,000 rows"),
        ("nl.json", b"{", "not JSON"),
        ("model-card.md", b"\xff", "UTF-8"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(name: str, raw: bytes, problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        taken(FILES[name], raw)
    assert problem in refused.value.faults[0].problem


def test_a_sheet_saved_with_semicolons_is_read() -> None:
    sheet = b"reference_number;attribute;value\r\n1.1;name;Kentekens\r\n"
    assert taken(FILES["atrs.csv"], sheet).draft == {"name": "Kentekens"}


def test_what_could_not_be_placed_stands_on_one_line_each() -> None:
    lines = unplaced_lines([Unplaced("a.b", "x\ny", "Why."), Unplaced("c", ["z" * 999], "So.")])
    assert lines[0] == "a.b: Why. It says: x y"
    assert len(lines[1]) < 330


@pytest.mark.parametrize("form", [TABLE, DATA, CATALOGUE], ids=lambda form: form.name)
def test_a_piece_is_made_once_for_each_version(form: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_kept", OrderedDict())
    monkeypatch.setattr(module, "AT_ONCE", 4)
    asked: list[str] = []

    def read(wanted: Iterable[Listed]) -> list[PublishedEntry]:
        found = entries_of(wanted)
        asked.extend(one.entry.id for one in found)
        return found

    rows = [listed(entry, 3, datetime(2026, 3, 2, 10, tzinfo=UTC), sha256="a" * 64) for entry in SHIPPED]
    first = b"".join(whole(form, rows, read, BASE, "Riverton"))
    assert first == taken_whole(form)
    assert asked == [entry.id for entry in SHIPPED]
    assert b"".join(whole(form, rows, read, BASE, "Riverton")) == first
    assert len(asked) == len(SHIPPED)
    rows[5] = replace(rows[5], version=4)
    list(whole(form, rows, read, BASE))
    assert asked[len(SHIPPED) :] == [rows[5].id]
    list(whole(form, rows[:1], read, "https://elsewhere.example"))
    assert asked[-1] == rows[0].id, "what is made for one address is not given at another"


def test_no_more_is_kept_than_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_kept", OrderedDict())
    monkeypatch.setattr(module, "MOST_BYTES", 20_000)
    whole_before = taken_whole(DATA)
    assert 0 < sum(map(len, module._kept.values())) <= 20_000
    assert taken_whole(DATA) == whole_before


def test_an_empty_register_is_a_file_too() -> None:
    assert json.loads(b"".join(whole(DATA, [], entries_of, BASE))) == {"systems": []}
    assert json.loads(b"".join(whole(CATALOGUE, [], entries_of, BASE)))["dcat:dataset"] == []
    assert b"".join(whole(TABLE, [], entries_of, BASE)).count(b"\r\n") == 1
