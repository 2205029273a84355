"""Figures as documents: the table beside a chart, the pictures of 100 people, the limits of the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from hearing_app.documents.audit_files import NOT_SHOWN, figure_words, no_number_words
from hearing_app.documents.pictures import people
from hearing_app.documents.render import render
from hearing_app.evidence.audit import Audit, Estimate, GroupResult, audit
from hearing_app.evidence.checks import COUNTS
from hearing_app.evidence.comparisons import Interval
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.families import opening_metric
from hearing_app.evidence.family import Kind, Metric
from hearing_app.evidence.format import NO_BREAK, UNDEFINED, area_difference, number_difference, points, times
from hearing_app.evidence.manifest import Manifest
from hearing_app.evidence.protected import no_interval_words, noise_of, protection_words, uncertainty_words
from hearing_app.evidence.query import query_of, table_of
from hearing_app.evidence.reliability import reliability_words
from hearing_app.evidence.second_opinion import SecondOpinion
from hearing_app.evidence.selection import opening_selection
from hearing_app.evidence.sentences import findings, headline, largest_finding, title
from hearing_app.evidence.wording import (
    everyone_label,
    group_label,
    group_name,
    metric_wording,
    narrowed,
    selection_words,
    size_noun,
)

INTERVALS = (
    "The figures in brackets are 95 % intervals: counts like these, drawn again and again from the same "
    "conditions, would give a range that holds the true figure in about 95 of 100 cases."
)
ROUNDING = (
    "Differences and ratios are computed before rounding, so they can differ a little from what the rounded "
    "figures give."
)


def finding_html(found: Audit, metric: str, note: str = "") -> str:
    """Return what the evidence says: the finding as a title and a sentence, the metric's own warning.

    ``note`` is one more sentence on who is counted.
    """
    first = largest_finding(found, metric)
    others = [one.text for one in findings(found, metric) if one != first]
    return render(
        "finding",
        title=title(found, metric),
        headline=headline(found, metric),
        selection=selection_words(found, metric),
        together=_together(found, metric),
        note=note,
        metric=found.metric(metric),
        cautions=[
            *(one for one in found.family.cautions if one != found.metric(metric).misleads),
            *([uncertainty_words(found.manifest)] if noise_of(found.manifest.disclosure) else []),
            *([why] if (why := no_interval_words(found.manifest, found.metric(metric))) else []),
        ],
        others=others,
        reliability=reliability_words(found, metric),
    )


def _together(found: Audit, metric: str) -> str:
    """The figure of all groups together, where groups are compared: what many ask first."""
    if not found.groups or found.overall.metrics[metric].value is None:
        return ""
    return f"{everyone_label(found)} together: {figure_words(found, metric, found.overall)}."


def figures_html(found: Audit, metric: str, query: str) -> str:
    """Return the numbers of a chart as a table: every group, the count behind each rate, and comparisons.

    Everyone together, then the groups in the order of the chart's rows.
    ``query`` is the view's own query string, for the links to the same figures as CSV and JSON.
    """
    chosen, reference = found.metric(metric), found.reference
    # What is so by definition has no interval and nothing to compare.
    fixed = found.by_definition(metric) is not None
    ratios, table = chosen.kind is not Kind.FIGURE, table_of(found.manifest, found.selection)
    rows = []
    for one in (found.overall, *found.by_size):
        estimate, compared = one.metrics[metric], found.comparison(metric, one.group) if one.group else None
        gap = points if chosen.is_rate else number_difference if chosen.plain else area_difference
        # Nothing to divide by is not a little of it: the figure itself says so.
        small = bool(estimate.n) and (compared.small if compared else estimate.small)
        pair = [estimate, *([reference.metrics[metric]] if reference and compared else [])]
        hidden = any(one.reason == "withheld" for one in pair)
        rows.append(
            {
                "label": group_label(found.manifest, one.group) if one.group else everyone_label(found),
                "size": one.size,
                # Of protected counts some are withheld; of others they were counted in several ways.
                "no_size": NOT_SHOWN if found.manifest.lattice is not None else UNDEFINED,
                "is_reference": reference is not None and one.group == reference.group,
                "small": small,
                "counted": _counted(estimate, chosen.is_rate),
                "value": figure_words(found, metric, one),
                "difference": _limits(gap, compared.difference if compared else None, hidden),
                "ratio": _limits(times, compared.ratio if compared else None, hidden) if ratios else "",
            }
        )
    columns = [found.manifest.column(name) for name in found.selection.by]
    return render(
        "figures",
        caption=f"{chosen.label}, by group{'' if fixed else f', with 95{NO_BREAK}% intervals'}",
        narrowed=narrowed(found),
        size_heading=size_noun(found.manifest).capitalize(),
        group_heading=" and ".join(column.label for column in columns if column) or "Group",
        metric_label=chosen.label,
        counted=_counted_heading(found, chosen),
        reference=group_label(found.manifest, reference.group) if reference else "the reference",
        compared=reference is not None and len(found.groups) > 1 and not fixed,
        ratios=ratios,
        rows=rows,
        dataset=found.selection.dataset,
        file=table.file if table else COUNTS,
        query=query,
        citation=citation_of(found.manifest, found.version, query),
        sql=query_of(found.manifest, found.selection),
    )


def second_opinion_html(found: Audit, opinion: SecondOpinion) -> str:
    """Return how every figure of an audit compares with what other programs compute from the same file."""
    rows = [
        {
            "group": group_label(found.manifest, one.group) if one.group else everyone_label(found),
            "metric": found.metric(one.metric).label,
            "ours": UNDEFINED if one.ours is None else repr(one.ours),
            "theirs": UNDEFINED if one.theirs is None else repr(one.theirs),
            "by": one.by,
            "difference": "" if one.difference is None else f"{one.difference:.1g}",
        }
        for one in opinion.figures
    ]
    programs = " and ".join(f"{name} {version}" for name, version in opinion.programs.items())
    return render("second_opinion", opinion=opinion, rows=rows, programs=programs)


def people_html(found: Audit, metric: str, *, standing_alone: bool = True) -> str:
    """Return two pictures of 100 people, for the reference group and the largest that can be compared.

    Empty where there is nothing to compare, where a figure is undefined or rests on too few people, or where
    the metric is not a share of people.
    """
    finding, reference = largest_finding(found, metric), found.reference
    one = found.result(finding.group)
    if one is None or reference is None or finding.state not in {"clear", "unclear", "equal"}:
        return ""
    if not found.metric(metric).is_rate or found.metric(metric).noun:
        return ""
    among, event = metric_wording(found.manifest, found.metric(metric), found.selection.threshold)
    pair = [one, reference]
    if finding.state == "clear":
        # As in the sentence above them: the group with the higher rate comes first.
        pair.sort(key=lambda group: group.metrics[metric].value or 0, reverse=True)
    return render(
        "people",
        standing_alone=standing_alone,
        label="The same rates as pictures of 100 people",
        pictures=[_picture(found, metric, group, among, event) for group in pair],
    )


def headline_picture(catalogue: Catalogue, datasets: Sequence[str]) -> str:
    """Return the pictures of 100 people for the first dataset as its page opens; empty without one."""
    known = [dataset_id for dataset_id in datasets if dataset_id in catalogue.ids()]
    if not known:
        return ""
    found = audit(catalogue, opening_selection(catalogue.dataset(known[0])))
    return people_html(found, opening_metric(found.manifest), standing_alone=False)


def limits_html(found: Audit) -> str:
    """Return what the data cannot tell, and where it comes from; stands under every chart."""
    return render(
        "limits",
        limits=(*found.manifest.limits, *protection_words(found.manifest)),
        tables=found.manifest.lattice is not None,
        no_groups=found.manifest.no_groups,
        citation=found.manifest.citation,
        licence=found.manifest.licence.name,
        version=found.version,
        interval=INTERVALS,
        rounding=ROUNDING,
    )


def citation_of(manifest: Manifest, version: str, query: str) -> str:
    """Return how to cite a figure: the dataset, the hash of its release, the selection, and the day."""
    today = f"{datetime.now(UTC):%-d %B %Y}"
    return f"{manifest.title}, {version}, selection: {query}, read on {today}"


def _picture(found: Audit, metric: str, group: GroupResult, among: str, event: str) -> dict[str, str | int]:
    shown, noun = round(100 * (group.metrics[metric].value or 0)), found.metric(metric).noun
    name = group_name(found.manifest, group.group, found.selection.where, noun)
    return {
        "picture": people(shown),
        "shown": shown,
        "about": f"About {shown} of 100",
        "words": f"{name} {among} {event}.".replace("  ", " "),
    }


def _counted_heading(found: Audit, metric: Metric) -> str:
    if metric.is_rate:
        return "Of how many"
    count = found.family.count(metric.denominator[0]) if metric.kind is Kind.EVENTS else None
    return count.noun.capitalize() if count else "Compared"


def _counted(estimate: Estimate, is_rate: bool) -> str:
    if words := no_number_words(estimate.reason):
        return words
    if not is_rate or estimate.count is None:
        return f"{estimate.n:,}".replace(",", "\u202f")
    return f"{estimate.count:,} of {estimate.n:,}".replace(",", "\u202f")


def _limits(form: Callable[..., str], interval: Interval | None, hidden: bool) -> str:
    if interval is not None and hidden:
        return NOT_SHOWN
    return "" if interval is None else form(interval.value, interval.low, interval.high)
