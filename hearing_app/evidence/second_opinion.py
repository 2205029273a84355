"""The same table computed again by others: fairlearn and scikit-learn, from the published file itself.

Nothing of our own reading, filtering or arithmetic is used: pandas reads the file of counts as it is handed
out, each row weighs as many people as it counts, and the two libraries compute what they know.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hearing_app.evidence.audit import Audit, GroupResult
from hearing_app.evidence.checks import COUNTS
from hearing_app.evidence.counts import Group
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.family import Kind, Metric
from hearing_app.evidence.query import table_of
from hearing_app.evidence.selection import Selection

if TYPE_CHECKING:
    import pandas

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
    # These take a second to load, which nobody who does not ask should wait for.
    import fairlearn  # noqa: PLC0415 # see above
    import pandas  # noqa: PLC0415 # as above
    import sklearn  # noqa: PLC0415 # as above

    files = catalogue.dataset(found.selection.dataset).files

    def read(selection: Selection) -> pandas.DataFrame:
        table = table_of(found.manifest, selection)
        file = files[table.file if table else COUNTS]
        rows = pandas.read_csv(io.BytesIO(file), dtype=str, keep_default_na=False)
        if table is not None:
            # A count that is not shown is no count. Who needs it is left out below.
            rows = rows[rows[found.manifest.count.name] != ""]
        return _of_group(rows, selection.where)

    whole, parts = (read(replace(found.selection, by=by)) for by in ((), found.selection.by))
    figures = [
        _second(found, one, found.metric(chosen), _of_group(parts if one.group else whole, one.group))
        for one in (found.overall, *found.groups)
        for chosen in ([metric] if metric else one.metrics)
        if one.metrics[chosen].reason != "withheld"
    ]
    # A figure above 1 (a likelihood ratio, events per 1,000) is rounded in proportion to its size.
    far = [one.difference / max(1, abs(one.ours or 0)) for one in figures if one.difference is not None]
    programs = {"fairlearn": fairlearn.__version__, "scikit-learn": sklearn.__version__}
    undefined = sum(one.ours is None for one in figures)
    alone = sum(one.ours is not None and one.theirs is None for one in figures)
    return SecondOpinion(tuple(figures), max(far, default=0.0), undefined, alone, programs)


def _of_group(rows: pandas.DataFrame, group: Group) -> pandas.DataFrame:
    for column, value in group:
        rows = rows[rows[column] == str(value)]
    return rows


def _second(found: Audit, one: GroupResult, metric: Metric, rows: pandas.DataFrame) -> Second:
    ours = one.metrics[metric.name].value
    if found.manifest.scored:
        theirs, by = _of_scores(found, metric, rows)
    else:
        theirs, by = _of_measures(found, metric, rows)
    difference = None if ours is None or theirs is None else abs(ours - theirs)
    return Second(one.group, metric.name, ours, theirs, by, difference)


def _of_scores(found: Audit, metric: Metric, rows: pandas.DataFrame) -> tuple[float | None, str]:
    import numpy as np  # noqa: PLC0415 # as the libraries below

    manifest = found.manifest
    weight = rows[manifest.count.name].astype("int64").to_numpy()
    rows, weight = rows[weight > 0], weight[weight > 0]
    outcome = rows[manifest.outcome.name].astype("int64").to_numpy()
    score = rows[manifest.score.name].astype("int64").to_numpy()
    singled_out = (score >= (found.selection.threshold or 0)).astype(int)
    compute, by = _functions()[metric.name]
    # What needs both outcomes, or both answers, is refused or warned about by the libraries: not asked for.
    both = len(np.unique(outcome)) == 2
    alike = not both and len(np.unique(singled_out)) < 2
    if not len(rows) or (not both and metric.name in {"roc_auc", "balanced_accuracy"}):
        return None, by
    if alike and metric.name == "matthews_correlation":
        return None, by
    second = float(compute(outcome, score if metric.name == "roc_auc" else singled_out, weight))
    return second if np.isfinite(second) else None, by


def _functions() -> dict[str, tuple[Callable[[Any, Any, Any], Any], str]]:
    """Who computes which metric: a function of the outcome, the prediction and the weights."""
    from fairlearn import metrics as fair  # noqa: PLC0415 # it takes a second to load
    from sklearn import metrics as learn  # noqa: PLC0415 # as above

    def with_weights(function: Any, **options: Any) -> Callable[[Any, Any, Any], Any]:
        return lambda y, p, w: function(y, p, sample_weight=w, **options)

    def odds(rate: Any, other: Any) -> Callable[[Any, Any, Any], float]:
        # scikit-learn's own function warns where a ratio is undefined; it is made of fairlearn's rates here.
        def ratio(y: Any, p: Any, w: Any) -> float:
            below = other(y, p, sample_weight=w)
            return float(rate(y, p, sample_weight=w) / below) if below else float("nan")

        return ratio

    def misses(y: Any, p: Any, w: Any) -> float:
        matrix = learn.confusion_matrix(y, p, labels=[0, 1], sample_weight=w)
        return float(matrix[1, 0] / matrix[0, 1]) if matrix[0, 1] else float("nan")

    fairly, sk = "fairlearn", "scikit-learn"
    return {
        "accuracy": (with_weights(learn.accuracy_score), sk),
        "selection_rate": (with_weights(fair.selection_rate), fairly),
        "prevalence": (lambda y, _p, w: fair.selection_rate(y, y, sample_weight=w), fairly),
        "false_positive_rate": (with_weights(fair.false_positive_rate), fairly),
        "false_negative_rate": (with_weights(fair.false_negative_rate), fairly),
        "true_positive_rate": (with_weights(fair.true_positive_rate), fairly),
        "true_negative_rate": (with_weights(fair.true_negative_rate), fairly),
        "positive_predictive_value": (with_weights(learn.precision_score, zero_division=0), sk),
        "negative_predictive_value": (with_weights(learn.precision_score, pos_label=0, zero_division=0), sk),
        "roc_auc": (with_weights(learn.roc_auc_score), sk),
        "f1": (with_weights(learn.f1_score, zero_division=0), sk),
        "balanced_accuracy": (with_weights(learn.balanced_accuracy_score), sk),
        "matthews_correlation": (with_weights(learn.matthews_corrcoef), sk),
        "positive_likelihood_ratio": (odds(fair.true_positive_rate, fair.false_positive_rate), fairly),
        "negative_likelihood_ratio": (odds(fair.false_negative_rate, fair.true_negative_rate), fairly),
        "misses_per_false_positive": (misses, sk),
    }


def _of_measures(found: Audit, metric: Metric, rows: pandas.DataFrame) -> tuple[float | None, str]:
    """A share by fairlearn, from two rows that weigh as many as it counts; events by plain division."""
    from fairlearn.metrics import selection_rate  # noqa: PLC0415 # it takes a second to load

    columns = {column.counts: column.name for column in found.manifest.measures}

    def total(names: tuple[str, ...]) -> int:
        return sum(int(cell) for name in names for cell in rows[columns[name]])

    # An empty cell is a count that nobody stated, and nothing can be divided by it.
    if any((rows[columns[name]] == "").any() for name in metric.counts):
        return None, "fairlearn"
    k, n = total(metric.numerator), total(metric.denominator)
    if not n:
        return None, "fairlearn"
    if metric.kind is Kind.EVENTS:
        return metric.per * k / n, "division"
    return float(selection_rate([1, 0], [1, 0], sample_weight=[k, n - k])), "fairlearn"
