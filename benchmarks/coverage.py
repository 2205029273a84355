"""How often the intervals hold the truth: ``python -m benchmarks.coverage``, half a minute.

It prints the tables of docs/uncertainty.md. The first four count out every table that can come about, with
its chance: no chance is left in them. The last are simulated from a fixed seed; with 2,000 tables a figure of
95.0 % is known to about one point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import binom, poisson

from hearing_app.evidence import bootstrap, extremes
from hearing_app.evidence.auc import area_under_curve, hanley_mcneil
from hearing_app.evidence.events import event_rate, rate_difference, rate_ratio, rate_ratio_conditional
from hearing_app.evidence.intervals import Z, clopper_pearson, mover_r, newcombe, rate, wilson
from hearing_app.evidence.noise import geometric_noise, nearest_rounding, noisy_rate, random_rounding
from hearing_app.evidence.power import smallest_difference

Floats = NDArray[np.float64]
Limits = tuple[Floats, Floats]
Row = tuple[str, ...]
Target = Callable[[Any, Any], Any]
GRID = np.linspace(0.01, 0.99, 50)
"""True rates of two groups are tried in all pairs of these."""
MEANS = np.exp(np.linspace(np.log(0.5), np.log(100), 24))
"""True expected numbers of events."""
ALIKE = 1e-12
# Rounding must not decide whether a limit that equals the truth holds it.


def of_one_rate(interval: Callable[[Any, Any], Limits], n: int) -> tuple[float, float, float]:
    """(average over all rates, lowest, the rate of the lowest) for ``n`` people.

    The average is over 20,000 rates; the lowest is looked for on both sides of every limit, where coverage
    jumps.
    """
    k = np.arange(n + 1)
    low, high = (np.clip(limit, 0, 1) for limit in interval(k, n))

    def holds(p: Floats) -> Floats:
        inside = (low <= p[:, None]) & (p[:, None] <= high)
        result: Floats = (binom.pmf(k, n, p[:, None]) * inside).sum(axis=1)
        return result

    evenly = (np.arange(20_000) + 0.5) / 20_000
    jumps = np.concatenate([low, high])
    jumps = np.concatenate([jumps - 1e-9, jumps + 1e-9])
    jumps = np.sort(jumps[(jumps > 1e-6) & (jumps < 1 - 1e-6)])
    near = np.concatenate([jumps, evenly])
    found = holds(near)
    return float(found[len(jumps) :].mean()), float(found.min()), float(near[_lowest(found)])


def of_two_rates(
    interval: Callable[..., Limits], target: Target, n1: int, n2: int, least: float = 0.0
) -> tuple[float, float, str]:
    """(average, lowest, where) over all pairs of true rates; among the tables in which it is defined.

    The second group's are those by which ``least`` of its people or more are expected to have the event.
    """
    k1, k2 = np.arange(n1 + 1), np.arange(n2 + 1)
    limits = interval(k1[:, None], n1, k2[None], n2)
    others = GRID[n2 * GRID >= least]
    return _over_pairs(
        limits,
        (GRID, binom.pmf(k1, n1, GRID[:, None])),
        (others, binom.pmf(k2, n2, others[:, None])),
        target,
    )


def of_events(
    interval: Callable[..., Limits], target: Target, least: float = 0.0
) -> tuple[float, float, str]:
    """The same for two numbers of events over one unit of exposure each, both expected ``least`` or more."""
    k = np.arange(180)
    means = MEANS[least <= MEANS]
    side = means, poisson.pmf(k, means[:, None])
    return _over_pairs(interval(k[:, None], 1, k[None], 1), side, side, target)


def _over_pairs(
    limits: Limits, first: tuple[Floats, Floats], second: tuple[Floats, Floats], target: Target
) -> tuple[float, float, str]:
    """Each side: its true values, and the chance of every count at each of them."""
    low, high = limits
    defined = ~np.isnan(low) & ~np.isnan(high)
    (ones, of_ones), (others, of_others) = first, second
    found = np.empty((len(ones), len(others)))
    for i, one in enumerate(ones):
        for j, other in enumerate(others):
            true = target(one, other)
            inside = (true + ALIKE >= low) & (true - ALIKE <= high)
            found[i, j] = of_ones[i] @ inside @ of_others[j] / (of_ones[i] @ defined @ of_others[j])
    at = np.unravel_index(_lowest(found), found.shape)
    return float(found.mean()), float(found.min()), f"{ones[at[0]]:.2f} and {others[at[1]]:.2f}"


def _lowest(found: Floats) -> int:
    """Where the lowest is: the first of those that differ by rounding alone, so always the same."""
    return int(found.round(6).argmin())


def difference(one: Any, other: Any) -> Any:
    return one - other


def ratio(one: Any, other: Any) -> Any:
    return one / other


def textbook(k: Any, n: Any) -> Limits:
    """Rate plus or minus 1.96 standard errors, for comparison."""
    half = Z * np.sqrt(k / n * (1 - k / n) / n)
    return k / n - half, k / n + half


def wilson_share(k1: Any, _e1: Any, k2: Any, _e2: Any) -> Limits:
    """The ratio of two numbers of events by Wilson's limits of their share, measured and not used."""
    low, high = wilson(k1, k1 + k2)
    with np.errstate(divide="ignore"):
        return np.where(k2 > 0, low / (1 - low), np.nan), np.where(k2 > 0, high / (1 - high), np.nan)


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")


