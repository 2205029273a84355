"""What is said of numbers that are no share of people: every state of a sentence, for events and figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import chi2

from hearing_app.evidence.audit import Audit, audit
from hearing_app.evidence.comparisons import Comparison, Interval
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.plain import alone_title, clear_title, compared_sentence, state_of
from hearing_app.evidence.selection import parse_selection
from hearing_app.evidence.sentences import findings, headline, largest_finding, title
from tests.evidence.exhibits.made import dataset, listed, measure

EVENTS = "alerts_per_deployment"
COLUMNS = [
    listed("team", "group", ["a", "b", "c", "d", "e", "f", "g"]),
    listed("table", "filter", ["new", "old"]),
    measure("alerts", blank="Nobody counted them."),
    measure("deployments"),
]
APART = [{"column": "table", "reason": "The old table counts in another way."}]
ROWS = [
    ("a", "new", 100, 50),
    ("b", "new", 300, 50),
    ("c", "new", 108, 50),
    ("d", "new", 100, 50),
    ("e", "new", 7, 50),
    ("f", "old", 200, 50),
    ("g", "new", None, 50),
    ("g", "old", 40, 50),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalogue, Dataset]:
    rows = [dict(zip(("team", "table", "alerts", "deployments"), row, strict=True)) for row in ROWS]
    return dataset(tmp_path_factory.mktemp("plain"), "identification", COLUMNS, rows, APART)


def asked(made: tuple[Catalogue, Dataset], *params: tuple[str, str]) -> Audit:
    return audit(made[0], parse_selection(made[1], list(params)))


def told(found: Audit, metric: str, group: str, name: str = "team") -> tuple[str, str]:
    one = next(one for one in findings(found, metric) if one.group == ((name, group),))
    return one.state, one.text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_clear_difference_has_both_figures_the_difference_and_the_ratio(
    made: tuple[Catalogue, Dataset],
) -> None:
    found = asked(made, ("by", "team"))
    state, text = told(found, EVENTS, "b")
    low, high = chi2.ppf(0.025, 600) / 100, chi2.ppf(0.975, 602) / 100
    assert state == "clear"
    assert f"6.00 ({low:.2f} to {high:.2f})" in text or f"6.0 ({low:.1f} to {high:.1f})" in text
    assert "higher" in text and "3.0 times" in text and text.endswith("as high.")


def test_the_other_states_of_a_comparison(made: tuple[Catalogue, Dataset]) -> None:
    found = asked(made, ("by", "team"))
    assert told(found, EVENTS, "c")[0] == "unclear"
    assert "The difference is not clear: " in told(found, EVENTS, "c")[1]
    assert told(found, EVENTS, "d")[0] == "equal"
    assert "That is the same; the true difference is uncertain" in told(found, EVENTS, "d")[1]
    state, text = told(found, EVENTS, "e")
    assert state == "small"
    assert text.endswith("That rests on too little to compare: 7.")


def test_what_was_counted_in_another_way_is_shown_and_not_compared(
    made: tuple[Catalogue, Dataset],
) -> None:
    state, text = told(asked(made, ("by", "team")), EVENTS, "f")
    assert state == "undefined"
    assert "The old table counts in another way. The two cannot be compared." in text
    assert "4.0" in text and "2.0" in text


def test_what_nobody_stated_says_so_and_has_no_figure(made: tuple[Catalogue, Dataset]) -> None:
    state, text = told(asked(made, ("by", "team")), EVENTS, "g")
    assert state == "undefined"
    assert text.startswith("There is no figure for") and "not all of the records state what it needs." in text


def test_alone_mixed_and_nothing_to_divide_by(made: tuple[Catalogue, Dataset]) -> None:
    mixed = asked(made, ("by", ""))
    assert mixed.overall.metrics[EVENTS].value is None
    assert "There is no figure for" in headline(mixed, EVENTS)
    assert title(mixed, EVENTS).startswith("Alerts per deployment: no figure for")
    alone = asked(made, ("by", ""), ("where", "team:b"))
    assert title(alone, EVENTS).replace("\u00a0", " ").startswith("Alerts per deployment: 6.0")
    nobody = asked(made, ("by", ""), ("where", "team:b"), ("where", "table:old"))
    assert "There is nothing to divide by" in headline(nobody, EVENTS)


def test_both_sides_of_a_title(made: tuple[Catalogue, Dataset]) -> None:
    high = asked(made, ("by", "team"), ("where", "table:new"))
    assert largest_finding(high, EVENTS).state == "clear"
    assert "3.0 times as high for" in title(high, EVENTS).replace("\u00a0", " ")
    turned = asked(made, ("by", "team"), ("reference", "team:b"))
    first = turned.groups[0]
    gap = turned.comparison(EVENTS, first.group)
    assert gap is not None and turned.reference is not None
    words = clear_title(turned, EVENTS, first, turned.reference, gap).replace("\u00a0", " ")
    assert (
        words.startswith("Alerts per deployment: 3.0 times as high for b")
        or "times as high for team b" in words
    )


def test_a_figure_has_no_ratio(catalogue: Catalogue, compas: Dataset) -> None:
    found = audit(catalogue, parse_selection(compas, [("by", "race")]))
    metric = "matthews_correlation"
    for one in findings(found, metric):
        assert "times" not in one.text
    result, reference = found.groups[0], found.reference
    assert reference is not None
    gap = found.comparison(metric, result.group)
    assert gap is not None
    state, text = compared_sentence(found, metric, result, reference, gap)
    assert state in {"clear", "unclear"}
    assert text.startswith("Matthews correlation coefficient for Black defendants: 0.")
    assert clear_title(found, metric, result, reference, gap).endswith(
        (
            "higher for Black defendants than for White defendants",
            "lower for Black defendants than for White defendants",
        )
    )
    assert alone_title(found, metric, result).startswith("Matthews correlation coefficient: 0.")


@pytest.mark.parametrize(
    ("difference", "state"),
    [
        (Interval(None, None, None), "undefined"),
        (Interval(0.5, None, None), "unclear"),
        (Interval(0.5, 0.1, 0.9), "clear"),
        (Interval(-0.5, -0.9, -0.1), "clear"),
        (Interval(0.5, -0.1, 0.9), "unclear"),
        (Interval(0.5, 0.0, 0.9), "unclear"),
        (Interval(0.0, -0.1, 0.1), "equal"),
    ],
)
def test_the_state_is_that_of_the_interval(difference: Interval, state: str) -> None:
    assert state_of(Comparison((), difference, Interval(None, None, None), small=False)) == state


def test_no_figure_is_a_zero_that_nobody_counted(made: tuple[Catalogue, Dataset], tmp_path: Path) -> None:
    document = asked(made, ("by", "team")).as_document()
    by_team = {one["group"]["team"]: one for one in document["groups"]}
    unstated = by_team["g"]["metrics"][EVENTS]
    assert unstated["value"] is None and unstated["reason"] in {"unstated", "mixed"}
    assert document["overall"]["metrics"][EVENTS]["value"] is None
    compared = {one["group"]["team"]: one for one in document["disparity"][EVENTS]}
    assert compared["f"]["difference"] == compared["f"]["ratio"] == {"value": None, "low": None, "high": None}
    rows = [row for row in asked(made, ("by", "team")).as_rows() if row["metric"] == EVENTS]
    assert {row["team"]: row["value"] for row in rows if row["part"] == "group"}["g"] is None
