"""What an audit found, in plain sentences that carry their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

from hearing_app.evidence.audit import Audit, Estimate, GroupResult
from hearing_app.evidence.comparisons import Comparison, Interval
from hearing_app.evidence.counts import Group
from hearing_app.evidence.format import ALMOST_NONE, people, percent_alone, ratio_digits, times_alone
from hearing_app.evidence.plain import (
    State,
    about,
    alone_title,
    clear_title,
    compared_sentence,
    undefined,
)
from hearing_app.evidence.wording import group_name, metric_wording, scope, selection_words


@dataclass(frozen=True, slots=True)
class Finding:
    """What the evidence says of one group. ``state``: whether it differs from the reference group.

    "alone": there is nothing to compare with. "clear": the interval of the difference leaves zero out.
    "unclear": it holds zero. "equal": the two figures are the same. "small": one rests on fewer than 30
    people. "undefined": one rests on nobody. "definition": at the lowest threshold nobody is below it, so the
    figure is the same for everyone whatever the score is worth; the group is then ().
    """

    group: Group
    state: State
    text: str


def findings(audit: Audit, metric: str) -> tuple[Finding, ...]:
    """One finding for each group but the reference; a single one where there is nothing to compare."""
    reference = audit.reference
    if _fixed(audit, metric) and audit.overall.metrics[metric].value is not None:
        return (Finding((), "definition", _by_definition(audit, metric)),)
    others = [one for one in audit.groups if one is not reference]
    if not audit.groups:
        return (Finding((), "alone", _about(audit, metric, audit.overall)),)
    if reference is None:
        name = name_of(audit, metric, audit.selection.reference)
        missing = f"There are no {name} in this selection to compare with."
        return tuple(Finding(one.group, "alone", f"{_about(audit, metric, one)} {missing}") for one in others)
    if not others:
        return (Finding(reference.group, "alone", _about(audit, metric, reference)),)
    return tuple(_compared(audit, metric, one, reference) for one in others)


def headline(audit: Audit, metric: str) -> str:
    """The finding for the largest group that can be compared; what stands under a chart's title."""
    return _within(audit, largest_finding(audit, metric).text)


def standing_alone(audit: Audit, metric: str) -> str:
    """The headline with who was counted and from which score on, true where nothing stands around it."""
    return f"{headline(audit, metric)} Counted: {selection_words(audit, metric)}."


def title(audit: Audit, metric: str) -> str:
    """The same finding in one line without intervals: the title of a chart.

    "Black defendants who were not re-arrested within two years were scored medium or high 1.9 times as often
    as White defendants". Of two groups, the one with the higher rate comes first.
    """
    return _within(audit, _title(audit, metric))


def _title(audit: Audit, metric: str) -> str:
    found, reference = largest_finding(audit, metric), audit.reference
    label, name = audit.metric(metric).label, name_of(audit, metric, found.group)
    if found.state == "definition":
        return f"{label}: {_fixed(audit, metric)} by definition at the lowest threshold"
    if found.state == "alone" or reference is None:
        return _alone_title(audit, metric, audit.result(found.group) or audit.overall)
    other = name_of(audit, metric, reference.group)
    one = audit.result(found.group)
    if found.state == "clear" and one is not None and audit.metric(metric).plain:
        return clear_title(audit, metric, one, reference, _comparison(audit, metric, found.group))
    if found.state == "clear":
        return _clear_title(audit, metric, found.group, other)
    if found.state == "unclear" and _comparison(audit, metric, found.group).difference.low is None:
        return f"{label}: how sure a difference between {name} and {other} is cannot be said"
    return {
        "unclear": f"{label}: no clear difference between {name} and {other}",
        "equal": f"{label}: the same for {name} and {other}",
        "undefined": f"{label}: no figure to compare for {name} and {other}",
    }.get(found.state, f"{label}: too few {name} or {other} to compare")


def _alone_title(audit: Audit, metric: str, one: GroupResult) -> str:
    if audit.metric(metric).plain:
        return alone_title(audit, metric, one)
    estimate, name, label = one.metrics[metric], name_of(audit, metric, one.group), audit.metric(metric).label
    if estimate.value is None:
        return f"{label}: no figure for {name}"
    if estimate.small:
        return f"{label}: too few {name} for a figure"
    base = _base(estimate)
    if not audit.metric(metric).is_rate:
        number = _number(estimate, base)
        return f"The score puts {name} in the right order in {number} of {people(base)} pairs"
    return _share(audit, metric, one, base, _number(estimate, base))


def _clear_title(audit: Audit, metric: str, group: Group, other: str) -> str:
    name = name_of(audit, metric, group)
    compared = _comparison(audit, metric, group)
    more = (compared.difference.value or 0) > 0
    if not audit.metric(metric).is_rate:
        return f"The score tells {name} apart {'better' if more else 'less well'} than {other}"
    if not more:
        name, other, compared = other, name, _turned(compared)
    among, event = metric_wording(audit.manifest, audit.metric(metric), audit.selection.threshold)
    ratio = compared.ratio
    often = "more often than"
    if ratio.value is not None:
        often = f"{times_alone(ratio.value, ratio.low, ratio.high)} as often as"
    return f"{_capital(f'{name} {among}'.strip())} {event} {often} {other}"


