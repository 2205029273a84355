"""How far a table of comparisons can be relied on: how many there are, and what so few people could show."""

from __future__ import annotations

import numpy as np

from hearing_app.evidence.audit import Audit, GroupResult
from hearing_app.evidence.format import people
from hearing_app.evidence.multiplicity import against_reference, survivors
from hearing_app.evidence.power import smallest_difference
from hearing_app.evidence.protected import noise_of
from hearing_app.evidence.sentences import findings, name_of

_FEWEST_COMPARISONS = 2


def reliability_words(found: Audit, metric: str) -> tuple[str, ...]:
    """Sentences on many comparisons, and on groups too small to show a difference; () where neither is so.

    Only for shares: the test is of two rates. Benjamini and Hochberg (1995); the power is that of the score
    test at 5 % with a chance of 80 % (Fleiss, Levin and Paik 2003).
    """
    reference = found.reference
    if noise_of(found.manifest.disclosure):
        # The test and the power know nothing of rounding or noise.
        return ()
    if reference is None or not found.metric(metric).is_rate or found.by_definition(metric) is not None:
        return ()
    words = [_many(found, metric, reference), *_few(found, metric, reference)]
    return tuple(one for one in words if one)


def _many(found: Audit, metric: str, reference: GroupResult) -> str:
    """How many of the differences remain when it is taken into account how many were looked for."""
    compared = [one for one in found.groups if _comparable(found, metric, one) or one is reference]
    estimates = [one.metrics[metric] for one in compared]
    k, n = ([getattr(one, part) or 0 for one in estimates] for part in ("count", "n"))
    at = next(index for index, one in enumerate(compared) if one is reference)
    counted = survivors(against_reference(k, n, at))
    if counted.compared < _FEWEST_COMPARISONS:
        return ""
    differ = "differs" if counted.alone == 1 else "differ"
    return (
        f"{counted.compared} groups are compared with one, so chance alone could make some differ. One by "
        f"one, {counted.alone} {differ}; taken together (Benjamini and Hochberg 1995), {counted.together}."
    )


def _few(found: Audit, metric: str, reference: GroupResult) -> list[str]:
    """For each group without a clear difference, the smallest one that so few could have shown."""
    states = {one.group: one.state for one in findings(found, metric)}
    base = reference.metrics[metric]
    words = []
    for one in found.groups:
        estimate = one.metrics[metric]
        if states.get(one.group) not in {"small", "unclear", "equal"} or not estimate.n or base.value is None:
            continue
        under, over = (float(side) for side in smallest_difference(estimate.n, base.n, base.value))
        sides = [
            f"{100 * side:.0f} points {word}"
            for side, word in ((under, "lower"), (over, "higher"))
            if np.isfinite(side)
        ]
        shown = f"a rate that is {' or '.join(sides)}" if sides else "no difference at all"
        words.append(
            f"With {people(estimate.n)} {name_of(found, metric, one.group)} counted here, this table could "
            f"be expected to show {shown}, and nothing smaller."
        )
    return words


def _comparable(found: Audit, metric: str, one: GroupResult) -> bool:
    gap = found.comparison(metric, one.group)
    return gap is not None and gap.difference.value is not None
