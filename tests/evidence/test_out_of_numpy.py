"""Figures on their way out of numpy: together they are what each is on its own, and never NaN."""

from __future__ import annotations

from math import isfinite

import numpy as np

from hearing_app.evidence.audit import Audit, audit
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.disparity import Compared
from hearing_app.evidence.families import metrics_of
from hearing_app.evidence.family import Measured
from hearing_app.evidence.out_of_numpy import comparisons_of, figures_of
from hearing_app.evidence.selection import opening_selection


def test_all_metrics_at_once_are_what_each_is_alone(catalogue: Catalogue) -> None:
    """Of every published dataset, with its undefined, mixed and unstated figures."""

    def opened() -> list[Audit]:
        return [audit(catalogue, opening_selection(catalogue.dataset(one))) for one in catalogue.ids()]

    for together, alone in zip(opened(), opened(), strict=True):
        figures, disparity = dict(together.figures.items()), dict(together.disparity.items())
        for name in alone.figures:
            assert figures[name] == alone.figures[name]
            assert list(disparity[name]) == list(alone.disparity[name])
        numbers = [
            number for found in disparity.values() for column in found.numbers for number in column
        ] + [number for found in figures.values() for part in found[:3] for number in part]
        assert all(number is None or isfinite(number) for number in numbers)


def test_what_is_no_number_is_none_wherever_it_stands(catalogue: Catalogue) -> None:
    metrics = list(metrics_of(catalogue.dataset("compas-broward").manifest).values())[:2]
    one = np.array([0.5, np.nan, np.inf, -np.inf, 0.0])
    none = np.full(5, np.nan)
    people = np.array([40, 0, 1, 29, 30])
    found = figures_of([(metric, Measured(one, none, one, people, people)) for metric in metrics])
    values = [0.5, None, None, None, 0.0]
    assert [figure[:3] for figure in found] == [(values, [None] * 5, values)] * 2
    assert [figure[3:6] for figure in found] == [
        ([40, 0, 1, 29, 30], [40, 0, 1, 29, 30], [False, False, True, True, False])
    ] * 2
    compared = Compared((one, none, one), (none, one, none), (True, False, True, False, True))
    groups = [(("race", str(place)),) for place in range(3)]
    for shown in comparisons_of(groups, [(metric, compared) for metric in metrics], [4, 0]):
        assert [pair.difference for pair in shown] == [(None, None, None)] * 3
        assert [pair.small for pair in shown] == [False, True, False]
