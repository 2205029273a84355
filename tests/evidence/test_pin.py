"""What is pinned to a comment is about a system; a set to compare with is about none."""

from __future__ import annotations

import pytest

from hearing_app.errors import Invalid
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.pin import pin_of_query


def test_the_figures_of_a_comparison_set_are_not_pinned(catalogue: Catalogue) -> None:
    assert catalogue.dataset("nypd-stops").manifest.system is None
    with pytest.raises(Invalid) as refused:
        pin_of_query(catalogue, [("dataset", "nypd-stops"), ("metric", "hit_rate")])
    (fault,) = refused.value.faults
    assert fault.field == "dataset" and "no system" in fault.problem and fault.repair


def test_those_of_a_system_are(catalogue: Catalogue) -> None:
    asked = [("dataset", "met-lfr"), ("metric", "false_alert_share"), ("where", "layout:later")]
    pinned = pin_of_query(catalogue, asked)
    assert pinned["system"] == "met-live-facial-recognition"
    assert [one["value"] for one in pinned["figures"]] == [36 / 2505]