def largest_finding(audit: Audit, metric: str) -> Finding:
    """The finding for the largest group that can be compared; of none, for the largest group."""
    found = findings(audit, metric)
    sizes = {one.group: one.size or 0 for one in audit.groups}
    usable = [one for one in found if one.state not in {"small", "undefined"}] or list(found)
    return max(usable, key=lambda one: sizes.get(one.group, 0))


def _compared(audit: Audit, metric: str, one: GroupResult, reference: GroupResult) -> Finding:
    if audit.metric(metric).plain:
        gap = _comparison(audit, metric, one.group)
        return Finding(one.group, *compared_sentence(audit, metric, one, reference, gap))
    mine, theirs = one.metrics[metric], reference.metrics[metric]
    for which in (one, reference):
        if which.metrics[metric].value is None:
            return Finding(one.group, "undefined", _about(audit, metric, which))
    compared = _comparison(audit, metric, one.group)
    if compared.small:
        which = one if mine.small else reference
        return Finding(one.group, "small", _too_few(audit, metric, which))
    base = _base(mine, theirs)
    former, latter = one, reference
    if compared.difference.value is None:
        # Both have a figure, but they were made in different ways.
        mixed = Estimate(None, None, None, None, 0, reason="mixed")
        both = f"{name_of(audit, metric, one.group)} and {name_of(audit, metric, reference.group)}"
        return Finding(one.group, "undefined", undefined(audit.manifest, audit.metric(metric), both, mixed))
    state, second = _difference(audit, metric, compared)
    if state == "clear" and audit.metric(metric).is_rate and (compared.difference.value or 0) < 0:
        # "1.7 times as often" is understood at once, "0.59 times as often" is not.
        former, latter = reference, one
        state, second = _difference(audit, metric, _turned(compared))
    first = _share(audit, metric, former, base)
    other = _short_share(audit, metric, latter, base)
    return Finding(one.group, state, f"{first}; {other}. {second}")


def _turned(compared: Comparison) -> Comparison:
    """The same comparison, seen from the other group."""
    gap, ratio = compared.difference, compared.ratio
    turned = Interval(*(None if one is None else -one for one in (gap.value, gap.high, gap.low)))
    inverse = Interval(None, None, None)
    if ratio.value and ratio.low and ratio.high:
        inverse = Interval(1 / ratio.value, 1 / ratio.high, 1 / ratio.low)
    return Comparison(compared.group, turned, inverse, compared.small)


def name_of(audit: Audit, metric: str, group: Group) -> str:
    """A group's plural in sentences about one metric: by what the metric is counted in."""
    return group_name(audit.manifest, group, audit.selection.where, audit.metric(metric).noun)


def _within(audit: Audit, text: str) -> str:
    """A text with the population before it, where that is not the dataset's first."""
    within = scope(audit)
    return f"{within}: {_capital(text)}" if within else _capital(text)


def _fixed(audit: Audit, metric: str) -> str:
    """ "100 %" where the figure cannot be another at this threshold, else ""."""
    fixed = audit.by_definition(metric)
    return "" if fixed is None else percent_alone(fixed)


def _by_definition(audit: Audit, metric: str) -> str:
    lowest = audit.manifest.score.minimum
    return (
        f"The lowest score is {lowest}, so with a threshold of {lowest} everybody counts as scored "
        f"{audit.manifest.level(lowest)}. This figure is then {_fixed(audit, metric)} for every group, by "
        "definition. It says nothing about how well the score works."
    )


def _comparison(audit: Audit, metric: str, group: Group) -> Comparison:
    found = audit.comparison(metric, group)
    if found is None:
        raise LookupError(f"{group} is the reference group or not in the audit")
    return found


def _about(audit: Audit, metric: str, one: GroupResult) -> str:
    """One group on its own, however many people it has."""
    if audit.metric(metric).plain:
        return about(audit, metric, one)
    estimate = one.metrics[metric]
    name = name_of(audit, metric, one.group)
    if estimate.value is None:
        among, _ = metric_wording(audit.manifest, audit.metric(metric), audit.selection.threshold)
        if estimate.reason:
            return undefined(audit.manifest, audit.metric(metric), name, estimate)
        if not audit.metric(metric).is_rate:
            among = f"who {audit.manifest.outcome.positive}, or none who {audit.manifest.outcome.negative}"
        return f"There are no {f'{name} {among}'.strip()}, so there is no figure."
    if estimate.small:
        return _too_few(audit, metric, one)
    return f"{_share(audit, metric, one, _base(estimate))}."