def rates() -> Iterator[Row]:
    """One rate, counted out."""
    yield ("interval of one rate", "people", "on average", "at worst", "there the rate is")
    for name, interval, sizes in (
        ("Wilson", wilson, (5, 10, 18, 30, 100)),
        ("Clopper-Pearson", clopper_pearson, (10, 30)),
        ("the textbook's, for comparison", textbook, (10, 30)),
    ):
        for n in sizes:
            average, lowest, at = of_one_rate(interval, n)
            yield (name, str(n), _percent(average), _percent(lowest), f"{at:.3f}")


def pairs() -> Iterator[Row]:
    """Differences and ratios of two rates, counted out."""
    yield ("interval of two rates", "people", "on average", "at worst", "there the rates are")
    for name, interval, target, least in (
        ("difference, Newcombe", newcombe, difference, 0.0),
        ("ratio, MOVER-R", mover_r, ratio, 0.0),
        ("ratio, 3 or more expected in the second", mover_r, ratio, 3.0),
    ):
        for n1, n2 in ((5, 5), (10, 10), (10, 30), (30, 30)):
            average, lowest, at = of_two_rates(interval, target, n1, n2, least)
            yield (name, f"{n1} and {n2}", _percent(average), _percent(lowest), at)


def events() -> Iterator[Row]:
    """Rates of events, counted out."""
    yield ("interval of events", "expected events", "on average", "at worst", "there they are")
    k = np.arange(200)
    means = np.linspace(0.05, 100, 4000)
    _, low, high = event_rate(k, 1)
    inside = (low <= means[:, None]) & (means[:, None] <= high)
    found = (poisson.pmf(k, means[:, None]) * inside).sum(axis=1)
    yield (
        "one rate, Garwood",
        "0.05 to 100",
        _percent(found.mean()),
        _percent(found.min()),
        f"{means[_lowest(found)]:.2f}",
    )
    for name, interval, target in (
        ("difference, MOVER on Garwood", rate_difference, difference),
        ("ratio, MOVER-R on Garwood", rate_ratio, ratio),
        ("ratio, conditional and exact", rate_ratio_conditional, ratio),
        ("ratio, Wilson of the share, rejected", wilson_share, ratio),
    ):
        for least, label in ((0.0, "0.5 to 100"), (5.0, "5 to 100")):
            average, lowest, at = of_events(interval, target, least)
            yield (name, label, _percent(average), _percent(lowest), at)


def powers() -> Iterator[Row]:
    """The exact power at the smallest difference that is said to be found four times in five."""
    yield ("people", "reference rate", "difference downward", "found", "difference upward", "found")
    for n1, n2, p in ((8, 1488, 349 / 1488), (18, 2454, 854 / 2454), (32, 2454, 854 / 2454), (10, 10, 0.3),
                      (30, 30, 0.3), (100, 100, 0.1), (637, 2454, 854 / 2454)):  # fmt: skip
        cells = [f"{n1} beside {n2:,}", f"{p:.3f}"]
        for sign, size in zip((-1, 1), smallest_difference(n1, n2, p), strict=True):
            if np.isnan(size):
                cells += ["none down to 0" if sign < 0 else "none up to 1", ""]
            else:
                cells += [f"{float(size):.3f}", _percent(_found(n1, n2, p + sign * float(size), p))]
        yield tuple(cells)


