"""The array of a release against DuckDB's own counting, for any rows, groups and selections."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.evidence import cube as cubes
from hearing_app.evidence.audit import audit, audit_of
from hearing_app.evidence.counts import Counted, count_people, histogram, histogram_of
from hearing_app.evidence.cube import Cube, Table, cube_of_counts, cube_of_rows
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.manifest import Manifest
from hearing_app.evidence.selection import Selection, parse_selection
from hearing_app.evidence.tally import count_rows, tally, tally_of

LISTS: dict[str, tuple[str, list[Any]]] = {
    "team": ("group", ["a", "b", "c"]),
    "year": ("time", [2019, 2020]),
    "size": ("filter", ["small", "large"]),
    "held": ("decision", [0, 1]),
}
FACTS: dict[str, Any] = {
    "id": "made",
    "title": "Made to measure",
    "summary": "People of no place.",
    "system": "example",
    "origin": {"publisher": "The tests", "year": 2020, "url": "https://www.example.org/", "prepared": "Yes."},
    "licence": {"name": "None needed", "statement": "Anybody may use it."},
    "citation": "The tests.",
    "period": {"first": 2019, "last": 2020, "label": "2019 and 2020"},
    "place": "Exampleton",
    "unit": {"of": "people", "label": "runners", "one": "runner"},
    "total": 1,
    "populations": [{"id": "all", "label": "All", "explanation": "Everyone.", "where": {}, "total": 1}],
    "limits": ["It is made up."],
}


def listed(name: str) -> dict[str, Any]:
    role, values = LISTS[name]
    kind = "text" if isinstance(values[0], str) else "integer"
    found: dict[str, Any] = {"name": name, "role": role, "type": kind, "label": name.title()}
    found["values"] = [{"value": value, "label": f"{name} {value}"} for value in values]
    return found | ({"reference": values[0]} if role == "group" else {})


PEOPLE = Manifest.model_validate(
    FACTS
    | {
        "family": "risk_score",
        # Score and outcome stand between the lists, as they may.
        "columns": [
            listed("team"),
            {"name": "points", "role": "score", "label": "P", "minimum": 2, "maximum": 5, "threshold": 3},
            listed("size"),
            {"name": "late", "role": "outcome", "label": "L", "positive": "late", "negative": "on time"},
            listed("year"),
            listed("held"),
            {"name": "number", "role": "count", "label": "N"},
        ],
    }
)
STOPS = Manifest.model_validate(
    FACTS
    | {
        "family": "stops",
        "columns": [
            {"name": "patrol", "role": "record", "label": "Patrol", "one": "patrol", "many": "patrols"},
            *(listed(name) for name in LISTS),
            *(
                {
                    "name": f"n_{counts}",
                    "role": "measure",
                    "counts": counts,
                    "label": counts,
                    "blank": "Lost.",
                }
                for counts in ("stops", "searched", "found")
            ),
        ],
        "apart": [
            {"column": "year", "counts": ["stops", "searched"], "reason": "Counted anew in 2020."},
            {"column": "size", "counts": ["searched"], "reason": "Large ones count twice."},
        ],
    }
)
places = st.tuples(*(st.sampled_from(values) for _, values in LISTS.values()))
people_rows = st.dictionaries(
    st.tuples(places, st.integers(2, 5), st.integers(0, 1)), st.integers(0, 50), max_size=40
)
counts = st.none() | st.integers(0, 50)
stop_rows = st.lists(st.tuples(places, counts, counts, counts), max_size=30)
questions = st.tuples(
    st.lists(st.sampled_from(["team", "year"]), unique=True).map(tuple),
    st.dictionaries(st.sampled_from(list(LISTS)), st.integers(0, 2)).map(
        lambda chosen: tuple((name, LISTS[name][1][at % len(LISTS[name][1])]) for name, at in chosen.items())
    ),
)


def table_of(manifest: Manifest, rows: list[tuple[Any, ...]]) -> pa.Table:
    """Rows whose values stand in the order of the manifest's columns."""
    columns = list(zip(*rows, strict=True)) or [()] * len(manifest.columns)
    texts = {"team", "size", "patrol"}
    return pa.table(
        {
            one.name: pa.array(values, pa.string() if one.name in texts else pa.int64())
            for one, values in zip(manifest.columns, columns, strict=True)
        }
    )


