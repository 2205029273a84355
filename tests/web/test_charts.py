"""The chart: a figure as data, in which nothing but the figures and their names can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from hearing_app.documents.evidence import figures_html
from hearing_app.documents.text import isolated
from hearing_app.evidence.audit import Audit, audit
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.families import opening_metric
from hearing_app.evidence.families.risk_score import METRICS
from hearing_app.evidence.selection import opening_selection, parse_selection
from hearing_app.evidence.wording import group_label
from hearing_app.settings import PROJECT
from hearing_app.web.charts import DARK, LIGHT, forest, inert, text_alternative

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
    axis = figure["layout"]["yaxis"]
    assert axis["categoryarray"] == [trace["y"][0] for trace in figure["data"]]
    assert axis["range"] == [5.5, -0.5], "half a row above the first and below the last, and no more"


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


def figures(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the note at the end of each row, by the row's name."""
    """The figure at the end of each row, by the row's name: a row is found by its number."""
    rows = figure["layout"]["yaxis"]["categoryarray"]
    notes = [note for note in figure["layout"]["annotations"] if note.get("yref") != "paper"]
    return {rows[note["y"]]: note for note in notes}


def test_the_figure_stands_at_the_end_of_its_row_outside_the_plot(by_race: Audit) -> None:
    figure = forest(by_race, RATE)
    notes = figures(figure)
    assert set(notes) == {trace["y"][0] for trace in figure["data"]}
    assert notes["Black"]["text"].startswith("44.8\u00a0%<br>")
    assert "42.6 to 47.2" in notes["Black"]["text"]
    assert notes["Asian"]["text"].startswith("9\u00a0%<br>")
    for note in notes.values():
        assert (note["xref"], note["x"], note["xanchor"]) == ("paper", 1, "right")
        assert 90 < note["xshift"] < figure["layout"]["margin"]["r"]
    assert {trace["mode"] for trace in figure["data"]} == {"markers"}, "no words beside a dot"


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
    assert [note["text"] for note in layout["annotations"] if note.get("yref") == "paper"] == ["Everyone"]


def test_the_line_of_everyone_is_called_what_it_is(catalogue: Catalogue) -> None:
    layout = forest(ask(catalogue, ("by", "race"), ("where", "sex:Female")), RATE)["layout"]
    assert [note["text"] for note in layout["annotations"] if note.get("yref") == "paper"] == ["Women"]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_rates_stand_between_zero_and_a_hundred(by_race: Audit, metric: Any) -> None:
    axis = forest(by_race, metric.name)["layout"]["xaxis"]
    if metric.is_rate or metric.highest is not None:
        assert axis["range"] == ([0, 100] if metric.is_rate else [metric.lowest, metric.highest])
    assert axis["ticksuffix"] == (" %" if metric.is_rate else "")
    assert axis["title"]["text"] == metric.label
    for trace in forest(by_race, metric.name)["data"]:
        assert trace["x"][0] is None or axis["range"][0] <= trace["x"][0] <= axis["range"][1]


def test_a_single_row_needs_no_line_and_no_reference(catalogue: Catalogue) -> None:
    figure = forest(ask(catalogue), RATE)
    assert [trace["y"] for trace in figure["data"]] == [["Everyone"]]
    assert figure["layout"]["shapes"] == []
    assert list(figures(figure)) == ["Everyone"]
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
    figure = forest(found, metric)
    traces = [trace for trace in figure["data"] if trace["x"] == [None]]
    assert len(traces) == len(undefined)
    for trace in traces:
        assert figures(figure)[trace["y"][0]]["text"] == "not defined"
        assert "error_x" not in trace


def test_what_is_so_by_definition_has_no_interval(catalogue: Catalogue) -> None:
    figure = forest(ask(catalogue, ("by", "race"), ("threshold", "1")), RATE)
    assert not [trace for trace in figure["data"] if "error_x" in trace]
    assert {note["text"] for note in figures(figure).values()} == {
        "100\u00a0%<br><span style='font-size:12px;color:#595959'>by definition</span>"
    }


def test_each_row_has_room(catalogue: Catalogue) -> None:
    few = forest(ask(catalogue, ("by", "sex")), RATE)["layout"]["height"]
    many = forest(ask(catalogue, ("by", "race,sex")), RATE)
    assert many["layout"]["height"] > few
    assert many["layout"]["height"] / len(many["data"]) >= 40


def test_rows_that_are_crossed_have_names_of_their_own(catalogue: Catalogue) -> None:
    data = forest(ask(catalogue, ("by", "race,sex,age_cat")), RATE)["data"]
    assert len({trace["y"][0] for trace in data}) == len(data) > 30
    assert not [trace for trace in data if "25 to<br>45" in trace["y"][0]], "an age stays on one line"
    assert all(len(line) <= 17 for trace in data for line in trace["y"][0].split("<br>"))


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
            assert not re.search(r"&[#\w]", bare)


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
    # In the order of the rows: the largest group first.
    assert heard.endswith("Native American 38\u00a0% (14 to 69).")
    assert heard.count("%") == len(by_race.groups) + 1


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("<a href='https://x.example'>Men</a>", "‹a href='https://x.example'›Men‹/a›"),
        ("&lt;b&gt;", "&\u2060lt;b&\u2060gt;"),
        ("%{y} {x}", "%\u2060{y} {x}"),
        ("#000001 and #1", "#\u2060000001 and #\u20601"),
        ("photo\u202egpj", "photogpj"),
        ("גברים 25", "\u2068גברים 25\u2069"),
        ("25 to 45", "25 to 45"),
    ],
)
def test_nothing_in_a_label_is_read_by_what_draws_it(label: str, shown: str) -> None:
    assert inert(label) == shown


@pytest.mark.parametrize(
    "name", ["compas-broward", "chicago-ssl", "met-lfr", "predpol-los-angeles", "nypd-stops"]
)
def test_chart_table_and_what_is_heard_have_one_order(catalogue: Catalogue, name: str) -> None:
    """The largest group first, wherever groups are listed beside each other."""
    found = audit(catalogue, opening_selection(catalogue.dataset(name)))
    metric = opening_metric(found.manifest)
    labels = [group_label(found.manifest, one.group) for one in found.by_size]
    sizes = [one.size or 0 for one in found.by_size]
    assert len(labels) > 1 and sizes == sorted(sizes, reverse=True)
    table = figures_html(found, metric, "")
    headings = re.findall(r'<th scope="row"[^>]*>([^<]*)', table)
    assert [heading.strip() for heading in headings][1:] == labels
    rows = [trace["y"][0].replace("<br>", " ") for trace in forest(found, metric)["data"]]
    assert [row.removesuffix(" (reference)") for row in rows] == labels
    heard = text_alternative(found, metric).partition(". ")[2]
    places = [heard.rindex(isolated(label)) for label in labels]
    assert places == sorted(places)
