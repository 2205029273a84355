"""What fairlearn, scikit-learn and pandas compute of the published counts, for a second opinion.

They take a second to load, which nobody who does not ask should wait for: this module is loaded when somebody
asks, and nothing else imports them.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, TypeAlias

import fairlearn
import numpy as np
import pandas
import sklearn
from fairlearn import metrics as fair
from sklearn import metrics as learn

from hearing_app.evidence.audit import Audit
from hearing_app.evidence.counts import Group
from hearing_app.evidence.family import Kind, Metric

VERSIONS = {"fairlearn": fairlearn.__version__, "scikit-learn": sklearn.__version__}
Rows: TypeAlias = pandas.DataFrame


def read_counts(file: bytes) -> Rows:
    """Read a published file of counts, every cell as the text that stands there."""
    return pandas.read_csv(io.BytesIO(file), dtype=str, keep_default_na=False)


def of_group(rows: Rows, group: Group) -> Rows:
    """Return the rows of one group, or of one selection."""
    for column, value in group:
        rows = rows[rows[column] == str(value)]
    return rows


def computed(found: Audit, metric: Metric, rows: Rows) -> tuple[float | None, str]:
    """Return the figure that another program computes of these rows, and which; None is undefined."""
    return (_of_scores if found.manifest.scored else _of_measures)(found, metric, rows)


def _of_scores(found: Audit, metric: Metric, rows: Rows) -> tuple[float | None, str]:
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


def _of_measures(found: Audit, metric: Metric, rows: Rows) -> tuple[float | None, str]:
    """A share by fairlearn, from two rows that weigh as many as it counts; events by plain division."""
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
    # Two rows that weigh as many as the counts are the share's people.
    return float(fair.selection_rate([1, 0], [1, 0], sample_weight=[k, n - k])), "fairlearn"


def _functions() -> dict[str, tuple[Callable[[Any, Any, Any], Any], str]]:
    """Who computes which metric: a function of the outcome, the prediction and the weights."""

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
