"""An audit as a file or as text: every figure, unrounded in files, readable in a terminal."""

from __future__ import annotations

from hearing_app.documents.exports import csv_bytes
from hearing_app.evidence.audit import Audit, Estimate, GroupResult
from hearing_app.evidence.families import metrics_of
from hearing_app.evidence.family import Metric
from hearing_app.evidence.format import area, number, percent, percent_alone
from hearing_app.evidence.protected import protection_words
from hearing_app.evidence.wording import everyone_label, group_label, narrowed

NOT_SHOWN = "not shown"
"""Stands for a number of which some is withheld, to protect people."""
_NO_NUMBER = {"withheld": NOT_SHOWN, "mixed": "counted in different ways", "unstated": "not stated"}


def audit_csv(found: Audit) -> bytes:
    """Return a row for each metric of everyone and of each group, compared; an empty cell is undefined."""
    rows = found.as_rows()
    return csv_bytes(list(rows[0]), [list(row.values()) for row in rows])


def audit_text(found: Audit) -> str:
    """Return a table for the terminal, one block a metric, with the limits of the data under it."""
    everyone = (found.overall, *found.groups)
    names = [everyone_label(found), *(group_label(found.manifest, one.group) for one in found.groups)]
    width = max(len(name) for name in names)
    at = "" if found.selection.threshold is None else f", threshold {found.selection.threshold}"
    lines = [f"{found.manifest.title}{at}, data {found.version}"]
    lines += [narrowed(found)] if narrowed(found) else []
    for metric in metrics_of(found.manifest).values():
        lines += ["", metric.label]
        for name, one in zip(names, everyone, strict=True):
            estimate = one.metrics[metric.name]
            small = "  (too few to compare)" if estimate.small else ""
            words = figure_words(found, metric.name, one)
            n = no_number_words(estimate.reason) or estimate.n
            lines.append(f"  {name:<{width}}  {words}  n = {n}{small}")
    notes = [*found.manifest.limits, *protection_words(found.manifest)]
    return "\n".join([*lines, "", *(f"Note: {note}" for note in notes)])


def no_number_words(reason: str) -> str:
    """Return what stands in place of a number that is not defined, by the estimate's reason; "" without one.

    Never 0: nobody was found to be nobody.
    """
    return _NO_NUMBER.get(reason, "")


def figure_words(found: Audit, name: str, one: GroupResult) -> str:
    """Return a metric of one group as a page shows it: no interval where the value is so by definition."""
    fixed, estimate = found.by_definition(name), one.metrics[name]
    if fixed is not None and estimate.value is not None:
        return f"{percent_alone(fixed)} (by definition)"
    return estimate_words(found.metric(name), estimate)


def estimate_words(metric: Metric, estimate: Estimate) -> str:
    """Return a metric of one group with its interval: in per cent, as an area or as a plain number."""
    if estimate.reason == "withheld":
        return NOT_SHOWN
    form = percent if metric.is_rate else number if metric.plain else area
    return form(estimate.value, estimate.low, estimate.high)
