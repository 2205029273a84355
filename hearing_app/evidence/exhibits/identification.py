"""Pictures of identification: false alerts deployment by deployment, and how far groups lie apart."""

from __future__ import annotations

import numpy as np

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.audit import Estimate, audit
from hearing_app.evidence.counts import MIXED
from hearing_app.evidence.drift import control, homogeneity
from hearing_app.evidence.exhibit import Axis, Cell, Exhibit, ExhibitKind, Question, Series
from hearing_app.evidence.families import metrics_of
from hearing_app.evidence.format import people, percent
from hearing_app.evidence.inequality import Differentials, differentials, garbe
from hearing_app.evidence.intervals import wilson
from hearing_app.evidence.manifest import Manifest
from hearing_app.evidence.rows import rows_of
from hearing_app.evidence.tally import tally
from hearing_app.evidence.wording import group_label

_TAIL = 0.00135
_ERRORS = ("false_match_rate", "false_non_match_rate", "false_negative_identification_rate")


def draw_funnel(question: Question) -> Exhibit:
    """The share of false alerts in each deployment, against its number of alerts, with control limits."""
    manifest, where = question.dataset.manifest, question.selection.where
    together = tally(question.catalogue, question.dataset, (), where)
    basis = together.basis_of(("alerts", "false_alerts"))
    if basis is not None and (basis == MIXED).any():
        about = {"alerts", "false_alerts"}
        reasons = " ".join(
            one.reason for one in manifest.apart if not one.counts or about.intersection(one.counts)
        )
        raise _nothing(f"The rows of this selection were counted in different ways. {reasons}")
    rows = rows_of(question.catalogue, question.dataset, where)
    alerts, false = rows.numbers["alerts"], rows.numbers["false_alerts"]
    # A deployment without an alert has no share of false ones, and one that does not state them neither.
    some = np.nan_to_num(alerts) > 0
    some &= ~np.isnan(false)
    if not some.any():
        raise _nothing("No alert is left in this selection.")
    names = [name for name, there in zip(rows.names, some.tolist(), strict=True) if there]
    k, n = false[some], alerts[some]
    found = control(k, n, tail=_TAIL)
    sizes = np.arange(1, int(n.max()) + 1, dtype=np.float64)
    limits = control(np.zeros_like(sizes), sizes, centre=found.centre, tail=_TAIL)
    above = [name for name, side in zip(names, found.side.tolist(), strict=True) if side > 0]
    low, high = (float(one) for one in wilson(k.sum(), n.sum()))
    left_out = len(rows.names) - len(names)
    shares, sides = (k / n).tolist(), {-1.0: "below", 0.0: "within", 1.0: "above"}
    many, one = (manifest.record.many, manifest.record.one) if manifest.record else ("rows", "row")
    outside = f"{people(len(above))} of {people(len(names))} {many}"
    return Exhibit(
        title=f"False alerts in each {one}, beside what chance allows",
        sentences=(
            f"Of {people(int(n.sum()))} alerts, {people(int(k.sum()))} were false: "
            f"{percent(float(found.centre), low, high)}.",
            f"{outside} lie above what chance allows around that share"
            + (f": {'; '.join(above)}." if 0 < len(above) <= 5 else "."),
            f"Chance alone would put {_TAIL * len(names):.1f} there at most, on average.",
        ),
        x=Axis(f"Alerts in the {one}", "whole"),
        y=Axis("False alerts, of all alerts", "percent", (0, 1)),
        series=(
            Series(
                many.capitalize(),
                tuple(n.tolist()),
                tuple(shares),
                shape="dots",
                emphasis=True,
                names=tuple(names),
            ),
            Series(
                "Highest share that chance allows",
                tuple(sizes.tolist()),
                tuple(limits.high.tolist()),
                shape="step",
            ),
            Series(
                f"All {many} together",
                (1.0, float(sizes[-1])),
                (float(found.centre), float(found.centre)),
                shape="line",
            ),
        ),
        columns=(one, "alerts", "false alerts", "share", "lowest by chance", "highest by chance", "side"),
        forms=("category", "whole", "whole", "percent", "percent", "percent", "category"),
        rows=tuple(
            (name, *numbers, sides[side])
            for name, *numbers, side in zip(
                names,
                n.tolist(),
                k.tolist(),
                shares,
                found.low.tolist(),
                found.high.tolist(),
                found.side.tolist(),
                strict=True,
            )
        ),
        cautions=(
            *_unlike(question),
            *(
                [f"{people(left_out)} {many} without an alert have no share and are left out."]
                if left_out
                else []
            ),
            "Most have few alerts, so that only a large excess can stand out.",
            "Within the limits does not mean that all was well, only that the number alone does not stand "
            "out.",
        ),
        sources=(
            "Shewhart (1931), Economic control of quality of manufactured product",
            "Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in "
            "Medicine 24, 1185-1202",
        ),
    )


