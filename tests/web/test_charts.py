"""The chart: a figure as data, in which nothing but the figures and their names can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from hearing_app.evidence.audit import Audit, audit
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.metrics import METRICS
from hearing_app.evidence.selection import parse_selection
from hearing_app.settings import PROJECT
from hearing_app.web.charts import DARK, LIGHT, forest, text_alternative

RATE = "false_positive_rate"


@pytest.fixture(scope="module")
def catalogue() -> Iterator[Catalogue]:
    opened = Catalogue(PROJECT / "datasets")
    yield opened
    opened.close()


def ask(catalogue: Catalogue, *parameters: tuple[str, str]) -> Audit:
    return audit(catalogue, parse_selection(catalogue.dataset("compas-broward"), parameters))


@pytest.fixture
def by_race(catalogue: Catalogue) -> Audit:
    return ask(catalogue, ("by", "race"))


def row(figure: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [trace for trace in figure["data"] if trace["y"] == [name]]
    return dict(found)


def test_a_row_for_each_group_the_largest_on_top(by_race: Audit) -> None:
    figure = forest(by_race, RATE)
    assert [trace["y"][0] for trace in figure["data"]] == [
        "Black",
        "White (reference)",
        "Hispanic",
        "Other",
        "Asian",
        "Native American",
    ]
    assert figure["layout"]["yaxis"]["autorange"] == "reversed"


def test_dots_and_intervals_are_the_audits_own(by_race: Audit) -> None:
    figure = forest(by_race, RATE)
    for one in by_race.groups:
        estimate = one.metrics[RATE]
        assert estimate.value is not None
        assert estimate.low is not None
        assert estimate.high is not None
        [trace] = [found for found in figure["data"] if found["x"] == [100 * estimate.value]]
        assert trace["x"][0] + trace["error_x"]["array"][0] == pytest.approx(100 * estimate.high, abs=1e-12)
        assert trace["x"][0] - trace["error_x"]["arrayminus"][0] == pytest.approx(
            100 * estimate.low, abs=1e-12
        )
        assert trace["error_x"]["symmetric"] is False


def test_the_number_stands_beside_its_dot(by_race: Audit) -> None:
    assert row(forest(by_race, RATE), "Black")["text"] == ["44.8\u00a0%"]
    assert row(forest(by_race, RATE), "Asian")["text"] == ["9\u00a0%"]


def test_the_reference_is_a_diamond_and_the_only_accent(by_race: Audit) -> None:
    figure = forest(by_race, RATE)
    looks = {trace["y"][0]: trace["marker"] for trace in figure["data"]}
    assert {name for name, look in looks.items() if look["symbol"] == "diamond"} == {"White (reference)"}
    assert {name for name, look in looks.items() if look["line"]["color"] == LIGHT.accent} == {
        "White (reference)"
    }


def test_small_groups_are_hollow_and_say_so(by_race: Audit) -> None:
    figure = forest(by_race, RATE)
    hollow = {trace["y"][0] for trace in figure["data"] if trace["marker"]["color"] == LIGHT.paper}
    assert hollow == {"Asian", "Native American"}
    for trace in figure["data"]:
        assert ("too few to compare" in trace["hovertemplate"]) == (trace["y"][0] in hollow)


def test_everyone_is_a_thin_line(by_race: Audit) -> None:
    layout = forest(by_race, RATE)["layout"]
    [line] = layout["shapes"]
    overall = by_race.overall.metrics[RATE].value
    assert overall is not None
    assert line["x0"] == line["x1"] == 100 * overall
    assert [note["text"] for note in layout["annotations"]] == ["Everyone"]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_rates_stand_between_zero_and_a_hundred(by_race: Audit, metric: Any) -> None:
    axis = forest(by_race, metric.name)["layout"]["xaxis"]
    assert axis["range"] == ([0, 100] if metric.is_rate else [0, 1])
    assert axis["ticksuffix"] == (" %" if metric.is_rate else "")
    assert axis["title"]["text"] == metric.label
    for trace in forest(by_race, metric.name)["data"]:
        assert axis["range"][0] <= trace["x"][0] <= axis["range"][1]


def test_a_single_row_needs_no_line_and_no_reference(catalogue: Catalogue) -> None:
    figure = forest(ask(catalogue), RATE)
    assert [trace["y"] for trace in figure["data"]] == [["Everyone"]]
    assert figure["layout"]["shapes"] == figure["layout"]["annotations"] == []
    assert figure["data"][0]["marker"]["symbol"] == "circle"


def test_one_group_whose_reference_has_nobody(catalogue: Catalogue) -> None:
    figure = forest(ask(catalogue, ("by", "race"), ("where", "race:African-American")), RATE)
    assert [trace["y"] for trace in figure["data"]] == [["Black"]]
    assert figure["data"][0]["marker"]["symbol"] == "circle"


def test_a_rate_of_nobody_is_a_word_and_no_dot(catalogue: Catalogue) -> None:
    found = ask(catalogue, ("by", "race"), ("threshold", "10"), ("where", "age_cat:Greater than 45"))
    metric = "positive_predictive_value"
    undefined = [one for one in found.groups if one.metrics[metric].value is None]
    assert undefined
    traces = [trace for trace in forest(found, metric)["data"] if trace["mode"] == "text"]
    assert len(traces) == len(undefined)
    for trace in traces:
        assert trace["text"] == ["not defined"]
        assert "error_x" not in trace


def test_each_row_has_room(catalogue: Catalogue) -> None:
    few = forest(ask(catalogue, ("by", "sex")), RATE)["layout"]["height"]
    many = forest(ask(catalogue, ("by", "race,sex")), RATE)
    assert many["layout"]["height"] > few
    assert many["layout"]["height"] / len(many["data"]) >= 40


def test_rows_that_are_crossed_have_names_of_their_own(catalogue: Catalogue) -> None:
    data = forest(ask(catalogue, ("by", "race,sex,age_cat")), RATE)["data"]
    assert len({trace["y"][0] for trace in data}) == len(data) > 30
    assert all(len(line) <= 24 for trace in data for line in trace["y"][0].split("<br>"))


def test_names_cannot_act(by_race: Audit) -> None:
    hostile = '<a href="javascript:alert(1)">Black & White</a> &lt;b&gt;'
    column = by_race.manifest.column("race")
    assert column is not None
    values = tuple(one.model_copy(update={"label": hostile}) for one in column.values)
    columns = tuple(
        one.model_copy(update={"values": values}) if one.name == "race" else one
        for one in by_race.manifest.columns
    )
    found = replace(by_race, manifest=by_race.manifest.model_copy(update={"columns": columns}))
    assert hostile in text_alternative(found, RATE), "the names are hostile"
    for trace in forest(found, RATE)["data"]:
        for text in (trace["y"][0], trace["hovertemplate"].replace("<extra></extra>", "")):
            bare = text.replace("<br>", "")
            assert "<" not in bare
            assert ">" not in bare
            assert "&" not in bare


def test_the_dark_chart_differs_in_nothing_but_colours(by_race: Audit) -> None:
    light, dark = (json.dumps(forest(by_race, RATE, colours)) for colours in (LIGHT, DARK))
    for name in ("ink", "quiet", "accent", "grid", "paper"):
        assert getattr(LIGHT, name) not in dark
        light = light.replace(getattr(LIGHT, name), getattr(DARK, name))
    assert light == dark


def test_the_figure_is_plain_data(by_race: Audit) -> None:
    figure = forest(by_race, RATE)
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure


def test_it_can_be_heard(by_race: Audit) -> None:
    heard = text_alternative(by_race, RATE)
    assert heard.startswith("False positive rate by group with 95 % intervals. Of 100 Black defendants")
    assert heard.endswith("Other 14.8\u00a0% (10.9 to 19.7).")
    assert heard.count("%") == len(by_race.groups) + 1