def scored_table(rows: dict[Any, int]) -> pa.Table:
    ordered = [
        (team, points, size, late, year, held, n)
        for ((team, year, size, held), points, late), n in rows.items()
    ]
    return table_of(PEOPLE, ordered)


def both_kinds(manifest: Manifest, table: pa.Table) -> list[Cube]:
    dense, rows = cube_of_rows(manifest, table), cube_of_rows(manifest, table, most_cells=0)
    assert dense.is_dense and not rows.is_dense
    return [dense, rows]


@settings(max_examples=150, deadline=None)
@given(rows=people_rows, asked=st.lists(questions, min_size=1, max_size=4))
def test_people_are_counted_as_duckdb_counts_them(rows: dict[Any, int], asked: Any) -> None:
    table = scored_table(rows)
    with closing(duckdb.connect(":memory:")) as cursor:
        cursor.from_arrow(table).create("counts")
        dataset = Dataset(PEOPLE, "", "counts")
        for cube in both_kinds(PEOPLE, table):
            # The later questions meet what was kept of the earlier ones.
            for by, where in asked:
                slow = count_people(cursor, dataset, by, where)
                found = histogram_of(cube, PEOPLE.score, by, where)
                assert found.groups == slow.groups
                assert found.people.dtype == slow.people.dtype == np.int64
                np.testing.assert_array_equal(found.people, slow.people)
                np.testing.assert_array_equal(found.scores, slow.scores)


@settings(max_examples=150, deadline=None)
@given(rows=stop_rows, asked=st.lists(questions, min_size=1, max_size=4))
def test_measures_are_added_up_as_duckdb_adds_them_up(rows: list[Any], asked: Any) -> None:
    ordered = [(f"patrol {number}", *place, *measures) for number, (place, *measures) in enumerate(rows)]
    table = table_of(STOPS, ordered)
    with closing(duckdb.connect(":memory:")) as cursor:
        cursor.from_arrow(table).create("counts")
        dataset = Dataset(STOPS, "", "counts")
        for cube in both_kinds(STOPS, table):
            for by, where in asked:
                same(tally_of(cube, STOPS, by, where), count_rows(cursor, dataset, by, where))


def same(found: Counted, slow: Counted) -> None:
    assert found.groups == slow.groups
    assert list(found.numbers) == list(slow.numbers)
    for name, numbers in slow.numbers.items():
        assert found.numbers[name].tolist() == numbers.tolist()
    assert set(found.basis) == set(slow.basis)
    for name, codes in slow.basis.items():
        mine = found.basis[name]
        assert np.minimum(mine, 0).tolist() == np.minimum(codes, 0).tolist()
        # The codes are other numbers, and equal where the others are.
        alike = codes[:, None] == codes[None, :]
        assert ((mine[:, None] == mine[None, :]) == alike).all()
    for names in (("stops", "searched"), ("searched", "found"), ("found",)):
        one, other = found.basis_of(names), slow.basis_of(names)
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert ((one[:, None] == one[None, :]) == (other[:, None] == other[None, :])).all()


def test_everyone_is_one_group_even_where_no_row_is_left() -> None:
    table = table_of(STOPS, [("p", "a", 2019, "small", 0, 5, None, 1)])
    for cube in both_kinds(STOPS, table):
        nobody = tally_of(cube, STOPS, (), (("team", "b"),))
        assert nobody.groups == ((),) and nobody.numbers["stops"].tolist() == [0]
        assert tally_of(cube, STOPS, ("team",), (("team", "b"),)).groups == ()
        assert tally_of(cube, STOPS, (), (("team", "no such team"),)).numbers["found"].tolist() == [0]


