"""docs/metrics.md is the table of metrics, in words."""

from __future__ import annotations

from pathlib import Path

from hearing_app.evidence.families.risk_score import METRICS
from hearing_app.evidence.glossary import metrics_page


def test_the_page_is_what_the_table_of_metrics_says() -> None:
    page = (Path(__file__).parents[2] / "docs/metrics.md").read_text()
    assert page == metrics_page(), "run: python -m hearing_app.evidence.glossary > docs/metrics.md"
    for metric in METRICS:
        assert f"`{metric.name}`" in page
        assert metric.misleads in page
