"""Places drawn anew: how concentrated events are over places, and who lives where they fall.

Whole places are drawn, with all their events and residents, since events come in bursts on the same places.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hearing_app.evidence.bootstrap import DRAWS, SEED
from hearing_app.evidence.intervals import Floats, rate

TOP = (0.05, 0.1)
"""The shares of the places whose share of the events is told."""
# So many draws are held in memory at once; for 2,500 places that is 5 MB an array.
_AT_ONCE = 250


def resampled(places: int, draws: int = DRAWS, seed: int = SEED) -> Iterator[Floats]:
    """How often each place is in a draw of as many places with replacement: arrays (up to 250, places).

    The cluster bootstrap: a place is drawn with all its forecasts, which come in bursts and are not
    independent of one another. Davison, A. C. and Hinkley, D. V. (1997), Bootstrap methods and their
    application, 3.8.
    """
    source = np.random.default_rng(seed)
    for start in range(0, draws, _AT_ONCE):
        many = min(_AT_ONCE, draws - start)
        # One long count of "draw times places plus place" is 40 times faster than a multinomial of 2,500
        # chances.
        drawn = source.integers(places, size=(many, places)) + places * np.arange(many)[:, None]
        yield np.bincount(drawn.ravel(), minlength=many * places).reshape(many, places).astype(np.float64)


def concentrations(ordered: Floats, weights: Floats) -> tuple[Floats, ...]:
    """The Gini coefficient and the shares of the top 5 % and 10 % of places in each draw: arrays (draws,).

    The same as ``inequality.gini`` and ``top_share`` with weights, for places that are already in ascending
    order (places,): thousands of draws need no sorting. ``weights``, (draws, places): how often each is
    drawn.
    """
    have = weights * ordered
    up, along = np.cumsum(have, axis=1), np.cumsum(weights, axis=1)
    total, places = up[:, -1], along[:, -1]
    area = (weights * (2 * up - have)).sum(axis=1)
    found = [1 - rate(area, total * places)]
    for share in TOP:
        left = share * places[:, None] - (places[:, None] - along)
        found.append(rate((np.clip(left, 0, weights) * ordered).sum(axis=1), total))
    return tuple(found)


def exposure(events: Floats, residents: Floats, members: Floats, weights: Floats | None = None) -> Floats:
    """Events per 1,000 residents of a place, on average over the members of each group: (draws, groups).

    A place counts by the members who live there. ``members`` has the shape (places, groups), ``weights``
    (draws, places): how often each place counts. Places where nobody lives have no rate and no members. NaN
    without members.
    """
    there = residents > 0
    density = 1000 * rate(events[there], residents[there])
    counted = np.ones((1, int(there.sum()))) if weights is None else weights[:, there]
    return rate(counted @ (members[there] * density[:, None]), counted @ members[there])
