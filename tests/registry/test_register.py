"""The register in memory follows the record: after each publication it is what a new one would be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from hearing_app.people.permissions import COMPILATION
from hearing_app.record.ledger import append
from hearing_app.registry import register as module
from hearing_app.registry.entry import Entry
from hearing_app.registry.excerpt import excerpt
from hearing_app.registry.facets import FACETS
from hearing_app.registry.listed import listed
from hearing_app.registry.published import all_entries, publish_entry
from hearing_app.registry.register import Part, Register, register_of
from hearing_app.registry.search import find
from hearing_app.store.engine import open_engine, reading, writing
from hearing_app.store.migrate import migrate


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path / 'hearing.sqlite'}")
    migrate(opened)
    yield opened
    opened.dispose()


def named(data: dict[str, Any], id: str, name: str, **more: Any) -> Entry:
    return Entry.model_validate({**data, "id": id, "name": name, **more})


def publish(engine: Engine, *entries: Entry) -> None:
    with writing(engine) as db:
        for entry in entries:
            publish_entry(db, COMPILATION, entry)


def state(register: Register) -> list[tuple[str, str, int]]:
    return [(one.id, one.name, one.version) for one in register.ordered]


def test_it_follows_the_record_and_is_what_a_new_one_would_be(
    engine: Engine, data: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_LATE", 2)
    with reading(engine) as db:
        assert state(register_of(db)) == []
    for number in range(7):
        publish(engine, named(data, f"system-{number % 4}", f"Radar {number}"))
        with reading(engine) as db:
            now = register_of(db)
            assert register_of(db) is now
            whole = [(one.entry.id, one.entry.name, one.version.version) for one in all_entries(db)]
        assert state(now) == whole
        for text in ("radar", f"radar {number}", f"radar {number - 4}", "rader"):
            fresh = Register([Part(now.ordered)])
            assert [one.id for one in find(now, text).entries] == [
                one.id for one in find(fresh, text).entries
            ]
            assert find(now, text).choices("stage") == find(fresh, text).choices("stage")


def test_an_event_about_something_else_costs_nothing(engine: Engine, data: dict[str, Any]) -> None:
    publish(engine, named(data, "a", "A"))
    with reading(engine) as db:
        before = register_of(db)
    with writing(engine) as db:
        append(db, actor="public", kind="comment.submitted", subject="comment:1", content={})
    with reading(engine) as db:
        assert register_of(db) is before


def test_what_was_not_committed_leaves_nothing_behind(engine: Engine, data: dict[str, Any]) -> None:
    publish(engine, named(data, "a", "A"))
    with pytest.raises(RuntimeError), writing(engine) as db:
        publish_entry(db, COMPILATION, named(data, "b", "Never published"))
        assert "b" in register_of(db)
        raise RuntimeError
    with reading(engine) as db:
        assert state(register_of(db)) == [("a", "A", 1)]
    publish(engine, named(data, "c", "C"))
    with reading(engine) as db:
        assert state(register_of(db)) == [("a", "A", 1), ("c", "C", 1)]


def test_an_older_snapshot_still_sees_its_own_register(engine: Engine, data: dict[str, Any]) -> None:
    publish(engine, named(data, "a", "A"))
    with reading(engine) as older:
        assert "b" not in register_of(older)
        publish(engine, named(data, "b", "B"))
        with reading(engine) as db:
            assert "b" in register_of(db)
        assert "b" not in register_of(older)


def test_two_records_are_kept_apart(engine: Engine, data: dict[str, Any], tmp_path: Path) -> None:
    other = open_engine(f"sqlite:///{tmp_path / 'other.sqlite'}")
    migrate(other)
    publish(engine, named(data, "a", "A"))
    publish(other, named(data, "a", "Another"))
    for _ in range(2):
        with reading(engine) as one, reading(other) as two:
            assert (register_of(one)["a"].name, register_of(two)["a"].name) == ("A", "Another")
    other.dispose()


def test_a_link_to_the_next_ones_stays_right_while_others_are_published(
    engine: Engine, data: dict[str, Any]
) -> None:
    publish(engine, *(named(data, f"s-{name}", name) for name in "bdfhj"))
    with reading(engine) as db:
        first = find(register_of(db)).after("", 2)
    assert [one.name for one in first.entries] == ["b", "d"]
    assert (first.start, first.total, first.preceding) == (0, 5, "")
    publish(engine, *(named(data, f"s-{name}", name) for name in "ae"))
    with reading(engine) as db:
        register = register_of(db)
    second = find(register).after(first.following, 2)
    assert [one.name for one in second.entries] == ["e", "f"]
    last = find(register).after(second.following, 2)
    assert ([one.name for one in last.entries], last.following) == (["h", "j"], "")
    assert [one.name for one in find(register).after(last.preceding, 2).entries] == ["e", "f"]
    # What no longer fits the words still has its place among what does.
    assert [one.name for one in find(register, "", {"agency": ["nobody"]}).after("s-d", 2).entries] == []


def test_translations_are_found_in_their_own_language(data: dict[str, Any]) -> None:
    translated = [
        {"lang": "zh", "made_by": "human", "name": "人脸识别系统", "summary": "警察比对人脸。"},
        {
            "lang": "de",
            "made_by": "machine",
            "name": "Gesichtserkennung",
            "summary": "Die Polizei vergleicht.",
        },
    ]
    register = Register.of(
        [named(data, "faces", "Comparing faces", translations=translated), named(data, "bus", "Bus lanes")]
    )
    for text in ("人脸", "erkennung", "GESICHTSERKENNUNG", "gesichtserkenung", "vergleicht polizei", "faces"):
        assert [one.id for one in find(register, text).entries] == ["faces"], text


@pytest.mark.parametrize(
    ("text", "field", "marked"),
    [
        ("half cars", "claims", ["Half", "cars"]),
        ("lane", "name", ["lanes"]),
        ("recieve", "users", ["receive"]),
        ("kennzeichen", "aliases", ["Kennzeichen"]),
        ("脸识", "aliases", ["脸识"]),
    ],
)
def test_an_excerpt_says_where_the_words_stand(
    data: dict[str, Any], text: str, field: str, marked: list[str]
) -> None:
    entry = named(
        data, "a", "Bus lanes", aliases=["Kennzeichen-Leser", "人脸识别"], users=["Those who receive it"]
    )
    register = Register.of([entry])
    found = excerpt(register["a"].passages, find(register, text).terms)
    assert found is not None
    assert (found.field, [word for word, is_mark in found.pieces if is_mark]) == (field, marked)


def test_an_excerpt_is_cut_around_the_first_word(data: dict[str, Any]) -> None:
    entry = named(
        data, "a", "Bus lanes", purpose=f"{'To keep lanes free. ' * 20}A zebra. {'And so on. ' * 30}"
    )
    register = Register.of([entry])
    found = excerpt(register["a"].passages, find(register, "zebra").terms)
    assert found is not None
    assert found.text.startswith("… ") and found.text.endswith(" …")
    assert len(found.text) < 160
    assert ("zebra", True) in [(word.rstrip("."), is_mark) for word, is_mark in found.pieces]
    assert excerpt(register["a"].passages, []) is None


def test_the_words_in_lists_are_those_of_the_entry_without_addresses(data: dict[str, Any]) -> None:
    entry = named(data, "a", "Bus lanes", contact={"name": "Desk", "address": "https://example.org/zebra"})
    fields = {one.field for one in listed(entry, 1, datetime(2026, 1, 1, tzinfo=UTC)).passages}
    assert {"name", "summary", "purpose", "claims", "contact", "functions", "lifecycle"} <= fields
    assert not fields & {"sources", "lang", "compiled"}
    register = Register.of([entry])
    assert find(register, "desk").entries
    assert not find(register, "zebra").entries


def test_every_facet_counts_what_choosing_it_shows(data: dict[str, Any]) -> None:
    register = Register.of(
        [
            named(data, "a", "A", method_family=["vision", "rules"], automation_level="informs"),
            named(data, "b", "B", compiled={**data["compiled"], "by": "deployer"}),
            named(data, "c", "C", automation_level="recommends"),
        ]
    )
    for facet in FACETS:
        for chosen in ({}, {"automation": ["not_stated", "informs"]}):
            for choice in find(register, "", chosen).choices(facet.name):
                both = {**chosen, facet.name: [choice.value]}
                assert choice.count == len(find(register, "", both).entries), (facet.name, choice)
    labels = {one.value: one.label for one in find(register).choices("method")}
    assert list(labels) == ["rules", "vision", "not_stated"]
    assert [one.count for one in find(register).choices("written")] == [2, 1]
