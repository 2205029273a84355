"""Places drawn anew, against slow loops; and hot spots, against every choice of places."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from hearing_app.evidence.exposure import TOP, concentrations, exposure, resampled
from hearing_app.evidence.hotspots import captured, pai, pei
from hearing_app.evidence.inequality import gini, top_share

RANDOM = np.random.default_rng(3)
EVENTS = RANDOM.poisson(RANDOM.exponential(40, 60)).astype(float)
RESIDENTS = RANDOM.integers(0, 900, 60).astype(float)
RESIDENTS[:4] = 0
MEMBERS = np.stack([np.floor(RESIDENTS * RANDOM.random(60)) for _ in range(3)], axis=1)


def test_every_draw_has_as_many_places_and_comes_again() -> None:
    drawn = np.concatenate(list(resampled(60, draws=700)))
    assert drawn.shape == (700, 60) and (drawn.sum(axis=1) == 60).all()
    assert np.array_equal(drawn, np.concatenate(list(resampled(60, draws=700))))
    # Each place is drawn once on average, with the spread of a binomial of 60 draws at 1 in 60.
    assert drawn.mean() == 1
    assert drawn.var() == pytest.approx(1 - 1 / 60, rel=0.05)


def test_exposure_is_the_average_over_members_one_by_one() -> None:
    for group in range(3):
        rates = [
            1000 * EVENTS[place] / RESIDENTS[place]
            for place in range(60)
            for _ in range(int(MEMBERS[place, group]))
        ]
        found = exposure(EVENTS, RESIDENTS, MEMBERS)[0, group]
        assert found == pytest.approx(np.mean(rates), rel=1e-12)


def test_exposure_of_a_draw_is_that_of_the_places_it_drew() -> None:
    weights = next(resampled(60, draws=5))
    found = exposure(EVENTS, RESIDENTS, MEMBERS, weights)
    for draw in range(5):
        places = np.repeat(np.arange(60), weights[draw].astype(int))
        assert found[draw] == pytest.approx(exposure(EVENTS[places], RESIDENTS[places], MEMBERS[places])[0])


def test_a_group_without_members_has_no_exposure() -> None:
    members = np.stack([np.zeros(60), RESIDENTS], axis=1)
    nobody, everybody = exposure(EVENTS, RESIDENTS, members)[0]
    assert np.isnan(nobody)
    # Of all residents it is the events of inhabited places by their residents.
    assert everybody == pytest.approx(1000 * EVENTS[RESIDENTS > 0].sum() / RESIDENTS.sum())


def test_concentration_of_draws_is_that_of_the_general_functions() -> None:
    ordered = np.sort(EVENTS)
    weights = next(resampled(60, draws=40))
    found = concentrations(ordered, weights)
    for draw in range(40):
        copies = np.repeat(ordered, weights[draw].astype(int))
        assert found[0][draw] == pytest.approx(gini(copies), rel=1e-12)
        for at, share in enumerate(TOP, start=1):
            assert found[at][draw] == pytest.approx(top_share(copies, share), rel=1e-12)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Places from one known source: the share of samples whose interval holds the true ratio."""
    source, held = np.random.default_rng(8), 0
    samples = 120
    for sample in range(samples):
        residents = source.integers(400, 1200, 150).astype(float)
        first = np.floor(residents * source.random(150))
        members = np.stack([first, residents - first], axis=1)
        # Bursts: each place has a rate of its own, unconnected with who lives there. The true ratio is 1.
        events = source.poisson(residents * source.gamma(1.0, 0.1, 150)).astype(float)
        drawn = np.concatenate(
            [exposure(events, residents, members, w) for w in resampled(150, draws=400, seed=sample)]
        )
        low, high = np.quantile(drawn[:, 1] / drawn[:, 0], (0.025, 0.975))
        held += low <= 1 <= high
    assert 0.87 <= held / samples <= 1


AREA = np.array([2.0, 1.0, 1.0, 3.0, 1.0, 2.0])
CRIMES = np.array([9.0, 0.0, 4.0, 3.0, 8.0, 1.0])
PREDICTED = np.array([30.0, 2.0, 11.0, 9.0, 7.0, 12.0])


def test_whole_places_capture_what_lies_in_them() -> None:
    # Forecasts by area: 15, 2, 11, 3, 7, 6. The first two places, 3 of 10 of the area, hold 13 of 25 crimes.
    assert captured(CRIMES, PREDICTED, AREA, 0.3) == pytest.approx(13 / 25)
    assert pai(CRIMES, PREDICTED, AREA, 0.3) == pytest.approx((13 / 25) / 0.3)
    # A place across the limit counts in part: half of the third one.
    assert captured(CRIMES, PREDICTED, AREA, 0.35) == pytest.approx((13 + 8 / 2) / 25)


def test_efficiency_is_against_the_best_of_every_choice() -> None:
    places = range(len(AREA))
    best = max(
        CRIMES[list(chosen)].sum()
        for size in range(len(AREA) + 1)
        for chosen in combinations(places, size)
        if AREA[list(chosen)].sum() <= 3
    )
    assert pei(CRIMES, PREDICTED, AREA, 0.3) == pytest.approx(13 / best)
    assert pei(CRIMES, CRIMES, AREA, 0.3) == 1


def test_places_that_nothing_parts_count_alike_in_any_order() -> None:
    even = np.ones(6)
    assert captured(CRIMES, even * AREA, AREA, 0.25) == pytest.approx(0.25)
    assert pai(CRIMES, even * AREA, AREA, 0.25) == pytest.approx(1)
    turned = slice(None, None, -1)
    assert captured(CRIMES[turned], PREDICTED[turned], AREA[turned], 0.42) == pytest.approx(
        captured(CRIMES, PREDICTED, AREA, 0.42)
    )


def test_without_crimes_or_area_there_is_no_figure() -> None:
    assert np.isnan(captured(0 * CRIMES, PREDICTED, AREA, 0.3))
    assert np.isnan(pai(CRIMES, PREDICTED, AREA, 0))
    assert np.isnan(pei(0 * CRIMES, PREDICTED, AREA, 0.3))
    assert captured(CRIMES, PREDICTED, AREA, 1) == pytest.approx(1)
    with pytest.raises(ValueError, match="area"):
        captured(CRIMES, PREDICTED, 0 * AREA, 0.3)
    with pytest.raises(ValueError, match="share"):
        captured(CRIMES, PREDICTED, AREA, 1.5)
