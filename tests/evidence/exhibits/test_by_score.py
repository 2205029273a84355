"""Calibration and the spread of scores: each number from the people one by one."""

from __future__ import annotations

import numpy as np
import pytest

from hearing_app.evidence.datasets import Catalogue, Dataset
from tests.evidence.exhibits.made import plain
from tests.evidence.exhibits.people import everybody, of, picture, same, share


def test_calibration_has_the_share_with_the_outcome_at_each_score(
    catalogue: Catalogue, compas: Dataset
) -> None:
    found = picture(catalogue, compas, "calibration")
    assert len(found.rows) == 6 * 10
    for label, score, *figures in found.rows:
        people = of(str(label))
        there = people[people["decile_score"] == score]
        k, n = int(there["two_year_recid"].sum()), len(there)
        assert same(figures, [*share(k, n), k, n])
    black = found.series[0]
    assert black.label == "Black" and not any(black.hollow)
    few = next(one for one in found.series if one.label == "Native American")
    assert all(few.hollow)


def test_its_finding_compares_people_of_the_same_score(catalogue: Catalogue, compas: Dataset) -> None:
    found = picture(catalogue, compas, "calibration")
    rates, people = {}, {}
    for label in ("Black", "White"):
        by_score = of(label).groupby("decile_score")["two_year_recid"]
        rates[label], people[label] = by_score.mean(), by_score.count()
    weights = (people["Black"] + people["White"]) / (people["Black"] + people["White"]).sum()
    gap = float((weights * (rates["Black"] - rates["White"])).sum())
    text = plain(found)
    assert found.title.endswith("no clear difference between Black defendants and White defendants")
    assert f"the share for Black defendants is {100 * gap:.1f} points higher (from 0.5 lower to" in text


def test_a_clear_difference_at_the_same_score_is_the_title(catalogue: Catalogue, compas: Dataset) -> None:
    """Women with the same score are re-arrested less often: a known limit of this score."""
    found = picture(catalogue, compas, "calibration", ("by", "sex"), ("reference", "sex:Male"))
    assert "At the same score, women were re-arrested within two years" in plain(found).replace(
        "female defendants", "women"
    )
    assert " less often than " in found.title


def test_the_distance_from_everyone_stands_beside_what_chance_would_make(
    catalogue: Catalogue, compas: Dataset
) -> None:
    text = plain(picture(catalogue, compas, "calibration"))
    all_together = everybody().groupby("decile_score")["two_year_recid"].mean()
    rng = np.random.default_rng(4)
    for label in ("Black", "White"):
        by_score = of(label).groupby("decile_score")["two_year_recid"]
        n = by_score.count()
        distance = float((n * (by_score.mean() - all_together).abs()).sum() / n.sum())
        assert f"The shares of {label} defendants lie {100 * distance:.1f} points" in text
        draws = rng.binomial(n, all_together[n.index], (4000, len(n)))
        chance = np.abs(draws - n.to_numpy() * all_together[n.index].to_numpy()).sum(axis=1).mean() / n.sum()
        said = float(text.split(f"{label} defendants lie")[1].split("would make ")[1].split(". ")[0])
        assert said == pytest.approx(100 * chance, abs=0.08)


def test_the_spread_adds_up_and_says_who_is_above_the_threshold(
    catalogue: Catalogue, compas: Dataset
) -> None:
    found = picture(catalogue, compas, "spread", ("by", "race"), ("threshold", "7"))
    for label, score, *figures in found.rows:
        people = of(str(label))
        k = int((people["decile_score"] == score).sum())
        assert same(figures, [*share(k, len(people)), k, len(people)])
    for one in found.series:
        assert sum(value or 0 for value in one.y) == pytest.approx(1)
    above = {label: float((of(label)["decile_score"] >= 7).mean()) for label in ("Black", "White")}
    assert plain(found).startswith(
        f"A COMPAS risk score of 7 or more: {100 * above['Black']:.0f} % of Black defendants, "
        f"{100 * above['White']:.0f} % of White defendants"
    )
    assert f"Mean score: Black defendants {of('Black')['decile_score'].mean():.1f}" in plain(found)
