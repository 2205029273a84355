"""The import rules hold, and the tool that holds them would notice a breach."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BREACHES = {
    "registry/entry/__init__.py": "from hearing_app.web import pages",
    "voices/language.py": "from hearing_app.store import engine",
    "documents/words.py": "import streamlit",
    "hearings/comments/draft.py": "import starlette",
    "documents/text.py": "import duckdb",
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "hearing_app", tmp_path / "hearing_app", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_keeps_its_rules(copy: Path) -> None:
    result = lint(copy)
    assert "0 broken" in result.stdout, result.stdout + result.stderr
    assert result.returncode == 0


@pytest.mark.parametrize("module", BREACHES)
def test_a_breach_is_noticed(copy: Path, module: str) -> None:
    path = copy / "hearing_app" / module
    path.write_text(
        path.read_text().replace(
            "from __future__ import annotations\n",
            f"from __future__ import annotations\n\n{BREACHES[module]}\n",
            1,
        )
    )
    result = lint(copy)
    assert result.returncode == 1
    assert "1 broken" in result.stdout or "2 broken" in result.stdout, result.stdout


def test_modules_and_views_stay_small() -> None:
    sizes = {
        path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines())
        for path in (ROOT / "hearing_app").rglob("*.py")
    }
    assert {name: lines for name, lines in sizes.items() if lines > 400} == {}
    views = {name: lines for name, lines in sizes.items() if "/web/views/" in name and lines > 120}
    assert views == {}
