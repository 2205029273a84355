"""An audit as a file and as text: every figure, unrounded in the file, readable in a terminal."""

from __future__ import annotations

import csv
import io

import pytest

from hearing_app.documents.audit_files import audit_csv, audit_text, estimate_words
from hearing_app.evidence.audit import Audit, Estimate, audit
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.families.risk_score import METRICS
from hearing_app.evidence.selection import opening_selection, parse_selection


@pytest.fixture(scope="module")
def found(catalogue: Catalogue) -> Audit:
    return audit(catalogue, opening_selection(catalogue.dataset("compas-broward")))


def rows_of(found: Audit) -> list[dict[str, str]]:
    text = audit_csv(found).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_the_file_has_a_row_for_each_metric_of_everyone_and_of_each_group(found: Audit) -> None:
    rows = rows_of(found)
    assert len(rows) == len(METRICS) * (1 + len(found.groups))
    assert {row["version"] for row in rows} == {found.version}
    assert [row["part"] for row in rows].count("overall") == len(METRICS)


def test_the_file_holds_the_figures_unrounded(found: Audit) -> None:
    rows = rows_of(found)
    one = next(
        row for row in rows if (row["race"], row["metric"]) == ("African-American", "false_positive_rate")
    )
    assert float(one["value"]) == 805 / 1795
    assert (one["count"], one["n"], one["small"], one["reference"]) == ("805", "1795", "0", "0")
    compared = found.comparison("false_positive_rate", (("race", "African-American"),))
    assert compared is not None
    assert float(one["difference"]) == compared.difference.value
    assert float(one["ratio_high"]) == compared.ratio.high


def test_what_is_undefined_is_an_empty_cell(catalogue: Catalogue) -> None:
    dataset = catalogue.dataset("compas-broward")
    found = audit(catalogue, parse_selection(dataset, [("by", "race"), ("threshold", "1")]))
    row = next(
        row
        for row in rows_of(found)
        if (row["race"], row["metric"]) == ("Asian", "negative_predictive_value")
    )
    assert (row["value"], row["low"], row["high"], row["n"]) == ("", "", "", "0")
    assert "None" not in row.values()


def test_negative_numbers_stay_numbers(found: Audit) -> None:
    differences = [row["difference"] for row in rows_of(found) if row["difference"]]
    assert any(float(text) < 0 for text in differences)
    assert not [text for text in differences if text.startswith("'")]


def test_the_terminal_shows_every_metric_with_intervals_and_the_limits(found: Audit) -> None:
    text = audit_text(found)
    lines = text.splitlines()
    for metric in METRICS:
        assert metric.label in lines
    start = lines.index("False positive rate")
    block = lines[start + 1 : start + 2 + len(found.groups)]
    black = next(line for line in block if "Black" in line)
    assert "44.8\u00a0% (42.6 to 47.2)" in black
    assert black.endswith("n = 1795")
    white = next(line for line in block if "White" in line)
    assert "23.5\u00a0%" in white
    assert any("(too few to compare)" in line for line in block)
    for limit in found.manifest.limits:
        assert f"Note: {limit}" in text
    assert f"threshold {found.selection.threshold}" in lines[0]
    assert found.version in lines[0]


def test_an_estimate_is_worded_as_a_rate_or_as_an_area() -> None:
    rate, area = (next(one for one in METRICS if one.name == name) for name in ("accuracy", "roc_auc"))
    assert estimate_words(rate, Estimate(0.5, 0.4, 0.6, 5, 10)) == "50\u00a0% (40 to 60)"
    assert estimate_words(area, Estimate(0.7, 0.68, 0.72, None, 10)) == "0.70 (0.68 to 0.72)"
    assert estimate_words(rate, Estimate(None, None, None, 0, 0)) == "not defined"
