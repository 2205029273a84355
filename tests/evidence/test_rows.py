"""Rows one by one are those of the file."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.rows import rows_of

FOLDER = Path(__file__).parents[2] / "datasets"


@pytest.mark.parametrize("where", [(), (("year", 2024),), (("year", 2024), ("match_threshold", "0.62"))])
def test_rows_are_those_of_the_file(catalogue: Catalogue, where: tuple[tuple[str, str | int], ...]) -> None:
    with (FOLDER / "met-lfr/counts.csv").open(newline="") as file:
        lines = [line for line in csv.DictReader(file) if all(line[k] == str(v) for k, v in where)]
    lines.sort(key=lambda line: line["deployment"])
    found = rows_of(catalogue, catalogue.dataset("met-lfr"), where)
    assert found.names == tuple(line["deployment"] for line in lines)
    for name, numbers in found.numbers.items():
        expected = [float(line[name]) if line[name] else np.nan for line in lines]
        assert np.array_equal(numbers, expected, equal_nan=True)


def test_an_empty_cell_is_not_zero(catalogue: Catalogue) -> None:
    found = rows_of(catalogue, catalogue.dataset("met-lfr"), (("year", 2025),))
    assert np.isnan(found.numbers["engagements"]).all() and len(found.names) == 112


def test_a_selection_of_nothing_has_no_rows(catalogue: Catalogue) -> None:
    where = (("year", 2020), ("match_threshold", "0.64"))
    found = rows_of(catalogue, catalogue.dataset("met-lfr"), where)
    assert found.names == () and found.numbers["alerts"].shape == (0,)


def test_rows_without_names_are_refused(catalogue: Catalogue, compas: Dataset) -> None:
    with pytest.raises(LookupError):
        rows_of(catalogue, compas)
