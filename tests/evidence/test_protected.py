"""Protected counts in the explorer: its figures are those of the published tables, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from math import prod
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hearing_app.documents.audit_files import audit_text
from hearing_app.documents.evidence import figures_html, finding_html, limits_html
from hearing_app.errors import Invalid
from hearing_app.evidence.audit import Audit, GroupResult, audit
from hearing_app.evidence.checks import check_dataset, read_dataset
from hearing_app.evidence.counts import confusion, histogram
from hearing_app.evidence.cuts import opening_cut, read_cuts
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.families import metrics_of
from hearing_app.evidence.families.risk_score import METRICS
from hearing_app.evidence.family import Kind
from hearing_app.evidence.protected import noise_of
from hearing_app.evidence.query import query_of
from hearing_app.evidence.rates import RATES
from hearing_app.evidence.second_opinion import second_opinion
from hearing_app.evidence.selection import (
    Selection,
    opening_selection,
    parse_selection,
    read_selection,
    selection_params,
)
from tests.evidence.protected_made import PLANS, PROTECTED, cells, rows_of, write

COLUMNS = ("team", "area", "month")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Catalogue]]:
    found = {name: Catalogue(write(tmp_path_factory.mktemp("datasets"), name)) for name in PLANS}
    assert all(one.faults == {} for one in found.values())
    yield found
    for one in found.values():
        one.close()


def selections(dataset: Dataset) -> Iterator[Selection]:
    """Every selection that the tables answer: columns, values, thresholds."""
    manifest = dataset.manifest
    assert manifest.lattice is not None
    comparable = [column.name for column in manifest.comparable]
    values = {column.name: [one.value for one in column.values] for column in manifest.selectable}
    for number in range(3):
        for by in combinations(comparable, number):
            for chosen in (one for size in range(3) for one in combinations(values, size)):
                if not any({*by, *chosen} <= set(table.columns) for table in manifest.lattice.tables):
                    continue
                for pairs, threshold in product(product(*(values[n] for n in chosen)), manifest.thresholds):
                    params = [("by", ",".join(by)), ("threshold", str(threshold))]
                    params += [("where", f"{n}:{v}") for n, v in zip(chosen, pairs, strict=True)]
                    yield parse_selection(dataset, params)


def by_hand(rows: list[dict[str, str]], threshold: int) -> dict[str, int | None]:
    """tp, fp, tn, fn and n from the published rows; None where a row of them is empty."""
    found: dict[str, int | None] = {}
    high = [row for row in rows if int(row["points"]) >= threshold]
    low = [row for row in rows if int(row["points"]) < threshold]
    parts = {"n": rows}
    for name, part, late in (("tp", high, "1"), ("fp", high, "0"), ("tn", low, "0"), ("fn", low, "1")):
        parts[name] = [row for row in part if row["late"] == late]
    for name, part in parts.items():
        hidden = any(row["people"] == "" for row in part)
        found[name] = None if hidden else sum(int(row["people"]) for row in part)
    return found


def check_group(one: GroupResult, rows: list[dict[str, str]], threshold: int) -> int:
    """Compare one group with the rows; the number of figures that are withheld."""
    expected = by_hand(rows, threshold)
    assert dict(one.counts) == expected
    assert one.size == expected["n"]
    withheld = 0
    for name, (above, below) in RATES.items():
        estimate = one.metrics[name]
        needed = [expected[cell] for cell in (*above, *below)]
        if None in needed:
            withheld += 1
            shown = (estimate.value, estimate.low, estimate.high, estimate.shown_n, estimate.reason)
            assert shown == (None, None, None, None, "withheld")
            continue
        k, n = (sum(expected[cell] or 0 for cell in part) for part in (above, below))
        assert estimate.reason == ""
        assert (estimate.count, estimate.n) == (k, n)
        assert estimate.value == (None if n == 0 else pytest.approx(k / n))
    for metric in METRICS:
        if metric.kind is Kind.FIGURE and None in expected.values():
            assert one.metrics[metric.name].value is None
            assert one.metrics[metric.name].reason == "withheld"
    return withheld


@pytest.mark.parametrize("method", PROTECTED)
def test_every_selection_is_that_of_the_published_tables(opened: dict[str, Catalogue], method: str) -> None:
    """Every possible question, computed again from the files; everyone together from their own table."""
    dataset, seen, withheld = opened[method].dataset("made"), 0, 0
    for selection in selections(dataset):
        found, where = audit(opened[method], selection), dict(selection.where)
        whole = cells(rows_of(dataset, (), tuple(where)), where)
        withheld += check_group(found.overall, whole, selection.threshold or 0)
        rows = cells(rows_of(dataset, selection.by, tuple(where)), where)
        for one in found.groups:
            withheld += check_group(one, cells(rows, dict(one.group)), selection.threshold or 0)
            assert cells(rows, dict(one.group))
        seen += 1
    assert seen >= 40
    assert bool(withheld) == (method == "minimum cell")


def tables(found: Audit) -> list[dict[str, Any]]:
    document = found.as_document()
    return [document["overall"], *document["groups"]]


def one_withheld(opened: dict[str, Catalogue]) -> Audit:
    found = audit(
        opened["minimum cell"], parse_selection(opened["minimum cell"].dataset("made"), [("by", "team")])
    )
    assert any(None in one.counts.values() for one in found.groups)
    return found


def test_withheld_is_null_and_has_its_reason_everywhere(opened: dict[str, Catalogue]) -> None:
    """JSON has null and "withheld", CSV an empty cell, the page and the terminal words: no number at all."""
    found = one_withheld(opened)
    hidden = [
        (part, name)
        for part in tables(found)
        for name, one in part["metrics"].items()
        if one.get("reason") == "withheld"
    ]
    assert hidden
    for part, name in hidden:
        one = part["metrics"][name]
        assert (one["value"], one["low"], one["high"], one["n"]) == (None, None, None, None)
        assert None in part["counts"].values()
    empty = [row for row in found.as_rows() if row["value"] is None and row["part"] == "group"]
    assert empty
    assert all(row["n"] is None and row["count"] is None and row["difference"] is None for row in empty)
    assert "not shown  n = not shown" in audit_text(found)
    for metric in metrics_of(found.manifest):
        if any(one.metrics[metric].reason for one in found.groups):
            page = finding_html(found, metric) + figures_html(found, metric, "")
            assert "are not shown, to protect people" in page
            assert "not shown" in page
            assert "nan" not in page


def test_no_group_is_compared_with_one_that_is_withheld(opened: dict[str, Catalogue]) -> None:
    found = one_withheld(opened)
    assert found.reference is not None
    for metric in RATES:
        for one in found.groups:
            gap = found.comparison(metric, one.group)
            known = (
                one.metrics[metric].value is not None and found.reference.metrics[metric].value is not None
            )
            assert gap is None or (gap.difference.value is not None) == known
            assert gap is None or known or not gap.small


@pytest.mark.parametrize("method", PROTECTED)
def test_what_the_tables_do_not_combine_is_refused_with_what_is_possible(
    opened: dict[str, Catalogue], method: str
) -> None:
    """Refused where it was asked for in full, left out with a sentence where a page was opened."""
    dataset = opened[method].dataset("made")
    listed = {column.name: column for column in dataset.manifest.selectable}
    lattice = dataset.manifest.lattice
    assert lattice is not None
    refused = 0
    for chosen in (one for size in (2, 3) for one in combinations(listed, size)):
        if any(set(chosen) <= set(table.columns) for table in lattice.tables):
            continue
        params = [("where", f"{name}:{listed[name].values[0].value}") for name in chosen] + [("by", "")]
        with pytest.raises(Invalid) as error:
            parse_selection(dataset, params)
        possible = "; ".join(" + ".join(table.columns) for table in lattice.tables if table.columns)
        assert {fault.repair for fault in error.value.faults} == {f"Possible are: {possible}."}
        selection, notes = read_selection(dataset, params)
        assert notes
        assert all("It was left out." in note for note in notes)
        assert audit(opened[method], selection).overall.counts["n"]
        refused += 1
    assert refused or len(listed) < 3


def test_a_score_that_was_merged_is_no_threshold(opened: dict[str, Catalogue]) -> None:
    dataset = opened["merged scores"].dataset("made")
    assert dataset.manifest.thresholds == (1, 2, 3)
    with pytest.raises(Invalid) as error:
        parse_selection(dataset, [("threshold", "4")])
    assert "Possible are: 1, 2, 3." in error.value.faults[0].repair
    selection, notes = read_selection(dataset, [("threshold", "4")])
    assert selection.threshold == 2
    assert len(notes) == 1
    with pytest.raises(Invalid) as error:
        read_cuts(dataset.manifest, opening_selection(dataset), [], ["4"])
    assert "Possible are: 1, 2, 3, 5." in error.value.faults[0].repair
    assert opening_cut(dataset.manifest, opening_selection(dataset)) == 3
    assert read_cuts(dataset.manifest, opening_selection(dataset), [()], ["5"]) == (5,)


@pytest.mark.parametrize("method", PROTECTED)
def test_the_opening_is_possible_and_its_address_is_itself(opened: dict[str, Catalogue], method: str) -> None:
    dataset = opened[method].dataset("made")
    opening = opening_selection(dataset)
    assert parse_selection(dataset, selection_params(opening)) == opening
    assert read_selection(dataset, []) == (opening, [])
    only = [("where", "area:North")] if dataset.manifest.column("area") else []
    assert read_selection(dataset, only)[1] == []


@pytest.mark.parametrize("method", PROTECTED)
def test_the_query_that_is_shown_gives_the_counts(
    opened: dict[str, Catalogue], method: str, tmp_path: Path
) -> None:
    """Run by DuckDB on the published files; a sum with a withheld count is NULL."""
    dataset = opened[method].dataset("made")
    for name, content in dataset.files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    with duckdb.connect(":memory:") as connection:
        for number, selection in enumerate(selections(dataset)):
            if number % 5:
                continue
            query = query_of(dataset.manifest, selection).replace("read_csv('", f"read_csv('{tmp_path}/")
            cursor = connection.execute(query)
            names = [part[0] for part in cursor.description or ()]
            keys = len(selection.by)
            lines = {
                row[:keys]: dict(zip(names[keys:], row[keys:], strict=True)) for row in cursor.fetchall()
            }
            found = audit(opened[method], selection)
            groups = found.groups if selection.by else (found.overall,)
            ours = {tuple(value for _, value in one.group): dict(one.counts) for one in groups}
            assert lines == ours


@pytest.mark.parametrize("method", PROTECTED)
def test_other_programs_find_the_same_in_the_same_file(opened: dict[str, Catalogue], method: str) -> None:
    found = audit(opened[method], opening_selection(opened[method].dataset("made")))
    opinion = second_opinion(opened[method], found)
    assert opinion.agree
    withheld = sum(
        one.metrics[name].reason != "" for one in (found.overall, *found.groups) for name in one.metrics
    )
    assert len(opinion.figures) + withheld == (1 + len(found.groups)) * len(METRICS)


@pytest.mark.parametrize("method", PLANS)
def test_the_page_says_how_people_are_protected(opened: dict[str, Catalogue], method: str) -> None:
    dataset = opened[method].dataset("made")
    found = audit(opened[method], opening_selection(dataset))
    page, disclosure = limits_html(found), dataset.manifest.disclosure
    assert disclosure is not None
    # Quotation marks and the like stand there as HTML has them.
    assert disclosure.protection.split(".")[0][:30] in page
    for sentence in disclosure.coarsened:
        assert sentence[:30] in page
    assert ("The intervals of shares include that" in page) == (noise_of(disclosure) > 0)
    assert ("Counts that are not shown" in page) == (disclosure.largest_share_withheld > 0)


def test_the_version_is_of_all_files_in_order(tmp_path: Path) -> None:
    """One changed sign in any file is another release, or a fault."""
    folder = write(tmp_path, "random rounding") / "made"
    before = read_dataset(folder)
    assert before.manifest is not None and before.manifest.lattice is not None
    assert tuple(before.files) == ("dataset.yaml", *before.manifest.lattice.files)
    text = (folder / "dataset.yaml").read_text()
    (folder / "dataset.yaml").write_text(text.replace("People of no place.", "People of some place."))
    assert read_dataset(folder).version != before.version
    assert check_dataset(folder) == []


@pytest.mark.parametrize("damage", ["extra", "missing", "link", "folder", "number", "large"])
def test_a_folder_of_tables_that_was_changed_is_not_served(tmp_path: Path, damage: str) -> None:
    folder = write(tmp_path, "minimum cell") / "made"
    table = folder / "tables/team.csv"
    if damage == "extra":
        (folder / "tables/more.csv").write_text("team,people\n")
    elif damage == "missing":
        table.unlink()
    elif damage == "link":
        table.rename(tmp_path / "elsewhere.csv")
        table.symlink_to(tmp_path / "elsewhere.csv")
    elif damage == "folder":
        (folder / "tables").rename(tmp_path / "elsewhere")
        (folder / "tables").symlink_to(tmp_path / "elsewhere")
    elif damage == "large":
        table.write_bytes(b"0" * 10_000_001)
    else:
        table.write_text(table.read_text().replace(",1,", ",1,0", 1))
    faults = check_dataset(folder)
    assert faults
    assert all(fault.file.startswith("tables") for fault in faults)
    catalogue = Catalogue(tmp_path)
    assert catalogue.ids() == ()
    catalogue.close()


def test_tables_are_of_people_by_score(tmp_path: Path, opened: dict[str, Catalogue]) -> None:
    """The cube of a table has the layers that it says, and adds up to the shown counts."""
    dataset = opened["minimum cell"].dataset("made")
    counted = histogram(opened["minimum cell"], dataset, ("team",))
    rows = rows_of(dataset, ("team",), ())
    assert counted.people.sum() == sum(int(row["people"] or 0) for row in rows)
    assert counted.withheld is not None
    assert counted.withheld.sum() == sum(row["people"] == "" for row in rows)
    assert prod(counted.people.shape) == len(rows)
    assert set(confusion(counted, 2)) == {"n", "tp", "fp", "tn", "fn"}
