"""Every family is complete in words and counts; one more is one module, found and served without a change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hearing_app.api import ROUTES
from hearing_app.deployment import _in_use, open_deployment, use
from hearing_app.evidence import families as package
from hearing_app.evidence.families import (
    exhibits_of,
    families,
    metrics_of,
)
from hearing_app.evidence.family import Family, Kind, Metric
from hearing_app.evidence.rates import RATES
from hearing_app.settings import Settings
from tests.evidence.exhibits.made import Cells, dataset, listed, measure

ALL = list(families().values())
METRICS = [(family, metric) for family in ALL for metric in family.metrics]
NAMED = pytest.mark.parametrize(
    ("family", "metric"), METRICS, ids=[f"{family.id}-{metric.name}" for family, metric in METRICS]
)


def test_each_module_is_a_family_of_its_own_name() -> None:
    modules = {path.stem for path in Path(str(package.__file__)).parent.glob("*.py")} - {"__init__"}
    assert {family.id for family in ALL} == set(families()) == modules


@pytest.mark.parametrize("family", ALL, ids=lambda family: family.id)
def test_a_family_declares_all_that_it_uses(family: Family) -> None:
    counts = [one.name for one in family.counts]
    assert len(set(counts)) == len(counts)
    names = [metric.name for metric in family.metrics]
    assert len(set(names)) == len(names)
    assert set(family.opening) <= set(names) and family.opening
    assert set(family.size) <= set(counts) and family.size
    assert family.label and family.summary.endswith(".")
    assert all(one.noun for one in family.counts)
    for metric in family.metrics:
        assert set(metric.counts) <= set(counts), metric.name
    kinds = [one.id for one in family.exhibits]
    assert len(set(kinds)) == len(kinds)
    for one in family.exhibits:
        assert re.fullmatch(r"[a-z][a-z-]*", one.id)
        assert one.label and one.question.endswith("?")


@NAMED
def test_every_text_of_a_metric_is_there(family: Family, metric: Metric) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", metric.name)
    for text in (metric.label, metric.choice, metric.formula):
        assert text.strip() == text != ""
    assert metric.question.endswith("?")
    for text in (metric.zero, metric.one, metric.misleads):
        assert text.endswith(".") and text[0].isupper()
    assert "bias" not in " ".join((metric.label, metric.question, metric.misleads)).lower()


@NAMED
def test_the_formula_is_its_counts(family: Family, metric: Metric) -> None:
    """The words that a reader is given name the counts that are added up, in their places."""
    if metric.compute is not None:
        assert not metric.numerator and not metric.denominator
        assert metric.kind is Kind.FIGURE
        return
    above, mark, below = metric.formula.split(" = ")[0].partition(" / ")
    assert mark, metric.formula
    words = [tuple(re.findall(r"[a-z][a-z_]*", part.replace(" x ", " "))) for part in (above, below)]
    assert words == [metric.numerator, metric.denominator]
    if metric.kind is Kind.EVENTS:
        per = re.match(r"([0-9,]+) x ", above)
        assert metric.per == (int(per[1].replace(",", "")) if per else 1)
    else:
        assert metric.per == 1


@NAMED
def test_its_sentence_has_only_places_that_are_filled(family: Family, metric: Metric) -> None:
    known = {"positive", "negative", "decided", "undecided"} if family.scored else set()
    worded = {one.name for one in family.counts if one.event}
    places = set(re.findall(r"\{(\w*)\}", metric.among + metric.event + metric.choice))
    assert places <= known | worded
    if metric.is_rate:
        assert metric.event, "a share is told as an event"


def test_the_rates_of_a_risk_score_stand_in_one_place() -> None:
    metrics = {metric.name: metric for metric in families()["risk_score"].metrics}
    for name, (above, below) in RATES.items():
        assert (metrics[name].numerator, metrics[name].denominator) == (above, below)
        assert metrics[name].is_rate and metrics[name].compute is None
    shares = {metric.name for metric in metrics.values() if metric.numerator}
    assert shares == set(RATES)


SIXTH = '''
"""Dogs that find drugs: made up for a test."""

from hearing_app.evidence.exhibits.populations import POPULATIONS
from hearing_app.evidence.family import Count, Family, Metric

FAMILY = Family(
    id="sniffer_dogs",
    label="Sniffer dogs",
    summary="A dog sits down, a search follows.",
    counts=(Count("alerts", "alerts"), Count("empty", "alerts", "found nothing")),
    metrics=(
        Metric(
            name="empty_rate",
            label="Searches without a find",
            choice="Of all alerts: nothing found",
            question="How often does a search after an alert find nothing?",
            formula="empty / alerts",
            zero="Every search found something.",
            one="No search found anything.",
            misleads="What a dog misses is not in it.",
            numerator=("empty",),
            denominator=("alerts",),
            event="{empty}",
            noun="alerts",
        ),
    ),
    opening=("empty_rate",),
    size=("alerts",),
    exhibits=(POPULATIONS,),
)
'''


@pytest.fixture
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A family that is one module in a folder of the package's path, for this test alone."""
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "sniffer_dogs.py").write_text(SIXTH)
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    families.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    families.cache_clear()


def test_a_further_family_is_found_counted_told_and_served(one_more: Path) -> None:
    columns = [listed("dog", "group", ["Rex", "Bella"]), measure("alerts"), measure("empty")]
    rows: list[Cells] = [
        {"dog": "Rex", "alerts": 200, "empty": 150},
        {"dog": "Bella", "alerts": 100, "empty": 30},
    ]
    datasets = one_more / "datasets"
    datasets.mkdir()
    populations = [
        {"id": one, "label": one, "explanation": "Everything.", "where": where, "total": total}
        for one, where, total in (("all", {}, 300), ("only-rex", {"dog": "Rex"}, 200))
    ]
    catalogue, found = dataset(datasets, "sniffer_dogs", columns, rows, populations=populations, system=None)
    assert list(metrics_of(found.manifest)) == ["empty_rate"]
    assert set(exhibits_of(found.manifest)) == {"populations"}
    catalogue.close()
    before = list(_in_use)
    house = open_deployment(
        Settings(data=one_more / "data", datasets=datasets, registry=_no_register(one_more))
    )
    use(house)
    try:
        with TestClient(Starlette(routes=ROUTES)) as client:
            answer = client.get("/api/v1/datasets/made/metrics?by=dog").json()
            rate = answer["groups"][0]["metrics"]["empty_rate"]
            assert (rate["value"], rate["n"]) == (0.75, 200)
            picture = client.get("/api/v1/datasets/made/exhibits/populations?by=dog").json()
            assert ["all", "dog Rex", 0.75] in [row[:3] for row in picture["rows"]]
    finally:
        _in_use[:] = before
        house.close()


def _no_register(folder: Path) -> Path:
    for name in ("registry/systems", "registry/hearings"):
        (folder / name).mkdir(parents=True)
    return folder / "registry"


def test_every_picture_stands_in_the_readers_guide() -> None:
    guide = (Path(__file__).parents[2] / "docs/evidence.md").read_text()
    for family in ALL:
        for kind in family.exhibits:
            assert f"`{kind.id}`" in guide, kind.id
