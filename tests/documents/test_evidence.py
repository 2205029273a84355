"""Figures as documents: the table beside the chart, the people, the limits."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from hearing_app.documents.evidence import (
    figures_html,
    finding_html,
    headline_picture,
    limits_html,
    people_html,
)
from hearing_app.evidence.audit import Audit, audit
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.pin import view_query
from hearing_app.evidence.selection import parse_selection
from tests.documents.reading import assert_inert, read

ROOT = Path(__file__).parents[2]
OPENING = [("by", "race"), ("threshold", "5")]


def ask(catalogue: Catalogue, *params: tuple[str, str]) -> Audit:
    return audit(catalogue, parse_selection(catalogue.dataset("compas-broward"), list(params)))


def rows_of(html: str) -> dict[str, list[str]]:
    """The cells of each row of the table, by the row's heading."""
    body = html.split("<tbody")[1].split("</tbody>", maxsplit=1)[0]
    found = {}
    for row in body.split("<tr ")[1:]:
        cells = [read(cell.group(0)).text for cell in re.finditer(r"<t[hd] .*?</t[hd]>", row, re.DOTALL)]
        found[cells[0]] = [cell.replace("\u00a0", " ").replace("\u202f", " ") for cell in cells[1:]]
    return found


@pytest.fixture(scope="module")
def found(catalogue: Catalogue) -> Audit:
    return ask(catalogue, *OPENING)


@pytest.fixture(scope="module")
def table(found: Audit) -> str:
    return figures_html(found, "false_positive_rate", view_query(found, "false_positive_rate"))


def test_the_table_has_the_published_figures(table: str) -> None:
    rows = rows_of(table)
    black = next(cells for name, cells in rows.items() if name.startswith("Black"))
    white = next(cells for name, cells in rows.items() if name.startswith("White"))
    assert black[:3] == ["3 696", "805 of 1 795", "44.8 % (42.6 to 47.2)"]
    assert white[1] == "349 of 1 488"
    assert white[2].startswith("23.5 % (")
    assert black[3].startswith("21.4 points higher (")
    assert black[4].startswith("1.9 times (")


def test_the_reference_is_named_and_compared_with_nothing(table: str) -> None:
    rows = rows_of(table)
    reference = [name for name in rows if "(reference)" in name]
    assert len(reference) == 1
    assert reference[0].startswith("White")
    assert rows[reference[0]][3:] == ["", ""]
    headings = re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", table)
    assert headings[-2].startswith("Difference from White")
    assert headings[-1].startswith("Ratio to White")


def test_small_groups_are_marked(table: str, found: Audit) -> None:
    marked = [name for name in rows_of(table) if "(too few to compare)" in name]
    small = [one for one in found.groups if one.metrics["false_positive_rate"].n < 30]
    assert small
    assert len(marked) == len(small)
    assert not [name for name in marked if name.startswith(("Black", "White"))]


def test_everyone_and_every_group_has_a_row_and_people_add_up(table: str, found: Audit) -> None:
    people = [int(cells[0].replace(" ", "")) for cells in rows_of(table).values()]
    assert len(people) == 1 + len(found.groups)
    assert people[0] == sum(people[1:]) == 7214


def test_what_is_not_defined_says_so_and_never_shows_a_number(catalogue: Catalogue) -> None:
    found = ask(catalogue, ("by", "race"), ("threshold", "1"))
    rows = rows_of(figures_html(found, "negative_predictive_value", "by=race"))
    assert {cells[2] for cells in rows.values()} == {"not defined"}
    assert {cells[1] for cells in rows.values()} == {"0 of 0"}
    assert {cells[3] for cells in rows.values()} <= {"", "not defined"}


def test_what_is_so_by_definition_has_no_interval_and_no_comparison(catalogue: Catalogue) -> None:
    rows = rows_of(
        figures_html(ask(catalogue, ("by", "race"), ("threshold", "1")), "false_positive_rate", "")
    )
    assert {cells[2] for cells in rows.values()} == {"100 % (by definition)"}
    assert {len(cells) for cells in rows.values()} == {3}


def test_on_a_phone_each_figure_names_its_column(table: str) -> None:
    labels = {cell.get("data-label") for cell in read(table).all("td")}
    assert labels == {
        "People",
        "Of how many",
        "False positive rate",
        "Difference from White",
        "Ratio to White",
    }
    assert all(cell.get("role") == "cell" for cell in read(table).all("td")), "a block is no cell by itself"


def test_a_table_without_groups_has_one_row(catalogue: Catalogue) -> None:
    found = ask(catalogue)
    rows = rows_of(figures_html(found, "false_positive_rate", ""))
    assert len(rows) == 1
    assert next(iter(rows.values()))[2].startswith("32.3 %")


