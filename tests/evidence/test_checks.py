"""Broken datasets: every fault is named, in one run, and nothing in a file raises."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearing_app.evidence.checks import check_dataset, check_datasets, read_dataset


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))


def lines_of(folder: Path) -> list[str]:
    return (folder / "counts.csv").read_text().splitlines()


def write_lines(folder: Path, lines: list[str]) -> None:
    (folder / "counts.csv").write_text("\n".join(lines) + "\n")


def test_the_published_dataset_has_no_fault(broken: Path) -> None:
    assert check_dataset(broken) == []
    reading = read_dataset(broken)
    assert reading.cells is not None
    assert {len(column) for column in reading.cells.values()} == {854}


FIRST = "African-American,Female,25 - 45,1,0,0,0,3"
BROKEN_LINES: dict[str, tuple[str, str, str]] = {
    "undeclared value": (
        FIRST.replace("Female", "female"),
        "sex",
        "'female' is not a declared value",
    ),
    "space at an end": (
        FIRST.replace("Female", "Female "),
        "sex",
        "'Female ' is not a declared value",
    ),
    "negative count": (FIRST[:-1] + "-3", "n", "-3 is out of range: line 2"),
    "part of a person": (FIRST[:-1] + "3.0", "n", "'3.0' is not a whole number: line 2"),
    "no count": (FIRST[:-1], "n", "'' is not a whole number: line 2"),
    "leading zero": (FIRST[:-1] + "03", "n", "'03' is not a whole number: line 2"),
    "other digits": (FIRST[:-1] + "٣", "n", "'٣' is not a whole number: line 2"),
    "score too high": (FIRST.replace(",1,0,", ",11,0,", 1), "decile_score", "11 is out of range: line 2"),
    "outcome": (FIRST.replace(",1,0,", ",1,2,", 1), "two_year_recid", "2 is out of range: line 2"),
    "filter": (
        FIRST.replace(",0,0,3", ",7,0,3"),
        "in_propublica_6172",
        "'7' is not a declared value",
    ),
    "too short": ("African-American,Female", "", "too few or too many values: line 2"),
    "too long a value": (FIRST.replace("Female", "x" * 2000), "sex", "far too long: line 2"),
}


@pytest.mark.parametrize("case", BROKEN_LINES)
def test_a_broken_line_is_named_with_its_column_and_repair(broken: Path, case: str) -> None:
    line, field, problem = BROKEN_LINES[case]
    lines = lines_of(broken)
    assert lines[1] == FIRST
    write_lines(broken, [lines[0], line, *lines[2:]])
    found = [fault for fault in check_dataset(broken) if fault.field == field and problem in fault.problem]
    assert len(found) == 1
    assert found[0].file == "counts.csv"
    assert found[0].repair


def test_all_faults_come_in_one_run(broken: Path) -> None:
    lines = lines_of(broken)
    lines[1] = FIRST.replace("Female", "Unknown")
    lines[2] = lines[2].rsplit(",", 1)[0] + ",-1"
    lines[3] = lines[4]
    lines.append("Martian,Male,25 - 45,12,3,0,0,5")
    lines = [line for line in lines if not line.startswith("Native American")]
    write_lines(broken, lines)
    change(broken, "dataset.yaml", "id: compas-broward", "id: other-name")
    faults = {(fault.file, fault.field) for fault in check_dataset(broken)}
    assert faults >= {
        ("dataset.yaml", "id"),
        ("counts.csv", "sex"),
        ("counts.csv", "n"),
        ("counts.csv", ""),
        ("counts.csv", "race"),
        ("counts.csv", "decile_score"),
        ("counts.csv", "two_year_recid"),
    }
    problems = " ".join(fault.problem for fault in check_dataset(broken))
    assert "'Native American' never occurs" in problems
    assert "same combination as on line 4" in problems


def test_a_wrong_sum_shows_beside_other_faults(broken: Path) -> None:
    change(broken, "counts.csv", FIRST, FIRST.replace("Female", "female")[:-1] + "4")
    problems = [fault.problem for fault in check_dataset(broken)]
    assert "The counts add up to 7215, and the manifest says 7214." in problems
    assert any("'female'" in problem for problem in problems)


def test_a_count_that_cannot_be_read_is_not_also_a_wrong_sum(broken: Path) -> None:
    change(broken, "counts.csv", FIRST, FIRST[:-1] + "three")
    assert [fault.field for fault in check_dataset(broken)] == ["n"]


def test_a_flood_of_faults_is_shortened(broken: Path) -> None:
    lines = lines_of(broken)
    lines[1:] = [line.replace(",Female,", f",{number},") for number, line in enumerate(lines[1:])]
    write_lines(broken, lines)
    faults = [fault for fault in check_dataset(broken) if fault.field == "sex"]
    assert len(faults) == 20 + 1 + 1  # twenty in full, the number of the others, and "Female" never occurs
    assert "more problems of this kind" in faults[20].problem


def test_many_lines_with_the_same_fault_are_one_fault(broken: Path) -> None:
    lines = [line.replace(",Male,", ",M,") for line in lines_of(broken)]
    write_lines(broken, lines)
    faults = [fault for fault in check_dataset(broken) if "'M' is not" in fault.problem]
    assert len(faults) == 1
    assert re.search(r"lines \d+, \d+, \d+, \d+, \d+ and \d+ more\.$", faults[0].problem)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("race,sex,age_cat,decile_score,two_year_recid,in_propublica_6172,n", {"screened_after_2014_04_01"}),
        (
            "race,sex,age_cat,decile_score,two_year_recid,in_propublica_6172,screened_after_2014_04_01,n,name",
            {"name"},
        ),
        (
            "race,race,age_cat,decile_score,two_year_recid,in_propublica_6172,screened_after_2014_04_01,n",
            {"race", "sex"},
        ),
        ("", {"race", "sex", "age_cat", "decile_score", "two_year_recid", "n"}),
    ],
)
def test_columns_must_be_those_of_the_manifest(broken: Path, header: str, expected: set[str]) -> None:
    write_lines(broken, [header, *lines_of(broken)[1:]])
    assert {fault.field for fault in check_dataset(broken)} >= expected


def test_the_order_of_columns_and_rows_does_not_matter(broken: Path) -> None:
    lines = [",".join(reversed(line.split(","))) for line in lines_of(broken)]
    write_lines(broken, [lines[0], *reversed(lines[1:])])
    assert check_dataset(broken) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00", "zero byte"),
        (b"race\xe9\n", "Line 1 is not UTF-8"),
        (b'race,"sex\n', "not CSV"),
        (b"\0", "zero byte"),
    ],
)
def test_garbage_counts_are_faults(broken: Path, content: bytes, problem: str) -> None:
    (broken / "counts.csv").write_bytes(content)
    assert problem in " ".join(fault.problem for fault in check_dataset(broken))


def test_a_byte_order_mark_and_carriage_returns_are_faults(broken: Path) -> None:
    text = (broken / "counts.csv").read_bytes()
    (broken / "counts.csv").write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    problems = [fault.problem for fault in check_dataset(broken)]
    assert problems == [
        "The file begins with a byte order mark.",
        "The lines end with a carriage return.",
    ]


MANIFESTS: dict[str, tuple[str, str, str, str]] = {
    "unknown field": ("total: 7214\n\n", "total: 7214\ncolour: red\n\n", "colour", "no such field"),
    "missing field": ("family: risk_score\n", "", "family", "missing"),
    "unknown family": ("family: risk_score", "family: horoscope", "family", "no family horoscope"),
    "total as text": ("total: 7214\n\n", "total: '7214'\n\n", "total", "whole number"),
    "wrong total": ("total: 7214\n\n", "total: 7213\n\n", "n", "add up to 7214"),
    "unknown role": ("role: count", "role: mass", "columns.7", ""),
    "unknown reference": ("reference: Caucasian", "reference: White", "columns.0.reference", "not a value"),
    "value twice": ("value: Hispanic,", "value: Caucasian,", "columns.0.values", "stands there twice"),
    "type": ("{value: Female,", "{value: 1,", "columns.1.values.0.value", "not of type text"),
    "threshold": ("    threshold: 5\n", "    threshold: 11\n", "columns.3.threshold", "not a possible score"),
    "scores": ("maximum: 10", "maximum: 0", "columns.3.maximum", "run from 1 to 0"),
    "population": ("total: 6172", "total: 6173", "populations.1.total", "give 6172 people"),
    "population's column": (
        "{in_propublica_6172: 1}",
        "{race: Other}",
        "populations.1.where.race",
        "no such filter",
    ),
    "population's value": (
        "{in_propublica_6172: 1}",
        "{in_propublica_6172: 3}",
        "populations.1.where.in_propublica_6172",
        "not a value",
    ),
    "reserved name": ("name: sex", "name: metric", "columns.1.name", "already has a column"),
    "braces": ("were scored {level}", "were scored {x}", "decision.positive", "brace"),
    "tag": ("total: 7214\n\n", "total: !!python/object:os.system 7214\n\n", "", "tag"),
    "alias": ("place: Broward", "place: &a Broward", "", "anchor"),
    "key twice": ("place: Broward", "place: There\nplace: Broward", "", "twice"),
    "period": ("first: 2013", "first: 2023", "period", "ends before"),
    "never occurs": (
        "- {value: Asian, label: Asian}",
        "- {value: Asian, label: Asian}\n      - {value: Martian, label: Martian}",
        "race",
        "'Martian' never occurs",
    ),
    "two scores": (
        "role: filter\n    type: integer\n",
        "role: score\n    type: integer\n",
        "columns.5.score.type",
        "",
    ),
}


@pytest.mark.parametrize("case", MANIFESTS)
def test_a_broken_manifest_is_named_with_its_field_and_repair(broken: Path, case: str) -> None:
    old, new, field, problem = MANIFESTS[case]
    change(broken, "dataset.yaml", old, new)
    found = [fault for fault in check_dataset(broken) if fault.field == field and problem in fault.problem]
    assert len(found) == 1, check_dataset(broken)
    assert found[0].repair
    assert "registry/schema" not in found[0].repair


def test_missing_files_and_links_are_faults(broken: Path, tmp_path: Path) -> None:
    (broken / "counts.csv").unlink()
    (broken / "dataset.yaml").rename(tmp_path / "elsewhere.yaml")
    (broken / "dataset.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    found = {fault.file: fault.problem for fault in check_dataset(broken)}
    assert found == {
        "counts.csv": "The file cannot be read (No such file or directory).",
        "dataset.yaml": "This is not an ordinary file.",
    }
    assert len(check_dataset(tmp_path / "nowhere")) == 2


def test_a_pipe_does_not_block(broken: Path) -> None:
    (broken / "counts.csv").unlink()
    os.mkfifo(broken / "counts.csv")
    assert [fault.problem for fault in check_dataset(broken)] == ["This is not an ordinary file."]


def test_a_folder_of_datasets_names_each(broken: Path) -> None:
    change(broken, "counts.csv", FIRST, FIRST[:-1] + "4")
    assert [fault.file for fault in check_datasets(broken.parent)] == ["compas-broward/counts.csv"]
    assert [fault.problem for fault in check_datasets(broken / "none")] == ["There is no such folder."]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from(["dataset.yaml", "counts.csv"]),
    place=st.floats(0, 1),
    piece=st.binary(min_size=1, max_size=6) | st.sampled_from([b"\n", b",", b'"', b": ", b"- ", b"{", b"\t"]),
)
def test_nothing_in_a_file_raises(broken: Path, file: str, place: float, piece: bytes) -> None:
    whole = (broken / file).read_bytes()
    at = int(place * len(whole))
    try:
        (broken / file).write_bytes(whole[:at] + piece + whole[at:])
        for fault in check_dataset(broken):
            assert fault.file in {"dataset.yaml", "counts.csv"}
            assert fault.problem and fault.repair
    finally:
        (broken / file).write_bytes(whole)


def test_a_made_dataset_is_sound(make_dataset: Callable[..., Path]) -> None:
    assert check_datasets(make_dataset([("a", 0, 3, 1, 4), ("b", 0, 10, 0, 0), ("b", 0, 1, 0, 2)])) == []