def _unlike(question: Question) -> list[str]:
    """Where the share differs between the values of what is compared: one stands out for that alone."""
    manifest, chosen = question.dataset.manifest, question.selection
    by = chosen.by[:1]
    if not by:
        return []
    parts = tally(question.catalogue, question.dataset, by, chosen.where)
    k, n = parts.numbers["false_alerts"], parts.numbers["alerts"]
    column = manifest.column(by[0])
    if column is None or not homogeneity(k, n).p < 0.05:
        return []
    shares = [
        f"{group_label(manifest, group)}: {percent(float(a / b), *(float(x) for x in wilson(a, b)))}"
        for group, a, b in zip(parts.groups, k, n, strict=True)
        if b
    ]
    return [
        f"One share is drawn for all, and it differs by {column.label.lower()} ({'; '.join(shares)}). A "
        "deployment can stand out for that alone: choose one of them under “More choices” to compare like "
        "with like."
    ]


def draw_differentials(question: Question) -> Exhibit:
    """Every group's error rates, and the measures of how far they lie apart that face tests report."""
    manifest = question.dataset.manifest
    found = audit(question.catalogue, question.selection)
    if len(found.groups) < 2:
        raise _nothing("Differentials need two groups or more.")
    metrics = [metrics_of(manifest)[name] for name in _ERRORS if name in metrics_of(manifest)]
    labels = [group_label(manifest, one.group) for one in found.groups]
    rates: dict[str, list[Estimate]] = {
        one.name: [group.metrics[one.name] for group in found.groups] for one in metrics
    }
    series, sentences, table = [], [], list[tuple[Cell, ...]]()
    arrays = {
        name: np.array([np.nan if one.value is None else one.value for one in estimates])
        for name, estimates in rates.items()
    }
    for metric in metrics:
        estimates = rates[metric.name]
        summary = differentials(arrays[metric.name])
        series.append(
            Series(
                metric.label,
                tuple(labels),
                tuple(one.value for one in estimates),
                tuple(one.low for one in estimates),
                tuple(one.high for one in estimates),
                shape="dots",
                hollow=tuple(one.small for one in estimates),
            )
        )
        for label, one in zip(labels, estimates, strict=True):
            table.append((metric.label, label, one.value, one.low, one.high, one.n))
        sentences.append(_summary(metric.label, labels, estimates, summary))
    if {"false_match_rate", "false_non_match_rate"} <= set(arrays):
        index = float(garbe(arrays["false_match_rate"], arrays["false_non_match_rate"]))
        if not np.isnan(index):
            sentences.append(
                f"GARBE, both kinds of error at equal weight: {index:.2f}, where 0 is no difference."
            )
    return Exhibit(
        title="How far the groups' errors lie apart",
        sentences=tuple(sentences),
        x=Axis("", "category"),
        y=Axis("Error rate", "percent"),
        series=tuple(series),
        columns=("measure", "group", "rate", "low", "high", "n"),
        forms=("category", "category", "percent", "percent", "percent", "whole"),
        rows=tuple(table),
        cautions=(
            "Ratios grow without limit where the lowest rate is near 0. Read every group's own rate and "
            "interval beside them, and false matches apart from false non-matches.",
            "The measures have no interval of their own here. The largest of many rates is too large by "
            "chance alone.",
        ),
        sources=(
            "Grother (2022), NIST IR 8429 (draft)",
            "ISO/IEC 19795-10:2024",
            "Howard and others (2022), arXiv 2203.05051",
        ),
    )


def _summary(name: str, labels: list[str], estimates: list[Estimate], found: Differentials) -> str:
    if found.highest < 0:
        missing = [label for label, one in zip(labels, estimates, strict=True) if one.value is None]
        return f"{name}: no measure, since there is no figure for {', '.join(missing)}."
    worst, best = estimates[int(found.highest)], estimates[int(found.lowest)]
    parts = [
        f"{name}: highest for {labels[int(found.highest)]}, {percent(worst.value, worst.low, worst.high)}",
        f"lowest for {labels[int(found.lowest)]}, {percent(best.value, best.low, best.high)}",
    ]
    if np.isnan(found.max_min):
        return f"{'; '.join(parts)}. With a rate of 0 there is no ratio."
    return (
        f"{'; '.join(parts)}. The first is {float(found.max_min):.1f} times the second and "
        f"{float(found.max_mean):.1f} times the geometric mean; the Gini coefficient is "
        f"{float(found.gini):.2f}."
    )


def _nothing(problem: str) -> Invalid:
    fault = Fault("", "where", problem, "Choose one of the dataset's populations.")
    return Invalid("There is nothing to draw.", [fault], kept="")


def _funnel_offered(manifest: Manifest) -> bool:
    return manifest.record is not None and {"alerts", "false_alerts"} <= {
        one.counts for one in manifest.measures
    }


def _differentials_offered(manifest: Manifest) -> bool:
    return bool(manifest.groups) and any(name in metrics_of(manifest) for name in _ERRORS[:2])


IDENTIFICATION = (
    ExhibitKind(
        "funnel",
        "False alerts, deployment by deployment",
        "Were there deployments with more false alerts than chance explains?",
        draw_funnel,
        _funnel_offered,
    ),
    ExhibitKind(
        "differentials",
        "How far the groups' errors lie apart",
        "In which group are errors most frequent, and how much more?",
        draw_differentials,
        _differentials_offered,
    ),
)
