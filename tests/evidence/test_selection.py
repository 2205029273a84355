"""Selections: strict for programs, lenient for pages, and the same again from their own address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.errors import Invalid
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.selection import (
    Selection,
    opening_selection,
    parse_selection,
    population_of,
    read_selection,
    selection_params,
    with_population,
)
from tests.evidence.exhibits.made import Cells, dataset, listed, measure


def test_the_grammar(compas: Dataset) -> None:
    found = parse_selection(
        compas,
        [
            ("by", "sex,race"),
            ("threshold", "8"),
            ("where", "in_propublica_6172:1"),
            ("where", "age_cat:25 - 45"),
            ("reference", "race:Hispanic"),
        ],
    )
    assert found == Selection(
        dataset="compas-broward",
        by=("sex", "race"),
        threshold=8,
        where=(("age_cat", "25 - 45"), ("in_propublica_6172", 1)),
        reference=(("sex", "Male"), ("race", "Hispanic")),
    )


def test_defaults(compas: Dataset) -> None:
    everyone = Selection("compas-broward", (), 5, (), ())
    by_race = Selection("compas-broward", ("race",), 5, (), (("race", "Caucasian"),))
    assert parse_selection(compas, []) == everyone
    assert parse_selection(compas, [("by", "")]) == everyone
    assert read_selection(compas, [("by", "")]) == (everyone, [])
    # A page that is opened without an address shows a comparison.
    assert opening_selection(compas) == by_race
    assert read_selection(compas, []) == (by_race, [])


WRONG = [
    ("by", "colour", "Name one or more of race, sex, age_cat"),
    ("by", "race,race", "each once"),
    ("by", "two_year_recid", "race, sex, age_cat"),
    ("by", "race,", "race, sex, age_cat"),
    ("threshold", "0", "from 1 to 10"),
    ("threshold", "11", "from 1 to 10"),
    ("threshold", "5.0", "from 1 to 10"),
    ("threshold", " 5", "from 1 to 10"),
    ("threshold", "٥", "from 1 to 10"),
    ("threshold", "9" * 5000, "from 1 to 10"),
    ("threshold", "", "from 1 to 10"),
    ("where", "sex", "column:value"),
    ("where", "sex:female", "Female, Male"),
    ("where", "in_propublica_6172:01", "1, 0"),
    ("where", "decile_score:5", "Use one of race, sex, age_cat, in_propublica_6172"),
    ("where", "two_year_recid:1", "Use one of race"),
    ("where", "x' OR 1=1 --:1", "Use one of race"),
    ("reference", "sex:Male", "The columns in “by” are: race."),
    ("reference", "race:Martian", "African-American, Caucasian"),
    ("reference", "", "column:value"),
]


@pytest.mark.parametrize(("name", "text", "possible"), WRONG)
def test_what_does_not_fit_is_refused_or_left_out_with_what_is_possible(
    compas: Dataset, name: str, text: str, possible: str
) -> None:
    params = [(name, text)] if name == "by" else [("by", "race"), (name, text)]
    with pytest.raises(Invalid) as refused:
        parse_selection(compas, params)
    assert [fault.field for fault in refused.value.faults] == [name]
    assert possible in refused.value.faults[0].repair
    selection, notes = read_selection(compas, params)
    assert len(notes) == 1 and possible in notes[0]
    assert len(notes[0]) < 400
    assert selection.threshold == 5 and selection.where == ()
    if name != "by":
        assert selection == opening_selection(compas)


def test_all_faults_come_in_one_answer_and_the_rest_is_kept(compas: Dataset) -> None:
    params = [
        ("by", "race,shoe"),
        ("threshold", "x"),
        ("threshold", "7"),
        ("where", "sex:Male"),
        ("where", "sex:Female"),
        ("where", "q:1"),
        ("lang", "en"),
    ]
    with pytest.raises(Invalid) as refused:
        parse_selection(compas, params)
    fields = [fault.field for fault in refused.value.faults]
    assert fields == ["by", "threshold", "threshold", "where", "where", "lang"]
    assert refused.value.status == 422
    # A page leaves out what does not fit, and passes over what is not its own.
    selection, notes = read_selection(compas, params)
    assert selection == Selection(
        "compas-broward", ("race",), 5, (("sex", "Male"),), (("race", "Caucasian"),)
    )
    assert len(notes) == 5


@st.composite
def selections(draw: st.DrawFn, dataset: Dataset) -> Selection:
    manifest = dataset.manifest
    by = tuple(draw(st.lists(st.sampled_from([c.name for c in manifest.groups]), unique=True)))

    def value(name: str) -> Any:
        column = manifest.column(name)
        assert column is not None
        return draw(st.sampled_from([listed.value for listed in column.values]))

    chosen = draw(st.sets(st.sampled_from([c.name for c in manifest.selectable])))
    where = tuple((c.name, value(c.name)) for c in manifest.selectable if c.name in chosen)
    threshold = draw(st.integers(manifest.score.minimum, manifest.score.maximum))
    return Selection(dataset.id, by, threshold, where, tuple((name, value(name)) for name in by))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_its_own_address_gives_a_selection_back(compas: Dataset, data: st.DataObject) -> None:
    selection = data.draw(selections(compas))
    assert parse_selection(compas, selection_params(selection)) == selection
    assert read_selection(compas, selection_params(selection)) == (selection, [])
    assert hash(selection) == hash(parse_selection(compas, selection_params(selection)))


@settings(max_examples=200, deadline=None)
@given(
    params=st.lists(
        st.tuples(st.sampled_from(["by", "threshold", "where", "reference", "x"]), st.text(max_size=30))
    )
)
def test_no_address_breaks_a_page(compas: Dataset, params: list[tuple[str, str]]) -> None:
    selection, notes = read_selection(compas, params)
    assert parse_selection(compas, selection_params(selection)) == selection
    if not notes and not any(name == "x" for name, _ in params) and any(name == "by" for name, _ in params):
        assert parse_selection(compas, params) == selection


def test_populations_switch_only_their_own_columns(compas: Dataset) -> None:
    start = parse_selection(compas, [("where", "sex:Female")])
    filtered = with_population(compas, start, "propublica-6172")
    assert filtered.where == (("sex", "Female"), ("in_propublica_6172", 1))
    corrected = with_population(compas, filtered, "corrected-window-6216")
    assert corrected.where == (("sex", "Female"), ("screened_after_2014_04_01", 0))
    assert with_population(compas, corrected, "all") == start
    labels = [population_of(compas, one) for one in (start, filtered, corrected)]
    assert [one.label for one in labels if one] == [
        "All 7,214",
        "ProPublica's 6,172",
        "Corrected window 6,216",
    ]
    other = parse_selection(compas, [("where", "in_propublica_6172:0")])
    assert population_of(compas, other) is None
    with pytest.raises(Invalid, match="does not fit"):
        with_population(compas, start, "everybody")


@pytest.mark.parametrize(
    "params",
    [[("by", "," * 60_000)], [("where", "x")] * 5_000, [("reference", "race:x")] * 5_000],
)
def test_an_address_without_end_gets_one_sentence(compas: Dataset, params: list[tuple[str, str]]) -> None:
    _, notes = read_selection(compas, params)
    assert len(notes) == 1
    with pytest.raises(Invalid) as caught:
        parse_selection(compas, params)
    assert len(caught.value.faults) == 1


@pytest.fixture
def wide(tmp_path: Path) -> Iterator[Dataset]:
    """Two columns of 32 values each: 1,024 groups are possible, 32 are there."""
    names = ["one", "two", "three"]
    columns = [listed(name, "group", [f"{name}{at}" for at in range(32)]) for name in names[:2]]
    columns += [listed("three", "group", ["x", "y"]), measure("stops"), measure("searched")]
    rows: list[Cells] = [
        {"one": f"one{at}", "two": f"two{at}", "three": "xy"[at % 2], "stops": 40, "searched": 4}
        for at in range(32)
    ]
    catalogue, made = dataset(tmp_path, "stops", columns, rows)
    yield made
    catalogue.close()


def test_more_groups_than_an_answer_has_are_refused_and_a_page_goes_on(wide: Dataset) -> None:
    with pytest.raises(Invalid) as refused:
        parse_selection(wide, [("by", "one,two")])
    [fault] = refused.value.faults
    assert fault.field == "by"
    assert fault.problem == "1\u202f024 groups are possible with one, two together."
    assert fault.repair == "Name fewer columns: an answer has 1\u202f000 groups at most."
    selection, notes = read_selection(wide, [("by", "one,two")])
    assert selection.by == ()
    assert notes == [f"{fault.problem} It was left out. {fault.repair}"]
    assert parse_selection(wide, [("by", "one,three")]).by == ("one", "three")


def test_every_column_of_every_published_dataset_can_be_compared_at_once(catalogue: Catalogue) -> None:
    for name in catalogue.ids():
        found = catalogue.dataset(name)
        by = ",".join(column.name for column in found.manifest.comparable)
        assert parse_selection(found, [("by", by)]).by == tuple(by.split(","))
