"""The same figures by fairlearn and scikit-learn: they agree, and a wrong one would be found."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.evidence.audit import Audit, Estimate, audit
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.families import metrics_of
from hearing_app.evidence.second_opinion import WITHIN, second_opinion
from hearing_app.evidence.selection import opening_selection, parse_selection
from tests.evidence.exhibits.made import Cells, dataset, listed, measure

DATASETS = sorted(path.parent.name for path in Path(__file__).parents[2].glob("datasets/*/counts.csv"))


@pytest.mark.parametrize("name", DATASETS)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_every_figure_agrees_for_any_selection(catalogue: Catalogue, name: str, data: st.DataObject) -> None:
    found = catalogue.dataset(name)
    manifest = found.manifest
    columns = {column.name: column for column in manifest.selectable}
    by = data.draw(st.sampled_from([one.name for one in manifest.comparable]))
    asked = [("by", by)]
    for column in data.draw(st.lists(st.sampled_from(sorted(columns)), unique=True, max_size=1)):
        value = data.draw(st.sampled_from([one.value for one in columns[column].values]))
        asked.append(("where", f"{column}:{value}"))
    if manifest.scored:
        asked.append(("threshold", str(data.draw(st.integers(1, 10)))))
    answered = audit(catalogue, parse_selection(found, asked))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opinion = second_opinion(catalogue, answered)
    assert len(opinion.figures) == (1 + len(answered.groups)) * len(metrics_of(manifest))
    assert opinion.agree, max(opinion.figures, key=lambda one: one.difference or 0)
    assert opinion.largest <= WITHIN == 1e-12
    for one in opinion.figures:
        estimate = (answered.result(one.group) or answered.overall).metrics[one.metric]
        assert one.ours == estimate.value
        assert one.difference is not None or one.ours is None or one.theirs is None
    assert opinion.undefined == sum(one.ours is None for one in opinion.figures)


def wrong(found: Audit, metric: str, by: float) -> Audit:
    """The audit with one figure of its first group put wrong."""
    first, *others = found.groups
    estimates: Mapping[str, Estimate] = dict(first.metrics)
    estimate = estimates[metric]
    planted = replace(estimate, value=None if estimate.value is None else estimate.value + by)
    return replace(found, groups=(replace(first, metrics={**estimates, metric: planted}), *others))


@pytest.mark.parametrize("by", [1e-9, -0.01])
def test_a_wrong_figure_is_found(catalogue: Catalogue, compas: Dataset, by: float) -> None:
    found = audit(catalogue, opening_selection(compas))
    for metric in metrics_of(compas.manifest):
        opinion = second_opinion(catalogue, wrong(found, metric, by), metric)
        assert not opinion.agree, metric
        assert opinion.largest == pytest.approx(abs(by), rel=1e-3) or metric.endswith(("ratio", "positive"))
        [planted] = [one for one in opinion.figures if (one.difference or 0) > WITHIN]
        assert planted.group == found.groups[0].group


def test_a_wrong_figure_of_counts_is_found(catalogue: Catalogue) -> None:
    for name in DATASETS:
        found = audit(catalogue, opening_selection(catalogue.dataset(name)))
        metric = next(
            (one for one in metrics_of(found.manifest) if found.groups[0].metrics[one].value is not None), ""
        )
        assert metric, name
        assert not second_opinion(catalogue, wrong(found, metric, 1e-6), metric).agree, name


def test_one_metric_alone_is_asked_for_each_group(catalogue: Catalogue, compas: Dataset) -> None:
    found = audit(catalogue, opening_selection(compas))
    opinion = second_opinion(catalogue, found, "false_positive_rate")
    assert [one.group for one in opinion.figures] == [(), *(one.group for one in found.groups)]
    assert {one.by for one in opinion.figures} == {"fairlearn"}
    assert set(opinion.programs) == {"fairlearn", "scikit-learn"}


def test_what_is_undefined_here_is_said_and_not_taken_for_a_difference(
    catalogue: Catalogue, compas: Dataset
) -> None:
    found = audit(catalogue, parse_selection(compas, [("by", "race"), ("threshold", "1")]))
    opinion = second_opinion(catalogue, found, "negative_predictive_value")
    assert opinion.undefined == 7
    assert opinion.agree
    assert all(one.ours is None and one.difference is None for one in opinion.figures)


def test_a_figure_here_where_there_is_none_elsewhere_is_no_agreement(
    catalogue: Catalogue, compas: Dataset
) -> None:
    """A number for a rate of nobody would be the gravest mistake of all."""
    found = audit(catalogue, parse_selection(compas, [("by", "race"), ("threshold", "1")]))
    first, *others = found.groups
    estimates: Mapping[str, Any] = dict(first.metrics)
    zero = replace(estimates["negative_predictive_value"], value=0.25)
    planted = replace(
        found,
        groups=(replace(first, metrics={**estimates, "negative_predictive_value": zero}), *others),
    )
    assert not second_opinion(catalogue, planted, "negative_predictive_value").agree


def test_a_figure_that_others_cannot_compute_is_no_agreement(catalogue: Catalogue, compas: Dataset) -> None:
    found = audit(catalogue, opening_selection(compas))
    nobody = (("race", "Nobody"),)
    first, *others = found.groups
    planted = replace(found, groups=(replace(first, group=nobody), *others))
    opinion = second_opinion(catalogue, planted, "roc_auc")
    assert (opinion.alone, opinion.agree) == (1, False)


def test_what_is_not_stated_or_counted_in_two_ways_has_no_figure_on_either_side(tmp_path: Path) -> None:
    columns = [
        listed("team", "group", ["a", "b"]),
        listed("week", "group", [1, 2]),
        measure("alerts"),
        measure("false_alerts", blank="It was not counted."),
    ]
    rows: list[Cells] = [
        {"team": "a", "week": 1, "alerts": 90, "false_alerts": None},
        {"team": "a", "week": 2, "alerts": 60, "false_alerts": 6},
        {"team": "b", "week": 1, "alerts": 80, "false_alerts": 8},
    ]
    catalogue, found = dataset(tmp_path, "identification", columns, rows)
    opinion = second_opinion(catalogue, audit(catalogue, parse_selection(found, [("by", "team")])))
    values = {(one.group, one.metric): (one.ours, one.theirs) for one in opinion.figures}
    assert values[(("team", "a"),), "false_alert_share"] == (None, None)
    assert values[(("team", "b"),), "false_alert_share"] == (0.1, 0.1)
    assert opinion.agree
