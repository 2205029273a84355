"""`hearing registry publish FILE` and `hearing registry lint`: what the operator may do with one entry."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from hearing_app.cli import main
from hearing_app.deployment import open_deployment
from hearing_app.people.permissions import Actor, Role
from hearing_app.registry.desk.acts import approve
from hearing_app.registry.desk.drafts import Draft, drafts_at
from hearing_app.registry.desk.states import DraftState
from hearing_app.settings import Settings
from hearing_app.store.engine import reading, writing
from tests.signers import RIVERTON, own_entry

ROOT = Path(__file__).parents[1]
BEN = Actor(Role.PUBLISHER, "ben2", RIVERTON)
PLANNED = {"lifecycle": {"stages": [{"stage": "proposed", "since": "2026", "sources": ["report"]}]}}
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HEARING_{name.upper()}", raising=False)


@pytest.fixture
def run(tmp_path: Path, published_data: Path) -> Run:
    data = shutil.copytree(published_data, tmp_path / "data")

    def invoke(*arguments: str | Path) -> Result:
        given = ("--data", data, "--registry", ROOT / "registry", "--datasets", ROOT / "datasets")
        result = CliRunner().invoke(main, [str(one) for one in (*given, "registry", *arguments)])
        assert "Traceback" not in result.output
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def written(folder: Path, **changes: Any) -> Path:
    file = folder / "entry.yaml"
    whole = own_entry(**(PLANNED | changes))
    file.write_text(yaml.safe_dump({name: value for name, value in whole.items() if value}), encoding="utf-8")
    return file


def drafts(folder: Path) -> list[Draft]:
    house = open_deployment(
        Settings(data=folder / "data", registry=ROOT / "registry", datasets=ROOT / "datasets")
    )
    with reading(house.engine) as db:
        found = drafts_at(db, BEN)
    house.close()
    return found


def test_an_agencys_own_entry_waits_for_a_second_person(run: Run, tmp_path: Path) -> None:
    result = run("publish", written(tmp_path), "--note", "Handed in")
    assert result.exit_code == 0, result.output
    [draft] = drafts(tmp_path)
    assert result.stdout.startswith(
        f"Handed in as draft {draft.draft_id}: a publisher of {RIVERTON} approves"
    )
    assert (draft.state, draft.submitted_by, draft.note) == (DraftState.SUBMITTED, "operator", "Handed in")
    house = open_deployment(
        Settings(data=tmp_path / "data", registry=ROOT / "registry", datasets=ROOT / "datasets")
    )
    with writing(house.engine) as db:
        assert approve(db, BEN, draft.draft_id, revision=1, dataset_ids=()).version == 1
    house.close()


def test_what_others_compiled_is_published_as_before(run: Run, tmp_path: Path) -> None:
    compiled = own_entry()["compiled"] | {"by": "independent_compilation"}
    result = run("publish", written(tmp_path, compiled=compiled))
    assert (result.exit_code, result.stdout) == (0, "system:bus-lane-cameras version 1\n")
    assert drafts(tmp_path) == []


def test_faults_and_what_is_not_one_file_are_refused(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("name: Bus lane cameras", "name: TODO"), encoding="utf-8")
    result = run("publish", file)
    assert result.exit_code == 1
    assert "name: It still holds the placeholder" in result.stderr
    linked = run("publish", written(tmp_path, datasets=["nothing-there"]))
    assert "There is no dataset “nothing-there”." in linked.stderr
    assert "Name one file" in run("publish", written(tmp_path), "--signed", written(tmp_path)).stderr
    assert drafts(tmp_path) == []


def test_advice_is_given_and_keeps_nothing_back(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path, functions=["scheduling"], next_review="2020")
    result = run("publish", file)
    assert result.exit_code == 0
    assert f"Advice: {file}: next_review: The entry was to be looked at again by 2020." in result.stderr
    linted = run("lint", file)
    assert linted.exit_code == 0
    assert "next_review" in linted.stdout
    assert linted.stdout.splitlines()[-1].endswith("pieces of advice on 1 entries.")
    found = json.loads(run("lint", file, "--format", "json").stdout)
    assert [one["field"] for one in found["differences"]][-1] == "next_review"


def test_a_whole_register_is_linted(run: Run, tmp_path: Path) -> None:
    result = run("lint")
    assert result.exit_code == 0
    assert "systems/broward-county/compas.yaml: " in result.stdout
    broken = tmp_path / "broken.yaml"
    broken.write_text("id: &a x\n", encoding="utf-8")
    assert run("lint", broken).exit_code == 1
