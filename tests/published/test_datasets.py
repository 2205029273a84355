"""Every dataset that is published: sound, complete, and in plain words."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from hearing_app.evidence.checks import check_datasets, dataset_folders, read_dataset
from hearing_app.evidence.manifest import Manifest

FOLDER = Path(__file__).parents[2] / "datasets"
FOLDERS = dataset_folders(FOLDER)


def test_no_published_dataset_has_a_fault() -> None:
    assert check_datasets(FOLDER) == []
    assert {folder.name for folder in FOLDERS} == {
        "chicago-ssl",
        "compas-broward",
        "met-lfr",
        "nypd-stops",
        "predpol-los-angeles",
        "predpol-plainfield",
        "predpol-plainfield-places",
    }


def texts(manifest: Manifest) -> list[str]:
    found: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for one in value.values():
                walk(one)
        elif isinstance(value, list | tuple):
            for one in value:
                walk(one)

    walk(manifest.model_dump())
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_says_what_a_reader_must_know(folder: Path) -> None:
    manifest = read_dataset(folder).manifest
    assert manifest is not None
    # A licence that must be passed on as it is stands beside the counts, and the manifest names it.
    files = {path.name for path in folder.iterdir()}
    assert files - {"LICENCE.txt"} == {"dataset.yaml", "counts.csv"}
    assert ("LICENCE.txt" in files) == ("LICENCE.txt" in manifest.licence.statement)
    assert len(manifest.limits) >= 3
    words = " ".join(texts(manifest)).lower()
    assert not re.search(r"\b(bias score|innocent|criminals?)\b", words)
    assert not re.search(r"todo|tbc|lorem|xxx|placeholder|unverified", words)
    # Plain sentences: what readers see beside a chart can be read in one breath.
    for sentence in re.split(r"(?<=[.!?])\s+", " ".join(manifest.limits)):
        assert len(sentence.split()) <= 30, sentence


def test_the_counts_of_compas_are_those_of_the_source() -> None:
    """The file was made once from ProPublica's; a change of one byte would be a change of the evidence."""
    content = (FOLDER / "compas-broward/counts.csv").read_bytes()
    assert (
        hashlib.sha256(content).hexdigest()
        == "885f83fb51d0d76e5cbba68c3155b411d166a10d25f515060eb69dca55e613d5"
    )
    assert content.splitlines()[0] == (
        b"race,sex,age_cat,decile_score,two_year_recid,in_propublica_6172,screened_after_2014_04_01,n"
    )


def test_compas_offers_its_three_populations() -> None:
    manifest = read_dataset(FOLDER / "compas-broward").manifest
    assert manifest is not None
    assert [(one.label, one.total) for one in manifest.populations] == [
        ("All 7,214", 7214),
        ("ProPublica's 6,172", 6172),
        ("Corrected window 6,216", 6216),
    ]
    assert manifest.system == "compas"
