"""The same question to each population: each number from the people one by one."""

from __future__ import annotations

import pytest

from hearing_app.evidence.datasets import Catalogue, Dataset
from tests.evidence.exhibits.made import plain
from tests.evidence.exhibits.people import cells, everybody, of, picture, same, share

KEPT = {
    "All 7,214": {},
    "ProPublica's 6,172": {"in_propublica_6172": 1},
    "Corrected window 6,216": {"screened_after_2014_04_01": 0},
}


@pytest.mark.parametrize("threshold", [3, 5, 8])
def test_each_population_is_counted_on_its_own(catalogue: Catalogue, compas: Dataset, threshold: int) -> None:
    found = picture(catalogue, compas, "populations", ("by", "race"), ("threshold", str(threshold)))
    assert len(found.rows) == 3 * 6
    for population, label, *figures in found.rows:
        people = of(str(label))
        for column, value in KEPT[str(population)].items():
            people = people[people[column] == value]
        at = cells(people, threshold)
        assert same(figures, [*share(at["fp"], at["fp"] + at["tn"]), at["fp"] + at["tn"]])


def test_a_finding_that_holds_everywhere_says_so(catalogue: Catalogue, compas: Dataset) -> None:
    text = plain(picture(catalogue, compas, "populations"))
    assert text.startswith("False positive rate: a clear difference, the same way in each of 3 populations")
    assert "ProPublica's 6,172: Of 100 Black defendants" in text


def test_a_finding_that_depends_on_the_population_says_so(catalogue: Catalogue, compas: Dataset) -> None:
    """Accuracy differs a little between the sexes in one population and not in another."""
    titles = {
        picture(catalogue, compas, "populations", ("by", by), ("threshold", str(at)), metric=metric).title
        for by in ("race", "sex", "age_cat")
        for at in (2, 4, 6, 9)
        for metric in ("accuracy", "positive_predictive_value", "false_negative_rate", "prevalence")
    }
    endings = {title.partition(": ")[2] for title in titles}
    assert "what is found depends on the population" in endings
    assert any(ending.startswith("no clear difference in any of") for ending in endings)
    assert any(ending.startswith("a clear difference, the same way") for ending in endings)


def test_every_kind_of_figure_can_be_asked(catalogue: Catalogue, compas: Dataset) -> None:
    found = picture(catalogue, compas, "populations", ("by", "sex"), metric="matthews_correlation")
    assert found.y.form == "number"
    people = everybody()
    men = people[people["sex"] == "Male"]
    at = cells(men, 5)
    top = at["tp"] * at["tn"] - at["fp"] * at["fn"]
    below = (at["tp"] + at["fp"]) * (at["tp"] + at["fn"]) * (at["tn"] + at["fp"]) * (at["tn"] + at["fn"])
    row = next(row for row in found.rows if row[:2] == ("All 7,214", "Men"))
    assert row[2] == pytest.approx(top / below**0.5)


def test_where_too_few_are_left_nothing_is_said_to_depend_on_the_population(
    catalogue: Catalogue, compas: Dataset
) -> None:
    """Of these few people one population has nobody to count, which is no other finding than too few."""
    found = picture(catalogue, compas, "populations", ("by", "sex"), ("where", "race:Native American"))
    assert found.title == "False positive rate: too few people to compare in any of 3 populations"
    # Where the reference group is not there at all, nothing is found either.
    asked = (
        ("by", "race"),
        ("where", "age_cat:Greater than 45"),
        ("where", "sex:Female"),
        ("reference", "race:Asian"),
    )
    assert "too few people to compare in any of 3" in picture(catalogue, compas, "populations", *asked).title
