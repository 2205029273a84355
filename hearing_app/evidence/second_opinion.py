"""The same table computed again by others: fairlearn and scikit-learn, from the published file itself.

Nothing of our own reading, filtering or arithmetic is used: pandas reads the file of counts as it is handed
out, each row weighs as many people as it counts, and the two libraries compute what they know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hearing_app.evidence.audit import Audit, GroupResult
from hearing_app.evidence.checks import COUNTS
from hearing_app.evidence.counts import Group
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.query import table_of
from hearing_app.evidence.selection import Selection

WITHIN = 1e-12
"""Two computations of one figure may differ by so much in rounding, relative to figures above 1."""


@dataclass(frozen=True, slots=True)
class Second:
    """One figure as computed here and elsewhere, by whom; None is undefined.

    ``difference`` is None where both are undefined, or where the other library gives a number for something
    that is undefined (fairlearn and scikit-learn say 0 for a rate of nobody).
    """

    group: Group
    metric: str
    ours: float | None
    theirs: float | None
    by: str
    difference: float | None


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """Every figure of an audit, computed twice. ``largest`` is the largest difference of all.

    ``alone`` is how many figures are given here for which the others find nothing to compute.
    """

    figures: tuple[Second, ...]
    largest: float
    undefined: int
    alone: int
    programs: Mapping[str, str]

    @property
    def agree(self) -> bool:
        """Whether no two figures differ by more than rounding, and none stands here alone."""
        return self.largest <= WITHIN and not self.alone


def second_opinion(catalogue: Catalogue, found: Audit, metric: str | None = None) -> SecondOpinion:
    """Compute every figure of an audit a second time, or those of one metric, from the published file.

    It takes some 5 milliseconds for each figure: a page asks for the metric that it shows.
    """
    from hearing_app.evidence import other_programs  # noqa: PLC0415 - a second to load, for who asks alone

    files = catalogue.dataset(found.selection.dataset).files

    def read(selection: Selection) -> other_programs.Rows:
        table = table_of(found.manifest, selection)
        rows = other_programs.read_counts(files[table.file if table else COUNTS])
        if table is not None:
            # A count that is not shown is no count. Who needs it is left out below.
            rows = rows[rows[found.manifest.count.name] != ""]
        return other_programs.of_group(rows, selection.where)

    whole, parts = (read(replace(found.selection, by=by)) for by in ((), found.selection.by))
    figures = [
        _second(
            one,
            name,
            other_programs.computed(
                found, found.metric(name), other_programs.of_group(parts if one.group else whole, one.group)
            ),
        )
        for one in (found.overall, *found.groups)
        for name in ([metric] if metric else one.metrics)
        if one.metrics[name].reason != "withheld"
    ]
    # A figure above 1 (a likelihood ratio, events per 1,000) is rounded in proportion to its size.
    far = [one.difference / max(1, abs(one.ours or 0)) for one in figures if one.difference is not None]
    undefined = sum(one.ours is None for one in figures)
    alone = sum(one.ours is not None and one.theirs is None for one in figures)
    return SecondOpinion(tuple(figures), max(far, default=0.0), undefined, alone, other_programs.VERSIONS)


def _second(one: GroupResult, name: str, computed: tuple[float | None, str]) -> Second:
    ours, (theirs, by) = one.metrics[name].value, computed
    difference = None if ours is None or theirs is None else abs(ours - theirs)
    return Second(one.group, name, ours, theirs, by, difference)
