"""The evidence page of protected counts: it opens for every method, and offers what the tables answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hearing_app import deployment
from hearing_app.deployment import Deployment, open_deployment
from hearing_app.evidence.datasets import Dataset
from hearing_app.evidence.families import exhibits_of
from hearing_app.evidence.manifest import Population
from hearing_app.evidence.selection import parse_selection
from hearing_app.settings import Settings
from tests.evidence.protected_made import PLANS, PROTECTED, write
from tests.web.reader import Reader

Open = Callable[[str], Deployment]


@pytest.fixture
def house_of(first_start: Path, tmp_path: Path) -> Iterator[Open]:
    """A house that publishes the one dataset, protected by a method."""
    opened: list[Deployment] = []
    before = list(deployment._in_use)

    def use(method: str) -> Deployment:
        shutil.copytree(first_start, tmp_path / "data")
        settings = Settings(data=tmp_path / "data", datasets=write(tmp_path / "datasets", method))
        opened.append(open_deployment(settings))
        deployment.use(opened[0])
        return opened[0]

    (tmp_path / "datasets").mkdir()
    yield use
    deployment._in_use[:] = before
    for one in opened:
        one.close()


@pytest.mark.parametrize("method", PLANS)
def test_the_page_opens_with_every_picture(house_of: Open, cookies: dict[str, str], method: str) -> None:
    """No exception, no number of its own for what is undefined, and how people are protected."""
    house = house_of(method)
    dataset = house.catalogue.dataset("made")
    page = Reader(house).open("evidence")
    assert "What these figures cannot tell" in page.text
    for picture in exhibits_of(dataset.manifest):
        page = Reader(house).open("evidence", dataset="made", by="team", picture=picture)
        assert "What these figures cannot tell" in page.text
        for wrong in ("None", " nan"):
            assert wrong not in page.text.replace("None needed", "")


@pytest.mark.parametrize("metric", ["false_negative_rate", "roc_auc", "f1", "selection_rate"])
def test_what_is_withheld_is_said(house_of: Open, cookies: dict[str, str], metric: str) -> None:
    page = Reader(house_of("minimum cell")).open("evidence", dataset="made", by="team", metric=metric)
    assert "not shown" in page.text
    assert "to protect people" in page.text
    page.at.button(key="check_numbers").click()
    assert "Largest difference" in page.run().text or "differ" in page.text


@pytest.mark.parametrize("method", PROTECTED)
def test_only_what_the_tables_answer_is_offered(house_of: Open, cookies: dict[str, str], method: str) -> None:
    """Each offered choice, made on its own, is one that can be answered, and is what the page then shows."""
    house = house_of(method)
    dataset = house.catalogue.dataset("made")
    start = Reader(house).open("evidence", dataset="made")
    columns = [one.name for one in dataset.manifest.comparable]
    thresholds = dataset.manifest.thresholds
    assert _options(start, "evidence_threshold") == [str(one) for one in thresholds]
    offered: list[tuple[str, Any]] = [("evidence_threshold", one) for one in thresholds]
    offered += [("evidence_population", one.id) for one in _populations(start, dataset)]
    offered += [
        ("evidence_by", [one]) for one in columns if _label(dataset, one) in _options(start, "evidence_by")
    ]
    assert len(offered) > len(thresholds) + 1
    for key, value in offered:
        page = Reader(house).open("evidence", dataset="made").choose(key, value)
        assert not page.at.info
        shown = {
            name: one for name, one in page.at.query_params.items() if name in {"by", "threshold", "where"}
        }
        pairs = [
            (name, one)
            for name, some in shown.items()
            for one in (some if isinstance(some, list) else [some])
        ]
        assert parse_selection(dataset, pairs).dataset == "made"


def test_a_column_that_cannot_join_is_not_offered(house_of: Open, cookies: dict[str, str]) -> None:
    """Tables of team and of month, never both: with team chosen, month is no choice, and no filter."""
    house = house_of("merged scores")
    page = Reader(house).open("evidence", dataset="made", by="team")
    assert _options(page, "evidence_by") == ["Team"]
    assert _options(page, "evidence_population") == ["All"]
    assert "evidence_only_month" not in {one.key for one in page.at.selectbox}
    page.choose("evidence_by", [])
    assert _options(page, "evidence_by") == ["Team", "Month"]
    assert _options(page, "evidence_population") == ["All", "North"]
    page.choose("evidence_population", "north")
    assert _options(page, "evidence_by") == []
    assert not page.at.info


def test_an_address_that_the_tables_do_not_answer_says_what_they_do(
    house_of: Open, cookies: dict[str, str]
) -> None:
    house = house_of("merged scores")
    page = Reader(house).open("evidence", dataset="made", by="team,month", threshold="4", where="area:North")
    notes = " ".join(one.value for one in page.at.info)
    assert "Possible are: area; team; month." in notes
    assert "Possible are: 1, 2, 3." in notes
    assert page.value("evidence_by") == ["team"]
    assert page.value("evidence_threshold") == 2


def _label(dataset: Dataset, name: str) -> str:
    column = dataset.manifest.column(name)
    return column.label if column else ""


def _populations(page: Reader, dataset: Dataset) -> list[Population]:
    labels = _options(page, "evidence_population")
    return [one for one in dataset.manifest.populations if one.label in labels]


def _options(page: Reader, key: str) -> list[str]:
    kinds: tuple[Any, ...] = (page.at.multiselect, page.at.radio, page.at.select_slider, page.at.selectbox)
    [found] = [one for kind in kinds for one in kind if one.key == key]
    return [option.strip("\u2068\u2069") for option in found.options]