def _found(n1: int, n2: int, p1: float, p2: float) -> float:
    k1, k2 = np.arange(n1 + 1), np.arange(n2 + 1)
    low, high = newcombe(k1[:, None], n1, k2[None], n2)
    return float(binom.pmf(k1, n1, p1) @ ((low > 0) | (high < 0)) @ binom.pmf(k2, n2, p2))


SPREADS: dict[str, tuple[list[int], list[float]]] = {
    "4 groups of 200, all 30 %": ([200] * 4, [0.3] * 4),
    "4 groups of 50, 30, 30, 30 and 45 %": ([50] * 4, [0.3, 0.3, 0.3, 0.45]),
    "4 groups of 200, 20 to 40 %": ([200] * 4, [0.2, 0.3, 0.3, 0.4]),
    "6 groups of 3,696 to 18, 45 to 10 %": (
        [3696, 2454, 637, 377, 32, 18],
        [0.45, 0.23, 0.21, 0.15, 0.1, 0.3],
    ),
    "4 groups of 1,000, 20 to 40 %": ([1000] * 4, [0.2, 0.3, 0.3, 0.4]),
}


def furthest(tables: int = 600) -> Iterator[Row]:
    """The largest difference and smallest ratio of several groups, from pairs and by three bootstraps."""
    yield ("furthest apart", "groups", "all pairs", "percentile bootstrap", "basic", "BCa")
    cells = ((0,), (0, 1))
    for name, from_pairs, measure, target in (
        ("largest difference", extremes.largest_difference, bootstrap.difference(*cells), np.ptp),
        ("smallest ratio", extremes.smallest_ratio, bootstrap.ratio(*cells), lambda p: min(p) / max(p)),
    ):
        for label, (n, p) in SPREADS.items():
            rng, true, held = np.random.default_rng(5), float(target(p)), []
            for _ in range(tables):
                k = rng.binomial(n, p)
                closed = from_pairs(k, n)
                if np.isnan(closed.value):
                    continue
                resampled = _bootstraps(np.stack([k, n - k], axis=1), measure) or []
                limits = [(closed.low, closed.high), *(np.clip(one, 0, 1) for one in resampled)]
                held.append([low <= true + ALIKE and true - ALIKE <= high for low, high in limits])
            yield (name, label, *(_percent(float(share)) for share in np.mean(held, axis=0)))


def _average_odds(counts: NDArray[Any]) -> Floats:
    """The mean of two differences between two groups, in false and in true positives: tp, fp, tn, fn."""
    tp, fp, tn, fn = np.moveaxis(counts, -1, 0)
    false, true = rate(fp, fp + tn), rate(tp, tp + fn)
    return (false[..., 0] - false[..., 1] + true[..., 0] - true[..., 1]) / 2


def _precision_ratio(counts: NDArray[Any]) -> Floats:
    tp, fp = counts[..., 0], counts[..., 1]
    precision = rate(tp, tp + fp)
    return np.where(precision[..., 1] > 0, precision[..., 0] / np.maximum(precision[..., 1], 1e-300), np.nan)


def composed(tables: int = 1000) -> Iterator[Row]:
    """Measures that are smooth in the counts, by three bootstraps."""
    yield ("composed measure", "people in two groups", "percentile bootstrap", "basic", "BCa")
    shares = np.array([[0.25, 0.2, 0.35, 0.2], [0.1, 0.15, 0.6, 0.15]])
    for name, measure in (
        ("average odds difference", _average_odds),
        ("ratio of positive predictive values", _precision_ratio),
    ):
        for n1, n2 in ((30, 30), (200, 200), (1000, 60)):
            rng, people = np.random.default_rng(5), np.array([n1, n2])
            true, held = float(measure((shares * people[:, None])[None])[0]), []
            for _ in range(tables):
                limits = _bootstraps(rng.multinomial(people, shares), measure)
                if limits is not None:
                    held.append([low <= true <= high for low, high in limits])
            yield (name, f"{n1:,} and {n2}", *(_percent(float(share)) for share in np.mean(held, axis=0)))


def _bootstraps(table: NDArray[np.int64], measure: bootstrap.Measure) -> list[Any] | None:
    """The limits of the percentile, the basic and the BCa bootstrap; None where the measure is undefined."""
    found = bootstrap.interval(table, measure, draws=1000)
    if np.isnan(found.value):
        return None
    return [
        (found.low, found.high),
        (2 * found.value - found.high, 2 * found.value - found.low),
        _bca(table, measure),
    ]


