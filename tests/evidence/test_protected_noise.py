"""Pictures of protected counts, and intervals that include what was done to the counts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from hearing_app.errors import Invalid
from hearing_app.evidence.audit import audit
from hearing_app.evidence.counts import Counted, counted_people, histogram
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.exhibit import Question
from hearing_app.evidence.families import draw_exhibit, exhibits_of
from hearing_app.evidence.families.risk_score import METRICS
from hearing_app.evidence.family import Kind
from hearing_app.evidence.intervals import wilson
from hearing_app.evidence.metrics import measure
from hearing_app.evidence.noise import geometric_noise, random_rounding
from hearing_app.evidence.protected import no_interval_words, noise_of
from hearing_app.evidence.selection import opening_selection
from hearing_app.evidence.what_if import rates_at
from tests.evidence.protected_made import PLANS, cells, rows_of, write


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Catalogue]]:
    found = {name: Catalogue(write(tmp_path_factory.mktemp("datasets"), name)) for name in PLANS}
    yield found
    for one in found.values():
        one.close()


@pytest.mark.parametrize("method", PLANS)
def test_a_picture_is_drawn_from_every_count_or_not_at_all(opened: dict[str, Catalogue], method: str) -> None:
    catalogue = opened[method]
    dataset = catalogue.dataset("made")
    drawn = 0
    for name in exhibits_of(dataset.manifest):
        question = Question(catalogue, dataset, opening_selection(dataset), "")
        counted = histogram(catalogue, dataset, ("team",))
        hidden = counted.withheld is not None and counted.withheld.any()
        try:
            found = draw_exhibit(question, name)
        except Invalid as error:
            assert method != "already public"
            assert not hidden or error.faults
            continue
        drawn += 1
        told = " ".join(found.cautions)
        assert ("Every count was" in told) == (noise_of(dataset.manifest.disclosure) > 0)
        if hidden:
            # Only those that are made of audited figures, which know what is withheld.
            assert name in {"populations", "over-time", "time"}
            assert not any(row[2] is None and row[-1] == 0 for row in found.rows)
    assert drawn


def test_a_picture_with_a_withheld_count_says_why_it_is_not_drawn(opened: dict[str, Catalogue]) -> None:
    catalogue = opened["minimum cell"]
    dataset = catalogue.dataset("made")
    with pytest.raises(Invalid) as error:
        draw_exhibit(Question(catalogue, dataset, opening_selection(dataset), ""), "calibration")
    assert error.value.faults[0].problem.startswith("Some of these counts are not shown, to protect people")


def test_no_merged_score_is_given_a_threshold_of_its_own(opened: dict[str, Catalogue]) -> None:
    """Scores 3 and 4 were merged: nobody is known to be under 4, and only 5 singles out nobody."""
    catalogue = opened["merged scores"]
    dataset = catalogue.dataset("made")
    counted = histogram(catalogue, dataset, ("team",))
    assert counted.scores.tolist() == [1, 2, 3]
    assert counted.above == 5
    selection = opening_selection(dataset)
    drawn = draw_exhibit(Question(catalogue, dataset, selection, ""), "roc")
    names = {name for one in drawn.series for name in one.names}
    assert "From 4 on" not in names
    assert "From 5 on" in names


@pytest.mark.parametrize(
    ("method", "variance"),
    [("minimum cell", 0.0), ("random rounding", random_rounding(5)), ("differential privacy", None)],
)
def test_the_noise_is_what_the_manifest_states(
    opened: dict[str, Catalogue], method: str, variance: float | None
) -> None:
    dataset = opened[method].dataset("made")
    disclosure = dataset.manifest.disclosure
    assert disclosure is not None
    if variance is None:
        assert disclosure.epsilon_each is not None
        variance = geometric_noise(1 / disclosure.epsilon_each)
    counted = histogram(opened[method], dataset, ("team",))
    assert counted.variance == variance == noise_of(disclosure)
    found = audit(opened[method], opening_selection(dataset))
    for one in (found.overall, *found.groups):
        estimate = one.metrics["selection_rate"]
        if estimate.value is None or estimate.count is None:
            continue
        low, high = (float(limit) for limit in wilson(estimate.count, estimate.n))
        assert estimate.low is not None and estimate.high is not None
        if variance:
            assert estimate.low < low and high < estimate.high
            assert one.metrics["roc_auc"].low is None
            assert one.metrics["f1"].value is not None and one.metrics["f1"].high is None
        else:
            assert (estimate.low, estimate.high) == (low, high)
            assert one.metrics["roc_auc"].low is not None


def test_the_number_of_published_cells_is_that_of_the_rows(opened: dict[str, Catalogue]) -> None:
    """Noise adds up over the cells that are added up: those of the months and scores that are not chosen."""
    dataset = opened["random rounding"].dataset("made")
    counted = histogram(opened["random rounding"], dataset, ("area",), ())
    rows = rows_of(dataset, ("area",), ())
    for group, cells_of in zip(
        counted.groups, counted.cells if counted.cells is not None else (), strict=True
    ):
        assert cells_of.sum() == len(cells(rows, dict(group)))


@pytest.mark.parametrize("method", ["rounding", "noise"])
def test_the_interval_of_a_share_holds_it_in_95_of_100_cases(method: str) -> None:
    """4,000 tables of 12 cells drawn, then rounded or made noisy: the rate is held 93 to 98 times in 100."""
    draw, times, cells_each, rate = np.random.default_rng(7), 4_000, 6, 0.3
    people = draw.multinomial(
        150, [rate / cells_each] * cells_each + [(1 - rate) / cells_each] * cells_each, times
    )
    if method == "rounding":
        variance, rest = random_rounding(5), people % 5
        published = people - rest + 5 * (draw.random(people.shape) < rest / 5)
    else:
        variance, keep = geometric_noise(2.0), np.exp(-0.5)
        one, other = (draw.geometric(1 - keep, people.shape) for _ in range(2))
        published = people + one - other
    tp, fn = published[:, :cells_each].sum(axis=1), published[:, cells_each:].sum(axis=1)
    nothing, few = np.zeros(times, np.int64), np.full(times, cells_each)
    numbers = {"n": tp + fn, "tp": tp, "fp": nothing, "tn": nothing, "fn": fn}
    added = {"n": few * 2, "tp": few, "fp": few * 0, "tn": few * 0, "fn": few}
    counted = Counted(tuple((("at", at),) for at in range(times)), numbers, cells=added, variance=variance)
    found = measure(counted, [one for one in METRICS if one.name == "true_positive_rate"])[
        "true_positive_rate"
    ]
    held = float(np.mean((found.low <= rate) & (rate <= found.high)))
    assert 0.93 <= held <= 0.98
    low, high = wilson(found.k, found.n)
    assert float(np.mean((low <= rate) & (rate <= high))) < held - 0.01, "without the noise it is too narrow"


@pytest.mark.parametrize("method", PLANS)
def test_a_figure_without_an_interval_says_why(opened: dict[str, Catalogue], method: str) -> None:
    """Where counts were rounded or made noisy, exactly the composed figures have no interval, and say so."""
    catalogue = opened[method]
    dataset = catalogue.dataset("made")
    found = audit(catalogue, opening_selection(dataset))
    noisy = noise_of(dataset.manifest.disclosure) > 0
    for metric in METRICS:
        words = no_interval_words(dataset.manifest, metric)
        assert bool(words) == (noisy and metric.kind is Kind.FIGURE)
        estimate = found.overall.metrics[metric.name]
        if estimate.value is not None and noisy:
            assert (estimate.low is None) == bool(words)
            assert words.startswith(metric.label) or not words


@pytest.mark.parametrize("method", PLANS)
def test_rates_before_and_after_a_move_are_those_of_the_figure(
    opened: dict[str, Catalogue], method: str
) -> None:
    """Each group at its own threshold, with what was done to the counts in the interval."""
    catalogue = opened[method]
    dataset = catalogue.dataset("made")
    counted = histogram(catalogue, dataset, ("team",))
    points = dataset.manifest.thresholds
    own = tuple(points[place % len(points)] for place in range(len(counted.groups)))
    for name in ("false_positive_rate", "false_negative_rate"):
        metric = next(one for one in METRICS if one.name == name)
        value, low, high = rates_at(counted, own, name)
        for g, threshold in enumerate(own):
            expected = measure(counted_people(counted, threshold), [metric])[name]
            for ours, theirs in ((value, expected.value), (low, expected.low), (high, expected.high)):
                np.testing.assert_array_equal(ours[g], theirs[g])
