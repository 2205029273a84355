"""Pinning what a reader saw: the exact selection, the release of the data, and the figures."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.audit import Audit, audit
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.families import metrics_of
from hearing_app.evidence.releases import NAME as RELEASE
from hearing_app.evidence.releases import require_release, short_release
from hearing_app.evidence.selection import Parameters, parse_selection, selection_params
from hearing_app.evidence.sentences import standing_alone
from hearing_app.evidence.wording import everyone_label, group_label


def pin(audit: Audit, metric: str) -> dict[str, Any]:
    """Return what a comment keeps of the figures that its author saw, ready for JSON.

    ``query`` is the address of the same view; ``figures`` holds the shown metric for each group, unrounded.
    ``sentence`` stands in the comment without the page around it, so it says whom it counts.
    """
    return {
        "dataset": audit.selection.dataset,
        "system": audit.manifest.system,
        "version": audit.version,
        "query": view_query(audit, metric),
        "metric": metric,
        "sentence": standing_alone(audit, metric),
        "figures": [
            {
                "group": dict(one.group),
                "label": group_label(audit.manifest, one.group) if one.group else everyone_label(audit),
                "counts": dict(one.counts),
                "value": one.metrics[metric].value,
                "low": one.metrics[metric].low,
                "high": one.metrics[metric].high,
                "n": one.metrics[metric].shown_n,
            }
            for one in (audit.overall, *audit.groups)
        ],
    }


def pin_of_query(catalogue: Catalogue, parameters: Parameters) -> dict[str, Any]:
    """Return what is pinned for the parameters of an evidence page's address, computed here.

    Raises ``NotFound`` for a dataset that is not there, ``Invalid`` for one of no system, for an address
    of another release (what somebody saw is not what would be pinned), and for anything else that does not
    fit.
    """
    values = dict(parameters)
    metric = values.get("metric", "")
    dataset = catalogue.dataset(values.get("dataset", ""))
    if dataset.manifest.system is None:
        # A comment is about a system; what belongs to none has nowhere to stand.
        repair = "Comment on a system, and name this page in your words."
        fault = Fault("", "dataset", "These figures are about no system of the register.", repair)
        raise Invalid("The figures cannot be pinned.", [fault])
    known = metrics_of(dataset.manifest)
    if metric not in known:
        fault = Fault("", "metric", f"“{metric[:60]}” is no metric.", f"Use one of: {', '.join(known)}.")
        raise Invalid("The figures cannot be pinned.", [fault])
    require_release(dataset, parameters)
    chosen = [
        pair
        for pair in parameters
        if pair[0] not in {"dataset", "metric", "picture", "exhibit", "cut", RELEASE}
    ]
    return pin(audit(catalogue, parse_selection(dataset, chosen)), metric)


def view_query(audit: Audit, metric: str) -> str:
    """Return the query string under which the evidence page shows this selection and metric."""
    parameters = [
        ("dataset", audit.selection.dataset),
        *selection_params(audit.selection),
        ("metric", metric),
        (RELEASE, short_release(audit.version)),
    ]
    return urlencode(parameters, safe=":,")