def _bca(table: NDArray[np.int64], measure: bootstrap.Measure) -> Floats:
    """Efron's bias-corrected and accelerated limits; the jackknife leaves out one person of each cell."""
    value = float(measure(table[None])[0])
    drawn = measure(bootstrap.resample(table, 1000))
    drawn = drawn[~np.isnan(drawn)]
    under = np.mean(drawn < value) + np.mean(drawn == value) / 2
    bias = ndtri(np.clip(under, 1e-3, 1 - 1e-3))
    filled = np.argwhere(table > 0)
    without = np.repeat(table[None], len(filled), axis=0)
    without[np.arange(len(filled)), filled[:, 0], filled[:, 1]] -= 1
    left, weight = measure(without), table[table > 0]
    weight = np.where(np.isnan(left), 0, weight)
    left = np.where(np.isnan(left), value, left)
    away = np.average(left, weights=weight) - left
    spread = (weight * away**2).sum()
    bend = (weight * away**3).sum() / (6 * spread**1.5) if spread > 0 else 0.0
    moved = bias + ndtri(np.array([0.025, 0.975]))
    limits: Floats = np.quantile(drawn, ndtr(bias + moved / (1 - bend * moved)))
    return limits


def areas(tables: int = 4000) -> Iterator[Row]:
    """The area under the curve, of ten scores."""
    yield ("area under the curve", "people with and without", "DeLong", "Hanley and McNeil")
    rng, scores = np.random.default_rng(20), np.arange(10)
    for tilt in (0.05, 0.15, 0.35):
        above, below = (np.exp(sign * tilt * scores) for sign in (1, -1))
        above, below = above / above.sum(), below / below.sum()
        true = float((above * (np.cumsum(below) - below / 2)).sum())
        for m, n in ((10, 15), (30, 60), (300, 300)):
            counts = rng.multinomial(m, above, tables), rng.multinomial(n, below, tables)
            value, *delong = area_under_curve(*counts)
            shares = []
            for low, high in (delong, hanley_mcneil(value, m, n)):
                known = ~np.isnan(low)
                shares.append(_percent(float(np.mean(((low <= true) & (true <= high))[known]))))
            yield (f"{true:.3f}", f"{m} and {n}", *shares)


def noises(tables: int = 1000) -> Iterator[Row]:
    """Rates of counts with noise, averaged over the true rate."""
    yield ("noise of each count", "people", "with the noise in mind", "Wilson as if there were none")
    rng = np.random.default_rng(3)

    def geometric(counts: NDArray[np.int64], scale: float) -> NDArray[np.int64]:
        stop = 1 - np.exp(-1 / scale)
        noisy: NDArray[np.int64] = (
            counts + rng.geometric(stop, counts.shape) - rng.geometric(stop, counts.shape)
        )
        return noisy

    p = np.repeat(np.linspace(0.01, 0.99, 99), tables)
    kinds: tuple[tuple[str, Callable[[Any], Any], float], ...] = (
        ("geometric, scale 1", lambda counts: geometric(counts, 1.0), geometric_noise(1.0)),
        ("geometric, scale 5", lambda counts: geometric(counts, 5.0), geometric_noise(5.0)),
        ("geometric, scale 10", lambda counts: geometric(counts, 10.0), geometric_noise(10.0)),
        ("rounded to the nearest 5", lambda counts: 5 * ((counts + 2) // 5), nearest_rounding(5)),
        (
            "rounded to 5 at random",
            lambda counts: counts - counts % 5 + 5 * (rng.random(counts.shape) < counts % 5 / 5),
            random_rounding(5),
        ),
    )
    for name, noise, variance in kinds:
        for people in (10, 30, 100, 1000):
            k = rng.binomial(people, p)
            with_event, without = noise(k), noise(people - k)
            value, low, high = noisy_rate(with_event, without, variance)
            bare = np.maximum(with_event, 0), np.maximum(without, 0)
            naive = wilson(bare[0], bare[0] + bare[1])
            known = ~np.isnan(value)
            shares = (
                float(np.mean(((limits[0] <= p) & (p <= limits[1]))[known]))
                for limits in ((low, high), naive)
            )
            yield (name, f"{people:,}", *map(_percent, shares))


def table(rows: Iterator[Row]) -> str:
    """Rows, the first of them names, as Markdown."""
    names, *others = rows
    lines = [names, ("---",) * len(names), *others]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    for rows in (rates(), pairs(), events(), powers(), furthest(), composed(), areas(), noises()):
        print(table(rows), end="\n\n")


if __name__ == "__main__":
    main()
