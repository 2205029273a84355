"""The catalogue: what it serves, what it refuses, and what it keeps."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from hearing_app.errors import NotFound
from hearing_app.evidence.audit import audit
from hearing_app.evidence.counts import histogram
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.selection import opening_selection


def test_it_serves_the_published_dataset_with_its_version(catalogue: Catalogue) -> None:
    assert "compas-broward" in catalogue.ids()
    dataset = catalogue.dataset("compas-broward")
    folder = Path(__file__).parents[2] / "datasets/compas-broward"
    both = (folder / "dataset.yaml").read_bytes() + (folder / "counts.csv").read_bytes()
    assert dataset.version == f"sha256:{hashlib.sha256(both).hexdigest()}"
    assert dataset.manifest.total == 7214
    assert {name: (folder / name).read_bytes() for name in dataset.files} == dict(dataset.files)
    assert list(dataset.files) == ["dataset.yaml", "counts.csv"]
    assert [one.id for one in catalogue.of_system("compas")] == ["compas-broward"]
    assert catalogue.of_system("anpr") == ()


def test_an_unknown_id_is_not_found_and_says_what_there_is(catalogue: Catalogue) -> None:
    with pytest.raises(NotFound, match=r"The datasets are: .*compas-broward"):
        catalogue.dataset("../compas-broward")


def test_a_dataset_with_faults_is_not_served(broken: Path) -> None:
    counts = broken / "counts.csv"
    counts.write_text(counts.read_text().replace(",3\n", ",4\n", 1))
    with closing(Catalogue(broken.parent)) as catalogue:
        assert catalogue.ids() == ()
        assert "add up to 7215" in catalogue.faults["compas-broward"][0].problem
        with pytest.raises(NotFound):
            catalogue.dataset("compas-broward")


def test_an_absent_folder_is_an_empty_catalogue(tmp_path: Path) -> None:
    with closing(Catalogue(tmp_path / "none")) as catalogue:
        assert catalogue.ids() == ()


def test_the_database_cannot_read_files_or_be_told_to(catalogue: Catalogue) -> None:
    with catalogue.cursor() as cursor:
        with pytest.raises(duckdb.PermissionException):
            cursor.read_csv(str(Path(__file__)))
        with pytest.raises(duckdb.InvalidInputException):
            cursor.execute("SET enable_external_access = true")


def test_it_answers_the_same_after_forgetting(broken: Path) -> None:
    with closing(Catalogue(broken.parent)) as catalogue:
        dataset = catalogue.dataset("compas-broward")
        first = audit(catalogue, opening_selection(dataset)).as_document()
        catalogue.forget()
        assert audit(catalogue, opening_selection(dataset)).as_document() == first


def test_what_is_kept_cannot_be_changed(catalogue: Catalogue) -> None:
    kept = histogram(catalogue, catalogue.dataset("compas-broward"))
    with pytest.raises(ValueError, match="read-only"):
        kept.people[0, 0, 0] = 1