def test_an_area_is_shown_without_a_percent_sign(catalogue: Catalogue) -> None:
    rows = rows_of(figures_html(ask(catalogue, *OPENING), "roc_auc", ""))
    black = next(cells for name, cells in rows.items() if name.startswith("Black"))
    assert black[2].startswith("0.69 (")
    assert len(black) == 4, "an area has no ratio"


def test_the_links_take_away_exactly_this_selection(found: Audit, table: str) -> None:
    query = view_query(found, "false_positive_rate")
    links = [attributes["href"] for attributes in assert_inert(table).all("a")]
    assert links == [
        f"/api/v1/datasets/compas-broward/metrics?{query}&format=csv",
        f"/api/v1/datasets/compas-broward/metrics?{query}",
        f"/evidence?{query}",
        "/api/v1/datasets/compas-broward/counts.csv",
        "/api/v1/datasets/compas-broward/dataset.yaml",
    ]
    assert f"{found.version}, selection: {query}" in read(table).text, "the citation has the whole hash"


def test_the_table_is_one_for_those_who_hear_it(table: str) -> None:
    page = read(table)
    assert len(page.all("caption")) == 1
    assert all(heading.get("scope") in {"col", "row"} for heading in page.all("th"))
    assert "False positive rate, by group, with 95 % intervals" in page.text


def test_people_stand_for_the_shares(found: Audit) -> None:
    pictures = read(people_html(found, "false_positive_rate")).all("img")
    assert [picture["alt"] for picture in pictures] == [
        "45 of 100 figures are filled",
        "23 of 100 figures are filled",
    ]
    assert [unquote(p["src"]).count('<g fill="#0b5a63"') for p in pictures] == [45, 23]
    text = read(people_html(found, "false_positive_rate")).text
    assert "About 45 of 100" in text
    assert "Black defendants" in text
    assert "White defendants" in text


def test_people_stand_in_the_order_of_the_sentence(found: Audit) -> None:
    text = read(people_html(found, "false_negative_rate")).text
    assert text.index("White defendants") < text.index("Black defendants")


def test_people_are_not_drawn_for_what_is_no_share(catalogue: Catalogue, found: Audit) -> None:
    assert people_html(found, "roc_auc") == ""
    assert people_html(ask(catalogue), "false_positive_rate") == ""
    undefined = ask(catalogue, ("by", "race"), ("threshold", "1"))
    assert people_html(undefined, "negative_predictive_value") == ""


def test_the_opening_picture_is_that_of_the_first_dataset_that_there_is(catalogue: Catalogue) -> None:
    assert "About 45 of 100" in headline_picture(catalogue, ["unknown", "compas-broward"])
    assert headline_picture(catalogue, []) == ""
    assert headline_picture(catalogue, ["unknown"]) == ""


def test_the_finding_is_said_in_a_sentence(found: Audit) -> None:
    page = assert_inert(finding_html(found, "false_positive_rate", "A note <b>here</b>."))
    assert "A note <b>here</b>." in page.text
    assert "All 7,214; COMPAS risk score of 5 or higher (medium or high)" in page.text
    assert "about 45 (43 to 47) were scored" in page.text
    assert "about 23 (" in page.text
    assert "False positive rate" in page.text
    assert len(page.all("h2")) == 1


def test_every_limit_stands_beside_its_source(found: Audit) -> None:
    text = assert_inert(limits_html(found)).text
    assert found.manifest.limits
    for limit in found.manifest.limits:
        assert " ".join(limit.split()) in text
    assert " ".join(found.manifest.citation.split()) in text
    assert found.version in text
    assert "95 % intervals" in text
    assert "Differences and ratios are computed before rounding" in text
    assert "cat dataset.yaml counts.csv | sha256sum" in text


def test_figures_of_a_filter_are_those_of_the_people_who_pass_it(catalogue: Catalogue) -> None:
    with (ROOT / "datasets/compas-broward/counts.csv").open(newline="") as file:
        women = sum(int(row["n"]) for row in csv.DictReader(file) if row["sex"] == "Female")
    found = ask(catalogue, ("by", "race"), ("where", "sex:Female"))
    table = figures_html(found, "accuracy", "")
    assert "Women only: 1 395 of the 7 214 people" in " ".join(read(table).text.split())
    assert women == 1395
    assert next(iter(rows_of(table))) == "Women", "the row of all groups together is not everyone"
    assert "Black female defendants" in read(people_html(found, "false_positive_rate")).text
    assert int(next(iter(rows_of(figures_html(found, "accuracy", "")).values()))[0].replace(" ", "")) == women
