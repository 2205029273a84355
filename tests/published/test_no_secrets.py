"""No secret lies in the repository: every file that git knows, or would add, is looked through."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.published.test_lock_files import ROOT

# What a secret looks like from outside. Each pattern is of a form that nothing else has: a finding is one.
FORMS = {
    "a private key": rb"-{5}BEGIN [A-Z ]*PRIVATE KEY",
    "a token of GitHub": rb"\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{60}",
    "a token of GitLab": rb"\bglpat-[A-Za-z0-9_-]{20}",
    "a token of a package index": rb"\bpypi-AgE[A-Za-z0-9_-]{50}",
    "an access key of AWS": rb"\bA(KI|SI)A[0-9A-Z]{16}\b",
    "a token of Slack": rb"\bxox[abprs]-[0-9A-Za-z-]{20}",
    "a key of Google": rb"\bAIza[0-9A-Za-z_-]{35}\b",
    "a key of an API": rb"\bsk-(ant|proj|live)-[A-Za-z0-9_-]{20}",
    "a signed web token": rb"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}",
}
# Files that hold secrets, whatever stands in them.
NAMES = re.compile(
    r"(^|/)(\.env(\..*)?|.*\.(key|pem|p12|pfx|jks|kdbx|sqlite|sqlite3|db)|id_(rsa|ed25519)|\.netrc)$"
)


def findings(names: list[str], root: Path) -> list[str]:
    found = [f"{name}: a file of this name holds secrets" for name in names if NAMES.search(name)]
    for name in names:
        path = root / name
        content = path.read_bytes() if path.is_file() else b""
        found += [f"{name}: {form}" for form, pattern in FORMS.items() if re.search(pattern, content)]
    return found


def test_no_file_of_the_repository_holds_a_secret() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no git checkout")
    names = listed.stdout.splitlines()
    assert len(names) > 100
    assert findings(names, ROOT) == []


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
        "-----BEGIN " + "PRIVATE KEY-----",
        "token = 'ghp_" + "a1B2" * 9 + "'",
        "glpat-" + "x" * 20,
        "AKIA" + "IOSFODNN7EXAMPLE",
        "sk-ant-" + "a" * 24,
        "ey" + "J" + "h" * 24 + ".ey" + "J" + "z" * 24 + "." + "s" * 43,
    ],
)
def test_a_secret_would_be_found(tmp_path: Path, secret: str) -> None:
    (tmp_path / "notes.md").write_text(f"words\n{secret}\nwords\n")
    assert findings(["notes.md"], tmp_path)


@pytest.mark.parametrize(
    "name", [".env", "deploy/.env.production", "keys/receipt.key", "data/hearing.sqlite"]
)
def test_a_file_that_holds_secrets_would_be_found(tmp_path: Path, name: str) -> None:
    assert findings([name], tmp_path)
    assert not findings(["docs/keys.md", "hearing_app/record/keys.py"], tmp_path)
