"""Whatever an address asks of a dataset is a selection, or is refused with what is possible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.errors import HearingError, Invalid, NotFound
from hearing_app.evidence.audit import audit
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.pin import pin_of_query
from hearing_app.evidence.selection import parse_selection, read_selection, selection_params
from tests.anything import ANY, TEXT, UNITS, is_linear

NAMES = st.sampled_from(["by", "threshold", "where", "reference", "format", "metric", "dataset"]) | TEXT
VALUES = TEXT | st.sampled_from(
    [
        *("race", "race,sex", "sex:Female", "race:Hispanic", "in_propublica_6172:1", "in_propublica_6172:01"),
        *("5", "05", "٥", "-1", "1e1", "9" * 400, "compas-broward", "false_positive_rate", "race:", ":", ","),
    ]
)
PARAMETERS = st.lists(st.tuples(NAMES, VALUES), max_size=8)


@pytest.mark.promise("H2")
@ANY
@given(PARAMETERS)
def test_anything_is_a_selection_or_refused(
    catalogue: Catalogue, compas: Dataset, params: list[tuple[str, str]]
) -> None:
    try:
        found = parse_selection(compas, params)
    except Invalid as refused:
        assert refused.faults
        assert all(len(str(fault)) < 1_000 for fault in refused.faults)
    else:
        assert parse_selection(compas, selection_params(found)) == found
        assert audit(catalogue, found).as_document()["by"] == list(found.by)


@pytest.mark.promise("H2")
@ANY
@given(PARAMETERS)
def test_a_page_makes_a_selection_of_anything(compas: Dataset, params: list[tuple[str, str]]) -> None:
    found, left_out = read_selection(compas, params)
    assert read_selection(compas, selection_params(found)) == (found, [])
    assert all(left_out)


@pytest.mark.promise("H2")
@ANY
@given(PARAMETERS)
def test_anything_is_pinned_or_refused(catalogue: Catalogue, params: list[tuple[str, str]]) -> None:
    try:
        pinned = pin_of_query(catalogue, params)
    except (Invalid, NotFound) as refused:
        assert isinstance(refused, HearingError)
    else:
        assert pinned["figures"]


@pytest.mark.promise("H2")
@pytest.mark.parametrize("unit", [*UNITS, "race,", "sex:Female,"])
@pytest.mark.parametrize("name", ["by", "threshold", "where", "reference", "other"])
def test_reading_takes_time_in_proportion(compas: Dataset, name: str, unit: str) -> None:
    assert is_linear(lambda text: read_selection(compas, [(name, text)]), unit, 10_000)
