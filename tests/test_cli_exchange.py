"""`registry export --as`, `registry import` and `init`: what they write, and what they refuse."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from hearing_app.cli import main
from hearing_app.cli.init import template
from hearing_app.deployment import open_deployment
from hearing_app.hearings.hearing import all_hearings
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import all_entries
from hearing_app.registry.reading import parse
from hearing_app.registry.standard import fields
from hearing_app.settings import Settings
from hearing_app.store.engine import reading
from tests.registry.exchange.test_theirs import NL_DOCUMENT

ROOT = Path(__file__).parents[1]
Run = Callable[..., Result]
_HART = yaml.safe_load(next((ROOT / "registry" / "systems").rglob("hart.yaml")).read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HEARING_{name.upper()}", raising=False)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def invoke(*arguments: str) -> Result:
        places = ("--data", str(tmp_path / "data"), "--registry", str(ROOT / "registry"))
        result = CliRunner().invoke(main, [*places, "--datasets", str(ROOT / "datasets"), *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return invoke


@pytest.fixture
def published(published_data: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published_data, tmp_path / "data"))


def test_an_entry_goes_out_and_comes_in_again(run: Run, published: Path, tmp_path: Path) -> None:
    for form in ("atrs-csv", "nl", "hugging-face"):
        file, draft = tmp_path / f"{form}.file", tmp_path / f"{form}.yaml"
        out = run("registry", "export", "--as", form, "hart", "--out", str(file))
        assert out.exit_code == 0, out.output
        assert "It cannot hold:" in out.output
        back = run("registry", "import", "--from", form, str(file), "--out", str(draft))
        assert back.exit_code == 0, back.output
        data, faults = parse(draft.read_bytes())
        assert faults == []
        assert isinstance(data, dict)
        assert data["name"] == _HART["name"]
        assert set(data) <= set(Entry.model_fields)
        assert "Could not be placed" not in back.output


def test_a_draft_is_printed_with_what_could_not_be_placed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "dutch.json"
    file.write_text(json.dumps({**NL_DOCUMENT, "colour": "Een beslisboom."}), encoding="utf-8")
    result = run("registry", "import", "--from", "nl", str(file))
    assert result.exit_code == 0
    assert "# colour: No field of an entry takes this text as a whole. It says: Een beslisboom." in (
        result.output.splitlines()
    )
    assert yaml.safe_load(result.output)["name"] == NL_DOCUMENT["name"]


def test_what_is_missing_for_publication_is_said(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "dutch.json"
    file.write_text(json.dumps(NL_DOCUMENT), encoding="utf-8")
    result = run("registry", "import", "--from", "nl", str(file), "--out", str(tmp_path / "draft.yaml"))
    assert "Before it can be published:" in result.output
    assert "sources: This field is missing. Add it." in result.output
    again = run("registry", "import", "--from", "nl", str(file), "--out", str(tmp_path / "draft.yaml"))
    assert again.exit_code == 1
    assert "There is a file" in again.output


@pytest.mark.parametrize("raw", [b"{" * 10**6, b"\xff", b"{}x", b'{"a":' + b"9" * 10**5 + b"}", b""])
def test_hostile_files_are_refused(run: Run, tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(raw)
    result = run("registry", "import", "--from", "nl", str(file))
    assert result.exit_code == 1
    assert result.output.startswith("Nothing was taken over: the file cannot be read.")


def test_an_export_that_cannot_be_is_refused(run: Run, published: Path, tmp_path: Path) -> None:
    file, folder = str(tmp_path / "x.json"), str(tmp_path)
    for arguments, said in (
        (("--as", "nl", "--out", file), "No system was named."),
        (("hart", "--out", file), "A whole register goes into a folder."),
        (("--as", "nl", "nothing", "--out", file), "The register has no system"),
        (("--as", "nl", "hart", "--out", folder), "is a folder."),
    ):
        result = run("registry", "export", *arguments)
        assert result.exit_code == 1
        assert said in result.output
    assert not Path(file).exists()


def test_a_register_of_ones_own_has_none_of_ours(tmp_path: Path) -> None:
    city = tmp_path / "city"
    made = CliRunner().invoke(main, ["init", str(city)])
    assert made.exit_code == 0, made.output
    places = {"registry": city / "registry", "datasets": city / "datasets", "data": city / "data"}
    checked = CliRunner().invoke(
        main,
        [*(part for name, path in places.items() for part in (f"--{name}", str(path))), "registry", "check"],
    )
    assert (checked.exit_code, checked.output) == (0, "0 entries are fit to publish.\n")
    ours = {path.name for path in (ROOT / "registry" / "rules").glob("*.yaml")}
    assert {path.name for path in (city / "registry" / "rules").glob("*.yaml")} == ours
    assert not [*(city / "registry" / "systems").rglob("*.yaml"), *(city / "datasets").iterdir()]
    house = open_deployment(Settings.model_validate(places))
    with reading(house.engine) as db:
        assert all_entries(db) == []
        assert all_hearings(db) == []
    house.close()


def test_a_folder_in_which_something_lies_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = CliRunner().invoke(main, ["init", str(tmp_path)])
    assert result.exit_code == 1
    assert "is not empty" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_way_to_a_new_register_may_be_roundabout_and_have_a_space_in_it(tmp_path: Path) -> None:
    """Everything lands in one place, and the commands can be pasted as they stand."""
    asked = tmp_path / "none" / ".." / "our city"
    made = CliRunner().invoke(main, ["init", str(asked)])
    assert made.exit_code == 0, made.output
    city = tmp_path / "our city"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["our city"]
    assert (city / "registry" / "systems" / "README.md").is_file()
    for text in (made.output, (city / "README.md").read_text(encoding="utf-8")):
        line = next(line for line in text.splitlines() if line.endswith(" serve"))
        assert shlex.split(line)[1:7] == [
            *("--registry", f"{city}/registry", "--datasets", f"{city}/datasets", "--data", f"{city}/data")
        ]


def test_the_template_explains_every_field_and_is_not_read(tmp_path: Path) -> None:
    text = template()
    assert all(line.startswith("#") or not line for line in text.splitlines())
    opened = "\n".join(line[1:] for line in text.splitlines() if line.startswith("#") and line[1:2] != " ")
    for field in fields():
        assert f"# {field.title}. " in text
        assert f"\n#{field.name}:" in text
    assert "riverton" in opened


def test_the_first_entry_of_a_city_is_published_at_the_next_start(tmp_path: Path) -> None:
    city = tmp_path / "city"
    assert CliRunner().invoke(main, ["init", str(city)]).exit_code == 0
    settings = Settings(data=city / "data", registry=city / "registry", datasets=city / "datasets")
    open_deployment(settings).close()
    source = next((ROOT / "registry" / "systems").rglob("hart.yaml"))
    folder = city / "registry" / "systems" / source.parent.name
    folder.mkdir()
    shutil.copy(source, folder)
    house = open_deployment(settings)
    with reading(house.engine) as db:
        assert [one.entry.id for one in all_entries(db)] == ["hart"]
    house.close()