def test_an_audit_of_no_rows_has_everyone_and_no_group() -> None:
    cube = cube_of_rows(STOPS, table_of(STOPS, [("p", "a", 2019, "small", 0, 5, 3, 1)]))
    for by in ((), ("team",)):
        asked = Selection("made", by, None, (("team", "b"),), tuple((name, "a") for name in by))
        found = audit_of(cube, STOPS, "", asked)
        assert found.groups == () and found.overall.counts == {"stops": 0, "searched": 0, "found": 0}
        assert found.overall.metrics["hit_rate"].value is None and found.overall.metrics["hit_rate"].n == 0
        assert found.as_document()["groups"] == [] and len(found.as_rows()) == len(found.figures)


def test_everyone_stands_beside_the_groups_with_figures_of_their_own() -> None:
    rows = [("p", "a", 2019, "small", 0, 5, 3, 1), ("q", "b", 2020, "small", 0, 7, 2, 2)]
    cube = cube_of_rows(STOPS, table_of(STOPS, rows))
    found = audit_of(cube, STOPS, "", Selection("made", ("team",), None, (), (("team", "a"),)))
    alone = audit_of(cube, STOPS, "", Selection("made", (), None, (), ()))
    assert found.overall == alone.overall
    # The years were counted in two ways: each team has one of them, everyone has both.
    assert [one.metrics["search_rate"].reason for one in (*found.groups, found.overall)] == ["", "", "mixed"]
    assert [len(one) for one in found.disparity.values()] == [1] * len(found.figures)


def test_sums_are_exact_beyond_what_a_float_holds() -> None:
    large = 2**53 + 1
    rows = {
        (("a", 2019, "small", 0), 2, 0): large,
        (("a", 2020, "small", 0), 2, 0): 2**60,
        (("b", 2019, "small", 0), 2, 0): 1,
    }
    for cube in both_kinds(PEOPLE, scored_table(rows)):
        _, people = cube.added_up(("team",))
        assert people[:, 0, 0].tolist() == [large + 2**60, 1]
    rows[("b", 2020, "small", 0), 2, 0] = 2**63 - 1
    with pytest.raises(ValueError, match="64 bits"):
        cube_of_rows(PEOPLE, scored_table(rows))


def test_small_and_large_counts_are_kept_in_their_own_widths() -> None:
    rows = {(("a", 2019, "small", 0), 2, 0): 2**31 - 2, (("b", 2019, "small", 0), 2, 0): 1}
    for more in (0, 1):
        rows[("c", 2019, "small", 0), 2, 1] = more
        _, people = cube_of_rows(PEOPLE, scored_table(rows)).added_up(())
        assert people.dtype == np.int64 and people.sum() == 2**31 - 1 + more


