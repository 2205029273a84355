"""Pictures as data: what can be seen of them on white and on dark paper, and what the pointer says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.exhibit import Axis, Exhibit, Question, Series
from hearing_app.evidence.families import draw_exhibit, exhibits_of
from hearing_app.evidence.selection import opening_selection
from hearing_app.settings import PROJECT
from hearing_app.web.charts import DARK, LIGHT, Colours
from hearing_app.web.exhibit_chart import alternative, draw, lines

HOSTILE = "<b>x</b> %{y} &lt; \u202e #000001"


@pytest.fixture(scope="module")
def catalogue() -> Iterator[Catalogue]:
    opened = Catalogue(PROJECT / "datasets")
    yield opened
    opened.close()


def every(catalogue: Catalogue) -> list[tuple[str, Exhibit]]:
    found = []
    for name in catalogue.ids():
        dataset = catalogue.dataset(name)
        for kind in exhibits_of(dataset.manifest):
            question = Question(catalogue, dataset, opening_selection(dataset), "")
            found.append((f"{name}-{kind}", draw_exhibit(question, kind)))
    return found


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_every_line_can_be_seen_on_its_paper(colours: Colours) -> None:
    for colour in (*lines(colours), colours.accent, colours.quiet):
        assert contrast(colour, colours.paper) >= 3, colour
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def _without_red_or_green(colour: str) -> tuple[float, float, float]:
    """What a person without red cones sees of a colour: Vienot, Brettel and Mollon (1999), linear light."""
    red, green, blue = ((int(colour[at : at + 2], 16) / 255) ** 2.2 for at in (1, 3, 5))
    return 0.11238 * red + 0.88762 * green, 0.11238 * red + 0.88762 * green, 0.00401 * (red - green) + blue


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_the_first_colours_differ_without_red_and_green(colours: Colours) -> None:
    """Colours that look alike then still differ in mark and dash; the first four also as colours."""
    for one, other in combinations(lines(colours)[:4], 2):
        apart = sum(
            (a - b) ** 2
            for a, b in zip(_without_red_or_green(one), _without_red_or_green(other), strict=True)
        )
        assert apart**0.5 > 0.1, (one, other)


def test_no_two_lines_of_a_picture_look_alike_without_colour(catalogue: Catalogue) -> None:
    for name, exhibit in every(catalogue):
        figure = draw(exhibit)
        drawn = [trace for trace in figure["data"] if trace.get("showlegend")]
        looks = [
            (trace["mode"], trace["line"]["dash"], trace["marker"]["symbol"], trace["line"]["width"])
            for trace in drawn
        ]
        assert len(set(looks)) == len(looks), name


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_everything_is_plain_text_without_too_many_digits(catalogue: Catalogue, colours: Colours) -> None:
    for name, exhibit in every(catalogue):
        figure = draw(exhibit, colours)
        for trace in figure["data"]:
            for said in trace.get("hovertext", []):
                assert not re.search(r"\d\.\d{4,}", said), (name, said)
                assert "None" not in said and "nan" not in said
                assert all(len(line) <= 41 for line in said.split("<br>")), (name, said)
        assert figure["layout"]["paper_bgcolor"] == colours.paper


def test_an_axis_begins_at_zero_unless_two_measures_are_held_against_each_other(
    catalogue: Catalogue,
) -> None:
    pictures = dict(every(catalogue))
    spread = draw(pictures["compas-broward-spread"])["layout"]
    assert spread["yaxis"]["rangemode"] == "tozero"
    rows = draw(pictures["compas-broward-populations"])["layout"]
    assert rows["xaxis"]["rangemode"] == "tozero"
    against = draw(pictures["compas-broward-trade-off"])["layout"]
    assert "rangemode" not in against["yaxis"]
    curve = draw(pictures["compas-broward-roc"])["layout"]
    assert curve["xaxis"]["range"] == curve["yaxis"]["range"] == [0, 100]


def test_named_things_stand_in_rows_with_their_names_aside(catalogue: Catalogue) -> None:
    figure = draw(dict(every(catalogue))["compas-broward-what-if"])
    axis = figure["layout"]["yaxis"]
    assert axis["ticktext"] == ["Black", "White", "Hispanic", "Asian", "Native American", "Other"]
    spared, missed = figure["data"]
    assert spared["x"][:2] == [521.0, 268.0]
    assert missed["x"][:2] == [628.0, 310.0]
    assert [round(at) for at in spared["y"]] == axis["tickvals"] == [0, 1, 2, 3, 4, 5]
    assert spared["y"][0] != missed["y"][0], "the two dots of a row stand beside each other"


def test_the_reference_alone_is_emphasised_and_few_people_are_hollow(catalogue: Catalogue) -> None:
    figure = draw(dict(every(catalogue))["compas-broward-roc"])
    by_name = {trace["name"]: trace for trace in figure["data"]}
    assert [name for name, one in by_name.items() if one["line"]["color"] == LIGHT.accent] == ["White"]
    assert [name for name, one in by_name.items() if one["line"]["dash"] == "solid"] == ["White"]
    assert set(by_name["Asian"]["marker"]["color"]) == {LIGHT.paper}
    assert LIGHT.paper not in by_name["Black"]["marker"]["color"]
    sizes = by_name["Black"]["marker"]["size"]
    assert [at for at, size in enumerate(sizes) if size == max(sizes)] == [6], "the threshold in use"


def test_a_gap_stays_a_gap_and_intervals_are_the_series_own() -> None:
    one = Series("A", (1, 2, 3), (0.5, None, 0.25), (0.4, None, 0.2), (0.7, None, 0.5), hollow=(False,) * 3)
    figure = draw(made(one))
    [trace] = figure["data"]
    assert trace["y"] == [50.0, None, 25.0]
    assert trace["connectgaps"] is False
    assert trace["error_y"]["array"] == pytest.approx([20, 0, 25])
    assert trace["error_y"]["arrayminus"] == pytest.approx([10, 0, 5])
    assert "not defined" in trace["hovertext"][1]
    assert "Share: 50\u00a0%\u2060 (40 to 70)" in trace["hovertext"][0]


def made(*series: Series, **changes: Any) -> Exhibit:
    exhibit = Exhibit(
        title="A finding",
        sentences=("It is 50 %.",),
        x=Axis("Score"),
        y=Axis("Share", "percent"),
        series=series,
        columns=("a",),
        forms=("category",),
        rows=(),
    )
    return replace(exhibit, **changes)


def test_many_lines_are_grey_but_for_the_one_that_matters() -> None:
    series = [Series(f"Group {at}", (1, 2), (0.1, 0.2), emphasis=at == 3) for at in range(12)]
    figure = draw(made(*series))
    colours = [trace["line"]["color"] for trace in figure["data"]]
    assert colours[3] == LIGHT.accent
    assert set(colours[:3] + colours[4:]) == {LIGHT.quiet}


def test_no_name_is_read_as_more_than_a_name() -> None:
    series = Series(HOSTILE, (HOSTILE, "b"), (0.1, 0.2), shape="dots", names=(HOSTILE, HOSTILE))
    figure = draw(made(series, x=Axis(HOSTILE, "category"), y=Axis(HOSTILE, "percent"), title=HOSTILE))
    shown = str(figure)
    assert "<b>" not in shown
    assert "%{" not in shown
    assert "&lt;" not in shown
    assert re.search(r"#000001", shown) is None


def test_a_text_alternative_is_the_finding_and_its_numbers(catalogue: Catalogue) -> None:
    for name, exhibit in every(catalogue):
        said = alternative(exhibit)
        assert said.startswith(exhibit.title[:20]) or exhibit.title[:20] in said
        assert any(sign.isdigit() for sign in said), name
    question = made(title="Is it so?")
    assert "Is it so? It is" in alternative(question)