def _too_few(audit: Audit, metric: str, one: GroupResult) -> str:
    estimate, name = one.metrics[metric], name_of(audit, metric, one.group)
    among, event = metric_wording(audit.manifest, audit.metric(metric), audit.selection.threshold)
    if estimate.count is None:
        outcome = audit.manifest.outcome
        counts = {name: number or 0 for name, number in one.counts.items()}
        positives, negatives = counts["tp"] + counts["fn"], counts["fp"] + counts["tn"]
        return (
            f"There are too few people to compare: {positives} {name} {outcome.positive} and {negatives} "
            f"{outcome.negative}."
        )
    whom = f"{name} {among}".strip()
    event = _agree(event, estimate.count)
    return f"There are too few people to compare: {estimate.count} of {estimate.n} {whom} {event}."


def _share(audit: Audit, metric: str, one: GroupResult, base: int, number: str = "") -> str:
    """ "Of 100 Black defendants who were not re-arrested, about 45 (43 to 47) were scored medium or high"."""
    name, manifest = name_of(audit, metric, one.group), audit.manifest
    among, event = metric_wording(manifest, audit.metric(metric), audit.selection.threshold)
    estimate = one.metrics[metric]
    if not audit.metric(metric).is_rate:
        return (
            f"Pair {name} who {manifest.outcome.positive} with {name} who {manifest.outcome.negative}: in "
            f"{_about_number(estimate, base)} of {people(base)} pairs the first had the higher score, "
            "with ties counted half"
        )
    event = _agree(event, round((estimate.value or 0) * base))
    whom = f"{name} {among}".strip()
    return f"Of {people(base)} {whom}, {number or _about_number(estimate, base)} {event}"


def _short_share(audit: Audit, metric: str, one: GroupResult, base: int) -> str:
    name, number = name_of(audit, metric, one.group), _about_number(one.metrics[metric], base)
    if not audit.metric(metric).is_rate:
        return f"for {name}, in {number} of {people(base)}"
    return f"of {people(base)} {name}, {number}"


def _agree(event: str, number: int) -> str:
    """ "1 was scored", "2 were scored"."""
    return event.replace("were ", "was ", 1) if number == 1 and event.startswith("were ") else event


def _about_number(estimate: Estimate, base: int) -> str:
    """ "about 45 (43 to 47)"; "none (0 to 4)" and "all 100 (96 to 100)" where that was so."""
    number, value = round((estimate.value or 0) * base), _number(estimate, base)
    if estimate.low is None or estimate.high is None:
        return value
    low, high = round(estimate.low * base), round(estimate.high * base)
    # "none (0 to 0)" would only say it twice.
    return value if low == high == number else f"{value} ({people(low)} to {people(high)})"


def _number(estimate: Estimate, base: int) -> str:
    if estimate.value in {0.0, 1.0}:
        return f"all {people(base)}" if estimate.value else "none"
    return f"about {people(round((estimate.value or 0) * base))}"


def _base(*estimates: Estimate) -> int:
    """100 people, or 1,000 or 10,000 where a rate is so low that 100 would show none of it."""
    least = min((one.value for one in estimates if one.value), default=1.0)
    return next((base for base in (100, 1_000) if least * base >= 1), 10_000)


def _difference(audit: Audit, metric: str, compared: Comparison) -> tuple[State, str]:
    difference, ratio = compared.difference, compared.ratio
    value, low, high = difference.value, difference.low, difference.high
    if value is None or low is None or high is None:
        return "unclear", "How certain the difference is cannot be said."
    unit = "point{} {}" if audit.metric(metric).is_rate else "pair{} in 100 {}"
    if low <= 0 <= high:
        digits = 0 if high - low >= 0.02 else 1
        range_ = f"{_limit(low, digits, unit, 'fewer')} to {_limit(high, digits, unit, 'more')}"
        if value == 0:
            return "equal", f"That is the same; the true difference could be from {range_}."
        return "unclear", f"The difference is not clear: it could be from {range_}."
    # Whole points, unless that would show as zero what is not.
    smallest = min(abs(low), abs(high))
    digits = next((d for d in (0, 1) if smallest >= 0.005 / 10**d), 2)
    near, far = sorted((abs(low), abs(high)))
    more = "more" if value > 0 else "fewer"
    nearer = _points(near, digits)
    limits = f"({nearer if float(nearer) else ALMOST_NONE} to {_points(far, digits)})"
    text = f"That is about {_limit(value, digits, unit, more)} {limits}"
    if ratio.value is None or ratio.low is None or ratio.high is None:
        return "clear", f"{text}."
    shown = times_alone(ratio.value, ratio.low, ratio.high)
    places = ratio_digits(ratio.value, ratio.low, ratio.high)
    return "clear", f"{text}, or {shown} as often ({ratio.low:.{places}f} to {ratio.high:.{places}f})."


def _limit(value: float, digits: int, unit: str, side: str) -> str:
    """ "1 point fewer", "3 pairs in 100 more"; "almost none" for what rounds to 0."""
    shown = _points(value, digits)
    return f"{shown} {unit.format('' if shown == '1' else 's', side)}" if float(shown) else ALMOST_NONE


def _points(value: float, digits: int) -> str:
    return f"{abs(100 * value):.{digits}f}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