def test_many_columns_of_many_values_are_grouped_without_overflow(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    names = [f"c{number}" for number in range(12)]
    values = {name: list(range(200)) for name in names}
    codes = {name: rng.integers(0, 200, 500) // 199 * rng.integers(1, 200, 500) for name in names}
    numbers = rng.integers(0, 3, 500)
    slow = Counter[tuple[int, ...]]()
    for row in range(500):
        slow[tuple(int(codes[name][row]) for name in names)] += int(numbers[row])
    expected = sorted((group, number) for group, number in slow.items() if number)
    for most in (cubes.MOST_CELLS, 300):
        monkeypatch.setattr(cubes, "MOST_CELLS", most)
        table = Table(codes, np.zeros(500, dtype=np.int64), 1, numbers[:, None])
        groups, sums = Cube(values, (1,), table).added_up(tuple(names))
        found = [tuple(value for _, value in group) for group in groups]
        assert list(zip(found, sums[:, 0].tolist(), strict=True)) == expected


def test_an_array_of_counts_answers_like_its_rows() -> None:
    rng = np.random.default_rng(9)
    # The axes in the order of the manifest's columns: team, points, size, late, year, held.
    counts = rng.integers(0, 4, (3, 4, 2, 2, 2, 2))
    rows = {}
    for place in product(*map(range, counts.shape)):
        team, points, size, late, year, held = place
        key = tuple(LISTS[name][1][at] for name, at in zip(LISTS, (team, year, size, held), strict=True))
        rows[key, points + 2, late] = int(counts[place])
    one, other = cube_of_counts(PEOPLE, counts), cube_of_rows(PEOPLE, scored_table(rows))
    for by, where in (((), ()), (("year", "team"), ()), (("team",), (("held", 1), ("size", "large")))):
        groups, people = one.added_up(by, where)
        assert groups == other.added_up(by, where)[0]
        np.testing.assert_array_equal(people, other.added_up(by, where)[1])
    assert one.added_up(())[1].sum() == counts.sum()


def test_what_is_kept_is_read_only_bounded_and_can_be_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cubes, "MOST_KEPT", 3 * 8 + 2 * 8)
    rows = {(("a", 2019, "small", 0), 2, 0): 3, (("b", 2020, "large", 1), 4, 1): 2}
    cube = cube_of_rows(PEOPLE, scored_table(rows))

    _, people = cube.added_up(("team",))
    with pytest.raises(ValueError, match="read-only"):
        people[0, 0, 0] = 1
    assert len(cube._kept) == 1
    cube.added_up(("year",))
    assert len(cube._kept) == 2
    # One more does not fit beside them, and one is larger than all that may be kept.
    cube.added_up(())
    assert list(cube._kept) == [frozenset()]
    groups, _ = cube.added_up(("team", "year"), (("held", 1),))
    assert list(cube._kept) == [frozenset()]
    assert groups == ((("team", "b"), ("year", 2020)),)
    cube.forget()
    assert cube._kept == {} and cube.added_up(())[1].sum() == 5


def test_after_loading_no_question_needs_the_database(broken: Path) -> None:
    catalogue = Catalogue(broken.parent)
    dataset = catalogue.dataset("compas-broward")
    catalogue.close()
    with pytest.raises(duckdb.ConnectionException), catalogue.cursor() as cursor:
        count_people(cursor, dataset)
    found = audit(catalogue, parse_selection(dataset, [("by", "race"), ("where", "sex:Female")]))
    assert found.overall.counts["n"] == 1395


def test_the_published_datasets_are_counted_alike(catalogue: Catalogue) -> None:
    assert catalogue.ids()
    for name in catalogue.ids():
        dataset = catalogue.dataset(name)
        manifest = dataset.manifest
        names = [column.name for column in manifest.comparable]
        wheres = [
            (),
            *(((one.name, value.value),) for one in manifest.selectable for value in one.values[:2]),
        ]
        for by in ((), *((one,) for one in names), tuple(names[:2])):
            for where in wheres:
                with catalogue.cursor() as cursor:
                    if manifest.scored:
                        slow, found = (
                            count_people(cursor, dataset, by, where),
                            histogram(catalogue, dataset, by, where),
                        )
                        assert found.groups == slow.groups
                        np.testing.assert_array_equal(found.people, slow.people)
                    else:
                        same(tally(catalogue, dataset, by, where), count_rows(cursor, dataset, by, where))


def test_many_threads_get_what_one_gets() -> None:
    rng = np.random.default_rng(3)
    counts = rng.integers(0, 9, (3, 4, 2, 2, 2, 2))
    cube = cube_of_counts(PEOPLE, counts)
    asked = [
        (by, where)
        for by in ((), ("team",), ("year",), ("team", "year"), ("year", "team"))
        for where in ((), (("held", 1),), (("size", "small"), ("held", 0)))
    ]
    alone = [cube.added_up(*one)[1].tolist() for one in asked]

    def work(start: int) -> bool:
        right = True
        for turn in range(300):
            at = (start * 7 + turn) % len(asked)
            if turn % 11 == 0:
                cube.forget()
            right &= cube.added_up(*asked[at])[1].tolist() == alone[at]
        return right

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(8)))
