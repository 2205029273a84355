"""The evidence page where a figure is not defined, and where an address asks for a picture by either name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.reader import Reader, Visit

FACES = {"dataset": "met-lfr", "by": "match_threshold", "metric": "false_positive_identification_rate"}
PATROLS = {"dataset": "predpol-plainfield", "by": "crime_type", "metric": "hit_rate"}


def chart_of(page: Reader) -> str:
    [chart] = [one for one in page.at if getattr(one, "type", "") == "plotly_chart"]
    said: str = chart.proto.alt
    return said


@pytest.mark.parametrize(
    ("query", "why", "cell", "undefined"),
    [
        (FACES, "Faces from before and after are not added up.", "counted in different ways", 3),
        (PATROLS, "not all of the records state what it needs.", "not stated", 4),
    ],
)
def test_what_was_counted_in_two_ways_or_not_stated_is_never_a_number(
    visit: Visit, query: dict[str, Any], why: str, cell: str, undefined: int
) -> None:
    """The finding says why, the row says it in place of the numbers, the chart draws and says no figure."""
    page = visit("evidence", **query)
    if query["dataset"] == PATROLS["dataset"]:
        page.choose("evidence_population", "all")
    assert why in page.text
    assert page.text.count(cell) == undefined
    assert "0 of 0" not in page.text and "not shown" not in page.text
    # As many rows say that they have no figure, all but everyone together in the chart.
    assert chart_of(page).count("not defined") == undefined - 1


@pytest.mark.parametrize(
    ("query", "shown", "said"),
    [
        ({"exhibit": "what-if", "cut": "8"}, "what-if", ""),
        (
            {"exhibit": "no-such"},
            None,
            "There is no picture “no-such” of this dataset, so none is shown. It offers: ",
        ),
        (
            {"exhibit": "roc", "picture": "what-if"},
            "roc",
            "The address names 2 pictures, and “ROC curves” is shown.",
        ),
    ],
)
def test_an_address_may_ask_for_a_picture_as_the_api_does(
    visit: Visit, query: dict[str, str], shown: str | None, said: str
) -> None:
    """``exhibit=`` opens the picture, its thresholds included; what does not fit is said, with what would."""
    page = visit("evidence", dataset="compas-broward", **query)
    assert page.at.query_params.get("picture") in (shown, [shown])
    assert ("The numbers of this picture" in page.text) == (shown is not None)
    notes = " ".join(one.value for one in page.at.info)
    assert notes.startswith(said) if said else not notes
    if "cut" in query:
        assert "521 who were not re-arrested within two years and 628 who were" in page.text
    if shown is None:
        assert "what-if, " in notes and "calibration" in notes
