"""From counts to tables that may be published: as fine as can be protected, or a refusal that helps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.errors import Invalid
from hearing_app.evidence.counting.attack import Knowledge
from hearing_app.evidence.counting.coarsening import Coding, coded, codings, period_at
from hearing_app.evidence.counting.columns import Counts
from hearing_app.evidence.counting.control import MOST_LOST, Plan
from hearing_app.evidence.counting.protecting import Protected, protect
from hearing_app.evidence.counting.shape import axes_of
from hearing_app.evidence.counting.tables import tables_of
from tests.evidence.counting import made
from tests.evidence.counting.test_attack import of_the_joint_table

KEY = b"k" * 32
POPULATIONS = [
    {"id": "all", "label": "All", "explanation": "Everyone.", "where": {}},
    {"id": "north", "label": "North", "explanation": "The north.", "where": {"area": "North"}},
]


def shared_out(people: dict[str, int], months: int = 4) -> Counts:
    """Counts with so many people of each team, evenly over everything else."""
    counts = np.zeros((3, 2, months, 4, 2), dtype=np.int64)
    for place, number in enumerate(people.values()):
        each, left = divmod(number, counts[0].size)
        counts[place] = each
        counts[place].flat[:left] += 1
    return counts


def protected(counts: Counts, **plan: Any) -> Protected:
    manifest = made.manifest(populations=POPULATIONS)
    return protect(counts, manifest, axes_of(manifest), Plan(**plan), key=KEY)


def tables(found: Protected) -> dict[tuple[str, ...], int]:
    return {names: place for place, names in enumerate(found.tables)}


def test_large_counts_are_published_as_they_are() -> None:
    """Nobody is few: the finest coding, nothing withheld, and every table is a sum of the counts."""
    counts = shared_out({"Red": 20_000, "Blue": 20_000, "Green": 20_000})
    found = protected(counts)
    assert found.tables == ((), ("area",), ("team",), ("team", "area"), ("month",))
    assert found.lost == (0,) * 5
    assert (found.counts[1] == counts.sum(axis=(0, 2))).all()
    assert (found.counts[2] == counts.sum(axis=(1, 2))).all()
    assert (found.counts[3] == counts.sum(axis=2)).all()
    assert (found.counts[4] == counts.sum(axis=(0, 1))).all()
    assert found.coding.thresholds == (1, 2, 3, 4)
    assert found.coding.merged == ()


def test_periods_are_taken_together_before_scores_and_groups() -> None:
    """Eight runners in each cell of a month, and two months in each quarter: quarters are enough."""
    manifest = made.manifest(months=("2023-01", "2023-02", "2023-04", "2023-05"))
    counts = shared_out({"Red": 90, "Blue": 90, "Green": 90})
    found = protect(counts, manifest, axes_of(manifest), Plan(tables=(("month",),)))
    assert found.coding.time == "quarter"
    assert found.coding.thresholds == (1, 2, 3, 4)
    month = found.counts[tables(found)["month",]]
    assert month.shape == (2, 4, 2)
    assert (month[0] == counts[:, :, :2].sum(axis=(0, 1, 2))).all()


def test_periods_go_back_where_they_were_no_help() -> None:
    """The teams are few, the months are not: scores are binned, and months stay months."""
    counts = shared_out({"Red": 1_000, "Blue": 1_000, "Green": 0})
    counts[2, :, :, 0], counts[2, :, :, 1:3] = 2, 1
    found = protected(counts, tables=[["team"], ["month"]])
    assert found.coding.thresholds == (1, 2) and found.coding.merged == ()
    assert found.coding.time == "as counted"
    assert found.counts[tables(found)["month",]].shape[0] == 4


def test_the_smallest_groups_are_merged_last_and_never_the_reference() -> None:
    """Green is few, and Blue with it would lose a tenth of all: they are merged. Where Red, the reference, is
    few, there is nothing to merge it with."""
    counts = shared_out({"Red": 1_000, "Blue": 96, "Green": 16})
    found = protected(counts, tables=[["team"]])
    assert found.coding.merged == (("team", ("Blue", "Green")),)
    assert found.coding.parts[0] == ((0,), (1, 2))
    few = shared_out({"Red": 30, "Blue": 5_000, "Green": 5_000})
    with pytest.raises(Invalid) as refused:
        protected(few, tables=[["team"]])
    assert "coarsest" in str(refused.value)


def test_a_refusal_names_the_table_and_what_to_change() -> None:
    """Six runners in the north: the table of a named population may withhold nothing."""
    counts = shared_out({"Red": 5_000, "Blue": 5_000, "Green": 5_000})
    counts[:, 0] = 0
    counts[0, 0, 0, 0, 0] = 6
    with pytest.raises(Invalid) as refused:
        protected(counts)
    told = str(refused.value.faults[0])
    assert "The table of area may withhold nothing" in told
    assert "fewer tables, columns or populations" in told


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60), st.sampled_from([["team"], ["team", "area"], ["month"]]))
def test_what_is_published_keeps_every_promise(seed: int, people: int, table: list[str]) -> None:
    """Random counts: shown counts are exact sums, none is small, few people are lost, the whole tables are
    whole; or it is refused."""
    draw = np.random.default_rng(seed)
    counts = draw.poisson(people * draw.random((3, 2, 4, 4, 2)))
    try:
        found = protected(counts, tables=[table])
    except Invalid:
        return
    coarse = coded(counts, found.coding)
    for names, shown, hidden, lost in zip(
        found.tables, found.counts, found.withheld, found.lost, strict=True
    ):
        gone = tuple(place for place, name in enumerate(("team", "area", "month")) if name not in names)
        true = coarse.sum(axis=gone)
        assert (shown == true).all()
        assert hidden[true < 10].all()
        assert lost == true[hidden].sum() <= MOST_LOST * counts.sum()
    assert not found.withheld[0].any() and not found.withheld[1].any()


def test_rounding_changes_every_count_by_less_than_the_base_and_again_alike() -> None:
    counts = shared_out({"Red": 3_000, "Blue": 700, "Green": 333})
    found = protected(counts, method="random rounding", tables=[["team"], ["month"]])
    again = protected(counts, method="random rounding", tables=[["team"], ["month"]])
    team, place = counts.sum(axis=(1, 2)), tables(found)["team",]
    assert (found.counts[place] % 5 == 0).all()
    assert (abs(found.counts[place] - team) < 5).all()
    assert all((one == two).all() for one, two in zip(found.counts, again.counts, strict=True))
    other = protect(
        counts,
        made.manifest(),
        axes_of(made.manifest()),
        Plan(method="random rounding", tables=(("team",), ("month",))),
        key=b"x" * 32,
    )
    assert any((one != two).any() for one, two in zip(found.counts[:1], other.counts[:1], strict=True))


def test_rounding_that_gives_a_count_away_is_not_published() -> None:
    """Three teams of four each are rounded to 0, and all twelve of them to 15: then each is 3 or 4.

    Found among keys: number 80 draws so. Another key draws otherwise, and its counts are published as they
    were; with this one the scores are taken together, until nothing is given away.
    """
    counts = np.zeros((3, 2, 4, 4, 2), dtype=np.int64)
    counts[:, 0, 0] = 4
    manifest = made.manifest()
    plan = Plan(method="random rounding", tables=(("team",),))
    unlucky, lucky = (
        protect(counts, manifest, axes_of(manifest), plan, key=key)
        for key in ((80).to_bytes(32, "big"), b"k" * 32)
    )
    assert lucky.coding.thresholds == (1, 2, 3, 4)
    assert len(unlucky.coding.thresholds) < 4
    for found in (unlucky, lucky):
        shape, tables = (3,), ((), (0,))
        for score, late in np.ndindex(found.counts[0].shape):
            shown = np.array([found.counts[0][score, late], *found.counts[1][:, score, late]])
            known = Knowledge(np.maximum(0, shown - 4.0), shown + 4.0)
            for cell in (1, 2, 3):
                low, high = of_the_joint_table(shape, tables, known, cell)
                assert np.floor(high + 1e-6) - np.ceil(low - 1e-6) >= 4


def test_noise_is_split_over_the_tables_and_never_below_zero() -> None:
    """With an enormous epsilon the noise is almost nothing; with a small one every table is off, and no
    coding is chosen after a look at the people."""
    counts = shared_out({"Red": 3_000, "Blue": 40, "Green": 0})
    exact = protected(counts, method="differential privacy", epsilon=20, tables=[["team"]])
    assert exact.coding.parts == tuple(tuple((place,) for place in range(n)) for n in counts.shape)
    assert abs(exact.counts[0] - counts.sum(axis=(0, 1, 2))).max() <= 10
    noisy = protected(counts, method="differential privacy", epsilon=0.1, tables=[["team"]])
    assert (noisy.counts[2] != counts.sum(axis=(1, 2))).mean() > 0.5
    assert all((table >= 0).all() for table in noisy.counts)


@pytest.mark.parametrize(
    ("value", "step", "period"),
    [
        ("2023-01-31", "month", "2023-01"),
        ("2023-01-31", "quarter", "2023-Q1"),
        ("2023-12", "quarter", "2023-Q4"),
        (202304, "quarter", "2023-Q2"),
        ("2023-Q3", "quarter", "2023-Q3"),
        ("2023-Q3", "year", "2023"),
        (2023, "year", "2023"),
        (2023, "quarter", None),
        ("2023-13", "quarter", None),
        ("before the change", "year", None),
    ],
)
def test_periods_are_understood(value: str | int, step: Any, period: str | None) -> None:
    assert period_at(value, step) == period


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_each_coding_is_coarser_than_the_last_and_loses_nobody(seed: int) -> None:
    manifest = made.manifest(teams=("Red", "Blue", "Green"), scores=30)
    axes = axes_of(manifest)
    counts = np.random.default_rng(seed).poisson(3, (3, 2, 4, 30, 2))
    sizes = []
    for coding in codings(manifest, axes, counts, Plan(), frozenset({"team", "month"})):
        coarse = coded(counts, coding)
        assert coarse.sum() == counts.sum()
        assert coarse.shape == tuple(len(parts) for parts in coding.parts)
        assert all(
            sorted(p for part in parts for p in part) == list(range(n))
            for parts, n in zip(coding.parts, counts.shape, strict=True)
        )
        sizes.append(coarse.size)
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == len(sizes) > 4
    # The coarsest keeps the threshold that is shown first, and two teams.
    assert coding.thresholds == (1, 2) and coarse.shape[0] == 2


def test_a_coding_adds_up_what_it_takes_together() -> None:
    counts = np.arange(12).reshape(3, 4)
    found = coded(counts, Coding((((0, 2), (1,)), ((0, 1), (2, 3)))))
    assert found.tolist() == [[0 + 1 + 8 + 9, 2 + 3 + 10 + 11], [4 + 5, 6 + 7]]


def test_the_tables_are_the_plans_and_those_of_the_populations() -> None:
    manifest = made.manifest(populations=POPULATIONS)
    plan = Plan(tables=(("area", "team"), ("team", "area"), ("month",)))
    assert tables_of(manifest, plan) == ((), ("area",), ("team", "area"), ("month",))
    with pytest.raises(Invalid, match="cannot be made"):
        tables_of(manifest, Plan(tables=(("points",),)))
    with pytest.raises(Invalid, match="cannot be made"):
        tables_of(manifest, Plan(tables=(("height",),)))
