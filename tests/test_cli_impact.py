"""`hearing registry impact`: of what is published, and of a file."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from hearing_app.cli import main
from hearing_app.deployment import open_deployment
from hearing_app.settings import Settings

ROOT = Path(__file__).parents[1]
FILE = ROOT / "registry" / "systems" / "metropolitan-police" / "met-live-facial-recognition.yaml"


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), "registry", "impact", *arguments])


def test_a_file_needs_no_record(tmp_path: Path) -> None:
    result = run(tmp_path / "data", str(FILE))
    assert result.exit_code == 0, result.output
    assert "at least level iii" in result.stdout.casefold()
    assert "by the field functions" in result.stdout
    found = json.loads(run(tmp_path / "data", str(FILE), "--format", "json").stdout)
    assert (found["system"], found["level"]) == ("met-live-facial-recognition", 3)


def test_a_published_system_is_read_from_the_record(tmp_path: Path) -> None:
    refused = run(tmp_path / "data", "compas")
    assert refused.exit_code == 1
    assert "There is no record" in refused.output
    open_deployment(Settings(data=tmp_path / "data")).close()
    found = json.loads(run(tmp_path / "data", "compas", "--format", "json").stdout)
    assert (found["level"], found["is_lower_bound"]) == (3, True)
    assert run(tmp_path / "data", "nothing").exit_code == 1


def test_a_faulty_file_is_refused_with_its_faults(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    answers = "impact: {instrument_version: 0.9.1, phase: design, answered_by: Us}\n"
    file.write_text(FILE.read_text(encoding="utf-8") + answers, encoding="utf-8")
    result = run(tmp_path / "data", str(file))
    assert result.exit_code == 1
    assert "impact.instrument_version" in result.output
    assert run(tmp_path / "data", str(tmp_path / "missing.yaml")).exit_code == 1
