"""The one query: groups, outcomes and scores in their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from hearing_app.evidence.counts import histogram
from hearing_app.evidence.datasets import Catalogue, Dataset


def test_it_is_what_counting_people_gives(
    catalogue: Catalogue, compas: Dataset, people: list[dict[str, str]]
) -> None:
    found = histogram(catalogue, compas, ("race", "sex"), (("in_propublica_6172", 1),))
    slow = Counter[tuple[str | int, ...]](
        (one["race"], one["sex"], int(one["two_year_recid"]), int(one["decile_score"]))
        for one in people
        if one["in_propublica_6172"] == "1"
    )
    assert found.people.dtype == np.int64
    assert found.people.sum() == 6172
    for g, group in enumerate(found.groups):
        values = tuple(str(value) for _, value in group)
        for outcome in (0, 1):
            for s, score in enumerate(found.scores):
                assert found.people[g, outcome, s] == slow[*values, outcome, int(score)]


def test_groups_stand_in_the_manifest_s_order_and_empty_ones_are_absent(
    catalogue: Catalogue, compas: Dataset
) -> None:
    found = histogram(catalogue, compas, ("race",))
    assert [dict(group)["race"] for group in found.groups] == [
        "African-American", "Caucasian", "Hispanic", "Asian", "Native American", "Other",
    ]  # fmt: skip
    every = histogram(catalogue, compas, ("sex", "race", "age_cat"))
    assert len(every.groups) == 34  # of 36 crossings, two have nobody
    assert [name for name, _ in every.groups[0]] == ["sex", "race", "age_cat"]
    assert (every.people.sum(axis=(1, 2)) > 0).all()
    assert every.people.sum() == 7214


def test_without_groups_everyone_is_one_group_and_nobody_none(catalogue: Catalogue, compas: Dataset) -> None:
    assert histogram(catalogue, compas).groups == ((),)
    impossible = (("race", "Asian"), ("sex", "Female"), ("age_cat", "Less than 25"))
    none = histogram(catalogue, compas, (), impossible)
    assert none.people.shape[1:] == (2, 10)
    assert none.people.sum() == 0


def test_every_possible_score_has_a_place(make_dataset: Callable[..., Path]) -> None:
    with closing(Catalogue(make_dataset([("a", 0, 3, 1, 4), ("b", 0, 6, 0, 2)], maximum=7))) as catalogue:
        found = histogram(catalogue, catalogue.dataset("made"), ("team",))
    assert list(found.scores) == [1, 2, 3, 4, 5, 6, 7]
    assert found.people.shape == (2, 2, 7)
    assert found.people[0, 1, 2] == 4 and found.people[1, 0, 5] == 2


def test_a_column_may_be_called_like_a_word_of_sql(make_dataset: Callable[..., Path]) -> None:
    top = make_dataset([("a", 0, 3, 1, 4), ("b", 1, 6, 0, 2)])
    for file, old, new in (
        ("counts.csv", "team,extra,points,late,number", "group,order,select,from,sum"),
        ("dataset.yaml", "name: team", "name: group"),
        ("dataset.yaml", "name: extra", "name: order"),
        ("dataset.yaml", "name: points", "name: select"),
        ("dataset.yaml", "name: late", "name: from"),
        ("dataset.yaml", "name: number", "name: sum"),
    ):
        path = top / "made" / file
        path.write_text(path.read_text().replace(old, new))
    with closing(Catalogue(top)) as catalogue:
        assert catalogue.faults == {}
        found = histogram(catalogue, catalogue.dataset("made"), ("group",), (("order", 1),))
    assert found.groups == ((("group", "b"),),)
    assert found.people.sum() == found.people[0, 0, 5] == 2


def test_large_counts_stay_exact(make_dataset: Callable[..., Path]) -> None:
    large = 499_999_999_999
    with closing(Catalogue(make_dataset([("a", 0, 1, 0, large), ("a", 1, 1, 0, 1)]))) as catalogue:
        assert histogram(catalogue, catalogue.dataset("made")).people.sum() == large + 1
